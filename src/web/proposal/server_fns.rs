//! What the pages of a proposal may ask for. Each form is answered with another page: the one that
//! states the result, or the form again with what went wrong and what was typed.

use leptos::prelude::*;
use secrecy::{ExposeSecret as _, SecretString};

use super::confirmation::Asked;
use crate::access::Technician;
use crate::decision::{Approve as Approved, Resolve as Resolved};
use crate::domain::{Fingerprint, ProposalId};
use crate::intake::Submitted;
use crate::web::error::WebError;
use crate::web::forms::{self, Failure};
use crate::web::links::{Done, Form};
use crate::web::{context, links};

/// Approves what was shown.
#[server(prefix = "/web", endpoint = "approve")]
pub async fn approve(
    number: i64,
    fingerprint: String,
    #[server(default)] reason: String,
    #[server(default)] keep: Vec<String>,
    #[server(default)] seen: Vec<String>,
    #[server(default)] name: String,
    #[server(default)] proof: String,
) -> Result<(), WebError> {
    let approval = Approval {
        number,
        fingerprint,
        reason,
        keep,
        seen,
        name,
    };
    let given = approval.give(proof.into()).await;
    answer(
        given,
        number,
        Form::Approve,
        Done::Approved,
        approval.typed(),
    )
    .await;
    Ok(())
}

/// Rejects what was shown; the agent reads the reason.
#[server(prefix = "/web", endpoint = "reject")]
pub async fn reject(
    number: i64,
    id: String,
    fingerprint: String,
    #[server(default)] reason: String,
) -> Result<(), WebError> {
    let rejected = reject_shown(&id, &fingerprint, &reason).await;
    let typed = forms::typed(&[("reason", &reason)]);
    answer(rejected, number, Form::Reject, Done::Rejected, typed).await;
    Ok(())
}

/// Sends what was shown back to its agent, which reads the reason.
#[server(prefix = "/web", endpoint = "send_back")]
pub async fn send_back(
    number: i64,
    id: String,
    fingerprint: String,
    #[server(default)] reason: String,
) -> Result<(), WebError> {
    let sent_back = send_back_shown(&id, &fingerprint, &reason).await;
    let typed = forms::typed(&[("reason", &reason)]);
    answer(sent_back, number, Form::SendBack, Done::SentBack, typed).await;
    Ok(())
}

/// Takes an approval back while it is held or waits.
#[server(prefix = "/web", endpoint = "undo")]
pub async fn undo(number: i64, id: String) -> Result<(), WebError> {
    let undone = undo_approval(&id).await;
    answer(undone, number, Form::Proposal, Done::Undone, Vec::new()).await;
    Ok(())
}

/// Says that the person has seen that the record does not show all that was approved.
#[server(prefix = "/web", endpoint = "seen")]
pub async fn see_difference(number: i64, id: String) -> Result<(), WebError> {
    let seen = note_seen(&id).await;
    answer(seen, number, Form::Proposal, Done::Seen, Vec::new()).await;
    Ok(())
}

/// Says what became of a send that reading could not tell about.
#[server(prefix = "/web", endpoint = "resolve")]
pub async fn resolve(
    number: i64,
    id: String,
    item: u32,
    #[server(default)] attempt: Option<u32>,
    #[server(default)] resolution: String,
    #[server(default)] resource_id: String,
    #[server(default)] reason: String,
    #[server(default)] proof: String,
) -> Result<(), WebError> {
    let typed = forms::typed(&[
        ("resolution", &resolution),
        ("resource_id", &resource_id),
        ("reason", &reason),
    ]);
    let found = Found {
        item,
        attempt,
        resolution,
        resource_id,
        reason,
    };
    let said = found.say(&id, proof.into()).await;
    answer(said, number, Form::Resolve, Done::Resolved, typed).await;
    Ok(())
}

/// Proposes to take an applied proposal back.
#[server(prefix = "/web", endpoint = "revert")]
pub async fn revert(
    number: i64,
    id: String,
    #[server(default)] reason: String,
) -> Result<(), WebError> {
    let proposed = propose_revert(&id, &reason).await;
    let done = proposed.map(|number| links::done(&links::proposal(number), Done::RevertProposed));
    let back = links::form(number, Form::Revert);
    forms::answer(done, &back, forms::typed(&[("reason", &reason)])).await;
    Ok(())
}

/// The number of the proposal that takes the other one back.
async fn propose_revert(id: &str, reason: &str) -> Result<i64, Failure> {
    let technician = context::technician().await?;
    let decision = context::handles()?.decision;
    let id = read_id(id)?;
    let revert = decision.revert(&technician, id, forms::given(reason));
    let (Submitted::New(proposal) | Submitted::Repeated(proposal)) = revert.await?;
    Ok(proposal.number)
}

/// What a person found out, as it was typed.
struct Found {
    item: u32,
    attempt: Option<u32>,
    resolution: String,
    resource_id: String,
    reason: String,
}

impl Found {
    async fn say(&self, id: &str, proof: SecretString) -> Result<(), Failure> {
        let technician = proved(context::technician().await?, &proof).await?;
        let word = self
            .resolution
            .parse()
            .map_err(|_| Failure::field("resolution", "Choose what you found."))?;
        let record = forms::given(&self.resource_id).map(str::parse).transpose();
        let resource_id = record.map_err(|_| {
            Failure::field(
                "resource_id",
                "Digits alone: the id of a record in IT Glue.",
            )
        })?;
        let resolve = Resolved {
            item: self.item,
            attempt: self.attempt,
            word,
            resource_id,
            reason: self.reason.clone(),
        };
        let decision = context::handles()?.decision;
        decision.resolve(&technician, read_id(id)?, resolve).await?;
        Ok(())
    }
}

/// An approval as it was typed, but for the proof.
struct Approval {
    number: i64,
    fingerprint: String,
    reason: String,
    keep: Vec<String>,
    seen: Vec<String>,
    name: String,
}

impl Approval {
    /// What the next try begins with. What has to be seen and typed is seen and typed each time.
    fn typed(&self) -> Vec<(String, String)> {
        let kept = self.keep.iter().map(|key| ("keep", key.as_str()));
        let typed: Vec<_> = kept.chain([("reason", self.reason.as_str())]).collect();
        forms::typed(&typed)
    }

    async fn give(&self, proof: SecretString) -> Result<(), Failure> {
        let technician = context::technician().await?;
        let opened = context::open(&technician.reviewer(), Some(self.number)).await?;
        Asked::of(&opened).check(&opened, &self.seen, &self.name)?;
        let technician = proved(technician, &proof).await?;
        let approve = Approved {
            fingerprint: Some(read_fingerprint(&self.fingerprint)?),
            reason: forms::given(&self.reason).map(ToOwned::to_owned),
            keep: self.keep.clone(),
            ..Approved::default()
        };
        context::handles()?
            .decision
            .approve(&technician, opened.proposal.id, approve)
            .await?;
        Ok(())
    }
}

/// The technician, proved anew if the form holds a proof.
pub async fn proved(technician: Technician, proof: &SecretString) -> Result<Technician, WebError> {
    if proof.expose_secret().is_empty() {
        return Ok(technician);
    }
    context::step_up(&technician, Some(proof.clone())).await
}

async fn reject_shown(id: &str, fingerprint: &str, reason: &str) -> Result<(), Failure> {
    let technician = context::technician().await?;
    let (id, fingerprint) = (read_id(id)?, read_fingerprint(fingerprint)?);
    let decision = context::handles()?.decision;
    let rejected = decision.reject(&technician, id, Some(fingerprint), reason);
    rejected.await?;
    Ok(())
}

async fn send_back_shown(id: &str, fingerprint: &str, reason: &str) -> Result<(), Failure> {
    let technician = context::technician().await?;
    let (id, fingerprint) = (read_id(id)?, read_fingerprint(fingerprint)?);
    let decision = context::handles()?.decision;
    let sent_back = decision.send_back(&technician, id, Some(fingerprint), reason);
    sent_back.await?;
    Ok(())
}

async fn undo_approval(id: &str) -> Result<(), Failure> {
    let technician = context::technician().await?;
    context::handles()?
        .decision
        .undo(&technician, read_id(id)?)
        .await?;
    Ok(())
}

async fn note_seen(id: &str) -> Result<(), Failure> {
    let technician = context::technician().await?;
    context::handles()?
        .decision
        .see_difference(&technician, read_id(id)?)
        .await?;
    Ok(())
}

/// Goes to the proposal, which says what was done, or back to this form.
async fn answer(
    result: Result<(), Failure>,
    number: i64,
    form: Form,
    done: Done,
    typed: Vec<(String, String)>,
) {
    let done = links::done(&links::proposal(number), done);
    forms::answer(result.map(|()| done), &links::form(number, form), typed).await;
}

fn read_fingerprint(text: &str) -> Result<Fingerprint, WebError> {
    text.parse().map_err(|_| WebError::Malformed)
}

fn read_id(text: &str) -> Result<ProposalId, WebError> {
    text.parse().map_err(|_| WebError::Malformed)
}
