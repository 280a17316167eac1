use secrecy::{ExposeSecret as _, SecretString};

use super::ground::{Case, EMAIL, PASSWORD};
use super::guessing::{actions, join};
use crate::access::{Found, SetUpError};
use crate::domain::{AuditAction, Role, SecondFactor, SignInStage};

fn found(code: &str, email: &str) -> Found {
    Found {
        code: code.into(),
        email: email.parse().unwrap(),
        name: "Sam Kim".parse().unwrap(),
        password: PASSWORD.into(),
        address: Some("203.0.113.9".to_owned()),
        browser: None,
    }
}

async fn code(case: &Case) -> SecretString {
    case.access.issue_setup_code().await.unwrap().unwrap()
}

/// A6
#[tokio::test]
async fn the_code_makes_the_first_administrator_and_no_second_one() {
    let case = Case::new(SecondFactor::Off).await;
    assert!(!case.access.is_set_up().await.unwrap());
    let void = code(&case).await;
    let code = code(&case).await;
    let check = async |code: &SecretString| {
        let code = code.expose_secret().to_lowercase().replace('-', " ");
        case.access.check_setup_code(&code, None).await
    };
    assert!(matches!(check(&void).await, Err(SetUpError::WrongCode)));
    case.wait(1);
    check(&code).await.unwrap();
    assert!(!case.holds(code.expose_secret().as_bytes()));

    let weak = Found {
        password: "short".into(),
        ..found(code.expose_secret(), EMAIL)
    };
    let weak = case.access.found(weak).await;
    assert!(matches!(weak, Err(SetUpError::Weak(_))));
    let signed_in = case.access.found(found(code.expose_secret(), EMAIL)).await;
    let person = case.person(&signed_in.unwrap()).await;
    assert_eq!(person.role(), Role::Administrator);
    assert!(person.is_fresh(case.now()));
    assert!(case.access.is_set_up().await.unwrap());
    assert!(case.access.issue_setup_code().await.unwrap().is_none());
    assert!(matches!(check(&code).await, Err(SetUpError::Closed)));
    let second = case
        .access
        .found(found(code.expose_secret(), "b@msp.example"));
    assert!(matches!(second.await, Err(SetUpError::Closed)));
    assert!(actions(&case).await.contains(&AuditAction::SetUp));
}

/// A6
#[tokio::test]
async fn fifty_at_once_make_one_administrator() {
    let case = Case::new(SecondFactor::Deciders).await;
    let code = code(&case).await;
    let all = (0..50).map(|number| {
        let email = format!("person{number}@msp.example");
        case.access.found(found(code.expose_secret(), &email))
    });
    let answers = join(all).await;
    let made: Vec<_> = answers.iter().flatten().collect();
    assert_eq!(made.len(), 1);
    assert_eq!(made[0].stage, SignInStage::Enrolment);
    for error in answers.iter().filter_map(|answer| answer.as_ref().err()) {
        assert!(
            matches!(error, SetUpError::Closed | SetUpError::Busy),
            "{error:?}"
        );
    }
    assert_eq!(case.store.users().await.unwrap().len(), 1);
}

/// A6
#[tokio::test]
async fn a_code_is_valid_for_an_hour() {
    let case = Case::new(SecondFactor::Off).await;
    let code = code(&case).await;
    case.wait(60 * 60);
    let late = case.access.found(found(code.expose_secret(), EMAIL)).await;
    assert!(matches!(late, Err(SetUpError::WrongCode)));
}

/// A6, A4: wrong codes wait longer and longer, and the right one has to wait with them.
#[tokio::test]
async fn wrong_codes_are_slowed_down() {
    let mut case = Case::new(SecondFactor::Off).await;
    let code = code(&case).await;
    for wait in [1, 3, 5, 10, 10] {
        let wrong = case.access.check_setup_code("0000", None).await;
        assert!(matches!(wrong, Err(SetUpError::WrongCode)));
        case.restart().await;
        let early = case
            .access
            .check_setup_code(code.expose_secret(), None)
            .await;
        assert!(matches!(early, Err(SetUpError::Wait { seconds }) if i64::from(seconds) == wait));
        case.wait(wait);
    }
    let elsewhere = Some("203.0.113.9".to_owned());
    let right = case
        .access
        .check_setup_code(code.expose_secret(), elsewhere)
        .await;
    right.unwrap();
}
