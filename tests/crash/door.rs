//! HTTP to a server that keeps dying: every request is repeated until it is answered, as a careful
//! agent or browser would.

use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::ground::Tokens;

/// How long a request may go unanswered.
const PATIENCE: Duration = Duration::from_mins(1);
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(20);
/// How often an approval is tried on a record that keeps moving.
const APPROVALS: usize = 10;

pub struct Door {
    http: reqwest::Client,
    address: watch::Receiver<Option<String>>,
    agent: String,
    technician: String,
}

#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub body: Value,
}

/// A request that can be sent again.
struct Call<'a> {
    method: Method,
    path: String,
    token: &'a str,
    key: Option<&'a str>,
    body: Option<&'a Value>,
}

impl Door {
    pub fn new(address: watch::Receiver<Option<String>>, tokens: &Tokens) -> Self {
        let http = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(20));
        Self {
            http: http.build().unwrap(),
            address,
            agent: tokens.agent.clone(),
            technician: tokens.technician.clone(),
        }
    }

    /// Proposes under this idempotency key.
    pub async fn proposes(&self, key: &str, proposal: &Value) -> Answer {
        self.insist(&Call {
            method: Method::POST,
            path: "/api/v1/proposals".to_owned(),
            token: &self.agent,
            key: Some(key),
            body: Some(proposal),
        })
        .await
    }

    /// What the agent sees of its proposal.
    pub async fn sees(&self, id: &str) -> Value {
        let answer = self.read(&self.agent, format!("/api/v1/proposals/{id}"));
        answer.await.body
    }

    /// Approves what is shown. Whether it was approved: a record that is gone, or keeps moving,
    /// cannot be.
    pub async fn approves(&self, id: &str) -> bool {
        for _ in 0..APPROVALS {
            let opened = self.opens(id).await;
            if !opened["decision"].is_null() {
                return true;
            }
            let body = json!({"fingerprint": opened["fingerprint"], "reason": "looks right"});
            let answer = self.decides(id, "approve", &body).await;
            match answer.status {
                StatusCode::OK => return true,
                StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY => {}
                _ => panic!("approving {id}: {answer:#?}"),
            }
        }
        false
    }

    /// What a technician is shown.
    pub async fn opens(&self, id: &str) -> Value {
        let path = format!("/api/v1/review/proposals/{id}");
        self.read(&self.technician, path).await.body
    }

    /// What a technician says of a proposal, until somebody has heard it.
    pub async fn decides(&self, id: &str, verb: &str, body: &Value) -> Answer {
        self.insist(&Call {
            method: Method::POST,
            path: format!("/api/v1/review/proposals/{id}/{verb}"),
            token: &self.technician,
            key: None,
            body: Some(body),
        })
        .await
    }

    /// What the agent does with its own proposal.
    pub async fn asks(&self, method: Method, id: &str, verb: &str, body: &Value) -> Answer {
        self.insist(&Call {
            method,
            path: format!("/api/v1/proposals/{id}{verb}"),
            token: &self.agent,
            key: None,
            body: Some(body),
        })
        .await
    }

    /// Every proposal in this status, or in any.
    pub async fn all(&self, status: Option<&str>) -> Vec<Value> {
        let status = status.map(|status| format!("&status={status}"));
        let path = format!(
            "/api/v1/proposals?limit=200{}",
            status.as_deref().unwrap_or_default()
        );
        let mut all = Vec::new();
        let mut next = path.clone();
        loop {
            let mut page = self.read(&self.agent, next).await.body;
            let Value::Array(items) = page["items"].take() else {
                panic!("no page of proposals: {page:#}");
            };
            all.extend(items);
            let Some(cursor) = page["next_cursor"].as_str() else {
                return all;
            };
            next = format!("{path}&cursor={cursor}");
        }
    }

    async fn read(&self, token: &str, path: String) -> Answer {
        let answer = self
            .insist(&Call {
                method: Method::GET,
                path,
                token,
                key: None,
                body: None,
            })
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:#?}");
        answer
    }

    /// Sends until a server answers that has had the time to.
    async fn insist(&self, call: &Call<'_>) -> Answer {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(answer) = self.attempt(call).await {
                return answer;
            }
            assert!(
                Instant::now() < deadline,
                "nobody answers {} {}",
                call.method,
                call.path
            );
            sleep(PAUSE).await;
        }
    }

    async fn attempt(&self, call: &Call<'_>) -> Option<Answer> {
        let mut address = self.address.clone();
        let known = timeout(PATIENCE, address.wait_for(Option::is_some)).await;
        let address = known.unwrap().unwrap().clone()?;
        let url = format!("{address}{}", call.path);
        let mut request = self.http.request(call.method.clone(), url);
        request = request.bearer_auth(call.token);
        if let Some(key) = call.key {
            request = request.header("idempotency-key", key);
        }
        if let Some(body) = call.body {
            request = request.json(body);
        }
        let response = request.send().await.ok()?;
        let status = response.status();
        let body: Value = response.json().await.ok()?;
        let is_for_later = match status {
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => true,
            StatusCode::CONFLICT => is_problem(&body, "in-progress"),
            _ => false,
        };
        (!is_for_later).then_some(Answer { status, body })
    }
}

fn is_problem(body: &Value, slug: &str) -> bool {
    let kind = body["type"].as_str();
    kind.is_some_and(|kind| kind.ends_with(slug))
}
