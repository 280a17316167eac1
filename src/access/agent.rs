//! An agent that has shown its token.

use serde_json::json;

use crate::domain::{Actor, AgentId, AuditAction, AuditEvent, Route, Timestamp, TokenId};
use crate::store::{AgentAccount, AgentDetails, ConnectionDetails};

/// Proof that an agent's valid token was presented. It opens proposing and reading, never deciding.
#[derive(Clone, Debug)]
pub struct Agent {
    pub(super) account: AgentAccount,
    pub(super) token_id: TokenId,
    pub(super) address: Option<String>,
}

impl Agent {
    /// Its id.
    pub const fn id(&self) -> AgentId {
        self.account.details.agent.id
    }

    /// The token it came with.
    pub const fn token_id(&self) -> TokenId {
        self.token_id
    }

    /// The agent with its profile, as they are now.
    pub const fn details(&self) -> &AgentDetails {
        &self.account.details
    }

    /// Its connection, the key encrypted.
    pub const fn connection(&self) -> &ConnectionDetails {
        &self.account.connection
    }

    /// From where it came.
    pub const fn address(&self) -> Option<&String> {
        self.address.as_ref()
    }

    /// What the policy told it, for the audit.
    pub fn refusal(&self, at: Timestamp, rule: &str, request: &Route) -> AuditEvent {
        AuditEvent::new(at, self.actor(), AuditAction::Refused)
            .on("agent", self.id())
            .with(json!({ "rule": rule, "request": request.to_string() }))
            .from(self.address.clone())
    }

    /// Who acts, for the audit.
    pub const fn actor(&self) -> Actor {
        Actor::Agent {
            id: self.id(),
            token: self.token_id,
        }
    }
}
