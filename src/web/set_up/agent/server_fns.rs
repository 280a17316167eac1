//! What the step of the agent may ask for.

use leptos::prelude::*;
use secrecy::{ExposeSecret as _, SecretString};

use crate::admin::{AgentRequest, LONGEST_TOKEN_DAYS, Ref, SampleWrite, TokenRequest};
use crate::domain::{ConnectionId, Name, OrganizationScope, ProfileId};
use crate::web::context;
use crate::web::error::WebError;
use crate::web::forms::{self, Failure, Reading, typed};
use crate::web::handoff::Once;

const PAGE: &str = "/setup/agent";

/// Adds an agent with a token, which the page then shows once.
#[server(prefix = "/web", endpoint = "setup_agent")]
pub async fn add_agent(
    name: String,
    #[server(default)] profile: String,
    #[server(default)] connection: String,
    #[server(default)] days: String,
    #[server(default)] proof: String,
) -> Result<(), WebError> {
    let typed = typed(&[
        ("name", &name),
        ("profile", &profile),
        ("connection", &connection),
        ("days", &days),
    ]);
    let wanted = Wanted {
        name,
        profile,
        connection,
        days,
    };
    match added(&wanted, proof.into()).await {
        Ok(token) => context::show_once(PAGE, token).await?,
        Err(failure) => forms::answer(Err(failure), PAGE, typed).await,
    }
    Ok(())
}

struct Wanted {
    name: String,
    profile: String,
    connection: String,
    days: String,
}

async fn added(wanted: &Wanted, proof: SecretString) -> Result<Once, Failure> {
    let proven = context::proven(Some(proof)).await?;
    let mut reading = Reading::default();
    let name = reading.field::<Name>("name", &wanted.name);
    let profile = reading.field::<ProfileId>("profile", &wanted.profile);
    let connection = reading.field::<ConnectionId>("connection", &wanted.connection);
    let days = forms::number(&mut reading, "days", &wanted.days, 1, LONGEST_TOKEN_DAYS);
    let (Some(name), Some(profile), Some(connection), Some(days)) =
        (name, profile, connection, days)
    else {
        return Err(reading.failure());
    };
    let admin = context::handles()?.admin;
    let request = AgentRequest {
        name,
        profile: Ref::Id(profile),
        connection: Ref::Id(connection),
        organizations: OrganizationScope::All,
        gateway_wait: crate::domain::GatewayWait::default(),
        owner: None,
    };
    let agent = admin.create_agent(&proven, request).await?;
    let request = TokenRequest {
        days,
        ..TokenRequest::default()
    };
    let agent_id = Ref::Id(agent.agent.id);
    let token = admin
        .create_agent_token(&proven, &agent_id, request)
        .await?;
    let sample = admin.sample_write(&proven, &Ref::Id(connection)).await?;
    shown(&agent.agent.name, token.token, sample).await
}

/// The token for the page, and the same aside for the sample that the next page can send.
async fn shown(
    agent: &str,
    token: SecretString,
    sample: Option<SampleWrite>,
) -> Result<Once, Failure> {
    let address = context::handles()?.address;
    let mut once = Once::secret("token", token.clone()).with("agent", agent);
    if let Some(sample) = sample {
        let line = sample.curl(&address, token.expose_secret());
        once.secrets.push(("curl".to_owned(), line.into()));
        let aside = Once::secret("token", token)
            .with("method", sample.method)
            .with("path", sample.path)
            .with("body", sample.body.to_string())
            .with("summary", sample.summary);
        let held = context::hold(aside).await?;
        once = once.with("held", held);
    }
    Ok(once)
}
