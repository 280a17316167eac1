//! Takes secrets out of answers before anything else sees them.

use serde_json::{Map, Value, json};

use crate::domain::json;

/// The attributes whose value is a secret (api-facts, section 7).
const SECRETS: [&str; 2] = ["password", "otp-secret"];
const TRAITS: &str = "traits";
/// How much of an answer is stored.
const MAX_STORED_BYTES: usize = 64 * 1024;

/// Removes secrets at any depth, and `included`, whose records belong to other groups.
///
/// The keys directly inside `traits` are user data and stay: a trait called `password` is read as
/// the id of an embedded password, and were it hidden here, nobody would be warned of its erasure.
pub(super) fn scrub(document: &mut Value) {
    if let Value::Object(members) = document {
        members.remove("included");
    }
    scrub_secrets(document);
}

/// The same for an answer that was kept with its secrets hidden: what stands for them goes, too.
pub fn without_secrets(document: &mut Value) {
    scrub_secrets(document);
    scrub_named_traits(document);
}

/// Removes secrets at any depth, without regard to what came along in `included`.
pub(super) fn scrub_secrets(document: &mut Value) {
    scrub_below(document, &|members| {
        members.retain(|key, _| !is_secret(key));
    });
}

/// Removes traits that are named like a secret, at any depth, unless they are the id of one.
pub(super) fn scrub_named_traits(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                match member {
                    Value::Object(traits) if key == TRAITS => {
                        traits.retain(|key, value| !is_secret(key) || is_id(value));
                    }
                    _ => {}
                }
                scrub_named_traits(member);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(scrub_named_traits),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Removes the value of a Password field of a flexible asset, unless it is what IT Glue answers
/// there: the id of an embedded password (api-facts, section 5). `is_password` knows the fields.
pub(super) fn scrub_traits(record: &mut Value, is_password: impl Fn(&str) -> bool) {
    let traits = record.pointer_mut("/attributes/traits");
    if let Some(Value::Object(traits)) = traits {
        traits.retain(|key, value| !is_password(key) || is_id(value));
    }
}

/// Whether a trait of this name is likely a password, where the fields are not known.
pub(super) fn sounds_secret(name_key: &str) -> bool {
    let key = name_key.to_ascii_lowercase();
    ["passw", "secret", "otp", "pin", "token", "key"]
        .iter()
        .any(|word| key.contains(word))
}

pub(super) fn is_id(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) => true,
        Value::Number(number) => number.is_u64(),
        Value::String(_) | Value::Array(_) | Value::Object(_) => false,
    }
}

fn scrub_below(value: &mut Value, clean: &impl Fn(&mut Map<String, Value>)) {
    match value {
        Value::Object(members) => {
            clean(members);
            for (key, member) in members {
                match member {
                    Value::Object(traits) if key == TRAITS => {
                        for value in traits.values_mut() {
                            scrub_below(value, clean);
                        }
                    }
                    member => scrub_below(member, clean),
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                scrub_below(item, clean);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// What may be kept of an answer: without secrets, also none in traits, and not too long.
pub fn redacted(body: &[u8]) -> Value {
    let Ok(mut document) = json::parse_unfolded(body) else {
        return json!({ "unreadable": true, "bytes": body.len() });
    };
    if let Value::Object(members) = &mut document {
        members.remove("included");
    }
    hide(&mut document);
    if json::canonical(&document).len() > MAX_STORED_BYTES {
        return json!({ "too_long": true, "bytes": body.len() });
    }
    document
}

fn hide(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                if is_secret(key) && !member.is_null() {
                    *member = Value::from("hidden");
                } else {
                    hide(member);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(hide),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

pub(super) fn is_secret(key: &str) -> bool {
    let key = key.replace('_', "-").to_ascii_lowercase();
    SECRETS.contains(&key.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CANARY: &str = "c4n4ry";

    #[test]
    fn secrets_go_at_any_depth_and_traits_stay() {
        let mut document = json!({
            "data": {"attributes": {
                "name": "x", "password": CANARY, "otp_secret": CANARY, "Password": CANARY,
                "traits": {
                    "password": 17,
                    "tag": {"type": "Passwords", "values": [{"id": 1, "password": CANARY}]},
                },
                "versions": [{"password": CANARY}],
            }},
            "included": [{"attributes": {"password": CANARY}}],
        });
        scrub(&mut document);
        assert_eq!(
            document,
            json!({"data": {"attributes": {
                "name": "x",
                "traits": {"password": 17, "tag": {"type": "Passwords", "values": [{"id": 1}]}},
                "versions": [{}],
            }}})
        );
    }

    #[test]
    fn what_is_stored_shows_that_a_secret_was_there_but_not_which() {
        let body = json!({"data": {"attributes": {
            "password": CANARY, "otp-secret": null, "traits": {"password": CANARY},
        }}});
        assert_eq!(
            redacted(body.to_string().as_bytes()),
            json!({"data": {"attributes": {
                "password": "hidden", "otp-secret": null, "traits": {"password": "hidden"},
            }}})
        );
    }

    #[test]
    fn what_is_stored_is_limited() {
        let long = json!({ "data": "x".repeat(MAX_STORED_BYTES) }).to_string();
        assert_eq!(redacted(long.as_bytes())["too_long"], true);
        assert_eq!(redacted(b"<html>"), json!({"unreadable": true, "bytes": 6}));
    }
}
