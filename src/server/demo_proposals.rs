//! What waits in a demo when it starts: one proposal of each sort that a technician meets.

use anyhow::Context as _;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use super::demo::{Demo, DemoAgent};
use super::state::AppState;
use crate::domain::{OrganizationScope, Ticket, TraitsMode};
use crate::intake::{Submission, SubmissionText};

/// Lets the demo's agents propose, as real ones would. A demo that is started again on the same
/// data keeps what was proposed before.
///
/// # Errors
/// If a proposal is not taken in.
pub async fn propose(state: &AppState, demo: &Demo) -> anyhow::Result<()> {
    let everything = OrganizationScope::All;
    let first = state.store.all_proposals(&everything, None, 1).await?;
    if !first.items.is_empty() {
        return Ok(());
    }
    for (by, submission) in proposals(demo) {
        let agent = state
            .access
            .agent(by.token.expose_secret(), None)
            .await
            .context("the demo's agent cannot come in")?;
        state
            .intake
            .submit(&agent, &submission)
            .await
            .with_context(|| format!("the sample proposal {} was not taken in", submission.path))?;
    }
    Ok(())
}

fn proposals(demo: &Demo) -> Vec<(&DemoAgent, Submission)> {
    let (triage, onboarding) = (&demo.agent, &demo.onboarding_agent);
    vec![
        (triage, office_365_moves()),
        (triage, dana_is_director()),
        (onboarding, a_new_contact()),
        (onboarding, another_location()),
    ]
}

/// Two traits are named, the others would be erased.
fn office_365_moves() -> Submission {
    let mut submission = submission(
        "PATCH",
        "/flexible_assets/123",
        json!({"data": {"type": "flexible-assets", "attributes": {"traits": {
            "name": "Office 365", "category": "Productivity", "seats": 25
        }}}}),
        "Record 25 seats of Office 365",
    );
    submission.text.reason =
        Some("The invoice attached to the ticket lists 25 seats since March.".to_owned());
    submission.text.ticket = Some(ticket("T-8812"));
    submission
}

fn dana_is_director() -> Submission {
    let mut submission = submission(
        "PATCH",
        "/contacts/501",
        json!({"data": {"type": "contacts", "attributes": {
            "title": "IT Director", "important": true
        }}}),
        "Dana Reyes is IT Director now",
    );
    submission.text.reason = Some("Caller confirmed role and number in T-8790.".to_owned());
    submission.text.ticket = Some(ticket("T-8790"));
    submission
}

fn a_new_contact() -> Submission {
    submission(
        "POST",
        "/organizations/3/relationships/contacts",
        json!({"data": {"type": "contacts", "attributes": {
            "first-name": "Ines", "last-name": "Moreau", "title": "Office manager"
        }}}),
        "Add Ines Moreau, who starts at Globex on Monday",
    )
}

/// The same asset as the first proposal, so that approving one shows the other anew.
fn another_location() -> Submission {
    let mut submission = submission(
        "PATCH",
        "/flexible_assets/123",
        json!({"data": {"type": "flexible-assets", "attributes": {"traits": {
            "location": "Frankfurt (Azure Germany West Central)"
        }}}}),
        "Office 365 of Acme is hosted in Frankfurt",
    );
    submission.traits = TraitsMode::Merge;
    submission
}

fn submission(method: &str, path: &str, body: Value, summary: &str) -> Submission {
    Submission {
        method: method.to_owned(),
        path: path.to_owned(),
        body: Some(body),
        traits: TraitsMode::Replace,
        text: SubmissionText {
            summary: summary.to_owned(),
            reason: None,
            ticket: None,
        },
        expires_in_seconds: None,
        is_one_while_open: false,
        idempotency: None,
    }
}

fn ticket(id: &str) -> Ticket {
    Ticket {
        id: id.to_owned(),
        url: Some(format!("https://psa.example/tickets/{id}")),
    }
}
