//! A write that is good to try with: small, harmless, and about a record that really exists.

use serde_json::{Value, json};

use super::{Admin, AdminError, Ref};
use crate::access::{Administrator, open_account};
use crate::domain::{ConnectionId, Method, Route};

/// What the sample adds to the notes of a contact.
const LINE: &str = "Sample of the Countersign set-up; reject it if this line is not wanted.";

/// A write that an agent could propose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleWrite {
    /// The method.
    pub method: &'static str,
    /// IT Glue's path.
    pub path: String,
    /// The body.
    pub body: Value,
    /// What for.
    pub summary: String,
}

impl SampleWrite {
    /// The same as a line for the shell: a proposal to the server at this address, with this token.
    pub fn curl(&self, address: &str, token: &str) -> String {
        let proposal = json!({
            "method": self.method,
            "path": self.path,
            "body": self.body,
            "summary": self.summary,
        });
        // In single quotes the shell takes everything as it stands but a single quote.
        let proposal = proposal.to_string().replace('\'', r"'\''");
        let address = address.trim_end_matches('/');
        format!(
            "curl -sS '{address}/api/v1/proposals' -H 'Authorization: Bearer {token}' \
             -H 'Content-Type: application/json' -d '{proposal}'"
        )
    }
}

impl Admin {
    /// A line more in the notes of the first contact that IT Glue shows over this connection.
    /// `None` if there is none, or IT Glue does not answer: then there is nothing to try with.
    ///
    /// # Errors
    /// [`AdminError`], `Missing` among them.
    pub async fn sample_write(
        &self,
        _by: &Administrator,
        connection: &Ref<ConnectionId>,
    ) -> Result<Option<SampleWrite>, AdminError> {
        let connection = self.connection_of(connection).await?;
        let account = open_account(&self.0.vault, &connection)?;
        let route = Route {
            method: Method::Get,
            path: "/contacts".to_owned(),
            query: vec![("page[size]".to_owned(), "10".to_owned())],
        };
        let Ok(answer) = self.0.itglue.read(&account, &route).await else {
            return Ok(None);
        };
        Ok(first_contact(&answer.body))
    }
}

/// The first one that IT Glue lets be written: what another system keeps, it refuses.
fn first_contact(answer: &Value) -> Option<SampleWrite> {
    let is_own = |contact: &&Value| {
        let kept_by = contact.pointer("/attributes/psa-integration");
        kept_by.and_then(Value::as_str) != Some("enabled")
    };
    let contact = answer.get("data")?.as_array()?.iter().find(is_own)?;
    // Only digits go on into a path.
    let id: u64 = contact.get("id")?.as_str()?.parse().ok()?;
    let text = |name: &str| {
        let pointer = format!("/attributes/{name}");
        contact.pointer(&pointer).and_then(Value::as_str)
    };
    let notes = match text("notes").filter(|notes| !notes.is_empty()) {
        Some(notes) => format!("{notes}\n{LINE}"),
        None => LINE.to_owned(),
    };
    Some(SampleWrite {
        method: "PATCH",
        path: format!("/contacts/{id}"),
        body: json!({ "data": { "type": "contacts", "attributes": { "notes": notes } } }),
        summary: "Sample: a line more in the notes".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(contacts: &Value) -> Value {
        json!({ "data": contacts })
    }

    #[test]
    fn the_sample_keeps_what_the_notes_held() {
        let sample = first_contact(&answer(&json!([
            { "id": "7", "attributes": { "psa-integration": "enabled", "notes": "" } },
            { "id": "8", "attributes": { "psa-integration": null, "notes": "Prefers e-mail" } },
        ])))
        .unwrap();
        assert_eq!(sample.path, "/contacts/8");
        let notes = sample.body.pointer("/data/attributes/notes").unwrap();
        assert!(notes.as_str().unwrap().starts_with("Prefers e-mail\n"));
    }

    #[test]
    fn without_a_contact_there_is_no_sample() {
        assert_eq!(first_contact(&answer(&json!([]))), None);
        assert_eq!(first_contact(&json!({})), None);
        assert_eq!(first_contact(&answer(&json!([{ "id": "../7" }]))), None);
    }

    #[test]
    fn the_line_for_the_shell_survives_a_quote() {
        let sample = SampleWrite {
            method: "PATCH",
            path: "/contacts/8".to_owned(),
            body: json!({ "notes": "Dana's" }),
            summary: "Sample".to_owned(),
        };
        let line = sample.curl("https://gate.example/", "cs_agent_x");
        assert!(line.contains("'https://gate.example/api/v1/proposals'"));
        assert!(line.contains(r"Dana'\''s"), "{line}");
    }
}
