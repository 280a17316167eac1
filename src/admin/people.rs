//! People: added, switched off, given a new password.

use std::fmt::Write as _;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use super::{Admin, AdminError, Kind};
use crate::access::{Administrator, ProvenAdministrator};
use crate::domain::{AuditAction, Email, OrganizationScope, PersonName, Role, UserId};
use crate::secrets::{NewPassword, Standing, random};
use crate::store::{KeepAdministrator, NewUser, StoreError, UserDetails};

/// A person to be added.
#[derive(Debug)]
pub struct PersonRequest {
    /// What they sign in with.
    pub email: Email,
    /// What colleagues call them.
    pub name: PersonName,
    /// What they may do.
    pub role: Role,
    /// Their password; none: a strong one is made.
    pub password: Option<SecretString>,
}

/// A person, and the password that was made for them, to be shown once.
#[derive(Debug)]
pub struct Credentials {
    /// Who.
    pub user: UserDetails,
    /// The password, unless it was given.
    pub made_password: Option<SecretString>,
}

/// What is to be different about a person.
#[derive(Clone, Debug, Default)]
pub struct UserChange {
    /// Their name.
    pub name: Option<PersonName>,
    /// What they may do. A change ends their sessions.
    pub role: Option<Role>,
    /// The clients whose proposals they see and decide.
    pub organizations: Option<OrganizationScope>,
}

impl Admin {
    /// The person with this address.
    ///
    /// # Errors
    /// [`AdminError::Missing`] if there is none.
    pub async fn user_of(
        &self,
        _by: &Administrator,
        email: &Email,
    ) -> Result<UserDetails, AdminError> {
        self.user_named(email).await
    }

    /// Changes name, role or clients of a person.
    ///
    /// # Errors
    /// [`AdminError`]; an administrator cannot demote the last one, the operator can.
    pub async fn change_user(
        &self,
        by: &ProvenAdministrator,
        id: UserId,
        change: UserChange,
    ) -> Result<UserDetails, AdminError> {
        let user = self.user_details(id).await?;
        let role = change.role.unwrap_or(user.role);
        let changed = UserDetails {
            name: change
                .name
                .map_or_else(|| user.name.clone(), |name| name.as_str().to_owned()),
            organizations: change
                .organizations
                .unwrap_or_else(|| user.organizations.clone()),
            ..user.clone()
        };
        let is_same = changed.name == user.name
            && role == user.role
            && changed.organizations == user.organizations;
        if is_same {
            return Ok(user);
        }
        let details = json!({
            "email": user.email,
            "name": [user.name, changed.name],
            "role": [user.role, role],
            "organizations": [user.organizations, changed.organizations],
        });
        let event = self
            .event(by, AuditAction::UserChanged, details)
            .on("user", id);
        self.0
            .store
            .change_user(&changed, role, keep(by), &event)
            .await
            .map_err(|error| of_last(error, user.email))?;
        Ok(UserDetails { role, ..changed })
    }

    /// Lets a person sign in again: switches them on, and opens an account that was closed after too
    /// many wrong tries. Neither being the case is no error.
    ///
    /// # Errors
    /// [`AdminError::Missing`] if there is none.
    pub async fn enable_user(
        &self,
        by: &ProvenAdministrator,
        id: UserId,
    ) -> Result<UserDetails, AdminError> {
        let overview = self.user(by, id).await?;
        let user = overview.user;
        if user.disabled_at.is_none() && !overview.is_closed {
            return Ok(user);
        }
        let details = json!({ "email": user.email, "was_closed": overview.is_closed });
        let event = self
            .event(by, AuditAction::UserEnabled, details)
            .on("user", id);
        self.0.store.enable_user(id, &event).await?;
        Ok(UserDetails {
            disabled_at: None,
            ..user
        })
    }

    /// Takes the second factor off a person who has lost it; their sessions end. Where one is
    /// required they set up a new one at the next sign-in.
    ///
    /// # Errors
    /// [`AdminError::Missing`] if there is none.
    pub async fn reset_factor(
        &self,
        by: &ProvenAdministrator,
        id: UserId,
    ) -> Result<UserDetails, AdminError> {
        let user = self.user_details(id).await?;
        let details = json!({ "email": user.email });
        let event = self
            .event(by, AuditAction::FactorReset, details)
            .on("user", id);
        self.0.store.remove_factor(id, None, &event).await?;
        Ok(UserDetails {
            factor_since: None,
            ..user
        })
    }

    /// Signs a person out everywhere. Says how many sessions there were.
    ///
    /// # Errors
    /// [`AdminError::Missing`] if there is none.
    pub async fn end_sessions(
        &self,
        by: &ProvenAdministrator,
        id: UserId,
    ) -> Result<u32, AdminError> {
        let user = self.user_details(id).await?;
        let details = json!({ "email": user.email });
        let event = self
            .event(by, AuditAction::SessionsEnded, details)
            .on("user", id);
        let ended = self.0.store.end_sessions(id, None, &event).await?;
        Ok(u32::try_from(ended).unwrap_or(u32::MAX))
    }

    /// Adds a person.
    ///
    /// # Errors
    /// [`AdminError`], `NameTaken` and `WeakPassword` among them.
    pub async fn create_user(
        &self,
        by: &ProvenAdministrator,
        request: PersonRequest,
    ) -> Result<Credentials, AdminError> {
        let (email, name) = (&request.email, &request.name);
        let password = Password::of(
            request.password.as_ref(),
            name,
            email,
            self.standing_of(request.role),
        )?;
        let user = NewUser {
            id: UserId(self.0.clock.new_id()),
            email: email.as_str().to_owned(),
            name: name.as_str().to_owned(),
            role: request.role,
            password_hash: Some(self.0.hasher.hash(&password.chosen).await?),
            organizations: OrganizationScope::All,
        };
        let details = json!({ "email": user.email, "role": user.role });
        let event = self
            .event(by, AuditAction::UserCreated, details)
            .on("user", user.id);
        self.0
            .store
            .create_user(&user, &event)
            .await
            .map_err(|error| AdminError::of_store(error, Kind::Person, &user.email))?;
        Ok(Credentials {
            user: UserDetails {
                id: user.id,
                email: user.email,
                name: user.name,
                role: user.role,
                password_hash: None,
                created_at: event.at,
                disabled_at: None,
                last_seen_at: None,
                organizations: user.organizations,
                factor_since: None,
            },
            made_password: password.made,
        })
    }

    /// Everybody, by name.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn list_users(&self, _by: &Administrator) -> Result<Vec<UserDetails>, AdminError> {
        Ok(self.0.store.users().await?)
    }

    /// Switches a person off: their sessions and tokens end at once. Off already is no error.
    ///
    /// # Errors
    /// [`AdminError`]; another administrator cannot switch off the last one, the operator can.
    pub async fn disable_user(
        &self,
        by: &ProvenAdministrator,
        id: UserId,
    ) -> Result<UserDetails, AdminError> {
        let user = self.user_details(id).await?;
        if user.disabled_at.is_some() {
            return Ok(user);
        }
        let event = self
            .event(
                by,
                AuditAction::UserDisabled,
                json!({ "email": user.email }),
            )
            .on("user", user.id);
        self.0
            .store
            .disable_user(user.id, keep(by), &event)
            .await
            .map_err(|error| of_last(error, user.email.clone()))?;
        Ok(UserDetails {
            disabled_at: Some(event.at),
            ..user
        })
    }

    /// Gives a person a new password; their sessions end at once.
    ///
    /// # Errors
    /// [`AdminError`], `WeakPassword` among them.
    pub async fn reset_password(
        &self,
        by: &ProvenAdministrator,
        email: &Email,
        password: Option<SecretString>,
    ) -> Result<Credentials, AdminError> {
        let user = self.enabled_user(email).await?;
        let name: PersonName = user
            .name
            .parse()
            .map_err(|error| StoreError::Inconsistent {
                table: "users",
                row: user.id.to_string(),
                detail: format!("the name {error}"),
            })?;
        let password = Password::of(password.as_ref(), &name, email, self.standing_of(user.role))?;
        let hash = self.0.hasher.hash(&password.chosen).await?;
        let event = self
            .event(
                by,
                AuditAction::PasswordReset,
                json!({ "email": user.email }),
            )
            .on("user", user.id);
        self.0.store.reset_password(user.id, &hash, &event).await?;
        Ok(Credentials {
            user,
            made_password: password.made,
        })
    }

    /// How good a password of this role has to be.
    const fn standing_of(&self, role: Role) -> Standing {
        Standing::of(role, self.0.settings.second_factor)
    }

    pub(super) async fn enabled_user(&self, email: &Email) -> Result<UserDetails, AdminError> {
        let user = self.user_named(email).await?;
        if user.disabled_at.is_some() {
            return Err(AdminError::Disabled(user.email));
        }
        Ok(user)
    }

    async fn user_named(&self, email: &Email) -> Result<UserDetails, AdminError> {
        let user = self.0.store.user_by_email(email.as_str()).await?;
        user.ok_or_else(|| AdminError::Missing {
            kind: Kind::Person,
            name: email.to_string(),
            known: Vec::new(),
        })
    }

    pub(super) async fn user_details(&self, id: UserId) -> Result<UserDetails, AdminError> {
        let user = self.0.store.user(id).await?;
        user.ok_or_else(|| missing(&id))
    }
}

/// A person keeps the last administrator; the operator can make another one.
fn keep(by: &Administrator) -> KeepAdministrator {
    if by.person().is_some() {
        KeepAdministrator::Yes
    } else {
        KeepAdministrator::No
    }
}

fn of_last(error: StoreError, email: String) -> AdminError {
    match error {
        StoreError::LastAdministrator => AdminError::LastAdministrator(email),
        other => other.into(),
    }
}

pub(super) fn missing(id: &UserId) -> AdminError {
    AdminError::Missing {
        kind: Kind::Person,
        name: id.to_string(),
        known: Vec::new(),
    }
}

/// A password good enough to be hashed, and its text if nobody knows it yet.
struct Password {
    chosen: NewPassword,
    made: Option<SecretString>,
}

impl Password {
    fn of(
        given: Option<&SecretString>,
        name: &PersonName,
        email: &Email,
        standing: Standing,
    ) -> Result<Self, AdminError> {
        let made = given.is_none().then(make_password);
        let text = given.or(made.as_ref()).map(SecretString::expose_secret);
        let chosen = NewPassword::parse(text.unwrap_or_default(), name, email, standing)
            .map_err(AdminError::WeakPassword)?;
        Ok(Self { chosen, made })
    }
}

/// 119 random bits, in groups that can be read aloud.
fn make_password() -> SecretString {
    let mut text = zeroize::Zeroizing::new(String::with_capacity(23));
    for group in 0..4 {
        let dash = if group == 0 { "" } else { "-" };
        // Writing to a string cannot go wrong.
        let _written = write!(text, "{dash}{}", *random::alphanumeric(5));
    }
    text.as_str().into()
}
