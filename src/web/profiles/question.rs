//! The question "what if" as it is typed.

use leptos_router::params::ParamsMap;

use crate::domain::{AgentId, Operation, OrganizationId, PermissionGroup, RecordId};
use crate::web::context::{Question, Topic};
use crate::web::forms::typed;

/// What is typed into the form, all of it text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// The id of the agent that would ask; nothing: one that is limited to nothing.
    pub agent: String,
    /// The group.
    pub group: String,
    /// What would be done.
    pub action: String,
    /// The id of the record.
    pub record: String,
    /// The id of the client.
    pub client: String,
    /// The method of an exact call.
    pub method: String,
    /// The path of an exact call; nothing: the usual call of group and action.
    pub path: String,
}

/// What is wrong with a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The name of the field; nothing: the whole.
    pub field: &'static str,
    /// What is wrong, and what to do.
    pub text: String,
}

impl Wrong {
    /// With this field.
    pub fn with(field: &'static str, text: impl Into<String>) -> Self {
        Self {
            field,
            text: text.into(),
        }
    }
}

impl Typed {
    /// What an address holds of it.
    pub fn read(query: &ParamsMap) -> Self {
        let text = |name: &str| query.get(name).unwrap_or_default().trim().to_owned();
        Self {
            agent: text("agent"),
            group: text("group"),
            action: text("action"),
            record: text("record"),
            client: text("client"),
            method: text("method"),
            path: text("path"),
        }
    }

    /// The question.
    ///
    /// # Errors
    /// What is wrong with it, beside which field.
    pub fn question(&self) -> Result<Question, Wrong> {
        let number = "Only digits, as they stand in the address of a record in IT Glue.";
        Ok(Question {
            agent: read::<AgentId>(&self.agent, "agent", "Choose one of the agents.")?,
            topic: self.topic()?,
            record: read::<RecordId>(&self.record, "record", number)?,
            organization: read::<OrganizationId>(&self.client, "client", number)?,
        })
    }

    /// Name and text of each field.
    pub fn fields(&self) -> Vec<(String, String)> {
        typed(&[
            ("agent", &self.agent),
            ("group", &self.group),
            ("action", &self.action),
            ("record", &self.record),
            ("client", &self.client),
            ("method", &self.method),
            ("path", &self.path),
        ])
    }

    fn topic(&self) -> Result<Topic, Wrong> {
        if !self.path.is_empty() {
            return Ok(Topic::Call {
                method: self.method.clone(),
                path: self.path.clone(),
            });
        }
        let group: Option<PermissionGroup> = self.group.parse().ok();
        let operation: Option<Operation> = self.action.parse().ok();
        Ok(Topic::Usual {
            group: group.ok_or_else(|| Wrong::with("group", "Choose one of the groups."))?,
            operation: operation
                .ok_or_else(|| Wrong::with("action", "Choose one of the actions."))?,
        })
    }
}

fn read<T: std::str::FromStr>(
    text: &str,
    field: &'static str,
    wrong: &str,
) -> Result<Option<T>, Wrong> {
    if text.is_empty() {
        return Ok(None);
    }
    let value = text.parse().map_err(|_| Wrong::with(field, wrong))?;
    Ok(Some(value))
}
