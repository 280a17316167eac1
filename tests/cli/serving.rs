//! The server and the commands beside it.

use std::time::Duration;

use crate::program::{Home, KEY};

#[test]
fn every_command_works_beside_a_running_server() {
    let home = Home::new();
    let server = home.serve();
    let simulator = home.simulator();

    let connection = home.connect(&simulator);
    assert_eq!(connection["name"], "main");
    assert_eq!(connection["region"], "us");
    assert_eq!(connection["base_url"], simulator.document["address"]);
    assert_eq!(connection["api_key_last_four"], &KEY[KEY.len() - 4..]);
    assert_eq!(connection["test"]["result"], "ok");
    assert!(connection["test"]["organizations"].as_u64().unwrap() > 5);

    let profile = home.json(&[
        "profile",
        "create",
        "--name",
        "Docs",
        "--preset",
        "documentation",
    ]);
    assert_eq!(profile["version"], 1);
    assert_eq!(profile["groups"]["documents"]["access"], "read-write");
    let args = [
        "profile", "set", "Docs", "--group", "contacts", "--ask", "off", "--delete", "on",
    ];
    home.json(&args);
    let profile = home.json(&["profile", "show", "Docs"]);
    assert_eq!(profile["version"], 2);
    let contacts = serde_json::json!({ "access": "read-write", "ask": false, "delete": true });
    assert_eq!(profile["groups"]["contacts"], contacts);
    assert_eq!(profile["groups"]["passwords"]["ask"], true);

    let args = [
        "agent",
        "create",
        "--name",
        "bot",
        "--profile",
        "Docs",
        "--connection",
        "main",
        "--organizations",
        "2,3",
    ];
    let agent = home.json(&args);
    assert_eq!(agent["organizations"], serde_json::json!(["2", "3"]));
    let token = home.json(&["agent", "token", "create", "--agent", "bot"]);
    assert_eq!(token["agent"], "bot");
    assert!(token["token"].as_str().unwrap().starts_with("cs_agent_"));
    let id = token["id"].as_str().unwrap();
    let revoked = home.json(&["agent", "token", "revoke", id]);
    assert!(revoked["revoked_at"].is_string());

    assert!(home.json(&["agent", "pause", "bot"])["paused_at"].is_string());
    assert!(home.json(&["agent", "resume", "--name", "bot"])["paused_at"].is_null());
    let paused = home.json(&["connection", "pause", "main", "--reason", "maintenance"]);
    assert_eq!(paused["pause"]["detail"], "maintenance");
    assert!(home.json(&["connection", "resume", "main"])["pause"].is_null());
    assert_eq!(
        home.json(&["connection", "test", "main"])["test"]["result"],
        "ok"
    );

    for list in ["connection", "profile", "agent", "user"] {
        assert!(home.json(&[list, "list"]).is_array());
    }
    assert_eq!(home.json(&["audit", "verify"])["ok"], true);
    assert_eq!(home.json(&["check"])["ok"], true);
    assert_eq!(server.get("/readyz").0, 200);
}

#[test]
fn a_second_server_on_the_same_data_is_refused() {
    let home = Home::new();
    let _server = home.serve();
    let second = home.run(&["serve", "--listen", "127.0.0.1:0"]);
    second.complains(&["another server (process ", "countersign.db already"]);
    assert_eq!(second.out, "");
}

#[test]
fn sigterm_ends_the_server_with_0() {
    let home = Home::new();
    let server = home.serve();
    assert_eq!(
        server.get("/healthz"),
        (200, r#"{"status":"ok"}"#.to_owned())
    );
    let (code, took) = server.terminate();
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(5), "{took:?}");
    // The lock is free again.
    assert_eq!(home.serve().terminate().0, Some(0));
}

#[test]
fn the_files_are_the_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let home = Home::new();
    let _server = home.serve();
    let mode = |name: &str| {
        let metadata = std::fs::metadata(home.path(name)).unwrap();
        metadata.permissions().mode() & 0o777
    };
    assert_eq!(mode("data"), 0o700);
    for name in [
        "countersign.db",
        "countersign.db-wal",
        "master.key",
        "countersign.lock",
    ] {
        assert_eq!(mode(&format!("data/{name}")), 0o600, "{name}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn s7_nothing_of_the_memory_is_written_down_when_the_process_dies() {
    let home = Home::new();
    let server = home.serve();
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", server.id())).unwrap();
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"));
    let words: Vec<&str> = core.unwrap().split_whitespace().collect();
    assert_eq!(words[4..6], ["0", "0"], "{limits}");
}

#[test]
fn a_key_that_goes_missing_turns_readyz_red() {
    let home = Home::new();
    let server = home.serve();
    std::fs::remove_file(home.path("data/master.key")).unwrap();
    let (status, body) = server.get("/readyz");
    assert_eq!(status, 503);
    assert!(body.contains(r#""master_key":"failing""#), "{body}");
    assert_eq!(server.get("/healthz").0, 200);
}

#[test]
fn a_restored_database_is_told_and_accepted() {
    let home = Home::new();
    home.serve().terminate();
    assert_eq!(home.json(&["check"])["accepted"], serde_json::Value::Null);
    let mark = home.path("data/countersign.db.mark");
    let other = r#"{"instance":"00000000-0000-0000-0000-000000000000","number":1,"hash":"00"}"#;
    std::fs::write(&mark, other).unwrap();
    let found = home.run(&["check", "--json"]);
    assert_eq!(found.code, 1);
    assert!(
        found.out.contains("restored from a backup"),
        "{}",
        found.out
    );
    let server = home.serve();
    let (status, body) = server.get("/readyz");
    assert_eq!(status, 200);
    assert!(body.contains("held_after_restore"), "{body}");
    let accepted = home.json(&["check", "--accept-restore"]);
    assert_eq!(accepted["ok"], true);
    assert_eq!(accepted["accepted"]["doubted"], 0);
    assert_eq!(home.json(&["check"])["ok"], true);
}
