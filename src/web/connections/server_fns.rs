//! What the pages of connections may ask for. A key is an argument here and nothing else: it is
//! never put back into a page, an address or a log.

use leptos::prelude::*;
use secrecy::SecretString;

use super::done::Done;
use super::trial::{Ending, Trial};
use crate::admin::{AdminError, ConnectionRequest, ConnectionTest, KeyTrial, Ref, TestResult};
use crate::domain::{ConnectionId, PauseScope};
use crate::itglue::Region;
use crate::web::error::WebError;
use crate::web::forms::{Failure, answer, given, typed};
use crate::web::handoff::Refused;
use crate::web::{context, links};

/// Adds a connection, once IT Glue takes its key.
#[server(prefix = "/web", endpoint = "add_connection")]
pub async fn add_connection(
    name: String,
    #[server(default)] region: String,
    #[server(default)] base_url: String,
    #[server(default)] api_key: String,
    #[server(default)] proof: String,
) -> Result<(), WebError> {
    let kept = typed(&[
        ("name", &name),
        ("region", &region),
        ("base_url", &base_url),
    ]);
    let form = NewConnection {
        name,
        region,
        base_url,
    };
    let result = form.add(api_key.into(), proof.into()).await;
    answer(result, links::ADD_CONNECTION, kept).await;
    Ok(())
}

/// Tries a key out and keeps nothing of it.
#[server(prefix = "/web", endpoint = "try_key")]
pub async fn try_key(
    #[server(default)] name: String,
    #[server(default)] region: String,
    #[server(default)] base_url: String,
    #[server(default)] api_key: String,
) -> Result<(), WebError> {
    let kept = typed(&[
        ("name", &name),
        ("region", &region),
        ("base_url", &base_url),
    ]);
    let form = NewConnection {
        name,
        region,
        base_url,
    };
    tell(
        form.try_key(api_key.into()).await,
        links::ADD_CONNECTION,
        kept,
    )
    .await;
    Ok(())
}

/// Tries a connection out.
#[server(prefix = "/web", endpoint = "test_connection")]
pub async fn test_connection(id: String) -> Result<(), WebError> {
    let result = test(&id).await;
    tell(result, &back_to(&id, links::connection), Vec::new()).await;
    Ok(())
}

/// Stops sending over a connection. Takes no fresh proof: whoever sees harm stops it.
#[server(prefix = "/web", endpoint = "pause_connection")]
pub async fn pause_connection(
    id: String,
    #[server(default)] reason: String,
) -> Result<(), WebError> {
    let kept = typed(&[("reason", &reason)]);
    let result = pause(&id, &reason).await;
    answer(result, &back_to(&id, links::connection), kept).await;
    Ok(())
}

/// Lets a connection send again, whatever held it back.
#[server(prefix = "/web", endpoint = "resume_connection")]
pub async fn resume_connection(
    id: String,
    #[server(default)] proof: String,
) -> Result<(), WebError> {
    let result = resume(&id, proof.into()).await;
    answer(result, &back_to(&id, links::connection), Vec::new()).await;
    Ok(())
}

/// Puts a new key in the place of the old one.
#[server(prefix = "/web", endpoint = "rotate_key")]
pub async fn rotate_key(
    id: String,
    #[server(default)] api_key: String,
    #[server(default)] no_test: bool,
    #[server(default)] proof: String,
) -> Result<(), WebError> {
    let kept = typed(&[("no_test", if no_test { "true" } else { "" })]);
    let result = rotate(&id, api_key.into(), no_test, proof.into()).await;
    answer(result, &back_to(&id, links::rotate_key), kept).await;
    Ok(())
}

/// Removes a connection over which nothing waits and nobody works.
#[server(prefix = "/web", endpoint = "remove_connection")]
pub async fn remove_connection(
    id: String,
    #[server(default)] proof: String,
) -> Result<(), WebError> {
    let result = remove(&id, proof.into()).await;
    answer(result, &back_to(&id, links::remove_connection), Vec::new()).await;
    Ok(())
}

/// A connection as it is typed, without its key.
struct NewConnection {
    name: String,
    region: String,
    base_url: String,
}

impl NewConnection {
    async fn add(&self, api_key: SecretString, proof: SecretString) -> Result<String, Failure> {
        let administrator = context::proven(Some(proof)).await?;
        let name = self.name.parse();
        let request = ConnectionRequest {
            name: name.map_err(|error| Failure::field("name", format!("The name {error}.")))?,
            region: self.region()?,
            base_url: self.base_url(),
            api_key,
            no_test: false,
        };
        let admin = context::handles()?.admin;
        let created = admin.create_connection(&administrator, request).await;
        let id = created.map_err(by_cause)?.connection.id;
        Ok(links::stating(&links::connection(id), Done::Added))
    }

    async fn try_key(&self, api_key: SecretString) -> Result<ConnectionTest, Failure> {
        let administrator = context::administrator().await?;
        let trial = KeyTrial {
            region: self.region()?,
            base_url: self.base_url(),
            api_key,
        };
        Ok(context::handles()?
            .admin
            .try_key(&administrator, trial)
            .await?)
    }

    fn region(&self) -> Result<Region, Failure> {
        let region = self.region.parse();
        region.map_err(|_| Failure::field("region", "Choose the region of the account."))
    }

    fn base_url(&self) -> Option<String> {
        given(&self.base_url).map(ToOwned::to_owned)
    }
}

async fn test(id: &str) -> Result<ConnectionTest, Failure> {
    let administrator = context::administrator().await?;
    let admin = context::handles()?.admin;
    let (_, test) = admin.test_connection(&administrator, &read(id)?).await?;
    Ok(test)
}

async fn pause(id: &str, reason: &str) -> Result<String, Failure> {
    let administrator = context::administrator().await?;
    let id = read_id(id)?;
    let admin = context::handles()?.admin;
    let scope = PauseScope::Connection(id);
    admin.pause(&administrator, scope, reason).await?;
    Ok(links::stating(&links::connection(id), Done::Paused))
}

async fn resume(id: &str, proof: SecretString) -> Result<String, Failure> {
    let administrator = context::proven(Some(proof)).await?;
    let id = read_id(id)?;
    let admin = context::handles()?.admin;
    let scope = PauseScope::Connection(id);
    admin.resume(&administrator, scope, None).await?;
    Ok(links::stating(&links::connection(id), Done::Resumed))
}

async fn rotate(
    id: &str,
    api_key: SecretString,
    no_test: bool,
    proof: SecretString,
) -> Result<String, Failure> {
    let administrator = context::proven(Some(proof)).await?;
    let id = read_id(id)?;
    let admin = context::handles()?.admin;
    let rotated = admin
        .rotate_key(&administrator, &Ref::Id(id), api_key, no_test)
        .await;
    rotated.map_err(by_cause)?;
    Ok(links::stating(&links::connection(id), Done::KeyRotated))
}

async fn remove(id: &str, proof: SecretString) -> Result<String, Failure> {
    let administrator = context::proven(Some(proof)).await?;
    let admin = context::handles()?.admin;
    admin.remove_connection(&administrator, &read(id)?).await?;
    Ok(links::stating(links::CONNECTIONS, Done::Removed))
}

/// Back to the form, with how the trial ended; that it ended badly is no failure of the form.
async fn tell(
    result: Result<ConnectionTest, Failure>,
    back: &str,
    mut kept: Vec<(String, String)>,
) {
    match result {
        Ok(test) => {
            kept.extend(trial(&test).kept());
            let refused = Refused {
                typed: kept,
                ..Refused::default()
            };
            context::refuse(back, refused).await;
        }
        Err(failure) => answer(Err(failure), back, kept).await,
    }
}

/// What is wrong with a key, beside its field and by cause.
fn by_cause(error: AdminError) -> Failure {
    let AdminError::TestFailed(test) = &error else {
        return error.into();
    };
    let (_, title, meaning) = trial(test).words();
    let field = match test.result {
        TestResult::WrongRegion => "region",
        TestResult::Ok
        | TestResult::Skipped
        | TestResult::KeyRefused
        | TestResult::KeyUnreadable
        | TestResult::RateLimited
        | TestResult::Unreachable
        | TestResult::Unexpected => "api_key",
    };
    Failure::field(field, format!("{title}. Nothing was saved. {meaning}"))
}

fn trial(test: &ConnectionTest) -> Trial {
    let ending = match test.result {
        TestResult::Ok => match test.password_access {
            Some(true) => Ending::WithPasswords,
            Some(false) => Ending::WithoutPasswords,
            None => Ending::Opens,
        },
        TestResult::Skipped => Ending::Skipped,
        TestResult::WrongRegion => Ending::WrongRegion,
        TestResult::KeyRefused => Ending::KeyRefused,
        TestResult::KeyUnreadable => Ending::KeyUnreadable,
        TestResult::RateLimited => Ending::RateLimited,
        TestResult::Unreachable => Ending::Unreachable,
        TestResult::Unexpected => Ending::Unexpected,
    };
    Trial {
        ending,
        region: test.fitting_region.map(|region| region.as_str().to_owned()),
        organizations: test.organizations,
    }
}

fn read_id(id: &str) -> Result<ConnectionId, Failure> {
    id.parse().map_err(|_| WebError::Malformed.into())
}

fn read(id: &str) -> Result<Ref<ConnectionId>, Failure> {
    read_id(id).map(Ref::Id)
}

/// The page a form is on. One that names no connection leads to all of them.
fn back_to(id: &str, page: impl FnOnce(ConnectionId) -> String) -> String {
    id.parse()
        .map_or_else(|_| links::CONNECTIONS.to_owned(), page)
}
