use rstest::rstest;

use super::ground::{Case, EMAIL, PASSWORD};
use crate::access::SignInError;
use crate::access::guessing::{Hindrance, count};
use crate::domain::{AuditAction, Role, SecondFactor, Timestamp};
use crate::store::{GuessCount, GuessKey, GuessKind};

const WRONG: &str = "granite plover tangram";

const fn key(kind: GuessKind) -> GuessKey {
    GuessKey {
        kind,
        key: [0; 32],
        user_id: None,
    }
}

const fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(seconds * 1000)
}

/// A4: the wait after so many wrong tries.
#[rstest]
#[case(1, 1)]
#[case(2, 3)]
#[case(3, 5)]
#[case(4, 10)]
#[case(9, 10)]
#[case(10, 30)]
#[case(20, 60)]
fn waits_grow_with_failures(#[case] failures: u32, #[case] wait: i64) {
    let before = GuessCount {
        failures,
        total: failures,
        since: at(0),
        last_at: at(100),
        failed_at: Some(at(100)),
    };
    let account = key(GuessKind::Account);
    let early = count(&account, Some(before), at(100 + wait - 1));
    assert_eq!(early, Err(Hindrance::Wait(1)));
    let now = count(&account, Some(before), at(100 + wait)).unwrap();
    assert_eq!((now.failures, now.total), (failures + 1, failures + 1));
    let set_back = count(&account, Some(before), at(50));
    assert!(set_back.is_ok(), "a clock that was set back");
}

/// A4: a day's failures close, and so do those of many days in a row.
#[rstest]
#[case(GuessKind::Account, 49, 49, true)]
#[case(GuessKind::Account, 50, 50, false)]
#[case(GuessKind::Account, 3, 74, true)]
#[case(GuessKind::Account, 3, 75, false)]
#[case(GuessKind::Browser, 24, 24, true)]
#[case(GuessKind::Browser, 25, 25, false)]
#[case(GuessKind::SetUp, 500, 500, true)]
fn too_many_failures_close(
    #[case] kind: GuessKind,
    #[case] failures: u32,
    #[case] total: u32,
    #[case] is_looked_at: bool,
) {
    let before = GuessCount {
        failures,
        total,
        since: at(0),
        last_at: at(0),
        failed_at: Some(at(0)),
    };
    let week = at(7 * 24 * 60 * 60);
    let looked_at = count(&key(kind), Some(before), week);
    assert_eq!(looked_at.is_ok(), is_looked_at, "{looked_at:?}");
    if let Ok(now) = looked_at {
        assert_eq!((now.failures, now.total), (1, total + 1), "a new day");
    }
}

/// A4: a thousand tries, by strangers and in a known browser, with restarts in between.
#[tokio::test]
async fn of_a_thousand_tries_at_most_a_hundred_reach_the_hash() {
    let mut case = Case::new(SecondFactor::Off).await;
    case.add(EMAIL, Role::Technician).await;
    let mark = case.sign_in().await.mark.unwrap();
    let mut reached = 0;
    for number in 0..1000 {
        case.wait(61);
        if number % 100 == 99 {
            case.restart().await;
        }
        let mark = (number % 2 == 0).then_some(mark.as_str());
        match case.try_with(EMAIL, WRONG, mark).await {
            Err(SignInError::Refused) => reached += 1,
            Err(SignInError::Closed | SignInError::Wait { .. }) => {}
            other => panic!("{other:?}"),
        }
    }
    assert!((70..=100).contains(&reached), "{reached} reached the hash");
    for mark in [None, Some(mark.as_str())] {
        let right = case.try_with(EMAIL, PASSWORD, mark).await;
        assert!(matches!(right, Err(SignInError::Closed)), "{right:?}");
    }
}

/// A4: the failure is on disk before the answer, so that stopping the program forgets none.
#[tokio::test]
async fn a_restart_does_not_shorten_a_wait() {
    let mut case = Case::new(SecondFactor::Off).await;
    case.add(EMAIL, Role::Technician).await;
    for _ in 0..3 {
        case.wait(10);
        let wrong = case.try_with(EMAIL, WRONG, None).await;
        assert!(matches!(wrong, Err(SignInError::Refused)));
    }
    case.restart().await;
    let right = case.try_with(EMAIL, PASSWORD, None).await;
    assert!(
        matches!(right, Err(SignInError::Wait { seconds: 5 })),
        "{right:?}"
    );
    case.wait(5);
    assert!(case.try_with(EMAIL, PASSWORD, None).await.is_ok());
    assert!(case.try_with(EMAIL, WRONG, None).await.is_err());
    case.wait(1);
    assert!(
        case.try_with(EMAIL, PASSWORD, None).await.is_ok(),
        "began anew"
    );
}

/// A4: strangers close the account to strangers, not to the browser that has signed in before.
#[tokio::test]
async fn strangers_cannot_lock_a_person_out() {
    let case = Case::new(SecondFactor::Off).await;
    let id = case.add(EMAIL, Role::Technician).await;
    let other = case.add("kim@msp.example", Role::Technician).await;
    let mark = case.sign_in().await.mark.unwrap();
    for _ in 0..50 {
        case.wait(61);
        let _refused = case.try_with(EMAIL, WRONG, None).await;
    }
    case.wait(61);
    let stranger = case.try_with(EMAIL, PASSWORD, None).await;
    assert!(matches!(stranger, Err(SignInError::Closed)));
    let forged = case.try_with(EMAIL, PASSWORD, Some(&"0".repeat(64))).await;
    assert!(matches!(forged, Err(SignInError::Closed)));
    assert_ne!(case.access.mark_of(other), mark);
    assert!(case.try_with(EMAIL, PASSWORD, Some(&mark)).await.is_ok());

    let closed = case.admin.user(&case.operator, id).await.unwrap();
    assert!(closed.is_closed);
    case.admin.enable_user(&case.operator, id).await.unwrap();
    assert!(case.try_with(EMAIL, PASSWORD, None).await.is_ok());
    assert!(!case.admin.user(&case.operator, id).await.unwrap().is_closed);
    let actions = actions(&case).await;
    for action in [AuditAction::AccountClosed, AuditAction::UserEnabled] {
        let rows = actions.iter().filter(|found| **found == action).count();
        assert_eq!(rows, 1, "{action}");
    }
}

/// A3: from the first try to the closed door, nothing tells an account from none.
#[tokio::test]
async fn an_unknown_address_is_answered_like_a_wrong_password() {
    let case = Case::new(SecondFactor::Off).await;
    case.add(EMAIL, Role::Technician).await;
    let answers = async |email: &str| {
        let mut answers = Vec::new();
        for number in 0..62 {
            case.wait(if number % 9 == 0 { 2 } else { 61 });
            answers.push(format!(
                "{:?}",
                case.try_with(email, WRONG, None).await.err()
            ));
        }
        answers
    };
    let known = answers(EMAIL).await;
    assert_eq!(known, answers("nobody@msp.example").await);
    assert_eq!(known.last().unwrap(), "Some(Closed)");
    assert_eq!(known, answers("no address").await);
}

/// A4
#[tokio::test]
async fn one_address_tries_ten_times_a_minute() {
    let case = Case::new(SecondFactor::Off).await;
    let try_from = async |number: usize, address: &str| {
        let request = crate::access::SignIn {
            email: format!("person{number}@msp.example"),
            password: WRONG.into(),
            address: Some(address.to_owned()),
            browser: None,
            mark: None,
        };
        case.access.sign_in(request).await.unwrap_err()
    };
    for number in 0..10 {
        let refused = try_from(number, "2001:db8::1").await;
        assert!(matches!(refused, SignInError::Refused));
    }
    case.wait(20);
    let neighbor = try_from(10, "2001:db8::2").await;
    assert!(
        matches!(neighbor, SignInError::Wait { seconds: 40 }),
        "{neighbor:?}"
    );
    assert!(matches!(
        try_from(10, "2001:db8:0:1::1").await,
        SignInError::Refused
    ));
    case.wait(40);
    assert!(matches!(
        try_from(10, "2001:db8::1").await,
        SignInError::Refused
    ));
}

/// A4: many at once are counted too, and those who are right do not hinder each other.
#[tokio::test]
async fn tries_at_once_are_all_counted() {
    let case = Case::new(SecondFactor::Off).await;
    case.add(EMAIL, Role::Technician).await;
    let right = (0..6).map(|_| case.try_with(EMAIL, PASSWORD, None));
    for signed_in in join(right).await {
        assert!(signed_in.is_ok(), "{signed_in:?}");
    }
    let wrong = (0..6).map(|_| case.try_with(EMAIL, WRONG, None));
    for refused in join(wrong).await {
        assert!(matches!(
            refused,
            Err(SignInError::Refused | SignInError::Wait { .. })
        ));
    }
    let counted = case.store.guesses_at_users().await.unwrap();
    assert!(counted[0].2.failures >= 2, "{counted:?}");
}

pub async fn join<T>(all: impl IntoIterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut running: Vec<_> = all.into_iter().map(Box::pin).collect();
    let mut done: Vec<Option<T>> = running.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (future, slot) in running.iter_mut().zip(&mut done) {
            if slot.is_none()
                && let std::task::Poll::Ready(value) = future.as_mut().poll(context)
            {
                *slot = Some(value);
            }
        }
        if done.iter().all(Option::is_some) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    done.into_iter().flatten().collect()
}

pub async fn actions(case: &Case) -> Vec<AuditAction> {
    let address = format!("sqlite:{}", case.file.display());
    let pool = sqlx::SqlitePool::connect(&address).await.unwrap();
    #[expect(
        clippy::disallowed_methods,
        reason = "a look behind the store, which nothing but tests takes"
    )]
    let rows: Vec<String> = sqlx::query_scalar("SELECT action FROM audit ORDER BY number")
        .fetch_all(&pool)
        .await
        .unwrap();
    rows.iter().map(|action| action.parse().unwrap()).collect()
}
