//! What the pages of one's own account may ask for.

use leptos::prelude::*;
use secrecy::SecretString;

use crate::access::Enroller;
use crate::domain::{PersonName, SessionId, TokenId};
use crate::web::error::WebError;
use crate::web::forms::{self, Failure, Reading, typed};
use crate::web::handoff::Once;
use crate::web::links::{self, Done};
use crate::web::{context, recovery_codes};

const PAGE: &str = "/account";
const FACTOR: &str = "/account/factor";

/// Sets another name.
#[server(prefix = "/web", endpoint = "account_name")]
pub async fn change_name(name: String) -> Result<(), WebError> {
    let result = name_changed(&name).await;
    forms::answer(result, PAGE, typed(&[("name", &name)])).await;
    Ok(())
}

/// Sets another password; every other session ends.
#[server(prefix = "/web", endpoint = "account_password")]
pub async fn change_password(current: String, password: String) -> Result<(), WebError> {
    let result = password_changed(current.into(), password.into()).await;
    forms::answer(result, PAGE, Vec::new()).await;
    Ok(())
}

/// Signs one other browser out.
#[server(prefix = "/web", endpoint = "account_end_session")]
pub async fn end_session(session: String) -> Result<(), WebError> {
    let result = session_ended(&session).await;
    forms::answer(result, PAGE, Vec::new()).await;
    Ok(())
}

/// Signs every other browser out.
#[server(prefix = "/web", endpoint = "account_end_others")]
pub async fn end_other_sessions() -> Result<(), WebError> {
    let result = others_ended().await;
    forms::answer(result, PAGE, Vec::new()).await;
    Ok(())
}

/// Revokes one of one's own tokens.
#[server(prefix = "/web", endpoint = "account_revoke_token")]
pub async fn revoke_token(token: String) -> Result<(), WebError> {
    let result = token_revoked(&token).await;
    forms::answer(result, PAGE, Vec::new()).await;
    Ok(())
}

/// Proves anew who one is, for the page of the second factor.
#[server(prefix = "/web", endpoint = "account_prove")]
pub async fn prove(#[server(default)] proof: String) -> Result<(), WebError> {
    let result = proved(proof.into()).await;
    forms::answer(result, FACTOR, Vec::new()).await;
    Ok(())
}

/// Takes the offered seed as the second factor, in the place of the one there may be.
#[server(prefix = "/web", endpoint = "account_factor")]
pub async fn set_factor(code: String) -> Result<(), WebError> {
    match factor_set(&code).await {
        Ok(codes) => context::show_once(&recovery_codes::address(PAGE), codes).await?,
        Err(failure) => {
            forms::answer(Err(failure), "/account/factor?replace=1", Vec::new()).await;
        }
    }
    Ok(())
}

/// Goes back to the password alone.
#[server(prefix = "/web", endpoint = "account_remove_factor")]
pub async fn remove_factor() -> Result<(), WebError> {
    let result = factor_removed().await;
    forms::answer(result, FACTOR, Vec::new()).await;
    Ok(())
}

/// Makes new recovery codes; the old ones are void.
#[server(prefix = "/web", endpoint = "account_recovery_codes")]
pub async fn renew_codes() -> Result<(), WebError> {
    match codes_renewed().await {
        Ok(codes) => context::show_once(&recovery_codes::address(PAGE), codes).await?,
        Err(failure) => forms::answer(Err(failure), FACTOR, Vec::new()).await,
    }
    Ok(())
}

async fn name_changed(name: &str) -> Result<String, Failure> {
    let person = context::person().await?;
    let mut reading = Reading::default();
    let Some(name) = reading.field::<PersonName>("name", name) else {
        return Err(reading.failure());
    };
    let access = context::handles()?.access;
    access
        .change_name(&person, name)
        .await
        .map_err(WebError::from)?;
    Ok(links::done(PAGE, Done::Saved))
}

async fn password_changed(
    current: SecretString,
    password: SecretString,
) -> Result<String, Failure> {
    let person = context::person().await?;
    context::change_password(&person, current, password).await?;
    Ok(links::done(PAGE, Done::PasswordChanged))
}

async fn session_ended(session: &str) -> Result<String, Failure> {
    let person = context::person().await?;
    let session: SessionId = session.parse().map_err(|_| WebError::Malformed)?;
    let access = context::handles()?.access;
    access
        .end_session_of(&person, session)
        .await
        .map_err(WebError::from)?;
    Ok(links::done(PAGE, Done::SessionEnded))
}

async fn others_ended() -> Result<String, Failure> {
    let person = context::person().await?;
    let access = context::handles()?.access;
    access
        .end_other_sessions(&person)
        .await
        .map_err(WebError::from)?;
    Ok(links::done(PAGE, Done::SessionEnded))
}

async fn token_revoked(token: &str) -> Result<String, Failure> {
    let person = context::person().await?;
    let token: TokenId = token.parse().map_err(|_| WebError::Malformed)?;
    let access = context::handles()?.access;
    access
        .revoke_own_token(&person, token)
        .await
        .map_err(WebError::from)?;
    Ok(links::done(PAGE, Done::TokenRevoked))
}

async fn proved(proof: SecretString) -> Result<String, Failure> {
    let person = context::person().await?;
    context::prove(&person, Some(proof)).await?;
    Ok(FACTOR.to_owned())
}

async fn factor_set(code: &str) -> Result<Once, Failure> {
    let person = context::person().await?;
    let codes = context::confirm_factor(Enroller::Person(&person), code).await?;
    Ok(recovery_codes::once(codes))
}

async fn factor_removed() -> Result<String, Failure> {
    let person = context::person().await?;
    context::remove_factor(&person).await?;
    Ok(links::done(PAGE, Done::FactorRemoved))
}

async fn codes_renewed() -> Result<Once, Failure> {
    let person = context::person().await?;
    let access = context::handles()?.access;
    let codes = access.renew_recovery_codes(&person).await?;
    Ok(recovery_codes::once(codes))
}
