//! What the doors work with: built once, cheap to clone, handed out in pieces.

use std::sync::Arc;

use axum::extract::FromRef;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::clock::Clock;
use super::health::Health;
use super::installation::Installation;
use super::settings::{PublicUrl, Settings};
use crate::access::Access;
use crate::admin::Admin;
use crate::itglue::Client;
use crate::secrets::Vault;
use crate::store::Store;

/// Everything. A router names the pieces it needs as `Piece: FromRef<S>`, not this.
#[derive(Clone, FromRef)]
pub struct AppState {
    /// The tables.
    pub store: Store,
    /// The keys.
    pub vault: Vault,
    /// The way to IT Glue.
    pub itglue: Client,
    /// Finds out who is asking.
    pub access: Access,
    /// The upkeep.
    pub admin: Admin,
    /// Time and ids, as the server makes them.
    pub clock: Clock,
    /// What the operator set.
    pub settings: Arc<Settings>,
    /// The address that stands in links.
    pub public_url: PublicUrl,
    /// Wakes the worker.
    pub wake: Arc<Notify>,
    /// What the parts say of themselves.
    pub health: Health,
    /// Cancelled when the server stops: event streams and waiting answers end with it.
    pub stopping: CancellationToken,
}

impl AppState {
    /// Over an opened installation.
    pub fn new(installation: &Installation) -> Self {
        let Installation {
            settings,
            store,
            vault,
            itglue,
            hasher,
            clock,
            wake,
            is_demo: _,
        } = installation.clone();
        let time = Arc::new(clock.clone());
        Self {
            access: Access::new(store.clone(), hasher, time),
            admin: installation.admin(),
            public_url: settings.public_url.clone(),
            store,
            vault,
            itglue,
            clock,
            settings,
            wake,
            health: Health::default(),
            stopping: CancellationToken::new(),
        }
    }
}

impl FromRef<AppState> for Arc<dyn crate::domain::Clock> {
    fn from_ref(state: &AppState) -> Self {
        Arc::new(state.clock.clone())
    }
}
