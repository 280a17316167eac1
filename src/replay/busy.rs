//! What the worker has in hand right now, so that nothing is taken up twice by one process.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

use crate::domain::ConnectionId;

/// How many items of one connection are in flight at once.
const PER_CONNECTION: usize = 2;

/// The things in hand, by id and attempt. Clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct Busy(Arc<Mutex<Things>>);

type Things = HashMap<(Uuid, u32), Hand>;

/// What is done with a thing in hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hand {
    /// It is being carried out over this connection, in this attempt.
    Writing(ConnectionId, u32),
    /// IT Glue is read for it.
    Reading,
}

/// Holds one thing; letting go of it frees the thing.
#[derive(Debug)]
pub(super) struct Held {
    busy: Busy,
    key: (Uuid, u32),
}

impl Busy {
    /// Takes a thing in hand. `None`: it already is. A claim made sure that nobody else writes, so
    /// a write only waits for itself; what reads waits for everything.
    pub(super) fn take(&self, id: Uuid, hand: Hand) -> Option<Held> {
        let mut things = self.lock();
        let (key, is_taken) = match hand {
            Hand::Writing(_, attempt) => ((id, attempt), things.contains_key(&(id, attempt))),
            Hand::Reading => ((id, 0), things.keys().any(|(taken, _)| *taken == id)),
        };
        if is_taken {
            return None;
        }
        things.insert(key, hand);
        Some(Held {
            busy: self.clone(),
            key,
        })
    }

    /// The connections over which nothing more may be taken up. Those on trial take one at a time.
    pub(super) fn full(&self, on_trial: &HashSet<ConnectionId>) -> Vec<ConnectionId> {
        let mut counts: HashMap<ConnectionId, usize> = HashMap::new();
        for hand in self.lock().values() {
            match hand {
                Hand::Writing(connection, _) => *counts.entry(*connection).or_default() += 1,
                Hand::Reading => {}
            }
        }
        counts
            .into_iter()
            .filter(|(connection, count)| *count >= PER_CONNECTION || on_trial.contains(connection))
            .map(|(connection, _)| connection)
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, Things> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.busy.lock().remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_takes_two_items_and_one_on_trial() {
        let busy = Busy::default();
        let connection = ConnectionId(Uuid::from_u128(9));
        let first = busy.take(Uuid::from_u128(1), Hand::Writing(connection, 1));
        assert!(first.is_some());
        assert!(busy.take(Uuid::from_u128(1), Hand::Reading).is_none());
        assert_eq!(busy.full(&HashSet::new()), []);
        assert_eq!(busy.full(&HashSet::from([connection])), [connection]);
        assert!(
            busy.take(Uuid::from_u128(1), Hand::Writing(connection, 1))
                .is_none()
        );
        let second = busy.take(Uuid::from_u128(2), Hand::Writing(connection, 1));
        assert_eq!(busy.full(&HashSet::new()), [connection]);
        drop((first, second));
        assert_eq!(busy.full(&HashSet::from([connection])), []);
    }
}
