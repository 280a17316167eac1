//! Documents, their sections and images (section 8 of api-facts.md).
//!
//! A document is a draft until it is published. Unconfirmed there and chosen here, so that a
//! client cannot rely on the kinder reading: `content` of a document shows what was published
//! last, sections show the draft, and a write to a section leaves the document's `updated-at`.

use serde_json::{Value, json};

use super::attachments::base64_size;
use super::body::folded;
use super::refusal::{Complaint, Refusal};
use super::world::{Record, World, id_of, number, text};
use super::write::Draft;

/// Bodies of the sections as last published.
pub(super) fn content(stored: &Record) -> Value {
    stored
        .get("_published")
        .cloned()
        .unwrap_or_else(|| json!([]))
}

/// A `content` sent along is accepted and ignored, like every read-only attribute.
pub(super) fn apply(draft: &mut Draft<'_>) {
    if draft.before.is_none() {
        draft.record.insert("published".to_owned(), false.into());
    }
}

pub(super) fn publish(world: &mut World, id: u64) {
    let mut sections: Vec<(u64, Value)> = world
        .linked("document_sections", "document-id", id)
        .filter_map(|(_, section)| {
            let body = section.get("content").filter(|body| !body.is_null())?;
            Some((number(section, "sort").unwrap_or(u64::MAX), body.clone()))
        })
        .collect();
    sections.sort_by_key(|(sort, _)| *sort);
    let bodies: Vec<Value> = sections.into_iter().map(|(_, body)| body).collect();
    if let Some(document) = world.change("documents", id) {
        document.insert("published".to_owned(), true.into());
        document.insert("_published".to_owned(), bodies.into());
    }
    world.touch("documents", id);
}

const SECTION_TYPES: &[&str] = &[
    "Document::Text",
    "Document::Heading",
    "Document::Gallery",
    "Document::Step",
];

pub(super) fn apply_section(world: &World, draft: &mut Draft<'_>) -> Result<(), Refusal> {
    let Some(kind) = text(draft.record, "resource-type").map(str::to_owned) else {
        return Err(Refusal::missing_parameter("resource_type"));
    };
    if !SECTION_TYPES.contains(&kind.as_str()) {
        draft.complaints.push(Complaint::attribute(
            "resource-type",
            "is not included in the list",
        ));
    }
    if let Some(before) = draft.before {
        if text(before, "resource-type") != Some(&kind) {
            draft
                .complaints
                .push(Complaint::attribute("resource-type", "can't be changed"));
        }
    } else if number(draft.record, "sort").is_none() {
        let last = draft
            .parent
            .map_or(0, |document| last_place(world, document.id));
        draft.record.insert("sort".to_owned(), (last + 1).into());
    }
    if kind == "Document::Heading" {
        check_level(draft.record, draft.complaints);
    }
    shape_content(draft.record, &kind);
    Ok(())
}

fn check_level(record: &Record, complaints: &mut Vec<Complaint>) {
    match number(record, "level") {
        Some(1..=6) => {}
        Some(_) => complaints.push(Complaint::attribute("level", "is not included in the list")),
        None => complaints.push(Complaint::Blank("level".to_owned())),
    }
}

fn last_place(world: &World, document: u64) -> u64 {
    world
        .linked("document_sections", "document-id", document)
        .filter_map(|(_, section)| number(section, "sort"))
        .max()
        .unwrap_or(0)
}

/// Galleries have no content. Inline `<svg>` is taken out without a word.
fn shape_content(record: &mut Record, kind: &str) {
    let content = match text(record, "content") {
        Some(_) if kind == "Document::Gallery" => Value::Null,
        Some(html) => without_svg(html).into(),
        None => return,
    };
    record.insert("content".to_owned(), content);
}

fn without_svg(html: &str) -> String {
    const END: &str = "</svg>";
    let mut kept = String::new();
    let mut rest = html;
    // Lower-casing ASCII keeps every byte in its place.
    while let Some(start) = rest.to_ascii_lowercase().find("<svg") {
        let (before, from) = rest.split_at(start);
        kept.push_str(before);
        rest = match from.to_ascii_lowercase().find(END) {
            Some(end) => from.split_at(end + END.len()).1,
            None => "",
        };
    }
    kept.push_str(rest);
    kept
}

/// An image names what it belongs to, `target {type, id}`, and carries `image {content,
/// file-name}`.
pub(super) fn apply_image(world: &World, draft: &mut Draft<'_>) -> Result<(), Refusal> {
    if draft.before.is_some() {
        return Ok(());
    }
    let part = |name: &str| {
        let part = draft.sent.get(name).and_then(Value::as_object).map(folded);
        part.ok_or_else(|| Refusal::missing_parameter(name))
    };
    let (target, image) = (part("target")?, part("image")?);
    let kind = match text(&target, "type") {
        Some("gallery") => "document_sections",
        Some("document") => "documents",
        Some(_) | None => return Err(Refusal::missing_parameter("target")),
    };
    let id = target
        .get("id")
        .and_then(id_of)
        .filter(|id| world.get(kind, *id).is_some());
    let id = id.ok_or_else(Refusal::foreign_id)?;
    let is_file = text(&image, "content").and_then(base64_size).is_some();
    let Some(file_name) = text(&image, "file-name").filter(|_| is_file) else {
        draft
            .complaints
            .push(Complaint::attribute("image", "is invalid"));
        return Ok(());
    };
    draft.record.insert(
        "target".to_owned(),
        json!({ "type": target.get("type"), "id": id }),
    );
    draft
        .record
        .insert("file-name".to_owned(), file_name.into());
    draft.record.remove("image");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawings_are_taken_out_of_html() {
        assert_eq!(
            without_svg("<p>a</p><SVG><path/></svg><p>b</p>"),
            "<p>a</p><p>b</p>"
        );
        assert_eq!(without_svg("<p>ü</p><svg>"), "<p>ü</p>");
    }
}
