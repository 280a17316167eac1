//! Somebody who asks, and remembers every word of every answer.

use std::sync::Mutex;

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::canary::Haystack;
use crate::ground::Caller;

/// A caller and what it was told.
pub struct Witness<'a> {
    caller: Caller<'a>,
    heard: Mutex<Vec<(String, Vec<u8>)>>,
}

impl<'a> Witness<'a> {
    /// Listens for this caller.
    pub fn of(caller: Caller<'a>) -> Self {
        let heard = Mutex::default();
        Self { caller, heard }
    }

    /// Sends a request, and remembers status, headers and body.
    pub async fn hears(&self, place: &str, request: RequestBuilder) -> Value {
        let response = request.send().await.unwrap();
        let mut told = format!("{} {:?}\n", response.status(), response.headers()).into_bytes();
        let body = response.bytes().await.unwrap();
        told.extend_from_slice(&body);
        self.heard.lock().unwrap().push((place.to_owned(), told));
        serde_json::from_slice(&body).unwrap_or(Value::Null)
    }

    pub async fn get(&self, path: &str) -> Value {
        self.hears(path, self.caller.request(Method::GET, path))
            .await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Value {
        let request = self.caller.request(Method::POST, path).json(body);
        self.hears(path, request).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Value {
        let request = self.caller.request(Method::PUT, path).json(body);
        self.hears(path, request).await
    }

    pub async fn posts_text(&self, path: &str, body: &str) -> Value {
        let request = self.caller.request(Method::POST, path);
        let request = request.header("content-type", "application/json");
        self.hears(path, request.body(body.to_owned())).await
    }

    /// Proposes and must be taken in; gives the id.
    pub async fn proposes(&self, proposal: Value) -> String {
        let answer = self.post("/api/v1/proposals", &proposal).await;
        assert!(answer["id"].is_string(), "{answer:#}");
        answer["id"].as_str().unwrap().to_owned()
    }

    pub async fn opens_and_approves(&self, id: &str) {
        self.approves_with(id, json!({})).await;
    }

    pub async fn approves_with(&self, id: &str, more: Value) {
        let decided = self.decides(id, "approve", more).await;
        let verdict = decided["decision"]["verdict"].as_str().unwrap_or_default();
        assert!(verdict.starts_with("approved"), "{decided:#}");
    }

    pub async fn opens_and_rejects(&self, id: &str) {
        let decided = self.decides(id, "reject", json!({})).await;
        assert_eq!(decided["status"], "rejected", "{decided:#}");
    }

    /// What was told goes where it is looked through.
    pub fn testify(self, haystack: &mut Haystack) {
        for (place, told) in self.heard.into_inner().unwrap() {
            haystack.add(&place, &told);
        }
    }

    async fn decides(&self, id: &str, what: &str, more: Value) -> Value {
        let path = format!("/api/v1/review/proposals/{id}");
        let opened = self.get(&path).await;
        let mut body = json!({"fingerprint": opened["fingerprint"], "reason": "looks right"});
        for (key, value) in more.as_object().unwrap() {
            body[key] = value.clone();
        }
        self.post(&format!("{path}/{what}"), &body).await
    }
}
