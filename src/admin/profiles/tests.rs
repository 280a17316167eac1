use serde_json::{Value, json};

use super::save::changed;
use super::*;
use crate::access::Administrator;
use crate::admin::tests::{Case, name};
use crate::admin::{AgentRequest, ConnectionRequest, Question, Topic};
use crate::domain::{
    AccessLevel, AgentId, GroupRules, Operation, OrganizationId, OrganizationScope,
    PermissionGroup, Role, VerdictKind,
};
use crate::itglue::Region;

/// A profile named Docs that starts as Documentation, and an administrator who has signed in.
struct Scene {
    case: Case,
    profile: ProfileDetails,
    administrator: Administrator,
}

impl Scene {
    async fn new() -> Self {
        let case = Case::new().await;
        case.add("one@msp.example", Role::Administrator).await;
        let person = case.signed_in("one@msp.example").await;
        let profile = case
            .admin
            .create_profile(&case.operator, &name("Docs"), Preset::Documentation)
            .await
            .unwrap();
        Self {
            administrator: person.administrator().unwrap(),
            profile,
            case,
        }
    }

    fn draft(&self, edit: impl FnOnce(&mut GroupRules)) -> ProfileDraft {
        let mut rules = self.profile.rules.clone();
        edit(&mut rules);
        ProfileDraft {
            name: None,
            preset: None,
            rules,
            version: self.profile.version,
            reason: None,
            typed: Vec::new(),
        }
    }

    async fn save(
        &self,
        by: &Administrator,
        draft: ProfileDraft,
    ) -> Result<ProfileDetails, AdminError> {
        let id = Ref::Id(self.profile.id);
        self.case.admin.save_profile(by, &id, draft).await
    }

    async fn overview(&self) -> ProfileOverview {
        let admin = &self.case.admin;
        let id = Ref::Id(self.profile.id);
        admin
            .profile_overview(&self.administrator, &id)
            .await
            .unwrap()
    }

    async fn add_profile(&self, called: &str) -> ProfileDetails {
        let Case {
            admin, operator, ..
        } = &self.case;
        let called = name(called);
        let created = admin.create_profile(operator, &called, Preset::ReadOnly);
        created.await.unwrap()
    }

    async fn add_agent(&self, called: &str, organizations: OrganizationScope) -> AgentId {
        let operator = &self.case.operator;
        let connection = ConnectionRequest {
            name: name("main"),
            region: Region::Eu,
            base_url: None,
            api_key: "ITG.0123456789abcdef".into(),
            no_test: true,
        };
        let admin = &self.case.admin;
        admin.create_connection(operator, connection).await.unwrap();
        let request = AgentRequest {
            name: name(called),
            profile: name("Docs").into(),
            connection: name("main").into(),
            organizations,
            gateway_wait: crate::domain::GatewayWait::default(),
            owner: None,
        };
        let agent = admin.create_agent(operator, request).await.unwrap();
        agent.agent.id
    }
}

#[test]
fn a_change_touches_what_it_names_and_nothing_else() {
    let before = Preset::ReadOnly.rules();
    let change = ProfileChange {
        group: Some(PermissionGroup::Contacts),
        access: Some(AccessLevel::ReadWrite),
        ..ProfileChange::default()
    };
    let after = change.apply_to(&before);
    assert_eq!(after.contacts.access, AccessLevel::ReadWrite);
    assert!(after.contacts.ask && !after.contacts.delete);
    assert_eq!(after.documents, before.documents);
    let said: Value = changed(&before, &after);
    assert_eq!(said.as_object().unwrap().len(), 1);
    assert_eq!(said["contacts"]["after"]["access"], "read-write");
}

#[test]
fn without_a_group_all_of_them_change() {
    let change = ProfileChange {
        ask: Some(false),
        ..ProfileChange::default()
    };
    let after = change.apply_to(&Preset::FullAccess.rules());
    let asks = |group: &PermissionGroup| after.of(*group).ask;
    assert!(!PermissionGroup::ALL.iter().any(asks));
}

#[tokio::test]
async fn less_freedom_takes_neither_reason_nor_proof() {
    let scene = Scene::new().await;
    let draft = scene.draft(|rules| rules.contacts.access = AccessLevel::ReadOnly);
    let saved = scene.save(&scene.administrator, draft).await.unwrap();
    assert_eq!(saved.version, 2);
    let overview = scene.overview().await;
    assert_eq!(overview.profile, saved);
    assert_eq!(overview.changed_by.as_deref(), Some("Sam Kim"));
}

#[tokio::test]
async fn more_freedom_takes_a_reason_a_proof_and_the_name_of_each_group_that_opens_deletes() {
    let scene = Scene::new().await;
    let by = &scene.administrator;
    let mut draft = scene.draft(|rules| rules.documents.delete = true);
    let refused = scene.save(by, draft.clone()).await;
    assert!(
        matches!(refused, Err(AdminError::ReasonMissing)),
        "{refused:?}"
    );
    draft.reason = Some("  \n".to_owned());
    let refused = scene.save(by, draft.clone()).await;
    assert!(
        matches!(refused, Err(AdminError::ReasonMissing)),
        "{refused:?}"
    );
    draft.reason = Some("é".repeat(LONGEST_REASON + 1));
    let refused = scene.save(by, draft.clone()).await;
    assert!(
        matches!(refused, Err(AdminError::ReasonTooLong)),
        "{refused:?}"
    );
    draft.reason = Some(" The archive is cleared out. ".to_owned());
    draft.typed = vec![PermissionGroup::Contacts];
    let refused = scene.save(by, draft.clone()).await;
    let group = PermissionGroup::Documents;
    assert!(
        matches!(refused, Err(AdminError::GroupNotTyped(untyped)) if untyped == group),
        "{refused:?}"
    );
    draft.typed = vec![group];
    let refused = scene.save(by, draft.clone()).await;
    assert!(
        matches!(refused, Err(AdminError::StepUpRequired)),
        "{refused:?}"
    );
    assert_eq!(scene.overview().await.profile, scene.profile);

    let saved = scene.save(&scene.case.operator, draft).await.unwrap();
    assert!(saved.rules.documents.delete);
    let details = scene.case.last_audit().await;
    assert_eq!(details["more_freedom"], json!(true));
    assert_eq!(details["reason"], "The archive is cleared out.");
    assert_eq!(
        details["changed"]["documents"]["before"]["delete"],
        json!(false)
    );
    assert_eq!(
        details["changed"]["documents"]["after"]["delete"],
        json!(true)
    );
}

/// What a group does not use is no freedom, until it does.
#[tokio::test]
async fn deletes_that_wait_behind_read_only_are_typed_when_they_come_to_life() {
    let scene = Scene::new().await;
    let draft = scene.draft(|rules| rules.passwords.delete = true);
    let saved = scene.save(&scene.administrator, draft).await.unwrap();
    let mut draft = scene.draft(|rules| {
        rules.passwords.delete = true;
        rules.passwords.access = AccessLevel::ReadWrite;
    });
    draft.version = saved.version;
    draft.reason = Some("Rotation by the agent.".to_owned());
    let refused = scene.save(&scene.case.operator, draft).await;
    assert!(matches!(
        refused,
        Err(AdminError::GroupNotTyped(PermissionGroup::Passwords))
    ));
}

#[tokio::test]
async fn the_second_of_two_administrators_is_told_how_it_is_now() {
    let scene = Scene::new().await;
    let mine = scene.draft(|rules| rules.documents.access = AccessLevel::ReadOnly);
    let theirs = scene.draft(|rules| rules.contacts.access = AccessLevel::Disabled);
    let saved = scene.save(&scene.case.operator, theirs).await.unwrap();
    let refused = scene.save(&scene.administrator, mine.clone()).await;
    let Err(AdminError::ProfileMoved { now }) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(now.profile, saved);
    assert_eq!(
        now.changed_by.as_deref(),
        Some("the operator of the machine")
    );
    let again = ProfileDraft {
        version: now.profile.version,
        ..mine
    };
    // Over theirs it gives contacts back, which takes a reason.
    let refused = scene.save(&scene.administrator, again).await;
    assert!(
        matches!(refused, Err(AdminError::ReasonMissing)),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_name_is_changed_once_and_not_to_one_that_is_taken() {
    let scene = Scene::new().await;
    let case = &scene.case;
    scene.add_profile("Other").await;
    let renamed = |to: &str, version| ProfileDraft {
        name: Some(name(to)),
        version,
        ..scene.draft(|_| ())
    };
    let taken = scene.save(&scene.administrator, renamed("Other", 1)).await;
    assert!(
        matches!(taken, Err(AdminError::NameTaken { .. })),
        "{taken:?}"
    );
    let saved = scene
        .save(&scene.administrator, renamed("Writers", 1))
        .await
        .unwrap();
    assert_eq!((saved.name.as_str(), saved.version), ("Writers", 2));
    assert_eq!(case.last_audit().await["renamed_from"], "Docs");
    let same = scene
        .save(&scene.administrator, renamed("Writers", 2))
        .await
        .unwrap();
    assert_eq!(same.version, 2);
}

#[tokio::test]
async fn a_profile_is_removed_once_no_agent_uses_it() {
    let scene = Scene::new().await;
    scene.add_agent("triage-bot", OrganizationScope::All).await;
    let case = &scene.case;
    let remove = async |id| {
        case.admin
            .remove_profile(&case.operator, &Ref::Id(id))
            .await
    };
    let refused = remove(scene.profile.id).await;
    let Err(AdminError::ProfileInUse(agents)) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(agents, ["triage-bot"]);
    let idle = scene.add_profile("Idle").await;
    remove(idle.id).await.unwrap();
    assert_eq!(case.last_audit().await["name"], "Idle");
    let gone = remove(idle.id).await;
    assert!(matches!(gone, Err(AdminError::Missing { .. })), "{gone:?}");
    let left = case
        .admin
        .profile_overviews(&scene.administrator)
        .await
        .unwrap();
    let left: Vec<_> = left
        .iter()
        .map(|one| (one.profile.name.as_str(), one.agents.len()))
        .collect();
    assert_eq!(left, [("Docs", 1)]);
}

async fn asked(
    scene: &Scene,
    draft: &GroupRules,
    question: &Question,
) -> (VerdictKind, VerdictKind) {
    let id = Ref::Id(scene.profile.id);
    let admin = &scene.case.admin;
    let answers = admin
        .what_if(&scene.administrator, &id, draft, question)
        .await;
    let answers = answers.unwrap();
    (
        answers.saved.judgement.verdict.kind,
        answers.draft.judgement.verdict.kind,
    )
}

#[tokio::test]
async fn saved_and_draft_are_answered_side_by_side() {
    let scene = Scene::new().await;
    let mut draft = scene.profile.rules.clone();
    draft.contacts.ask = false;
    let about = |group, operation| Question {
        agent: None,
        topic: Topic::Usual { group, operation },
        record: None,
        organization: None,
    };
    let update = about(PermissionGroup::Contacts, Operation::Update);
    let asks = VerdictKind::NeedsApproval;
    assert_eq!(
        asked(&scene, &draft, &update).await,
        (asks, VerdictKind::Allowed)
    );
    let delete = about(PermissionGroup::Contacts, Operation::Delete);
    let refused = VerdictKind::Refused;
    assert_eq!(asked(&scene, &draft, &delete).await, (refused, refused));
}

#[tokio::test]
async fn an_agent_is_asked_about_with_the_clients_it_is_limited_to() {
    let scene = Scene::new().await;
    let only = OrganizationScope::Only([OrganizationId(2)].into());
    let agent = scene.add_agent("triage-bot", only).await;
    let call = |organization| Question {
        agent: Some(agent),
        topic: Topic::Call {
            method: "PATCH".to_owned(),
            path: "/contacts/501".to_owned(),
        },
        record: None,
        organization: Some(OrganizationId(organization)),
    };
    let rules = scene.profile.rules.clone();
    let asks = VerdictKind::NeedsApproval;
    assert_eq!(asked(&scene, &rules, &call(2)).await, (asks, asks));
    let refused = VerdictKind::Refused;
    assert_eq!(asked(&scene, &rules, &call(3)).await, (refused, refused));
}

#[tokio::test]
async fn a_call_that_nobody_knows_is_said_to_be_one() {
    let scene = Scene::new().await;
    let question = Question {
        agent: None,
        topic: Topic::Call {
            method: "PATCH".to_owned(),
            path: "/flexible-assets/5".to_owned(),
        },
        record: None,
        organization: None,
    };
    let id = Ref::Id(scene.profile.id);
    let rules = &scene.profile.rules;
    let admin = &scene.case.admin;
    let answer = admin
        .what_if(&scene.administrator, &id, rules, &question)
        .await;
    let Err(AdminError::NoSuchCall { detail }) = answer else {
        panic!("{answer:?}");
    };
    assert!(detail.contains("/flexible_assets/5"), "{detail}");
}

#[tokio::test]
async fn a_profile_without_history_has_nothing_to_be_tried_on() {
    let scene = Scene::new().await;
    let id = Ref::Id(scene.profile.id);
    let rules = &scene.profile.rules;
    let trial = scene
        .case
        .admin
        .try_profile(&scene.administrator, &id, rules)
        .await;
    let trial = trial.unwrap();
    assert_eq!((trial.looked_at, trial.is_capped), (0, false));
    assert!(trial.organizations.is_empty());
}
