//! The tokens of a person's own programs.

use serde_json::json;

use super::error::AccessError;
use super::person::Person;
use super::service::Access;
use crate::domain::{AuditAction, AuditEvent, TokenId};
use crate::store::{TokenDetails, TokenOwner};

impl Access {
    /// The person's own tokens that still work, the newest first.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn own_tokens(&self, person: &Person) -> Result<Vec<TokenDetails>, AccessError> {
        let now = self.clock.now();
        let mut tokens = self.store.tokens_of(TokenOwner::User(person.id)).await?;
        tokens.retain(|token| token.revoked_at.is_none() && now < token.expires_at);
        Ok(tokens)
    }

    /// Revokes one of the person's own tokens: the next request with it is refused. One that is not
    /// theirs, or has ended, is no error.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn revoke_own_token(&self, person: &Person, id: TokenId) -> Result<(), AccessError> {
        let owner = TokenOwner::User(person.id);
        let token = self.store.token(id).await?;
        if token.is_none_or(|token| token.owner != owner) {
            return Ok(());
        }
        let event = AuditEvent::new(self.clock.now(), person.actor(), AuditAction::TokenRevoked)
            .on("token", id)
            .with(json!({ "user": person.id }))
            .from(person.address.clone());
        self.store.revoke_token(id, &event).await?;
        Ok(())
    }
}
