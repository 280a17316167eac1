//! A connection for one item. The write can be sent once: sending consumes it.

use serde_json::Value;
use tokio::time::Instant;

use super::account::Account;
use super::answer::Answer;
use super::cache::Cache;
use super::client::{Client, Reads, Tokens};
use super::ending::{Ending, NotSentCause, UnknownCause, classify};
use super::header::upstream_date;
use super::read_error::ReadError;
use super::scrub::redacted;
use super::transport::{self, Failure, Received};
use crate::domain::{ConnectionId, Route, Timestamp};

/// A connection of its own, opened by the first read and kept for the write.
#[derive(Debug)]
pub struct Exclusive {
    pub(super) http: reqwest::Client,
    pub(super) account: Account,
    pub(super) tokens: Tokens,
    pub(super) client: Client,
}

/// How a send went, for the record of the attempt.
#[derive(Clone, Debug, PartialEq)]
pub struct SendReport {
    /// What it means.
    pub ending: Ending,
    /// The moment before the first byte could leave.
    pub first_byte_at: Instant,
    /// When the ending was known.
    pub ended_at: Instant,
    /// What IT Glue's clock said, if it answered.
    pub upstream_date: Option<Timestamp>,
    /// The answer, without secrets, as it may be stored.
    pub response: Option<Value>,
}

impl Exclusive {
    /// Sends the write: this route, exactly these bytes, once. Afterwards the connection is closed.
    ///
    /// The answer is waited for until `finish_by`, but no longer than one request may take; if that
    /// moment has passed already, nothing is sent. Takes nothing from the budget.
    pub async fn send(self, route: &Route, body: Option<&str>, finish_by: Instant) -> SendReport {
        let first_byte_at = Instant::now();
        let finish_by = finish_by.min(first_byte_at + self.client.request_timeout());
        let received = if finish_by <= first_byte_at {
            None
        } else {
            Some(transport::write(&self.http, &self.account, route, body, finish_by).await)
        };
        let (upstream_date, response) = match &received {
            Some(Ok(received)) => (upstream_date(&received.headers), stored(received)),
            Some(Err(_)) | None => (None, None),
        };
        SendReport {
            ending: received.map_or_else(too_late, ending),
            first_byte_at,
            ended_at: Instant::now(),
            upstream_date,
            response,
        }
    }
}

impl Reads for Exclusive {
    async fn read(&self, route: &Route) -> Result<Answer, ReadError> {
        self.tokens.take_one().await?;
        let finish_by = Instant::now() + self.client.request_timeout();
        let received = transport::read(&self.http, &self.account, route, finish_by).await;
        self.client
            .note_answer(self.account.connection, Answer::of(received))
    }

    fn connection(&self) -> ConnectionId {
        self.account.connection
    }

    fn cache(&self) -> &Cache {
        self.client.cache()
    }
}

fn stored(received: &Received) -> Option<Value> {
    received.body.as_deref().ok().map(redacted)
}

fn too_late() -> Ending {
    Ending::NotSent {
        cause: NotSentCause::TooLate,
        detail: "it was too late to begin".to_owned(),
    }
}

fn ending(received: Result<Received, Failure>) -> Ending {
    match received {
        Ok(received) => {
            let body = received.body.as_deref().map_err(|cut| *cut);
            classify(received.status, &received.headers, body)
        }
        Err(Failure::Unusable(detail)) => Ending::NotSent {
            cause: NotSentCause::Unusable,
            detail,
        },
        Err(Failure::NotConnected(detail)) => Ending::NotSent {
            cause: NotSentCause::CouldNotConnect,
            detail,
        },
        Err(Failure::TimedOut) => Ending::Unknown {
            cause: UnknownCause::TimedOut,
            status: None,
            detail: "no answer in time".to_owned(),
        },
        Err(Failure::Lost(detail)) => Ending::Unknown {
            cause: UnknownCause::ConnectionLost,
            status: None,
            detail,
        },
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;
    use std::time::Duration;

    use rstest::rstest;

    use super::super::client::ClientSettings;
    use super::super::ending::DoneBody;
    use super::super::test_server::{
        KEY, Reply, TestServer, account_at, answer, closed_address, json, route,
    };
    use super::*;
    use crate::domain::{Method, RecordId};

    const CONTACT: &str = r#"{"data":{"id":"5","type":"contacts","attributes":{"name":"A"}}}"#;
    const BODY: &str = "{ \"data\":{\"type\":\"contacts\",\n\"attributes\":{\"name\":\"\u{e4}\"}}}";

    fn client(request_timeout: Duration) -> Client {
        Client::new(ClientSettings {
            request_timeout,
            rate: "100000/1s".parse().unwrap(),
            ..ClientSettings::default()
        })
        .unwrap()
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(20)
    }

    async fn send_to(account: &Account) -> SendReport {
        let exclusive = client(Duration::from_secs(20)).open(account).await.unwrap();
        let create = route(Method::Post, "/contacts");
        exclusive.send(&create, Some(BODY), soon()).await
    }

    async fn ending_with(reply: fn() -> Reply) -> (Ending, TestServer) {
        let server = TestServer::start(move |_| reply());
        let ending = send_to(&server.account()).await.ending;
        (ending, server)
    }

    #[track_caller]
    fn assert_unknown(ending: &Ending, expected: UnknownCause) {
        assert!(
            matches!(ending, Ending::Unknown { cause, .. } if *cause == expected),
            "{ending:?}"
        );
    }

    #[tokio::test]
    async fn the_write_carries_exactly_the_given_bytes_and_headers() {
        let (ending, server) = ending_with(|| json(201, CONTACT)).await;
        let Ending::Done { status: 201, body } = ending else {
            panic!("{ending:?}");
        };
        assert_eq!(body.only().unwrap().id, RecordId(5));
        let [seen] = &server.seen()[..] else {
            panic!("sent more or less than once");
        };
        assert!(seen.is("POST /contacts"));
        assert_eq!(seen.body, BODY.as_bytes());
        assert_eq!(seen.header("x-api-key"), Some(KEY));
        assert_eq!(
            seen.header("content-type"),
            Some("application/vnd.api+json")
        );
        assert_eq!(seen.header("accept"), Some("application/vnd.api+json"));
        assert_eq!(seen.header("authorization"), None);
    }

    #[tokio::test]
    async fn preflight_and_write_share_one_connection() {
        for _ in 0..20 {
            let server = TestServer::start(|_| json(200, CONTACT));
            let exclusive = client(Duration::from_secs(20));
            let exclusive = exclusive.open(&server.account()).await.unwrap();
            let read = route(Method::Get, "/contacts/5");
            assert_eq!(
                exclusive.read(&read).await.unwrap().record().unwrap().id,
                RecordId(5)
            );
            let write = route(Method::Patch, "/contacts/5");
            let report = exclusive.send(&write, Some(BODY), soon()).await;
            assert!(matches!(report.ending, Ending::Done { .. }));
            assert_eq!(server.seen().len(), 2);
            assert_eq!(server.accepted(), 1);
        }
    }

    #[tokio::test]
    async fn a_redirect_is_not_followed_and_the_key_stays() {
        let elsewhere = TestServer::start(|_| json(201, CONTACT));
        let location = format!("location: http://{}/contacts\r\n", elsewhere.address);
        for status in [301, 302, 303, 307, 308] {
            let location = location.clone();
            let server = TestServer::start(move |_| Reply::Raw(answer(status, &location, b"")));
            let report = send_to(&server.account()).await;
            assert_unknown(&report.ending, UnknownCause::Status);
            assert_eq!(server.seen().len(), 1);
        }
        assert_eq!(elsewhere.accepted(), 0);
    }

    #[rstest]
    #[case::before_it_was_read(|| Reply::Reset)]
    #[case::after_it_was_read(|| Reply::Cut(Vec::new()))]
    #[case::within_the_head(|| Reply::Cut(b"HTTP/1.1 201 Created\r\ncontent-".to_vec()))]
    #[case::no_http(|| Reply::Cut(b"nonsense\r\n\r\n".to_vec()))]
    #[tokio::test]
    async fn a_lost_connection_is_unknown_and_nothing_is_repeated(#[case] reply: fn() -> Reply) {
        let (ending, server) = ending_with(reply).await;
        assert_unknown(&ending, UnknownCause::ConnectionLost);
        assert_eq!(server.accepted(), 1);
        assert_eq!(server.seen().len(), 1);
    }

    #[rstest]
    #[case::cut(|| Reply::Cut(b"HTTP/1.1 201 X\r\ncontent-length: 500\r\n\r\n{\"data\":{\"id\"".to_vec()))]
    #[case::html(|| Reply::Raw(answer(201, "content-type: text/html\r\n", b"<html>Created</html>")))]
    #[case::broken_gzip(|| Reply::Raw(answer(201, "content-encoding: gzip\r\n", b"not gzip")))]
    #[case::too_large(|| json(201, &CONTACT.replace('A', &"x".repeat(11 << 20))))]
    #[tokio::test]
    async fn a_2xx_that_cannot_be_read_is_done(#[case] reply: fn() -> Reply) {
        let (ending, _server) = ending_with(reply).await;
        let done = Ending::Done {
            status: 201,
            body: DoneBody::Unreadable,
        };
        assert_eq!(ending, done);
    }

    #[rstest]
    #[case(|| Reply::Raw(answer(429, "retry-after: 12\r\n", b"")), Some(12))]
    #[case(|| Reply::Raw(answer(429, "date: Sat, 21 Nov 2026 12:00:00 GMT\r\nretry-after: Sat, 21 Nov 2026 12:00:30 GMT\r\n", b"")), Some(30))]
    #[case(|| json(429, r#"{"message":"Too Many Requests"}"#), None)]
    #[tokio::test]
    async fn too_many_requests_says_when(
        #[case] reply: fn() -> Reply,
        #[case] seconds: Option<u64>,
    ) {
        let (ending, server) = ending_with(reply).await;
        let retry_after = seconds.map(Duration::from_secs);
        assert_eq!(ending, Ending::RateLimited { retry_after });
        assert_eq!(server.seen().len(), 1);
    }

    #[tokio::test]
    async fn a_401_is_about_the_key_unless_it_points_somewhere() {
        let (ending, _server) = ending_with(|| json(401, r#"{"errors":[{"title":"No"}]}"#)).await;
        assert_eq!(ending, Ending::KeyRefused { status: 401 });
        let pointing = || {
            json(
                401,
                r#"{"errors":[{"title":"No","source":{"pointer":"id"}}]}"#,
            )
        };
        let (ending, _server) = ending_with(pointing).await;
        assert!(
            matches!(ending, Ending::Refused { status: 401, .. }),
            "{ending:?}"
        );
    }

    #[tokio::test]
    async fn a_5xx_is_unknown_and_kept_for_the_record() {
        let server =
            TestServer::start(|_| json(504, r#"{"message":"Endpoint request timed out"}"#));
        let report = send_to(&server.account()).await;
        assert_unknown(&report.ending, UnknownCause::Status);
        assert_eq!(
            report.response.unwrap()["message"],
            "Endpoint request timed out"
        );
        assert!(report.first_byte_at <= report.ended_at);
    }

    #[tokio::test]
    async fn without_a_connection_nothing_was_sent() {
        let address: SocketAddr = closed_address();
        let report = send_to(&account_at(address)).await;
        let Ending::NotSent { cause, detail } = report.ending else {
            panic!("{:?}", report.ending);
        };
        assert_eq!(cause, NotSentCause::CouldNotConnect);
        assert!(!detail.contains(KEY));
    }

    #[tokio::test]
    async fn an_answer_that_does_not_come_is_unknown() {
        let server = TestServer::start(|_| Reply::Hang);
        let exclusive = client(Duration::from_millis(200));
        let exclusive = exclusive.open(&server.account()).await.unwrap();
        let write = route(Method::Delete, "/contacts/5");
        let report = exclusive.send(&write, None, soon()).await;
        assert_unknown(&report.ending, UnknownCause::TimedOut);
        assert_eq!(server.seen().len(), 1);
    }

    #[tokio::test]
    async fn a_body_that_does_not_end_is_unreadable() {
        let head = b"HTTP/1.1 201 X\r\ncontent-length: 500\r\n\r\n{";
        let server = TestServer::start(|_| Reply::Raw(head.to_vec()));
        let exclusive = client(Duration::from_millis(200));
        let exclusive = exclusive.open(&server.account()).await.unwrap();
        let write = route(Method::Post, "/contacts");
        let report = exclusive.send(&write, Some(BODY), soon()).await;
        assert!(matches!(
            report.ending,
            Ending::Done {
                body: DoneBody::Unreadable,
                ..
            }
        ));
    }

    #[rstest]
    #[case(Method::Post, "/contacts", Duration::ZERO, NotSentCause::TooLate)]
    #[case(
        Method::Post,
        "/contacts/../users",
        Duration::from_secs(9),
        NotSentCause::Unusable
    )]
    #[case(
        Method::Get,
        "/contacts",
        Duration::from_secs(9),
        NotSentCause::Unusable
    )]
    #[tokio::test]
    async fn what_must_not_leave_does_not(
        #[case] method: Method,
        #[case] path: &str,
        #[case] time: Duration,
        #[case] expected: NotSentCause,
    ) {
        let server = TestServer::start(|_| json(200, CONTACT));
        let exclusive = client(Duration::from_secs(9))
            .open(&server.account())
            .await
            .unwrap();
        let finish_by = Instant::now() + time;
        let report = exclusive.send(&route(method, path), None, finish_by).await;
        assert!(matches!(report.ending, Ending::NotSent { cause, .. } if cause == expected));
        assert_eq!(server.accepted(), 0);
    }

    #[tokio::test]
    async fn a_connection_closed_after_the_preflight_is_replaced_and_the_write_sent_once() {
        let close = "connection: close\r\n";
        let server = TestServer::start(move |_| Reply::Cut(answer(200, close, CONTACT.as_bytes())));
        let exclusive = client(Duration::from_secs(9))
            .open(&server.account())
            .await
            .unwrap();
        exclusive
            .read(&route(Method::Get, "/contacts/5"))
            .await
            .unwrap();
        let write = route(Method::Patch, "/contacts/5");
        let report = exclusive.send(&write, Some(BODY), soon()).await;
        assert!(matches!(report.ending, Ending::Done { .. }));
        assert_eq!(server.seen().len(), 2);
        assert_eq!(server.accepted(), 2);
    }
}
