//! What a reading says about a change of unknown outcome, where before and after read alike.

use rstest::rstest;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Evidenced, Question, Reading, fixtures, prepare};
use crate::domain::{
    Item, ItemClass, ItemId, ItemRequest, ItemState, Progress, ProposalId, RecordId, ResourceKind,
    ResourceRef, Snapshot, Timestamp, TraitsMode, UnresolvedReason,
};

const FIRST: &str = "2026-11-02T09:00:00.000Z";
const LATER: &str = "2026-11-21T14:02:11.000Z";

const CARRIED_OUT: Evidenced = Evidenced::CarriedOut(Some(RecordId(501)));
const CONFLICT: Evidenced = Evidenced::CannotTell(UnresolvedReason::Conflict);

fn sent_item(kind: &ResourceKind, request: &ItemRequest, before: &Snapshot) -> Item {
    let prepared = prepare(kind, request, before, TraitsMode::Replace).unwrap();
    Item {
        id: ItemId(Uuid::nil()),
        proposal_id: ProposalId(Uuid::nil()),
        position: 0,
        request: prepared.request,
        sealed_body: None,
        secret_pointers: prepared.secret_pointers,
        resource: ResourceRef::default(),
        target_key: String::new(),
        watched: prepared.watched,
        pre_image: before.clone(),
        pre_read_at: Timestamp::from_millis(0),
        base_image: None,
        progress: Progress {
            class: ItemClass::Set,
            state: ItemState::Uncertain,
            permits: 0,
            sends: 1,
            returns: 0,
            attempt: 1,
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
    }
}

fn found(
    kind: &ResourceKind,
    request: &ItemRequest,
    before: &Snapshot,
    now: Snapshot,
) -> Evidenced {
    let item = sent_item(kind, request, before);
    let baseline = json!({ "updated-at": FIRST });
    let question = Question::new(kind, request, &item, Some(&baseline), None);
    question.answer(&Reading::Snapshot(Box::new(now))).verdict
}

fn contact_with(attribute: &str, value: Value, updated_at: &str) -> Snapshot {
    let mut snapshot = fixtures::contact_snapshot();
    let record = snapshot.record.as_mut().unwrap();
    record.attributes.insert(attribute.to_owned(), value);
    record
        .attributes
        .insert("updated-at".to_owned(), json!(updated_at));
    snapshot
}

#[rstest]
#[case::spaces_not_arrived(
    "notes",
    "VLAN 1 0",
    "VLAN 10",
    "VLAN 1 0",
    FIRST,
    Evidenced::Unchanged
)]
#[case::case_not_arrived("first-name", "DANA", "Dana", "DANA", FIRST, Evidenced::Unchanged)]
#[case::changed_elsewhere("notes", "VLAN 1 0", "VLAN 10", "VLAN 1 0", LATER, CONFLICT)]
#[case::arrived("notes", "VLAN 1 0", "VLAN 10", "VLAN 10", LATER, CARRIED_OUT)]
#[case::arrived_and_marked_up("notes", "VLAN 1 0", "VLAN 10", "<p>VLAN 10</p>", LATER, CARRIED_OUT)]
#[case::nothing_to_change("notes", "Same", "Same", "Same", FIRST, CARRIED_OUT)]
#[case::other_words("notes", "Old", "<div>New</div>", "<p>New</p>", LATER, CARRIED_OUT)]
fn a_change_counts_as_carried_out_only_if_reading_can_tell(
    #[case] attribute: &str,
    #[case] was: &str,
    #[case] sent: &str,
    #[case] live: &str,
    #[case] updated_at: &str,
    #[case] expected: Evidenced,
) {
    let kind = fixtures::contacts();
    let request = fixtures::patch_contact(json!({ attribute: sent }));
    let before = contact_with(attribute, json!(was), FIRST);
    let now = contact_with(attribute, json!(live), updated_at);
    assert_eq!(found(&kind, &request, &before, now), expected);
}

#[test]
fn a_change_that_reads_otherwise_tells_of_one_beside_it_that_does_not() {
    let sent = json!({"notes": "VLAN 10", "title": "CIO"});
    let request = fixtures::patch_contact(sent);
    let before = contact_with("notes", json!("VLAN 1 0"), FIRST);
    let mut now = contact_with("notes", json!("VLAN 10"), LATER);
    let record = now.record.as_mut().unwrap();
    record.attributes.insert("title".to_owned(), json!("CIO"));
    assert_eq!(
        found(&fixtures::contacts(), &request, &before, now),
        CARRIED_OUT
    );
}

#[test]
fn a_password_that_was_to_be_cleared_is_not_told_by_the_name_beside_it() {
    let attributes = json!({"name": "Domain admin", "password": null});
    let body = json!({"data": {"type": "passwords", "attributes": attributes}});
    let request = fixtures::patch("passwords", 77, body);
    let mut before = fixtures::password_snapshot();
    let record = before.record.as_mut().unwrap();
    record
        .attributes
        .insert("updated-at".to_owned(), json!(FIRST));
    let verdict = found(&fixtures::passwords(), &request, &before, before.clone());
    assert_eq!(verdict, Evidenced::Unchanged);
}
