//! What an operator does wrong, and what they are told.

use std::fs;

use rstest::rstest;

use crate::program::Home;

#[test]
fn another_master_key_is_noticed() {
    let (home, other) = (Home::new(), Home::new());
    for home in [&home, &other] {
        home.json(&["profile", "create", "--name", "Docs"]);
    }
    fs::copy(other.path("data/master.key"), home.path("data/master.key")).unwrap();
    for args in [
        &["profile", "list"][..],
        &["serve", "--listen", "127.0.0.1:0"],
    ] {
        home.run(args).complains(&[
            "master.key is not the master key of this database",
            "put back the master key file",
        ]);
    }
}

#[test]
fn a_lost_master_key_is_not_replaced_by_a_new_one() {
    let home = Home::new();
    home.json(&["profile", "create", "--name", "Docs"]);
    fs::remove_file(home.path("data/master.key")).unwrap();
    home.run(&["profile", "list"])
        .complains(&["cannot use the master key file", "put back"]);
    assert!(!home.path("data/master.key").exists());
}

#[rstest]
#[case(&["serve", "--listen", "nowhere"], "--listen is `nowhere`; accepted is an IP address")]
#[case(&["serve", "--public-url", "http://gate.example"], "--public-url is")]
#[case(&["user", "list", "--hold-seconds", "soon"], "--hold-seconds is `soon`")]
#[case(&["user", "list"], "there is no database at")]
fn what_is_wrong_with_the_settings_is_named(#[case] args: &[&str], #[case] words: &str) {
    Home::new().run(args).complains(&[words]);
}

#[test]
fn a_setting_in_the_file_that_does_not_exist_is_named() {
    let home = Home::new();
    fs::write(home.path("countersign.toml"), "lisen = \"127.0.0.1:1\"\n").unwrap();
    home.run(&["serve"])
        .complains(&["lisen in ", "is no setting"]);
}

#[rstest]
#[case(&["connection", "create", "--name", "main", "--region", "us"])]
#[case(&["connection", "create", "--name", "main", "--region", "moon", "--api-key-stdin"])]
#[case(&["user", "create", "--email", "sam", "--name", "Sam", "--role", "admin"])]
#[case(&["profile", "set", "Docs", "--ask", "maybe"])]
#[case(&["nonsense"])]
#[case(&[])]
fn a_command_that_makes_no_sense_ends_with_2(#[case] args: &[&str]) {
    let home = Home::new();
    let ended = home.run(args);
    assert_eq!(ended.code, 2, "{}", ended.err);
    assert!(!home.path("data").exists());
}

#[test]
fn a_name_that_does_not_exist_comes_with_those_that_do() {
    let home = Home::new();
    home.json(&["profile", "create", "--name", "Docs"]);
    home.run(&["profile", "show", "Dcs"])
        .complains(&["there is no profile named Dcs; nothing was changed; choose from Docs."]);
    home.run(&["profile", "set", "Docs"])
        .complains(&["no change was asked for"]);
    home.run(&["agent", "pause", "bot"])
        .complains(&["there is no agent named bot", "countersign agent create"]);
}
