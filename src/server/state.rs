//! What the doors work with: built once, cheap to clone, handed out in pieces.

use std::sync::Arc;

use axum::extract::FromRef;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::clock::Clock;
use super::health::Health;
use super::installation::Installation;
use super::metrics::Metrics;
use super::settings::{PublicUrl, Settings};
use crate::access::Access;
use crate::admin::Admin;
use crate::api::ApiState;
use crate::decision::{Decision, DecisionParts};
use crate::gateway::GatewayState;
use crate::intake::{Intake, IntakeParts, IntakeSettings};
use crate::itglue::Client;
use crate::notify::{Feed, FeedParts};
use crate::reading::{Reading, ReadingParts};
use crate::replay::{ReplayParts, ReplaySettings};
use crate::review::Review;
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
    /// Takes proposals in.
    pub intake: Intake,
    /// Tells agents what becomes of their proposals.
    pub feed: Feed,
    /// Reads for agents.
    pub reading: Reading,
    /// Shows proposals.
    pub review: Review,
    /// Carries out what people decide.
    pub decision: Decision,
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
    /// What was measured.
    pub metrics: Metrics,
    /// Whether it is the demo, which every page says.
    #[from_ref(skip)]
    pub is_demo: bool,
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
            hasher: _,
            clock,
            wake,
            is_demo,
        } = installation.clone();
        let time: Arc<dyn crate::domain::Clock> = Arc::new(clock.clone());
        let intake = Intake::new(IntakeParts {
            store: store.clone(),
            vault: vault.clone(),
            itglue: itglue.clone(),
            clock: Arc::clone(&time),
            wake: Arc::clone(&wake),
            settings: intake_settings(&settings),
            fixed: settings.fixed.clone(),
        });
        let decision = Decision::new(DecisionParts {
            store: store.clone(),
            vault: vault.clone(),
            itglue: itglue.clone(),
            clock: Arc::clone(&time),
            intake: intake.clone(),
            wake: Arc::clone(&wake),
            fixed: settings.fixed.clone(),
        });
        let reading = Reading::new(ReadingParts {
            store: store.clone(),
            vault: vault.clone(),
            itglue: itglue.clone(),
            clock: Arc::clone(&time),
        });
        let access = installation.access();
        let feed = Feed::new(FeedParts {
            store: store.clone(),
            access: access.clone(),
            clock: Arc::clone(&time),
        });
        Self {
            feed,
            reading,
            review: Review::new(
                store.clone(),
                vault.clone(),
                itglue.clone(),
                Arc::clone(&time),
            ),
            access,
            intake,
            decision,
            admin: installation.admin(),
            public_url: settings.public_url.clone(),
            store,
            vault,
            itglue,
            clock,
            settings,
            wake,
            is_demo,
            health: Health::default(),
            metrics: Metrics::default(),
            stopping: CancellationToken::new(),
        }
    }
}

impl AppState {
    /// What the worker is made of.
    pub(super) fn replay_parts(&self) -> ReplayParts {
        ReplayParts {
            store: self.store.clone(),
            vault: self.vault.clone(),
            itglue: self.itglue.clone(),
            clock: Arc::new(self.clock.clone()),
            wake: Arc::clone(&self.wake),
            settings: ReplaySettings {
                settle_seconds: self.settings.settle_seconds,
                ..ReplaySettings::default()
            },
        }
    }
}

impl From<&AppState> for ApiState {
    fn from(state: &AppState) -> Self {
        Self {
            access: state.access.clone(),
            intake: state.intake.clone(),
            feed: state.feed.clone(),
            review: state.review.clone(),
            decision: state.decision.clone(),
            admin: state.admin.clone(),
            clock: Arc::new(state.clock.clone()),
            public_url: state.public_url.as_str().into(),
        }
    }
}

impl From<&AppState> for GatewayState {
    fn from(state: &AppState) -> Self {
        Self {
            access: state.access.clone(),
            intake: state.intake.clone(),
            reading: state.reading.clone(),
            public_url: state.public_url.as_str().into(),
        }
    }
}

fn intake_settings(settings: &Settings) -> IntakeSettings {
    IntakeSettings {
        rate_requests: settings.token_rate.requests,
        rate_seconds: u32::try_from(settings.token_rate.per.as_secs()).unwrap_or(u32::MAX),
        waiting_cap: settings.token_waiting,
    }
}

impl FromRef<AppState> for Arc<dyn crate::domain::Clock> {
    fn from_ref(state: &AppState) -> Self {
        Arc::new(state.clock.clone())
    }
}
