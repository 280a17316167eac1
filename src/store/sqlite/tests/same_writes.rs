//! The same write again: which proposal it is.

use rstest::rstest;

use super::ground::{Ground, at};
use crate::domain::{ItemClass, Operation, Proposal};
use crate::store::{NewProposal, Recorded, WriteDigest};

fn digest() -> WriteDigest {
    WriteDigest {
        digest: "the same".to_owned(),
        repeats_since: Some(at(0)),
    }
}

fn write(ground: &Ground) -> NewProposal {
    let mut draft = ground.draft(&[1]);
    draft.write_digest = Some(digest());
    draft
}

async fn has_ended(ground: &Ground, proposal: &Proposal, status: &str) {
    let (number, at) = (proposal.number, at(100).as_millis());
    ground
        .sql(&format!(
            "UPDATE proposals SET status = '{status}', updated_at = {at} WHERE number = {number}"
        ))
        .await;
}

async fn repeated(ground: &Ground) -> Option<i64> {
    let first = ground.store.repeated_write(ground.agent, &digest()).await;
    first.unwrap().map(|proposal| proposal.number)
}

#[rstest]
#[case("applied")]
#[case("failed")]
#[case("partly_applied")]
#[case("closed_unknown")]
#[case("rejected")]
#[case("expired")]
#[tokio::test]
async fn how_it_ended_is_told_once(#[case] status: &str) {
    let ground = Ground::new().await;
    assert_eq!(repeated(&ground).await, None);
    let first = ground.store_draft(&write(&ground)).await;
    assert_eq!(repeated(&ground).await, Some(first.number));
    has_ended(&ground, &first, status).await;
    assert_eq!(repeated(&ground).await, Some(first.number));
    let again = ground.record(&write(&ground)).await.unwrap();
    assert!(matches!(again, Recorded::Repeated(proposal) if proposal.id == first.id));
    ground.store.mark_told(first.id, at(101)).await.unwrap();
    assert_eq!(repeated(&ground).await, None);
    let second = ground.store_draft(&write(&ground)).await;
    assert_eq!(repeated(&ground).await, Some(second.number));
}

#[tokio::test]
async fn what_the_agent_took_back_is_not_told() {
    let ground = Ground::new().await;
    let first = ground.store_draft(&write(&ground)).await;
    has_ended(&ground, &first, "withdrawn").await;
    assert_eq!(repeated(&ground).await, None);
}

#[tokio::test]
async fn what_ended_long_ago_is_not_told() {
    let ground = Ground::new().await;
    let first = ground.store_draft(&write(&ground)).await;
    has_ended(&ground, &first, "rejected").await;
    let late = WriteDigest {
        repeats_since: Some(at(101)),
        ..digest()
    };
    let none = ground.store.repeated_write(ground.agent, &late).await;
    assert!(none.unwrap().is_none());
}

#[tokio::test]
async fn what_was_carried_out_is_not_told_once_the_record_was_written_anew() {
    let ground = Ground::new().await;
    let first = ground.store_draft(&write(&ground)).await;
    has_ended(&ground, &first, "applied").await;
    let mut before_the_end = ground.draft(&[1]);
    before_the_end.created_at = at(99);
    ground.store_draft(&before_the_end).await;
    let mut of_another_record = ground.draft(&[2]);
    of_another_record.created_at = at(101);
    ground.store_draft(&of_another_record).await;
    assert_eq!(repeated(&ground).await, Some(first.number));
    let mut after_it = ground.draft(&[1]);
    after_it.created_at = at(101);
    ground.store_draft(&after_it).await;
    assert_eq!(repeated(&ground).await, None);
}

#[tokio::test]
async fn what_was_carried_out_is_not_told_once_an_earlier_proposal_went_over_it() {
    let ground = Ground::new().await;
    let first = ground.store_draft(&write(&ground)).await;
    let mut by_another = ground.draft(&[2, 1]);
    by_another.agent_id = ground.add_agent("other-bot", ground.connection).await;
    let over_it = ground.store_draft(&by_another).await;
    has_ended(&ground, &first, "applied").await;
    for nothing_yet in ["pending", "rejected", "failed", "withdrawn"] {
        has_ended(&ground, &over_it, nothing_yet).await;
        assert_eq!(repeated(&ground).await, Some(first.number), "{nothing_yet}");
    }
    for on_its_way in ["applying", "checking", "applied", "closed_unknown"] {
        has_ended(&ground, &over_it, on_its_way).await;
        assert_eq!(repeated(&ground).await, None, "{on_its_way}");
    }
    has_ended(&ground, &first, "rejected").await;
    assert_eq!(repeated(&ground).await, Some(first.number));
}

#[tokio::test]
async fn what_was_made_is_not_told_once_it_is_to_be_deleted() {
    let ground = Ground::new().await;
    let mut create = write(&ground);
    create.content.items[0].request.record_id = None;
    create.content.resource.id = None;
    let first = ground.store_draft(&create).await;
    has_ended(&ground, &first, "applied").await;
    let made = "UPDATE items SET resource_id = '9' WHERE record_id IS NULL";
    ground.sql(made).await;
    assert_eq!(repeated(&ground).await, Some(first.number));
    let mut changed = ground.draft(&[9]);
    changed.created_at = at(101);
    let changed = ground.store_draft(&changed).await;
    has_ended(&ground, &changed, "applied").await;
    assert_eq!(repeated(&ground).await, Some(first.number));
    let mut deleted = ground.draft(&[9]);
    deleted.content.items[0].request.operation = Operation::Delete;
    deleted.created_at = at(101);
    ground.store_draft(&deleted).await;
    assert_eq!(repeated(&ground).await, None);
}

#[tokio::test]
async fn what_another_agent_merely_proposes_changes_nothing_of_what_is_told() {
    let ground = Ground::new().await;
    let first = ground.store_draft(&write(&ground)).await;
    has_ended(&ground, &first, "applied").await;
    let mut by_another = ground.draft(&[1]);
    by_another.agent_id = ground.add_agent("other-bot", ground.connection).await;
    by_another.created_at = at(101);
    ground.store_draft(&by_another).await;
    assert_eq!(repeated(&ground).await, Some(first.number));
}

#[tokio::test]
async fn what_is_to_be_taken_back_is_told_until_it_is() {
    let ground = Ground::new().await;
    let first = ground.store_draft(&write(&ground)).await;
    has_ended(&ground, &first, "applied").await;
    let mut revert = ground.draft(&[1]);
    revert.reversal = Some((ground.user, first.id));
    revert.created_at = at(101);
    let revert = ground.store_draft(&revert).await;
    assert_eq!(repeated(&ground).await, Some(first.number));
    has_ended(&ground, &revert, "applying").await;
    assert_eq!(repeated(&ground).await, None);
}

#[tokio::test]
async fn reading_a_value_of_the_record_changes_nothing_of_what_is_told() {
    let ground = Ground::new().await;
    let first = ground.store_draft(&write(&ground)).await;
    has_ended(&ground, &first, "applied").await;
    let mut value = ground.draft(&[1]);
    value.content.items[0].request.class = ItemClass::Secret;
    value.created_at = at(101);
    ground.store_draft(&value).await;
    assert_eq!(repeated(&ground).await, Some(first.number));
}

#[tokio::test]
async fn the_end_of_what_is_only_looked_for_is_told_to_nobody() {
    let ground = Ground::new().await;
    let first = ground.store_draft(&refused_while_open(&ground)).await;
    assert_eq!(repeated(&ground).await, Some(first.number));
    has_ended(&ground, &first, "rejected").await;
    assert_eq!(repeated(&ground).await, None);
}

fn refused_while_open(ground: &Ground) -> NewProposal {
    let mut draft = write(ground);
    draft.write_digest = Some(WriteDigest {
        repeats_since: None,
        ..digest()
    });
    draft
}

#[tokio::test]
async fn what_is_open_is_not_stored_again_where_nobody_asks_for_its_end() {
    let ground = Ground::new().await;
    let first = ground.store_draft(&refused_while_open(&ground)).await;
    for open in ["pending", "sent_back", "held", "queued"] {
        has_ended(&ground, &first, open).await;
        let again = ground.record(&refused_while_open(&ground)).await.unwrap();
        assert!(matches!(again, Recorded::Open(proposal) if proposal.id == first.id));
    }
    let mut by_another = refused_while_open(&ground);
    by_another.agent_id = ground.add_agent("other-bot", ground.connection).await;
    ground.store_draft(&by_another).await;
    has_ended(&ground, &first, "withdrawn").await;
    ground.store_draft(&refused_while_open(&ground)).await;
}

#[tokio::test]
async fn an_idempotency_key_is_known_before_what_is_open() {
    let ground = Ground::new().await;
    let mut keyed = refused_while_open(&ground);
    keyed.idempotency = Some(("T-1".to_owned(), [1; 32]));
    let first = ground.store_draft(&keyed).await;
    let again = ground.record(&keyed).await.unwrap();
    assert!(matches!(again, Recorded::Repeated(proposal) if proposal.id == first.id));
}

#[tokio::test]
async fn of_several_that_a_revision_made_the_same_the_approved_one_is_found() {
    let ground = Ground::new().await;
    let first = ground.store_draft(&refused_while_open(&ground)).await;
    let mut revised = refused_while_open(&ground);
    revised.write_digest = Some(WriteDigest {
        digest: "another".to_owned(),
        repeats_since: None,
    });
    let second = ground.store_draft(&revised).await;
    ground
        .sql("UPDATE proposals SET write_digest = 'the same'")
        .await;
    assert_eq!(repeated(&ground).await, Some(second.number));
    ground.approve(&first, at(1)).await.unwrap();
    assert_eq!(repeated(&ground).await, Some(first.number));
}
