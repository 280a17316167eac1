//! The master key, changed beside a running server.

use serde_json::json;

use crate::program::Home;

#[test]
fn s4_a_running_server_goes_on_under_a_new_master_key() {
    let home = Home::new();
    let simulator = home.simulator();
    home.connect(&simulator);
    home.json(&[
        "profile",
        "create",
        "--name",
        "all",
        "--preset",
        "full-access",
    ]);
    let agent = ["--name", "bot", "--profile", "all", "--connection", "main"];
    home.json(&[&["agent", "create"], &agent[..]].concat());
    let token = home.json(&["agent", "token", "create", "--agent", "bot"]);
    let token = token["token"].as_str().unwrap();
    let server = home.serve();
    let proposal = |title: &str| {
        json!({
            "method": "PATCH",
            "path": "/contacts/501",
            "body": { "data": { "type": "contacts", "attributes": { "title": title } } },
            "summary": "Set the title",
        })
    };
    let (status, body) = server.propose(token, &proposal("Before"));
    assert_eq!(status, 201, "{body}");

    let rotated = home.json(&["key", "rotate"]);
    assert_eq!(rotated["left"], 0, "{rotated:#}");
    assert_eq!(rotated["unreadable"], 0, "{rotated:#}");
    assert!(rotated["rewrapped"].as_u64().unwrap() > 0, "{rotated:#}");

    let (status, body) = server.propose(token, &proposal("After"));
    assert_eq!(status, 201, "{body}");
    assert_eq!(server.get("/readyz").0, 200);
    drop(server);
    assert_eq!(home.json(&["check"])["ok"], true);
}
