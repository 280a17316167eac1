//! What became of the parts of a bulk write, for a client that sent them as one.

use crate::domain::{Item, ItemState};
use crate::itglue::errors_of;

/// Whether nobody knows yet what came of one of them.
pub fn are_unclear(items: &[Item]) -> bool {
    items.iter().any(|item| match item.progress.state {
        ItemState::Sending | ItemState::Uncertain | ItemState::Unresolved => true,
        ItemState::None
        | ItemState::Queued
        | ItemState::Preparing
        | ItemState::Applied
        | ItemState::Failed
        | ItemState::Skipped
        | ItemState::GivenUp => false,
    })
}

/// How each ended, counted from 1 as they stand in the body.
pub fn told(items: &[Item]) -> String {
    let parts: Vec<String> = items
        .iter()
        .map(|item| format!(" Record {}: {}.", item.position + 1, ending(item)))
        .collect();
    parts.concat()
}

fn ending(item: &Item) -> String {
    match item.progress.state {
        ItemState::Applied => "carried out".to_owned(),
        ItemState::Failed => format!("not carried out{}", because(item)),
        ItemState::Skipped => "given up and not sent".to_owned(),
        ItemState::GivenUp => "not known".to_owned(),
        ItemState::Sending | ItemState::Uncertain | ItemState::Unresolved => {
            "not known yet".to_owned()
        }
        ItemState::None | ItemState::Queued | ItemState::Preparing => "not sent yet".to_owned(),
    }
}

/// In IT Glue's words, where it refused.
fn because(item: &Item) -> String {
    let errors = item.response.as_ref().map(errors_of).unwrap_or_default();
    let words: Vec<String> = errors.iter().map(ToString::to_string).collect();
    match words.join("; ") {
        words if words.is_empty() => String::new(),
        words => format!(" ({words})"),
    }
}
