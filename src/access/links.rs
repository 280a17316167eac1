//! Links that invite a person or let them choose another password.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use super::error::LinkError;
use super::factor::is_done;
use super::service::Access;
use super::sign_in::{Browser, SignedIn, signed_in};
use crate::domain::{AuditAction, AuditEvent, LinkPurpose, SignInStage, Timestamp};
use crate::secrets::hash_of_link;
use crate::store::{LinkDetails, StoreError};

/// What a valid link says before it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkView {
    /// What it is for.
    pub purpose: LinkPurpose,
    /// Whose it is.
    pub email: String,
    /// Their name.
    pub name: String,
    /// Until when it is valid.
    pub expires_at: Timestamp,
    /// How many characters the password needs at least.
    pub shortest_password: u8,
}

/// What somebody presents with a link.
#[derive(Debug)]
pub struct UseLink {
    /// What stood in the link.
    pub secret: SecretString,
    /// The password they chose.
    pub password: SecretString,
    /// From where.
    pub address: Option<String>,
    /// With which browser.
    pub browser: Option<String>,
}

impl Access {
    /// What this link is for. `None` if it is unknown, used, expired or replaced.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn link(&self, secret: &str) -> Result<Option<LinkView>, StoreError> {
        let link = self
            .store
            .link(hash_of_link(secret), self.clock.now())
            .await?;
        Ok(link.map(|link| LinkView {
            purpose: link.purpose,
            shortest_password: self.standing_of(link.user.role).shortest(),
            email: link.user.email,
            name: link.user.name,
            expires_at: link.expires_at,
        }))
    }

    /// Sets the password of the person and signs them in. Their earlier sessions end, and an account
    /// that was closed is open again. A second factor is still asked for.
    ///
    /// # Errors
    /// [`LinkError`]; with `Gone` nothing can be done with this link any more.
    pub async fn use_link(&self, request: UseLink) -> Result<SignedIn, LinkError> {
        let now = self.clock.now();
        let secret_hash = hash_of_link(request.secret.expose_secret());
        let link = self.store.link(secret_hash, now).await?;
        let LinkDetails { user, purpose, .. } = link.ok_or(LinkError::Gone)?;
        let chosen = self.chosen_password(&request.password, &user.name, &user.email, user.role)?;
        let hash = self.hasher.hash(&chosen.map_err(LinkError::Weak)?).await?;
        let stage = self.stage_of(&user);
        let browser = Browser {
            address: request.address.clone(),
            name: request.browser,
            is_known: false,
        };
        let (mut session, opened) = self.new_session(user.id, stage, browser);
        // Whoever has just chosen the password need not give it again, unless there is more to prove.
        session.step_up_at = (stage == SignInStage::Complete).then_some(now);
        let action = match purpose {
            LinkPurpose::Invitation => AuditAction::UserJoined,
            LinkPurpose::Reset => AuditAction::PasswordReset,
        };
        let event = AuditEvent::new(now, signed_in(user.id, session.id), action)
            .on("user", user.id)
            .with(json!({ "by": "link", "stage": stage }))
            .from(request.address);
        let used = self.store.use_link(secret_hash, &hash, &session, &event);
        if !is_done(used.await)? {
            return Err(LinkError::Gone);
        }
        Ok(opened)
    }
}
