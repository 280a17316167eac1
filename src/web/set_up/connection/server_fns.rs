//! What the step of the connection may ask for.

use leptos::prelude::*;
use secrecy::SecretString;

use super::tested::Tested;
use crate::admin::{ConnectionRequest, ConnectionTest, KeyTrial, TestResult};
use crate::domain::Name;
use crate::itglue::Region;
use crate::web::context;
use crate::web::error::WebError;
use crate::web::forms::{self, Failure, Reading, given, typed};
use crate::web::handoff::{Once, Refused};

const PAGE: &str = "/setup/connection";
const NEXT: &str = "/setup/profile";

/// Tries a key out and shows what it can do. Nothing is stored; the key is kept aside for the form
/// that saves it.
#[server(prefix = "/web", endpoint = "setup_test_key")]
pub async fn test_key(
    name: String,
    region: String,
    #[server(default)] base_url: String,
    api_key: String,
) -> Result<(), WebError> {
    let mut typed = typed(&[
        ("name", &name),
        ("region", &region),
        ("base_url", &base_url),
    ]);
    match tried(&region, &base_url, api_key.into()).await {
        Ok(tested) => {
            typed.extend(tested.write());
            let found = Refused {
                typed,
                ..Refused::default()
            };
            context::refuse(PAGE, found).await;
        }
        Err(failure) => forms::answer(Err(failure), PAGE, typed).await,
    }
    Ok(())
}

/// Keeps the connection, with the key that was tried out.
#[server(prefix = "/web", endpoint = "setup_connect")]
pub async fn connect(
    name: String,
    region: String,
    #[server(default)] base_url: String,
    held: String,
    #[server(default)] no_test: bool,
    #[server(default)] proof: String,
) -> Result<(), WebError> {
    let typed = typed(&[
        ("name", &name),
        ("region", &region),
        ("base_url", &base_url),
    ]);
    let wanted = Wanted {
        name,
        region,
        base_url,
        held,
        no_test,
    };
    let result = connected(wanted, proof.into()).await;
    forms::answer(result, PAGE, typed).await;
    Ok(())
}

struct Wanted {
    name: String,
    region: String,
    base_url: String,
    held: String,
    no_test: bool,
}

async fn tried(region: &str, base_url: &str, api_key: SecretString) -> Result<Tested, Failure> {
    let administrator = context::administrator().await?;
    let mut reading = Reading::default();
    let Some(region) = reading.field::<Region>("region", region) else {
        return Err(reading.failure());
    };
    let trial = KeyTrial {
        region,
        base_url: given(base_url).map(ToOwned::to_owned),
        api_key: api_key.clone(),
    };
    let admin = context::handles()?.admin;
    let test = admin.try_key(&administrator, trial).await?;
    let held = context::hold(Once::secret("api_key", api_key)).await?;
    Ok(told(test, held))
}

fn told(test: ConnectionTest, held: String) -> Tested {
    Tested {
        held,
        works: test.is_ok(),
        is_undecided: matches!(
            test.result,
            TestResult::Skipped
                | TestResult::RateLimited
                | TestResult::Unreachable
                | TestResult::Unexpected
        ),
        detail: forms::sentences([test.detail.as_str(), test.result.advice()]),
        organizations: test.organizations,
        password_access: test.password_access,
        fitting_region: test.fitting_region.map(|region| region.to_string()),
    }
}

async fn connected(wanted: Wanted, proof: SecretString) -> Result<String, Failure> {
    let proven = context::proven(Some(proof)).await?;
    let mut reading = Reading::default();
    let name = reading.field::<Name>("name", &wanted.name);
    let region = reading.field::<Region>("region", &wanted.region);
    let (Some(name), Some(region)) = (name, region) else {
        return Err(reading.failure());
    };
    let kept = context::held(&wanted.held).await;
    let Some((_, api_key)) = kept.and_then(|once| once.secrets.into_iter().next()) else {
        return Err(Failure::field(
            "api_key",
            "The key is no longer kept aside. Paste it again.",
        ));
    };
    let request = ConnectionRequest {
        name,
        region,
        base_url: given(&wanted.base_url).map(ToOwned::to_owned),
        api_key,
        no_test: wanted.no_test,
    };
    let admin = context::handles()?.admin;
    admin.create_connection(&proven, request).await?;
    Ok(NEXT.to_owned())
}
