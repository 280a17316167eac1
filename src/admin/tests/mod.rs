//! The upkeep over a store of its own; time stands still.

mod connecting;
mod keeping;
mod sealing;

use secrecy::SecretString;
use tempfile::TempDir;
use uuid::Uuid;

use super::*;
use crate::access::{
    Access, AccessParts, AccessSettings, Person, Proof, ProvenAdministrator, SignIn,
};
use crate::domain::{Email, Name, OrganizationId, OrganizationScope, Preset, Role, Timestamp};
use crate::itglue::{ClientSettings, Region};
use crate::secrets::KeyRing;

const PASSWORD: &str = "granite plover tangent";

/// Stands still; its ids are the operating system's.
pub(super) struct Standing;

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_800_000_000_000)
    }

    fn new_id(&self) -> Uuid {
        Uuid::from_bytes(crate::secrets::random::bytes())
    }
}

pub(super) struct Case {
    folder: TempDir,
    pub(super) admin: Admin,
    access: Access,
    pub(super) operator: ProvenAdministrator,
}

impl Case {
    pub(super) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("countersign.db")).await;
        let parts = AdminParts {
            store: store.unwrap(),
            vault: Vault::new(KeyRing::generate()),
            itglue: Client::new(ClientSettings::default()).unwrap(),
            hasher: PasswordHasher::default(),
            clock: Arc::new(Standing),
            wake: Arc::default(),
            settings: AdminSettings::default(),
        };
        let hasher = parts.hasher.clone();
        Self {
            access: Access::new(AccessParts {
                store: parts.store.clone(),
                vault: parts.vault.clone(),
                hasher,
                clock: Arc::new(Standing),
                settings: AccessSettings {
                    second_factor: SecondFactor::Off,
                    ..AccessSettings::default()
                },
            }),
            admin: Admin::new(parts),
            operator: ProvenAdministrator::operator(),
            folder,
        }
    }

    pub(super) async fn add(&self, email: &str, role: Role) {
        let request = PersonRequest {
            email: email.parse().unwrap(),
            name: "Sam Kim".parse().unwrap(),
            role,
            password: Some(PASSWORD.into()),
        };
        self.admin
            .create_user(&self.operator, request)
            .await
            .unwrap();
    }

    /// Adds a connection that nobody tries out.
    async fn connection(&self, called: &str) -> crate::domain::ConnectionId {
        let request = ConnectionRequest {
            name: name(called),
            region: Region::Eu,
            base_url: None,
            api_key: "ITG.0123456789abcdef".into(),
            no_test: true,
        };
        let created = self.admin.create_connection(&self.operator, request).await;
        created.unwrap().connection.id
    }

    /// Adds an agent over the connection `main`.
    async fn agent(&self, called: &str) -> crate::domain::AgentId {
        let profile = name("Docs");
        let made = self
            .admin
            .create_profile(&self.operator, &profile, Preset::ReadOnly)
            .await;
        assert!(matches!(made, Ok(_) | Err(AdminError::NameTaken { .. })));
        let request = AgentRequest {
            name: name(called),
            profile: profile.into(),
            connection: name("main").into(),
            organizations: OrganizationScope::All,
            gateway_wait: crate::domain::GatewayWait::default(),
            owner: None,
        };
        let created = self.admin.create_agent(&self.operator, request).await;
        created.unwrap().agent.id
    }

    /// Signs in and proves once more who it is.
    async fn administrator(&self, email: &str) -> ProvenAdministrator {
        let person = self.signed_in(email).await;
        let password = SecretString::from(PASSWORD);
        let proof = Proof::Password(password);
        let stepped_up = self.access.step_up(&person, proof).await.unwrap();
        let cookie = stepped_up.cookie.reveal();
        let person = self.access.person_by_session(cookie, None).await.unwrap();
        person
            .administrator()
            .unwrap()
            .proven(Standing.now())
            .unwrap()
    }

    /// The details of the last row of the audit.
    pub(super) async fn last_audit(&self) -> serde_json::Value {
        let store = &self.admin.0.store;
        let last = store.audit_head().await.unwrap().number;
        let rows = store.audit_after(last - 1, 1).await.unwrap();
        rows.into_iter().next().unwrap().details
    }

    /// Signs in, no more.
    pub(super) async fn signed_in(&self, email: &str) -> Person {
        let request = SignIn {
            email: email.to_owned(),
            password: SecretString::from(PASSWORD),
            address: Some("203.0.113.9".to_owned()),
            browser: None,
            mark: None,
        };
        let signed_in = self.access.sign_in(request).await.unwrap();
        let cookie = signed_in.cookie.reveal();
        self.access.person_by_session(cookie, None).await.unwrap()
    }
}

fn email(text: &str) -> Email {
    text.parse().unwrap()
}

pub(super) fn name(text: &str) -> Name {
    text.parse().unwrap()
}

#[tokio::test]
async fn the_last_administrator_is_switched_off_by_the_operator_alone() {
    let case = Case::new().await;
    case.add("one@msp.example", Role::Administrator).await;
    case.add("tech@msp.example", Role::Technician).await;
    let one = case.administrator("one@msp.example").await;
    let disable = async |by: &ProvenAdministrator, who: &str| {
        let user = case.admin.user_of(by, &email(who)).await?;
        let ended = case.admin.disable_user(by, user.id).await;
        ended.map(|user| user.disabled_at.is_some())
    };
    let refused = disable(&one, "one@msp.example").await;
    assert!(matches!(refused, Err(AdminError::LastAdministrator(_))));

    case.add("two@msp.example", Role::Administrator).await;
    assert!(disable(&one, "one@msp.example").await.unwrap());
    assert!(disable(&case.operator, "two@msp.example").await.unwrap());
}

#[tokio::test]
async fn an_agent_belongs_to_the_person_who_added_it() {
    let case = Case::new().await;
    case.add("one@msp.example", Role::Administrator).await;
    let one = case.administrator("one@msp.example").await;
    let connection = ConnectionRequest {
        name: name("main"),
        region: Region::Eu,
        base_url: None,
        api_key: "ITG.0123456789abcdef".into(),
        no_test: true,
    };
    case.admin
        .create_connection(&one, connection)
        .await
        .unwrap();
    case.admin
        .create_profile(&one, &name("Docs"), Preset::ReadOnly)
        .await
        .unwrap();
    let agent = |called: &str| AgentRequest {
        name: name(called),
        profile: name("Docs").into(),
        connection: name("main").into(),
        organizations: OrganizationScope::All,
        gateway_wait: crate::domain::GatewayWait::default(),
        owner: None,
    };
    let owned = case.admin.create_agent(&one, agent("owned")).await.unwrap();
    assert_eq!(owned.agent.owner, one.person().map(Person::id));
    let made = case.admin.create_agent(&case.operator, agent("made"));
    assert_eq!(made.await.unwrap().agent.owner, None);
}

#[tokio::test]
async fn each_change_leaves_a_row_and_what_changes_nothing_leaves_none() {
    let case = Case::new().await;
    let rows = async || case.admin.0.store.audit_head().await.unwrap().number;
    let by = &case.operator;
    let docs = name("Docs");
    case.admin
        .create_profile(by, &docs, Preset::ReadOnly)
        .await
        .unwrap();
    assert_eq!(rows().await, 1);
    let taken = case.admin.create_profile(by, &docs, Preset::ReadOnly).await;
    assert!(matches!(taken, Err(AdminError::NameTaken { .. })));
    let same = ProfileChange {
        ask: Some(true),
        ..ProfileChange::default()
    };
    case.admin.set_profile(by, &docs, same).await.unwrap();
    assert_eq!(rows().await, 1);
    let other = ProfileChange {
        ask: Some(false),
        ..ProfileChange::default()
    };
    let changed = case.admin.set_profile(by, &docs, other).await.unwrap();
    assert_eq!((changed.version, rows().await), (2, 2));
}

/// Of two who remove each other at the same time, one stays.
#[tokio::test]
async fn two_administrators_cannot_remove_each_other() {
    for is_demotion in [false, true] {
        let case = Case::new().await;
        case.add("one@msp.example", Role::Administrator).await;
        case.add("two@msp.example", Role::Administrator).await;
        let one = case.administrator("one@msp.example").await;
        let two = case.administrator("two@msp.example").await;
        let id = |by: &ProvenAdministrator| by.person().map(Person::id).unwrap();
        let remove = async |by: &ProvenAdministrator, who| {
            if is_demotion {
                let change = UserChange {
                    role: Some(Role::Technician),
                    ..UserChange::default()
                };
                case.admin.change_user(by, who, change).await
            } else {
                case.admin.disable_user(by, who).await
            }
        };
        let (first, second) = tokio::join!(remove(&one, id(&two)), remove(&two, id(&one)));
        let answers = [first, second];
        let refused: Vec<_> = answers
            .iter()
            .filter_map(|one| one.as_ref().err())
            .collect();
        assert_eq!(refused.len(), 1, "{answers:?}");
        assert!(matches!(refused[0], AdminError::LastAdministrator(_)));
        let left = case.admin.users(&case.operator).await.unwrap();
        let left = left
            .iter()
            .filter(|one| one.user.role.may_administer() && one.user.disabled_at.is_none());
        assert_eq!(left.count(), 1);
    }
}

/// Somebody who was invited and has no password yet cannot be the one who remains.
#[tokio::test]
async fn an_invitation_does_not_replace_the_last_administrator() {
    let case = Case::new().await;
    case.add("one@msp.example", Role::Administrator).await;
    let one = case.administrator("one@msp.example").await;
    let invite = Invite {
        email: email("two@msp.example"),
        name: "Kim Lane".parse().unwrap(),
        role: Role::Administrator,
        organizations: OrganizationScope::All,
    };
    let invited = case.admin.invite_user(&one, invite).await.unwrap();
    let own = one.person().map(Person::id).unwrap();
    let refused = case.admin.disable_user(&one, own).await;
    assert!(matches!(refused, Err(AdminError::LastAdministrator(_))));
    let withdrawn = case.admin.disable_user(&one, invited.user.id).await;
    assert!(withdrawn.unwrap().disabled_at.is_some());
}

#[tokio::test]
async fn a_change_of_a_person_says_what_was_before() {
    let case = Case::new().await;
    case.add("one@msp.example", Role::Technician).await;
    let by = &case.operator;
    let user = case.admin.user_of(by, &email("one@msp.example")).await;
    let id = user.unwrap().id;
    let rows = async || case.admin.0.store.audit_head().await.unwrap().number;
    let before = rows().await;
    let nothing = case.admin.change_user(by, id, UserChange::default()).await;
    assert_eq!(
        (nothing.unwrap().name.as_str(), rows().await),
        ("Sam Kim", before)
    );
    let change = UserChange {
        name: Some("Sam Lane".parse().unwrap()),
        role: None,
        organizations: Some(OrganizationScope::Only([OrganizationId(3)].into())),
    };
    case.admin.change_user(by, id, change).await.unwrap();
    let overview = case.admin.user(by, id).await.unwrap();
    assert_eq!(overview.user.name, "Sam Lane");
    assert!(matches!(
        overview.user.organizations,
        OrganizationScope::Only(_)
    ));
    assert_eq!(rows().await, before + 1);
}
