//! The pages of profiles as HTML, read for their words.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::select;

use super::add_page::{NewProfile, NewProfileProps};
use super::draft::{Cells, Draft, cell_field, rules_of};
use super::list_page::{Profiles, ProfilesProps};
use super::page::{Editor, EditorProps, Shown};
use super::question::{Typed, Wrong};
use super::remove_page::{Removal, RemovalProps};
use super::samples::overview;
use super::save_page::{Confirmation, ConfirmationProps, Confirmed};
use crate::domain::{
    AccessLevel, GroupRule, GroupRules, Judgement, Method, Operation, OrganizationId,
    PermissionGroup, Preset, RecordId, Role, Route, Tier, Verdict, VerdictKind,
};
use crate::policy::Column;
use crate::web::context::{Answer, ProfileOverview, Question, Tally, Topic, Trial, WhatIf};
use crate::web::handoff::Refused;
use crate::web::links;
use crate::web::proposal::tests::html;
use crate::web::samples;

fn shown(edit: impl FnOnce(&mut GroupRules)) -> Shown {
    let overview = overview();
    let mut draft = Draft::of(&overview.profile);
    edit(&mut draft.rules);
    Shown {
        overview,
        draft,
        typed: Typed::default(),
        answer: None,
        trial: None,
        done: None,
        refused: Refused::default(),
        around: samples::around(Role::Administrator, "/profiles/x"),
    }
}

fn editor(shown: Shown) -> String {
    html(|| Editor(EditorProps { shown }))
}

fn confirmation(edit: impl FnOnce(&mut GroupRules), refused: Refused) -> String {
    let Shown {
        overview,
        draft,
        around,
        ..
    } = shown(edit);
    let shown = Confirmed {
        overview,
        draft,
        refused,
        around,
        viewer: samples::viewer(Role::Administrator),
    };
    html(|| Confirmation(ConfirmationProps { shown }))
}

/// The markup of one group.
fn row(html: &str, group: PermissionGroup) -> &str {
    let start = html.find(&format!("id=\"{group}\"")).unwrap();
    let end = html[start..].find("</fieldset>").unwrap();
    &html[start..start + end]
}

#[test]
fn each_group_has_its_fields_and_says_what_it_covers() {
    let html = editor(shown(|_| ()));
    for group in PermissionGroup::ALL {
        let row = row(&html, *group);
        assert!(row.contains(&format!("<legend class=\"group__name\">{}", group.label())));
        assert_eq!(row.matches("type=\"radio\"").count(), 3);
        assert!(row.contains(&format!("aria-describedby=\"{group}-covers\"")));
    }
    assert!(html.contains("Nothing is changed so far."));
    assert!(html.contains("As in Documentation."));
    assert!(html.contains("Used by 1 agent"));
    assert!(html.contains("Alex Morgan"));
}

#[test]
fn what_is_locked_can_be_reached_and_says_why() {
    let html = editor(shown(|_| ()));
    let passwords = row(&html, PermissionGroup::Passwords);
    assert!(passwords.contains("aria-disabled=\"true\""), "{passwords}");
    assert!(passwords.contains("tabindex=\"0\""));
    assert!(passwords.contains("aria-describedby=\"passwords-ask-why\""));
    assert!(passwords.contains("always ask a technician"));
    let html = editor(shown(|rules| {
        rules.organizations.access = AccessLevel::ReadWrite;
    }));
    let organizations = row(&html, PermissionGroup::Organizations);
    assert!(organizations.contains("never deleted"), "{organizations}");
}

#[test]
fn changes_are_marked_counted_and_weighed() {
    let html = editor(shown(|rules| {
        rules.contacts.ask = false;
        rules.documents.access = AccessLevel::ReadOnly;
    }));
    let contacts = row(&html, PermissionGroup::Contacts);
    assert!(contacts.contains("was on: more freedom"), "{contacts}");
    assert!(contacts.contains("Documentation: on"));
    let documents = row(&html, PermissionGroup::Documents);
    assert!(
        documents.contains("was Read/Write: less freedom"),
        "{documents}"
    );
    assert!(html.contains("2 changes, not saved, and they give more freedom."));
    assert!(html.contains("2 cells differ."));
    let html = editor(shown(|rules| {
        rules.documents.access = AccessLevel::ReadOnly;
    }));
    assert!(
        html.contains("1 change, not saved. It gives no more freedom."),
        "{html}"
    );
}

#[test]
fn a_preset_fills_the_matrix_and_is_what_differences_are_told_from() {
    let mut shown = shown(|_| ());
    shown.draft = shown.draft.starting_from(Preset::FullAccess);
    let html = editor(shown);
    assert!(html.contains("As in Full access."), "{html}");
    assert!(html.contains("name=\"preset\" value=\"full-access\""));
    let passwords = row(&html, PermissionGroup::Passwords);
    assert!(passwords.contains("was Read Only: more freedom"));
}

fn moved() -> Shown {
    let mut shown = shown(|rules| rules.contacts.ask = false);
    shown.overview.profile.version = 4;
    shown.overview.profile.rules.documents.access = AccessLevel::Disabled;
    shown
}

#[test]
fn what_somebody_else_saved_stands_beside_what_is_yours() {
    let html = editor(moved());
    assert!(html.contains("was changed while you worked on it"));
    assert!(html.contains("Contacts: Ask before writes"), "{html}");
    assert!(html.contains("Documents: Access"));
    assert!(html.contains("Go on with mine, over theirs"));
    // Only a decision between the two can be saved.
    assert!(!html.contains("formaction=\"/web/save_profile"));
    assert!(html.contains("?version=4&amp;name=Helpdesk"), "{html}");
}

#[test]
fn a_profile_nobody_uses_says_so_and_can_go() {
    let mut shown = shown(|_| ());
    shown.overview.agents.clear();
    let html = editor(shown);
    assert!(html.contains("Used by no agent"));
    assert!(html.contains("nothing to try it on"));
    assert!(html.contains("Remove this profile"));
}

fn answer(kind: VerdictKind, rule: &str) -> Answer {
    Answer {
        judgement: Judgement {
            verdict: Verdict {
                kind,
                rule: rule.to_owned(),
                explanation: "Because the profile says so.".to_owned(),
            },
            tier: Tier::Elevated,
        },
        need: None,
    }
}

#[test]
fn both_answers_name_their_rules() {
    let mut shown = shown(|rules| rules.contacts.ask = false);
    shown.answer = Some(Ok(WhatIf {
        route: Route {
            method: Method::Patch,
            path: "/contacts/501".to_owned(),
            query: Vec::new(),
        },
        groups: vec![PermissionGroup::Contacts],
        agent: None,
        saved: answer(VerdictKind::NeedsApproval, "contacts.ask"),
        draft: answer(VerdictKind::Allowed, "contacts.allowed"),
    }));
    let html = editor(shown);
    assert!(html.contains("PATCH /contacts/501"));
    assert!(html.contains("contacts.ask") && html.contains("contacts.allowed"));
    assert!(html.contains("Saved: <strong>Asks</strong>"), "{html}");
    assert!(html.contains("Draft: <strong>Allowed</strong>"));
    assert!(html.contains("at least "));
}

#[test]
fn a_check_that_fails_leaves_the_draft_alone() {
    let mut shown = shown(|rules| rules.contacts.ask = false);
    shown.typed.path = "/flexible-assets/5".to_owned();
    shown.answer = Some(Err(Wrong::with("path", "Its paths have underscores.")));
    let html = editor(shown);
    assert!(html.contains("id=\"path-error\""), "{html}");
    assert!(html.contains("Its paths have underscores."));
    assert!(html.contains("value=\"/flexible-assets/5\""));
    assert!(html.contains("1 change, not saved"));
}

fn tally(count: u32, examples: &[i64]) -> Tally {
    Tally {
        count,
        examples: examples.to_vec(),
    }
}

#[test]
fn history_says_what_would_pass_and_what_people_had_refused() {
    let mut shown = shown(|rules| rules.contacts.ask = false);
    shown.trial = Some(Ok(Trial {
        since: samples::NOW,
        looked_at: 2000,
        is_capped: true,
        pass_now: tally(0, &[]),
        would_pass: tally(41, &[1042, 1041]),
        refused_by_people: tally(2, &[1033]),
        newly_refused: tally(0, &[]),
        unclear: tally(1, &[7]),
        organizations: Vec::new(),
        other_organizations: 0,
    }));
    let html = editor(shown);
    assert!(html.contains("41 would pass without a technician, 0 do as it is saved."));
    assert!(html.contains("rejected or sent back by people"), "{html}");
    assert!(html.contains("href=\"/p/1033\""));
    assert!(html.contains("could not be judged again"));
    assert!(!html.contains("would be refused that are not"));
    assert!(html.contains("there are more since"));
}

#[test]
fn more_freedom_asks_for_a_reason_a_proof_and_the_groups_in_which_deletes_open() {
    let html = confirmation(|rules| rules.documents.delete = true, Refused::default());
    assert!(html.contains("name=\"reason\""), "{html}");
    assert!(html.contains("Type “Documents” to allow deletes there"));
    assert!(html.contains("name=\"typed[documents]\""));
    assert!(html.contains("name=\"proof\""));
    assert!(html.contains("Save and give more freedom"));
    assert!(html.contains("name=\"version\" value=\"3\""));
    assert!(html.contains("It holds for 1 agent from their next request on."));
    let html = confirmation(|rules| rules.contacts.ask = false, Refused::default());
    assert!(!html.contains("typed["));
}

#[test]
fn what_was_typed_comes_back_and_what_is_wrong_stands_beside_it() {
    let refused = Refused {
        typed: vec![
            (
                "reason".to_owned(),
                "The archive is cleared out.".to_owned(),
            ),
            ("typed[documents]".to_owned(), "Docs".to_owned()),
        ],
        errors: vec![(
            "typed[documents]".to_owned(),
            "Type “Documents”.".to_owned(),
        )],
        general: None,
    };
    let html = confirmation(|rules| rules.documents.delete = true, refused);
    assert!(html.contains("The archive is cleared out."), "{html}");
    assert!(html.contains("value=\"Docs\""));
    assert!(html.contains("href=\"#typed[documents]\""));
    assert!(html.contains("id=\"typed[documents]-error\""));
}

#[test]
fn less_freedom_asks_for_nothing() {
    let html = confirmation(
        |rules| rules.contacts.access = AccessLevel::Disabled,
        Refused::default(),
    );
    assert!(!html.contains("name=\"reason\"") && !html.contains("name=\"proof\""));
}

fn listed(profiles: Vec<ProfileOverview>) -> String {
    html(|| {
        Profiles(ProfilesProps {
            profiles,
            done: None,
            around: samples::around(Role::Administrator, "/profiles"),
        })
    })
}

#[test]
fn the_list_says_what_each_profile_lets_agents_do() {
    let mut open = overview();
    open.profile.rules.contacts.ask = false;
    open.profile.rules.passwords.ask = false;
    let html = listed(vec![open]);
    let glance = |word: &str, groups: &str| format!("<dt>{word}</dt><dd>{groups}</dd>");
    let writes = "Contacts, Documents, Flexible Assets";
    assert!(html.contains(&glance("Writes", writes)), "{html}");
    // Passwords always ask, whatever stands there.
    assert!(
        html.contains(&glance("Passes without asking", "Contacts")),
        "{html}"
    );
    assert!(html.contains(&glance("Deletes", "nothing")));
    assert!(html.contains("Used by 1 agent"));
    assert!(listed(Vec::new()).contains("No profile yet"));
}

#[test]
fn a_new_profile_starts_as_read_only() {
    let page = |refused| {
        html(|| {
            NewProfile(NewProfileProps {
                refused,
                around: samples::around(Role::Administrator, "/profiles/new"),
                viewer: samples::viewer(Role::Administrator),
            })
        })
    };
    let html = page(Refused::default());
    assert!(html.contains("value=\"read-only\" checked"), "{html}");
    let refused = Refused {
        typed: vec![("preset".to_owned(), "full-access".to_owned())],
        ..Refused::default()
    };
    assert!(page(refused).contains("value=\"full-access\" checked"));
}

#[test]
fn a_profile_in_use_is_not_offered_to_be_removed() {
    let page = |overview| {
        html(|| {
            Removal(RemovalProps {
                overview,
                refused: Refused::default(),
                around: samples::around(Role::Administrator, "/profiles/x/remove"),
                viewer: samples::viewer(Role::Administrator),
            })
        })
    };
    let html = page(overview());
    assert!(
        html.contains("triage-bot") && !html.contains("<button class=\"button button--critical")
    );
    let mut idle = overview();
    idle.agents.clear();
    assert!(page(idle).contains("Remove the profile"));
}

#[test]
fn a_question_is_read_as_it_was_typed() {
    let typed = Typed {
        group: "contacts".to_owned(),
        action: "update".to_owned(),
        record: "501".to_owned(),
        client: "2".to_owned(),
        method: "PATCH".to_owned(),
        ..Typed::default()
    };
    let question = typed.question().unwrap();
    let expected = Question {
        agent: None,
        topic: Topic::Usual {
            group: PermissionGroup::Contacts,
            operation: Operation::Update,
        },
        record: Some(RecordId(501)),
        organization: Some(OrganizationId(2)),
    };
    assert_eq!(question, expected);
    let exact = Typed {
        path: "/contacts/7".to_owned(),
        ..typed.clone()
    };
    let topic = Topic::Call {
        method: "PATCH".to_owned(),
        path: "/contacts/7".to_owned(),
    };
    assert_eq!(exact.question().unwrap().topic, topic);
    let wrong = Typed {
        record: "seven".to_owned(),
        ..typed
    };
    assert_eq!(wrong.question().unwrap_err().field, "record");
    assert_eq!(Typed::default().question().unwrap_err().field, "group");
}

fn any_rule() -> impl Strategy<Value = GroupRule> {
    (select(AccessLevel::ALL), any::<bool>(), any::<bool>()).prop_map(|(access, ask, delete)| {
        GroupRule {
            access,
            ask,
            delete,
        }
    })
}

proptest! {
    #[test]
    fn a_draft_is_read_from_its_address_as_it_was_written(
        rules in prop::collection::vec(any_rule(), 7),
        preset in select(Preset::ALL),
        name in "\\PC{0,30}",
        version in 1..999_i64,
    ) {
        let mut draft = Draft::of(&overview().profile);
        for (group, rule) in PermissionGroup::ALL.iter().zip(rules) {
            *draft.rules.of_mut(*group) = rule;
        }
        (draft.preset, draft.name, draft.version) = (preset, name, version);
        let address = draft.address("/profiles/x");
        let query = address.split_once('?').unwrap().1;
        prop_assert_eq!(Draft::read(&links::read_query(query)), Some(draft));
        prop_assert!(address.len() < 2_000);
    }
}

#[test]
fn a_matrix_with_a_level_missing_is_none() {
    let mut cells: Cells = BTreeMap::new();
    for group in PermissionGroup::ALL {
        cells.insert(group.to_string(), "read-only".to_owned());
    }
    assert!(rules_of(&cells).is_some());
    cells.insert("contacts".to_owned(), "everything".to_owned());
    assert!(rules_of(&cells).is_none());
    cells.remove("contacts");
    assert!(rules_of(&cells).is_none());
    assert_eq!(
        cell_field(PermissionGroup::Contacts, Column::Ask),
        "rules[contacts-ask]"
    );
}
