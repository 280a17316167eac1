//! What an administrator does on the screens, done by commands.

use serde_json::{Value, json};

use crate::program::Home;

fn person(home: &Home, email: &str, role: &str) -> Value {
    home.json(&[
        "user", "create", "--email", email, "--name", "Kim", "--role", role,
    ])
}

#[test]
fn a_person_is_changed_signed_out_and_given_a_link() {
    let home = Home::new();
    person(&home, "kim@msp.example", "auditor");
    let changed = home.json(&[
        "user",
        "change",
        "kim@msp.example",
        "--name",
        "Kim Lee",
        "--role",
        "technician",
        "--organizations",
        "2,3",
    ]);
    assert_eq!(changed["name"], "Kim Lee");
    assert_eq!(changed["role"], "technician");
    assert_eq!(changed["organizations"], json!(["2", "3"]));
    let everything = [
        "user",
        "change",
        "kim@msp.example",
        "--organizations",
        "all",
    ];
    assert_eq!(home.json(&everything)["organizations"], Value::Null);
    let ended = home.json(&["user", "sign-out", "kim@msp.example"]);
    assert_eq!(ended["ended"], 0);
    let link = home.json(&["user", "reset-link", "kim@msp.example"]);
    assert!(link["link"].as_str().unwrap().contains("/join/"));
    home.run(&["user", "change", "nobody@msp.example", "--name", "X"])
        .complains(&["nobody@msp.example", "nothing was changed"]);
}

#[test]
fn a_list_says_until_when_an_invitation_is_valid() {
    let home = Home::new();
    person(&home, "kim@msp.example", "admin");
    let invited = home.json(&[
        "user",
        "invite",
        "--email",
        "new@msp.example",
        "--name",
        "New",
        "--role",
        "auditor",
    ]);
    let listed = home.json(&["user", "list"]);
    let row = |email: &str| {
        let rows = listed.as_array().unwrap();
        rows.iter().find(|row| row["email"] == email).unwrap()
    };
    let invited_until = &row("new@msp.example")["invited_until"];
    assert_eq!(invited_until, &invited["expires_at"]);
    assert_eq!(row("kim@msp.example")["invited_until"], Value::Null);
}

#[test]
fn a_persons_tokens_are_listed_and_revoked() {
    let home = Home::new();
    person(&home, "kim@msp.example", "technician");
    let who = ["--email", "kim@msp.example"];
    let made = home.json(&[&["user", "token", "create", "--name", "script"], &who[..]].concat());
    let listed = home.json(&["user", "token", "list", "kim@msp.example"]);
    assert_eq!(listed[0]["public_id"], made["public_id"]);
    assert_eq!(listed[0]["revoked_at"], Value::Null);
    let id = made["id"].as_str().unwrap();
    let revoked = home.json(&["user", "token", "revoke", id]);
    assert!(revoked["revoked_at"].is_string(), "{revoked:#}");
}

#[test]
fn writes_are_paused_at_every_reach() {
    let home = Home::new();
    let simulator = home.simulator();
    home.connect(&simulator);
    home.json(&["profile", "create", "--name", "docs"]);
    let agent = ["--name", "bot", "--profile", "docs", "--connection", "main"];
    home.json(&[&["agent", "create"], &agent[..]].concat());
    let targets: [&[&str]; 5] = [
        &["all"],
        &["connection", "main"],
        &["agent", "bot"],
        &["profile", "docs"],
        &["organization", "2"],
    ];
    for target in targets {
        let paused = home.json(&[&["pause"], target, &["--reason", "An outage"]].concat());
        assert_eq!(paused["scope"], target[0]);
        assert_eq!(paused["reason"], "An outage", "{target:?}");
    }
    assert_eq!(home.json(&["pauses"]).as_array().unwrap().len(), 5);
    for target in targets {
        home.json(&[&["resume"], target].concat());
    }
    assert_eq!(home.json(&["pauses"]), json!([]));
    home.run(&["pause", "agent", "nobody", "--reason", "x"])
        .complains(&["nobody", "bot", "nothing was changed"]);
    home.run(&["pause", "all", "bot", "--reason", "x"])
        .complains(&["the scope `all`", "needs no id"]);
}

#[test]
fn the_reason_of_a_paused_agent_is_kept() {
    let home = Home::new();
    let simulator = home.simulator();
    home.connect(&simulator);
    home.json(&["profile", "create", "--name", "docs"]);
    let agent = ["--name", "bot", "--profile", "docs", "--connection", "main"];
    home.json(&[&["agent", "create"], &agent[..]].concat());
    home.json(&["agent", "pause", "bot", "--reason", "It went wrong"]);
    assert_eq!(home.json(&["pauses"])[0]["reason"], "It went wrong");
}

#[test]
fn settings_are_listed_and_changed() {
    let home = Home::new();
    home.json(&["profile", "create", "--name", "docs"]);
    let value = |settings: &Value, key: &str| {
        let rows = settings.as_array().unwrap();
        let row = rows.iter().find(|row| row["key"] == key).unwrap();
        row["value"].clone()
    };
    let before = home.json(&["settings", "list"]);
    let changed = home.json(&["settings", "set", "proposal_ttl=2d"]);
    assert_eq!(value(&changed, "proposal_ttl"), "2d");
    let back = home.json(&["settings", "set", "proposal_ttl="]);
    assert_eq!(value(&back, "proposal_ttl"), value(&before, "proposal_ttl"));
    home.run(&["settings", "set", "proposal_ttl=never"])
        .complains(&["never", "nothing was changed"]);
}

#[test]
fn a_profile_is_renamed_tried_and_removed() {
    let home = Home::new();
    home.json(&["profile", "create", "--name", "docs"]);
    let renamed = home.json(&["profile", "rename", "docs", "papers"]);
    assert_eq!(renamed["name"], "papers");
    let tried = home.json(&["profile", "try", "papers", "--ask", "off"]);
    assert_eq!(tried["looked_at"], 0);
    assert_eq!(tried["would_pass"]["count"], 0);
    let kept = home.json(&["profile", "show", "papers"]);
    assert_eq!(kept["groups"]["contacts"]["ask"], true);
    home.json(&["profile", "remove", "papers"]);
    assert_eq!(home.json(&["profile", "list"]), json!([]));
}
