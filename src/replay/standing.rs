//! How a connection has behaved lately, and when that is a reason to pause it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::settings::ReplaySettings;
use crate::domain::{ConnectionId, Timestamp};
use crate::store::{ConnectionDetails, ConnectionPause, PauseKind};

/// So many unclear endings in a row open the breaker.
const UNCLEAR_IN_A_ROW: u32 = 5;
const BREAKER_SECONDS: i64 = 60;
const FIRST_WAIT_SECONDS: i64 = 30;
const LONGEST_WAIT_SECONDS: i64 = 5 * 60;

/// The connections' standings. Kept in memory only: a restart forgives.
#[derive(Debug, Default)]
pub(super) struct Standings(Mutex<HashMap<ConnectionId, Standing>>);

#[derive(Debug, Default)]
struct Standing {
    unclear_in_a_row: u32,
    waits_in_a_row: u32,
    probed_at: Option<Timestamp>,
}

impl Standings {
    /// A request ended with a clear answer.
    pub(super) fn note_clear(&self, connection: ConnectionId) {
        self.with(connection, |standing| {
            standing.unclear_in_a_row = 0;
            standing.waits_in_a_row = 0;
        });
    }

    /// A send ended unclear; a connection on trial is paused again at once.
    pub(super) fn note_unclear(
        &self,
        settings: &ReplaySettings,
        connection: &ConnectionDetails,
        now: Timestamp,
    ) -> Option<ConnectionPause> {
        let is_on_trial = is_on_trial(connection, now);
        let in_a_row = self.with(connection.id, |standing| {
            standing.unclear_in_a_row += 1;
            standing.unclear_in_a_row
        });
        (is_on_trial || in_a_row >= UNCLEAR_IN_A_ROW).then(|| ConnectionPause {
            kind: PauseKind::Breaker,
            detail: format!("{in_a_row} writes in a row ended without a clear answer"),
            since: now,
            until: Some(now.plus_millis(settings.scaled_millis(BREAKER_SECONDS))),
        })
    }

    /// IT Glue asked to wait. Where it named no time, the wait doubles from 30 s to 5 min.
    pub(super) fn note_limited(
        &self,
        settings: &ReplaySettings,
        connection: ConnectionId,
        retry_after: Option<Duration>,
        now: Timestamp,
    ) -> ConnectionPause {
        let waits = self.with(connection, |standing| {
            standing.waits_in_a_row += 1;
            standing.waits_in_a_row
        });
        let named = retry_after.and_then(|wait| i64::try_from(wait.as_millis()).ok());
        let wait = named.unwrap_or_else(|| {
            let doubled = FIRST_WAIT_SECONDS.saturating_mul(1_i64 << (waits - 1).min(10));
            settings.scaled_millis(doubled.min(LONGEST_WAIT_SECONDS))
        });
        ConnectionPause {
            kind: PauseKind::RateLimited,
            detail: "IT Glue asked to wait: too many requests".to_owned(),
            since: now,
            until: Some(now.plus_millis(wait)),
        }
    }

    /// Whether it is time to try a refused key again; if so, the time is noted.
    pub(super) fn begin_probe(
        &self,
        connection: ConnectionId,
        paused_since: Timestamp,
        now: Timestamp,
        interval_millis: i64,
    ) -> bool {
        self.with(connection, |standing| {
            let last = standing
                .probed_at
                .map_or(paused_since, |at| at.max(paused_since));
            let is_due = now.millis_since(last) >= interval_millis;
            if is_due {
                standing.probed_at = Some(now);
            }
            is_due
        })
    }

    fn with<T>(&self, connection: ConnectionId, change: impl FnOnce(&mut Standing) -> T) -> T {
        let mut standings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        change(standings.entry(connection).or_default())
    }
}

/// The pause after IT Glue refused the key; it ends when a probe finds the key works again.
pub(super) fn key_refused(now: Timestamp) -> ConnectionPause {
    ConnectionPause {
        kind: PauseKind::KeyRefused,
        detail: "IT Glue refuses the key".to_owned(),
        since: now,
        until: None,
    }
}

/// Whether the breaker's pause is over and one item at a time may try.
pub(super) fn is_on_trial(connection: &ConnectionDetails, now: Timestamp) -> bool {
    connection.pause.as_ref().is_some_and(|pause| {
        pause.kind == PauseKind::Breaker && pause.until.is_some_and(|until| until <= now)
    })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn connection(pause: Option<ConnectionPause>) -> ConnectionDetails {
        ConnectionDetails {
            id: ConnectionId(Uuid::nil()),
            name: "main".to_owned(),
            region: "us".to_owned(),
            base_url: None,
            sealed_key: Vec::new(),
            key_last_four: String::new(),
            created_at: NOW,
            pause,
            notes: crate::store::ConnectionNotes::default(),
        }
    }

    #[test]
    fn five_unclear_endings_in_a_row_open_the_breaker() {
        let settings = ReplaySettings::default();
        let standings = Standings::default();
        let connection = connection(None);
        let unclear = || standings.note_unclear(&settings, &connection, NOW);
        for _ in 0..4 {
            assert_eq!(unclear(), None);
        }
        standings.note_clear(connection.id);
        for _ in 0..4 {
            assert_eq!(unclear(), None);
        }
        let pause = unclear().unwrap();
        assert_eq!(
            (pause.kind, pause.until),
            (PauseKind::Breaker, Some(NOW.plus_seconds(60)))
        );
    }

    #[test]
    fn a_connection_on_trial_has_one_try() {
        let settings = ReplaySettings::default();
        let pause = ConnectionPause {
            kind: PauseKind::Breaker,
            detail: String::new(),
            since: NOW,
            until: Some(NOW),
        };
        let connection = connection(Some(pause));
        assert!(is_on_trial(&connection, NOW) && !is_on_trial(&connection, NOW.plus_millis(-1)));
        let standings = Standings::default();
        assert!(
            standings
                .note_unclear(&settings, &connection, NOW)
                .is_some()
        );
    }

    #[test]
    fn waits_without_a_named_time_double() {
        let settings = ReplaySettings::default();
        let standings = Standings::default();
        let id = ConnectionId(Uuid::nil());
        let wait = |named| {
            let pause = standings.note_limited(&settings, id, named, NOW);
            pause.until.unwrap().millis_since(NOW) / 1000
        };
        let waits: Vec<i64> = (0..6).map(|_| wait(None)).collect();
        assert_eq!(waits, [30, 60, 120, 240, 300, 300]);
        assert_eq!(wait(Some(Duration::from_secs(7))), 7);
        standings.note_clear(id);
        assert_eq!(wait(None), 30);
    }

    #[test]
    fn a_refused_key_is_probed_every_minute() {
        let standings = Standings::default();
        let id = ConnectionId(Uuid::nil());
        let at = |seconds| standings.begin_probe(id, NOW, NOW.plus_seconds(seconds), 60_000);
        assert_eq!(
            [at(59), at(60), at(61), at(120)],
            [false, true, false, true]
        );
    }
}
