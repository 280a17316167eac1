//! What the ending of a write means. Pure: the table of the replay protocol, section 6, as code.

use std::time::Duration;

use reqwest::header::HeaderMap;

use super::header::retry_after;
use super::record::{record_of, records_of};
use super::remote_error::{RemoteError, has_pointer, read_errors};
use super::scrub::scrub;
use super::transport::BodyCut;
use crate::domain::{Record, json, named_enum};

/// How the one attempt to send a write ended, by what is known about IT Glue afterwards.
#[derive(Clone, Debug, PartialEq)]
pub enum Ending {
    /// Not a byte left.
    NotSent {
        /// Why.
        cause: NotSentCause,
        /// In words, without addresses.
        detail: String,
    },
    /// Carried out.
    Done {
        /// 2xx.
        status: u16,
        /// What the answer shows of it.
        body: DoneBody,
    },
    /// Not carried out: too many requests.
    RateLimited {
        /// As IT Glue asked; none if it named no time.
        retry_after: Option<Duration>,
    },
    /// Not carried out: the key is refused.
    KeyRefused {
        /// 401 or 403.
        status: u16,
    },
    /// Not carried out: this write is refused.
    Refused {
        /// The status.
        status: u16,
        /// In its words.
        errors: Vec<RemoteError>,
    },
    /// Nobody can say whether it was carried out.
    Unknown {
        /// Why.
        cause: UnknownCause,
        /// The status, if one arrived.
        status: Option<u16>,
        /// In words, without addresses.
        detail: String,
    },
}

named_enum! {
    /// The endings by name.
    pub enum EndingKind {
        /// Not a byte left.
        NotSent = "not_sent",
        /// Carried out.
        Done = "done",
        /// Not carried out: too many requests.
        RateLimited = "rate_limited",
        /// Not carried out: the key is refused.
        KeyRefused = "key_refused",
        /// Not carried out: this write is refused.
        Refused = "refused",
        /// Nobody can say.
        Unknown = "unknown",
    }
}

impl Ending {
    /// Which ending it is.
    pub const fn kind(&self) -> EndingKind {
        match self {
            Self::NotSent { .. } => EndingKind::NotSent,
            Self::Done { .. } => EndingKind::Done,
            Self::RateLimited { .. } => EndingKind::RateLimited,
            Self::KeyRefused { .. } => EndingKind::KeyRefused,
            Self::Refused { .. } => EndingKind::Refused,
            Self::Unknown { .. } => EndingKind::Unknown,
        }
    }

    /// The HTTP status, if one arrived.
    pub const fn status(&self) -> Option<u16> {
        match self {
            Self::NotSent { .. } => None,
            Self::RateLimited { .. } => Some(429),
            Self::Done { status, .. }
            | Self::KeyRefused { status }
            | Self::Refused { status, .. } => Some(*status),
            Self::Unknown { status, .. } => *status,
        }
    }
}

/// What the answer to a carried-out write shows.
#[derive(Clone, Debug, PartialEq)]
pub enum DoneBody {
    /// The record.
    Record(Record),
    /// Several, as writes in bulk form and deletes answer.
    Records(Vec<Record>),
    /// Nothing that could be read; reading back tells more.
    Unreadable,
}

impl DoneBody {
    /// The record, if it is the only one.
    pub fn only(&self) -> Option<&Record> {
        match self {
            Self::Record(record) => Some(record),
            Self::Records(records) => match records.as_slice() {
                [record] => Some(record),
                _ => None,
            },
            Self::Unreadable => None,
        }
    }
}

named_enum! {
    /// Why a write surely did not leave.
    pub enum NotSentCause {
        /// No connection: name, TCP or TLS.
        CouldNotConnect = "could_not_connect",
        /// It was too late to begin.
        TooLate = "too_late",
        /// The request cannot be built.
        Unusable = "unusable",
    }
}

named_enum! {
    /// Why it is unknown whether a write was carried out.
    pub enum UnknownCause {
        /// No answer in time.
        TimedOut = "timed_out",
        /// The connection ended before a whole head arrived.
        ConnectionLost = "connection_lost",
        /// A status that says nothing about it.
        Status = "status",
    }
}

/// What an answer to a write means.
pub fn classify(status: u16, headers: &HeaderMap, body: Result<&[u8], BodyCut>) -> Ending {
    match status {
        200..=299 => Ending::Done {
            status,
            body: body.map_or(DoneBody::Unreadable, done_body),
        },
        429 => Ending::RateLimited {
            retry_after: retry_after(headers),
        },
        401 | 403 => {
            let errors = read_errors(body.unwrap_or_default());
            if has_pointer(&errors) {
                Ending::Refused { status, errors }
            } else {
                Ending::KeyRefused { status }
            }
        }
        400 | 404 | 405 | 406 | 409 | 410 | 413 | 415 | 422 => Ending::Refused {
            status,
            errors: read_errors(body.unwrap_or_default()),
        },
        _ => Ending::Unknown {
            cause: UnknownCause::Status,
            status: Some(status),
            detail: read_errors(body.unwrap_or_default())
                .first()
                .map_or_else(|| format!("status {status}"), ToString::to_string),
        },
    }
}

fn done_body(body: &[u8]) -> DoneBody {
    let Ok(mut document) = json::parse_in_place(body) else {
        return DoneBody::Unreadable;
    };
    scrub(&mut document);
    let document = document.into();
    if let Ok(record) = record_of(&document) {
        return DoneBody::Record(record);
    }
    records_of(&document).map_or(DoneBody::Unreadable, DoneBody::Records)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use reqwest::header::{HeaderValue, RETRY_AFTER};
    use rstest::rstest;

    use super::*;
    use crate::domain::RecordId;

    fn ending_of(status: u16, body: &str) -> Ending {
        classify(status, &HeaderMap::new(), Ok(body.as_bytes()))
    }

    const CONTACT: &str = r#"{"data":{"id":"5","type":"contacts","attributes":{}}}"#;
    const WITH_POINTER: &str = r#"{"errors":[{"title":"No","source":{"pointer":"id"}}]}"#;
    const WITHOUT_POINTER: &str = r#"{"errors":[{"title":"No"}]}"#;

    #[rstest]
    fn a_readable_2xx_is_done(#[values(200, 201, 202)] status: u16) {
        let Ending::Done { status: told, body } = ending_of(status, CONTACT) else {
            panic!("not done");
        };
        assert_eq!(told, status);
        assert_eq!(body.only().unwrap().id, RecordId(5));
    }

    #[rstest]
    #[case::html("<html>created</html>")]
    #[case::empty("")]
    #[case::cut(r#"{"data":{"id":"5","ty"#)]
    #[case::without_data(r#"{"meta":{}}"#)]
    #[case::null(r#"{"data":null}"#)]
    #[case::odd_id(r#"{"data":{"id":"five","type":"contacts"}}"#)]
    fn an_unreadable_2xx_is_done_as_well(#[case] body: &str) {
        let done = Ending::Done {
            status: 201,
            body: DoneBody::Unreadable,
        };
        assert_eq!(ending_of(201, body), done);
    }

    #[rstest]
    fn a_2xx_without_its_body_is_done(#[values(BodyCut::Lost, BodyCut::TooLarge)] cut: BodyCut) {
        let done = Ending::Done {
            status: 200,
            body: DoneBody::Unreadable,
        };
        assert_eq!(classify(200, &HeaderMap::new(), Err(cut)), done);
    }

    #[test]
    fn a_delete_answers_with_a_list() {
        let body = r#"{"data":[{"id":"5","type":"contacts"}]}"#;
        let Ending::Done { body, .. } = ending_of(200, body) else {
            panic!("not done");
        };
        assert!(matches!(&body, DoneBody::Records(records) if records.len() == 1));
        assert_eq!(body.only().unwrap().id, RecordId(5));
    }

    #[test]
    fn the_answer_of_a_write_loses_its_secrets() {
        let body = r#"{"data":{"id":"5","type":"passwords","attributes":{"password":"c4n4ry"}}}"#;
        assert!(!format!("{:?}", ending_of(200, body)).contains("c4n4ry"));
    }

    #[test]
    fn too_many_requests_is_not_carried_out() {
        let mut headers = HeaderMap::new();
        let limited = |retry_after| Ending::RateLimited { retry_after };
        assert_eq!(classify(429, &headers, Ok(b"")), limited(None));
        headers.insert(RETRY_AFTER, HeaderValue::from_static("7"));
        let seven = Some(Duration::from_secs(7));
        assert_eq!(classify(429, &headers, Err(BodyCut::Lost)), limited(seven));
    }

    #[rstest]
    fn a_refused_key_names_no_place(
        #[values(401, 403)] status: u16,
        #[values(
            WITHOUT_POINTER,
            "",
            "Forbidden",
            r#"{"message":"Forbidden"}"#,
            "<html>"
        )]
        body: &str,
    ) {
        assert_eq!(ending_of(status, body), Ending::KeyRefused { status });
    }

    #[rstest]
    fn a_refused_key_may_lose_its_body(#[values(401, 403)] status: u16) {
        let ending = classify(status, &HeaderMap::new(), Err(BodyCut::Lost));
        assert_eq!(ending, Ending::KeyRefused { status });
    }

    #[rstest]
    fn a_refused_write_gives_reasons(
        #[values(400, 401, 403, 404, 405, 406, 409, 410, 413, 415, 422)] status: u16,
    ) {
        let Ending::Refused {
            status: told,
            errors,
        } = ending_of(status, WITH_POINTER)
        else {
            panic!("not refused");
        };
        assert_eq!(told, status);
        assert_eq!(errors[0].to_string(), "No (id)");
    }

    #[rstest]
    fn a_refused_write_may_lose_its_reasons(
        #[values(400, 404, 405, 406, 409, 410, 413, 415, 422)] status: u16,
    ) {
        let ending = classify(status, &HeaderMap::new(), Err(BodyCut::Lost));
        let errors = Vec::new();
        assert_eq!(ending, Ending::Refused { status, errors });
    }

    #[test]
    fn every_other_status_is_unknown() {
        let known = [400, 401, 403, 404, 405, 406, 409, 410, 413, 415, 422, 429];
        for status in (100..200).chain(300..1000).filter(|s| !known.contains(s)) {
            for body in [CONTACT, WITH_POINTER, "", "<html>"] {
                let ending = ending_of(status, body);
                assert!(
                    matches!(ending, Ending::Unknown { cause: UnknownCause::Status, status: Some(told), .. } if told == status),
                    "{status}: {ending:?}"
                );
            }
        }
    }

    proptest! {
        #[test]
        fn any_answer_has_a_meaning(status in any::<u16>(), bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let ending = classify(status, &HeaderMap::new(), Ok(&bytes));
            prop_assert_eq!(ending.status(), Some(status));
            prop_assert_eq!((200..300).contains(&status), ending.kind() == EndingKind::Done);
        }
    }
}
