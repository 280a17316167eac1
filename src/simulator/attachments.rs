//! Attachments: a file in base64 on any record; only its name can change later.

use serde_json::Value;

use super::body::folded;
use super::refusal::{Complaint, Refusal};
use super::world::{Record, text};
use super::write::Draft;

pub(super) fn apply(draft: &mut Draft<'_>) -> Result<(), Refusal> {
    if draft.before.is_some() {
        keep_file(draft.before, draft.record);
        return Ok(());
    }
    let file = draft
        .sent
        .get("attachment")
        .and_then(Value::as_object)
        .map(folded)
        .ok_or_else(|| Refusal::missing_parameter("attachment"))?;
    let (Some(content), Some(name)) = (text(&file, "content"), text(&file, "file-name")) else {
        return Err(Refusal::missing_parameter("attachment"));
    };
    match base64_size(content) {
        None => draft
            .complaints
            .push(Complaint::attribute("attachment", "is not valid base64")),
        Some(size) => {
            draft
                .record
                .insert("attachment-file-size".to_owned(), size.into());
        }
    }
    match content_type(name) {
        None => draft
            .complaints
            .push(Complaint::attribute("attachment", "needs a file extension")),
        Some(kind) => {
            draft
                .record
                .insert("attachment-content-type".to_owned(), kind.into());
        }
    }
    if text(draft.record, "name").is_none_or(str::is_empty) {
        draft.record.insert("name".to_owned(), name.into());
    }
    draft
        .record
        .insert("attachment-file-name".to_owned(), name.into());
    draft.record.remove("attachment");
    draft.record.insert("_content".to_owned(), content.into());
    hang(draft);
    Ok(())
}

/// Notes the record in the path as the one this hangs on.
pub(super) fn hang(draft: &mut Draft<'_>) {
    if let Some(parent) = draft.parent {
        draft
            .record
            .insert("resource-id".to_owned(), parent.id.into());
        draft
            .record
            .insert("resource-type".to_owned(), parent.resource.wire.into());
    }
}

fn keep_file(before: Option<&Record>, record: &mut Record) {
    record.remove("attachment");
    if text(record, "name").is_none_or(str::is_empty) {
        let name = before.and_then(|before| before.get("name")).cloned();
        record.insert("name".to_owned(), name.unwrap_or(Value::Null));
    }
}

/// How many bytes a text stands for; `None` unless it is strict base64.
pub(super) fn base64_size(text: &str) -> Option<usize> {
    let digits = text.trim_end_matches('=');
    let padding = text.len() - digits.len();
    let is_strict = !text.is_empty()
        && text.len().is_multiple_of(4)
        && padding <= 2
        && digits
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/');
    is_strict.then(|| text.len() / 4 * 3 - padding)
}

/// The media type by a file's extension; `None` if it has no extension.
fn content_type(name: &str) -> Option<&'static str> {
    let (stem, extension) = name.rsplit_once('.')?;
    if stem.is_empty() || extension.is_empty() {
        return None;
    }
    Some(match extension.to_ascii_lowercase().as_str() {
        "pdf" => "application/pdf",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "txt" | "log" => "text/plain",
        "csv" => "text/csv",
        "zip" => "application/zip",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _ => "application/octet-stream",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_strictly() {
        assert_eq!(base64_size("aGVsbG8="), Some(5));
        assert_eq!(base64_size("aGVsbG8"), None);
        assert_eq!(base64_size("aGVs\nbG8="), None);
        assert_eq!(base64_size(""), None);
        assert_eq!(base64_size("a==="), None);
    }
}
