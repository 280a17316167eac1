//! Getting in, step by step, and out again: the browser gets the cookie of each step.

use axum::http::header;
use secrecy::SecretString;

use super::cookies::{drop_session, keep_session, mark, own_session, session_cookie};
use super::{address, handles, header_text, person};
use crate::access::{
    Account, Enrolled, Enroller, FactorError, Found, LinkView, Offer, Person, SignIn, SignInError,
    Unfinished, UseLink,
};
use crate::domain::{Email, PersonName, SignInStage};
use crate::store::TokenDetails;
use crate::web::error::WebError;
use crate::web::forms::Failure;

/// Signs a person in. What is still missing says the stage.
pub async fn sign_in(email: String, password: SecretString) -> Result<SignInStage, Failure> {
    let handles = handles()?;
    let request = SignIn {
        email,
        password,
        address: address(),
        browser: header_text(&header::USER_AGENT),
        mark: mark(handles.site),
    };
    let signed_in = handles.access.sign_in(request).await?;
    keep_session(&signed_in)?;
    Ok(signed_in.stage)
}

/// Signs the person out, whether or not the session still lasts.
pub async fn sign_out() -> Result<(), WebError> {
    let handles = handles()?;
    match person().await {
        Ok(person) => handles.access.sign_out(&person).await?,
        Err(WebError::SignedOut | WebError::CodeDue | WebError::EnrolmentDue) => {}
        Err(error) => return Err(error),
    }
    drop_session(handles.site);
    super::forms::forget(handles.site);
    Ok(())
}

/// Whether the browser came with the cookie of a session, alive or not.
pub fn had_session() -> bool {
    handles().is_ok_and(|handles| own_session(handles.site).is_some())
}

/// The sign-in of this browser that has not come to its end.
pub async fn unfinished() -> Result<Unfinished, WebError> {
    let handles = handles()?;
    let cookie = session_cookie(handles.site).ok_or(WebError::SignedOut)?;
    Ok(handles.access.unfinished(&cookie, address()).await?)
}

/// Completes a sign-in with a code.
pub async fn give_code(unfinished: &Unfinished, code: &str) -> Result<(), Failure> {
    let signed_in = match handles()?.access.give_code(unfinished, code).await {
        Err(SignInError::Refused) => {
            return Err(Failure::field(
                "code",
                "This code does not fit. Codes of the app change every 30 seconds and work once; \
                 so does each recovery code.",
            ));
        }
        signed_in => signed_in?,
    };
    keep_session(&signed_in)?;
    Ok(())
}

/// A seed for a code app; the same until it is confirmed.
pub async fn offer_factor(who: Enroller<'_>) -> Result<Offer, WebError> {
    match handles()?.access.offer_factor(who).await {
        Ok(offer) => Ok(offer),
        Err(FactorError::Forbidden(missing)) => Err(missing.into()),
        Err(FactorError::Ended) => Err(WebError::SignedOut),
        Err(error) => Err(WebError::unavailable(&error)),
    }
}

/// Takes the offered seed as the second factor, and gives its recovery codes.
pub async fn confirm_factor(who: Enroller<'_>, code: &str) -> Result<Vec<SecretString>, Failure> {
    let Enrolled {
        signed_in,
        recovery_codes,
    } = handles()?.access.confirm_factor(who, code).await?;
    keep_session(&signed_in)?;
    Ok(recovery_codes)
}

/// A person's own account.
pub async fn account(person: &Person) -> Result<Account, WebError> {
    Ok(handles()?.access.account(person).await?)
}

/// A person's own tokens that work.
pub async fn own_tokens(person: &Person) -> Result<Vec<TokenDetails>, WebError> {
    Ok(handles()?.access.own_tokens(person).await?)
}

/// Sets another password for the person; the browser gets a new cookie.
pub async fn change_password(
    person: &Person,
    current: SecretString,
    new: SecretString,
) -> Result<(), Failure> {
    let access = handles()?.access;
    let signed_in = access.change_password(person, current, new).await?;
    keep_session(&signed_in)?;
    Ok(())
}

/// Goes back to the password alone; the browser gets a new cookie.
pub async fn remove_factor(person: &Person) -> Result<(), Failure> {
    let signed_in = handles()?.access.remove_factor(person).await?;
    keep_session(&signed_in)?;
    Ok(())
}

/// What a link that somebody was given is for; nothing, if it has ended.
pub async fn link(secret: &str) -> Result<Option<LinkView>, WebError> {
    let link = handles()?.access.link(secret).await;
    link.map_err(|error| WebError::unavailable(&error))
}

/// Sets the password that was chosen with a link, and signs the person in.
pub async fn use_link(
    secret: SecretString,
    password: SecretString,
) -> Result<SignInStage, Failure> {
    let request = UseLink {
        secret,
        password,
        address: address(),
        browser: header_text(&header::USER_AGENT),
    };
    let signed_in = handles()?.access.use_link(request).await?;
    keep_session(&signed_in)?;
    Ok(signed_in.stage)
}

/// Makes the first administrator and signs them in.
pub async fn found(
    code: SecretString,
    email: Email,
    name: PersonName,
    password: SecretString,
) -> Result<SignInStage, Failure> {
    let request = Found {
        code,
        email,
        name,
        password,
        address: address(),
        browser: header_text(&header::USER_AGENT),
    };
    let signed_in = handles()?.access.found(request).await?;
    keep_session(&signed_in)?;
    Ok(signed_in.stage)
}
