//! A whole request, taken apart: what [`locate`] finds, and the items its body stands for.
//!
//! Invariant: an item is about the same kind of record as the request, goes to a route of the
//! catalogue, and is never the delete of an organization.

use serde_json::Value;

use super::items;
use super::locate::{Located, locate};
use super::rejection::Rejection;
use crate::domain::{ItemRequest, Operation};

/// What an agent asks for.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// The method, as given.
    pub method: &'a str,
    /// The path, with or without query, as given.
    pub path: &'a str,
    /// The body, read by `domain::json::parse`. A JSON `null` counts as none.
    pub body: Option<&'a Value>,
}

/// A request that is understood.
#[derive(Clone, Debug)]
pub struct Classified {
    /// Where it goes, which groups it needs (those the body brings included), what it does.
    pub located: Located,
    /// What would be sent, record by record. Empty for plain reads, and for what no profile can
    /// allow (`Endpoint::is_sealed`).
    pub items: Vec<ItemRequest>,
}

/// Takes a request apart.
///
/// # Errors
/// [`Rejection`] if no route fits, or query or body are not wholly understood.
pub fn classify(call: &Call<'_>) -> Result<Classified, Rejection> {
    let mut located = locate(call.method, call.path)?;
    let body = call.body.filter(|body| !body.is_null());
    if located.endpoint.is_sealed() {
        return Ok(Classified {
            located,
            items: Vec::new(),
        });
    }
    let items = match located.operation {
        Operation::Read | Operation::ReadSecret if body.is_some() => {
            return Err(Rejection::invalid("/body", "A read takes no body."));
        }
        Operation::Read => Vec::new(),
        Operation::ReadSecret => items::of_secret_read(&located).into_iter().collect(),
        Operation::Create | Operation::Update | Operation::Publish | Operation::Delete => {
            items::of_write(&mut located, body)?
        }
    };
    Ok(Classified { located, items })
}
