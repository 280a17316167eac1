//! Several at once: one of them wins, and the others change nothing.

use super::ground::{Ground, at, event, returned};
use crate::domain::{AuditAction, DecisionVerdict, ItemState, Proposal, ProposalStatus};
use crate::store::{Recorded, Store, StoreError};

fn won(result: Result<(), StoreError>) -> bool {
    match result {
        Ok(()) => true,
        Err(StoreError::Changed) => false,
        Err(other) => panic!("{other}"),
    }
}

/// How many of them decide about one proposal.
const DECIDERS: i64 = 64;
const PROPOSALS: u64 = 100;

#[tokio::test(flavor = "multi_thread")]
async fn of_64_deciders_one_decides_each_of_100_proposals() {
    let ground = Ground::new().await;
    let mut winners = 0;
    for target in 0..PROPOSALS {
        let proposal = ground.propose(&[target]).await;
        let rows = ground.count_audit().await;
        let won = one_of_many(&ground, &proposal).await;
        assert_eq!(won, 1);
        assert_eq!(ground.count_audit().await, rows + 1);
        winners += won;
    }
    println!(
        "battery | deciders | {PROPOSALS} proposals, {DECIDERS} deciders each, {winners} winners"
    );
}

/// How many of many who decide at once are heard.
async fn one_of_many(ground: &Ground, proposal: &Proposal) -> i32 {
    let tasks: Vec<_> = (0..DECIDERS)
        .map(|rival| {
            let store = ground.store.clone();
            let proposal = proposal.clone();
            let approval = ground.approval(&proposal, at(rival));
            let decision = ground.decision(&proposal, DecisionVerdict::Rejected, at(rival));
            tokio::spawn(async move {
                if rival % 2 == 0 {
                    return won(store.record_approval(&proposal, &approval).await);
                }
                let rejected = event(AuditAction::Rejected, at(rival));
                let status = ProposalStatus::Rejected;
                let refusal = store.record_refusal(proposal.id, status, &decision, &rejected);
                won(refusal.await)
            })
        })
        .collect();
    let mut winners = 0;
    for task in tasks {
        winners += i32::from(task.await.unwrap());
    }
    winners
}

#[tokio::test(flavor = "multi_thread")]
async fn approval_withdrawal_and_expiry_exclude_each_other() {
    let ground = Ground::new().await;
    for round in 0..20 {
        let proposal = ground.propose(&[round]).await;
        let rows = ground.count_audit().await;
        // At this moment the approval is in time and the sweeper's clock is a little ahead.
        let approval = ground.approval(&proposal, at(3599));
        let (store, shown) = (ground.store.clone(), proposal.clone());
        let approves =
            tokio::spawn(async move { won(store.record_approval(&shown, &approval).await) });
        let (store, id) = (ground.store.clone(), proposal.id);
        let withdraws = tokio::spawn(async move {
            won(store
                .withdraw(id, &event(AuditAction::Withdrawn, at(3599)))
                .await)
        });
        let store = ground.store.clone();
        let expires =
            tokio::spawn(async move { store.expire_proposals(at(3600)).await.unwrap() == 1 });
        let outcome = (
            approves.await.unwrap(),
            withdraws.await.unwrap(),
            expires.await.unwrap(),
        );
        let after = ground.again(&proposal).await;
        let permits = after.items[0].progress.permits;
        // Withdrawing an approved proposal is allowed while nothing was sent.
        let (status, changes) = match outcome {
            (true, false, false) => (ProposalStatus::Queued, 1),
            (false, true, false) => (ProposalStatus::Withdrawn, 1),
            (true, true, false) => (ProposalStatus::Withdrawn, 2),
            (false, false, true) => (ProposalStatus::Expired, 1),
            other => panic!("{other:?}"),
        };
        assert_eq!(after.status, status);
        assert_eq!(permits, u32::from(status == ProposalStatus::Queued));
        assert_eq!(ground.count_audit().await, rows + changes);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_and_claim_exclude_each_other_before_the_send() {
    let ground = Ground::new().await;
    for round in 0..20 {
        let proposal = ground.approved(&[round], 1).await;
        let (store, returned) = (ground.store.clone(), returned(&proposal, at(2)));
        let undoes = tokio::spawn(async move { won(store.return_to_people(&returned).await) });
        let store = ground.store.clone();
        let sends = tokio::spawn(async move { claim_and_intend(&store).await });
        let (undone, sent) = (undoes.await.unwrap(), sends.await.unwrap());
        assert_ne!(undone, sent, "exactly one of them happens");
        let after = ground.again(&proposal).await;
        let state = if sent {
            ItemState::Sending
        } else {
            ItemState::None
        };
        assert_eq!(after.items[0].progress.state, state);
    }
}

async fn claim_and_intend(store: &Store) -> bool {
    let Some(due) = store.claim_next(at(2), &[]).await.unwrap() else {
        return false;
    };
    let intended = super::ground::change(&due.item, crate::domain::ItemEvent::Intended, at(2));
    store.change_item(&intended).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn rival_workers_never_claim_the_same_item() {
    let ground = Ground::new().await;
    for target in 0..30 {
        ground.approved(&[target], 1).await;
    }
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let store = ground.store.clone();
            tokio::spawn(async move {
                let mut claimed = Vec::new();
                while let Some(due) = store.claim_next(at(2), &[]).await.unwrap() {
                    claimed.push(due.item.id);
                }
                claimed
            })
        })
        .collect();
    let mut all = Vec::new();
    for task in tasks {
        all.extend(task.await.unwrap());
    }
    let claims = all.len();
    all.sort_unstable();
    all.dedup();
    assert_eq!((claims, all.len()), (30, 30));
}

/// The command line works beside the server, in a process of its own.
#[tokio::test(flavor = "multi_thread")]
async fn two_stores_on_one_file_lose_nothing() {
    let ground = Ground::new().await;
    let beside = Store::open(&ground.file()).await.unwrap();
    let mut tasks = Vec::new();
    for number in 0..40 {
        let store = [&ground.store, &beside][number % 2].clone();
        let draft = ground.draft(&[u64::try_from(number).unwrap()]);
        tasks.push(tokio::spawn(async move {
            let proposed = event(AuditAction::Proposed, at(0));
            let recorded = store.record_proposal(&draft, &proposed).await.unwrap();
            let Recorded::New(proposal) = recorded else {
                panic!("it was there before");
            };
            *proposal
        }));
    }
    let mut stored: Vec<Proposal> = Vec::new();
    for task in tasks {
        stored.push(task.await.unwrap());
    }
    stored.sort_by_key(|proposal| proposal.number);
    let numbers: Vec<i64> = stored.iter().map(|proposal| proposal.number).collect();
    assert_eq!(numbers, (1..=40).collect::<Vec<_>>());
    for proposal in &stored {
        assert_eq!(
            beside.proposal(proposal.id).await.unwrap().as_ref(),
            Some(proposal)
        );
    }
    let head = beside.verify_audit().await.unwrap().unwrap();
    assert_eq!(head, ground.store.audit_head().await.unwrap());
}
