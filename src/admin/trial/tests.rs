use serde_json::json;

use super::*;
use crate::domain::{AccessLevel, Method, Preset, Warning};

const AGENT: AgentId = AgentId(uuid::Uuid::nil());

fn past(number: i64, method: Method, path: &str) -> PastProposal {
    PastProposal {
        number,
        agent_id: AGENT,
        method,
        path: path.to_owned(),
        body: None,
        rule: "contacts.ask".to_owned(),
        tier: Tier::Routine,
        warnings: Vec::new(),
        organization_id: Some(OrganizationId(2)),
        organization_name: Some("Acme".to_owned()),
        was_refused: false,
    }
}

fn contact(number: i64) -> PastProposal {
    past(number, Method::Patch, "/contacts/501")
}

fn warned(number: i64, code: WarningCode) -> PastProposal {
    let warning = Warning {
        code,
        detail: String::new(),
        fields: Vec::new(),
    };
    PastProposal {
        warnings: vec![warning],
        tier: Tier::Critical,
        ..contact(number)
    }
}

/// Documentation, and the same without asking in contacts.
fn rules() -> (GroupRules, GroupRules) {
    let saved = Preset::Documentation.rules();
    let mut draft = saved.clone();
    draft.contacts.ask = false;
    (saved, draft)
}

fn tried(past: &[PastProposal], scope: OrganizationScope, draft: &GroupRules) -> Trial {
    let (saved, _) = rules();
    let scopes = HashMap::from([(AGENT, scope)]);
    let mut counted = Count::default();
    counted.add(past, &scopes, &saved, draft);
    counted.into_trial(Timestamp::from_millis(0), false)
}

#[test]
fn what_would_pass_is_counted_with_what_people_had_refused() {
    let (saved, draft) = rules();
    let refused = PastProposal {
        was_refused: true,
        ..contact(2)
    };
    let elsewhere = PastProposal {
        organization_id: Some(OrganizationId(3)),
        organization_name: Some("Globex".to_owned()),
        ..contact(1)
    };
    let document = past(4, Method::Patch, "/documents/5");
    let past = [document, contact(3), refused, elsewhere];
    let trial = tried(&past, OrganizationScope::All, &draft);
    assert_eq!((trial.looked_at, trial.pass_now.count), (4, 0));
    assert_eq!(trial.would_pass.examples, [3, 2, 1]);
    assert_eq!(trial.refused_by_people.examples, [2]);
    let named: Vec<_> = trial
        .organizations
        .iter()
        .map(|one| (one.name.as_deref().unwrap(), one.count))
        .collect();
    assert_eq!(named, [("Acme", 2), ("Globex", 1)]);
    let same = tried(&past, OrganizationScope::All, &saved);
    assert_eq!((same.would_pass.count, same.newly_refused.count), (0, 0));
}

#[test]
fn what_is_remarkable_still_asks() {
    let (_, draft) = rules();
    let secret = PastProposal {
        rule: "floor.password_write".to_owned(),
        ..contact(9)
    };
    let past = [
        secret,
        warned(8, WarningCode::ErasesTraits),
        warned(7, WarningCode::ErasesRequired),
        warned(6, WarningCode::CannotKeep),
        warned(5, WarningCode::OtherOrganization),
        warned(4, WarningCode::DeceptiveCharacters),
        warned(3, WarningCode::RestrictionChanged),
        past(2, Method::Patch, "/passwords/5"),
    ];
    let trial = tried(&past, OrganizationScope::All, &draft);
    // Who may see a record is critical, and still the profile's to ask about.
    assert_eq!(trial.would_pass.examples, [3]);
    // A secret in a contact needs passwords as well, which are read only under both.
    assert_eq!(trial.newly_refused.count, 0);
}

#[test]
fn what_a_stricter_draft_would_refuse_is_counted() {
    let (mut draft, _) = rules();
    draft.contacts.access = AccessLevel::ReadOnly;
    let past = [contact(2), past(1, Method::Patch, "/documents/5")];
    let trial = tried(&past, OrganizationScope::All, &draft);
    assert_eq!(trial.newly_refused.examples, [2]);
}

#[test]
fn what_cannot_be_told_does_not_pass() {
    let (_, draft) = rules();
    let only = OrganizationScope::Only([OrganizationId(2)].into());
    let unknown = PastProposal {
        organization_id: None,
        ..contact(3)
    };
    let gone = past(2, Method::Patch, "/no_longer/known");
    let stranger = PastProposal {
        agent_id: AgentId(uuid::Uuid::max()),
        ..contact(1)
    };
    let trial = tried(&[unknown.clone(), gone, stranger, contact(4)], only, &draft);
    assert_eq!(trial.unclear.examples, [3, 2, 1]);
    assert_eq!(trial.would_pass.examples, [4]);
    let trial = tried(&[unknown], OrganizationScope::All, &draft);
    assert_eq!((trial.unclear.count, trial.would_pass.count), (0, 1));
}

#[test]
fn a_related_item_needs_the_groups_its_body_names() {
    let (_, mut draft) = rules();
    draft.organizations.ask = false;
    draft.organizations.access = AccessLevel::ReadWrite;
    let related = |kind: &str| PastProposal {
        body: Some(json!({"data": {"type": "related-items", "attributes": {
            "destination-id": 5, "destination-type": kind,
        }}})),
        ..past(1, Method::Post, "/contacts/501/relationships/related_items")
    };
    let passing = |kind| tried(&[related(kind)], OrganizationScope::All, &draft).would_pass;
    assert_eq!(passing("Contact").count, 1);
    assert_eq!(passing("Document").count, 0);
    assert_eq!(passing("Password").count, 0);
}
