//! What became of a proposal, for a client that only knows IT Glue.
//!
//! A write that was not carried out is never answered with 2xx: clients would tell their users that
//! it was (api-facts, section 11).

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::errors::{JSON_API, Refusal};
use super::{PREFIX, links, parts};
use crate::domain::json::Tree;
use crate::domain::{Item, ItemState, Operation, Proposal, ProposalStatus, Record, ResultKind};
use crate::itglue::{errors_of, scrub_whole};

/// IT Glue's own status and body where there is one, else why there is none.
pub fn answer(proposal: &Proposal, public_url: &str) -> Result<Response, Refusal> {
    match proposal.status {
        ProposalStatus::Applied => {
            applied(proposal, public_url).ok_or_else(|| unkept(proposal, public_url))
        }
        ProposalStatus::Failed => failed(proposal, public_url),
        ProposalStatus::Pending
        | ProposalStatus::SentBack
        | ProposalStatus::Held
        | ProposalStatus::Queued
        | ProposalStatus::Applying
        | ProposalStatus::Checking
        | ProposalStatus::NeedsAttention
        | ProposalStatus::PartlyApplied
        | ProposalStatus::ClosedUnknown
        | ProposalStatus::Rejected
        | ProposalStatus::Withdrawn
        | ProposalStatus::Expired => Err(conflict(proposal, public_url)),
    }
}

/// Whether waiting longer would bring nothing: neither another status nor, where IT Glue's answer
/// could not be kept, the record as it is read back.
pub fn is_settled(proposal: &Proposal) -> bool {
    match proposal.status {
        ProposalStatus::Applied => proposal
            .items
            .iter()
            .all(|item| item.verified.is_some() || said(item).is_some()),
        ProposalStatus::SentBack
        | ProposalStatus::NeedsAttention
        | ProposalStatus::Failed
        | ProposalStatus::PartlyApplied
        | ProposalStatus::ClosedUnknown
        | ProposalStatus::Rejected
        | ProposalStatus::Withdrawn
        | ProposalStatus::Expired => true,
        ProposalStatus::Pending
        | ProposalStatus::Held
        | ProposalStatus::Queued
        | ProposalStatus::Applying
        | ProposalStatus::Checking => false,
    }
}

/// Whether this end is told once: after that the same write is meant anew. One that may have reached
/// IT Glue, and of which there is nothing to show, is told as often as it is asked for, as long as ends are told.
pub const fn is_told_once(proposal: &Proposal, is_shown: bool) -> bool {
    match proposal.status {
        ProposalStatus::Applied => is_shown,
        ProposalStatus::Failed | ProposalStatus::Rejected | ProposalStatus::Expired => true,
        ProposalStatus::Pending
        | ProposalStatus::SentBack
        | ProposalStatus::Held
        | ProposalStatus::Queued
        | ProposalStatus::Applying
        | ProposalStatus::Checking
        | ProposalStatus::NeedsAttention
        | ProposalStatus::PartlyApplied
        | ProposalStatus::ClosedUnknown
        | ProposalStatus::Withdrawn => false,
    }
}

/// 409 that names the proposal.
pub fn conflict(proposal: &Proposal, public_url: &str) -> Refusal {
    about(proposal, public_url, &standing(proposal))
}

/// It was carried out, and there is nothing to show for it.
fn unkept(proposal: &Proposal, public_url: &str) -> Refusal {
    let standing = "was carried out. IT Glue's answer could not be kept, and the record was not read \
        back: read it, and do not send this again.";
    about(proposal, public_url, standing)
}

fn about(proposal: &Proposal, public_url: &str, standing: &str) -> Refusal {
    let number = proposal.number;
    let address = format!("{public_url}/p/{number}");
    let detail = format!("Proposal {number} ({address}) {standing}");
    let location = format!("{public_url}/api/v1/proposals/{}", proposal.id);
    Refusal::new(StatusCode::CONFLICT, detail).at(location)
}

/// What is told once.
const ANEW: &str = " Sent again, it is another proposal.";

fn standing(proposal: &Proposal) -> String {
    let reason = proposal
        .decision
        .as_ref()
        .and_then(|decision| decision.reason.as_deref());
    let because = reason.map_or_else(String::new, |reason| format!(" They say: {reason}"));
    let is_read = proposal.operation == Operation::ReadSecret;
    match proposal.status {
        ProposalStatus::Pending if is_read => "waits for a technician: the value of a password is \
            handed out only after one has approved it. Repeat this request after the approval."
            .to_owned(),
        ProposalStatus::Pending => "waits for a technician. Nothing was changed yet; it will be \
            carried out once it is approved. Repeat the same request to learn what became of it; \
            that makes no second one."
            .to_owned(),
        ProposalStatus::SentBack => format!(
            "was sent back by a technician and waits for another revision. Nothing was changed.{because}"
        ),
        ProposalStatus::Held => {
            "is approved and can still be undone for a moment. Nothing was changed yet.".to_owned()
        }
        ProposalStatus::Queued if is_read => {
            "is approved: repeat this request to get the value, once, within ten minutes.".to_owned()
        }
        ProposalStatus::Queued | ProposalStatus::Applying => {
            "is approved and is being carried out. Repeat the same request to learn what became of \
            it; that makes no second one."
                .to_owned()
        }
        ProposalStatus::NeedsAttention if !parts::are_unclear(&proposal.items) => format!(
            "was not carried out as a whole, and a technician decides about the rest. Do not send \
            it again.{}",
            parts::told(&proposal.items)
        ),
        ProposalStatus::Checking | ProposalStatus::NeedsAttention => {
            "was sent, and it is not known yet whether IT Glue carried it out. Do not send it again; \
             a person is told if it cannot be found out."
                .to_owned()
        }
        ProposalStatus::PartlyApplied => format!(
            "was carried out in part; the rest was given up by a technician.{}",
            parts::told(&proposal.items)
        ),
        ProposalStatus::ClosedUnknown => {
            "was sent, and nobody could find out whether IT Glue carried it out. Read the record \
            before you send anything about it again."
                .to_owned()
        }
        ProposalStatus::Rejected => {
            format!("was rejected by a technician. Nothing was changed.{because}{ANEW}")
        }
        ProposalStatus::Withdrawn => "was withdrawn. Nothing was changed.".to_owned(),
        ProposalStatus::Expired => format!("was not decided in time. Nothing was changed.{ANEW}"),
        ProposalStatus::Failed if is_read => {
            format!("ended, and the value was not handed out.{ANEW}")
        }
        ProposalStatus::Failed => "was not carried out. Nothing was changed.".to_owned(),
        ProposalStatus::Applied if is_read => {
            "was approved and its value was handed out once.".to_owned()
        }
        ProposalStatus::Applied => "was carried out.".to_owned(),
    }
}

/// What IT Glue answered, item by item; `None` where that is not known of all of them.
fn applied(proposal: &Proposal, public_url: &str) -> Option<Response> {
    let is_bulk = matches!(
        proposal
            .request
            .body
            .as_ref()
            .and_then(|body| body.get("data")),
        Some(Value::Array(_))
    );
    let status = proposal
        .items
        .iter()
        .filter_map(|item| item.http_status)
        .max();
    let status = status.and_then(|status| StatusCode::from_u16(status).ok());
    let mut document = match proposal.items.as_slice() {
        [item] => said(item)?,
        items => {
            let records = items.iter().map(|item| said(item).map(first));
            json!({ "data": records.collect::<Option<Vec<_>>>()? })
        }
    };
    if is_bulk && !document.get("data").is_some_and(Value::is_array) {
        document = json!({ "data": [data(document)] });
    }
    // It was kept with its secrets hidden; what stands for them goes, too.
    let mut document = Tree::from(&document);
    scrub_whole(&mut document);
    links::rewrite(&mut document, &format!("{public_url}{PREFIX}"));
    let status = status.unwrap_or(StatusCode::OK);
    let headers = [(CONTENT_TYPE, JSON_API)];
    Some((status, headers, document.written(0)).into_response())
}

/// The body of IT Glue's answer; where it could not be kept, the record as it was read back. Of one
/// that was deleted that is the last there was of it.
fn said(item: &Item) -> Option<Value> {
    let kept = item.response.as_ref();
    if let Some(response) = kept.filter(|response| response.get("data").is_some()) {
        return Some(response.clone());
    }
    if item.request.operation == Operation::Delete {
        let last = item.pre_image.record.as_ref();
        return Some(json!({ "data": last.map_or(Value::Null, record) }));
    }
    let read_back = item.post_image.as_ref()?;
    Some(json!({ "data": record(read_back) }))
}

fn record(record: &Record) -> Value {
    json!({
        "id": record.id,
        "type": record.json_type,
        "attributes": record.attributes,
    })
}

/// What a document is about; null where it says nothing.
fn data(mut document: Value) -> Value {
    document
        .get_mut("data")
        .map(Value::take)
        .unwrap_or_default()
}

fn first(document: Value) -> Value {
    match data(document) {
        Value::Array(records) => records.into_iter().next().unwrap_or_default(),
        one => one,
    }
}

/// Why nothing was changed: in IT Glue's own words, if it was IT Glue that refused.
fn failed(proposal: &Proposal, public_url: &str) -> Result<Response, Refusal> {
    let failed = |item: &&Item| item.progress.state == ItemState::Failed;
    let item = proposal.items.iter().find(failed);
    let Some((item, result)) = item.and_then(|item| Some((item, item.result?))) else {
        return Err(conflict(proposal, public_url));
    };
    match result {
        ResultKind::RefusedByItGlue => refused(item).ok_or_else(|| conflict(proposal, public_url)),
        ResultKind::RecordGone => Err(Refusal::new(
            StatusCode::NOT_FOUND,
            "IT Glue no longer has this record. Nothing was changed.",
        )),
        ResultKind::RefusedByPolicy => Err(Refusal::new(
            StatusCode::FORBIDDEN,
            format!(
                "Proposal {} was approved, but this agent's profile no longer allows it.{} Nothing \
                 was changed.",
                proposal.number,
                // The rule in words, as it was when its turn had come.
                item.hold_reason
                    .as_ref()
                    .map_or_else(String::new, |why| format!(" {why}"))
            ),
        )),
        ResultKind::Applied
        | ResultKind::AlreadyInPlace
        | ResultKind::NotApplied
        | ResultKind::PartlyApplied
        | ResultKind::Unknown => Err(conflict(proposal, public_url)),
    }
}

/// As IT Glue answered it, else in its shape with what is known of it.
fn refused(item: &Item) -> Option<Response> {
    let status = item.http_status?;
    let kept = item.response.as_ref();
    let in_its_shape = kept.filter(|body| body.get("errors").is_some());
    if let (Some(body), Ok(status)) = (in_its_shape, StatusCode::from_u16(status)) {
        return Some((status, [(CONTENT_TYPE, JSON_API)], Json(body)).into_response());
    }
    let errors = kept.map(errors_of).unwrap_or_default();
    Some(Refusal::in_its_words(status, errors).into_response())
}
