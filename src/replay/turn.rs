//! An item with all that is needed to read or write for it.

use super::error::ReplayError;
use super::worker::Worker;
use crate::access::open_account;
use crate::domain::{Item, ItemRequest, Proposal, ResourceKind};
use crate::itglue::Account;
use crate::policy::catalogue;
use crate::secrets::exact_body;
use crate::store::{ConnectionDetails, Due, PauseKind};

/// An item whose turn it is. Its exact request may hold secrets, so it is never logged.
pub(super) struct Turn {
    pub(super) proposal: Proposal,
    pub(super) item: Item,
    /// The request with the exact body.
    pub(super) request: ItemRequest,
    pub(super) kind: &'static ResourceKind,
    pub(super) connection: ConnectionDetails,
    pub(super) account: Account,
}

impl Turn {
    /// Opens body and connection of an item.
    ///
    /// # Errors
    /// If either cannot be opened; the item has to wait.
    pub(super) async fn open(worker: &Worker, due: Due) -> Result<Self, ReplayError> {
        let Due { proposal, item } = due;
        let request = ItemRequest {
            body: exact_body(&worker.vault, &item)?,
            ..item.request.clone()
        };
        let kind =
            catalogue::resource(&request.resource).ok_or(ReplayError::Missing("kind of record"))?;
        let connection = worker
            .store
            .connection(proposal.connection.id)
            .await?
            .ok_or(ReplayError::Missing("connection"))?;
        let account = open_account(&worker.vault, &connection)?;
        Ok(Self {
            proposal,
            item,
            request,
            kind,
            connection,
            account,
        })
    }

    /// Whether this is the one try that shows whether the connection works again.
    pub(super) fn is_on_trial(&self) -> bool {
        self.connection
            .pause
            .as_ref()
            .is_some_and(|pause| pause.kind == PauseKind::Breaker)
    }
}
