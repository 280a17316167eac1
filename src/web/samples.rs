//! Proposals as the stages would hand them over, for the tests of this folder.

use serde_json::{Value, json};
use uuid::Uuid;

use super::context::{
    Candidate, Opened, Past, PastAttempt, PastEvidence, ProofKind, Sight, Site, Surroundings,
    Trail, Viewer,
};
use super::preferences::{Keys, Preferences, Theme};
use crate::diff::{self, Prepared, redact};
use crate::domain::{
    AgentId, AgentRef, AssetField, AssetSchema, Clients, ConnectionId, ConnectionRef, DecidedBy,
    Decision, DecisionVerdict, FieldKind, Fingerprint, Item, ItemId, ItemRequest, ItemState,
    Method, OrganizationScope, Preset, Progress, Proposal, ProposalId, ProposalStatus,
    ProposedWrite, Record, RecordId, Role, Snapshot, Ticket, Timestamp, TokenId, TraitsMode,
    UnresolvedReason, UserId,
};
use crate::draft::{Asked, Draft, body_of, draft, undoing};
use crate::policy::{Subject, catalogue};

/// Saturday, 21 November 2026, 14:02:11 UTC.
pub const NOW: Timestamp = Timestamp::from_millis(1_795_269_731_000);

pub fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x0198_1f6e_0000_7000_8000_0000_0000_0000 + number)
}

pub fn viewer(role: Role) -> Viewer {
    Viewer {
        id: UserId(id(1)),
        name: "Sam Fox".to_owned(),
        role,
        proof: ProofKind::Password,
        is_fresh: false,
    }
}

pub fn around(role: Role, path: &str) -> Surroundings {
    Surroundings {
        viewer: Some(viewer(role)),
        site: Some(Site {
            is_demo: true,
            is_https: false,
            is_factor_off: true,
            may_set_base_url: true,
        }),
        pause: None,
        preferences: Preferences {
            theme: Theme::System,
            keys: Keys::On,
        },
        is_held_after_restore: false,
        path: path.to_owned(),
    }
}

/// A PATCH of traits that names three and erases the rest.
pub fn erasing() -> Opened {
    let traits = json!({
        "type": "Office 365", "users": 62,
        "notes": "<p>Mailboxes were moved on Friday; restart <b>one</b> node at a time.</p>"
    });
    asset(&traits, TraitsMode::Replace)
}

/// The same, with everything else left alone.
pub fn asset(traits: &Value, mode: TraitsMode) -> Opened {
    let body = json!({"data": {"type": "flexible-assets", "attributes": {"traits": traits}}});
    opened(
        "PATCH",
        "/flexible_assets/123",
        Some(body),
        &asset_snapshot(),
        None,
        mode,
    )
}

/// Two harmless fields of a contact.
pub fn routine() -> Opened {
    contact(
        &json!({"title": "IT Director", "notes": "Prefers phone after 5 pm"}),
        None,
    )
}

/// A contact whose record moved after the agent read it.
pub fn moved() -> Opened {
    let mut live = contact_snapshot();
    let record = live.record.as_mut().unwrap();
    record
        .attributes
        .insert("title".to_owned(), json!("Head of IT"));
    contact(
        &json!({"title": "IT Director", "location-id": 31}),
        Some(&live),
    )
}

pub fn contact(attributes: &Value, live: Option<&Snapshot>) -> Opened {
    let body = json!({"data": {"type": "contacts", "attributes": attributes}});
    opened(
        "PATCH",
        "/contacts/501",
        Some(body),
        &contact_snapshot(),
        live,
        TraitsMode::Replace,
    )
}

/// A password gets a new value.
pub fn password() -> Opened {
    let snapshot = Snapshot {
        record: Some(record(
            "passwords",
            77,
            json!({
                "organization-id": 2, "organization-name": "Acme", "name": "Domain admin",
                "username": "administrator", "notes": "rotated monthly"
            }),
        )),
        ..Snapshot::default()
    };
    let body = json!({"data": {"type": "passwords", "attributes": {"password": "canary-4711"}}});
    opened(
        "PATCH",
        "/passwords/77",
        Some(body),
        &snapshot,
        None,
        TraitsMode::Replace,
    )
}

/// A contact to be created whose answer was lost, and that two records may be.
pub fn unresolved() -> Opened {
    let body = json!({"data": {"type": "contacts", "attributes": {
        "organization-id": 2, "first-name": "Ines", "last-name": "Moreau"}}});
    let created = opened(
        "POST",
        "/contacts",
        Some(body),
        &Snapshot::default(),
        None,
        TraitsMode::Replace,
    );
    let status = ProposalStatus::NeedsAttention;
    let mut opened = decided(created, status, ItemState::Unresolved);
    let item = &mut opened.proposal.items[0];
    item.unresolved = Some(UnresolvedReason::Ambiguous);
    item.sent_at = Some(NOW.plus_seconds(-300));
    item.settle_until = Some(NOW.plus_seconds(-120));
    item.progress.sends = 1;
    item.progress.attempt = 1;
    opened.trails = vec![Trail {
        position: 0,
        attempt: 1,
        attempts: vec![PastAttempt {
            attempt: 1,
            intent_at: NOW.plus_seconds(-300),
            ended_at: Some(NOW.plus_seconds(-260)),
            ending: Some("timed out".to_owned()),
            http_status: None,
        }],
        evidence: vec![PastEvidence {
            at: NOW.plus_seconds(-60),
            is_by_person: false,
            finding: "2 new records are as it was sent".to_owned(),
        }],
        said: Vec::new(),
        now: Some(Sight::Read {
            at: NOW,
            finding: "2 new records are as it was sent".to_owned(),
            candidates: vec![
                Candidate {
                    id: RecordId(901),
                    name: Some("Ines Moreau".to_owned()),
                    url: Some("https://acme.itglue.com/2/contacts/901".to_owned()),
                    is_as_sent: true,
                },
                Candidate {
                    id: RecordId(902),
                    name: Some("<b>Ines</b>".to_owned()),
                    url: None,
                    is_as_sent: true,
                },
            ],
        }),
    }];
    opened
}

/// The same proposal after a decision, in this state.
pub fn decided(mut opened: Opened, status: ProposalStatus, state: ItemState) -> Opened {
    let verdict = match status {
        ProposalStatus::Rejected => DecisionVerdict::Rejected,
        _ => DecisionVerdict::Approved,
    };
    opened.proposal.status = status;
    opened.proposal.decision = Some(Decision {
        verdict,
        by: DecidedBy::Person,
        person: Some(UserId(id(1))),
        name: "Sam Fox".to_owned(),
        reason: Some("The caller confirmed it".to_owned()),
        at: NOW.plus_seconds(-3),
        fingerprint: opened.proposal.fingerprint,
        shown: opened.proposal.fingerprint,
        edits: None,
        round: 1,
    });
    opened.proposal.hold_until = (status == ProposalStatus::Held).then(|| NOW.plus_seconds(27));
    for item in &mut opened.proposal.items {
        item.progress.state = state;
    }
    opened
}

fn opened(
    method: &str,
    path: &str,
    body: Option<Value>,
    base: &Snapshot,
    live: Option<&Snapshot>,
    traits: TraitsMode,
) -> Opened {
    let asked = Asked {
        method: method.parse::<Method>().unwrap(),
        path: path.to_owned(),
        body,
        traits,
        keep: Vec::new(),
    };
    let classified = asked.classify().unwrap();
    let rules = Preset::FullAccess.rules();
    let subject = Subject {
        rules: &rules,
        scope: &OrganizationScope::All,
    };
    let draft = draft(
        &subject,
        &classified,
        std::slice::from_ref(base),
        &asked,
        false,
    )
    .unwrap();
    let proposal = proposal(&asked, &draft, base);
    let diffs = proposal
        .items
        .iter()
        .map(|item| {
            let kind = catalogue::resource(&item.request.resource).unwrap();
            diff::fields(kind, &item.request, base, live, &item.secret_pointers)
        })
        .collect();
    Opened {
        undoing: undoing(&proposal, &rules),
        proposal,
        diffs,
        live_read_at: Some(NOW),
        notice: None,
        reverts: Vec::new(),
        trails: Vec::new(),
        claim: None,
        comments: Vec::new(),
        past: Past::default(),
        at: NOW,
    }
}

fn proposal(asked: &Asked, draft: &Draft, base: &Snapshot) -> Proposal {
    let items = items(draft, base);
    Proposal {
        id: ProposalId(id(1042)),
        number: 1042,
        revision: 1,
        round: 1,
        status: ProposalStatus::Pending,
        tier: draft.judgement.tier,
        fingerprint: Fingerprint([0xab; 32]),
        is_stale: false,
        differs_unseen: false,
        agent: AgentRef {
            id: AgentId(id(7)),
            name: "triage-bot".to_owned(),
            owner: None,
        },
        reversal: None,
        token_id: TokenId(id(8)),
        connection: ConnectionRef {
            id: ConnectionId(id(9)),
            name: "main".to_owned(),
        },
        request: ProposedWrite {
            method: asked.method,
            path: asked.path.clone(),
            body: body_of(items.iter().map(|item| item.request.body.as_ref())),
            traits: asked.traits,
        },
        operation: draft.operation,
        group: draft.group,
        verdict: draft.judgement.verdict.clone(),
        resource: draft.resource.clone(),
        clients: Clients::of(&draft.facts),
        summary: "Record the move to Office 365".to_owned(),
        reason: Some(
            "The ticket asks for it; the caller confirmed the number of users.".to_owned(),
        ),
        ticket: Some(Ticket {
            id: "T-8812".to_owned(),
            url: Some("https://psa.example/T-8812".to_owned()),
        }),
        warnings: draft.warnings.clone(),
        decision: None,
        created_at: NOW.plus_seconds(-6 * 60),
        expires_at: NOW.plus_seconds(54 * 60),
        hold_until: None,
        updated_at: NOW,
        asked: None,
        items,
    }
}

/// As it is stored: without secrets.
fn hidden(prepared: &Prepared) -> ItemRequest {
    let body = prepared.request.body.as_ref();
    ItemRequest {
        body: body.map(|body| redact(body, &prepared.secret_pointers)),
        ..prepared.request.clone()
    }
}

fn items(draft: &Draft, base: &Snapshot) -> Vec<Item> {
    (0..)
        .zip(&draft.items)
        .map(|(position, prepared)| Item {
            id: ItemId(id(2000 + u128::from(position))),
            proposal_id: ProposalId(id(1042)),
            position,
            request: hidden(prepared),
            sealed_body: None,
            secret_pointers: prepared.secret_pointers.clone(),
            resource: prepared.resource.clone(),
            target_key: String::new(),
            watched: prepared.watched.clone(),
            pre_image: base.clone(),
            pre_read_at: NOW,
            base_image: None,
            progress: Progress {
                class: prepared.request.class,
                state: ItemState::None,
                permits: 0,
                sends: 0,
                returns: 0,
                attempt: 0,
            },
            unresolved: None,
            hold_reason: None,
            not_before: None,
            sent_at: None,
            settle_until: None,
            reads: 0,
            result: None,
            http_status: None,
            response: None,
            post_image: None,
            verified: None,
            differences: Vec::new(),
            concurrent_edits: Vec::new(),
            resource_id: None,
            ended_at: None,
        })
        .collect()
}

fn record(json_type: &str, id: u64, attributes: Value) -> Record {
    let Value::Object(attributes) = attributes else {
        panic!("attributes are an object");
    };
    Record {
        id: RecordId(id),
        json_type: json_type.to_owned(),
        attributes,
    }
}

fn contact_snapshot() -> Snapshot {
    Snapshot {
        record: Some(record(
            "contacts",
            501,
            json!({
                "organization-id": 2, "organization-name": "Acme", "name": "Dana Reyes",
                "first-name": "Dana", "last-name": "Reyes", "title": "IT Manager",
                "location-id": null, "notes": "Prefers email after 5 pm"
            }),
        )),
        ..Snapshot::default()
    }
}

fn asset_snapshot() -> Snapshot {
    Snapshot {
        record: Some(record(
            "flexible-assets",
            123,
            json!({
                "organization-id": 2, "organization-name": "Acme", "name": "Mail",
                "flexible-asset-type-id": 12, "flexible-asset-type-name": "Applications",
                "traits": {
                    "type": "Exchange", "location": "Rack 2", "users": 50,
                    "renewal": "2027-01-31",
                    "notes": "<p>Restart both nodes after patching.</p>",
                    "contract": {"type": "Uploads", "values": [{"id": 7, "name": "contract.pdf"}]}
                }
            }),
        )),
        schema: Some(schema()),
        ..Snapshot::default()
    }
}

fn schema() -> AssetSchema {
    let field = |name_key: &str, name: &str, kind, required| AssetField {
        name_key: name_key.to_owned(),
        name: name.to_owned(),
        kind,
        required,
        tag_type: None,
        options: match kind {
            FieldKind::Select => vec!["Office 365".to_owned(), "Exchange".to_owned()],
            _ => Vec::new(),
        },
    };
    AssetSchema {
        type_id: Some(RecordId(12)),
        type_name: Some("Applications".to_owned()),
        fields: vec![
            field("type", "Type", FieldKind::Select, true),
            field("location", "Location", FieldKind::Text, false),
            field("users", "Users", FieldKind::Number, false),
            field("renewal", "Renewal", FieldKind::Date, true),
            field("notes", "Notes", FieldKind::Textbox, false),
            field("contract", "Contract", FieldKind::Upload, false),
        ],
    }
}
