//! A thousand agents that wait, each for a proposal of its own: what one of them holds in memory, and
//! how long after a decision it is answered.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use reqwest::{RequestBuilder, StatusCode};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::figures::{Aim, Figure, millis, percentile};
use crate::ground::{Ground, client};
use crate::process::{Process, free_port};

const WAITING: usize = 1_000;
/// How long it may take until all of them wait.
const PATIENCE: Duration = Duration::from_secs(30);

/// A proposal that is waited for.
struct Awaited {
    id: String,
    token: String,
    fingerprint: Value,
}

pub async fn measure() -> Vec<Figure> {
    allow_connections();
    let ground = Ground::prepare().await;
    let metrics = format!("127.0.0.1:{}", free_port());
    let process = Process::start(&ground, &[("COUNTERSIGN_ADMIN_LISTEN", &metrics)]);
    let awaited = propose(&ground, &process).await;
    let before = process.resident_kilobytes();
    let mut waiting = JoinSet::new();
    for one in &awaited {
        waiting.spawn(wait(&process, one));
    }
    all_wait(&metrics).await;
    let after = process.resident_kilobytes();
    let (mut decided, mut took) = (HashMap::new(), Vec::new());
    for one in &awaited {
        let start = Instant::now();
        reject(&ground, &process, one).await;
        took.push(millis(start.elapsed()));
        decided.insert(one.id.clone(), start);
    }
    let mut heard = Vec::new();
    while let Some(answered) = waiting.join_next().await {
        let (id, at) = answered.unwrap();
        heard.push(millis(at.duration_since(decided[&id])));
    }
    let each = (after - before) / f64::from(u32::try_from(WAITING).unwrap());
    vec![
        Figure::new("memory, each of 1,000 that wait", "kB", each),
        Figure::new("decision to answer, p99", "ms", percentile(&heard, 99))
            .against(percentile(&took, 99))
            .aiming(Aim::Within(50.0)),
    ]
}

/// Each that waits has a connection, here and in the server that is started from here.
fn allow_connections() {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let most = Rlimit {
        current: maximum,
        maximum,
    };
    setrlimit(Resource::Nofile, most).unwrap();
}

async fn propose(ground: &Ground, process: &Process) -> Vec<Awaited> {
    let mut awaited = Vec::with_capacity(WAITING);
    for number in 0..WAITING {
        let proposed = json(
            ground.propose(&process.address, number),
            StatusCode::CREATED,
        )
        .await;
        let id = proposed["id"].as_str().unwrap().to_owned();
        let shown = format!("{}/api/v1/review/proposals/{id}", process.address);
        let shown = ground.http.get(shown).bearer_auth(&ground.technician);
        awaited.push(Awaited {
            id,
            token: ground.agents[number % ground.agents.len()].clone(),
            fingerprint: json(shown, StatusCode::OK).await["fingerprint"].clone(),
        });
    }
    awaited
}

/// Waits on a connection of its own, until the status has changed.
fn wait(process: &Process, one: &Awaited) -> impl Future<Output = (String, Instant)> + use<> {
    let request = client()
        .get(format!("{}/api/v1/proposals/{}", process.address, one.id))
        .bearer_auth(&one.token)
        .header("prefer", "wait=60");
    let id = one.id.clone();
    async move {
        let answer = json(request, StatusCode::OK).await;
        let at = Instant::now();
        assert_eq!(answer["status"], "rejected");
        (id, at)
    }
}

async fn all_wait(metrics: &str) {
    let begun = Instant::now();
    let http = client();
    loop {
        let page = http.get(format!("http://{metrics}/metrics")).send().await;
        let page = page.unwrap().text().await.unwrap();
        let connections = page
            .lines()
            .find_map(|line| line.strip_prefix("countersign_http_connections "));
        let connections: f64 = connections.unwrap().parse().unwrap();
        if connections >= f64::from(u32::try_from(WAITING).unwrap()) {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "only {connections} wait");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn reject(ground: &Ground, process: &Process, one: &Awaited) {
    let url = format!(
        "{}/api/v1/review/proposals/{}/reject",
        process.address, one.id
    );
    let body = json!({"fingerprint": one.fingerprint, "reason": "not needed"});
    let request = ground.http.post(url).bearer_auth(&ground.technician);
    json(request.json(&body), StatusCode::OK).await;
}

async fn json(request: RequestBuilder, expected: StatusCode) -> Value {
    let answer = request.send().await.unwrap();
    let status = answer.status();
    let text = answer.text().await.unwrap();
    assert_eq!(status, expected, "{text}");
    serde_json::from_str(&text).unwrap()
}
