//! What the protocol of replay costs: how long the window is in which somebody else's edit would be
//! overwritten unseen, how much of the budget of requests becomes writes, and how long it takes
//! until one of many who decide at once is heard.

use std::time::{Duration, Instant};

use countersign::access::ProvenAdministrator;
use countersign::domain::{
    Actor, AuditAction, AuditEvent, DecidedBy, Decision, DecisionVerdict, PauseScope, Proposal,
    ProposalStatus,
};
use countersign::store::{Approval, StoreError};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

use crate::figures::{Aim, Figure, millis, percentile};
use crate::ground::{EMAIL, Ground, Served, client};

const WINDOWS: usize = 150;
/// A tenth of what IT Glue allows, in a thirtieth of the time. The bucket fills at nine tenths of it.
const RATE: &str = "300/10s";
const REQUESTS_A_SECOND: f64 = 27.0;
const WRITES: usize = 200;
/// The first come out of what the bucket gathered.
const LEFT_OUT: usize = 20;
const PROPOSALS: usize = 100;
const DECIDERS: usize = 64;
const PATIENCE: Duration = Duration::from_mins(5);
const LOOK: Duration = Duration::from_millis(100);

pub async fn measure() -> Vec<Figure> {
    vec![window().await, sustained().await, deciders().await]
}

async fn window() -> Figure {
    let served = Ground::prepare().await.serve().await;
    approve_creates(&served, WINDOWS).await;
    let mut round_trips = Vec::new();
    let http = client();
    resume(&served).await;
    while writes(&served).len() < WINDOWS {
        let url = format!("{}/contacts/501", served.ground.simulator.base_url());
        let read = http
            .request(Method::GET, url)
            .header("x-api-key", countersign::simulator::DEMO_API_KEY);
        let start = Instant::now();
        let answer = read.send().await.unwrap();
        assert!(!answer.bytes().await.unwrap().is_empty());
        round_trips.push(millis(start.elapsed()));
    }
    all_applied(&served, WINDOWS).await;
    let windows = windows(&served).await;
    served.stop().await;
    Figure::new("window before a write, p95", "ms", percentile(&windows, 95))
        .against(percentile(&round_trips, 95))
        .aiming(Aim::Within(50.0))
}

async fn sustained() -> Figure {
    let served = Ground::prepare().await.serve().await;
    approve_creates(&served, WRITES).await;
    // The bucket of another server is another bucket.
    let Served { mut ground, server } = served;
    server.stop().await;
    ground.set("COUNTERSIGN_ITGLUE_RATE", RATE);
    let served = ground.serve().await;
    resume(&served).await;
    all_applied(&served, WRITES).await;
    let at = writes(&served);
    let (from, to) = (at[LEFT_OUT], at[WRITES - 1]);
    let requests = served.ground.simulator.control().requests();
    let within = requests.iter().filter(|one| {
        let at = Duration::from_millis(one.at_ms);
        from <= at && at < to
    });
    let count = f64::from(u32::try_from(within.count()).unwrap());
    served.stop().await;
    // How many requests a write takes depends on the kind of record; the budget counts requests.
    let took = to.saturating_sub(from).as_secs_f64();
    Figure::new("requests of sustained writes", "1/s", count / took)
        .against(REQUESTS_A_SECOND)
        .aiming(Aim::AtLeast(0.99))
}

async fn deciders() -> Figure {
    let served = Ground::prepare().await.serve().await;
    let store = &served.server.state().store;
    let sam = store.user_by_email(EMAIL).await.unwrap().unwrap();
    let mut proposals = Vec::new();
    for number in 0..PROPOSALS {
        let id = propose(&served, &served.ground.proposal(number)).await;
        proposals.push(store.proposal(id.parse().unwrap()).await.unwrap().unwrap());
    }
    let start = Instant::now();
    for proposal in &proposals {
        let mut rivals = tokio::task::JoinSet::new();
        for rival in 0..DECIDERS {
            let (store, proposal) = (store.clone(), proposal.clone());
            let approval = approval(&proposal, sam.id);
            rivals.spawn(async move {
                let heard = if rival % 2 == 0 {
                    store.record_approval(&proposal, &approval).await
                } else {
                    let status = ProposalStatus::Rejected;
                    let Approval {
                        decision, audit, ..
                    } = &approval;
                    store
                        .record_refusal(proposal.id, status, decision, audit)
                        .await
                };
                match heard {
                    Ok(()) => 1,
                    Err(StoreError::Changed) => 0,
                    Err(error) => panic!("{error}"),
                }
            });
        }
        let winners: usize = rivals.join_all().await.into_iter().sum();
        assert_eq!(winners, 1);
    }
    let took = start.elapsed();
    served.stop().await;
    Figure::new("64 deciders, 100 proposals", "s", took.as_secs_f64())
        .against(2.0)
        .aiming(Aim::AtMost(1.0))
}

fn approval(proposal: &Proposal, person: countersign::domain::UserId) -> Approval {
    let at = proposal.created_at;
    Approval {
        proposal_id: proposal.id,
        round: proposal.round,
        fingerprint: proposal.fingerprint,
        decision: Decision {
            verdict: DecisionVerdict::Approved,
            by: DecidedBy::Person,
            person: Some(person),
            name: "Sam".to_owned(),
            reason: None,
            at,
            fingerprint: proposal.fingerprint,
            shown: proposal.fingerprint,
            edits: None,
            round: proposal.round,
        },
        edited: None,
        // Nothing is carried out while they decide.
        hold_until: Some(at.plus_seconds(3600)),
        step_up_at: None,
        audit: AuditEvent::new(at, Actor::Operator, AuditAction::Approved),
    }
}

/// So many approved creates, with all writes paused.
async fn approve_creates(served: &Served, count: usize) {
    let by = ProvenAdministrator::operator();
    let admin = &served.server.state().admin;
    admin
        .pause(&by, PauseScope::All, "until all is approved")
        .await
        .unwrap();
    for number in 0..count {
        let name = format!("Bench {number}");
        let create = json!({
            "method": "POST", "path": "/contacts", "summary": name,
            "body": {"data": {"type": "contacts", "attributes": {
                "organization-id": 2, "first-name": "Replay", "last-name": name}}},
        });
        let id = propose(served, &create).await;
        let (address, technician) = (served.address(), &served.ground.technician);
        let review = format!("{address}/api/v1/review/proposals/{id}");
        let http = &served.ground.http;
        let opened = http.get(&review).bearer_auth(technician).send().await;
        let opened: Value = opened.unwrap().json().await.unwrap();
        let body = json!({"fingerprint": opened["fingerprint"], "reason": "looks right"});
        let approved = http
            .post(format!("{review}/approve"))
            .bearer_auth(technician)
            .json(&body)
            .send()
            .await
            .unwrap();
        assert_eq!(approved.status(), StatusCode::OK);
    }
}

async fn propose(served: &Served, proposal: &Value) -> String {
    let ground = &served.ground;
    let answer = ground
        .http
        .post(format!("{}/api/v1/proposals", served.address()))
        .bearer_auth(&ground.agents[0])
        .json(proposal)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::CREATED);
    let stored: Value = answer.json().await.unwrap();
    stored["id"].as_str().unwrap().to_owned()
}

async fn resume(served: &Served) {
    let state = served.server.state();
    let by = ProvenAdministrator::operator();
    let admin = &state.admin;
    admin.resume(&by, PauseScope::All, None).await.unwrap();
    state.wake.notify_one();
}

/// When each of the creates reached IT Glue.
fn writes(served: &Served) -> Vec<Duration> {
    let requests = served.ground.simulator.control().requests();
    let creates = requests.iter().filter(|one| one.method == "POST");
    creates
        .map(|one| Duration::from_millis(one.at_ms))
        .collect()
}

async fn all_applied(served: &Served, count: usize) {
    let deadline = Instant::now() + PATIENCE;
    let requests = || served.ground.simulator.control().requests();
    while requests().iter().filter(|one| one.applied).count() < count {
        assert!(Instant::now() < deadline, "not all of it was written");
        tokio::time::sleep(LOOK).await;
    }
}

/// From the answer of the read before a write to its first byte, as the server noted it.
#[expect(
    clippy::disallowed_methods,
    reason = "no door gives the windows of all attempts"
)]
async fn windows(served: &Served) -> Vec<f64> {
    let options = SqliteConnectOptions::new().filename(served.ground.database());
    let pool = SqlitePoolOptions::new();
    let pool = pool.connect_with(options).await.unwrap();
    let windows: Vec<f64> =
        sqlx::query_scalar("SELECT CAST(window_ms AS REAL) FROM attempts WHERE window_ms >= 0")
            .fetch_all(&pool)
            .await
            .unwrap();
    pool.close().await;
    assert!(windows.len() >= WINDOWS - 2, "{} windows", windows.len());
    windows
}
