//! `GET /events`: what an agent hears of its own proposals, and when it hears nothing more.

use std::time::Duration;

use countersign::access::ProvenAdministrator;
use countersign::admin::{TokenReference, TokenRequest};
use countersign::domain::Timestamp;
use countersign::server::clock::ManualClock;
use reqwest::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE};
use reqwest::{Method, Response};
use rstest::rstest;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::ground::{Caller, TestApp, answer, new_title};

/// How long something may take that happens at once. Long, because it only counts where a test fails.
const PATIENCE: Duration = Duration::from_secs(30);
const EVENTS: &str = "/api/v1/events";

/// An open event stream.
pub struct Events {
    response: Response,
    text: String,
    /// The id of the last event, as a client keeps it.
    pub last_id: String,
}

/// One event.
#[derive(Debug)]
pub struct Event {
    name: String,
    pub data: Value,
}

impl Caller<'_> {
    /// Listens, from after this event if there is one.
    pub async fn listens(&self, last_id: Option<&str>) -> Events {
        let mut request = self.request(Method::GET, EVENTS);
        if let Some(last_id) = last_id {
            request = request.header("last-event-id", last_id);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()[CONTENT_TYPE], "text/event-stream");
        let mut events = Events {
            response,
            text: String::new(),
            last_id: String::new(),
        };
        // The first block says where the stream begins, and is no event.
        let beginning = events.block().await.unwrap();
        assert!(beginning.starts_with("retry: "), "{beginning}");
        events
    }
}

impl Events {
    /// The next event; `None` at the end of the stream.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            let block = self.block().await?;
            let field = |name: &str| {
                let mut lines = block.lines();
                lines.find_map(|line| line.strip_prefix(name).map(str::to_owned))
            };
            if let Some(data) = field("data: ") {
                let name = field("event: ").unwrap();
                let data = serde_json::from_str(&data).unwrap();
                return Some(Event { name, data });
            }
        }
    }

    /// The next change of a status. When something is read back is a matter of its own.
    async fn status(&mut self) -> Event {
        loop {
            let event = self.next().await.expect("the stream goes on");
            if event.name != "verified" {
                assert_eq!(event.name, "status", "{:#}", event.data);
                return event;
            }
        }
    }

    /// The next change of a status, as `number of the proposal: status`.
    pub async fn hears(&mut self) -> String {
        let event = self.status().await;
        let status = event.data["status"].as_str().unwrap();
        format!("{}: {status}", event.data["number"])
    }

    /// What is heard until a proposal has this status.
    async fn hears_until(&mut self, status: &str) -> Vec<String> {
        let mut heard = vec![self.hears().await];
        while !heard.last().unwrap().ends_with(status) {
            heard.push(self.hears().await);
        }
        heard
    }

    /// The stream must end, whatever it says before.
    pub async fn ends(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        while let Some(event) = self.next().await {
            events.push(event);
        }
        events
    }

    async fn block(&mut self) -> Option<String> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                let id = block.lines().find_map(|line| line.strip_prefix("id: "));
                if let Some(id) = id {
                    id.clone_into(&mut self.last_id);
                }
                return Some(block);
            }
            let chunk = tokio::time::timeout(PATIENCE, self.response.chunk()).await;
            let chunk = chunk.expect("something is heard, or the end").unwrap()?;
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}

#[tokio::test]
async fn an_agent_hears_what_becomes_of_its_proposals() {
    let app = TestApp::start().await;
    let mut events = app.agent().listens(None).await;
    let id = app.agent().has_proposed(new_title("Heard")).await;
    let first = events.next().await.unwrap();
    assert_eq!(first.name, "status");
    let mut shown = app.agent().sees(&id).await;
    assert_eq!(first.data["changed_at"], shown["created_at"]);
    // The proposal as REST returns it, without its body.
    let mut heard = first.data.clone();
    heard.as_object_mut().unwrap().remove("changed_at");
    shown["request"].as_object_mut().unwrap().remove("body");
    assert_eq!(heard, shown);
    app.technician().approves(&id).await.is(200);
    let heard = events.hears_until("applied").await;
    assert_eq!(heard, ["1: queued", "1: applying", "1: applied"]);
    let id = app.agent().has_proposed(new_title("Not this one")).await;
    app.technician().rejects(&id, "no").await.is(200);
    assert_eq!(events.hears().await, "2: pending");
    let rejected = events.status().await;
    assert_eq!(rejected.data["decision"]["reason"], "no");
}

#[tokio::test]
async fn an_agent_hears_what_reading_back_has_found() {
    let app = TestApp::start().await;
    let mut events = app.agent().listens(None).await;
    let id = app.agent().has_proposed(new_title("Read back")).await;
    app.technician().approves(&id).await.is(200);
    let event = loop {
        let event = events.next().await.unwrap();
        if event.name == "verified" {
            break event;
        }
    };
    assert_eq!(event.data["id"], id.as_str());
    assert_eq!(event.data["status"], "applied");
    assert_eq!(event.data["outcome"]["verified"], true);
}

#[tokio::test]
async fn who_comes_back_hears_what_was_missed_and_nothing_twice() {
    let app = TestApp::start().await;
    let mut events = app.agent().listens(None).await;
    let first = app.agent().has_proposed(new_title("One")).await;
    assert_eq!(events.hears().await, "1: pending");
    let last = events.last_id.clone();
    drop(events);
    app.technician().approves(&first).await.is(200);
    app.agent().waits_for(&first, "applied").await;
    app.agent().has_proposed(new_title("Two")).await;
    let expected = ["1: queued", "1: applying", "1: applied", "2: pending"];
    for _ in 0..2 {
        let mut events = app.agent().listens(Some(&last)).await;
        assert_eq!(events.last_id, last);
        for expected in expected {
            assert_eq!(events.hears().await, expected);
        }
    }
    let mut from_the_start = app.agent().listens(Some("0")).await;
    assert_eq!(from_the_start.hears().await, "1: pending");
}

#[tokio::test]
async fn who_heard_nothing_yet_comes_back_to_the_same_place() {
    let app = TestApp::start().await;
    for title in ["One", "Two"] {
        let events = app.agent().listens(None).await;
        app.agent().has_proposed(new_title(title)).await;
        let last = events.last_id.clone();
        drop(events);
        let mut events = app.agent().listens(Some(&last)).await;
        assert!(events.hears().await.ends_with("pending"));
        drop(events);
    }
}

#[tokio::test]
async fn more_than_a_page_that_was_missed_is_heard_in_order() {
    let app = TestApp::start().await;
    for number in 0..105 {
        let title = format!("Number {number}");
        app.agent().has_proposed(new_title(&title)).await;
    }
    let mut events = app.agent().listens(Some("0")).await;
    for number in 1..=105 {
        assert_eq!(events.hears().await, format!("{number}: pending"));
    }
}

#[tokio::test]
async fn a_restart_of_the_server_loses_nothing() {
    let app = TestApp::start().await;
    let mut events = app.agent().listens(None).await;
    let id = app.agent().has_proposed(new_title("One")).await;
    assert_eq!(events.hears().await, "1: pending");
    let (app, mut events) = {
        let stopped = app.stop_then(|_| ());
        let (app, left) = tokio::join!(stopped, async {
            assert!(events.ends().await.is_empty());
            events
        });
        (app, left)
    };
    app.technician().approves(&id).await.is(200);
    app.agent().waits_for(&id, "applied").await;
    events = app.agent().listens(Some(&events.last_id)).await;
    let heard = events.hears_until("applied").await;
    assert_eq!(heard, ["1: queued", "1: applying", "1: applied"]);
}

#[rstest]
#[case::not_ours("12345")]
#[case::made_up("1-1700000000000")]
#[case::of_the_future("999999-1700000000000")]
#[case::nonsense("last one, please")]
#[case::empty("")]
#[tokio::test]
async fn an_unknown_place_is_told_and_the_stream_begins_now(#[case] place: &str) {
    let app = TestApp::start().await;
    app.agent().has_proposed(new_title("Before")).await;
    let mut events = app.agent().listens(Some(place)).await;
    let told = events.next().await.unwrap();
    assert_eq!(told.name, "reset");
    let detail = told.data["detail"].as_str().unwrap();
    assert!(detail.contains("/api/v1/proposals"), "{detail}");
    app.agent().has_proposed(new_title("After")).await;
    assert_eq!(events.hears().await, "2: pending");
}

#[tokio::test]
async fn a_place_that_is_no_longer_kept_is_told() {
    let app = TestApp::start().await;
    let mut events = app.agent().listens(None).await;
    app.agent().has_proposed(new_title("Old")).await;
    events.hears().await;
    app.agent().has_proposed(new_title("Newer")).await;
    let state = app.server().state();
    let later = state.clock.now().plus_seconds(60);
    assert_eq!(state.store.forget_changes(later).await.unwrap(), 1);
    let mut again = app.agent().listens(Some(&events.last_id)).await;
    assert_eq!(again.next().await.unwrap().name, "reset");
}

#[tokio::test]
async fn t6_another_agents_changes_are_not_heard() {
    let app = TestApp::start().await;
    let mut mine = app.agent().listens(None).await;
    let mut theirs = app.other_agent().listens(None).await;
    app.other_agent().has_proposed(new_title("Theirs")).await;
    app.agent().has_proposed(new_title("Mine")).await;
    assert_eq!(theirs.hears().await, "1: pending");
    assert_eq!(mine.hears().await, "2: pending");
    // What names a place of somebody else's is no place.
    let mut stolen = app.agent().listens(Some(&theirs.last_id)).await;
    assert_eq!(stolen.next().await.unwrap().name, "reset");
    let mut all = app.agent().listens(Some("0")).await;
    assert_eq!(all.hears().await, "2: pending");
}

/// What takes the right to listen away.
#[derive(Clone, Copy, Debug)]
enum Ends {
    Revoked,
    AgentPaused,
    ProfilePaused,
    Expired,
}

#[rstest]
#[case(Ends::Revoked)]
#[case(Ends::AgentPaused)]
#[case(Ends::ProfilePaused)]
#[case(Ends::Expired)]
#[tokio::test]
async fn t2_a_stream_ends_with_the_right_to_it(#[case] ends: Ends) {
    let time = ManualClock::starting_at(Timestamp::from_millis(1_800_000_000_000));
    let app = TestApp::start_at(time.clock(), &[]).await;
    let admin = &app.server().state().admin;
    let (operator, agent) = (
        ProvenAdministrator::operator(),
        "triage-bot".parse().unwrap(),
    );
    let request = TokenRequest {
        days: 1,
        ..TokenRequest::default()
    };
    let token = admin.create_agent_token(&operator, &agent, request).await;
    let token = token.unwrap();
    let secret = token.token.expose_secret().to_owned();
    let mut events = app.caller(&secret).listens(None).await;
    app.agent().has_proposed(new_title("Heard")).await;
    assert_eq!(events.hears().await, "1: pending");
    let pauses = async |scope: &str, id: &str| {
        let pause = json!({"scope": scope, "id": id, "reason": "odd"});
        let path = "/api/v1/admin/pause";
        app.administrator().post(path, &pause).await.is(200);
    };
    match ends {
        Ends::Revoked => {
            let reference = TokenReference::Id(token.id);
            admin.revoke_token(&operator, &reference).await.unwrap();
        }
        Ends::AgentPaused => pauses("agent", "triage-bot").await,
        Ends::ProfilePaused => pauses("profile", "Everything").await,
        Ends::Expired => {
            time.advance_seconds(24 * 60 * 60);
            // The other token works on, and what it does would be heard.
            app.agent().has_proposed(new_title("Not heard")).await;
        }
    }
    assert!(events.ends().await.is_empty());
    let refused = app.caller(&secret).get(EVENTS).await.status.as_u16();
    assert!(refused == 401 || refused == 403, "{refused}");
}

#[tokio::test]
async fn t3_a_token_in_the_address_opens_no_stream() {
    let app = TestApp::start().await;
    for name in ["token", "access_token", "x-api-key", "last_event"] {
        let path = format!("{EVENTS}?{name}={}", app.agent().token());
        let refused = answer(app.request(Method::GET, &path)).await;
        refused.is_problem(400, "malformed");
    }
}

#[tokio::test]
async fn h4_a_token_has_eight_streams() {
    let app = TestApp::start().await;
    let mut streams = Vec::new();
    for _ in 0..8 {
        streams.push(app.agent().listens(None).await);
    }
    let refused = app.agent().get(EVENTS).await;
    refused.is_problem(429, "too-many-requests");
    assert!(refused.headers.contains_key("retry-after"));
    app.other_agent().listens(None).await;
    // Where one ends there is room for one.
    streams.pop();
    let again = async {
        while app.agent().get(EVENTS).await.status != 200 {
            tokio::task::yield_now().await;
        }
    };
    let again = tokio::time::timeout(PATIENCE, again).await;
    again.expect("a stream that was left is not counted for long");
}

#[tokio::test]
async fn a_stream_is_not_compressed() {
    let app = TestApp::start().await;
    let request = app.agent().request(Method::GET, EVENTS);
    let request = request.header(ACCEPT_ENCODING, "gzip, br");
    let mut response = request.send().await.unwrap();
    assert!(!response.headers().contains_key(CONTENT_ENCODING));
    assert_eq!(response.headers()["x-accel-buffering"], "no");
    let first = tokio::time::timeout(PATIENCE, response.chunk()).await;
    let first = first.unwrap().unwrap().unwrap();
    assert!(first.starts_with(b"retry: "), "{first:?}");
}

#[tokio::test]
async fn s7_no_secret_is_heard() {
    const CANARY: &str = "c4n4ry-5e1f-in-an-event";
    let app = TestApp::start().await;
    let mut events = app.agent().listens(None).await;
    let write = json!({
        "method": "PATCH", "path": "/passwords/601",
        "body": {"data": {"type": "passwords", "attributes": {"password": CANARY}}},
    });
    let id = app.agent().has_proposed(write).await;
    app.technician().approves(&id).await.is(200);
    loop {
        let event = events.next().await.unwrap();
        assert!(!event.data.to_string().contains(CANARY), "{:#}", event.data);
        if event.data["status"] == "applied" {
            break;
        }
    }
}

#[tokio::test]
async fn a_revert_is_heard_in_outline() {
    let app = TestApp::start().await;
    let id = app
        .agent()
        .has_proposed(new_title("To be taken back"))
        .await;
    app.technician().approves(&id).await.is(200);
    app.agent().waits_for_verification(&id).await;
    let mut events = app.agent().listens(None).await;
    let path = format!("/api/v1/review/proposals/{id}/revert");
    app.technician().post(&path, &json!({})).await.is(201);
    let event = events.next().await.unwrap();
    assert_eq!(event.data["reverts"]["id"], id.as_str());
    assert!(event.data.get("request").is_none(), "{:#}", event.data);
}

#[tokio::test]
async fn a_stream_of_a_limited_agent_is_as_any_other() {
    let app = TestApp::start().await;
    let token = crate::gateway_scope::agent_of(&app, "of-acme", &[2]).await;
    let mut events = app.caller(&token).listens(None).await;
    app.caller(&token).has_proposed(new_title("Own")).await;
    assert_eq!(events.hears().await, "1: pending");
}

#[tokio::test]
async fn a_waiting_poll_is_answered_by_the_change_it_waits_for() {
    let app = TestApp::start().await;
    let id = app.agent().has_proposed(new_title("Waited for")).await;
    let unrelated = app.other_agent().has_proposed(new_title("Other")).await;
    let path = format!("/api/v1/proposals/{id}");
    let waiting = app.agent().request(Method::GET, &path);
    let waiting = tokio::spawn(answer(waiting.header("prefer", "wait=60")));
    app.technician().rejects(&unrelated, "no").await.is(200);
    app.technician().rejects(&id, "no").await.is(200);
    let answered = tokio::time::timeout(PATIENCE, waiting).await;
    let answered = answered.expect("woken long before its time is up").unwrap();
    assert_eq!(answered.is(200)["status"], "rejected");
}

#[tokio::test]
async fn when_the_server_stops_those_who_wait_are_told_how_things_stand() {
    let app = TestApp::start().await;
    let id = app.agent().has_proposed(new_title("Waited for")).await;
    let mut events = app.agent().listens(None).await;
    let path = format!("/api/v1/proposals/{id}");
    let request = app.agent().request(Method::GET, &path);
    let polling = tokio::spawn(answer(request.header("prefer", "wait=60")));
    let request = app.agent().request(Method::PATCH, "/itglue/contacts/501");
    let request = request.header("prefer", "wait=60").json(&json!({
        "data": {"type": "contacts", "attributes": {"title": "Held at the gateway"}}
    }));
    let writing = tokio::spawn(answer(request));
    // Its proposal is there once it waits, or is about to; either way it is answered.
    assert_eq!(events.hears().await, "2: pending");
    let begun = std::time::Instant::now();
    let app = app.stop_then(|_| ()).await;
    assert!(begun.elapsed() < Duration::from_secs(20), "{begun:?}");
    assert_eq!(polling.await.unwrap().is(200)["status"], "pending");
    let held = writing.await.unwrap();
    let said = crate::gateway::is_error(&held, 409);
    assert!(said.contains("waits for a technician"), "{said}");
    assert!(events.ends().await.is_empty());
    app.audit_is_whole().await;
}
