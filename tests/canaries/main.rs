//! Requirement S7: after the whole program has had every kind of secret in its hands, none of them
//! is found anywhere: not in the database, its log or shared memory, a backup, the log at its most
//! talkative, an answer, a page or the metrics.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests say what they hold by their names, and fail by panicking"
)]

#[path = "../app/conformance.rs"]
mod conformance;
#[expect(dead_code, reason = "this test needs a part of what others stand on")]
#[path = "../app/ground.rs"]
mod ground;

mod canary;
mod log;
mod people;
mod witness;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use countersign::access::ProvenAdministrator;
use countersign::admin::{ConnectionRequest, TokenRequest};
use countersign::domain::PermissionGroup;
use countersign::itglue::Region;
use countersign::simulator::{Fault, FaultKind};
use reqwest::Method;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use canary::{Canary, Haystack};
use ground::TestApp;
use witness::Witness;

/// What is planted into records, and the agents' tokens.
struct Planted {
    canaries: Vec<Canary>,
    haystack: Haystack,
}

impl Planted {
    fn plant(&mut self, name: &'static str) -> String {
        let canary = Canary::random(name);
        let value = canary.value.clone();
        self.canaries.push(canary);
        value
    }

    fn keep(&mut self, name: &'static str, value: &str) {
        self.canaries.push(Canary::of(name, value.as_bytes()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s7_no_secret_is_found_anywhere_after_all_that() {
    let log = log::capture();
    let app = TestApp::start_with(&[("COUNTERSIGN_ADMIN_LISTEN", "127.0.0.1:0")]).await;
    let mut planted = Planted {
        canaries: Vec::new(),
        haystack: Haystack::default(),
    };
    connections(&app, &mut planted).await;
    proposals(&app, &mut planted).await;
    tokens(&app, &mut planted).await;
    people::sign_in_and_change_everything(&app, &mut planted).await;

    let settings = &app.server().state().settings;
    planted
        .haystack
        .add("metrics", app.metrics().await.as_bytes());
    let backup = settings.data_dir.join("backup.db");
    app.server().state().store.back_up(&backup).await.unwrap();
    let key_file = fs::read_to_string(&settings.master_key_file).unwrap();
    for line in key_file.lines().filter(|line| !line.starts_with('#')) {
        let key = line.rsplit([':', ' ']).next().unwrap();
        assert!(key.len() >= 40, "a line of the key file ends with a key");
        planted.keep("master key", key);
    }
    add_files(
        &mut planted.haystack,
        &settings.data_dir,
        &settings.master_key_file,
    );
    planted.haystack.add("log", &log.written());

    assert_the_search_works(&planted);
    let found: Vec<String> = planted
        .canaries
        .iter()
        .flat_map(|canary| planted.haystack.search(canary))
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// What is looked at is what was written: otherwise nothing would ever be found in it.
fn assert_the_search_works(planted: &Planted) {
    assert!(planted.canaries.len() >= 25, "{}", planted.canaries.len());
    let anywhere = |text: &str| planted.haystack.places_of(text.as_bytes());
    for (text, place) in [
        ("canary summary", "countersign.db"),
        ("canary summary", "backup.db"),
        ("canary summary", "/p/"),
        ("canary summary", "/api/v1/review/proposals"),
        ("proposal.created", "countersign.db-wal"),
        ("countersign_events_total", "metrics"),
        ("TRACE", "log"),
        ("answered", "log"),
    ] {
        let places = anywhere(text);
        let is_there = places.iter().any(|found| found.contains(place));
        assert!(is_there, "{text} is not in {place} but in {places:?}");
    }
}

/// A change whose answer is lost: IT Glue is asked for the value, to tell what became of it.
async fn of_unknown_outcome(
    app: &TestApp,
    planted: &mut Planted,
    agent: &Witness<'_>,
    technician: &Witness<'_>,
) {
    let value = planted.plant("password of a lost answer");
    let unclear = agent.proposes(other_password(&value)).await;
    let fault = Fault::next(FaultKind::ResetAfter).on("PATCH");
    app.simulator.control().fault(fault);
    technician.opens_and_approves(&unclear).await;
    app.agent().waits_for_verification(&unclear).await;
    assert_eq!(app.record("passwords", 601)["password"], value);
    technician
        .get(&format!("/api/v1/review/proposals/{unclear}"))
        .await;
}

fn add_files(haystack: &mut Haystack, folder: &Path, but: &Path) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            add_files(haystack, &path, but);
        } else if path != but {
            haystack.add(path.to_str().unwrap(), &fs::read(&path).unwrap());
        }
    }
}

/// Keys that work, that are refused, and that cannot even be asked.
async fn connections(app: &TestApp, planted: &mut Planted) {
    let admin = &app.server().state().admin;
    let operator = ProvenAdministrator::operator();
    planted.keep(
        "the key of the connection",
        countersign::simulator::DEMO_API_KEY,
    );
    for (name, base_url, no_test) in [
        ("refused-key", app.simulator.base_url(), false),
        ("untested-key", app.simulator.base_url(), true),
        ("unreachable-key", "http://127.0.0.1:9".to_owned(), false),
    ] {
        let key = format!("ITG.{}", planted.plant("IT Glue key"));
        let request = ConnectionRequest {
            name: name.parse().unwrap(),
            region: Region::Us,
            base_url: Some(base_url),
            api_key: key.into(),
            no_test,
        };
        let made = admin.create_connection(&operator, request).await;
        planted
            .haystack
            .add("an administrator's error", format!("{made:?}").as_bytes());
    }
    let listed = admin.list_connections(&operator).await.unwrap();
    planted
        .haystack
        .add("connections", format!("{listed:?}").as_bytes());
}

fn new_password(value: &str, seed: &str, notes: &str) -> Value {
    json!({
        "method": "POST", "path": "/organizations/2/relationships/passwords",
        "summary": "canary summary", "reason": "canary reason",
        "body": {"data": {"type": "passwords", "attributes": {
            "name": "Firewall", "username": "admin", "password": value,
            "otp-secret": seed, "notes": notes}}},
    })
}

fn other_password(value: &str) -> Value {
    password_of(601, value)
}

fn password_of(id: u64, value: &str) -> Value {
    json!({
        "method": "PATCH", "path": format!("/passwords/{id}"), "summary": "canary summary",
        "body": {"data": {"type": "passwords", "attributes": {"password": value}}},
    })
}

/// Secret fields on every way a proposal can take.
async fn proposals(app: &TestApp, planted: &mut Planted) {
    let agent = Witness::of(app.agent());
    let technician = Witness::of(app.technician());
    let value = planted.plant("new password");
    let canary = Canary::seed("otp-secret");
    let seed = canary.value.clone();
    planted.canaries.push(canary);
    let applied = agent.proposes(new_password(&value, &seed, "none")).await;
    technician.opens_and_approves(&applied).await;
    app.agent().waits_for_verification(&applied).await;

    let value = planted.plant("changed password");
    let rejected = agent.proposes(other_password(&value)).await;
    technician.opens_and_rejects(&rejected).await;

    let (first, second) = (planted.plant("revised from"), planted.plant("revised to"));
    let revised = agent.proposes(other_password(&first)).await;
    agent
        .put(
            &format!("/api/v1/proposals/{revised}"),
            &other_password(&second),
        )
        .await;
    technician
        .get(&format!("/api/v1/review/proposals/{revised}"))
        .await;
    let edited = planted.plant("edited password");
    let body = json!({"data": {"type": "passwords", "attributes": {"password": &edited}}});
    technician
        .approves_with(&revised, json!({"body": body}))
        .await;
    app.agent().waits_for_verification(&revised).await;

    through_the_gateway(app, &agent, &technician, &edited).await;
    of_unknown_outcome(app, planted, &agent, &technician).await;
    refused_by_itglue(app, planted, &agent, &technician).await;
    never_stored(app, planted, &agent).await;
    for list in [
        "/api/v1/proposals",
        "/api/v1/review/proposals",
        "/api/v1/review/proposals?lane=done",
        "/api/v1/permissions",
    ] {
        agent.get(list).await;
        technician.get(list).await;
    }
    for witness in [agent, technician] {
        witness.testify(&mut planted.haystack);
    }
}

/// The gateway's answers, all but the one that may hold the value: that is not listened to, and
/// what it left behind is looked through like everything else.
async fn through_the_gateway(
    app: &TestApp,
    agent: &Witness<'_>,
    technician: &Witness<'_>,
    value: &str,
) {
    const VALUE: &str = "/itglue/passwords/601?show_password=true";
    for path in [
        "/itglue/passwords/601",
        "/itglue/passwords?page[size]=1000",
        "/itglue/organizations/2/relationships/passwords",
        "/itglue/configurations/701?include=passwords,recent_versions",
        "/itglue/flexible_assets/124?include=passwords",
        VALUE,
    ] {
        agent.get(path).await;
    }
    let own = agent.get("/api/v1/proposals").await;
    let id = own["items"][0]["id"].as_str().unwrap();
    assert_eq!(own["items"][0]["operation"], "read_secret");
    technician.opens_and_approves(id).await;
    let shown = app.agent().get(VALUE).await.is(200);
    assert_eq!(shown["data"]["attributes"]["password"], value);
    agent.get(&format!("/api/v1/proposals/{id}")).await;
    technician
        .get(&format!("/api/v1/review/proposals/{id}"))
        .await;
}

/// IT Glue says no, breaks off in the middle, or is not there.
async fn refused_by_itglue(
    app: &TestApp,
    planted: &mut Planted,
    agent: &Witness<'_>,
    technician: &Witness<'_>,
) {
    // One each: a write that nobody knows the end of keeps the others on its record waiting.
    for (record, name, kind) in [
        (
            601,
            "password IT Glue refused",
            FaultKind::ErrorBefore { status: 422 },
        ),
        (602, "password IT Glue lost", FaultKind::ResetAfter),
        (603, "password half answered", FaultKind::CutBody),
    ] {
        let value = planted.plant(name);
        let id = agent.proposes(password_of(record, &value)).await;
        app.simulator.control().fault(Fault {
            method: Some("PATCH".to_owned()),
            path_contains: Some("/passwords".to_owned()),
            times: 1,
            skip: 0,
            probability_percent: 100,
            kind,
        });
        technician.opens_and_approves(&id).await;
        ends(app, &id).await;
        agent.get(&format!("/api/v1/proposals/{id}")).await;
        technician
            .get(&format!("/api/v1/review/proposals/{id}"))
            .await;
        app.simulator.control().clear_faults();
    }
}

/// Waits until the write of a proposal has come to an end, or nobody knows of one.
async fn ends(app: &TestApp, id: &str) {
    let deadline = Instant::now() + Duration::from_mins(1);
    loop {
        let status = app.agent().sees(id).await["status"].clone();
        if ["applied", "failed", "needs_attention"]
            .iter()
            .any(|end| status == *end)
        {
            return;
        }
        assert!(Instant::now() < deadline, "still {status}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// What is refused before anything is stored, by everyone who looks at it.
async fn never_stored(app: &TestApp, planted: &mut Planted, agent: &Witness<'_>) {
    let value = planted.plant("password of a malformed body");
    agent
        .posts_text("/api/v1/proposals", &format!("{{\"body\": \"{value}\", }}"))
        .await;
    let value = planted.plant("password of an unknown field");
    let unknown = json!({
        "method": "PATCH", "path": "/passwords/601", "summary": "x",
        "body": {"data": {"type": "passwords", "attributes": {"password": value}, "more": 1}},
    });
    agent.post("/api/v1/proposals", &unknown).await;
    let value = planted.plant("password of another type");
    let wrong_type = json!({
        "method": "PATCH", "path": "/passwords/601", "summary": "x",
        "body": {"data": {"type": "contacts", "attributes": {"password": {"a": value}}}},
    });
    agent.post("/api/v1/proposals", &wrong_type).await;
    let value = planted.plant("password for no record");
    let nowhere = json!({
        "method": "PATCH", "path": "/passwords/999999", "summary": "x",
        "body": {"data": {"type": "passwords", "attributes": {"password": value}}},
    });
    agent.post("/api/v1/proposals", &nowhere).await;
    app.make_read_only(PermissionGroup::Passwords).await;
    let value = planted.plant("password refused by the policy");
    agent
        .post("/api/v1/proposals", &other_password(&value))
        .await;
}

/// Tokens that work, in places where they do not belong, and that were never any good.
async fn tokens(app: &TestApp, planted: &mut Planted) {
    let admin = &app.server().state().admin;
    let operator = ProvenAdministrator::operator();
    let agent = "triage-bot".parse::<countersign::domain::Name>().unwrap();
    let made = admin
        .create_agent_token(&operator, &agent.into(), TokenRequest::default())
        .await
        .unwrap();
    let token = made.token.expose_secret().to_owned();
    let secret = token
        .rsplit_once('_')
        .map_or(token.as_str(), |(_, secret)| secret);
    planted.keep("agent token", &token);
    planted.keep("the secret part of an agent token", secret);
    planted
        .haystack
        .add("a made token", format!("{made:?}").as_bytes());
    let witness = Witness::of(app.caller(&token));
    witness.get("/api/v1/permissions").await;
    witness.get("/api/v1/review/proposals").await;
    for path in [
        format!("/api/v1/permissions?token={token}"),
        format!("/api/v1/permissions?api_key={secret}"),
        format!("/p/1?q={token}"),
    ] {
        witness.get(&path).await;
    }
    witness.testify(&mut planted.haystack);
    for name in ["a token nobody made", "half a token"] {
        let value = planted.plant(name);
        for text in [format!("cs_agent_abcdefgh_{value}"), value] {
            let witness = Witness::of(app.caller(&text));
            witness.get("/api/v1/permissions").await;
            let keyed = app.request(Method::GET, "/api/v1/permissions");
            witness
                .hears("x-api-key", keyed.header("x-api-key", &text))
                .await;
            witness.testify(&mut planted.haystack);
        }
    }
}
