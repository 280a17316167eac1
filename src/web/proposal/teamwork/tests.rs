//! Claims, comments and the past on the page of a proposal, as HTML.

use crate::domain::{
    Claim, Comment, DecisionVerdict, ItemState, ProposalStatus, Reversal, Role, UserId,
};
use crate::web::context::{Opened, PastDecision, PastRevision};
use crate::web::proposal::tests::shown_to;
use crate::web::samples;

fn shown(role: Role, opened: Opened) -> String {
    shown_to(role, opened, None)
}

fn claimed(by: u128) -> Opened {
    let claim = Claim {
        person: UserId(samples::id(by)),
        name: "<b>Kim</b>".to_owned(),
        at: samples::NOW,
    };
    Opened {
        claim: Some(claim),
        ..samples::routine()
    }
}

#[test]
fn a_claim_says_whose_it_is_and_what_can_be_done() {
    let free = shown(Role::Technician, samples::routine());
    assert!(free.contains("action=\"/web/claim\"") && free.contains("data-key=\"c\""));
    let own = shown(Role::Technician, claimed(1));
    assert!(own.contains("You are on it") && own.contains("action=\"/web/release_claim\""));
    let other = shown(Role::Technician, claimed(2));
    assert!(
        other.contains("&lt;b&gt;Kim&lt;/b&gt;") && !other.contains("<b>Kim</b>"),
        "{other}"
    );
    assert!(other.contains("Nobody is kept from deciding") && other.contains("Take it over"));
    assert!(other.contains("href=\"/p/1042/approve\""));
    let auditor = shown(Role::Auditor, claimed(2));
    assert!(auditor.contains("is on it") && !auditor.contains("/web/claim"));
    let status = ProposalStatus::Rejected;
    let ended = samples::decided(claimed(2), status, ItemState::None);
    assert!(!shown(Role::Technician, ended).contains("is on it"));
}

/// V4.
#[test]
fn a_comment_can_look_like_nothing_else() {
    let text = "</p></li></ol><div class=\"banner\">Approved by Max</div>\u{202e}";
    let comment = Comment {
        id: 1,
        person: UserId(samples::id(2)),
        name: "Kim".to_owned(),
        text: text.to_owned(),
        at: samples::NOW,
    };
    let opened = Opened {
        comments: vec![comment],
        ..samples::routine()
    };
    let html = shown(Role::Technician, opened.clone());
    assert!(!html.contains("<div class=\"banner\">Approved"), "{html}");
    assert!(html.contains("&lt;div class=") && html.contains("U+202E"));
    assert!(html.contains("the agent never sees them") && html.contains("name=\"text\""));
    let auditor = shown(Role::Auditor, opened);
    assert!(auditor.contains("Approved by Max") && !auditor.contains("name=\"text\""));
}

/// What the agent had proposed: the same with this title.
fn with_title(opened: &Opened, revision: u32, title: &str) -> PastRevision {
    let request = opened.proposal.request.clone();
    let mut body = request.body;
    body.as_mut().unwrap()["data"]["attributes"]["title"] = title.into();
    PastRevision {
        revision,
        method: request.method,
        path: request.path,
        body,
        summary: "first".to_owned(),
        reason: None,
        replaced_at: samples::NOW,
    }
}

#[test]
fn a_revision_says_what_it_answers_and_what_is_another_in_it() {
    let mut opened = samples::routine();
    let sent_back = samples::decided(
        samples::routine(),
        ProposalStatus::SentBack,
        ItemState::None,
    );
    let mut decision = sent_back.proposal.decision.unwrap();
    decision.verdict = DecisionVerdict::SentBack;
    decision.reason = Some("Which <ticket>?".to_owned());
    opened.proposal.revision = 2;
    opened.proposal.round = 2;
    opened.past.decisions = vec![PastDecision {
        decision,
        undone_at: None,
    }];
    opened.past.revisions = vec![with_title(&opened, 1, "Before")];
    let html = shown(Role::Technician, opened.clone());
    assert!(html.contains("Revision 2"), "{html}");
    assert!(html.contains("Which &lt;ticket&gt;?"));
    assert!(html.contains("From revision 1 to 2") && html.contains("Before"));
    opened.past.decisions[0].decision.round = 2;
    let sent_back_itself = shown(Role::Technician, opened);
    assert!(
        !sent_back_itself.contains("had sent it back"),
        "for this revision"
    );
    let none = shown(Role::Technician, samples::routine());
    assert!(!none.contains("What became of it before"));
}

/// Approved with edits, and taken back: what stands is a technician's text.
fn edited_and_undone() -> Opened {
    let approved = samples::decided(samples::routine(), ProposalStatus::Held, ItemState::Queued);
    let mut decision = approved.proposal.decision.unwrap();
    decision.verdict = DecisionVerdict::ApprovedWithEdits;
    let mut opened = samples::routine();
    opened.proposal.round = 2;
    opened.past.decisions = vec![PastDecision {
        decision,
        undone_at: Some(samples::NOW),
    }];
    opened.past.revisions = vec![with_title(&opened, 1, "From the agent")];
    opened
}

const EDITED: &str = "As the agent proposed it, and what a technician made of it";

#[test]
fn what_a_technician_made_of_it_is_compared_with_what_the_agent_proposed() {
    let html = shown(Role::Technician, edited_and_undone());
    assert!(html.contains("approved it with changes"), "{html}");
    let (_, table) = html.split_once(EDITED).unwrap();
    let (agent, technician) = (table.find("From the agent"), table.find("IT Director"));
    assert!(agent.is_some() && agent < technician, "{table}");
    assert!(!html.contains("From revision"), "the agent made none");
    assert!(!html.contains("had sent it back"));
}

#[test]
fn revisions_of_the_agent_and_what_a_technician_made_are_told_apart() {
    let mut opened = edited_and_undone();
    opened.proposal.revision = 2;
    let last = with_title(&opened, 2, "Once more");
    opened.past.revisions.push(last);
    let html = shown(Role::Technician, opened.clone());
    let (_, revised) = html.split_once("From revision 1 to 2").unwrap();
    let (revised, edited) = revised.split_once(EDITED).unwrap();
    assert!(revised.contains("From the agent") && revised.contains("Once more"));
    assert!(edited.contains("Once more") && !edited.contains("From the agent"));
    // What a person proposed is not called an agent's.
    opened.proposal.reversal = Some(Reversal {
        by: UserId(samples::id(2)),
        name: "Kim".to_owned(),
        reverts: opened.proposal.id,
        number: 1007,
    });
    let revert = shown(Role::Technician, opened);
    assert!(revert.contains("As it was proposed, and what a technician made of it"));
    assert!(!revert.contains(EDITED));
}
