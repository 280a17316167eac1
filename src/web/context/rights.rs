//! Who is asking, as typed proofs of their rights.

use secrecy::{ExposeSecret as _, SecretString};

use super::cookies::{keep_session, session_cookie};
use super::{address, handles};
use crate::access::{
    Administrator, Forbidden, Person, Proof, ProvenAdministrator, Reviewer, SignInError, Technician,
};
use crate::web::error::WebError;

/// The right to look.
pub async fn reviewer() -> Result<Reviewer, WebError> {
    Ok(person().await?.reviewer()?)
}

/// The right to decide.
pub async fn technician() -> Result<Technician, WebError> {
    Ok(person().await?.technician()?)
}

/// The right to look at everything administrative, and to pause.
pub async fn administrator() -> Result<Administrator, WebError> {
    Ok(person().await?.administrator()?)
}

/// The right to change what gives freedom. Where the last proof is too old, the one that came with
/// the form is taken, and the browser gets a new cookie.
pub async fn proven(proof: Option<SecretString>) -> Result<ProvenAdministrator, WebError> {
    let administrator = administrator().await?;
    let now = handles()?.clock.now();
    match administrator.proven(now) {
        Ok(proven) => return Ok(proven),
        Err(Forbidden::StepUp) => {}
        Err(error) => return Err(error.into()),
    }
    let person = administrator.person().ok_or(WebError::SignedOut)?;
    let person = prove(person, proof).await?;
    Ok(person.administrator()?.proven(now)?)
}

/// Who is signed in.
pub async fn person() -> Result<Person, WebError> {
    let handles = handles()?;
    let cookie = session_cookie(handles.site).ok_or(WebError::SignedOut)?;
    Ok(handles.access.person_by_session(&cookie, address()).await?)
}

/// The technician, proved anew by this; the browser gets the new cookie.
pub async fn step_up(
    technician: &Technician,
    proof: Option<SecretString>,
) -> Result<Technician, WebError> {
    let person = prove(technician.person(), proof).await?;
    Ok(person.technician()?)
}

/// The person, proved anew; their browser gets the new cookie.
pub async fn prove(person: &Person, proof: Option<SecretString>) -> Result<Person, WebError> {
    let given = proof.filter(|proof| !proof.expose_secret().trim().is_empty());
    let given = given.ok_or(WebError::StepUpRequired)?;
    let proof = if person.has_factor() {
        Proof::Code(given.expose_secret().trim().to_owned())
    } else {
        Proof::Password(given)
    };
    let access = handles()?.access;
    let renewed = match access.step_up(person, proof).await {
        Err(SignInError::Refused) => return Err(WebError::PasswordWrong),
        renewed => renewed?,
    };
    keep_session(&renewed)?;
    let cookie = renewed.cookie.reveal();
    Ok(access.person_by_session(cookie, address()).await?)
}
