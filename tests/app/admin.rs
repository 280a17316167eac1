//! Administration by REST: all that the screens do, and what is refused.

use countersign::simulator::DEMO_API_KEY;
use reqwest::Method;
use serde_json::{Value, json};

use crate::ground::{Answer, Caller, TestApp, new_title};

const CONNECTIONS: &str = "/api/v1/admin/connections";
const PROFILES: &str = "/api/v1/admin/profiles";
const AGENTS: &str = "/api/v1/admin/agents";
const USERS: &str = "/api/v1/admin/users";

impl Caller<'_> {
    /// Makes something and must succeed.
    async fn makes(&self, path: &str, body: Value) -> Value {
        self.post(path, &body).await.is(201)
    }

    /// Changes something.
    async fn changes(&self, path: &str, body: Value) -> Answer {
        self.sends(Method::PATCH, path, &body).await
    }

    /// The names of a list.
    async fn names(&self, path: &str) -> Vec<String> {
        let list = self.get(path).await.is(200);
        let items = list["items"].as_array().unwrap().iter();
        items
            .map(|item| item["name"].as_str().unwrap().to_owned())
            .collect()
    }
}

fn second_connection(app: &TestApp) -> Value {
    json!({
        "name": "second", "region": "eu", "base_url": app.simulator.base_url(),
        "api_key": DEMO_API_KEY,
    })
}

#[tokio::test]
async fn an_administrator_sets_everything_up_by_rest() {
    let app = TestApp::start().await;
    let max = app.administrator();
    let tried = json!({
        "region": "eu", "base_url": app.simulator.base_url(), "api_key": DEMO_API_KEY,
    });
    let tried = max
        .post(&format!("{CONNECTIONS}/test"), &tried)
        .await
        .is(200);
    assert_eq!(tried["test"]["result"], "ok");
    let connection = max.makes(CONNECTIONS, second_connection(&app)).await;
    assert_eq!(connection["test"]["result"], "ok");
    assert_eq!(connection["name"], "second");
    let profile = json!({"name": "Docs", "preset": "documentation"});
    let profile = max.makes(PROFILES, profile).await;
    assert_eq!(profile["groups"]["contacts"]["access"], "read-write");
    let agent = json!({
        "name": "rest-bot", "profile": "Docs", "connection": connection["id"],
        "organizations": ["2", 3],
    });
    let agent = max.makes(AGENTS, agent).await;
    assert_eq!(agent["organizations"], json!(["2", "3"]));
    assert_eq!(agent["connection"], "second");
    let made = json!({"name": "first", "expires_days": 30});
    let made = max.makes(&format!("{AGENTS}/rest-bot/tokens"), made).await;

    let bot = app.caller(made["token"].as_str().unwrap());
    let id = bot.has_proposed(new_title("By REST")).await;
    max.approves(&id).await.is(200);
    bot.waits_for(&id, "applied").await;
    let page = max.get(&format!("{AGENTS}/rest-bot")).await.is(200);
    assert_eq!(page["recent"][0]["id"], json!(id));
    assert_eq!(page["tokens"][0]["id"], made["id"]);
    assert_eq!(page["working_tokens"], 1);
    app.audit_is_whole().await;
}

#[tokio::test]
async fn s6_keys_tokens_and_links_are_shown_once() {
    let app = TestApp::start().await;
    let max = app.administrator();
    let connection = max.makes(CONNECTIONS, second_connection(&app)).await;
    let token = max
        .makes(&format!("{AGENTS}/triage-bot/tokens"), json!({}))
        .await;
    let own = json!({"name": "scripts", "scopes": ["read", "admin"]});
    let own = max
        .makes(&format!("{USERS}/max@example.com/tokens"), own)
        .await;
    let invited = json!({"email": "new@example.com", "name": "New", "role": "auditor"});
    let invited = max.makes(USERS, invited).await;
    let link = invited["link"].as_str().unwrap();
    let secrets = [
        DEMO_API_KEY,
        token["token"].as_str().unwrap(),
        own["token"].as_str().unwrap(),
        link.rsplit('/').next().unwrap(),
    ];
    let last_four = &DEMO_API_KEY[DEMO_API_KEY.len() - 4..];
    assert_eq!(connection["api_key_last_four"], last_four);
    assert!(!connection.to_string().contains(DEMO_API_KEY));
    for path in [
        CONNECTIONS,
        "/api/v1/admin/connections/second",
        PROFILES,
        AGENTS,
        "/api/v1/admin/agents/triage-bot",
        "/api/v1/admin/agents/triage-bot/tokens",
        USERS,
        "/api/v1/admin/users/max@example.com",
        "/api/v1/admin/users/max@example.com/tokens",
        "/api/v1/admin/users/new@example.com",
        "/api/v1/admin/pauses",
        "/api/v1/admin/settings",
        "/api/v1/admin/audit?limit=200",
    ] {
        let shown = max.get(path).await.is(200).to_string();
        for secret in secrets {
            assert!(!shown.contains(secret), "{path}");
        }
    }
}

#[tokio::test]
async fn t2_a_pause_and_a_revocation_hold_from_the_next_request() {
    let app = TestApp::start().await;
    let max = app.administrator();
    let pause = json!({"scope": "agent", "id": "triage-bot", "reason": "it runs wild"});
    let paused = max.post("/api/v1/admin/pause", &pause).await.is(200);
    assert_eq!(paused["name"], "triage-bot");
    let refused = app.agent().proposes(new_title("One")).await;
    refused.is_problem(403, "agent-paused");
    let listed = max.get("/api/v1/admin/pauses").await.is(200);
    assert_eq!(listed["items"][0]["reason"], "it runs wild");
    let resume = json!({"scope": "agent", "id": paused["id"]});
    max.post("/api/v1/admin/resume", &resume).await.is(204);
    app.agent().has_proposed(new_title("Two")).await;

    let tokens = format!("{AGENTS}/triage-bot/tokens");
    let made = max.makes(&tokens, json!({})).await;
    let bot = app.caller(made["token"].as_str().unwrap());
    bot.get("/api/v1/permissions").await.is(200);
    let token = made["id"].as_str().unwrap();
    let rotate = format!("{tokens}/{token}/rotate");
    let next = max.makes(&rotate, json!({"overlap_hours": 1})).await;
    bot.get("/api/v1/permissions").await.is(200);
    let successor = app.caller(next["token"].as_str().unwrap());
    successor.get("/api/v1/permissions").await.is(200);
    max.deletes(&format!("/api/v1/admin/tokens/{token}"))
        .await
        .is(200);
    let revoked = bot.get("/api/v1/permissions").await;
    revoked.is_problem(401, "unauthenticated");
    successor.get("/api/v1/permissions").await.is(200);
}

#[tokio::test]
async fn t2_a_changed_profile_holds_from_the_next_request() {
    let app = TestApp::start().await;
    let max = app.administrator();
    app.agent().has_proposed(new_title("One")).await;
    let less = json!({"version": 1, "groups": {"contacts": {"access": "read-only"}}});
    let changed = max
        .changes(&format!("{PROFILES}/Everything"), less)
        .await
        .is(200);
    assert_eq!(changed["version"], 2);
    assert_eq!(changed["groups"]["contacts"]["ask"], true);
    assert_eq!(changed["groups"]["documents"]["access"], "read-write");
    let refused = app.agent().proposes(new_title("Two")).await;
    refused.is_problem(403, "refused-by-policy");
}

#[tokio::test]
async fn of_two_administrators_on_one_profile_the_second_is_told() {
    let app = TestApp::start().await;
    let max = app.administrator();
    let path = format!("{PROFILES}/Everything");
    let seen = max.get(&path).await;
    assert_eq!(seen.headers["etag"], "\"1\"");
    let first = json!({"version": 1, "groups": {"documents": {"access": "read-only"}}});
    max.changes(&path, first).await.is(200);
    let second = json!({"groups": {"contacts": {"access": "disabled"}}});
    let request = max
        .request(Method::PATCH, &path)
        .header("if-match", "\"1\"");
    let moved = crate::ground::answer(request.json(&second)).await;
    moved.is_problem(409, "changed");
    assert_eq!(moved.body["now"]["version"], 2);
    assert_eq!(
        moved.body["now"]["groups"]["documents"]["access"],
        "read-only"
    );
    let request = max
        .request(Method::PATCH, &path)
        .header("if-match", "\"2\"");
    crate::ground::answer(request.json(&second)).await.is(200);
    let blind = max.changes(&path, second).await;
    blind.is_problem(422, "invalid-request");
    assert_eq!(blind.pointers(), ["/version"]);
}

#[tokio::test]
async fn more_freedom_takes_a_reason_and_the_name_of_the_group() {
    let app = TestApp::start().await;
    let max = app.administrator();
    max.makes(PROFILES, json!({"name": "Careful"})).await;
    let path = format!("{PROFILES}/Careful");
    let more = |reason: Value, typed: Value| {
        json!({
            "version": 1, "reason": reason, "typed": typed,
            "groups": {"contacts": {"access": "read-write", "delete": true}},
        })
    };
    let silent = max
        .changes(&path, more(Value::Null, json!(["contacts"])))
        .await;
    silent.is_problem(422, "invalid-request");
    assert_eq!(silent.pointers(), ["/reason"]);
    let untyped = max
        .changes(&path, more(json!("they ask for it"), json!([])))
        .await;
    untyped.is_problem(422, "invalid-request");
    assert_eq!(untyped.pointers(), ["/typed"]);
    let done = more(json!("they ask for it"), json!(["contacts"]));
    max.changes(&path, done).await.is(200);
}

#[tokio::test]
async fn a_draft_is_judged_before_it_is_saved() {
    let app = TestApp::start().await;
    let max = app.administrator();
    app.agent().has_proposed(new_title("One")).await;
    let draft = json!({"groups": {"contacts": {"ask": false}}});
    let path = format!("{PROFILES}/Everything/try");
    let trial = max.post(&path, &draft).await.is(200);
    assert_eq!(trial["looked_at"], 1);
    assert_eq!(trial["pass_now"]["count"], 0);
    assert_eq!(trial["would_pass"]["count"], 1);
    let question = json!({
        "groups": {"contacts": {"access": "disabled"}}, "group": "contacts", "operation": "update",
    });
    let path = format!("{PROFILES}/Everything/what-if");
    let answered = max.post(&path, &question).await.is(200);
    assert_eq!(answered["saved"]["verdict"], "needs_approval");
    assert_eq!(answered["draft"]["verdict"], "refused");
    assert_eq!(answered["draft"]["rule"], "contacts.disabled");
    let saved = max.get(&format!("{PROFILES}/Everything")).await.is(200);
    assert_eq!(saved["version"], 1);
}

#[tokio::test]
async fn what_is_needed_cannot_be_removed() {
    let app = TestApp::start().await;
    let max = app.administrator();
    app.agent().has_proposed(new_title("One")).await;
    let connection = max.deletes(&format!("{CONNECTIONS}/main")).await;
    connection.is_problem(409, "in-use");
    assert_eq!(connection.body["waiting"], 1);
    assert_eq!(connection.body["agents"], 2);
    let profile = max.deletes(&format!("{PROFILES}/Everything")).await;
    profile.is_problem(409, "in-use");
    assert_eq!(profile.body["names"], json!(["onboard-bot", "triage-bot"]));
    let agent = max.deletes(&format!("{AGENTS}/triage-bot")).await;
    agent.is_problem(409, "in-use");
    max.deletes(&format!("{AGENTS}/onboard-bot")).await.is(204);
    assert_eq!(max.names(AGENTS).await, ["triage-bot"]);
    let gone = app.other_agent().get("/api/v1/permissions").await;
    gone.is_problem(401, "unauthenticated");
    max.makes(PROFILES, json!({"name": "Unused"})).await;
    max.deletes(&format!("{PROFILES}/Unused")).await.is(204);
    max.deletes(&format!("{PROFILES}/Unused"))
        .await
        .is_problem(404, "not-found");
}

#[tokio::test]
async fn a_key_is_replaced_and_what_waits_goes_on() {
    let app = TestApp::start().await;
    let max = app.administrator();
    let id = app.agent().has_proposed(new_title("One")).await;
    let key = format!("{CONNECTIONS}/main/key");
    let wrong = json!({"api_key": "ITG.ffffffffffffffffffffffffffffffff.not-a-key-that-works"});
    let refused = max.sends(Method::PUT, &key, &wrong).await;
    refused.is_problem(422, "test-failed");
    assert_eq!(refused.body["test"]["result"], "key_refused");
    let right = json!({"api_key": DEMO_API_KEY});
    let rotated = max.sends(Method::PUT, &key, &right).await.is(200);
    assert_eq!(rotated["test"]["result"], "ok");
    max.approves(&id).await.is(200);
    app.agent().waits_for(&id, "applied").await;
    let tested = max
        .post(&format!("{CONNECTIONS}/main/test"), &json!({}))
        .await;
    assert_eq!(tested.is(200)["test"]["result"], "ok");
}

#[tokio::test]
async fn people_are_invited_changed_and_switched_off() {
    let app = TestApp::start().await;
    let max = app.administrator();
    let invite = json!({
        "email": "New@Example.com", "name": "New", "role": "technician", "organizations": [2],
    });
    let invited = max.makes(USERS, invite.clone()).await;
    assert_eq!(invited["email"], "new@example.com");
    assert_eq!(invited["organizations"], json!(["2"]));
    assert!(invited["link"].as_str().unwrap().contains("/join/"));
    max.post(USERS, &invite).await.is_problem(409, "name-taken");
    let renew = format!("{USERS}/new@example.com/invitation");
    let again = max.post(&renew, &json!({})).await.is(200);
    assert_ne!(again["link"], invited["link"]);
    let user = format!("{USERS}/{}", invited["id"].as_str().unwrap());
    let change = json!({"role": "auditor", "organizations": null});
    let changed = max.changes(&user, change).await.is(200);
    assert_eq!(changed["role"], "auditor");
    assert_eq!(changed["organizations"], Value::Null);

    let sam = format!("{USERS}/sam@example.com");
    app.technician()
        .get("/api/v1/review/proposals")
        .await
        .is(200);
    let off = max.deletes(&sam).await.is(200);
    assert!(off["disabled_at"].is_string());
    let refused = app.technician().get("/api/v1/review/proposals").await;
    refused.is_problem(401, "unauthenticated");
    let on = max.post(&format!("{sam}/enable"), &json!({})).await.is(200);
    assert_eq!(on["disabled_at"], Value::Null);
    let reset = max.post(&format!("{sam}/reset"), &json!({})).await.is(200);
    assert!(reset["link"].is_string());
    max.deletes(&format!("{sam}/sessions")).await.is(200);
    max.deletes(&format!("{sam}/factor")).await.is(200);
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let app = TestApp::start().await;
    let max = app.administrator();
    let path = format!("{USERS}/max@example.com");
    max.deletes(&path)
        .await
        .is_problem(409, "last-administrator");
    let demoted = max.changes(&path, json!({"role": "auditor"})).await;
    demoted.is_problem(409, "last-administrator");
}

#[tokio::test]
async fn settings_change_together_or_not_at_all() {
    let app = TestApp::start().await;
    let max = app.administrator();
    let path = "/api/v1/admin/settings";
    let both = json!({"session_hours": 8, "hold_seconds": 30});
    max.changes(path, both)
        .await
        .is_problem(409, "setting-fixed");
    let value = async |key: &str| {
        let shown = max.get(path).await.is(200);
        let items = shown["items"].as_array().unwrap().clone();
        items.into_iter().find(|item| item["key"] == key).unwrap()
    };
    assert_eq!(value("session_hours").await["value"], "12");
    assert_eq!(value("hold_seconds").await["origin"]["kind"], "operator");
    max.changes(path, json!({"session_hours": 8})).await.is(200);
    assert_eq!(value("session_hours").await["value"], "8");
    assert_eq!(value("session_hours").await["origin"]["kind"], "dashboard");
    max.changes(path, json!({"session_hours": null}))
        .await
        .is(200);
    assert_eq!(value("session_hours").await["origin"]["kind"], "default");
    let beyond = max.changes(path, json!({"session_hours": 13})).await;
    beyond.is_problem(422, "invalid-request");
    assert_eq!(beyond.pointers(), ["/session_hours"]);
}

#[tokio::test]
async fn a_scope_beyond_the_role_is_refused() {
    let app = TestApp::start().await;
    let max = app.administrator();
    let path = format!("{USERS}/ada@example.com/tokens");
    for scopes in [
        json!(["decide"]),
        json!([]),
        json!(["everything"]),
        json!("read"),
    ] {
        let refused = max
            .post(&path, &json!({"name": "x", "scopes": scopes}))
            .await;
        refused.is_problem(422, "invalid-request");
        assert_eq!(refused.pointers(), ["/scopes"]);
    }
    let usual = max.makes(&path, json!({"name": "x"})).await;
    assert_eq!(usual["scopes"], json!(["read"]));
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table: one row per member")]
async fn each_member_that_does_not_fit_is_named() {
    let app = TestApp::start().await;
    let max = app.administrator();
    let long = "x".repeat(61);
    let cases: &[(Method, &str, Value, &[&str])] = &[
        (
            Method::POST,
            CONNECTIONS,
            json!({}),
            &["/name", "/region", "/api_key"],
        ),
        (
            Method::POST,
            CONNECTIONS,
            json!({"name": "", "region": "mars", "api_key": 5, "test": "no", "colour": "red"}),
            &["/name", "/region", "/api_key", "/test", "/colour"],
        ),
        (
            Method::POST,
            CONNECTIONS,
            json!({"name": "x", "region": "eu", "api_key": "ITG.x", "base_url": "http://evil.example"}),
            &["/base_url"],
        ),
        (Method::POST, PROFILES, json!({"name": long}), &["/name"]),
        (
            Method::POST,
            PROFILES,
            json!({"name": "x", "preset": "god"}),
            &["/preset"],
        ),
        (
            Method::PATCH,
            "/api/v1/admin/profiles/Everything",
            json!({
                "version": "one", "typed": ["pets"],
                "groups": {"contacts": {"access": "all", "ask": 1}, "pets": {}},
            }),
            &[
                "/version",
                "/groups/contacts/access",
                "/groups/contacts/ask",
                "/groups/pets",
                "/typed",
            ],
        ),
        (
            Method::POST,
            "/api/v1/admin/profiles/Everything/what-if",
            json!({"group": "contacts", "agent": "x"}),
            &["/agent", "/operation"],
        ),
        (
            Method::POST,
            AGENTS,
            json!({"profile": "Everything", "organizations": ["x"], "owner": true}),
            &["/name", "/connection", "/organizations", "/owner"],
        ),
        (
            Method::POST,
            AGENTS,
            json!({"name": "x", "profile": "Nope", "connection": "main"}),
            &["/profile"],
        ),
        (
            Method::POST,
            AGENTS,
            json!({"name": "x", "profile": "Everything", "connection": "nope"}),
            &["/connection"],
        ),
        (
            Method::POST,
            "/api/v1/admin/agents/triage-bot/tokens",
            json!({"expires_days": 366}),
            &["/expires_days"],
        ),
        (
            Method::POST,
            "/api/v1/admin/agents/triage-bot/tokens",
            json!({"expires_days": -1, "addresses": ["10.0.0.300"]}),
            &["/expires_days", "/addresses"],
        ),
        (
            Method::POST,
            USERS,
            json!({"email": "nobody", "name": "\u{202e}x", "role": "king", "organizations": []}),
            &["/email", "/name", "/role", "/organizations"],
        ),
        (
            Method::POST,
            "/api/v1/admin/pause",
            json!({"reason": "x"}),
            &["/scope"],
        ),
        (
            Method::POST,
            "/api/v1/admin/pause",
            json!({"scope": "agent", "reason": "x"}),
            &["/id"],
        ),
        (
            Method::POST,
            "/api/v1/admin/pause",
            json!({"scope": "agent", "id": "nope", "reason": "x"}),
            &["/id"],
        ),
        (
            Method::PATCH,
            "/api/v1/admin/settings",
            json!({"hold_seconds": true, "colour": "red"}),
            &["/hold_seconds", "/colour"],
        ),
    ];
    for (method, path, body, pointers) in cases {
        let answer = max.sends(method.clone(), path, body).await;
        answer.is_problem(422, "invalid-request");
        let mut found = answer.pointers();
        let mut expected = pointers.to_vec();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "{method} {path} {body}");
    }
    assert_eq!(max.names(CONNECTIONS).await, ["main"]);
    assert_eq!(max.names(PROFILES).await, ["Everything"]);
    assert_eq!(max.names(AGENTS).await, ["onboard-bot", "triage-bot"]);
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let app = TestApp::start().await;
    let max = app.administrator();
    for path in [
        "/api/v1/admin/connections/nope",
        "/api/v1/admin/profiles/01981f6e-0000-7000-8000-00000000abcd",
        "/api/v1/admin/agents/%E2%80%AE",
        "/api/v1/admin/agents/nope/tokens",
        "/api/v1/admin/users/nobody@example.com",
        "/api/v1/admin/users/nobody",
        "/api/v1/admin/users/01981f6e-0000-7000-8000-00000000abcd",
    ] {
        max.get(path).await.is_problem(404, "not-found");
    }
    let another = "/api/v1/admin/agents/onboard-bot/tokens";
    let others = max.get(another).await.is(200);
    let id = others["items"][0]["id"].as_str().unwrap();
    let path = format!("/api/v1/admin/agents/triage-bot/tokens/{id}/rotate");
    max.post(&path, &json!({}))
        .await
        .is_problem(404, "not-found");
}

#[tokio::test]
async fn bodies_are_json_of_at_most_a_megabyte() {
    let app = TestApp::start().await;
    let max = app.administrator();
    let large = json!({"name": "x".repeat(1024 * 1024)});
    max.post(PROFILES, &large)
        .await
        .is_problem(413, "too-large");
    let form = max.request(Method::POST, PROFILES).body("name=x");
    crate::ground::answer(form)
        .await
        .is_problem(415, "unsupported-media-type");
    let twice = max
        .request(Method::POST, PROFILES)
        .header("content-type", "application/json")
        .body(r#"{"name": "a", "name": "b"}"#);
    crate::ground::answer(twice)
        .await
        .is_problem(400, "malformed");
}

#[tokio::test]
async fn the_audit_is_listed_in_pages_and_by_what_is_asked() {
    let app = TestApp::start().await;
    let max = app.administrator();
    for name in ["One", "Two", "Three"] {
        max.makes(PROFILES, json!({ "name": name })).await;
    }
    let path = "/api/v1/admin/audit?action=profile.created&limit=2";
    let first = max.get(path).await.is(200);
    let names = |page: &Value| -> Vec<String> {
        let items = page["items"].as_array().unwrap().iter();
        items
            .map(|row| row["details"]["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names(&first), ["Three", "Two"]);
    assert_eq!(first["items"][0]["actor"], "person");
    assert_eq!(first["items"][0]["actor_name"], "Max");
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = max.get(&format!("{path}&cursor={cursor}")).await.is(200);
    assert_eq!(names(&second), ["One", "Everything"]);
    for wrong in [
        "action=nothing",
        "actor=x",
        "since=yesterday",
        "limit=0",
        "cursor=x",
        "colour=red",
    ] {
        let refused = max.get(&format!("/api/v1/admin/audit?{wrong}")).await;
        refused.is_problem(422, "invalid-request");
    }
}

#[tokio::test]
async fn lists_are_paged() {
    let app = TestApp::start().await;
    let max = app.administrator();
    let first = max.get(&format!("{AGENTS}?limit=1")).await.is(200);
    assert_eq!(first["items"].as_array().unwrap().len(), 1);
    let cursor = first["next_cursor"].as_str().unwrap();
    let path = format!("{AGENTS}?limit=1&cursor={cursor}");
    let second = max.get(&path).await.is(200);
    assert_eq!(second["next_cursor"], Value::Null);
    assert_ne!(first["items"][0]["id"], second["items"][0]["id"]);
    let lost = max.get(&format!("{AGENTS}?cursor=x")).await;
    lost.is_problem(422, "invalid-request");
}
