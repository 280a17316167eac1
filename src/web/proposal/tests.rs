//! The pages of a proposal as HTML, read for their words.

use leptos::prelude::*;
use rstest::rstest;
use serde_json::json;

use super::approve_page::{ApproveView, ApproveViewProps};
use super::decline_page::{DeclineView, DeclineViewProps, Declining};
use super::page::{ProposalView, ProposalViewProps};
use super::resolve_page::{ResolveView, ResolveViewProps};
use super::revert_page::{RevertView, RevertViewProps};
use crate::domain::{
    Difference, ItemState, ProposalStatus, ResultKind, Reversal, Role, UnresolvedReason, UserId,
    Warning, WarningCode,
};
use crate::web::context::{Opened, RevertChange, RevertPlan, Sight, Viewer};
use crate::web::forms::typed;
use crate::web::handoff::Refused;
use crate::web::links::Done;
use crate::web::{WebError, samples};

/// Pages need what the server gives each of them: an owner, and a place for titles.
pub fn html<V: IntoView>(view: impl FnOnce() -> V) -> String {
    let owner = Owner::new();
    owner.with(|| {
        let (meta, _output) = leptos_meta::ServerMetaContext::new();
        provide_context(meta);
        // The marks between pieces of text are for the browser's code.
        view().into_view().to_html().replace("<!>", "")
    })
}

pub fn shown_to(role: Role, opened: Opened, done: Option<Done>) -> String {
    html(|| {
        ProposalView(ProposalViewProps {
            opened,
            done,
            refused: Refused::default(),
            around: samples::around(role, "/p/1042"),
            viewer: samples::viewer(role),
        })
    })
}

fn shown(opened: Opened) -> String {
    shown_to(Role::Technician, opened, None)
}

pub fn approval(opened: Opened, is_proved: bool, refused: Refused) -> String {
    html(|| {
        ApproveView(ApproveViewProps {
            opened,
            refused,
            around: samples::around(Role::Technician, "/p/1042/approve"),
            viewer: Viewer {
                is_fresh: is_proved,
                ..samples::viewer(Role::Technician)
            },
        })
    })
}

pub fn declining(how: Declining, opened: Opened) -> String {
    html(|| {
        DeclineView(DeclineViewProps {
            how,
            opened,
            refused: Refused::default(),
            around: samples::around(Role::Technician, "/p/1042/reject"),
        })
    })
}

/// The same as what Kim Lee proposes, to take #1007 back.
fn reverting(mut opened: Opened, kim: u128) -> Opened {
    opened.proposal.reversal = Some(Reversal {
        by: UserId(samples::id(kim)),
        name: "Kim Lee".to_owned(),
        reverts: opened.proposal.id,
        number: 1007,
    });
    opened
}

/// The words alone, without markup.
fn words(html: &str) -> String {
    let mut words = String::new();
    let mut is_markup = false;
    for character in html.chars() {
        match character {
            '<' => is_markup = true,
            '>' => is_markup = false,
            character if !is_markup => words.push(character),
            _ => {}
        }
    }
    words
}

#[test]
fn what_would_be_erased_is_named_first() {
    let html = shown(samples::erasing());
    let text = words(&html);
    let erased = text.find("Erases fields.").unwrap();
    assert!(erased < text.find("What would change").unwrap());
    assert!(text[erased..].contains("Location"), "{text}");
    let first_row = &html[html.find("<tbody>").unwrap()..];
    let first_row = &first_row[..first_row.find("</tr>").unwrap()];
    assert!(first_row.contains("data-change=\"erased\""), "{first_row}");
    assert!(words(first_row).contains('!'));
}

#[test]
fn the_table_counts_in_its_caption_and_marks_words() {
    let html = shown(samples::routine());
    assert!(html.contains("<caption>Contact: 2 changed, none added, none removed</caption>"));
    assert!(html.contains("<del>email</del>"), "{html}");
    assert!(html.contains("<ins>phone</ins>"), "{html}");
    assert!(html.contains("scope=\"row\"") && html.contains("scope=\"col\""));
    assert!(words(&html).contains("Approve 2 changes to Dana Reyes…"));
}

#[test]
fn three_values_stand_where_the_record_moved() {
    let text = words(&shown(samples::moved()));
    assert!(text.contains("Head of IT"));
    assert!(text.contains("the agent read IT Manager"), "{text}");
    assert!(text.contains("IT Director"));
    assert!(text.contains("Moved in IT Glue after the agent read it"));
}

#[test]
fn secrets_are_hidden_values() {
    let html = shown(samples::password());
    let text = words(&html);
    assert_eq!(text.matches("hidden value").count(), 2, "{text}");
}

#[test]
fn the_agents_words_stand_apart_and_the_rule_is_told() {
    let html = shown(samples::erasing());
    let side = &html[html.find("class=\"agent-words\"").unwrap()..];
    assert!(words(side).starts_with(char::is_whitespace) || !side.is_empty());
    assert!(side.contains("Record the move to Office 365"));
    let text = words(&html);
    assert!(text.contains("Why it stopped"));
    assert!(text.contains("Rule flexible_assets.ask"));
    assert!(text.contains("leads to psa.example"));
    assert!(!html.contains("href=\"https://psa.example"));
}

#[rstest]
#[case("<script>alert(1)</script>")]
#[case("<img src=x onerror=alert(1)>")]
#[case("<svg onload=alert(1)>")]
#[case("\"><a href=javascript:alert(1)>x</a>")]
#[case("</textarea><iframe srcdoc=x>")]
fn text_of_others_adds_no_element(#[case] payload: &str) {
    let mut opened = samples::contact(&json!({"title": payload, "notes": payload}), None);
    let plain = shown(opened_with(&mut samples::routine(), "x"));
    let hostile = shown(opened_with(&mut opened, payload));
    for tag in [
        "<script",
        "<img",
        "<svg",
        "<iframe",
        "href=\"javascript",
        "onerror=\"",
        "<a ",
    ] {
        assert_eq!(
            hostile.matches(tag).count(),
            plain.matches(tag).count(),
            "{tag} in {hostile}"
        );
    }
}

fn opened_with(opened: &mut Opened, text: &str) -> Opened {
    let proposal = &mut opened.proposal;
    text.clone_into(&mut proposal.summary);
    proposal.reason = Some(text.to_owned());
    text.clone_into(&mut proposal.agent.name);
    proposal.resource.name = Some(text.to_owned());
    proposal.resource.organization_name = Some(text.to_owned());
    if let Some(ticket) = &mut proposal.ticket {
        text.clone_into(&mut ticket.id);
        ticket.url = Some(text.to_owned());
    }
    opened.clone()
}

#[test]
fn a_critical_approval_asks_for_everything() {
    let html = approval(samples::erasing(), false, Refused::default());
    assert!(html.contains("action=\"/web/approve\""), "{html}");
    assert!(html.contains("method=\"post\""));
    assert!(html.contains(&format!("value=\"{}\"", "ab".repeat(32))));
    for name in ["seen[]", "keep[]", "name", "reason", "proof"] {
        assert!(html.contains(&format!("name=\"{name}\"")), "{name}");
    }
    assert!(html.contains("value=\"location\""));
    let text = words(&html);
    assert!(text.contains("Type Acme"), "{text}");
    assert!(text.contains("Required: must be kept"));
    assert!(text.contains("Cannot be kept"));
}

#[test]
fn the_proof_is_not_asked_twice() {
    let html = approval(samples::erasing(), true, Refused::default());
    assert!(!html.contains("name=\"proof\""));
}

#[test]
fn a_routine_approval_asks_for_nothing_that_is_required() {
    let html = approval(samples::routine(), false, Refused::default());
    assert!(!html.contains(" required"), "{html}");
    assert!(words(&html).contains("Reason (may be left out)"));
}

#[test]
fn what_was_typed_is_there_again_beside_what_went_wrong() {
    let refused = Refused {
        typed: typed(&[("reason", "Because"), ("keep", "location")]),
        ..Refused::because(WebError::NameDiffers.wording().whole())
    };
    let html = approval(samples::erasing(), true, refused);
    assert!(html.contains("role=\"alert\""));
    assert!(words(&html).contains("The name you typed is another one"));
    assert!(html.contains(">Because</textarea>"), "{html}");
    let kept = &html[html.find("value=\"location\"").unwrap()..];
    assert!(kept[..kept.find('>').unwrap()].contains("checked"));
}

#[rstest]
#[case(Declining::Reject, "/web/reject")]
#[case(Declining::SendBack, "/web/send_back")]
fn declining_asks_for_a_reason_alone(#[case] how: Declining, #[case] action: &str) {
    let html = declining(how, samples::erasing());
    assert!(html.contains(&format!("action=\"{action}\"")));
    let required = html.matches(" required>").count() + html.matches(" required ").count();
    assert_eq!(required, 1, "{html}");
    assert!(!html.contains("keep[]"));
}

#[test]
fn a_revert_is_rejected_and_never_sent_back() {
    let revert = || reverting(samples::routine(), 3);
    assert!(declining(Declining::Reject, revert()).contains("/web/reject"));
    assert!(!declining(Declining::SendBack, revert()).contains("/web/send_back"));
}

#[rstest]
#[case(Role::Auditor, "Auditors look and do not decide.")]
#[case(Role::Technician, "You answer for this agent.")]
fn who_may_not_decide_is_told_why(#[case] role: Role, #[case] why: &str) {
    let mut opened = samples::erasing();
    opened.proposal.agent.owner = Some(UserId(samples::id(1)));
    let text = words(&shown_to(role, opened, None));
    assert!(text.contains(why), "{text}");
}

#[test]
fn without_a_reading_nothing_can_be_approved_and_all_can_be_rejected() {
    let mut opened = samples::routine();
    opened.live_read_at = None;
    let html = shown(opened);
    assert!(!html.contains("/p/1042/approve"));
    assert!(html.contains("/p/1042/reject"));
}

#[test]
fn a_held_approval_tells_the_time_and_can_be_undone() {
    let held = || samples::decided(samples::routine(), ProposalStatus::Held, ItemState::Queued);
    let done = Some(Done::Approved);
    let html = shown_to(Role::Technician, held(), done);
    assert!(html.contains("action=\"/web/undo\""));
    let text = words(&html);
    assert!(text.contains("Your approval is recorded"));
    assert!(
        text.contains("It is written to IT Glue at 14:02:38 UTC"),
        "{text}"
    );
    let html = shown_to(Role::Auditor, held(), None);
    assert!(!html.contains("action=\"/web/undo\"") || html.contains("Sam Fox"));
}

#[test]
fn a_refusal_is_told_in_it_glues_words() {
    let mut opened = samples::decided(
        samples::routine(),
        ProposalStatus::Failed,
        ItemState::Failed,
    );
    let item = &mut opened.proposal.items[0];
    item.result = Some(ResultKind::RefusedByItGlue);
    item.http_status = Some(422);
    item.response = Some(json!({"errors": [{"title": "is invalid", "detail": "Title too long"}]}));
    let text = words(&shown(opened));
    assert!(text.contains("IT Glue refused the write. Nothing was changed."));
    assert!(
        text.contains("IT Glue answered 422: is invalid: Title too long"),
        "{text}"
    );
}

#[test]
fn what_reads_back_differently_is_shown() {
    let mut opened = samples::decided(
        samples::routine(),
        ProposalStatus::Applied,
        ItemState::Applied,
    );
    let item = &mut opened.proposal.items[0];
    item.result = Some(ResultKind::Applied);
    item.verified = Some(false);
    item.differences = vec![Difference {
        pointer: "/title".to_owned(),
        label: "Title".to_owned(),
        sent: json!("IT Director"),
        found: json!("IT Manager"),
    }];
    let html = shown(opened.clone());
    let text = words(&html);
    assert!(text.contains("Applied, but it does not read back as approved"));
    assert!(text.contains("What reads back differently"));
    assert!(
        !html.contains("action=\"/web/seen\""),
        "somebody has seen it"
    );
    opened.proposal.differs_unseen = true;
    assert!(shown(opened.clone()).contains("action=\"/web/seen\""));
    let auditor = shown_to(Role::Auditor, opened, None);
    assert!(!auditor.contains("action=\"/web/seen\""));
}

#[test]
fn who_proposed_a_critical_revert_is_told_to_leave_it_to_a_colleague() {
    let mut opened = reverting(samples::password(), 1);
    // The agent is somebody's too; that does not matter for what a person proposed.
    opened.proposal.agent.owner = Some(UserId(samples::id(2)));
    let text = words(&shown(opened));
    assert!(
        text.contains("You proposed it. A colleague decides"),
        "{text}"
    );
}

#[test]
fn going_on_past_what_was_given_up_does_not_claim_that_it_was_applied_in_part() {
    for (state, ends) in [
        (ItemState::GivenUp, "ends as closed, unknown"),
        (ItemState::Failed, "ends as applied in part"),
    ] {
        let mut opened =
            samples::decided(samples::routine(), ProposalStatus::NeedsAttention, state);
        let mut waiting = opened.proposal.items[0].clone();
        waiting.position = 1;
        waiting.progress.state = ItemState::Queued;
        opened.proposal.items.push(waiting);
        let text = words(&resolving(opened, Refused::default()));
        assert!(text.contains(ends), "{state}: {text}");
    }
}

#[rstest]
#[case(ProposalStatus::Checking, ItemState::Uncertain, "The answer was lost")]
#[case(
    ProposalStatus::NeedsAttention,
    ItemState::Unresolved,
    "The agent was told not to propose"
)]
#[case(
    ProposalStatus::Rejected,
    ItemState::None,
    "Rejected: nothing was changed"
)]
fn each_end_is_told(
    #[case] status: ProposalStatus,
    #[case] state: ItemState,
    #[case] expected: &str,
) {
    let text = words(&shown(samples::decided(samples::routine(), status, state)));
    assert!(text.contains(expected), "{text}");
    assert!(!text.contains("Approve 2 changes"));
}

fn resolving(opened: Opened, refused: Refused) -> String {
    html(|| {
        ResolveView(ResolveViewProps {
            opened,
            around: samples::around(Role::Technician, "/p/1042/resolve"),
            viewer: samples::viewer(Role::Technician),
            refused,
        })
    })
}

#[test]
fn an_unclear_send_is_told_with_all_that_is_known_of_it() {
    let html = shown(samples::unresolved());
    let text = words(&html);
    for told in [
        "What is known of the write",
        "POST /contacts",
        "no answer that says anything (timed out), after 40000 ms",
        "read: 2 new records are as it was sent",
        "Ines Moreau (record 901)",
        "&lt;b&gt;Ines&lt;/b&gt; (record 902)",
        "Several records look like the one that was sent.",
    ] {
        assert!(text.contains(told), "{told} in {text}");
    }
    assert!(html.contains("href=\"https://acme.itglue.com/2/contacts/901\""));
    assert!(html.contains("href=\"/p/1042/resolve\""));
    let auditor = shown_to(Role::Auditor, samples::unresolved(), None);
    assert!(words(&auditor).contains("What is known of the write"));
    assert!(!auditor.contains("href=\"/p/1042/resolve\""));
}

#[test]
fn what_is_in_the_way_of_a_rest_is_told() {
    let mut opened = samples::unresolved();
    let item = &mut opened.proposal.items[0];
    item.unresolved = Some(UnresolvedReason::Drift);
    item.hold_reason = Some("the key may not read <b>it</b>".to_owned());
    let text = words(&shown(opened));
    for told in ["could not be carried out", "In the way:", "&lt;b&gt;it"] {
        assert!(text.contains(told), "{told} in {text}");
    }
    assert!(!text.contains("The record moved"), "{text}");
}

#[test]
fn a_new_record_that_is_not_as_it_was_sent_is_told_apart() {
    let mut opened = samples::unresolved();
    if let Some(Sight::Read { candidates, .. }) = &mut opened.trails[0].now {
        candidates[1].is_as_sent = false;
    }
    let text = words(&shown(opened));
    let alike = text.find("look exactly like what was sent").unwrap();
    let other = text.find("differ from what was sent").unwrap();
    let [first, second] = ["(record 901)", "(record 902)"].map(|told| text.find(told).unwrap());
    assert!(alike < first && first < other && other < second, "{text}");
    let alone = words(&shown(samples::unresolved()));
    assert!(!alone.contains("differ from what was sent"), "{alone}");
}

#[test]
fn each_choice_says_what_follows_from_it() {
    let html = resolving(samples::unresolved(), Refused::default());
    assert!(html.contains("action=\"/web/resolve\""), "{html}");
    for value in ["applied", "send_again", "close", "give_up"] {
        assert!(html.contains(&format!("value=\"{value}\"")), "{value}");
    }
    assert!(!html.contains("value=\"skip_rest\""), "there is no rest");
    assert!(html.contains("name=\"attempt\" value=\"1\""), "{html}");
    assert!(html.contains("name=\"resource_id\""));
    let text = words(&html);
    assert!(text.contains("If the first one still arrives, there is a second copy."));
    assert!(text.contains("never counts as not carried out"));
    let update = samples::decided(
        samples::routine(),
        ProposalStatus::NeedsAttention,
        ItemState::Unresolved,
    );
    let html = resolving(update, Refused::default());
    assert!(!html.contains("name=\"resource_id\""), "it is known");
}

#[test]
fn what_was_found_is_there_again_beside_what_is_wrong_with_it() {
    let refused = Refused {
        typed: vec![
            ("resolution".to_owned(), "applied".to_owned()),
            ("resource_id".to_owned(), "12x".to_owned()),
        ],
        errors: vec![("resource_id".to_owned(), "Digits alone.".to_owned())],
        general: None,
    };
    let html = resolving(samples::unresolved(), refused);
    assert!(html.contains("value=\"12x\""), "{html}");
    assert!(html.contains("id=\"resource_id-error\""));
    let applied = &html[html.find("value=\"applied\"").unwrap()..];
    assert!(applied[..applied.find('>').unwrap()].contains("checked"));
}

#[test]
fn nothing_is_asked_about_what_is_clear() {
    let applied = samples::decided(
        samples::routine(),
        ProposalStatus::Applied,
        ItemState::Applied,
    );
    let html = resolving(applied, Refused::default());
    assert!(!html.contains("action=\"/web/resolve\""));
}

#[rstest]
#[case::exact(samples::routine(), "Undo afterwards: exact")]
#[case::by_hand(samples::password(), "Undo afterwards: by hand")]
#[case::lost_files(samples::erasing(), "“Contract”")]
fn how_well_it_can_be_undone_is_told_before_it_is_approved(
    #[case] opened: Opened,
    #[case] told: &str,
) {
    assert!(words(&shown(opened.clone())).contains(told));
    assert!(words(&approval(opened, false, Refused::default())).contains(told));
}

fn applied() -> Opened {
    let mut opened = samples::decided(
        samples::routine(),
        ProposalStatus::Applied,
        ItemState::Applied,
    );
    opened.proposal.items[0].result = Some(ResultKind::Applied);
    opened.proposal.items[0].verified = Some(true);
    opened
}

#[test]
fn what_was_applied_can_be_reverted_by_whoever_decides() {
    let way = "href=\"/p/1042/revert\"";
    assert!(shown(applied()).contains(way));
    let auditor = shown_to(Role::Auditor, applied(), None);
    assert!(!auditor.contains(way));
    let mut proposed = applied();
    proposed.reverts = vec![crate::web::context::Reverting {
        id: proposed.proposal.id,
        number: 1050,
        status: ProposalStatus::Pending,
    }];
    let html = shown(proposed);
    assert!(
        html.contains("href=\"/p/1050\"") && !html.contains(way),
        "{html}"
    );
    let mut in_place = applied();
    in_place.proposal.items[0].result = Some(ResultKind::AlreadyInPlace);
    assert!(!shown(in_place).contains(way));
    assert!(!shown(samples::routine()).contains(way));
}

#[test]
fn a_revert_says_who_proposes_it_and_what_it_takes_back() {
    let html = shown(reverting(samples::routine(), 3));
    let text = words(&html);
    assert!(
        text.contains("Kim Lee") && html.contains("href=\"/p/1007\""),
        "{text}"
    );
    assert!(!text.contains("In the agent’s words"));
}

fn plan(change: Result<RevertChange, String>) -> String {
    let opened = applied();
    html(|| {
        RevertView(RevertViewProps {
            plan: RevertPlan {
                undoing: opened.undoing,
                proposal: opened.proposal,
                change,
                open: None,
            },
            around: samples::around(Role::Technician, "/p/1042/revert"),
            refused: Refused::default(),
        })
    })
}

#[test]
fn the_confirmation_of_a_revert_shows_what_it_would_change_and_what_it_leaves() {
    let opened = samples::routine();
    let html = plan(Ok(RevertChange {
        diffs: opened.diffs,
        warnings: vec![Warning {
            code: WarningCode::LeftAlone,
            detail: "Changed by others since, and left as it is: Title.".to_owned(),
            fields: vec!["Title".to_owned()],
        }],
    }));
    let text = words(&html);
    assert!(text.contains("left as it is: Title"), "{text}");
    assert!(text.contains("This writes nothing"));
    assert!(html.contains("action=\"/web/revert\"") && html.contains("name=\"reason\""));
    let none = plan(Err("Nothing of it is left.".to_owned()));
    assert!(words(&none).contains("Nothing of it is left.") && !none.contains("/web/revert"));
}
