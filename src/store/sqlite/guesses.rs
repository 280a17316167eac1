//! Wrong tries, counted before anybody looks at them, so that neither a restart nor many at once
//! loses one.

use super::rows::{named, time, when};
use super::{Store, Tx, audit};
use crate::domain::{AuditEvent, Timestamp, UserId};
use crate::store::{CountedGuess, GuessCount, GuessKey, GuessKind, StoreError};

/// Counters of addresses are of no use any more after this time.
const ADDRESS_MILLIS: i64 = 24 * 60 * 60 * 1000;
/// Counters of accounts that do not exist.
const UNKNOWN_MILLIS: i64 = 30 * ADDRESS_MILLIS;

impl Store {
    /// Counts a try as wrong at each of these counters, by what the rule makes of what they say; the
    /// outer result is the store's. If the rule says no to one, nothing is counted.
    ///
    /// # Errors
    /// If the database does not answer or a row makes no sense.
    pub async fn count_guess<E: Send>(
        &self,
        keys: &[GuessKey],
        at: Timestamp,
        rule: impl Fn(&GuessKey, Option<GuessCount>) -> Result<GuessCount, E> + Send + Sync,
    ) -> Result<Result<Vec<CountedGuess>, E>, StoreError> {
        let mut tx = self.begin().await?;
        let mut counted = Vec::with_capacity(keys.len());
        for key in keys {
            let before = count_of(&mut tx, key).await?;
            match rule(key, before) {
                Ok(now) => counted.push(CountedGuess { key: *key, now }),
                Err(error) => return Ok(Err(error)),
            }
        }
        for guess in &counted {
            write(&mut tx, &guess.key, guess.now).await?;
        }
        forget_old(&mut tx, at).await?;
        tx.commit().await?;
        Ok(Ok(counted))
    }

    /// Takes a counted try back: it was right, or nobody could look at it.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn take_back_guess(&self, counted: &[CountedGuess]) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        for guess in counted {
            let (kind, key) = (guess.key.kind.as_str(), guess.key.key.as_slice());
            sqlx::query!(
                "UPDATE guesses
                SET failures = max(failures - 1, 0), total = max(total - 1, 0)
                WHERE kind = $1 AND key = $2",
                kind,
                key,
            )
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Notes that a counted try was found wrong, with what else there is to say of it.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn confirm_guess(
        &self,
        counted: &[CountedGuess],
        at: Timestamp,
        events: &[AuditEvent],
    ) -> Result<(), StoreError> {
        let at = at.as_millis();
        let mut tx = self.begin().await?;
        for guess in counted {
            let (kind, key) = (guess.key.kind.as_str(), guess.key.key.as_slice());
            sqlx::query!(
                "UPDATE guesses SET failed_at = $3 WHERE kind = $1 AND key = $2",
                kind,
                key,
                at,
            )
            .execute(&mut *tx)
            .await?;
        }
        for event in events {
            audit::append(&mut tx, event).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Forgets what a counter says.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn forget_guesses(&self, guess: &GuessKey) -> Result<(), StoreError> {
        let (kind, key) = (guess.kind.as_str(), guess.key.as_slice());
        sqlx::query!(
            "DELETE FROM guesses WHERE kind = $1 AND key = $2",
            kind,
            key
        )
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// What the counters of people's accounts say.
    ///
    /// # Errors
    /// If the database does not answer or a row makes no sense.
    pub async fn guesses_at_users(
        &self,
    ) -> Result<Vec<(UserId, GuessKind, GuessCount)>, StoreError> {
        sqlx::query!(
            "SELECT user_id AS \"user_id!: uuid::Uuid\", kind, failures, total, since, last_at, failed_at
            FROM guesses
            WHERE user_id IS NOT NULL",
        )
        .fetch_all(&self.readers)
        .await?
        .into_iter()
        .map(|row| {
            let kind = named("guesses", row.user_id, &row.kind)?;
            let count = CountRow {
                failures: row.failures,
                total: row.total,
                since: row.since,
                last_at: row.last_at,
                failed_at: row.failed_at,
            };
            Ok((UserId(row.user_id), kind, count.try_into()?))
        })
        .collect()
    }
}

/// Reads a counter. What was counted while the account was nobody's, or somebody else's, is not
/// this person's.
pub(super) async fn count_of(
    tx: &mut Tx,
    guess: &GuessKey,
) -> Result<Option<GuessCount>, StoreError> {
    let (kind, key) = (guess.kind.as_str(), guess.key.as_slice());
    let user = guess.user_id.map(|user| user.0);
    let row = sqlx::query_as!(
        CountRow,
        "SELECT failures, total, since, last_at, failed_at
        FROM guesses
        WHERE kind = $1 AND key = $2 AND user_id IS $3",
        kind,
        key,
        user,
    )
    .fetch_optional(&mut **tx)
    .await?;
    row.map(GuessCount::try_from).transpose()
}

pub(super) async fn write(
    tx: &mut Tx,
    guess: &GuessKey,
    now: GuessCount,
) -> Result<(), StoreError> {
    let (kind, key) = (guess.kind.as_str(), guess.key.as_slice());
    let user = guess.user_id.map(|user| user.0);
    let (since, last_at) = (now.since.as_millis(), now.last_at.as_millis());
    let failed_at = now.failed_at.map(Timestamp::as_millis);
    sqlx::query!(
        "INSERT INTO guesses (kind, key, user_id, failures, total, since, last_at, failed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (kind, key) DO UPDATE
        SET user_id = excluded.user_id, failures = excluded.failures, total = excluded.total,
            since = excluded.since, last_at = excluded.last_at,
            failed_at = excluded.failed_at",
        kind,
        key,
        user,
        now.failures,
        now.total,
        since,
        last_at,
        failed_at,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Forgets every counter of a person's account, inside the transaction of what opens it.
pub(super) async fn forget_of_user(tx: &mut Tx, user: UserId) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM guesses WHERE user_id = $1", user.0)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub(super) async fn forget_old(tx: &mut Tx, at: Timestamp) -> Result<(), StoreError> {
    let addresses = at.plus_millis(-ADDRESS_MILLIS).as_millis();
    let unknown = at.plus_millis(-UNKNOWN_MILLIS).as_millis();
    sqlx::query!(
        "DELETE FROM guesses
        WHERE last_at < $1 AND user_id IS NULL
            AND (last_at < $2 OR kind IN ('address', 'setup'))",
        addresses,
        unknown,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

struct CountRow {
    failures: i64,
    total: i64,
    since: i64,
    last_at: i64,
    failed_at: Option<i64>,
}

impl TryFrom<CountRow> for GuessCount {
    type Error = StoreError;

    fn try_from(row: CountRow) -> Result<Self, StoreError> {
        let number = |number: i64| {
            u32::try_from(number).map_err(|error| StoreError::inconsistent("guesses", "", error))
        };
        Ok(Self {
            failures: number(row.failures)?,
            total: number(row.total)?,
            since: time(row.since),
            last_at: time(row.last_at),
            failed_at: when(row.failed_at),
        })
    }
}
