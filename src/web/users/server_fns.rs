//! What the pages about people may ask for. All but looking takes a fresh proof.

use leptos::prelude::*;
use secrecy::SecretString;

use super::actions::UserAction;
use super::forms_read::TypedPerson;
use crate::admin::{Invitation, Invite as Invited, UserChange};
use crate::domain::UserId;
use crate::web::context;
use crate::web::error::WebError;
use crate::web::forms::{self, Failure};
use crate::web::handoff::Once;
use crate::web::links::{self, Done};

const PAGE: &str = "/users";
const INVITE: &str = "/users/invite";
const LINK: &str = "/users/link";

/// Adds a person and makes the link by which they join.
#[server(prefix = "/web", endpoint = "user_invite")]
pub async fn invite(
    email: String,
    name: String,
    #[server(default)] role: String,
    #[server(default)] clients: String,
    #[server(default)] ids: String,
    #[server(default)] proof: String,
) -> Result<(), WebError> {
    let person = TypedPerson {
        email,
        name,
        role,
        clients,
        ids,
    };
    let result = invited(&person, proof.into()).await;
    answer_with_link(result, INVITE, person.typed()).await
}

/// Changes name, role or clients of a person.
#[server(prefix = "/web", endpoint = "user_change")]
pub async fn change(
    id: String,
    name: String,
    #[server(default)] role: String,
    #[server(default)] clients: String,
    #[server(default)] ids: String,
    #[server(default)] proof: String,
) -> Result<(), WebError> {
    let person = TypedPerson {
        name,
        role,
        clients,
        ids,
        ..TypedPerson::default()
    };
    let result = changed(&id, &person, proof.into()).await;
    forms::answer(result, &links::user(&id), person.typed()).await;
    Ok(())
}

/// Does one thing with a person's account.
#[server(prefix = "/web", endpoint = "user_act")]
pub async fn act(
    id: String,
    action: String,
    #[server(default)] proof: String,
) -> Result<(), WebError> {
    let back = links::user_action(&id, &action);
    match action.parse() {
        Ok(UserAction::Link) => {
            let result = linked(&id, proof.into()).await;
            return answer_with_link(result, &back, Vec::new()).await;
        }
        Ok(action) => {
            let result = acted(&id, action, proof.into()).await;
            forms::answer(result, &back, Vec::new()).await;
        }
        Err(_) => forms::answer(Err(WebError::Malformed.into()), &back, Vec::new()).await,
    }
    Ok(())
}

async fn answer_with_link(
    result: Result<Once, Failure>,
    back: &str,
    typed: Vec<(String, String)>,
) -> Result<(), WebError> {
    match result {
        Ok(link) => context::show_once(LINK, link).await?,
        Err(failure) => forms::answer(Err(failure), back, typed).await,
    }
    Ok(())
}

async fn invited(person: &TypedPerson, proof: SecretString) -> Result<Once, Failure> {
    let proven = context::proven(Some(proof)).await?;
    let (email, person) = person.read_invited()?;
    let invite = Invited {
        email,
        name: person.name,
        role: person.role,
        organizations: person.organizations,
    };
    let admin = context::handles()?.admin;
    shown(admin.invite_user(&proven, invite).await?, "invitation")
}

async fn changed(id: &str, person: &TypedPerson, proof: SecretString) -> Result<String, Failure> {
    let proven = context::proven(Some(proof)).await?;
    let id = read_id(id)?;
    let person = person.read()?;
    let change = UserChange {
        name: Some(person.name),
        role: Some(person.role),
        organizations: Some(person.organizations),
    };
    let admin = context::handles()?.admin;
    admin.change_user(&proven, id, change).await?;
    Ok(links::done(PAGE, Done::Saved))
}

/// A link: another invitation for who has not joined yet, a reset for who has.
async fn linked(id: &str, proof: SecretString) -> Result<Once, Failure> {
    let proven = context::proven(Some(proof)).await?;
    let id = read_id(id)?;
    let admin = context::handles()?.admin;
    let has_joined = admin.user(&proven, id).await?.invitation.is_none();
    if has_joined {
        shown(admin.reset_link(&proven, id).await?, "reset")
    } else {
        shown(admin.renew_invitation(&proven, id).await?, "invitation")
    }
}

async fn acted(id: &str, action: UserAction, proof: SecretString) -> Result<String, Failure> {
    let proven = context::proven(Some(proof)).await?;
    let id = read_id(id)?;
    let admin = context::handles()?.admin;
    let done = match action {
        UserAction::Disable => {
            admin.disable_user(&proven, id).await?;
            Done::UserDisabled
        }
        UserAction::Enable => {
            admin.enable_user(&proven, id).await?;
            Done::UserEnabled
        }
        UserAction::ResetFactor => {
            admin.reset_factor(&proven, id).await?;
            Done::FactorRemoved
        }
        UserAction::EndSessions => {
            admin.end_sessions(&proven, id).await?;
            Done::SessionEnded
        }
        UserAction::Link => return Err(WebError::Malformed.into()),
    };
    Ok(links::done(&links::user(&id.to_string()), done))
}

fn shown(invitation: Invitation, purpose: &str) -> Result<Once, Failure> {
    let address = context::handles()?.address;
    let link = links::absolute_join(&address, &invitation.secret);
    Ok(Once::secret("link", link)
        .with("name", invitation.user.name)
        .with("email", invitation.user.email)
        .with("purpose", purpose)
        .with("until", invitation.expires_at.to_string()))
}

fn read_id(id: &str) -> Result<UserId, WebError> {
    id.parse().map_err(|_| WebError::Malformed)
}
