//! Connections: what is tried out, what is refused, and where the key must not be.

use std::net::TcpListener;

use crate::program::{Home, KEY};

fn create(base_url: &str) -> Vec<&str> {
    vec![
        "connection",
        "create",
        "--name",
        "main",
        "--region",
        "eu",
        "--base-url",
        base_url,
        "--api-key-stdin",
    ]
}

#[test]
fn a_key_that_is_refused_is_not_kept() {
    let home = Home::new();
    home.json(&["profile", "create", "--name", "Docs"]);
    let simulator = home.simulator();
    let wrong = home.run_with(&create(simulator.text("address")), "ITG.0123456789abcdef");
    wrong.complains(&[
        "IT Glue refused the key",
        "nothing was changed",
        "each region (us, eu, au) has keys of its own",
    ]);
    assert!(!wrong.err.contains("ITG.0123456789abcdef"));
    assert_eq!(home.json(&["connection", "list"]), serde_json::json!([]));
}

#[test]
fn an_address_where_nobody_listens_is_told_from_a_refused_key() {
    let home = Home::new();
    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let address = format!("http://{closed}");
    let args = create(&address);
    home.run_with(&args, KEY)
        .complains(&["could not be reached", "--no-test"]);
    let created = home.json_with(&[&args[..], &["--no-test"]].concat(), KEY);
    assert_eq!(created["test"]["result"], "skipped");
    let test = home.run(&["connection", "test", "main", "--json"]);
    assert_eq!(test.code, 1);
    assert_eq!(test.document()["test"]["result"], "unreachable");
}

#[test]
fn another_address_than_it_glues_has_to_be_allowed() {
    let home = Home::bare();
    home.run_with(&create("https://api.example.com"), KEY)
        .complains(&["is not allowed here", "COUNTERSIGN_ALLOW_BASE_URL=1"]);
    let home = Home::new();
    home.run_with(&create("http://api.example.com"), KEY)
        .complains(&["the base URL cannot be used: the URL must begin with https://"]);
    home.run_with(&create("https://api.example.com"), "with space")
        .complains(&["this is no key of IT Glue"]);
}

#[test]
fn the_key_stands_nowhere_in_clear() {
    let home = Home::new();
    let simulator = home.simulator();
    home.connect(&simulator);
    let _server = home.serve();
    for entry in std::fs::read_dir(home.path("data")).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let is_there = bytes.windows(KEY.len()).any(|part| part == KEY.as_bytes());
        assert!(!is_there, "{}", path.display());
    }
}

#[test]
fn a_connection_that_was_paused_for_its_key_works_again_after_a_test() {
    let home = Home::new();
    let simulator = home.simulator();
    home.connect(&simulator);
    crate::audit::execute(
        &home,
        "UPDATE connections SET pause = 'key_refused', pause_detail = 'x', paused_at = 1",
    );
    assert_eq!(
        home.json(&["connection", "list"])[0]["pause"]["kind"],
        "key_refused"
    );
    assert!(home.json(&["connection", "test", "main"])["pause"].is_null());
    assert!(home.json(&["connection", "list"])[0]["pause"].is_null());
}
