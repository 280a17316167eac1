//! IT Glue's errors, in all the forms they come in (api-facts, section 9).

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::domain::json;

/// How many errors of one answer are kept.
const MAX_ERRORS: usize = 20;
/// How many characters of one text are kept.
const MAX_CHARACTERS: usize = 500;

/// One error as IT Glue worded it. Foreign text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteError {
    /// `422` or `unprocessable_entity`.
    pub status: Option<String>,
    /// What kind of error it is.
    pub title: Option<String>,
    /// What is wrong.
    pub detail: Option<String>,
    /// Where, always with a slash in front: `/data/attributes/name`.
    pub pointer: Option<String>,
}

impl fmt::Display for RemoteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.title, &self.detail) {
            (Some(title), Some(detail)) => write!(f, "{title}: {detail}")?,
            (Some(text), None) | (None, Some(text)) => f.write_str(text)?,
            (None, None) => match &self.status {
                Some(status) => write!(f, "error {status}")?,
                None => f.write_str("an error without words")?,
            },
        }
        if let Some(pointer) = &self.pointer {
            write!(f, " ({})", pointer.trim_start_matches('/'))?;
        }
        Ok(())
    }
}

/// The errors an answer names; none if it names none that can be read.
pub(super) fn read_errors(body: &[u8]) -> Vec<RemoteError> {
    match json::parse_unfolded(body) {
        Ok(document) => errors_of(&document),
        Err(_) => of_plain_text(body).into_iter().collect(),
    }
}

/// The errors that a kept answer names.
pub fn errors_of(document: &Value) -> Vec<RemoteError> {
    match document {
        Value::Object(members) => of_document(members),
        Value::String(text) => vec![of_text(text)],
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => Vec::new(),
    }
}

/// Whether an error says where it is: then it is about the request, not about the key.
pub(super) fn has_pointer(errors: &[RemoteError]) -> bool {
    errors.iter().any(|error| error.pointer.is_some())
}

fn of_document(members: &Map<String, Value>) -> Vec<RemoteError> {
    match members.get("errors") {
        Some(Value::Array(errors)) => errors
            .iter()
            .take(MAX_ERRORS)
            .filter_map(of_value)
            .collect(),
        Some(error) => of_value(error).into_iter().collect(),
        // The gateway in front of IT Glue answers in its own words.
        None => ["message", "error"]
            .into_iter()
            .find_map(|key| words(members.get(key)?))
            .map(|text| of_text(&text))
            .into_iter()
            .collect(),
    }
}

fn of_value(value: &Value) -> Option<RemoteError> {
    let Value::Object(members) = value else {
        return words(value).map(|text| of_text(&text));
    };
    let error = RemoteError {
        status: members.get("status").and_then(words),
        title: members.get("title").and_then(words),
        detail: members.get("detail").and_then(words),
        pointer: members
            .get("source")
            .and_then(|source| source.get("pointer"))
            .and_then(words)
            .map(|pointer| format!("/{}", pointer.trim_start_matches('/'))),
    };
    (error != RemoteError::default()).then_some(error)
}

fn of_text(text: &str) -> RemoteError {
    RemoteError {
        detail: Some(shortened(text)),
        ..RemoteError::default()
    }
}

/// A short sentence that is not JSON. Pages of HTML say nothing to anybody.
fn of_plain_text(body: &[u8]) -> Option<RemoteError> {
    let text = std::str::from_utf8(body).ok()?.trim();
    let is_sentence = !text.is_empty() && !text.starts_with(['<', '{', '[']);
    is_sentence.then(|| of_text(text))
}

/// A text, a number, or a list of those.
fn words(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(parts) => {
            let parts: Vec<_> = parts
                .iter()
                .take(MAX_ERRORS)
                .filter_map(plain_words)
                .collect();
            Some(parts.join(", "))
        }
        Value::Null | Value::Bool(_) | Value::Object(_) => None,
    }
    .filter(|text| !text.is_empty())
    .map(|text| shortened(&text))
}

fn plain_words(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(MAX_CHARACTERS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(
        r#"{"errors":[{"status":422,"title":"Unprocessable Entity","detail":"Request contains invalid trait keys","source":{"pointer":"data/attributes/traits"}}]}"#,
        "Unprocessable Entity: Request contains invalid trait keys (data/attributes/traits)"
    )]
    #[case(
        r#"{"errors":[{"source":{"pointer":"/data/attributes/flexible-asset-traits.url"},"detail":["can't be blank"],"title":"Unprocessable Entity","status":422}]}"#,
        "Unprocessable Entity: can't be blank (data/attributes/flexible-asset-traits.url)"
    )]
    #[case(
        r#"{"errors":[{"status":422,"title":"Valid organization_id is required","source":{"pointer":"data/attributes/organization_id"}}]}"#,
        "Valid organization_id is required (data/attributes/organization_id)"
    )]
    #[case(
        r#"{"errors":[{"status":"unprocessable_entity","source":{"pointer":"data"}}]}"#,
        "error unprocessable_entity (data)"
    )]
    #[case(
        r#"{"errors":[{"status":401,"title":"Unauthorized","detail":"Unauthorized resource access","source":{"pointer":"id"}}]}"#,
        "Unauthorized: Unauthorized resource access (id)"
    )]
    #[case(r#"{"message":"Too Many Requests"}"#, "Too Many Requests")]
    #[case(r#"{"error":"nope"}"#, "nope")]
    #[case(r#"{"errors":"nope"}"#, "nope")]
    #[case(r#"{"errors":["nope"]}"#, "nope")]
    #[case(r#""param is missing""#, "param is missing")]
    #[case(
        "param is missing or the value is empty: resource_type",
        "param is missing or the value is empty: resource_type"
    )]
    fn errors_are_read_in_every_form(#[case] body: &str, #[case] shown: &str) {
        let errors = read_errors(body.as_bytes());
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert_eq!(errors[0].to_string(), shown);
    }

    #[rstest]
    #[case("")]
    #[case("<html>502</html>")]
    #[case("{\"errors\":[{}]}")]
    #[case("{\"errors\":null}")]
    #[case("[1]")]
    #[case("{\"errors\":[{\"detail\":\"cut")]
    fn what_cannot_be_read_names_no_error(#[case] body: &str) {
        assert_eq!(read_errors(body.as_bytes()), Vec::new());
    }

    #[test]
    fn pointers_get_one_slash_in_front() {
        let body = br#"{"errors":[{"source":{"pointer":"id"}},{"source":{"pointer":"/id"}}]}"#;
        let errors = read_errors(body);
        assert!(
            errors
                .iter()
                .all(|error| error.pointer.as_deref() == Some("/id"))
        );
        assert!(has_pointer(&errors));
    }

    #[test]
    fn long_texts_and_lists_are_shortened() {
        let long = "ä".repeat(600);
        let body = format!(
            r#"{{"errors":[{}{{"detail":"{long}"}}]}}"#,
            "{\"title\":\"x\"},".repeat(30)
        );
        let errors = read_errors(body.as_bytes());
        assert_eq!(errors.len(), MAX_ERRORS);
        let shown = read_errors(long.as_bytes());
        assert_eq!(shown[0].to_string().chars().count(), MAX_CHARACTERS + 1);
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read_errors(&bytes).iter().map(ToString::to_string).count();
        }
    }
}
