//! One request and its answer over HTTP/1.1: no redirects, no proxies, no retries, limited bodies.

use std::error::Error;
use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Response, retry};
use tokio::time::{Instant, timeout_at};

use super::account::Account;
use crate::domain::{Method, Route};

/// What IT Glue's gateway itself allows (api-facts, section 1), counted after decompression.
pub(super) const MAX_BODY_BYTES: usize = 10 * 1024 * 1024;

/// So much room is made for a body that is announced; for more only as it comes.
const MOST_FORESEEN_BYTES: usize = 256 * 1024;

const KEY_HEADER: HeaderName = HeaderName::from_static("x-api-key");
const JSON_API: HeaderValue = HeaderValue::from_static("application/vnd.api+json");
const SHOW_PASSWORD: &str = "show_password";

/// Why the body of an answer is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyCut {
    /// It ended early, did not end in time or could not be decompressed.
    #[error("its end is missing")]
    Lost,
    /// It is longer than any answer may be.
    #[error("it is longer than 10 MB")]
    TooLarge,
}

/// An answer whose head arrived.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Result<Vec<u8>, BodyCut>,
    pub(super) arrived_at: Instant,
}

/// Why no head of an answer arrived.
#[derive(Debug)]
pub(super) enum Failure {
    /// The request cannot be built; not a byte left.
    Unusable(String),
    /// No connection; not a byte left.
    NotConnected(String),
    /// Nothing came in time.
    TimedOut,
    /// The connection ended.
    Lost(String),
}

/// A client that other requests may share.
pub(super) fn shared(connect_timeout: Duration) -> reqwest::Result<Client> {
    common(connect_timeout).build()
}

/// A client for one item: at most one connection, none of it opened yet.
pub(super) fn exclusive(connect_timeout: Duration, account: &Account) -> reqwest::Result<Client> {
    let builder = common(connect_timeout).pool_max_idle_per_host(1);
    // Loading the certificates of the platform is what building costs.
    if account.base_url.is_https() {
        builder.https_only(true).build()
    } else {
        builder.tls_certs_only([]).build()
    }
}

fn common(connect_timeout: Duration) -> ClientBuilder {
    Client::builder()
        .user_agent(concat!("countersign/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(connect_timeout)
        .redirect(Policy::none())
        .retry(retry::never())
        .referer(false)
        .no_proxy()
        .http1_only()
        .tcp_nodelay(true)
        .gzip(true)
}

/// Reads: sent without a body, and never asking for the value of a password.
pub(super) async fn read(
    http: &Client,
    account: &Account,
    route: &Route,
    finish_by: Instant,
) -> Result<Received, Failure> {
    if route.method != Method::Get {
        return Err(Failure::Unusable("a read must be a GET".to_owned()));
    }
    exchange(http, account, route, &query_of_read(route), None, finish_by).await
}

/// The one read that asks for the value of a password, after a technician has approved it.
pub(super) async fn disclose(
    http: &Client,
    account: &Account,
    route: &Route,
    finish_by: Instant,
) -> Result<Received, Failure> {
    let is_one = route.path.rsplit('/').nth(1) == Some("passwords");
    if route.method != Method::Get || !is_one {
        return Err(Failure::Unusable("no single password".to_owned()));
    }
    exchange(http, account, route, &route.query, None, finish_by).await
}

/// Writes: exactly this route and these bytes.
pub(super) async fn write(
    http: &Client,
    account: &Account,
    route: &Route,
    body: Option<&str>,
    finish_by: Instant,
) -> Result<Received, Failure> {
    if route.method == Method::Get {
        return Err(Failure::Unusable("a write must not be a GET".to_owned()));
    }
    exchange(http, account, route, &route.query, body, finish_by).await
}

async fn exchange(
    http: &Client,
    account: &Account,
    route: &Route,
    query: &[(String, String)],
    body: Option<&str>,
    finish_by: Instant,
) -> Result<Received, Failure> {
    let url = account.base_url.join(route, query);
    let url = url.ok_or_else(|| Failure::Unusable(format!("{route} is not a plain path")))?;
    let key = account.key.header_value();
    let key =
        key.ok_or_else(|| Failure::Unusable("the key cannot stand in a header".to_owned()))?;
    let mut request = http
        .request(method(route.method), url)
        .header(KEY_HEADER, key)
        .header(ACCEPT, JSON_API);
    if route.method != Method::Get {
        request = request.header(CONTENT_TYPE, JSON_API);
    }
    if let Some(body) = body {
        request = request.body(body.to_owned());
    }
    let sent = timeout_at(finish_by, request.send()).await;
    let mut response = sent.map_err(|_| Failure::TimedOut)?.map_err(failure)?;
    let body = timeout_at(finish_by, read_body(&mut response)).await;
    Ok(Received {
        status: response.status().as_u16(),
        headers: std::mem::take(response.headers_mut()),
        body: body.unwrap_or(Err(BodyCut::Lost)),
        arrived_at: Instant::now(),
    })
}

async fn read_body(response: &mut Response) -> Result<Vec<u8>, BodyCut> {
    let length = response.content_length().unwrap_or(0);
    let mut body = Vec::with_capacity(
        usize::try_from(length)
            .unwrap_or(0)
            .min(MOST_FORESEEN_BYTES),
    );
    while let Some(chunk) = response.chunk().await.map_err(|_| BodyCut::Lost)? {
        if body.len() + chunk.len() > MAX_BODY_BYTES {
            return Err(BodyCut::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Showing a password's value is the default of IT Glue (api-facts, section 7).
fn query_of_read(route: &Route) -> Vec<(String, String)> {
    let mut query = route.query.clone();
    let brings_passwords = |(key, value): &(String, String)| {
        key == "include" && value.split(',').any(|name| name == "passwords")
    };
    let concerns_passwords = route.path.split('/').any(|segment| segment == "passwords")
        || query.iter().any(brings_passwords);
    if concerns_passwords {
        query.retain(|(key, _)| key.replace('-', "_").to_ascii_lowercase() != SHOW_PASSWORD);
        query.push((SHOW_PASSWORD.to_owned(), "false".to_owned()));
    }
    query
}

const fn method(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Patch => reqwest::Method::PATCH,
        Method::Delete => reqwest::Method::DELETE,
    }
}

fn failure(error: reqwest::Error) -> Failure {
    // Only a connection that never came about is certain: everything else may have arrived.
    let (is_unusable, is_unconnected) = (error.is_builder(), error.is_connect());
    let is_timeout = error.is_timeout();
    let detail = words(&error.without_url());
    if is_unusable {
        Failure::Unusable(detail)
    } else if is_unconnected {
        Failure::NotConnected(detail)
    } else if is_timeout {
        Failure::TimedOut
    } else {
        Failure::Lost(detail)
    }
}

/// An error and what caused it, in one line.
fn words(error: &dyn Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        words.push_str(": ");
        words.push_str(&error.to_string());
        cause = error.source();
    }
    words
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn get(path: &str, query: &[(&str, &str)]) -> Route {
        Route {
            method: Method::Get,
            path: path.to_owned(),
            query: query
                .iter()
                .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
                .collect(),
        }
    }

    #[rstest]
    #[case("/passwords/1", &[])]
    #[case("/organizations/1/relationships/passwords", &[("show_password", "true")])]
    #[case("/passwords", &[("Show-Password", "true"), ("show_password", "1")])]
    #[case("/passwords/1/relationships/attachments", &[])]
    fn passwords_are_read_without_their_value(#[case] path: &str, #[case] query: &[(&str, &str)]) {
        let query = query_of_read(&get(path, query));
        assert_eq!(query, [("show_password".to_owned(), "false".to_owned())]);
    }

    #[test]
    fn passwords_that_come_along_come_without_their_value() {
        let query = query_of_read(&get("/contacts", &[("include", "attachments,passwords")]));
        let forced = ("show_password".to_owned(), "false".to_owned());
        assert_eq!(query.len(), 2);
        assert!(query.contains(&forced), "{query:?}");
    }

    #[test]
    fn other_reads_keep_their_query() {
        let route = get("/contacts", &[("sort", "name")]);
        assert_eq!(query_of_read(&route), route.query);
    }
}
