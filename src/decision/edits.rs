//! What a technician changes before approving: put into what was asked for, and held to what was
//! shown.

use serde_json::Value;

use super::approve::Approve;
use super::error::DecisionError;
use crate::diff::HIDDEN;
use crate::domain::{FieldError, Proposal, ProposalContent, TraitsMode};
use crate::draft::{Asked, Draft, put_back_hidden};

/// What was asked for, as the technician wants it.
pub(super) fn with_edits(
    mut asked: Asked,
    proposal: &Proposal,
    approve: &Approve,
    exact: &[Option<Value>],
) -> Result<Asked, DecisionError> {
    if let Some(body) = &approve.body {
        let mut body = body.clone();
        let pointers = proposal.items.iter().map(|item| &*item.secret_pointers);
        let exact: Vec<(Option<&Value>, &[String])> =
            exact.iter().map(Option::as_ref).zip(pointers).collect();
        put_back_hidden(&mut body, &exact);
        asked.body = Some(body);
        asked.traits = TraitsMode::Replace;
    }
    if !approve.keep.is_empty() {
        if proposal.items.len() != 1 {
            return Err(DecisionError::Invalid(vec![FieldError::new(
                "/keep",
                "Fields can be kept in proposals about one record; edit the body instead.",
            )]));
        }
        asked.keep.clone_from(&approve.keep);
    }
    for (position, pointer) in approve.omit.iter().enumerate() {
        let is_omitted = asked
            .body
            .as_mut()
            .is_some_and(|body| remove(body, pointer));
        if !is_omitted {
            return Err(DecisionError::Invalid(vec![FieldError::new(
                format!("/omit/{position}"),
                "The body has nothing at this pointer.",
            )]));
        }
    }
    Ok(asked)
}

/// Takes the value at this pointer away. False: there is none.
fn remove(body: &mut Value, pointer: &str) -> bool {
    let Some((parent, key)) = pointer.rsplit_once('/') else {
        return false;
    };
    let key = key.replace("~1", "/").replace("~0", "~");
    match body.pointer_mut(parent) {
        Some(Value::Object(members)) => members.remove(&key).is_some(),
        Some(
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_),
        )
        | None => false,
    }
}

/// What was looked at is what is approved, though something else may have moved meanwhile.
pub(super) fn are_still_as_shown(
    approve: &Approve,
    edited: Option<&ProposalContent>,
) -> Result<(), DecisionError> {
    let made = edited.map(|content| content.fingerprint);
    if approve.edited.is_none() || approve.edited == made {
        return Ok(());
    }
    Err(DecisionError::ChangedSinceShown {
        detail: "What comes of the edits is no longer what was shown; look at them again."
            .to_owned(),
    })
}

/// What is hidden where it is shown must not become a value.
pub(super) fn nothing_hidden_is_written(draft: &Draft) -> Result<(), DecisionError> {
    let errors: Vec<FieldError> = draft
        .items
        .iter()
        .flat_map(|item| {
            let is_hidden = |pointer: &&String| {
                let body = item.request.body.as_ref();
                let value = body.and_then(|body| body.pointer(pointer));
                value.is_some_and(|value| *value == HIDDEN)
            };
            item.secret_pointers.iter().filter(is_hidden)
        })
        .map(|pointer| {
            let detail = "Nothing is hidden here that could be written; give the value.";
            FieldError::new(format!("/body{pointer}"), detail)
        })
        .collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(DecisionError::Invalid(errors))
    }
}
