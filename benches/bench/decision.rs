//! From a technician's approval to the agent's answer that the write was applied.

use std::time::{Duration, Instant};

use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

use crate::figures::{Figure, median, millis, percentile};
use crate::ground::{Ground, Served, client};

const DECISIONS: usize = 120;
const WARM_UP: usize = 10;
/// How long one of them may take.
const PATIENCE: Duration = Duration::from_secs(20);

pub async fn measure() -> Vec<Figure> {
    let served = Ground::prepare().await.serve().await;
    let (mut measured, mut bare) = (Vec::new(), Vec::new());
    for number in 0..WARM_UP + DECISIONS {
        measured.push(millis(decide(&served, number).await));
        bare.push(millis(read_and_write(&served).await));
    }
    served.stop().await;
    let (measured, bare) = (&measured[WARM_UP..], &bare[WARM_UP..]);
    vec![
        Figure::new("decision to applied, median", "ms", median(measured)).against(median(bare)),
        Figure::new("decision to applied, p95", "ms", percentile(measured, 95))
            .against(percentile(bare, 95)),
    ]
}

async fn decide(served: &Served, number: usize) -> Duration {
    let ground = &served.ground;
    let address = served.address();
    let proposed = json(ground.propose(&address, number), StatusCode::CREATED).await;
    let id = proposed["id"].as_str().unwrap();
    let review = format!("{address}/api/v1/review/proposals/{id}");
    let open = ground.http.get(&review).bearer_auth(&ground.technician);
    let opened = json(open, StatusCode::OK).await;
    let body = json!({"fingerprint": opened["fingerprint"], "reason": "looks right"});
    let approve = ground
        .http
        .post(format!("{review}/approve"))
        .bearer_auth(&ground.technician)
        .json(&body);

    let start = Instant::now();
    json(approve, StatusCode::OK).await;
    let own = format!("{address}/api/v1/proposals/{id}");
    let token = &ground.agents[number % ground.agents.len()];
    loop {
        let see = ground.http.get(&own).bearer_auth(token);
        let seen = json(see.header("prefer", "wait=5"), StatusCode::OK).await;
        if seen["status"] == "applied" {
            return start.elapsed();
        }
        assert!(start.elapsed() < PATIENCE, "never applied: {seen:#}");
    }
}

/// What nobody can do without: reading the record and writing it, over a new connection.
async fn read_and_write(served: &Served) -> Duration {
    let simulator = &served.ground.simulator;
    let http = client();
    let contact = |method| {
        http.request(method, format!("{}/contacts/501", simulator.base_url()))
            .header("x-api-key", countersign::simulator::DEMO_API_KEY)
    };
    let change = json!({"data": {"type": "contacts", "attributes": {"title": "Bare"}}});
    let start = Instant::now();
    json(contact(Method::GET), StatusCode::OK).await;
    let write = contact(Method::PATCH)
        .header("content-type", "application/vnd.api+json")
        .body(change.to_string());
    json(write, StatusCode::OK).await;
    start.elapsed()
}

async fn json(request: RequestBuilder, expected: StatusCode) -> Value {
    let answer = request.send().await.unwrap();
    let status = answer.status();
    let text = answer.text().await.unwrap();
    assert_eq!(status, expected, "{text}");
    serde_json::from_str(&text).unwrap()
}
