use std::error::Error;

use clap::{Args, FromArgMatches};
use rstest::rstest;

use super::*;

struct Case {
    folder: tempfile::TempDir,
    args: SettingsArgs,
    variables: Vec<(String, String)>,
}

impl Case {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            args: SettingsArgs::default(),
            variables: Vec::new(),
        }
    }

    fn with_file(self, text: &str) -> Self {
        fs::write(self.folder.path().join("countersign.toml"), text).unwrap();
        self
    }

    fn with_variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    fn with_flags(mut self, flags: &[&str]) -> Self {
        let command = SettingsArgs::augment_args(clap::Command::new("countersign"));
        let words = std::iter::once(&"countersign").chain(flags);
        let matches = command.try_get_matches_from(words).unwrap();
        self.args = SettingsArgs::from_arg_matches(&matches).unwrap();
        self
    }

    fn load(&self) -> Result<Settings, SettingsError> {
        let environment = self.variables.iter().cloned().collect();
        Settings::load(&self.args, &environment, self.folder.path())
    }

    fn error(&self) -> String {
        self.load().unwrap_err().to_string()
    }
}

#[test]
fn everything_has_a_default() {
    let case = Case::new();
    let settings = case.load().unwrap();
    let data = case.folder.path().join("data");
    assert_eq!(settings.listen.to_string(), "127.0.0.1:3000");
    assert_eq!(settings.public_url.as_str(), "http://127.0.0.1:3000");
    assert_eq!(settings.database_path, data.join("countersign.db"));
    assert_eq!(settings.master_key_file, data.join("master.key"));
    assert_eq!(settings.data_dir, data);
    assert_eq!(settings.log, "info");
    assert_eq!(settings.log_format, LogFormat::Text);
    assert_eq!(settings.admin_listen, None);
    assert_eq!(settings.trusted_proxies, 0);
    assert_eq!(settings.hold_seconds, 10);
    assert_eq!(settings.settle_seconds, 180);
    assert_eq!(settings.proposal_ttl, Duration::from_hours(7 * 24));
    assert_eq!(settings.second_factor, SecondFactor::Deciders);
    assert_eq!(settings.itglue_rate.requests, 3000);
    assert_eq!(settings.itglue_rate.per, Duration::from_mins(5));
    assert_eq!(settings.request_timeout, Duration::from_secs(40));
    assert_eq!(settings.token_rate.requests, 60);
    assert_eq!(settings.token_rate.per, Duration::from_mins(1));
    assert_eq!(settings.token_waiting, 200);
    assert!(!settings.allow_base_url);
}

#[test]
fn a_flag_wins_over_the_environment_and_that_over_the_file() {
    let case = Case::new().with_file("hold_seconds = 1\nsettle_seconds = 1\ntoken_waiting = 1");
    let case = case
        .with_variable("COUNTERSIGN_HOLD_SECONDS", "2")
        .with_variable("COUNTERSIGN_SETTLE_SECONDS", "2")
        .with_flags(&["--hold-seconds", "3"]);
    let settings = case.load().unwrap();
    assert_eq!(settings.hold_seconds, 3);
    assert_eq!(settings.settle_seconds, 2);
    assert_eq!(settings.token_waiting, 1);
}

#[test]
fn every_setting_has_a_flag_a_variable_and_a_key() {
    for key in Key::ALL {
        let flag = format!("--{}", key.as_str().replace('_', "-"));
        let variable = format!("COUNTERSIGN_{}", key.as_str().to_uppercase());
        let bad = "\u{0}";
        let case = Case::new().with_flags(&[&flag, bad]);
        assert!(case.args.of(*key).is_some(), "{flag}");
        let is_path = matches!(key, Key::DataDir | Key::MasterKeyFile);
        if is_path || *key == Key::Log {
            continue;
        }
        assert!(case.error().starts_with(&flag), "{}", case.error());
        let case = Case::new().with_variable(&variable, bad);
        assert!(case.error().starts_with(&variable), "{}", case.error());
        let case = Case::new().with_file(&format!("{key} = \"\\u0000\""));
        assert!(case.error().starts_with(key.as_str()), "{}", case.error());
    }
}

#[test]
fn the_file_takes_texts_numbers_and_switches() {
    let case = Case::new().with_file(
        "listen = \"[::1]:8080\"\nallow_base_url = true\ntrusted_proxies = 2\nproposal_ttl = \"24h\"\n\
         admin_listen = \"127.0.0.1:9090\"\nlog_format = \"json\"\nsecond_factor = \"administrators\"",
    );
    let settings = case.load().unwrap();
    assert_eq!(settings.public_url.as_str(), "http://[::1]:8080");
    assert!(settings.allow_base_url);
    assert_eq!(settings.trusted_proxies, 2);
    assert_eq!(settings.proposal_ttl, Duration::from_hours(24));
    assert!(settings.admin_listen.is_some());
    assert_eq!(settings.log_format, LogFormat::Json);
    assert_eq!(settings.second_factor, SecondFactor::Administrators);
}

#[rstest]
#[case("colour = 1", "colour in ")]
#[case("COUNTERSIGN_LISTEN = 1", "COUNTERSIGN_LISTEN in ")]
#[case("hold_seconds = [1]", "hold_seconds in ")]
#[case("hold_seconds = 1.5", "hold_seconds in ")]
#[case("[server]\nlisten = \"x\"", "server in ")]
fn what_is_no_setting_in_the_file_is_named(#[case] text: &str, #[case] named: &str) {
    let error = Case::new().with_file(text).error();
    assert!(error.starts_with(named), "{error}");
    assert!(error.contains("countersign.toml"), "{error}");
}

#[test]
fn a_file_that_is_not_toml_says_where() {
    let error = Case::new().with_file("listen =").load().unwrap_err();
    assert!(error.to_string().contains("countersign.toml is not TOML"));
    assert!(error.source().unwrap().to_string().contains("line 1"));
}

#[test]
fn an_unknown_variable_is_named_and_others_are_left_alone() {
    let case = Case::new().with_variable("COUNTERSIGN_HOLD_SECOND", "2");
    let error = case.error();
    assert!(
        error.starts_with("COUNTERSIGN_HOLD_SECOND is no setting"),
        "{error}"
    );
    assert!(error.contains("COUNTERSIGN_HOLD_SECONDS,"), "{error}");
    assert!(Case::new().with_variable("HOLD_SECOND", "2").load().is_ok());
}

#[test]
fn an_empty_variable_counts_as_not_set() {
    let case = Case::new().with_variable("COUNTERSIGN_LISTEN", "");
    assert_eq!(case.load().unwrap().listen.port(), 3000);
}

#[test]
fn a_bad_value_is_named_with_what_is_accepted() {
    let case = Case::new().with_variable("COUNTERSIGN_SECOND_FACTOR", "never");
    assert_eq!(
        case.error(),
        "COUNTERSIGN_SECOND_FACTOR is `never`; accepted is deciders, administrators or off"
    );
}

#[test]
fn another_file_can_be_named_and_has_to_be_there() {
    let case = Case::new().with_file("hold_seconds = 1");
    fs::write(case.folder.path().join("other.toml"), "hold_seconds = 7").unwrap();
    let case = case.with_variable("COUNTERSIGN_CONFIG", "other.toml");
    assert_eq!(case.load().unwrap().hold_seconds, 7);
    let case = case.with_flags(&["--config", "missing.toml"]);
    assert!(matches!(case.load(), Err(SettingsError::File { .. })));
}

#[test]
fn a_public_address_without_https_stops_the_start() {
    let error = Case::new()
        .with_flags(&["--listen", "0.0.0.0:3000"])
        .error();
    assert!(
        error.starts_with("COUNTERSIGN_PUBLIC_URL, which is not set"),
        "{error}"
    );
    let case = Case::new().with_flags(&["--public-url", "http://gate.msp.example"]);
    assert!(
        case.error()
            .starts_with("--public-url is `http://gate.msp.example`")
    );
    let case = Case::new().with_flags(&[
        "--listen",
        "0.0.0.0:3000",
        "--public-url",
        "https://gate.msp.example/",
    ]);
    assert!(case.load().unwrap().public_url.is_https());
}

#[test]
fn the_database_can_be_named_in_a_file_and_is_never_repeated() {
    let case = Case::new().with_variable("COUNTERSIGN_DATABASE_URL_FILE", "url");
    let file = case.folder.path().join("url");
    fs::write(&file, "sqlite:elsewhere.db\n").unwrap();
    let expected = case.folder.path().join("elsewhere.db");
    assert_eq!(case.load().unwrap().database_path, expected);

    fs::write(&file, "postgres://sam:hunter2@db/countersign").unwrap();
    assert!(!case.error().contains("hunter2"), "{}", case.error());
    let both = case.with_variable("COUNTERSIGN_DATABASE_URL", "sqlite:");
    assert!(matches!(both.load(), Err(SettingsError::Both(..))));
}

#[test]
fn a_switch_needs_no_value() {
    let settings = Case::new()
        .with_flags(&["--allow-base-url"])
        .load()
        .unwrap();
    assert!(settings.allow_base_url);
    let settings = Case::new()
        .with_flags(&["--allow-base-url", "0"])
        .load()
        .unwrap();
    assert!(!settings.allow_base_url);
}

#[test]
fn demo_mode_has_other_defaults_that_flags_still_win_over() {
    let mut case = Case::new();
    let temporary = case.folder.path().join("demo");
    case.args = SettingsArgs::default().for_demo(&temporary);
    let settings = case.load().unwrap();
    assert_eq!(settings.data_dir, temporary);
    assert_eq!(settings.second_factor, SecondFactor::Off);

    let case = Case::new().with_flags(&["--data-dir", "/srv/countersign"]);
    let args = case.args.for_demo(&temporary);
    assert_eq!(args.data_dir.as_deref(), Some("/srv/countersign"));
}

#[cfg(unix)]
#[test]
fn the_data_folder_is_made_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;

    let case = Case::new().with_flags(&["--data-dir", "a/b"]);
    let settings = case.load().unwrap();
    settings.create_data_dir().unwrap();
    settings.create_data_dir().unwrap();
    let mode = fs::metadata(&settings.data_dir)
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o700);

    let file = case.folder.path().join("file");
    fs::write(&file, "").unwrap();
    let case = Case::new().with_flags(&["--data-dir", file.to_str().unwrap()]);
    let refused = case.load().unwrap().create_data_dir();
    assert!(matches!(refused, Err(SettingsError::DataDir { .. })));
}
