//! Claims, comments and the past on the page of a proposal, as HTML.

use crate::domain::{
    Claim, Comment, DecisionVerdict, ItemState, Method, ProposalStatus, Role, UserId,
};
use crate::web::context::{Opened, PastDecision, PastRevision};
use crate::web::links::Notice;
use crate::web::proposal::tests::shown_to;
use crate::web::samples;

fn shown(role: Role, opened: Opened) -> String {
    shown_to(role, opened, Notice::default())
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
    let mut body = opened.proposal.request.body.clone();
    body.as_mut().unwrap()["data"]["attributes"]["title"] = "Before".into();
    opened.past.revisions = vec![PastRevision {
        revision: 1,
        method: Method::Patch,
        path: opened.proposal.request.path.clone(),
        body,
        summary: "first".to_owned(),
        reason: None,
        replaced_at: samples::NOW,
    }];
    let html = shown(Role::Technician, opened);
    assert!(html.contains("Revision 2"), "{html}");
    assert!(html.contains("Which &lt;ticket&gt;?"));
    assert!(html.contains("From revision 1 to 2") && html.contains("Before"));
    let none = shown(Role::Technician, samples::routine());
    assert!(!none.contains("What became of it before"));
}
