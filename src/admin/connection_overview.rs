//! How the connections fare.

use std::collections::HashMap;

use super::{Admin, AdminError, Ref};
use crate::access::{Administrator, open_account};
use crate::domain::{ConnectionId, Timestamp, named_enum};
use crate::itglue::BudgetUse;
use crate::store::{ConnectionDetails, PauseKind, Uses};

/// A connection, and how it fares.
#[derive(Clone, Debug)]
pub struct ConnectionOverview {
    /// The connection.
    pub connection: ConnectionDetails,
    /// How it is.
    pub health: ConnectionHealth,
    /// In a few words, where there is more to say.
    pub health_detail: Option<String>,
    /// How many proposals over it have not come to their end.
    pub waiting: u32,
    /// How many agents work over it.
    pub agents: u32,
    /// What this process has asked of IT Glue lately.
    pub budget: Option<BudgetUse>,
    /// When IT Glue last answered as it should.
    pub last_success_at: Option<Timestamp>,
    /// Whether the key may list passwords, as the last test found.
    pub password_access: Option<bool>,
}

named_enum! {
    /// How a connection is.
    pub enum ConnectionHealth {
        /// Nothing stands in the way.
        Working = "working",
        /// It was never tried out.
        Untested = "untested",
        /// The stored key cannot be opened; every other connection goes on.
        KeyUnreadable = "key_unreadable",
        /// IT Glue refuses the key.
        KeyRefused = "key_refused",
        /// IT Glue asked to wait.
        RateLimited = "rate_limited",
        /// IT Glue has not answered clearly for a while.
        Unreachable = "unreachable",
        /// A person paused it.
        Paused = "paused",
    }
}

impl Admin {
    /// All connections, by name, and how each fares.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn connection_overviews(
        &self,
        _by: &Administrator,
    ) -> Result<Vec<ConnectionOverview>, AdminError> {
        let uses = self.0.store.connection_uses().await?;
        let connections = self.0.store.connections().await?;
        Ok(connections
            .into_iter()
            .map(|connection| self.overview(connection, &uses))
            .collect())
    }

    /// One connection, and how it fares.
    ///
    /// # Errors
    /// [`AdminError`], `Missing` among them.
    pub async fn connection_overview(
        &self,
        _by: &Administrator,
        reference: &Ref<ConnectionId>,
    ) -> Result<ConnectionOverview, AdminError> {
        let connection = self.connection_of(reference).await?;
        let uses = self.0.store.connection_uses().await?;
        Ok(self.overview(connection, &uses))
    }

    fn overview(
        &self,
        connection: ConnectionDetails,
        uses: &HashMap<ConnectionId, Uses>,
    ) -> ConnectionOverview {
        let (health, health_detail) = self.health(&connection);
        let uses = uses.get(&connection.id).copied().unwrap_or_default();
        ConnectionOverview {
            health,
            health_detail,
            waiting: uses.waiting,
            agents: uses.agents,
            budget: self.0.itglue.budget_use(connection.id),
            last_success_at: connection.notes.last_success_at,
            password_access: connection.notes.password_access,
            connection,
        }
    }

    /// A key that does not open says more than a pause.
    fn health(&self, connection: &ConnectionDetails) -> (ConnectionHealth, Option<String>) {
        if let Err(error) = open_account(&self.0.vault, connection) {
            return (ConnectionHealth::KeyUnreadable, Some(error.to_string()));
        }
        let Some(pause) = &connection.pause else {
            let notes = connection.notes;
            let was_seen = notes.tested_at.or(notes.last_success_at).is_some();
            let health = if was_seen {
                ConnectionHealth::Working
            } else {
                ConnectionHealth::Untested
            };
            return (health, None);
        };
        let health = match pause.kind {
            PauseKind::Operator => ConnectionHealth::Paused,
            PauseKind::KeyRefused => ConnectionHealth::KeyRefused,
            PauseKind::RateLimited => ConnectionHealth::RateLimited,
            PauseKind::Breaker => ConnectionHealth::Unreachable,
        };
        (health, Some(pause.detail.clone()))
    }
}
