//! People and their tokens.

use crate::program::Home;

const EMAIL: &str = "sam@msp.example";

fn create(home: &Home, role: &str) -> serde_json::Value {
    home.json(&[
        "user", "create", "--email", EMAIL, "--name", "Sam Kim", "--role", role,
    ])
}

#[test]
fn a_person_gets_a_password_that_is_shown_once() {
    let home = Home::new();
    let user = create(&home, "admin");
    assert_eq!(user["email"], EMAIL);
    assert_eq!(user["role"], "administrator");
    let password = user["password"].as_str().unwrap();
    assert!(password.len() >= 20, "{password}");
    let listed = home.json(&["user", "list"]);
    assert_eq!(listed[0]["email"], EMAIL);
    assert!(!listed.to_string().contains(password));

    let reset = home.json(&["user", "reset-password", EMAIL]);
    assert_ne!(reset["password"], user["password"]);
    assert!(home.json(&["user", "disable", "--email", EMAIL])["disabled_at"].is_string());
    let again = home.run(&["user", "reset-password", EMAIL]);
    again.complains(&["sam@msp.example is switched off"]);
}

#[test]
fn a_given_password_is_not_repeated_and_has_to_be_good() {
    let home = Home::new();
    let args = [
        "user",
        "create",
        "--email",
        EMAIL,
        "--name",
        "Sam Kim",
        "--role",
        "technician",
        "--password-stdin",
    ];
    let weak = home.run_with(&args, "short\n");
    weak.complains(&["the password is shorter than 8 characters; nothing was changed; choose"]);
    let user = home.json_with(&args, "granite plover tangent\n");
    assert_eq!(user.get("password"), None);
    home.run_with(&args, "granite plover tangent\n")
        .complains(&["another person is named sam@msp.example; nothing was changed; use another"]);
}

#[test]
fn a_token_reaches_as_far_as_its_person() {
    let home = Home::new();
    create(&home, "technician");
    let args = [
        "user", "token", "create", "--email", EMAIL, "--name", "phone",
    ];
    let token = home.json(&args);
    assert_eq!(token["scopes"], serde_json::json!(["read", "decide"]));
    assert!(token["token"].as_str().unwrap().starts_with("cs_user_"));
    let with_scope = [&args[..], &["--scope", "read,decide-critical"]].concat();
    let scopes = serde_json::json!(["read", "decide-critical"]);
    assert_eq!(home.json(&with_scope)["scopes"], scopes);
    home.run(&[&args[..], &["--scope", "admin"]].concat())
        .complains(&[
            "the scope admin is not open",
            "choose from read, decide, decide-critical",
        ]);
    home.run(&[&args[..], &["--expires-days", "366"]].concat())
        .complains(&["a token lasts from 1 to 365 days"]);
}

#[test]
fn an_invited_person_gets_a_link_that_is_shown_once() {
    let home = Home::new();
    let args = [
        "user",
        "invite",
        "--email",
        EMAIL,
        "--name",
        "Sam Kim",
        "--role",
        "technician",
        "--organizations",
        "2,3",
    ];
    let invited = home.json(&args);
    assert_eq!(invited["organizations"], serde_json::json!(["2", "3"]));
    let link = invited["link"].as_str().unwrap();
    assert!(link.starts_with("http://127.0.0.1:3000/join/"), "{link}");
    let listed = home.json(&["user", "list"]);
    assert_eq!(listed[0]["state"], "invited");
    assert!(!listed.to_string().contains("/join/"));
    home.run(&args).complains(&["another person is named"]);
}

#[test]
fn a_person_is_switched_on_again_and_freed_of_a_lost_factor() {
    let home = Home::new();
    create(&home, "technician");
    assert!(home.json(&["user", "disable", EMAIL])["disabled_at"].is_string());
    assert_eq!(home.json(&["user", "list"])[0]["state"], "disabled");
    assert!(home.json(&["user", "enable", EMAIL])["disabled_at"].is_null());
    assert_eq!(home.json(&["user", "list"])[0]["state"], "active");
    let reset = home.json(&["user", "reset-factor", "--email", EMAIL]);
    assert!(reset["factor_since"].is_null());
    home.run(&["user", "enable", "nobody@msp.example"])
        .complains(&["there is no person named nobody@msp.example"]);
}

/// A6
#[test]
fn a_set_up_code_is_made_until_there_is_an_administrator() {
    let home = Home::new();
    let server = home.serve();
    let code = home.json(&["setup-code"]);
    let groups: Vec<_> = code["code"].as_str().unwrap().split('-').collect();
    assert!(groups.len() == 7 && groups.iter().all(|group| group.len() == 4));
    assert!(code["url"].as_str().unwrap().ends_with("/setup"));
    create(&home, "admin");
    home.run(&["setup-code"])
        .complains(&["there is an administrator already", "nothing was changed"]);
    drop(server);
}
