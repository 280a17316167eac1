//! A read that failed: what it says about the whole connection.

use super::standing::key_refused;
use super::turn::Turn;
use super::worker::Worker;
use crate::domain::{Method, Route};
use crate::itglue::{Account, Client, Purpose, ReadError, Reads as _};
use crate::store::{ConnectionPause, PauseKind};

/// The pause that a failed read is a reason for. A key that is refused here may work elsewhere: a
/// plain read tells.
pub(super) async fn pause_after(
    worker: &Worker,
    turn: &Turn,
    error: &ReadError,
) -> Option<ConnectionPause> {
    match error {
        ReadError::RateLimited { retry_after } => Some(worker.standings.note_limited(
            &worker.settings,
            turn.connection.id,
            *retry_after,
            worker.now(),
        )),
        ReadError::KeyRefused { .. } => match probe_key(&worker.itglue, &turn.account).await {
            Err(ReadError::KeyRefused { .. }) => Some(key_refused(worker.now())),
            Ok(())
            | Err(
                ReadError::NotFound
                | ReadError::ForbiddenRecord { .. }
                | ReadError::Refused { .. }
                | ReadError::RateLimited { .. }
                | ReadError::BudgetExhausted { .. }
                | ReadError::Unavailable { .. }
                | ReadError::Unintelligible { .. }
                | ReadError::NoAddress { .. },
            ) => None,
        },
        ReadError::NotFound
        | ReadError::ForbiddenRecord { .. }
        | ReadError::Refused { .. }
        | ReadError::BudgetExhausted { .. }
        | ReadError::Unavailable { .. }
        | ReadError::Unintelligible { .. }
        | ReadError::NoAddress { .. } => None,
    }
}

/// Whether this pause is there because the key is refused everywhere.
pub(super) fn is_for_key(pause: Option<&ConnectionPause>) -> bool {
    pause.is_some_and(|pause| pause.kind == PauseKind::KeyRefused)
}

/// Whether a plain read works with the key of this account.
///
/// # Errors
/// Whatever that read ends with.
pub(super) async fn probe_key(itglue: &Client, account: &Account) -> Result<(), ReadError> {
    let route = Route {
        method: Method::Get,
        path: "/organizations".to_owned(),
        query: vec![("page[size]".to_owned(), "1".to_owned())],
    };
    let session = itglue.session(account, Purpose::Replay);
    session.read(&route).await.map(|_| ())
}
