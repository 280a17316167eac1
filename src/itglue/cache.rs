//! What changes seldom and is asked for often, kept for a minute: schemas and organizations' names.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::domain::{AssetSchema, ConnectionId, NamedRecord, RecordId};

const LIFETIME: Duration = Duration::from_mins(1);
const MAX_ENTRIES: usize = 2_000;

/// Kept answers, for each connection apart.
#[derive(Debug, Default)]
pub struct Cache {
    pub(super) schemas: Kept<AssetSchema>,
    pub(super) organizations: Kept<NamedRecord>,
}

/// Values by connection and id.
#[derive(Debug)]
pub(super) struct Kept<T>(Mutex<Entries<T>>);

type Entries<T> = HashMap<(ConnectionId, RecordId), (Instant, T)>;

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> Kept<T> {
    pub(super) fn find(&self, connection: ConnectionId, id: RecordId) -> Option<T> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (kept_at, value) = entries.get(&(connection, id))?;
        (kept_at.elapsed() < LIFETIME).then(|| value.clone())
    }

    pub(super) fn keep(&self, connection: ConnectionId, id: RecordId, value: T) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= MAX_ENTRIES {
            entries.retain(|_, (kept_at, _)| kept_at.elapsed() < LIFETIME);
        }
        if entries.len() >= MAX_ENTRIES {
            entries.clear();
        }
        entries.insert((connection, id), (Instant::now(), value));
    }
}
