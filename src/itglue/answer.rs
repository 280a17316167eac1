//! What a read brought, secrets taken out.

use serde_json::Value;
use subtle::ConstantTimeEq as _;
use tokio::time::Instant;
use zeroize::Zeroize as _;

use super::header::{retry_after, upstream_date};
use super::read_error::ReadError;
use super::record::{record_of, records_of};
use super::remote_error::{has_pointer, read_errors};
use super::scrub::{scrub, scrub_whole};
use super::transport::{BodyCut, Failure, Received};
use crate::domain::json::{self, Tree};
use crate::domain::{Record, Timestamp, as_id};

const ATTRIBUTES: &str = "/data/attributes";
const PASSWORD: &str = "/data/attributes/password";

/// The answer to a read.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// 2xx.
    pub status: u16,
    /// The document, without secrets and without what came along.
    pub body: Value,
    /// What IT Glue's clock said.
    pub upstream_date: Option<Timestamp>,
    /// When the last byte had arrived.
    pub received_at: Instant,
}

/// A password with its value. It is on its way to the agent that may have it, and to nobody else:
/// it can neither be shown nor stored.
pub struct Disclosed(Value);

impl Disclosed {
    /// The record, without its value.
    ///
    /// # Errors
    /// [`ReadError::Unintelligible`] if it is none.
    pub fn record(&self) -> Result<Record, ReadError> {
        let mut document = Tree::from(&self.0);
        scrub(&mut document);
        Ok(record_of(&document.into())?)
    }

    /// The document with the value, for the one answer it goes into.
    pub fn into_document(mut self) -> Value {
        std::mem::take(&mut self.0)
    }

    /// Whether its value is this one. How long that takes tells nothing but the lengths.
    pub(super) fn holds(&self, value: &str) -> bool {
        let held = self.0.pointer(PASSWORD).and_then(Value::as_str);
        held.is_some_and(|held| held.as_bytes().ct_eq(value.as_bytes()).into())
    }
}

impl Drop for Disclosed {
    fn drop(&mut self) {
        if let Some(Value::String(value)) = self.0.pointer_mut(PASSWORD) {
            value.zeroize();
        }
    }
}

impl std::fmt::Debug for Disclosed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Disclosed(hidden)")
    }
}

impl Answer {
    /// The one record it holds.
    ///
    /// # Errors
    /// [`ReadError::Unintelligible`] if it holds none, or several.
    pub fn record(&self) -> Result<Record, ReadError> {
        Ok(record_of(&self.body)?)
    }

    /// The records of its list.
    ///
    /// # Errors
    /// [`ReadError::Unintelligible`] if it holds no list of records.
    pub fn records(&self) -> Result<Vec<Record>, ReadError> {
        Ok(records_of(&self.body)?)
    }

    /// The number of the page after this one, if there is one.
    pub fn next_page(&self) -> Option<u64> {
        as_id(self.body.get("meta")?.get("next-page")?)
    }

    pub(super) fn of(received: Result<Received, Failure>) -> Result<Self, ReadError> {
        let arrived = Arrived::of(received)?;
        let mut document = arrived.document()?;
        scrub(&mut document);
        Ok(Self {
            status: arrived.status,
            body: document.into(),
            upstream_date: arrived.upstream_date,
            received_at: arrived.received_at,
        })
    }

    /// The password of a document, and nothing else that is secret in it.
    pub(super) fn disclosed(received: Result<Received, Failure>) -> Result<Disclosed, ReadError> {
        let arrived = Arrived::of(received)?;
        let mut document = arrived.document()?;
        let value = document
            .get("data")
            .and_then(|data| data.get("attributes")?.get("password"))
            .filter(|value| **value != Tree::Null)
            .map(|value| Value::from(value.clone()));
        scrub(&mut document);
        scrub_whole(&mut document);
        let mut document = Value::from(document);
        let Some(value) = value else {
            return Err(ReadError::Unintelligible {
                detail: "it shows no password; the key of the connection may lack Password Access"
                    .to_owned(),
            });
        };
        if let Some(Value::Object(attributes)) = document.pointer_mut(ATTRIBUTES) {
            attributes.insert("password".to_owned(), value);
        }
        Ok(Disclosed(document))
    }
}

/// A read that IT Glue answered with 2xx, as it came: with its secrets. It stays in this folder.
pub(super) struct Arrived {
    status: u16,
    body: Vec<u8>,
    upstream_date: Option<Timestamp>,
    received_at: Instant,
}

impl Arrived {
    pub(super) fn of(received: Result<Received, Failure>) -> Result<Self, ReadError> {
        let received = received.map_err(of_failure)?;
        if !(200..300).contains(&received.status) {
            return Err(of_status(&received));
        }
        let body = received.body.map_err(|cut| match cut {
            BodyCut::Lost => ReadError::Unavailable {
                detail: cut.to_string(),
            },
            BodyCut::TooLarge => ReadError::Unintelligible {
                detail: cut.to_string(),
            },
        })?;
        Ok(Self {
            status: received.status,
            body,
            upstream_date: upstream_date(&received.headers),
            received_at: received.arrived_at,
        })
    }

    /// What came along in `included`, too, for an agent that may have it; without secrets, but for
    /// traits whose names do not tell.
    pub(super) fn whole(&self) -> Result<Tree<'_>, ReadError> {
        let mut document = self.document()?;
        if !matches!(document, Tree::Object(_)) {
            let detail = "it is no document".to_owned();
            return Err(ReadError::Unintelligible { detail });
        }
        scrub_whole(&mut document);
        Ok(document)
    }

    /// In bytes.
    pub(super) const fn length(&self) -> usize {
        self.body.len()
    }

    fn document(&self) -> Result<Tree<'_>, ReadError> {
        json::parse_in_place(&self.body).map_err(|error| ReadError::Unintelligible {
            detail: error.to_string(),
        })
    }
}

fn of_failure(failure: Failure) -> ReadError {
    match failure {
        Failure::Unusable(detail) => ReadError::Unintelligible { detail },
        Failure::NotConnected(detail) | Failure::Lost(detail) => ReadError::Unavailable { detail },
        Failure::TimedOut => ReadError::Unavailable {
            detail: "no answer in time".to_owned(),
        },
    }
}

fn of_status(received: &Received) -> ReadError {
    let status = received.status;
    let errors = read_errors(received.body.as_deref().unwrap_or_default());
    match status {
        404 | 410 => ReadError::NotFound,
        401 | 403 if has_pointer(&errors) => ReadError::ForbiddenRecord { errors },
        401 | 403 => ReadError::KeyRefused { status },
        429 => ReadError::RateLimited {
            retry_after: retry_after(&received.headers),
        },
        408 | 500.. => ReadError::Unavailable {
            detail: format!("status {status}"),
        },
        400..500 => ReadError::Refused { status, errors },
        _ => ReadError::Unintelligible {
            detail: format!("status {status}"),
        },
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderMap, HeaderValue, RETRY_AFTER};
    use rstest::rstest;
    use std::time::Duration;

    use super::*;

    fn answer_to(status: u16, body: Result<&str, BodyCut>) -> Result<Answer, ReadError> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_static("9"));
        Answer::of(Ok(Received {
            status,
            headers,
            body: body.map(|text| text.as_bytes().to_vec()),
            arrived_at: Instant::now(),
        }))
    }

    const LIMITED: ReadError = ReadError::RateLimited {
        retry_after: Some(Duration::from_secs(9)),
    };

    #[rstest]
    #[case(404, ReadError::NotFound)]
    #[case(410, ReadError::NotFound)]
    #[case(401, ReadError::KeyRefused { status: 401 })]
    #[case(403, ReadError::KeyRefused { status: 403 })]
    #[case(429, LIMITED)]
    #[case(500, ReadError::Unavailable { detail: "status 500".to_owned() })]
    #[case(504, ReadError::Unavailable { detail: "status 504".to_owned() })]
    #[case(408, ReadError::Unavailable { detail: "status 408".to_owned() })]
    #[case(302, ReadError::Unintelligible { detail: "status 302".to_owned() })]
    fn a_status_says_what_to_do_next(#[case] status: u16, #[case] error: ReadError) {
        assert_eq!(answer_to(status, Ok("<html>")), Err(error.clone()));
        assert_eq!(answer_to(status, Err(BodyCut::Lost)), Err(error));
    }

    #[test]
    fn a_pointer_makes_it_a_matter_of_the_record() {
        let body = r#"{"errors":[{"source":{"pointer":"id"}}]}"#;
        let error = answer_to(401, Ok(body)).unwrap_err();
        assert!(matches!(error, ReadError::ForbiddenRecord { .. }));
        let error = answer_to(422, Ok(body)).unwrap_err();
        assert!(matches!(error, ReadError::Refused { status: 422, .. }));
    }

    #[test]
    fn a_disclosed_value_is_compared_and_shows_nowhere() {
        let body = r#"{"data":{"id":"5","type":"passwords","attributes":{"password":"c4n4ry"}}}"#;
        let disclosed = Answer::disclosed(Ok(Received {
            status: 200,
            headers: HeaderMap::new(),
            body: Ok(body.as_bytes().to_vec()),
            arrived_at: Instant::now(),
        }));
        let disclosed = disclosed.unwrap();
        assert!(disclosed.holds("c4n4ry"));
        for other in ["c4n4rz", "c4n4r", "c4n4ryy", ""] {
            assert!(!disclosed.holds(other), "{other}");
        }
        assert!(!format!("{disclosed:?}").contains("c4n4ry"));
        assert!(!format!("{:?}", disclosed.record()).contains("c4n4ry"));
    }

    #[rstest]
    #[case("<html>")]
    #[case("")]
    #[case(r#"{"data":1,"data":2}"#)]
    fn what_is_not_json_is_unintelligible(#[case] body: &str) {
        let error = answer_to(200, Ok(body)).unwrap_err();
        assert!(matches!(error, ReadError::Unintelligible { .. }));
    }

    #[test]
    fn nesting_is_limited() {
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        let error = answer_to(200, Ok(&deep)).unwrap_err();
        assert!(matches!(error, ReadError::Unintelligible { .. }));
    }

    #[test]
    fn the_next_page_may_be_a_number_a_text_or_nothing() {
        let next = |page: &str| {
            let body = format!(r#"{{"data":[],"meta":{{"next-page":{page}}}}}"#);
            answer_to(200, Ok(&body)).unwrap().next_page()
        };
        assert_eq!(next("2"), Some(2));
        assert_eq!(next("\"2\""), Some(2));
        assert_eq!(next("null"), None);
        assert_eq!(answer_to(200, Ok("{}")).unwrap().next_page(), None);
    }
}
