//! What a person sees and changes of their own account.

use secrecy::SecretString;

use super::error::{AccessError, ChangePasswordError};
use super::person::Person;
use super::service::Access;
use super::sign_in::SignedIn;
use crate::domain::{OrganizationScope, PersonName, Role, SessionId, Timestamp};

/// A person's own account.
#[derive(Clone, Debug)]
pub struct Account {
    /// What they sign in with.
    pub email: String,
    /// What colleagues call them.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The clients whose proposals they see and decide.
    pub organizations: OrganizationScope,
    /// Since when they have a second factor.
    pub factor_since: Option<Timestamp>,
    /// Whether their role needs one.
    pub is_factor_required: bool,
    /// How many recovery codes are not used up.
    pub recovery_codes_left: u32,
    /// How many characters a new password needs at least.
    pub shortest_password: u8,
    /// Where they are signed in, the last used first.
    pub sessions: Vec<SessionView>,
}

/// One sign-in of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionView {
    /// Which.
    pub id: SessionId,
    /// Since when.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_seen_at: Timestamp,
    /// From where.
    pub address: Option<String>,
    /// With which browser.
    pub browser: Option<String>,
    /// Whether it is the one that asks.
    pub is_this: bool,
}

impl Access {
    /// The person's own account.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn account(&self, person: &Person) -> Result<Account, AccessError> {
        let _ = person;
        unimplemented!()
    }

    /// Ends one of the person's own sessions. One that is not theirs, or has ended, is no error.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn end_session_of(
        &self,
        person: &Person,
        session: SessionId,
    ) -> Result<(), AccessError> {
        let _ = (person, session);
        unimplemented!()
    }

    /// Ends every session of the person but the one that asks.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn end_other_sessions(&self, person: &Person) -> Result<(), AccessError> {
        let _ = person;
        unimplemented!()
    }

    /// Sets another password. Every other session ends; this one gets a new cookie.
    ///
    /// # Errors
    /// [`ChangePasswordError`]; nothing has changed then.
    pub async fn change_password(
        &self,
        person: &Person,
        current: SecretString,
        new: SecretString,
    ) -> Result<SignedIn, ChangePasswordError> {
        let _ = (person, current, new);
        unimplemented!()
    }

    /// Sets another name.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn change_name(&self, person: &Person, name: PersonName) -> Result<(), AccessError> {
        let _ = (person, name);
        unimplemented!()
    }
}
