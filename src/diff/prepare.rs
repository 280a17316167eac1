//! A proposed write, taken apart: its final body, what it changes and what is remarkable about it.

use serde_json::Value;

use super::changes::Input;
use super::{census, organizations, schema, secrets, traits, warnings, watched};
use crate::domain::{
    Facts, FieldError, ItemRequest, Operation, ResourceKind, ResourceRef, Snapshot, TraitsMode,
    Warning,
};

/// A write, ready to be stored. Only `request` may hold secrets, at `secret_pointers`.
#[derive(Clone, Debug, PartialEq)]
pub struct Prepared {
    /// What would be sent: with the body completed from the record, if that was asked for.
    pub request: ItemRequest,
    /// The record it is about.
    pub resource: ResourceRef,
    /// What must still be so when it is sent; see [`watched`](super::watched()).
    pub watched: Value,
    /// For creates: what tells the record apart, where the catalogue knows.
    pub natural_key: Option<Value>,
    /// Pointers into the body whose values are secrets.
    pub secret_pointers: Vec<String>,
    /// What the tier is judged by.
    pub facts: Facts,
    /// What a technician should know.
    pub warnings: Vec<Warning>,
}

/// Takes a write apart: when it is proposed, and anew whenever the live record has moved. For a
/// merge, `request` is what the agent sent, not the body that an earlier call completed.
///
/// # Errors
/// One [`FieldError`] per attribute or trait that does not fit; none of them repeats a value.
pub fn prepare(
    kind: &ResourceKind,
    request: &ItemRequest,
    snapshot: &Snapshot,
    mode: TraitsMode,
) -> Result<Prepared, Vec<FieldError>> {
    let schema = snapshot.schema.as_ref();
    let errors = schema::check(kind, request, schema);
    if !errors.is_empty() {
        return Err(errors);
    }
    let request = match mode {
        TraitsMode::Replace => request.clone(),
        TraitsMode::Merge => traits::merge(request, snapshot),
    };
    let secret_pointers = secrets::secret_pointers(kind, &request, schema);
    let input = Input {
        kind,
        request: &request,
        base: snapshot,
        live: None,
        secret_pointers: &secret_pointers,
    };
    let reach = organizations::reach(kind, &request, snapshot);
    let (facts, warnings) = warnings::assess(&input, reach, mode);
    Ok(Prepared {
        resource: organizations::resource_ref(kind, &request, snapshot),
        watched: watched::watched(kind, &request, snapshot),
        natural_key: match request.operation {
            Operation::Create => census::natural_key(kind, &request),
            Operation::Read
            | Operation::Update
            | Operation::Publish
            | Operation::Delete
            | Operation::ReadSecret => None,
        },
        secret_pointers,
        facts,
        warnings,
        request,
    })
}
