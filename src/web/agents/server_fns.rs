//! What the pages of agents may ask for. A token that was made goes to the page that shows it once,
//! and nowhere else.

use leptos::prelude::*;
use secrecy::SecretString;

use super::done::Done;
use super::fields::ONLY;
use super::token_page::{EXPIRES, OLD_HOURS, PUBLIC_ID, TOKEN};
use crate::admin::{AgentChange, AgentRequest, CreatedToken, Ref, TokenReference, TokenRequest};
use crate::domain::{
    AddressRanges, AgentId, ConnectionId, GatewayWait, Name, OrganizationId, OrganizationScope,
    PauseScope, ProfileId, TokenId, UserId,
};
use crate::web::error::WebError;
use crate::web::forms::{Failure, answer, given, typed};
use crate::web::handoff::Once;
use crate::web::ui::absolute;
use crate::web::{context, links};

/// Makes an agent; its first token is the next step.
#[server(prefix = "/web", endpoint = "add_agent")]
pub async fn add_agent(
    #[server(default)] name: String,
    #[server(default)] profile: String,
    #[server(default)] connection: String,
    #[server(default)] reach: String,
    #[server(default)] organizations: String,
    #[server(default)] gateway_wait: String,
    #[server(default)] owner: String,
    #[server(default)] proof: String,
) -> Result<(), WebError> {
    let form = AgentForm {
        name,
        profile,
        connection,
        reach,
        organizations,
        gateway_wait,
        owner,
    };
    answer(form.add(proof.into()).await, links::ADD_AGENT, form.typed()).await;
    Ok(())
}

/// Changes an agent.
#[server(prefix = "/web", endpoint = "change_agent")]
pub async fn change_agent(
    id: String,
    #[server(default)] name: String,
    #[server(default)] profile: String,
    #[server(default)] connection: String,
    #[server(default)] reach: String,
    #[server(default)] organizations: String,
    #[server(default)] gateway_wait: String,
    #[server(default)] owner: String,
    #[server(default)] proof: String,
) -> Result<(), WebError> {
    let form = AgentForm {
        name,
        profile,
        connection,
        reach,
        organizations,
        gateway_wait,
        owner,
    };
    let result = form.change(&id, proof.into()).await;
    answer(result, &back_to(&id, links::change_agent), form.typed()).await;
    Ok(())
}

/// Stops an agent at once. Takes no fresh proof: whoever sees harm stops it.
#[server(prefix = "/web", endpoint = "pause_agent")]
pub async fn pause_agent(id: String, #[server(default)] reason: String) -> Result<(), WebError> {
    let result = pause(&id, &reason).await;
    let kept = typed(&[("reason", &reason)]);
    answer(result, &back_to(&id, links::agent), kept).await;
    Ok(())
}

/// Lets an agent go on.
#[server(prefix = "/web", endpoint = "resume_agent")]
pub async fn resume_agent(id: String, #[server(default)] proof: String) -> Result<(), WebError> {
    let result = resume(&id, proof.into()).await;
    answer(result, &back_to(&id, links::agent), Vec::new()).await;
    Ok(())
}

/// Removes an agent of which nothing waits.
#[server(prefix = "/web", endpoint = "remove_agent")]
pub async fn remove_agent(id: String, #[server(default)] proof: String) -> Result<(), WebError> {
    let result = remove(&id, proof.into()).await;
    answer(result, &back_to(&id, links::remove_agent), Vec::new()).await;
    Ok(())
}

/// Makes a token, which the next page shows once.
#[server(prefix = "/web", endpoint = "make_token")]
pub async fn make_token(
    id: String,
    #[server(default)] name: String,
    #[server(default)] days: String,
    #[server(default)] addresses: String,
    #[server(default)] proof: String,
) -> Result<(), WebError> {
    let kept = typed(&[("name", &name), ("days", &days), ("addresses", &addresses)]);
    let form = TokenForm {
        name,
        days,
        addresses,
    };
    show(
        form.make(&id, proof.into()).await,
        &id,
        &back_to(&id, links::new_token),
        kept,
    )
    .await
}

/// Makes a token in the place of another one, which goes on for some hours.
#[server(prefix = "/web", endpoint = "rotate_token")]
pub async fn rotate_token(
    id: String,
    token: String,
    #[server(default)] overlap_hours: String,
    #[server(default)] proof: String,
) -> Result<(), WebError> {
    let kept = typed(&[("overlap_hours", &overlap_hours)]);
    let back = back_to_token(&id, &token, links::rotate_token);
    show(
        rotate(&token, &overlap_hours, proof.into()).await,
        &id,
        &back,
        kept,
    )
    .await
}

/// Ends a token.
#[server(prefix = "/web", endpoint = "revoke_token")]
pub async fn revoke_token(
    id: String,
    token: String,
    #[server(default)] proof: String,
) -> Result<(), WebError> {
    let result = revoke(&id, &token, proof.into()).await;
    let back = back_to_token(&id, &token, links::revoke_token);
    answer(result, &back, Vec::new()).await;
    Ok(())
}

/// An agent as it is typed.
struct AgentForm {
    name: String,
    profile: String,
    connection: String,
    reach: String,
    organizations: String,
    gateway_wait: String,
    owner: String,
}

impl AgentForm {
    async fn add(&self, proof: SecretString) -> Result<String, Failure> {
        let administrator = context::proven(Some(proof)).await?;
        let request = AgentRequest {
            name: self.name()?,
            profile: self.profile()?,
            connection: self.connection()?,
            organizations: self.organizations()?,
            gateway_wait: self.gateway_wait()?,
            owner: self.owner()?,
        };
        let admin = context::handles()?.admin;
        let made = admin.create_agent(&administrator, request).await?;
        Ok(links::stating(
            &links::new_token(made.agent.id),
            Done::Added,
        ))
    }

    async fn change(&self, id: &str, proof: SecretString) -> Result<String, Failure> {
        let administrator = context::proven(Some(proof)).await?;
        let change = AgentChange {
            name: Some(self.name()?),
            profile: Some(self.profile()?),
            connection: Some(self.connection()?),
            organizations: Some(self.organizations()?),
            gateway_wait: Some(self.gateway_wait()?),
            owner: self.owner()?,
        };
        let id = read_id(id)?;
        let admin = context::handles()?.admin;
        admin
            .change_agent(&administrator, &Ref::Id(id), change)
            .await?;
        Ok(links::stating(&links::agent(id), Done::Changed))
    }

    fn name(&self) -> Result<Name, Failure> {
        read_name(&self.name)
    }

    fn profile(&self) -> Result<Ref<ProfileId>, Failure> {
        let id = self.profile.parse().map(Ref::Id);
        id.map_err(|_| Failure::field("profile", "Choose a profile."))
    }

    fn connection(&self) -> Result<Ref<ConnectionId>, Failure> {
        let id = self.connection.parse().map(Ref::Id);
        id.map_err(|_| Failure::field("connection", "Choose a connection."))
    }

    fn gateway_wait(&self) -> Result<GatewayWait, Failure> {
        let wait = given(&self.gateway_wait).map(str::parse).transpose();
        let fits = wait.map(Option::unwrap_or_default);
        fits.map_err(|_| Failure::field("gateway_wait", "Give 0 to 60 seconds."))
    }

    fn owner(&self) -> Result<Option<UserId>, Failure> {
        let id = given(&self.owner).map(str::parse).transpose();
        id.map_err(|_| Failure::field("owner", "Choose a person."))
    }

    fn organizations(&self) -> Result<OrganizationScope, Failure> {
        if self.reach != ONLY {
            return Ok(OrganizationScope::All);
        }
        let is_between = |c: char| c == ',' || c == ';' || c.is_whitespace();
        let texts = self.organizations.split(is_between);
        let ids = texts
            .filter(|text| !text.is_empty())
            .map(read_organization)
            .collect::<Result<_, _>>()?;
        Ok(OrganizationScope::Only(ids))
    }

    fn typed(&self) -> Vec<(String, String)> {
        typed(&[
            ("name", &self.name),
            ("profile", &self.profile),
            ("connection", &self.connection),
            ("reach", &self.reach),
            ("organizations", &self.organizations),
            ("gateway_wait", &self.gateway_wait),
            ("owner", &self.owner),
        ])
    }
}

/// A token as it is typed.
struct TokenForm {
    name: String,
    days: String,
    addresses: String,
}

impl TokenForm {
    async fn make(&self, id: &str, proof: SecretString) -> Result<Once, Failure> {
        let administrator = context::proven(Some(proof)).await?;
        let request = TokenRequest {
            name: given(&self.name).map(read_name).transpose()?,
            days: read_number(&self.days, "days")?,
            addresses: self.addresses()?,
        };
        let agent = Ref::Id(read_id(id)?);
        let admin = context::handles()?.admin;
        let made = admin
            .create_agent_token(&administrator, &agent, request)
            .await?;
        Ok(shown(made))
    }

    fn addresses(&self) -> Result<AddressRanges, Failure> {
        self.addresses
            .parse()
            .map_err(|error| Failure::field("addresses", format!("Not accepted: {error}.")))
    }
}

async fn pause(id: &str, reason: &str) -> Result<String, Failure> {
    let administrator = context::administrator().await?;
    let id = read_id(id)?;
    let admin = context::handles()?.admin;
    admin
        .pause(&administrator, PauseScope::Agent(id), reason)
        .await?;
    Ok(links::stating(&links::agent(id), Done::Paused))
}

async fn resume(id: &str, proof: SecretString) -> Result<String, Failure> {
    let administrator = context::proven(Some(proof)).await?;
    let id = read_id(id)?;
    let admin = context::handles()?.admin;
    admin
        .resume(&administrator, PauseScope::Agent(id), None)
        .await?;
    Ok(links::stating(&links::agent(id), Done::Resumed))
}

async fn remove(id: &str, proof: SecretString) -> Result<String, Failure> {
    let administrator = context::proven(Some(proof)).await?;
    let agent = Ref::Id(read_id(id)?);
    let admin = context::handles()?.admin;
    admin.remove_agent(&administrator, &agent).await?;
    Ok(links::stating(links::AGENTS, Done::Removed))
}

async fn rotate(token: &str, hours: &str, proof: SecretString) -> Result<Once, Failure> {
    let administrator = context::proven(Some(proof)).await?;
    let hours = read_number(hours, "overlap_hours")?;
    let admin = context::handles()?.admin;
    let made = admin
        .rotate_token(&administrator, read_token(token)?, hours)
        .await?;
    Ok(shown(made).with(OLD_HOURS, hours.to_string()))
}

async fn revoke(id: &str, token: &str, proof: SecretString) -> Result<String, Failure> {
    let administrator = context::proven(Some(proof)).await?;
    let token = TokenReference::Id(read_token(token)?);
    let admin = context::handles()?.admin;
    admin.revoke_token(&administrator, &token).await?;
    Ok(links::stating(
        &links::agent(read_id(id)?),
        Done::TokenRevoked,
    ))
}

fn shown(made: CreatedToken) -> Once {
    Once::secret(TOKEN, made.token)
        .with(PUBLIC_ID, made.public_id)
        .with(EXPIRES, absolute(made.expires_at))
}

/// To the page that shows the token once, or back to the form.
async fn show(
    result: Result<Once, Failure>,
    id: &str,
    back: &str,
    kept: Vec<(String, String)>,
) -> Result<(), WebError> {
    match result {
        Ok(once) => context::show_once(&back_to(id, links::token_made), once).await?,
        Err(failure) => answer(Err(failure), back, kept).await,
    }
    Ok(())
}

fn read_id(id: &str) -> Result<AgentId, Failure> {
    id.parse().map_err(|_| WebError::Malformed.into())
}

fn read_token(id: &str) -> Result<TokenId, Failure> {
    id.parse().map_err(|_| WebError::Malformed.into())
}

fn read_name(name: &str) -> Result<Name, Failure> {
    let name = name.parse();
    name.map_err(|error| Failure::field("name", format!("The name {error}.")))
}

/// Digits alone; the stage says which numbers it takes.
fn read_number(text: &str, field: &str) -> Result<u32, Failure> {
    let number = given(text).and_then(|text| text.parse().ok());
    number.ok_or_else(|| Failure::field(field, "Give a whole number."))
}

fn read_organization(text: &str) -> Result<OrganizationId, Failure> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let id = is_number.then(|| text.parse().ok()).flatten();
    id.ok_or_else(|| {
        Failure::field(
            "organizations",
            format!("“{text}” is not an id: an id is a number."),
        )
    })
}

/// The page a form is on. One that names no agent leads to all of them.
fn back_to(id: &str, page: impl FnOnce(AgentId) -> String) -> String {
    id.parse().map_or_else(|_| links::AGENTS.to_owned(), page)
}

fn back_to_token(id: &str, token: &str, page: impl FnOnce(AgentId, TokenId) -> String) -> String {
    match (id.parse(), token.parse()) {
        (Ok(id), Ok(token)) => page(id, token),
        (Ok(id), Err(_)) => links::agent(id),
        (Err(_), _) => links::AGENTS.to_owned(),
    }
}
