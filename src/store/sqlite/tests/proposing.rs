//! Storing what agents propose.

use std::collections::BTreeMap;

use serde_json::json;

use super::ground::{Ground, at, content, event, new_id};
use crate::domain::{
    AuditAction, DecidedBy, Fingerprint, GroupSet, ItemClass, ItemId, ItemState, Method,
    NamedRecord, Names, Operation, OrganizationId, PermissionGroup, Proposal, ProposalStatus,
    Record, RecordId, ResourceRef, Snapshot, Ticket, Tier, TraitsMode, VerdictKind, Warning,
    WarningCode,
};
use crate::store::{NewProposal, Recorded, Revision, StoreError};

fn record(id: u64) -> Record {
    let attributes =
        json!({"name": "Ünïcode 🐸 \u{0} end", "big": u64::MAX, "pi": 0.1, "no": null});
    Record {
        id: RecordId(id),
        json_type: "flexible-assets".to_owned(),
        attributes: attributes.as_object().unwrap().clone(),
    }
}

/// Every field says something, none the default.
fn rich(ground: &Ground) -> NewProposal {
    let mut draft = ground.draft(&[u64::MAX, 2, 3]);
    draft.summary = "Zoë’s ☎ 'quoted' \"twice\"; DROP TABLE proposals".to_owned();
    draft.reason = Some("weil\nes \u{202e}stimmt".to_owned());
    draft.ticket = Some(Ticket {
        id: "T-1".to_owned(),
        url: Some("https://tickets.example/1".to_owned()),
    });
    let content = &mut draft.content;
    content.tier = Tier::Critical;
    content.fingerprint = Fingerprint([0xfe; 32]);
    content.request.method = Method::Post;
    content.request.path = "/flexible_assets".to_owned();
    content.request.body = Some(json!({"data": [{"a": -1.5e-7, "b": [null, true, "ß"]}]}));
    content.request.traits = TraitsMode::Merge;
    content.operation = Operation::Publish;
    content.group = PermissionGroup::FlexibleAssetTypes;
    content.verdict.kind = VerdictKind::Allowed;
    content.warnings = vec![Warning {
        code: WarningCode::ErasesTraits,
        detail: "“notes” would be erased".to_owned(),
        fields: vec!["notes".to_owned()],
    }];
    let item = &mut content.items[1];
    item.request.route.query = vec![("a".to_owned(), "ä&b".to_owned())];
    item.request.class = ItemClass::Once;
    item.request.record_id = None;
    item.request.parent = Some(("organizations".to_owned(), RecordId(9)));
    item.sealed_body = Some(vec![0, 255, 1]);
    item.secret_pointers = vec!["/data/attributes/password".to_owned()];
    item.watched = json!({"ratio": 0.300_000_000_000_000_04, "deep": [[{}]]});
    let known = NamedRecord {
        name: "Main".to_owned(),
        organization_id: Some(OrganizationId(u64::MAX)),
    };
    let by_id = BTreeMap::from([(RecordId(4), known)]);
    item.pre_image = Snapshot {
        record: None,
        schema: None,
        census: vec![record(8), record(9)],
        census_taken: true,
        parent: Some(record(10)),
        names: Names(BTreeMap::from([("locations".to_owned(), by_id)])),
    };
    draft
}

fn assert_stored(stored: &Proposal, draft: &NewProposal) {
    let content = &draft.content;
    assert_eq!(stored.id, draft.id);
    assert_eq!(stored.agent.id, draft.agent_id);
    assert_eq!(stored.token_id, draft.token_id);
    assert_eq!(stored.connection.id, draft.connection_id);
    assert_eq!(stored.summary, draft.summary);
    assert_eq!(stored.reason, draft.reason);
    assert_eq!(stored.ticket, draft.ticket);
    assert_eq!(stored.created_at, draft.created_at);
    assert_eq!(stored.updated_at, draft.created_at);
    assert_eq!(stored.expires_at, draft.expires_at);
    assert_eq!(stored.tier, content.tier);
    assert_eq!(stored.fingerprint, content.fingerprint);
    assert_eq!(stored.request, content.request);
    assert_eq!(stored.operation, content.operation);
    assert_eq!(stored.group, content.group);
    assert_eq!(stored.verdict, content.verdict);
    assert_eq!(stored.resource, content.resource);
    assert_eq!(stored.warnings, content.warnings);
    assert_eq!((stored.revision, stored.round), (1, 1));
    assert_eq!((stored.hold_until, stored.is_stale), (None, false));
    assert_eq!(stored.items.len(), content.items.len());
    for (position, (item, given)) in stored.items.iter().zip(&content.items).enumerate() {
        assert_eq!(item.id, given.id);
        assert_eq!(item.proposal_id, draft.id);
        assert_eq!(item.position, u32::try_from(position).unwrap());
        assert_eq!(item.request, given.request);
        assert_eq!(item.sealed_body, given.sealed_body);
        assert_eq!(item.secret_pointers, given.secret_pointers);
        assert_eq!(item.resource, given.resource);
        assert_eq!(item.target_key, given.target_key);
        assert_eq!(item.watched, given.watched);
        assert_eq!(item.pre_image, given.pre_image);
        assert_eq!(item.pre_read_at, given.pre_read_at);
        assert_eq!(item.progress.class, given.request.class);
        assert_eq!(item.resource_id, given.request.record_id);
    }
}

#[tokio::test]
async fn a_proposal_reads_back_as_it_was_stored() {
    let ground = Ground::new().await;
    let draft = rich(&ground);
    let stored = ground.store_draft(&draft).await;
    assert_stored(&stored, &draft);
    assert_eq!(stored.status, ProposalStatus::Pending);
    assert_eq!(ground.again(&stored).await, stored);
}

#[tokio::test]
async fn what_is_not_there_reads_back_as_not_there() {
    let ground = Ground::new().await;
    let mut draft = ground.draft(&[1]);
    draft.content.resource = ResourceRef::default();
    draft.content.request.body = None;
    draft.ticket = Some(Ticket {
        id: String::new(),
        url: None,
    });
    draft.content.items[0].request.body = None;
    let stored = ground.store_draft(&draft).await;
    assert_stored(&stored, &draft);
    assert_eq!(stored.decision, None);
    assert_eq!(stored.outcome(), None);
}

#[tokio::test]
async fn every_number_reads_back_exactly() {
    let ground = Ground::new().await;
    let mut draft = ground.draft(&[1]);
    let mut bits = 0x9e37_79b9_7f4a_7c15_u64;
    let numbers: Vec<f64> = std::iter::repeat_with(|| {
        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        f64::from_bits(bits)
    })
    .filter(|number| number.is_finite())
    .take(2000)
    .collect();
    draft.content.items[0].watched = json!({"floats": numbers, "low": i64::MIN, "high": u64::MAX});
    let stored = ground.store_draft(&draft).await;
    assert_stored(&stored, &draft);
}

#[tokio::test]
async fn numbers_run() {
    let ground = Ground::new().await;
    for number in 1..=3 {
        assert_eq!(ground.propose(&[1]).await.number, number);
    }
}

#[tokio::test]
async fn a_repeated_proposal_gets_the_first_one() {
    let ground = Ground::new().await;
    let mut draft = ground.draft(&[1]);
    draft.idempotency = Some(("key".to_owned(), [1; 32]));
    let first = ground.store_draft(&draft).await;
    let rows = ground.count_audit().await;
    draft.id = crate::domain::ProposalId(new_id());
    draft.waiting_cap = 1;
    let again = ground.record(&draft).await.unwrap();
    assert!(matches!(again, Recorded::Repeated(proposal) if *proposal == first));
    assert_eq!(ground.count_audit().await, rows);
    let found = ground
        .store
        .repeated_proposal(draft.token_id, "key", [1; 32]);
    assert_eq!(found.await.unwrap(), Some(first));
}

#[tokio::test]
async fn an_idempotency_key_stands_for_one_content() {
    let ground = Ground::new().await;
    let mut draft = ground.draft(&[1]);
    draft.idempotency = Some(("key".to_owned(), [1; 32]));
    ground.store_draft(&draft).await;
    let mut other = ground.draft(&[1]);
    other.idempotency = Some(("key".to_owned(), [2; 32]));
    let refused = ground.record(&other).await;
    assert!(matches!(refused, Err(StoreError::IdempotencyKeyReused)));
    let looked_up = ground.store.repeated_proposal(ground.token, "key", [2; 32]);
    let looked_up = looked_up.await;
    assert!(matches!(looked_up, Err(StoreError::IdempotencyKeyReused)));
}

#[tokio::test]
async fn keys_of_other_tokens_are_other_keys() {
    let ground = Ground::new().await;
    let mut draft = ground.draft(&[1]);
    draft.idempotency = Some(("key".to_owned(), [1; 32]));
    ground.store_draft(&draft).await;
    let mut other = ground.draft(&[1]);
    other.token_id = ground.add_token(ground.agent, "second").await;
    other.idempotency = Some(("key".to_owned(), [2; 32]));
    assert_eq!(ground.store_draft(&other).await.number, 2);
}

#[tokio::test]
async fn a_token_has_only_so_many_waiting() {
    let ground = Ground::new().await;
    let mut draft = ground.draft(&[1]);
    draft.waiting_cap = 2;
    let first = ground.propose(&[1]).await;
    ground.propose(&[2]).await;
    let rows = ground.count_audit().await;
    let refused = ground.record(&draft).await;
    assert!(matches!(refused, Err(StoreError::TooManyWaiting)));
    assert_eq!(ground.count_audit().await, rows);
    ground.approve(&first, at(1)).await.unwrap();
    assert_eq!(ground.store_draft(&draft).await.number, 3);
}

#[tokio::test]
async fn rivals_get_numbers_of_their_own() {
    let ground = Ground::new().await;
    let drafts: Vec<_> = (0..20).map(|target| ground.draft(&[target])).collect();
    let tasks: Vec<_> = drafts
        .into_iter()
        .map(|draft| {
            let store = ground.store.clone();
            let proposed = event(AuditAction::Proposed, at(0));
            tokio::spawn(async move { store.record_proposal(&draft, &proposed).await.unwrap() })
        })
        .collect();
    let mut numbers = Vec::new();
    for task in tasks {
        let Recorded::New(proposal) = task.await.unwrap() else {
            panic!("none of them was there before");
        };
        numbers.push(proposal.number);
    }
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=20).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_rule_decides_in_the_transaction_that_stores() {
    let ground = Ground::new().await;
    let mut draft = ground.draft(&[1, 2]);
    draft.approved_by_rule = Some("contacts.ask".to_owned());
    let stored = ground.store_draft(&draft).await;
    assert_eq!(stored.status, ProposalStatus::Queued);
    let decision = stored.decision.as_ref().unwrap();
    assert_eq!((decision.by, decision.person), (DecidedBy::Policy, None));
    assert_eq!(decision.name, "contacts.ask");
    assert_eq!(decision.fingerprint, stored.fingerprint);
    for item in &stored.items {
        assert_eq!(item.progress.state, ItemState::Queued);
        assert_eq!(item.progress.permits, 1);
    }
    assert!(ground.claim(0).await.is_some());
}

#[tokio::test]
async fn a_revision_replaces_what_was_proposed() {
    let ground = Ground::new().await;
    let first = ground.propose(&[1]).await;
    let revised = revision(&[2, 3]);
    let revised_event = event(AuditAction::Revised, at(1));
    let done = ground
        .store
        .revise_proposal(&first, &revised, &revised_event);
    done.await.unwrap();
    let second = ground.again(&first).await;
    assert_eq!((second.revision, second.round), (2, 2));
    assert_eq!(second.summary, "Better");
    assert_eq!(second.expires_at, at(7200));
    let ids: Vec<ItemId> = second.items.iter().map(|item| item.id).collect();
    let given: Vec<ItemId> = revised.content.items.iter().map(|item| item.id).collect();
    assert_eq!(ids, given);
    let late = ground.approve(&first, at(2)).await;
    assert!(matches!(late, Err(StoreError::Changed)));
}

#[tokio::test]
async fn only_what_waits_can_be_revised() {
    let ground = Ground::new().await;
    let withdrawn = ground.propose(&[1]).await;
    let taken_back = event(AuditAction::Withdrawn, at(1));
    let done = ground.store.withdraw(withdrawn.id, &taken_back).await;
    done.unwrap();
    let approved = ground.approved(&[2], 1).await;
    let expired = ground.propose(&[3]).await;
    for (proposal, second) in [(&withdrawn, 2), (&approved, 2), (&expired, 3600)] {
        let proposal = ground.again(proposal).await;
        let revised_event = event(AuditAction::Revised, at(second));
        let revised = revision(&[4]);
        let late = ground
            .store
            .revise_proposal(&proposal, &revised, &revised_event);
        assert!(matches!(late.await, Err(StoreError::Changed)));
        assert_eq!(ground.again(&proposal).await, proposal);
    }
}

#[tokio::test]
async fn a_rebuilt_proposal_needs_a_new_look() {
    let ground = Ground::new().await;
    let first = ground.propose(&[1]).await;
    let rebuilt = event(AuditAction::Rebuilt, at(1));
    let fresh = content(&[1]);
    let done = ground
        .store
        .rebuild_proposal(&first, &fresh, &rebuilt)
        .await;
    done.unwrap();
    let second = ground.again(&first).await;
    assert_eq!((second.revision, second.round), (1, 2));
    let again = ground
        .store
        .rebuild_proposal(&first, &fresh, &rebuilt)
        .await;
    assert!(matches!(again, Err(StoreError::Changed)));
}

#[tokio::test]
async fn what_was_applied_in_a_group_is_known() {
    let ground = Ground::new().await;
    let proposal = ground.approved(&[1], 1).await;
    let of_group = async |group| {
        let known = ground.store.has_applied_in_group(ground.agent, group).await;
        known.unwrap()
    };
    assert!(!of_group(PermissionGroup::Contacts).await);
    ground.claim(2).await.unwrap();
    let found = [crate::domain::ItemEvent::AlreadyInPlace];
    ground.item_events(&proposal, 0, &found, at(3)).await;
    let groups: GroupSet = [PermissionGroup::Contacts].into_iter().collect();
    for group in PermissionGroup::ALL {
        assert_eq!(of_group(*group).await, groups.contains(*group));
    }
}

fn revision(targets: &[u64]) -> Revision {
    Revision {
        content: content(targets),
        summary: "Better".to_owned(),
        reason: None,
        ticket: None,
        expires_at: at(7200),
        write_digest: None,
    }
}
