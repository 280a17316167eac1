//! What holds for whatever IT Glue answers. Stated once: property tests try it with documents that are
//! nearly right, a fuzz target with anything.
//!
//! Each function panics where its law is broken.
#![expect(clippy::missing_panics_doc, reason = "a law that is broken panics")]

use reqwest::header::HeaderMap;
use serde_json::Value;
use tokio::time::Instant;

use super::answer::{Answer, Arrived};
use super::ending::{self, Ending};
use super::read_error::ReadError;
use super::scrub::{is_id, is_secret, redacted};
use super::transport::{BodyCut, Received};
use crate::domain::json::{self, Tree};

/// An answer is understood, or refused in words; what is understood holds no secret, and gives the same
/// records when it is read as often as one likes. Nothing of a failed write is called done.
pub fn of_answer(status: u16, body: &[u8]) {
    let received = || {
        Ok(Received {
            status,
            headers: HeaderMap::new(),
            body: Ok(body.to_vec()),
            arrived_at: Instant::now(),
        })
    };
    if let Ok(answer) = Answer::of(received()) {
        assert!((200..300).contains(&status));
        holds_no_secret(&answer.body, false);
        assert_eq!(answer.record(), answer.record());
        assert_eq!(answer.records(), answer.records());
        answer.next_page();
    }
    let arrived = Arrived::of(received());
    if let Ok(whole) = arrived
        .as_ref()
        .map_err(ReadError::clone)
        .and_then(Arrived::whole)
    {
        assert!((200..300).contains(&status));
        let written = json::parse_unfolded(&whole.written(0));
        let whole = Value::from(whole);
        holds_no_secret(&whole, true);
        assert_eq!(written, Ok(whole));
    }
    if let Ok(disclosed) = Answer::disclosed(received()) {
        drop(disclosed.record());
        assert_eq!(format!("{disclosed:?}"), "Disclosed(hidden)");
        let mut document = disclosed.into_document();
        // The one value that was asked for; there is no other.
        let attributes = document
            .pointer_mut("/data/attributes")
            .and_then(Value::as_object_mut);
        attributes
            .and_then(|attributes| attributes.remove("password"))
            .expect("it was asked for");
        holds_no_secret(&document, true);
    }
    is_hidden(&redacted(body));
    let ending = ending::classify(status, &HeaderMap::new(), Ok(body));
    assert_eq!(
        matches!(ending, Ending::Done { .. }),
        (200..300).contains(&status)
    );
    let cut = ending::classify(status, &HeaderMap::new(), Err(BodyCut::Lost));
    assert_eq!(
        matches!(cut, Ending::Done { .. }),
        (200..300).contains(&status)
    );
}

/// The keys directly inside `traits` are user data; `names_count` says that they, too, were looked at.
fn holds_no_secret(value: &Value, names_count: bool) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                assert!(!is_secret(key), "{key}");
                match member {
                    Value::Object(traits) if key == "traits" => {
                        for (key, value) in traits {
                            assert!(
                                !names_count || !is_secret(key) || is_id(&Tree::from(value)),
                                "{key}"
                            );
                            holds_no_secret(value, names_count);
                        }
                    }
                    member => holds_no_secret(member, names_count),
                }
            }
        }
        Value::Array(items) => items
            .iter()
            .for_each(|item| holds_no_secret(item, names_count)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn is_hidden(value: &Value) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                if is_secret(key) {
                    assert!(member.is_null() || *member == "hidden", "{key}");
                } else {
                    is_hidden(member);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(is_hidden),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;
    use serde_json::json;

    use super::*;

    fn any_document() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(|number| json!(number)),
            select(vec!["7", "contacts", "passwords", "c4n4ry", ""]).prop_map(Value::from),
        ];
        let keys = vec![
            "data",
            "included",
            "attributes",
            "relationships",
            "traits",
            "id",
            "type",
            "meta",
            "links",
            "next-page",
            "password",
            "Password",
            "otp_secret",
            "otp-secret",
            "versions",
            "values",
            "organization-id",
            "errors",
            "source",
            "pointer",
            "name",
            "x_y",
            "x-y",
        ];
        leaf.prop_recursive(7, 60, 6, move |inner| {
            prop_oneof![
                1 => prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                3 => prop::collection::btree_map(select(keys.clone()), inner, 0..6)
                    .prop_map(|members| json!(members)),
            ]
        })
    }

    fn any_status() -> impl Strategy<Value = u16> {
        prop_oneof![3 => Just(200), 1 => select(vec![201, 204, 302, 401, 404, 409, 422, 429, 500, 504])]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn an_answer_is_understood_without_its_secrets_or_refused(
            status in any_status(),
            data in any_document(),
            included in any_document(),
            attributes in any_document(),
        ) {
            for document in [
                json!({"data": {"id": "7", "type": "passwords", "attributes": attributes}, "included": included}),
                json!({"data": [data], "included": included}),
                data,
            ] {
                of_answer(status, document.to_string().as_bytes());
            }
        }

        #[test]
        fn bytes_that_are_cut_or_changed_do_no_harm(
            status in any_status(),
            document in any_document(),
            at in any::<prop::sample::Index>(),
            byte in any::<u8>(),
        ) {
            let mut bytes = document.to_string().into_bytes();
            let at = at.index(bytes.len());
            of_answer(status, &bytes[..at]);
            bytes[at] = byte;
            of_answer(status, &bytes);
        }
    }
}
