//! Before anything is read or sent: is it still what was approved, and may it still be?

use serde_json::json;

use super::error::ReplayError;
use super::halt::{Halt, is_unsent};
use super::turn::Turn;
use super::worker::Worker;
use crate::diff;
use crate::domain::{
    AuditAction, DecidedBy, Facts, Item, ItemEvent, Proposal, ResultKind, TargetOrganization,
    TraitsMode, UnresolvedReason, VerdictKind, Warning, WarningCode,
};
use crate::policy::{Call, Subject, classify, judge};
use crate::secrets::{Bound, BoundItem, OpenError, fingerprint_of};
use crate::store::{Due, ItemEnd};

/// How often it is asked whether a client that only the body names is still paused.
const PAUSED_CLIENT_SECONDS: i64 = 60;
const TAMPERED: &str = "stored bytes no longer match the approval";

/// Checks a claimed item against what is stored now, and opens it.
///
/// # Errors
/// [`Halt`] says what becomes of it instead of being sent.
pub(super) async fn check(worker: &Worker, due: Due) -> Result<Turn, Halt> {
    require_headway(worker, &due)?;
    require_approved_bytes(worker, &due)?;
    let Due { proposal, item } = &due;
    require_no_pause(worker, item).await?;
    require_agent(worker, proposal, item).await?;
    require_fresh_approval(worker, proposal)?;
    let turn = Turn::open(worker, due).await?;
    let facts = facts(&turn);
    require_no_paused_client(worker, &turn, &facts).await?;
    require_policy(worker, &turn, &facts).await?;
    Ok(turn)
}

/// Asks again right before the intention is written down what may have changed while the record was
/// read. Between this and the intention lies no request to IT Glue; a pause is asked for once more
/// with the intention itself.
///
/// # Errors
/// [`Halt`] says what becomes of it instead of being sent.
pub(super) async fn check_again(worker: &Worker, turn: &Turn) -> Result<(), Halt> {
    let facts = facts(turn);
    require_no_pause(worker, &turn.item).await?;
    require_agent(worker, &turn.proposal, &turn.item).await?;
    require_no_paused_client(worker, turn, &facts).await?;
    require_policy(worker, turn, &facts).await
}

/// The agent that proposed it may still go on: it works over the same connection, and its token
/// works. A person's proposal asks for neither.
async fn require_agent(worker: &Worker, proposal: &Proposal, item: &Item) -> Result<(), Halt> {
    if proposal.reversal.is_some() {
        return Ok(());
    }
    let agent = worker
        .store
        .agent(proposal.agent.id)
        .await?
        .ok_or(ReplayError::Missing("agent"))?;
    if agent.connection.id != proposal.connection.id {
        let why = "the agent works over another connection now";
        return Err(refused_by_policy(worker, item, why));
    }
    require_token(worker, proposal, item).await
}

/// A pause that came after the claim. It is not taken up again before the pause ends.
async fn require_no_pause(worker: &Worker, item: &Item) -> Result<(), Halt> {
    match worker.store.pause_of_item(item.id, worker.now()).await? {
        Some(why) => Err(Halt::release(worker, item, &why, 0)),
        None => Ok(()),
    }
}

/// A write can touch clients that the record itself does not tell of, such as one that it moves to.
async fn require_no_paused_client(worker: &Worker, turn: &Turn, facts: &Facts) -> Result<(), Halt> {
    for organization in &facts.organizations {
        let TargetOrganization::Known(id) = organization else {
            continue;
        };
        if let Some(reason) = worker.store.pause_of_organization(*id).await? {
            let why = format!("writes for organization {id} are paused: {reason}");
            let wait = worker.settings.scaled_millis(PAUSED_CLIENT_SECONDS);
            return Err(Halt::release(worker, &turn.item, &why, wait));
        }
    }
    Ok(())
}

/// I3: what is stored is what the decision of this round was given for.
fn require_approved_bytes(worker: &Worker, due: &Due) -> Result<(), Halt> {
    let Due { proposal, item } = due;
    let bound = Bound {
        proposal: proposal.id,
        revision: proposal.revision,
        round: proposal.round,
        connection: proposal.connection.id,
    };
    let items = proposal.items.iter().map(BoundItem::from);
    let stored = match fingerprint_of(&worker.vault, bound, items) {
        Ok(fingerprint) => Some(fingerprint),
        Err(error @ OpenError::UnknownKey(_)) => return Err(error.into()),
        Err(OpenError::Malformed | OpenError::Tampered) => None,
    };
    let approved = proposal
        .decision
        .as_ref()
        .filter(|decision| decision.round == proposal.round)
        .map(|decision| decision.fingerprint);
    if stored.is_some() && stored == approved && stored == Some(proposal.fingerprint) {
        return Ok(());
    }
    tracing::error!(
        proposal.id = %proposal.id,
        item.position = item.position,
        "{TAMPERED}; nothing was sent"
    );
    let end = ResultKind::NotApplied;
    Err(refusal(worker, item, AuditAction::Tampered, end, TAMPERED))
}

async fn require_token(worker: &Worker, proposal: &Proposal, item: &Item) -> Result<(), Halt> {
    let token = worker
        .store
        .token(proposal.token_id)
        .await?
        .ok_or(ReplayError::Missing("token"))?;
    if token.revoked_at.is_some() {
        let why = "the token it was proposed with was revoked";
        return Err(refused_by_policy(worker, item, why));
    }
    if token.expires_at <= worker.now() {
        let why = "the token it was proposed with has expired";
        return Err(refused_by_policy(worker, item, why));
    }
    Ok(())
}

/// A rest that cannot go on, and of which nothing can go back any more, is for a person to end: only
/// they are left, and other writes on its records wait for it.
fn require_headway(worker: &Worker, due: &Due) -> Result<(), Halt> {
    let Due { proposal, item } = due;
    if is_unsent(proposal) || !is_too_old(worker, proposal) {
        return Ok(());
    }
    let Some(why) = worker.failures.lasting(item.id) else {
        return Ok(());
    };
    // Where the person has it sent again, it gets as many tries as before.
    worker.failures.forget(item.id);
    Err(ask_person(worker, item, AuditAction::Ended, &why))
}

/// Once something was sent, the rest is carried out however old the approval: half is worse.
fn require_fresh_approval(worker: &Worker, proposal: &Proposal) -> Result<(), Halt> {
    if is_too_old(worker, proposal) && is_unsent(proposal) {
        let why = "the approval is too old";
        let warning = Some(too_old());
        return Err(Halt::return_to_people(worker, proposal, why, warning));
    }
    Ok(())
}

fn is_too_old(worker: &Worker, proposal: &Proposal) -> bool {
    let max_age = i64::from(worker.settings.approval_max_age_seconds);
    proposal
        .decision
        .as_ref()
        .is_some_and(|decision| decision.at.plus_seconds(max_age) <= worker.now())
}

/// What people are told when an approval waited too long.
pub(super) fn too_old() -> Warning {
    Warning {
        code: WarningCode::ApprovalTooOld,
        detail: "The approval could not be carried out in time and must be given again.".to_owned(),
        fields: Vec::new(),
    }
}

async fn require_policy(worker: &Worker, turn: &Turn, facts: &Facts) -> Result<(), Halt> {
    let is_by_person = turn.proposal.reversal.is_some();
    let standing = worker.store.standing(turn.proposal.agent.id, is_by_person);
    let standing = standing.await?.ok_or(ReplayError::Missing("agent"))?;
    let request = &turn.request;
    let call = Call {
        method: request.route.method.as_str(),
        path: &request.route.path,
        body: request.body.as_ref(),
    };
    let Ok(classified) = classify(&call) else {
        let why = "the catalogue no longer knows this write";
        return Err(refused_by_policy(worker, &turn.item, why));
    };
    let is_same = matches!(classified.items.as_slice(), [item]
        if item.route == request.route
            && item.class == request.class
            && item.operation == request.operation
            && item.record_id == request.record_id);
    if !is_same {
        let why = "the catalogue reads this write differently now";
        return Err(refused_by_policy(worker, &turn.item, why));
    }
    let subject = Subject {
        rules: &standing.rules,
        scope: &standing.organizations,
    };
    let verdict = judge(&subject, &classified.located, Some(facts)).verdict;
    let is_by_policy = turn
        .proposal
        .decision
        .as_ref()
        .is_some_and(|decision| decision.by == DecidedBy::Policy);
    match verdict.kind {
        VerdictKind::Refused => Err(refused_by_policy(worker, &turn.item, &verdict.explanation)),
        VerdictKind::NeedsApproval if is_by_policy && is_unsent(&turn.proposal) => Err(
            Halt::return_to_people(worker, &turn.proposal, &verdict.rule, None),
        ),
        VerdictKind::NeedsApproval if is_by_policy => {
            Err(refused_by_policy(worker, &turn.item, &verdict.explanation))
        }
        VerdictKind::NeedsApproval | VerdictKind::Allowed => Ok(()),
    }
}

/// The facts of the item as it was read. A body that was completed from the record need not fit the
/// rules for what agents send; then what is stored about it has to do.
fn facts(turn: &Turn) -> Facts {
    let snapshot = &turn.item.pre_image;
    match diff::prepare(turn.kind, &turn.request, snapshot, TraitsMode::Replace) {
        Ok(prepared) => prepared.facts,
        Err(_) => Facts {
            organizations: vec![
                turn.item
                    .resource
                    .organization_id
                    .map_or(TargetOrganization::Unknown, TargetOrganization::Known),
            ],
            writes_secret: !turn.item.secret_pointers.is_empty(),
            ..Facts::default()
        },
    }
}

fn refused_by_policy(worker: &Worker, item: &Item, why: &str) -> Halt {
    let end = ResultKind::RefusedByPolicy;
    refusal(worker, item, AuditAction::Refused, end, why)
}

/// The item ends without having been sent. If an earlier send of it is not proven to have been
/// without effect, a person has to say what became of that.
fn refusal(
    worker: &Worker,
    item: &Item,
    action: AuditAction,
    result: ResultKind,
    why: &str,
) -> Halt {
    if item.progress.sends > 0 {
        return ask_person(worker, item, action, why);
    }
    let details = json!({ "why": why });
    match worker.change(item, ItemEvent::PolicyRefused, action, details) {
        Ok(mut change) => {
            change.hold_reason = Some(why.to_owned());
            change.end = Some(ItemEnd {
                result: Some(result),
                ..ItemEnd::default()
            });
            Halt::Change(Box::new(change))
        }
        Err(error) => error.into(),
    }
}

/// The item does not go on by itself; a person is told what is in the way.
fn ask_person(worker: &Worker, item: &Item, action: AuditAction, why: &str) -> Halt {
    let reason = UnresolvedReason::Drift;
    let details = json!({ "unresolved": reason.as_str(), "why": why });
    match worker.change(item, ItemEvent::Drifted, action, details) {
        Ok(mut change) => {
            change.hold_reason = Some(why.to_owned());
            change.unresolved = Some(reason);
            Halt::Change(Box::new(change))
        }
        Err(error) => error.into(),
    }
}
