//! Which values of a body are secrets, and how they are kept out of everything else.

use serde_json::Value;

use super::body;
use crate::domain::{AssetSchema, FieldKind, ItemRequest, ResourceKind, pointer};

/// What stands in a body where a secret was. Says nothing about the value, not even its length.
pub const HIDDEN: &str = "[hidden]";

/// What people read where a secret is.
pub(super) const HIDDEN_WORDS: &str = "hidden value";

/// Words in a trait's key that make it a secret while nobody knows its kind.
const TELLING_WORDS: [&str; 9] = [
    "credential",
    "key",
    "otp",
    "passphrase",
    "password",
    "pin",
    "pwd",
    "secret",
    "token",
];

/// The pointers into the body whose values are secrets: attributes that the catalogue lists,
/// traits of the kind Password, and records created along that hold a password. Without a schema,
/// traits whose key sounds like a secret.
pub fn secret_pointers(
    kind: &ResourceKind,
    request: &ItemRequest,
    schema: Option<&AssetSchema>,
) -> Vec<String> {
    let mut pointers: Vec<String> = body::sent(request)
        .into_iter()
        .filter(|sent| kind.secret.contains(&sent.attribute) && !sent.value.is_null())
        .map(|sent| sent.pointer)
        .collect();
    if let Some(traits) = body::sent_traits(request) {
        pointers.extend(
            traits
                .values
                .iter()
                .filter(|(key, value)| is_secret_trait(schema, key) && !value.is_null())
                .map(|(key, _)| pointer::member(&traits.pointer, key)),
        );
    }
    pointers.extend(
        body::children(request)
            .into_iter()
            .filter(|child| holds_password(child.value))
            .map(|child| child.pointer),
    );
    pointers
}

/// The body with [`HIDDEN`] in place of every secret.
#[must_use]
pub fn redact(body: &Value, secret_pointers: &[String]) -> Value {
    let mut body = body.clone();
    for pointer in secret_pointers {
        if let Some(secret) = body.pointer_mut(pointer) {
            *secret = Value::from(HIDDEN);
        }
    }
    body
}

/// Whether a trait holds a secret. Without a schema, whether its key sounds like one.
pub(super) fn is_secret_trait(schema: Option<&AssetSchema>, key: &str) -> bool {
    match schema.and_then(|schema| schema.field(key)) {
        Some(field) => field.kind == FieldKind::Password,
        None => sounds_secret(key),
    }
}

/// Whether the request writes or deletes a secret, as far as can be known.
///
/// Traits whose schema is unknown count: nobody can say that none of them is a password.
pub(super) fn touches_secret(
    kind: &ResourceKind,
    request: &ItemRequest,
    schema: Option<&AssetSchema>,
) -> bool {
    let in_attributes = body::sent(request)
        .iter()
        .any(|sent| kind.secret.contains(&sent.attribute));
    let in_traits = body::sent_traits(request).is_some_and(|traits| {
        schema.is_none() || traits.values.keys().any(|key| is_secret_trait(schema, key))
    });
    let in_children = body::children(request)
        .iter()
        .any(|child| holds_password(child.value));
    in_attributes || in_traits || in_children
}

/// Whether a record created along holds a password.
pub(super) fn holds_password(relationship: &Value) -> bool {
    body::child_attributes(relationship)
        .into_iter()
        .flat_map(serde_json::Map::keys)
        .any(|key| matches!(body::kebab(key).as_str(), "password" | "otp-secret"))
}

fn sounds_secret(key: &str) -> bool {
    key.split(|c: char| !c.is_alphanumeric()).any(|word| {
        let word = word.to_ascii_lowercase();
        let singular = word.strip_suffix('s').unwrap_or(&word);
        TELLING_WORDS.contains(&singular)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::diff::fixtures;

    #[test]
    fn both_spellings_of_a_secret_attribute_are_found_and_hidden() {
        let body = json!({"data": {"type": "passwords", "attributes": {
            "name": "Domain admin", "password": "CANARY", "otp_secret": "CANARY"
        }}});
        let request = fixtures::patch("passwords", 77, body.clone());
        let pointers = secret_pointers(&fixtures::passwords(), &request, None);
        assert_eq!(
            pointers,
            ["/data/attributes/otp_secret", "/data/attributes/password"]
        );
        let redacted = redact(&body, &pointers);
        assert!(!redacted.to_string().contains("CANARY"));
        assert_eq!(redacted["data"]["attributes"]["name"], "Domain admin");
    }

    #[test]
    fn traits_of_the_kind_password_are_secrets() {
        let request = fixtures::patch_traits(json!({"admin-login": "CANARY", "type": "x"}));
        assert_eq!(
            secret_pointers(
                &fixtures::flexible_assets(),
                &request,
                Some(&fixtures::schema())
            ),
            ["/data/attributes/traits/admin-login"]
        );
    }

    #[test]
    fn without_a_schema_the_key_tells() {
        let request = fixtures::patch_traits(json!({"api-keys": "CANARY", "monkey": "x"}));
        assert_eq!(
            secret_pointers(&fixtures::flexible_assets(), &request, None),
            ["/data/attributes/traits/api-keys"]
        );
        assert!(touches_secret(&fixtures::flexible_assets(), &request, None));
    }
}
