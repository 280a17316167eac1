//! An approval against everything that may come between, and two words about one unclear write: of
//! two at once one is heard, the other is told, and IT Glue has what the winner said.

use countersign::access::ProvenAdministrator;
use countersign::admin::ProfileChange;
use countersign::domain::{AccessLevel, PermissionGroup};
use countersign::simulator::{Fault, FaultKind};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::door::Answer;
use crate::ground::{self, Ground};
use crate::report::{figure, row};
use crate::scene::{Scene, new_contact, new_title};

const ROUNDS: usize = 8;
const MANY_ROUNDS: usize = 200;

/// Who acts at the moment of an approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rival {
    Withdraws,
    Revises,
    Rejects,
    SendsBack,
    TakesTheRight,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_at_once_one_is_heard() {
    let scene = Scene::on(Ground::prepare(9).await).await;
    let rounds = figure(ROUNDS, MANY_ROUNDS);
    let (mut races, mut approvals) = (0, 0);
    for rival in [
        Rival::Withdraws,
        Rival::Revises,
        Rival::Rejects,
        Rival::SendsBack,
        Rival::TakesTheRight,
    ] {
        for round in 0..rounds {
            approvals += usize::from(race(&scene, rival, round).await);
            races += 1;
        }
    }
    for round in 0..rounds {
        undo(&scene, round).await;
        two_words(&scene, round).await;
        races += 2;
    }
    row(
        "races",
        &[
            ("races", races),
            ("won by the approval", approvals),
            ("won by both", 0),
        ],
    );
    scene.end_whole().await;
}

/// Whether the approval won.
async fn race(scene: &Scene, rival: Rival, round: usize) -> bool {
    let mark = format!("race-{rival:?}-{round}-end");
    let proposal = new_title(scene.contacts[round % scene.contacts.len()], &mark);
    let id = scene.proposes(&mark, &proposal).await;
    let fingerprint = scene.door.opens(&id).await["fingerprint"].clone();
    let approval = json!({"fingerprint": fingerprint, "reason": "looks right"});
    let approve = scene.door.decides(&id, "approve", &approval);
    let act = act(scene, rival, &id, &fingerprint, &proposal);
    let (approved, acted) = if round.is_multiple_of(2) {
        tokio::join!(approve, act)
    } else {
        let (acted, approved) = tokio::join!(act, approve);
        (approved, acted)
    };
    let seen = scene.rested(&id).await;
    if rival == Rival::TakesTheRight {
        set_contacts(scene, AccessLevel::ReadWrite).await;
    }
    let is_approved = approved.status == StatusCode::OK;
    let has_acted = acted.is_none_or(|acted| acted.status == StatusCode::OK);
    let case = format!("{rival:?}: approved {is_approved}, acted {has_acted}, {seen:#}");
    let status = seen["status"].as_str().unwrap();
    let effects = scene.effects(&mark);
    match rival {
        // An agent may take back what is approved and was not sent.
        Rival::Withdraws => assert!(is_approved || has_acted, "{case}"),
        // The profile can always be changed; it may come too late, or in between.
        Rival::TakesTheRight => {}
        Rival::Revises | Rival::Rejects | Rival::SendsBack => {
            assert_ne!(is_approved, has_acted, "{case}");
        }
    }
    let expected: &[&str] = match (rival, is_approved, has_acted) {
        (Rival::Withdraws, _, true) => &["withdrawn"],
        (Rival::TakesTheRight, true, _) => &["applied", "failed"],
        (Rival::TakesTheRight | Rival::Revises, false, _) => &["pending"],
        (Rival::Rejects, false, _) => &["rejected"],
        (Rival::SendsBack, false, _) => &["sent_back"],
        (_, true, _) => &["applied"],
        (Rival::Withdraws, false, false) => &[],
    };
    assert!(expected.contains(&status), "{case}");
    assert_eq!(effects, usize::from(status == "applied"), "{case}");
    is_approved
}

async fn act(
    scene: &Scene,
    rival: Rival,
    id: &str,
    fingerprint: &Value,
    proposal: &Value,
) -> Option<Answer> {
    let door = &scene.door;
    let refusal = json!({"fingerprint": fingerprint, "reason": "not now"});
    Some(match rival {
        Rival::Withdraws => {
            let nothing = json!({});
            door.asks(Method::POST, id, "/withdraw", &nothing).await
        }
        Rival::Revises => {
            let mut revision = proposal.clone();
            revision["body"]["data"]["attributes"]["title"] = json!("revised");
            door.asks(Method::PUT, id, "", &revision).await
        }
        Rival::Rejects => door.decides(id, "reject", &refusal).await,
        Rival::SendsBack => door.decides(id, "send-back", &refusal).await,
        Rival::TakesTheRight => {
            set_contacts(scene, AccessLevel::ReadOnly).await;
            return None;
        }
    })
}

async fn set_contacts(scene: &Scene, access: AccessLevel) {
    let change = ProfileChange {
        group: Some(PermissionGroup::Contacts),
        access: Some(access),
        ..ProfileChange::default()
    };
    let admin = &scene.life().state.admin;
    let by = ProvenAdministrator::operator();
    let profile = ground::name("Everything");
    admin.set_profile(&by, &profile, change).await.unwrap();
}

/// An approval is undone, or it is carried out.
async fn undo(scene: &Scene, round: usize) {
    let mark = format!("undo-{round}-end");
    let proposal = new_title(scene.contacts[round % scene.contacts.len()], &mark);
    let id = scene.approved(&mark, &proposal).await;
    let undone = scene.door.decides(&id, "undo", &json!({})).await;
    let seen = scene.rested(&id).await;
    let (status, effects) = if undone.status == StatusCode::OK {
        ("pending", 0)
    } else {
        ("applied", 1)
    };
    assert_eq!(seen["status"], status, "{undone:#?}, {seen:#}");
    assert_eq!(scene.effects(&mark), effects, "{seen:#}");
}

/// Two words about one unclear create: it is sent again, or it is given up.
async fn two_words(scene: &Scene, round: usize) {
    let mark = format!("words-{round}-end");
    let fault = Fault::next(FaultKind::ResetBefore).on("POST");
    scene.control().fault(fault);
    let id = scene.approved(&mark, &new_contact(&mark)).await;
    let seen = scene.rested(&id).await;
    assert_eq!(seen["status"], "needs_attention", "{seen:#}");
    let again = json!({
        "item": 0, "resolution": "not_applied", "then": "send_again", "reason": "not there",
    });
    let give_up = json!({"item": 0, "resolution": "give_up", "reason": "no use"});
    let (again, surrender) = tokio::join!(
        scene.door.decides(&id, "resolve", &again),
        scene.door.decides(&id, "resolve", &give_up),
    );
    let heard = [&again, &surrender].map(|answer| answer.status == StatusCode::OK);
    assert_ne!(heard[0], heard[1], "{again:#?}, {surrender:#?}");
    let seen = scene.rested(&id).await;
    let (status, effects) = if heard[0] {
        ("applied", 1)
    } else {
        ("closed_unknown", 0)
    };
    assert_eq!(seen["status"], status, "{seen:#}");
    assert_eq!(scene.effects(&mark), effects, "{seen:#}");
}
