//! How often somebody may guess. A try is counted as wrong, and that is on disk, before anybody looks
//! at it; if it was right, it is taken back.
//!
//! An account has two counters: one for browsers that have signed in before, which carry a mark, and one
//! for all others. Strangers therefore close an account to strangers alone. Both together let no more
//! than a hundred wrong tries in a row through.

use std::net::IpAddr;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::error::SignInError;
use super::service::Access;
use crate::domain::{Actor, AuditAction, AuditEvent, Timestamp, UserId};
use crate::secrets::Purpose;
use crate::store::{CountedGuess, GuessCount, GuessKey, GuessKind, StoreError};

const MINUTE_MILLIS: i64 = 60 * 1000;
const DAY_MILLIS: i64 = 24 * 60 * MINUTE_MILLIS;
/// Wrong tries a minute from one address, whatever they are aimed at.
const OF_ADDRESS: u32 = 10;

/// Why nobody looks at a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hindrance {
    /// Too early: this many seconds are left.
    Wait(u32),
    /// The account is closed.
    Closed,
}

impl From<Hindrance> for SignInError {
    fn from(hindrance: Hindrance) -> Self {
        match hindrance {
            Hindrance::Wait(seconds) => Self::Wait { seconds },
            Hindrance::Closed => Self::Closed,
        }
    }
}

/// Somebody who gives a password or a code.
pub(super) struct Guesser<'a> {
    /// The address of the account, as typed.
    pub email: &'a str,
    /// Whose account it is, if there is one.
    pub user_id: Option<UserId>,
    /// Whether the browser has signed in as this person before.
    pub is_known: bool,
    /// From where.
    pub address: Option<&'a String>,
}

/// A try that was counted.
pub(super) struct Try {
    at_account: CountedGuess,
    from_address: Option<CountedGuess>,
}

impl Try {
    fn all(&self) -> Vec<CountedGuess> {
        std::iter::once(self.at_account)
            .chain(self.from_address)
            .collect()
    }
}

/// Whether a counter of an account has closed it.
#[must_use]
pub fn is_closed(kind: GuessKind, count: &GuessCount) -> bool {
    let (of_a_day, in_all) = match kind {
        GuessKind::Account => (50, 75),
        GuessKind::Browser => (25, 25),
        GuessKind::Address | GuessKind::SetUp => return false,
    };
    count.failures >= of_a_day || count.total >= in_all
}

/// What a counter says after one more wrong try at this time, if anybody looks at it.
pub(super) fn count(
    key: &GuessKey,
    before: Option<GuessCount>,
    at: Timestamp,
) -> Result<GuessCount, Hindrance> {
    let first = GuessCount {
        failures: 1,
        total: 1,
        since: at,
        last_at: at,
        failed_at: None,
    };
    let Some(before) = before else {
        return Ok(first);
    };
    if is_closed(key.kind, &before) {
        return Err(Hindrance::Closed);
    }
    let (window, wait) = match key.kind {
        GuessKind::Account | GuessKind::Browser | GuessKind::SetUp => {
            // A clock that was set back makes nobody wait.
            let since = before
                .failed_at
                .map_or(i64::MAX, |failed| at.millis_since(failed));
            let wait = wait_seconds(before.failures) * 1000;
            (
                DAY_MILLIS,
                if since < 0 { 0 } else { wait - since.min(wait) },
            )
        }
        GuessKind::Address => {
            let since = at.millis_since(before.since);
            let is_full = before.failures >= OF_ADDRESS && (0..MINUTE_MILLIS).contains(&since);
            (
                MINUTE_MILLIS,
                if is_full { MINUTE_MILLIS - since } else { 0 },
            )
        }
    };
    if wait > 0 {
        return Err(Hindrance::Wait(seconds(wait)));
    }
    let total = before.total.saturating_add(1);
    if !(0..window).contains(&at.millis_since(before.since)) {
        return Ok(GuessCount { total, ..first });
    }
    Ok(GuessCount {
        failures: before.failures.saturating_add(1),
        total,
        last_at: at,
        ..before
    })
}

/// How long to wait after so many wrong tries.
const fn wait_seconds(failures: u32) -> i64 {
    match failures {
        0 => 0,
        1 => 1,
        2 => 3,
        3 => 5,
        4..=9 => 10,
        10..=19 => 30,
        20.. => 60,
    }
}

fn seconds(millis: i64) -> u32 {
    u32::try_from(millis.saturating_add(999) / 1000).unwrap_or(u32::MAX)
}

impl Access {
    /// Counts a try before anybody looks at it.
    pub(super) async fn count_try(&self, guesser: &Guesser<'_>) -> Result<Try, SignInError> {
        let now = self.clock.now();
        let mut keys = vec![account_key(guesser)];
        keys.extend(
            guesser
                .address
                .map(|address| address_key(GuessKind::Address, address)),
        );
        let counted = self
            .store
            .count_guess(&keys, now, |key, before| count(key, before, now))
            .await??;
        let mut counted = counted.into_iter();
        let at_account = counted.next().ok_or(StoreError::Changed)?;
        Ok(Try {
            at_account,
            from_address: counted.next(),
        })
    }

    /// The try was right and there is nothing left to guess: the counter of the account begins anew.
    pub(super) async fn was_right(&self, tried: &Try) -> Result<(), StoreError> {
        self.store.forget_guesses(&tried.at_account.key).await?;
        self.store
            .take_back_guess(tried.from_address.as_slice())
            .await
    }

    /// The try does not count: it was right and the next thing to guess is due, or nobody could look.
    pub(super) async fn take_back(&self, tried: &Try) -> Result<(), StoreError> {
        self.store.take_back_guess(&tried.all()).await
    }

    /// The try was wrong: that is written down, and with it that the account is closed now.
    pub(super) async fn was_wrong(
        &self,
        tried: &Try,
        actor: Actor,
        address: Option<String>,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        let key = tried.at_account.key;
        let on_user = |event: AuditEvent| match key.user_id {
            Some(user) => event.on("user", user),
            None => event,
        };
        let failed = AuditEvent::new(now, actor, AuditAction::SignInFailed).from(address.clone());
        let mut events = vec![on_user(failed)];
        if key.user_id.is_some() && is_closed(key.kind, &tried.at_account.now) {
            let closed = AuditEvent::new(now, Actor::Policy, AuditAction::AccountClosed)
                .with(serde_json::json!({ "counter": key.kind }))
                .from(address);
            events.push(on_user(closed));
        }
        self.store.confirm_guess(&tried.all(), now, &events).await
    }

    /// The mark for a browser that has signed in as this person.
    pub(super) fn mark_of(&self, user: UserId) -> String {
        let message = [b"mark/v1/".as_slice(), user.0.as_bytes()].concat();
        let mac = self.vault.mac(Purpose::Cookie, &message);
        mac.iter()
            .flat_map(|byte| [byte >> 4, byte & 15])
            .filter_map(|digit| char::from_digit(digit.into(), 16))
            .collect()
    }

    /// Whether the mark says that the browser has signed in as this person.
    pub(super) fn is_marked(&self, user: UserId, mark: Option<&String>) -> bool {
        let expected = self.mark_of(user);
        mark.is_some_and(|mark| mark.as_bytes().ct_eq(expected.as_bytes()).into())
    }
}

/// The counter at this address of the set-up.
pub(super) fn setup_key(address: Option<&String>) -> GuessKey {
    address_key(GuessKind::SetUp, address.map_or("", String::as_str))
}

fn account_key(guesser: &Guesser<'_>) -> GuessKey {
    let kind = if guesser.is_known {
        GuessKind::Browser
    } else {
        GuessKind::Account
    };
    GuessKey {
        kind,
        key: hash(kind, &guesser.email.trim().to_lowercase()),
        user_id: guesser.user_id,
    }
}

/// Whoever has an IPv6 address has the 2^64 addresses beside it.
fn address_key(kind: GuessKind, address: &str) -> GuessKey {
    let place = match address
        .parse::<IpAddr>()
        .map(|address| address.to_canonical())
    {
        Ok(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        Ok(IpAddr::V4(address)) => address.to_string(),
        Err(_) => address.to_owned(),
    };
    GuessKey {
        kind,
        key: hash(kind, &place),
        user_id: None,
    }
}

fn hash(kind: GuessKind, text: &str) -> [u8; 32] {
    Sha256::digest(format!("{kind}/{text}").as_bytes()).into()
}
