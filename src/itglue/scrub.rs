//! Takes secrets out of answers before anything else sees them.

use serde_json::{Value, json};

use crate::domain::json::{self, Tree};
use crate::domain::{AssetSchema, FieldKind};

/// The attributes whose value is a secret (api-facts, section 7).
const SECRETS: [&str; 2] = ["password", "otp-secret"];
/// Where the fields of a flexible asset stand; its keys are user data.
pub(super) const TRAITS: &str = "traits";
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
/// A change may be told as several traits, before and after.
pub(super) fn keep_traits(traits: &mut Tree<'_>, is_password: impl Fn(&str) -> bool) {
    let several = match traits {
        Tree::Array(several) => several.as_mut_slice(),
        one => std::slice::from_mut(one),
    };
    for traits in several.iter_mut().filter_map(Tree::members_mut) {
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

/// Takes out of what may be kept of an answer what stands in Password fields of flexible assets, unless
/// it is the id of an embedded password; what was `sent` there by a write goes in any form. Where the
/// fields are not known, their names have to do.
pub fn hide_traits(answer: &mut Value, schema: Option<&AssetSchema>, sent: &[(String, &Value)]) {
    let is_sent = |key: &str| sent.iter().any(|(name_key, _)| name_key == key);
    let is_password = |key: &str| match schema.and_then(|schema| schema.field(key)) {
        Some(field) => field.kind == FieldKind::Password || is_sent(key),
        None => sounds_secret(key) || is_sent(key),
    };
    let repeats = |value: &Value| sent.iter().any(|(_, secret)| *secret == value);
    retain_traits(answer, &|key, value| {
        !is_password(key) || (is_id(&Tree::from(value)) && (value.is_null() || !repeats(value)))
    });
}

fn retain_traits(value: &mut Value, may_stay: &impl Fn(&str, &Value) -> bool) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                if key == TRAITS {
                    let several = match &mut *member {
                        Value::Array(several) => several.as_mut_slice(),
                        one => std::slice::from_mut(one),
                    };
                    for traits in several.iter_mut().filter_map(Value::as_object_mut) {
                        traits.retain(|key, value| may_stay(key, value));
                    }
                }
                retain_traits(member, may_stay);
            }
        }
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| retain_traits(item, may_stay)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
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
    use crate::domain::AssetField;

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
    fn what_is_stored_holds_nothing_that_was_sent_as_a_password_in_any_version() {
        let (text, digits) = (json!(CANARY), json!(1234));
        let sent = [
            ("wifi-code".to_owned(), &text),
            ("door".to_owned(), &digits),
        ];
        let traits = |traits: Value| json!({"data": {"attributes": {"traits": traits}}});
        let mut answer = traits(json!({"wifi-code": CANARY, "door": 1234, "vendor": "Acme"}));
        answer["data"]["versions"] = json!([{"traits": [{"wifi-code": CANARY}, {"door": 7}]}]);
        hide_traits(&mut answer, None, &sent);
        let mut expected = traits(json!({"vendor": "Acme"}));
        expected["data"]["versions"] = json!([{"traits": [{}, {"door": 7}]}]);
        assert_eq!(answer, expected);
        let ids = traits(json!({"wifi-code": 603, "door": null, "vendor": CANARY}));
        let mut answer = ids.clone();
        hide_traits(&mut answer, None, &sent);
        assert_eq!(answer, ids);
    }

    #[test]
    fn what_is_stored_holds_no_password_that_was_there_before_either() {
        let field = |name_key: &str, kind| AssetField {
            name_key: name_key.to_owned(),
            name: name_key.to_owned(),
            kind,
            required: false,
            tag_type: None,
            options: Vec::new(),
        };
        let schema = AssetSchema {
            fields: vec![
                field("wifi-code", FieldKind::Password),
                field("pin-board", FieldKind::Text),
            ],
            ..AssetSchema::default()
        };
        let traits =
            json!({"traits": {"wifi-code": CANARY, "pin-board": "Hall", "api-key": CANARY}});
        let mut known = traits.clone();
        hide_traits(&mut known, Some(&schema), &[]);
        assert_eq!(known, json!({"traits": {"pin-board": "Hall"}}));
        let mut unknown = traits;
        hide_traits(&mut unknown, None, &[]);
        assert_eq!(unknown, json!({"traits": {"wifi-code": CANARY}}));
    }

    #[test]
    fn what_is_stored_is_limited() {
        let long = json!({ "data": "x".repeat(MAX_STORED_BYTES) }).to_string();
        assert_eq!(redacted(long.as_bytes())["too_long"], true);
        assert_eq!(redacted(b"<html>"), json!({"unreadable": true, "bytes": 6}));
    }
}
