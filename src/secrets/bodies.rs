//! Bodies that hold secrets: shown without them, kept encrypted, bound by a fingerprint.

use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::sealed::{OpenError, Place};
use super::vault::Vault;
use super::{content_hash, fingerprint, secret_digest};
use crate::domain::{
    ConnectionId, Fingerprint, Item, ItemId, ItemRequest, ProposalId, json::canonical,
};

/// Changes whenever the same material would give another fingerprint.
const FORMAT: u32 = 1;
/// What stands where a secret was.
const HIDDEN: &str = "[hidden]";

/// The request as it may be shown and stored, and the exact body, encrypted, if it holds secrets.
pub fn protect(
    vault: &Vault,
    id: ItemId,
    request: &ItemRequest,
    secret_pointers: &[String],
) -> (ItemRequest, Option<Vec<u8>>) {
    let Some(body) = request
        .body
        .as_ref()
        .filter(|_| !secret_pointers.is_empty())
    else {
        return (request.clone(), None);
    };
    let shown = ItemRequest {
        body: Some(replaced(body, secret_pointers, |_| HIDDEN.into())),
        ..request.clone()
    };
    let sealed = vault.seal(place(&id), &canonical(body));
    (shown, Some(sealed))
}

/// The body exactly as it will be sent. `None`: the request has no body.
///
/// # Errors
/// If the encrypted body cannot be opened: wrong key, or changed by hand.
pub fn exact_body(vault: &Vault, item: &Item) -> Result<Option<Value>, OpenError> {
    open_body(
        vault,
        item.id,
        item.request.body.as_ref(),
        item.sealed_body.as_deref(),
    )
}

/// What an approval is bound to, beside the items.
#[derive(Clone, Copy, Debug)]
pub struct Bound {
    /// The proposal.
    pub proposal: ProposalId,
    /// Its revision.
    pub revision: u32,
    /// Its round.
    pub round: u32,
    /// The account it is for.
    pub connection: ConnectionId,
}

/// An item as the fingerprint covers it.
#[derive(Clone, Copy, Debug)]
pub struct BoundItem<'a> {
    /// Its id.
    pub id: ItemId,
    /// The request as stored, secrets hidden.
    pub request: &'a ItemRequest,
    /// The exact body, encrypted, if it holds secrets.
    pub sealed_body: Option<&'a [u8]>,
    /// Where in the body secrets stand.
    pub secret_pointers: &'a [String],
    /// What the drift check compares.
    pub watched: &'a Value,
}

impl<'a> From<&'a Item> for BoundItem<'a> {
    fn from(item: &'a Item) -> Self {
        Self {
            id: item.id,
            request: &item.request,
            sealed_body: item.sealed_body.as_deref(),
            secret_pointers: &item.secret_pointers,
            watched: &item.watched,
        }
    }
}

/// The fingerprint of everything that was shown and would be written. Secrets enter as keyed
/// digests, so that it cannot be used to guess them.
///
/// # Errors
/// If an encrypted body cannot be opened: wrong key, or changed by hand.
pub fn fingerprint_of<'a>(
    vault: &Vault,
    bound: Bound,
    items: impl IntoIterator<Item = BoundItem<'a>>,
) -> Result<Fingerprint, OpenError> {
    let items = items
        .into_iter()
        .map(|item| material(vault, &item))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(fingerprint(&json!({
        "format": FORMAT,
        "proposal": bound.proposal,
        "revision": bound.revision,
        "round": bound.round,
        "connection": bound.connection,
        "items": items,
    })))
}

fn material(vault: &Vault, item: &BoundItem<'_>) -> Result<Value, OpenError> {
    let exact = open_body(vault, item.id, item.request.body.as_ref(), item.sealed_body)?;
    let body = exact.map(|body| {
        replaced(&body, item.secret_pointers, |secret| {
            secret_digest(vault, secret).into()
        })
    });
    let route = &item.request.route;
    Ok(json!({
        "method": route.method,
        "path": route.path,
        "query": route.query,
        "body": body,
        "class": item.request.class,
        "watched": fingerprint(item.watched),
    }))
}

fn open_body(
    vault: &Vault,
    id: ItemId,
    shown: Option<&Value>,
    sealed: Option<&[u8]>,
) -> Result<Option<Value>, OpenError> {
    let Some(sealed) = sealed else {
        return Ok(shown.cloned());
    };
    let text = vault.open(place(&id), sealed)?;
    serde_json::from_str(text.expose_secret())
        .map(Some)
        .map_err(|_| OpenError::Tampered)
}

fn place(id: &ItemId) -> Place<'_> {
    Place::new("items", "sealed_body", id.0.as_bytes())
}

fn replaced(body: &Value, pointers: &[String], with: impl Fn(&str) -> Value) -> Value {
    let mut body = body.clone();
    for pointer in pointers {
        if let Some(secret) = body.pointer_mut(pointer) {
            let text = secret
                .as_str()
                .map_or_else(|| canonical(secret), str::to_owned);
            *secret = with(&text);
        }
    }
    body
}

/// SHA-256 of the bytes that a body is sent as.
pub fn body_hash(body: Option<&Value>) -> [u8; 32] {
    content_hash(body.map(canonical).unwrap_or_default().as_bytes())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::{ItemClass, Method, Operation, RecordId, Route};
    use crate::secrets::KeyRing;

    fn write(secret: &str) -> ItemRequest {
        ItemRequest {
            route: Route {
                method: Method::Patch,
                path: "/passwords/601".to_owned(),
                query: Vec::new(),
            },
            body: Some(json!({"data": {"attributes": {"password": secret, "notes": "n"}}})),
            resource: "passwords".to_owned(),
            operation: Operation::Update,
            class: ItemClass::Set,
            record_id: Some(RecordId(601)),
            parent: None,
        }
    }

    fn pointers() -> Vec<String> {
        vec!["/data/attributes/password".to_owned()]
    }

    fn fingerprint_with(vault: &Vault, secret: &str, watched: &Value) -> Fingerprint {
        let id = ItemId(Uuid::from_u128(1));
        let (shown, sealed) = protect(vault, id, &write(secret), &pointers());
        let bound = Bound {
            proposal: ProposalId(Uuid::from_u128(2)),
            revision: 1,
            round: 1,
            connection: ConnectionId(Uuid::from_u128(3)),
        };
        let item = BoundItem {
            id,
            request: &shown,
            sealed_body: sealed.as_deref(),
            secret_pointers: &pointers(),
            watched,
        };
        fingerprint_of(vault, bound, [item]).unwrap()
    }

    #[test]
    fn a_secret_is_hidden_where_it_is_shown_and_sealed_where_it_is_kept() {
        let vault = Vault::new(KeyRing::generate());
        let (shown, sealed) = protect(&vault, ItemId(Uuid::nil()), &write("canary"), &pointers());
        assert!(!shown.body.unwrap().to_string().contains("canary"));
        let sealed = sealed.unwrap();
        assert!(!sealed.windows(6).any(|window| window == b"canary"));
    }

    #[test]
    fn another_secret_or_another_record_gives_another_fingerprint() {
        let vault = Vault::new(KeyRing::generate());
        let first = fingerprint_with(&vault, "one", &json!({"notes": "n"}));
        assert_eq!(
            first,
            fingerprint_with(&vault, "one", &json!({"notes": "n"}))
        );
        assert_ne!(
            first,
            fingerprint_with(&vault, "two", &json!({"notes": "n"}))
        );
        assert_ne!(
            first,
            fingerprint_with(&vault, "one", &json!({"notes": "m"}))
        );
    }
}
