//! Pauses, settings, and what becomes of a restored database.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain;
use crate::domain::{PauseReach, SecondFactor, SettingView, Timestamp};

/// Something that is held back.
#[derive(Debug, Serialize, ToSchema)]
pub struct Pause {
    scope: PauseReach,
    /// The id of what it is about; null for everything.
    id: Option<String>,
    name: String,
    reason: String,
    since: Timestamp,
    by: String,
}

impl Pause {
    /// As it is stored.
    pub fn of(pause: &domain::Pause) -> Self {
        Self {
            scope: pause.scope.reach(),
            id: pause.scope.id(),
            name: pause.name.clone(),
            reason: pause.reason.clone(),
            since: pause.since,
            by: pause.by.clone(),
        }
    }
}

/// What may change while the server runs. It is one page.
#[derive(Debug, Serialize, ToSchema)]
pub struct SettingsList {
    /// Each with its default and where its value comes from.
    pub items: Vec<SettingView>,
    /// Always null.
    pub next_cursor: Option<String>,
    /// Who has to have a second factor; fixed until the next start.
    pub second_factor: SecondFactor,
}

/// Whether everything is held back because the database was restored from a backup.
#[derive(Debug, Serialize, ToSchema)]
pub struct Restore {
    /// Whether nothing is sent.
    pub held: bool,
    /// How it was noticed.
    pub sign: Option<String>,
}

/// What was done with a restored database.
#[derive(Debug, Serialize, ToSchema)]
pub struct AcceptedRestore {
    /// How many sends are looked for in IT Glue first.
    pub doubted: u64,
    /// How many people have to tell about.
    pub asked: u64,
    /// How many proposals were marked.
    pub marked: u64,
}
