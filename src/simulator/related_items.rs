//! Related items: directed links from the record in the path; only their notes can change later.

use super::attachments::hang;
use super::refusal::{Complaint, Refusal};
use super::resources;
use super::schema::Resource;
use super::world::{World, number, text};
use super::write::Draft;

pub(super) fn apply(world: &World, draft: &mut Draft<'_>) -> Result<(), Refusal> {
    if let Some(before) = draft.before {
        for key in ["destination-id", "destination-type"] {
            if let Some(value) = before.get(key) {
                draft.record.insert(key.to_owned(), value.clone());
            }
        }
        return Ok(());
    }
    let (kind, id) = (
        text(draft.record, "destination-type"),
        number(draft.record, "destination-id"),
    );
    let (Some(kind), Some(id)) = (kind.map(str::to_owned), id) else {
        for key in ["destination-type", "destination-id"] {
            if draft.record.get(key).is_none_or(serde_json::Value::is_null) {
                draft.complaints.push(Complaint::Blank(key.to_owned()));
            }
        }
        return Ok(());
    };
    match destination(&kind) {
        Some(resource) if world.get(resource.kind, id).is_some() => {
            hang(draft);
            Ok(())
        }
        Some(_) => Err(Refusal::foreign_id()),
        None => {
            draft
                .complaints
                .push(Complaint::attribute("destination-type", "is invalid"));
            Ok(())
        }
    }
}

/// A destination by its singular model name, `Flexible Asset` or `FlexibleAsset`.
fn destination(kind: &str) -> Option<&'static Resource> {
    resources::find_loosely(kind)
        .filter(|resource| resource.is_of_an_organization() || resource.kind == "organizations")
}
