//! What the first step may ask for.

use leptos::prelude::*;
use secrecy::SecretString;

use crate::domain::{Email, PersonName};
use crate::web::error::WebError;
use crate::web::forms::{self, Failure, Reading, typed};
use crate::web::{context, links};

/// Where the set-up goes on.
const NEXT: &str = "/setup/connection";

/// Makes the first administrator. Open to whoever has the printed code, while there is none.
#[server(prefix = "/web", endpoint = "found")]
pub async fn found(
    code: String,
    name: String,
    email: String,
    password: String,
) -> Result<(), WebError> {
    let typed = typed(&[("name", &name), ("email", &email)]);
    let result = founded(code.into(), &name, &email, password.into()).await;
    forms::answer(result, "/setup", typed).await;
    Ok(())
}

async fn founded(
    code: SecretString,
    name: &str,
    email: &str,
    password: SecretString,
) -> Result<String, Failure> {
    let mut reading = Reading::default();
    let name = reading.field::<PersonName>("name", name);
    let email = reading.field::<Email>("email", email);
    let (Some(name), Some(email)) = (name, email) else {
        return Err(reading.failure());
    };
    let stage = context::found(code, email, name, password).await?;
    Ok(links::after_sign_in(stage, NEXT))
}
