//! Takes secrets out of answers before anything else sees them.

use serde_json::{Value, json};

use crate::domain::json::{self, Tree};

/// The attributes whose value is a secret (api-facts, section 7).
const SECRETS: [&str; 2] = ["password", "otp-secret"];
const TRAITS: &str = "traits";
/// How much of an answer is stored.
const MAX_STORED_BYTES: usize = 64 * 1024;

/// Removes secrets at any depth, and `included`, whose records belong to other groups.
///
/// The keys directly inside `traits` are user data and stay: a trait called `password` is read as
/// the id of an embedded password, and were it hidden here, nobody would be warned of its erasure.
pub(super) fn scrub(document: &mut Tree<'_>) {
    if let Some(members) = document.members_mut() {
        members.retain(|(key, _)| key != "included");
    }
    scrub_secrets(document);
}

/// Removes secrets at any depth without regard to what came along in `included`, and traits that are
/// named like a secret, unless they are the id of one.
pub fn scrub_whole(document: &mut Tree<'_>) {
    scrub_secrets(document);
    scrub_named_traits(document);
}

fn scrub_secrets(value: &mut Tree<'_>) {
    match value {
        Tree::Object(members) => {
            members.retain(|(key, _)| !is_secret(key));
            for (key, member) in members {
                match member {
                    Tree::Object(traits) if key == TRAITS => {
                        for (_, value) in traits {
                            scrub_secrets(value);
                        }
                    }
                    member => scrub_secrets(member),
                }
            }
        }
        Tree::Array(items) => items.iter_mut().for_each(scrub_secrets),
        Tree::Null | Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) => {}
    }
}

fn scrub_named_traits(value: &mut Tree<'_>) {
    match value {
        Tree::Object(members) => {
            for (key, member) in members {
                if key == TRAITS {
                    keep_traits(member, is_secret);
                }
                scrub_named_traits(member);
            }
        }
        Tree::Array(items) => items.iter_mut().for_each(scrub_named_traits),
        Tree::Null | Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) => {}
    }
}

/// Removes the value of a Password field of a flexible asset, unless it is what IT Glue answers
/// there: the id of an embedded password (api-facts, section 5). `is_password` knows the fields.
pub(super) fn scrub_traits(record: &mut Tree<'_>, is_password: impl Fn(&str) -> bool) {
    let attributes = record.get_mut("attributes");
    if let Some(traits) = attributes.and_then(|attributes| attributes.get_mut(TRAITS)) {
        keep_traits(traits, is_password);
    }
}

fn keep_traits(traits: &mut Tree<'_>, is_password: impl Fn(&str) -> bool) {
    if let Some(traits) = traits.members_mut() {
        traits.retain(|(key, value)| !is_password(key) || is_id(value));
    }
}

/// Whether a trait of this name is likely a password, where the fields are not known.
pub(super) fn sounds_secret(name_key: &str) -> bool {
    let key = name_key.to_ascii_lowercase();
    ["passw", "secret", "otp", "pin", "token", "key"]
        .iter()
        .any(|word| key.contains(word))
}

pub(super) fn is_id(value: &Tree<'_>) -> bool {
    match value {
        Tree::Null | Tree::Bool(_) => true,
        Tree::Number(number) => number.is_u64(),
        Tree::Text(_) | Tree::Array(_) | Tree::Object(_) => false,
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
    SECRETS.iter().any(|secret| is_same_key(key, secret))
}

/// Whether two keys differ in nothing but case and in `-` for `_`.
fn is_same_key(one: &str, other: &str) -> bool {
    let folded = |byte: u8| match byte {
        b'_' => b'-',
        byte => byte.to_ascii_lowercase(),
    };
    let (one, other) = (one.bytes().map(folded), other.bytes().map(folded));
    one.eq(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CANARY: &str = "c4n4ry";

    #[test]
    fn secrets_go_at_any_depth_and_traits_stay() {
        let document = json!({
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
        let mut scrubbed = Tree::from(&document);
        scrub(&mut scrubbed);
        assert_eq!(
            Value::from(scrubbed),
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
