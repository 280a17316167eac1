//! A simulator, a database and a worker; approved proposals are put together by hand.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::access::open_account;
use crate::diff;
use crate::domain::{
    Actor, AgentId, AuditAction, AuditEvent, ConnectionId, DecidedBy, Decision, DecisionVerdict,
    Item, ItemId, NewItem, OrganizationScope, Preset, ProfileId, Proposal, ProposalContent,
    ProposalId, ProposedWrite, Snapshot, Tier, Timestamp, TokenId, TraitsMode, UserId, Verdict,
    VerdictKind,
};
use crate::itglue::{Client, ClientSettings, Purpose, snapshot};
use crate::policy::{Call, catalogue, classify};
use crate::replay::{Health, Replay, ReplayParts, ReplaySettings};
use crate::secrets::{Bound, BoundItem, KeyRing, Place, Vault, fingerprint_of, protect};
use crate::server::clock::Clock;
use crate::simulator::{Control, DEMO_API_KEY, Fault, FaultKind, Running, Settings, start};
use crate::store::{
    Approval, ConnectionDetails, NewAgent, NewConnection, NewProfile, NewProposal, NewToken,
    NewUser, Recorded, Store, TokenOwner,
};

pub(super) const DEADLINE: Duration = Duration::from_secs(30);

pub(super) struct Scene {
    pub(super) simulator: Running,
    pub(super) store: Store,
    pub(super) vault: Vault,
    pub(super) clock: Clock,
    pub(super) connection: ConnectionId,
    pub(super) profile: ProfileId,
    pub(super) agent: AgentId,
    pub(super) token: TokenId,
    pub(super) settings: ReplaySettings,
    person: UserId,
    pub(super) client: Client,
    wake: Arc<Notify>,
    pub(super) directory: TempDir,
}

/// A worker at work.
pub(super) struct Working {
    pub(super) health: Health,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Working {
    pub(super) async fn stop(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }
}

impl Scene {
    pub(super) async fn open() -> Self {
        Self::open_with(Duration::from_secs(10)).await
    }

    pub(super) async fn open_with(request_timeout: Duration) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let clock = Clock::system();
        let id = || clock.new_id();
        let scene = Self {
            simulator: start(Settings::default()).await.unwrap(),
            store: Store::open(&directory.path().join("test.db"))
                .await
                .unwrap(),
            vault: Vault::new(KeyRing::generate()),
            connection: ConnectionId(id()),
            profile: ProfileId(id()),
            agent: AgentId(id()),
            token: TokenId(id()),
            person: UserId(id()),
            settings: ReplaySettings {
                settle_seconds: 1,
                stop_seconds: 1,
                ..ReplaySettings::default()
            },
            client: Client::new(ClientSettings {
                request_timeout,
                rate: "100000/1s".parse().unwrap(),
                ..ClientSettings::default()
            })
            .unwrap(),
            wake: Arc::new(Notify::new()),
            directory,
            clock,
        };
        scene.fill().await;
        scene
    }

    async fn fill(&self) {
        let event = |action| AuditEvent::new(self.now(), Actor::Operator, action);
        let place = Place::new("connections", "api_key", self.connection.0.as_bytes());
        let connection = NewConnection {
            id: self.connection,
            name: "main".to_owned(),
            region: "us".to_owned(),
            base_url: Some(self.simulator.base_url()),
            sealed_key: self.vault.seal(place, DEMO_API_KEY),
            key_last_four: "00d0".to_owned(),
        };
        let profile = NewProfile {
            id: self.profile,
            name: "all".to_owned(),
            preset: Preset::FullAccess,
            rules: Preset::FullAccess.rules(),
        };
        let person = NewUser {
            id: self.person,
            email: "sam@example.com".to_owned(),
            name: "Sam".to_owned(),
            role: crate::domain::Role::Technician,
            password_hash: None,
            organizations: crate::domain::OrganizationScope::All,
        };
        let store = &self.store;
        let done = event(AuditAction::ConnectionCreated);
        store.create_connection(&connection, &done).await.unwrap();
        let done = event(AuditAction::ProfileCreated);
        store.create_profile(&profile, &done).await.unwrap();
        let done = event(AuditAction::UserCreated);
        store.create_user(&person, &done).await.unwrap();
        self.add_agent(self.agent, self.token, "bot").await;
    }

    /// One more agent of the same profile, with a token.
    pub(super) async fn add_agent(&self, id: AgentId, token: TokenId, name: &str) {
        let event = |action| AuditEvent::new(self.now(), Actor::Operator, action);
        let agent = NewAgent {
            id,
            name: name.to_owned(),
            profile_id: self.profile,
            connection_id: self.connection,
            owner_id: None,
            organizations: OrganizationScope::All,
            gateway_wait: crate::domain::GatewayWait::default(),
        };
        let token = NewToken {
            id: token,
            public_id: name.to_owned(),
            hash: [0; 32],
            owner: TokenOwner::Agent(id),
            name: "test".to_owned(),
            scopes: crate::domain::ScopeSet::EMPTY,
            addresses: crate::domain::AddressRanges::default(),
            created_at: self.now(),
            expires_at: self.now().plus_seconds(86_400),
        };
        let done = event(AuditAction::AgentCreated);
        self.store.create_agent(&agent, &done).await.unwrap();
        let done = event(AuditAction::TokenCreated);
        self.store.create_token(&token, &done).await.unwrap();
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) fn control(&self) -> &Control {
        self.simulator.control()
    }

    pub(super) fn fault(&self, method: &str, kind: FaultKind) {
        self.control().fault(Fault::next(kind).on(method));
    }

    pub(super) fn replay(&self) -> Replay {
        Replay::new(ReplayParts {
            store: self.store.clone(),
            vault: self.vault.clone(),
            itglue: self.client.clone(),
            clock: Arc::new(self.clock.clone()),
            wake: Arc::clone(&self.wake),
            settings: self.settings,
        })
    }

    /// Recovers and starts working.
    pub(super) async fn start(&self) -> Working {
        let replay = self.replay();
        replay.recover().await.unwrap();
        let stop = CancellationToken::new();
        Working {
            health: replay.health(),
            task: tokio::spawn(replay.run(stop.clone())),
            stop,
        }
    }

    /// Proposes a write, reads what it is about, and approves it as Sam.
    pub(super) async fn approved(
        &self,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> ProposalId {
        let proposal = self.proposed(method, path, body).await;
        self.approve(&proposal, DecidedBy::Person).await;
        proposal.id
    }

    pub(super) async fn proposed(
        &self,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> Box<Proposal> {
        let id = ProposalId(self.clock.new_id());
        let content = self.content(id, method, path, body).await;
        let proposal = NewProposal {
            id,
            agent_id: self.agent,
            token_id: self.token,
            connection_id: self.connection,
            content,
            summary: "A change".to_owned(),
            reason: None,
            ticket: None,
            idempotency: None,
            write_digest: None,
            created_at: self.now(),
            expires_at: self.now().plus_seconds(3600),
            approved_by_rule: None,
            waiting_cap: 100,
            reversal: None,
        };
        let event = AuditEvent::new(self.now(), Actor::Policy, AuditAction::Proposed);
        match self.store.record_proposal(&proposal, &event).await.unwrap() {
            Recorded::New(proposal) | Recorded::Repeated(proposal) | Recorded::Open(proposal) => {
                proposal
            }
        }
    }

    async fn content(
        &self,
        id: ProposalId,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> ProposalContent {
        let call = Call {
            method,
            path,
            body: body.as_ref(),
        };
        let classified = classify(&call).unwrap();
        let account = open_account(&self.vault, &self.connection().await).unwrap();
        let session = self.client.session(&account, Purpose::Intake);
        let mut items = Vec::new();
        for request in &classified.items {
            let read = snapshot(&session, &catalogue::resource, request)
                .await
                .unwrap();
            items.push(self.item(request, read));
        }
        let bound = Bound {
            proposal: id,
            revision: 1,
            round: 1,
            connection: self.connection,
        };
        let fingerprint = fingerprint_of(&self.vault, bound, items.iter().map(bound_item)).unwrap();
        ProposalContent {
            tier: Tier::Routine,
            fingerprint,
            request: ProposedWrite {
                method: classified.located.route.method,
                path: path.to_owned(),
                body: items.first().and_then(|item| item.request.body.clone()),
                traits: TraitsMode::Replace,
            },
            asked: Vec::new(),
            operation: classified.located.operation,
            group: classified.located.group().unwrap(),
            verdict: Verdict {
                kind: VerdictKind::NeedsApproval,
                rule: "test.ask".to_owned(),
                explanation: "Asking is on.".to_owned(),
            },
            resource: items.first().unwrap().resource.clone(),
            clients: crate::domain::Clients::default(),
            warnings: Vec::new(),
            items,
        }
    }

    fn item(&self, request: &crate::domain::ItemRequest, read: Snapshot) -> NewItem {
        let kind = catalogue::resource(&request.resource).unwrap();
        let prepared = diff::prepare(kind, request, &read, TraitsMode::Replace).unwrap();
        let id = ItemId(self.clock.new_id());
        let pointers = &prepared.secret_pointers;
        let (shown, sealed_body) = protect(&self.vault, id, &prepared.request, pointers);
        let key = match (request.record_id, &prepared.natural_key) {
            (Some(record), _) => record.to_string(),
            (None, Some(key)) => key.to_string(),
            (None, None) => String::new(),
        };
        NewItem {
            id,
            request: shown,
            sealed_body,
            secret_pointers: prepared.secret_pointers,
            resource: prepared.resource,
            target_key: format!("{}/{}/{key}", self.connection, request.resource),
            watched: prepared.watched,
            pre_image: read,
            pre_read_at: self.now(),
            base_image: None,
        }
    }

    pub(super) async fn approve(&self, proposal: &Proposal, by: DecidedBy) {
        self.approve_with_hold(proposal, by, None).await;
    }

    pub(super) async fn approve_with_hold(
        &self,
        proposal: &Proposal,
        by: DecidedBy,
        hold_until: Option<Timestamp>,
    ) {
        let decision = Decision {
            verdict: DecisionVerdict::Approved,
            by,
            person: (by == DecidedBy::Person).then_some(self.person),
            name: "Sam".to_owned(),
            reason: None,
            at: self.now(),
            fingerprint: proposal.fingerprint,
            shown: proposal.fingerprint,
            edits: None,
            round: proposal.round,
        };
        let approval = Approval {
            proposal_id: proposal.id,
            round: proposal.round,
            fingerprint: proposal.fingerprint,
            decision,
            edited: None,
            hold_until,
            step_up_at: None,
            audit: AuditEvent::new(self.now(), Actor::Policy, AuditAction::Approved),
        };
        self.store
            .record_approval(proposal, &approval)
            .await
            .unwrap();
        self.wake.notify_one();
    }

    pub(super) async fn proposal(&self, id: ProposalId) -> Proposal {
        self.store.proposal(id).await.unwrap().unwrap()
    }

    pub(super) async fn item_of(&self, id: ProposalId) -> Item {
        self.proposal(id).await.items.swap_remove(0)
    }

    pub(super) async fn connection(&self) -> ConnectionDetails {
        self.store
            .connection(self.connection)
            .await
            .unwrap()
            .unwrap()
    }
}

#[expect(clippy::unnecessary_wraps, reason = "other writes have no body")]
pub(super) fn contact(attributes: &Value) -> Option<Value> {
    Some(json!({ "data": { "type": "contacts", "attributes": attributes } }))
}

#[expect(clippy::unnecessary_wraps, reason = "other writes have no body")]
pub(super) fn location(name: &str) -> Option<Value> {
    let attributes = json!({ "organization-id": 2, "name": name });
    Some(json!({ "data": { "type": "locations", "attributes": attributes } }))
}

fn bound_item(item: &NewItem) -> BoundItem<'_> {
    BoundItem {
        id: item.id,
        request: &item.request,
        sealed_body: item.sealed_body.as_deref(),
        secret_pointers: &item.secret_pointers,
        watched: &item.watched,
    }
}
