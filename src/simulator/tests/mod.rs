//! The simulator over real HTTP.

mod assets;
mod documents;
mod faults;
mod gate;
mod hangers;
mod lists;
mod passwords;
mod records;

use reqwest::Method;
use reqwest::redirect::Policy;
use serde_json::{Value, json};

use super::{Control, DEMO_API_KEY, Running, Settings, start};

/// A running simulator and a client of it.
struct Site {
    running: Running,
    client: reqwest::Client,
}

struct Reply {
    status: u16,
    body: Value,
    headers: reqwest::header::HeaderMap,
}

impl Site {
    async fn open() -> Self {
        Self::open_with(Settings::default()).await
    }

    async fn open_with(settings: Settings) -> Self {
        let running = start(settings).await.unwrap();
        let client = reqwest::Client::builder()
            .redirect(Policy::none())
            .build()
            .unwrap();
        Self { running, client }
    }

    fn control(&self) -> &Control {
        self.running.control()
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}{path}", self.running.base_url());
        self.client
            .request(method, url)
            .header("x-api-key", DEMO_API_KEY)
    }

    async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, None).await
    }

    async fn post(&self, path: &str, data: Value) -> Reply {
        self.send(Method::POST, path, Some(data)).await
    }

    async fn patch(&self, path: &str, data: Value) -> Reply {
        self.send(Method::PATCH, path, Some(data)).await
    }

    async fn delete(&self, path: &str, data: Option<Value>) -> Reply {
        self.send(Method::DELETE, path, data).await
    }

    async fn send(&self, method: Method, path: &str, data: Option<Value>) -> Reply {
        self.try_send(method, path, data).await.unwrap()
    }

    async fn try_send(
        &self,
        method: Method,
        path: &str,
        data: Option<Value>,
    ) -> reqwest::Result<Reply> {
        let mut request = self.request(method, path);
        if let Some(data) = data {
            request = request
                .header("content-type", "application/vnd.api+json; charset=utf-8")
                .body(json!({ "data": data }).to_string());
        }
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await?;
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Ok(Reply {
            status,
            body,
            headers,
        })
    }

    fn truth(&self, kind: &str, id: u64) -> Value {
        self.control().record(kind, id).unwrap()
    }
}

impl Reply {
    fn attribute(&self, name: &str) -> &Value {
        &self.body["data"]["attributes"][name]
    }

    fn id(&self) -> u64 {
        self.body["data"]["id"].as_str().unwrap().parse().unwrap()
    }

    fn names(&self) -> Vec<&str> {
        let data = self.body["data"].as_array().unwrap();
        data.iter()
            .map(|record| record["attributes"]["name"].as_str().unwrap())
            .collect()
    }

    fn total(&self) -> u64 {
        self.body["meta"]["total-count"].as_u64().unwrap()
    }
}

/// One item of a body.
fn item(kind: &str, attributes: Value) -> Value {
    let mut item = json!({ "type": kind });
    item["attributes"] = attributes;
    item
}
