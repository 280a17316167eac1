//! What an agent proposed is kept as the agent proposed it, whatever people make of it.

use serde_json::json;

use super::ground::{Ground, at, content, event, returned};
use crate::domain::{AuditAction, DecisionVerdict, Fingerprint, Proposal, ProposalContent};
use crate::store::{PastRevision, Revision};

/// Another title for the contact.
fn titled(title: &str) -> ProposalContent {
    let mut content = content(&[1]);
    content.fingerprint = Fingerprint([8; 32]);
    let attributes = json!({ "title": title });
    content.request.body = Some(json!({"data": {"type": "contacts", "attributes": attributes}}));
    content
}

async fn approve_with(ground: &Ground, proposal: &Proposal, title: &str, second: i64) -> Proposal {
    let edited = titled(title);
    let mut approval = ground.approval(proposal, at(second));
    approval.decision.verdict = DecisionVerdict::ApprovedWithEdits;
    approval.decision.fingerprint = edited.fingerprint;
    approval.edited = Some(edited);
    let done = ground.store.record_approval(proposal, &approval).await;
    done.unwrap();
    ground.again(proposal).await
}

async fn undo(ground: &Ground, approved: &Proposal, second: i64) -> Proposal {
    let undone = returned(approved, at(second));
    ground.store.return_to_people(&undone).await.unwrap();
    ground.again(approved).await
}

async fn revise(ground: &Ground, proposal: &Proposal, title: &str, second: i64) -> Proposal {
    let revised = Revision {
        content: titled(title),
        summary: "Better".to_owned(),
        reason: Some("The client asked".to_owned()),
        ticket: None,
        expires_at: at(7200),
        write_digest: None,
    };
    let event = event(AuditAction::Revised, at(second));
    let done = ground.store.revise_proposal(proposal, &revised, &event);
    done.await.unwrap();
    ground.again(proposal).await
}

async fn kept(ground: &Ground, proposal: &Proposal) -> Vec<PastRevision> {
    ground.store.revisions_of(proposal.id).await.unwrap()
}

/// A proposal as it was, replaced at this second.
fn as_it_was(proposal: &Proposal, second: i64) -> PastRevision {
    PastRevision {
        revision: proposal.revision,
        method: proposal.request.method,
        path: proposal.request.path.clone(),
        body: proposal.request.body.clone(),
        summary: proposal.summary.clone(),
        reason: proposal.reason.clone(),
        replaced_at: at(second),
    }
}

#[tokio::test]
async fn an_edited_approval_keeps_what_the_agent_proposed() {
    let ground = Ground::new().await;
    let proposal = ground.propose(&[1]).await;
    let approved = approve_with(&ground, &proposal, "Head of IT", 2).await;
    assert_ne!(approved.request.body, proposal.request.body);
    assert_eq!(approved.revision, 1);
    assert_eq!(kept(&ground, &proposal).await, [as_it_was(&proposal, 2)]);
}

#[tokio::test]
async fn what_is_edited_twice_is_kept_as_the_agent_proposed_it() {
    let ground = Ground::new().await;
    let proposal = ground.propose(&[1]).await;
    let approved = approve_with(&ground, &proposal, "Head of IT", 2).await;
    let back = undo(&ground, &approved, 3).await;
    assert_eq!(back.request.body, approved.request.body);
    approve_with(&ground, &back, "Director", 4).await;
    assert_eq!(kept(&ground, &proposal).await, [as_it_was(&proposal, 2)]);
}

#[tokio::test]
async fn a_new_revision_follows_what_the_agent_had_proposed() {
    let ground = Ground::new().await;
    let first = ground.propose(&[1]).await;
    let approved = approve_with(&ground, &first, "Head of IT", 2).await;
    let back = undo(&ground, &approved, 3).await;
    let second = revise(&ground, &back, "Manager", 4).await;
    assert_eq!(second.revision, 2);
    assert_eq!(kept(&ground, &first).await, [as_it_was(&first, 2)]);
    approve_with(&ground, &second, "Director", 5).await;
    let both = [as_it_was(&first, 2), as_it_was(&second, 5)];
    assert_eq!(kept(&ground, &first).await, both);
}

#[tokio::test]
async fn nothing_is_kept_where_nobody_changed_anything() {
    let ground = Ground::new().await;
    let proposal = ground.propose(&[1]).await;
    let rebuilt = event(AuditAction::Rebuilt, at(1));
    let fresh = titled("as the record is now");
    let store = &ground.store;
    let done = store.rebuild_proposal(&proposal, &fresh, &rebuilt).await;
    done.unwrap();
    let again = ground.again(&proposal).await;
    ground.approve(&again, at(2)).await.unwrap();
    assert!(kept(&ground, &proposal).await.is_empty());
}
