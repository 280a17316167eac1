//! People as an administrator sees them: who they are, and what stands between them and signing in.

use std::collections::{BTreeMap, BTreeSet};

use super::people::missing;
use super::{Admin, AdminError};
use crate::access::{Administrator, is_closed};
use crate::domain::{Timestamp, UserId};
use crate::store::{Lasting, UserDetails};

/// A person as an administrator sees them.
#[derive(Clone, Debug)]
pub struct UserOverview {
    /// Who.
    pub user: UserDetails,
    /// In how many browsers they are signed in.
    pub sessions: u32,
    /// Until when their invitation is valid, or was: they have not used it yet.
    pub invitation: Option<Timestamp>,
    /// Whether the account is closed after too many wrong tries.
    pub is_closed: bool,
}

impl Admin {
    /// Everybody, by name, with what an administrator asks first.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn users(&self, _by: &Administrator) -> Result<Vec<UserOverview>, AdminError> {
        let at = self.0.clock.now();
        let store = &self.0.store;
        let live = store.live_settings(&self.0.settings.fixed).await?;
        let idle = i64::from(live.session_idle_minutes) * 60;
        let lasting = Lasting {
            at,
            seen_since: at.plus_seconds(-self.0.settings.idle_seconds.min(idle)),
        };
        let sessions: BTreeMap<_, _> = store.session_counts(lasting).await?.into_iter().collect();
        let invitations: BTreeMap<_, _> = store.invitations().await?.into_iter().collect();
        let guesses = store.guesses_at_users().await?.into_iter();
        let closed: BTreeSet<_> = guesses
            .filter(|(_, kind, count)| is_closed(*kind, count))
            .map(|(user, _, _)| user)
            .collect();
        let overview = |user: UserDetails| UserOverview {
            sessions: sessions.get(&user.id).copied().unwrap_or(0),
            invitation: invitations.get(&user.id).copied(),
            is_closed: closed.contains(&user.id),
            user,
        };
        Ok(store.users().await?.into_iter().map(overview).collect())
    }

    /// One person.
    ///
    /// # Errors
    /// [`AdminError::Missing`] if there is none.
    pub async fn user(&self, by: &Administrator, id: UserId) -> Result<UserOverview, AdminError> {
        let all = self.users(by).await?;
        let found = all.into_iter().find(|overview| overview.user.id == id);
        found.ok_or_else(|| missing(&id))
    }
}
