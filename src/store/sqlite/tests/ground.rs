//! What every test stands on: a file of its own with a person, a connection, an agent, a token.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection};
use tempfile::TempDir;
use uuid::Uuid;

use crate::domain::{
    Actor, AgentId, AuditAction, AuditEvent, ConnectionId, DecidedBy, Decision, DecisionVerdict,
    Fingerprint, Item, ItemClass, ItemEvent, ItemId, ItemRequest, Method, NewItem, Operation,
    OrganizationId, OrganizationScope, PermissionGroup, Preset, ProfileId, Proposal,
    ProposalContent, ProposalId, ProposedWrite, Record, RecordId, ResourceRef, Role, Route,
    ScopeSet, Snapshot, Tier, Timestamp, TokenId, TraitsMode, UserId, Verdict, VerdictKind,
};
use crate::store::{
    Approval, Due, ItemChange, ItemEnd, NewAgent, NewConnection, NewProfile, NewProposal, NewToken,
    NewUser, Recorded, Returned, Store, StoreError, TokenOwner,
};

static LAST_ID: AtomicU64 = AtomicU64::new(1);

/// A new id; later ones are larger.
pub(super) fn new_id() -> Uuid {
    Uuid::from_u128(u128::from(LAST_ID.fetch_add(1, Ordering::Relaxed)))
}

/// This many seconds into the test.
pub(super) const fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_700_000_000_000).plus_seconds(seconds)
}

pub(super) fn event(action: AuditAction, when: Timestamp) -> AuditEvent {
    AuditEvent::new(when, Actor::Operator, action)
}

/// A store with what a proposal needs to exist.
pub(super) struct Ground {
    pub(super) store: Store,
    pub(super) user: UserId,
    pub(super) connection: ConnectionId,
    pub(super) profile: ProfileId,
    pub(super) agent: AgentId,
    pub(super) token: TokenId,
    folder: TempDir,
}

impl Ground {
    pub(super) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("gate.db")).await.unwrap();
        let mut ground = Self {
            store,
            user: UserId(new_id()),
            connection: ConnectionId(Uuid::nil()),
            profile: ProfileId(new_id()),
            agent: AgentId(Uuid::nil()),
            token: TokenId(Uuid::nil()),
            folder,
        };
        let user = NewUser {
            id: ground.user,
            email: "sam@example.com".to_owned(),
            name: "Sam".to_owned(),
            role: Role::Technician,
            password_hash: None,
            organizations: crate::domain::OrganizationScope::All,
        };
        let created = event(AuditAction::UserCreated, at(0));
        ground.store.create_user(&user, &created).await.unwrap();
        let profile = NewProfile {
            id: ground.profile,
            name: "Documentation".to_owned(),
            preset: Preset::Documentation,
            rules: Preset::Documentation.rules(),
        };
        let created = event(AuditAction::ProfileCreated, at(0));
        let stored = ground.store.create_profile(&profile, &created).await;
        stored.unwrap();
        ground.connection = ground.add_connection("Main").await;
        ground.agent = ground.add_agent("triage-bot", ground.connection).await;
        ground.token = ground.add_token(ground.agent, "first").await;
        ground
    }

    pub(super) fn file(&self) -> PathBuf {
        self.folder.path().join("gate.db")
    }

    pub(super) async fn add_connection(&self, name: &str) -> ConnectionId {
        let connection = NewConnection {
            id: ConnectionId(new_id()),
            name: name.to_owned(),
            region: "eu".to_owned(),
            base_url: None,
            sealed_key: vec![1, 2, 3],
            key_last_four: "abcd".to_owned(),
        };
        let created = event(AuditAction::ConnectionCreated, at(0));
        let stored = self.store.create_connection(&connection, &created).await;
        stored.unwrap();
        connection.id
    }

    pub(super) async fn add_agent(&self, name: &str, connection: ConnectionId) -> AgentId {
        let agent = NewAgent {
            id: AgentId(new_id()),
            name: name.to_owned(),
            profile_id: self.profile,
            connection_id: connection,
            owner_id: Some(self.user),
            organizations: OrganizationScope::All,
            gateway_wait: crate::domain::GatewayWait::default(),
        };
        let created = event(AuditAction::AgentCreated, at(0));
        self.store.create_agent(&agent, &created).await.unwrap();
        agent.id
    }

    pub(super) async fn add_token(&self, agent: AgentId, public_id: &str) -> TokenId {
        let token = NewToken {
            id: TokenId(new_id()),
            public_id: public_id.to_owned(),
            hash: [7; 32],
            owner: TokenOwner::Agent(agent),
            name: "test".to_owned(),
            scopes: ScopeSet::EMPTY,
            addresses: crate::domain::AddressRanges::default(),
            created_at: at(0),
            expires_at: at(1_000_000),
        };
        let created = event(AuditAction::TokenCreated, at(0));
        self.store.create_token(&token, &created).await.unwrap();
        token.id
    }

    /// A proposal with one item per target, in this order.
    pub(super) fn draft(&self, targets: &[u64]) -> NewProposal {
        NewProposal {
            id: ProposalId(new_id()),
            agent_id: self.agent,
            token_id: self.token,
            connection_id: self.connection,
            content: content(targets),
            summary: "Correct the phone number".to_owned(),
            reason: None,
            ticket: None,
            idempotency: None,
            write_digest: None,
            created_at: at(0),
            expires_at: at(3600),
            approved_by_rule: None,
            waiting_cap: 1000,
            reversal: None,
        }
    }

    pub(super) async fn record(&self, draft: &NewProposal) -> Result<Recorded, StoreError> {
        let proposed = event(AuditAction::Proposed, draft.created_at);
        self.store.record_proposal(draft, &proposed).await
    }

    pub(super) async fn store_draft(&self, draft: &NewProposal) -> Proposal {
        match self.record(draft).await.unwrap() {
            Recorded::New(proposal) => *proposal,
            Recorded::Repeated(_) | Recorded::Open(_) => panic!("it was stored before"),
        }
    }

    pub(super) async fn propose(&self, targets: &[u64]) -> Proposal {
        self.store_draft(&self.draft(targets)).await
    }

    /// Proposed and approved at this second, without a hold.
    pub(super) async fn approved(&self, targets: &[u64], second: i64) -> Proposal {
        let proposal = self.propose(targets).await;
        self.approve(&proposal, at(second)).await.unwrap();
        self.again(&proposal).await
    }

    pub(super) async fn approve(
        &self,
        proposal: &Proposal,
        when: Timestamp,
    ) -> Result<(), StoreError> {
        let approval = self.approval(proposal, when);
        self.store.record_approval(proposal, &approval).await
    }

    pub(super) fn approval(&self, proposal: &Proposal, when: Timestamp) -> Approval {
        Approval {
            proposal_id: proposal.id,
            round: proposal.round,
            fingerprint: proposal.fingerprint,
            decision: self.decision(proposal, DecisionVerdict::Approved, when),
            edited: None,
            hold_until: None,
            step_up_at: None,
            audit: event(AuditAction::Approved, when),
        }
    }

    pub(super) fn decision(
        &self,
        proposal: &Proposal,
        verdict: DecisionVerdict,
        when: Timestamp,
    ) -> Decision {
        Decision {
            verdict,
            by: DecidedBy::Person,
            person: Some(self.user),
            name: "Sam".to_owned(),
            reason: None,
            at: when,
            fingerprint: proposal.fingerprint,
            shown: proposal.fingerprint,
            edits: None,
            round: proposal.round,
        }
    }

    /// The proposal as it is stored now.
    pub(super) async fn again(&self, proposal: &Proposal) -> Proposal {
        self.store.proposal(proposal.id).await.unwrap().unwrap()
    }

    pub(super) async fn claim(&self, second: i64) -> Option<Due> {
        self.store.claim_next(at(second), &[]).await.unwrap()
    }

    /// Lets these events happen to an item, one after the other.
    pub(super) async fn item_events(
        &self,
        proposal: &Proposal,
        position: usize,
        events: &[ItemEvent],
        when: Timestamp,
    ) -> Proposal {
        for item_event in events {
            let item = self.again(proposal).await.items[position].clone();
            let change = change(&item, *item_event, when);
            assert!(self.store.change_item(&change).await.unwrap());
        }
        self.again(proposal).await
    }

    /// SQL past the store, as somebody with the file in hand could run it.
    pub(super) async fn sql(&self, statements: &str) {
        let mut raw = self.raw().await;
        run(&mut raw, statements).await;
        raw.close().await.unwrap();
    }

    pub(super) async fn raw(&self) -> SqliteConnection {
        let url = format!("sqlite:{}", self.file().display());
        SqliteConnection::connect(&url).await.unwrap()
    }

    pub(super) async fn count_audit(&self) -> i64 {
        self.store.audit_head().await.unwrap().number
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests say things that the program never says"
)]
pub(super) async fn run(raw: &mut SqliteConnection, statements: &str) {
    sqlx::raw_sql(sqlx::AssertSqlSafe(statements))
        .execute(raw)
        .await
        .unwrap();
}

pub(super) fn returned(proposal: &Proposal, when: Timestamp) -> Returned {
    Returned {
        proposal_id: proposal.id,
        round: proposal.round,
        fingerprint: Fingerprint([9; 32]),
        warning: None,
        is_stale: false,
        at: when,
        audit: event(AuditAction::Undone, when),
    }
}

/// The change that follows from this event, with nothing said beside it.
pub(super) fn change(item: &Item, item_event: ItemEvent, when: Timestamp) -> ItemChange {
    let to = item.progress.step(item_event).unwrap();
    let mut change = ItemChange::new(item, to, when, event(AuditAction::Ended, when));
    if to.state.is_final() {
        change.end = Some(ItemEnd::default());
    }
    change
}

pub(super) fn content(targets: &[u64]) -> ProposalContent {
    let body = json!({"data": {"type": "contacts", "attributes": {"first-name": "Zoë"}}});
    let first = targets.first().copied().unwrap_or(1);
    ProposalContent {
        tier: Tier::Routine,
        fingerprint: Fingerprint([5; 32]),
        request: ProposedWrite {
            method: Method::Patch,
            path: format!("/contacts/{first}"),
            body: Some(body.clone()),
            traits: TraitsMode::Replace,
        },
        asked: vec![1, 2, 3],
        operation: Operation::Update,
        group: PermissionGroup::Contacts,
        verdict: Verdict {
            kind: VerdictKind::NeedsApproval,
            rule: "contacts.ask".to_owned(),
            explanation: "Contacts ask before writes.".to_owned(),
        },
        resource: resource(first),
        clients: [OrganizationId(2)].into_iter().collect(),
        warnings: Vec::new(),
        items: targets
            .iter()
            .map(|target| new_item(*target, &body))
            .collect(),
    }
}

fn new_item(target: u64, body: &Value) -> NewItem {
    let attributes = json!({"first-name": "Zoe"});
    NewItem {
        id: ItemId(new_id()),
        request: ItemRequest {
            route: Route {
                method: Method::Patch,
                path: format!("/contacts/{target}"),
                query: Vec::new(),
            },
            body: Some(body.clone()),
            resource: "contacts".to_owned(),
            operation: Operation::Update,
            class: ItemClass::Set,
            record_id: Some(RecordId(target)),
            parent: None,
        },
        sealed_body: None,
        secret_pointers: Vec::new(),
        resource: resource(target),
        target_key: format!("contacts/{target}"),
        watched: attributes.clone(),
        pre_image: Snapshot {
            record: Some(Record {
                id: RecordId(target),
                json_type: "contacts".to_owned(),
                attributes: attributes.as_object().unwrap().clone(),
            }),
            ..Snapshot::default()
        },
        pre_read_at: at(0),
        base_image: None,
    }
}

fn resource(target: u64) -> ResourceRef {
    ResourceRef {
        json_type: "contacts".to_owned(),
        id: Some(RecordId(target)),
        name: Some("Zoe Mills".to_owned()),
        organization_id: Some(OrganizationId(2)),
        organization_name: Some("Happy Frog".to_owned()),
    }
}
