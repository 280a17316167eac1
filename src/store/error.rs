//! What can go wrong with the tables, by what a caller would do about it.

/// An error of the store. "Not found" is not one: lookups return `None`.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody with this name is there already.
    #[error("the name is taken")]
    NameTaken,
    /// Somebody else was faster: the state is no longer the one the caller saw.
    #[error("the state has changed meanwhile")]
    Changed,
    /// Nobody would be left who could administrate.
    #[error("nobody would be left who could administrate")]
    LastAdministrator,
    /// The token has as many proposals waiting as it may.
    #[error("too many proposals wait already")]
    TooManyWaiting,
    /// The record of a delete was made anew already, as far as is known, by the proposal with this
    /// number.
    #[error("proposal #{0} made the record anew already")]
    MadeAnew(i64),
    /// The idempotency key was used for other content.
    #[error("the idempotency key was used for another proposal")]
    IdempotencyKeyReused,
    /// A row that makes no sense.
    #[error("the row {row} of {table} makes no sense: {detail}")]
    Inconsistent {
        /// The table.
        table: &'static str,
        /// The row.
        row: String,
        /// What is wrong with it.
        detail: String,
    },
    /// The program's SQLite is older than the one that fixed a corruption bug.
    #[error("SQLite {found} is too old; at least {required} is needed")]
    OldSqlite {
        /// What was found.
        found: String,
        /// What is needed.
        required: &'static str,
    },
    /// The file is damaged.
    #[error("the database file is damaged: {0}")]
    Damaged(String),
    /// A half-done or unknown migration.
    #[error("the database could not be migrated")]
    Migration(#[source] sqlx::migrate::MigrateError),
    /// The database did not answer.
    #[error("the database did not answer")]
    Unavailable(#[source] sqlx::Error),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(database) if database.is_unique_violation() => Self::NameTaken,
            _ => Self::Unavailable(error),
        }
    }
}

impl StoreError {
    /// An [`StoreError::Inconsistent`] about this row.
    pub(super) fn inconsistent(
        table: &'static str,
        row: impl std::fmt::Display,
        detail: impl std::fmt::Display,
    ) -> Self {
        Self::Inconsistent {
            table,
            row: row.to_string(),
            detail: detail.to_string(),
        }
    }
}
