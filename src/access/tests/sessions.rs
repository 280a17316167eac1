use secrecy::SecretString;

use super::ground::{Case, EMAIL, OTHER_PASSWORD, PASSWORD};
use crate::access::{ChangePasswordError, Proof, SignInError, StepUp};
use crate::admin::UserChange;
use crate::domain::{Role, SecondFactor};

async fn case() -> Case {
    let case = Case::new(SecondFactor::Off).await;
    case.add(EMAIL, Role::Technician).await;
    case
}

/// A7
#[tokio::test]
async fn a_session_ends_when_nobody_uses_it() {
    let case = case().await;
    let signed_in = case.sign_in().await;
    case.wait(60 * 60);
    assert!(case.is_open(&signed_in).await, "to the minute");
    case.wait(60 * 60 + 1);
    assert!(!case.is_open(&signed_in).await);
}

/// A7
#[tokio::test]
async fn a_session_ends_after_twelve_hours_however_much_it_is_used() {
    let case = case().await;
    let signed_in = case.sign_in().await;
    for _ in 0..23 {
        case.wait(30 * 60);
        assert!(case.is_open(&signed_in).await);
    }
    case.wait(30 * 60);
    assert!(!case.is_open(&signed_in).await);
}

/// A7: each of these is felt in the next request.
#[tokio::test]
async fn a_session_that_is_ended_opens_nothing_any_more() {
    let case = case().await;
    let by = &case.operator;
    let user = case.store.user_by_email(EMAIL).await.unwrap().unwrap().id;
    let (one, two, three) = (
        case.sign_in().await,
        case.sign_in().await,
        case.sign_in().await,
    );
    let person = case.person(&one).await;
    let account = case.access.account(&person).await.unwrap();
    assert_eq!(account.sessions.len(), 3);
    assert_eq!(account.sessions.iter().filter(|one| one.is_this).count(), 1);
    assert_eq!(account.sessions[0].browser.as_deref(), Some("Firefox"));

    let of_two = match case.person(&two).await.credential() {
        crate::access::Credential::Session { id, .. } => id,
        crate::access::Credential::Token { .. } => panic!("a session"),
    };
    case.access.end_session_of(&person, of_two).await.unwrap();
    assert!(!case.is_open(&two).await && case.is_open(&three).await);
    case.access.end_other_sessions(&person).await.unwrap();
    assert!(!case.is_open(&three).await && case.is_open(&one).await);
    case.access.sign_out(&person).await.unwrap();
    assert!(!case.is_open(&one).await);

    let signed_in = case.sign_in().await;
    assert_eq!(case.admin.end_sessions(by, user).await.unwrap(), 1);
    assert!(!case.is_open(&signed_in).await);

    let signed_in = case.sign_in().await;
    let change = UserChange {
        role: Some(Role::Auditor),
        ..UserChange::default()
    };
    case.admin.change_user(by, user, change).await.unwrap();
    assert!(!case.is_open(&signed_in).await);

    let signed_in = case.sign_in().await;
    case.admin.disable_user(by, user).await.unwrap();
    assert!(!case.is_open(&signed_in).await);
    let off = case.try_with(EMAIL, PASSWORD, None).await;
    assert!(matches!(off, Err(SignInError::Refused)));
    case.wait(1);
    case.admin.enable_user(by, user).await.unwrap();
    assert!(!case.is_open(&signed_in).await, "stays ended");
    assert!(case.try_with(EMAIL, PASSWORD, None).await.is_ok());
}

/// A7
#[tokio::test]
async fn nobody_ends_the_session_of_somebody_else() {
    let case = case().await;
    case.add("kim@msp.example", Role::Technician).await;
    let own = case.sign_in().await;
    let theirs = case
        .try_with("kim@msp.example", PASSWORD, None)
        .await
        .unwrap();
    let id = match case.person(&theirs).await.credential() {
        crate::access::Credential::Session { id, .. } => id,
        crate::access::Credential::Token { .. } => panic!("a session"),
    };
    let person = case.person(&own).await;
    case.access.end_session_of(&person, id).await.unwrap();
    case.access.end_other_sessions(&person).await.unwrap();
    assert!(case.is_open(&theirs).await);
}

/// A7, A1
#[tokio::test]
async fn a_new_password_ends_the_other_sessions_and_needs_the_present_one() {
    let case = case().await;
    let (this, other) = (case.sign_in().await, case.sign_in().await);
    let person = case.person(&this).await;
    let change = async |current: &str, new: &str| {
        let (current, new) = (SecretString::from(current), SecretString::from(new));
        case.access.change_password(&person, current, new).await
    };
    let weak = change(PASSWORD, "short").await;
    assert!(matches!(weak, Err(ChangePasswordError::Weak(_))));
    let wrong = change(OTHER_PASSWORD, OTHER_PASSWORD).await;
    assert!(matches!(
        wrong,
        Err(ChangePasswordError::Current(SignInError::Refused))
    ));
    case.wait(1);
    let changed = change(PASSWORD, OTHER_PASSWORD).await.unwrap();
    assert!(case.is_open(&changed).await);
    assert!(!case.is_open(&this).await && !case.is_open(&other).await);
    let old = case.try_with(EMAIL, PASSWORD, None).await;
    assert!(matches!(old, Err(SignInError::Refused)));
    case.wait(1);
    assert!(case.try_with(EMAIL, OTHER_PASSWORD, None).await.is_ok());
}

/// A2: a hash with better parameters does not bring an old password back.
#[tokio::test]
async fn a_better_hash_does_not_overwrite_a_new_password() {
    let case = case().await;
    let user = case.store.user_by_email(EMAIL).await.unwrap().unwrap();
    let verified = user.password_hash.unwrap();
    let event = crate::domain::AuditEvent::new(
        case.now(),
        crate::domain::Actor::Operator,
        crate::domain::AuditAction::PasswordReset,
    );
    let reset = case.store.reset_password(user.id, "new", &event).await;
    reset.unwrap();
    let raised = case.store.raise_password_hash(user.id, &verified, "better");
    raised.await.unwrap();
    let user = case.store.user(user.id).await.unwrap().unwrap();
    assert_eq!(user.password_hash.as_deref(), Some("new"));
}

/// A8: five minutes, in this session alone, under a new cookie.
#[tokio::test]
async fn a_proof_lasts_five_minutes_in_its_own_session() {
    let case = case().await;
    let (signed_in, other) = (case.sign_in().await, case.sign_in().await);
    let person = case.person(&signed_in).await;
    assert!(!person.is_fresh(case.now()), "signing in is no step-up");
    let wrong = Proof::Password(OTHER_PASSWORD.into());
    let refused = case.access.step_up(&person, wrong).await;
    assert!(matches!(refused, Err(SignInError::Refused)));
    let early = case
        .access
        .step_up(&person, Proof::Password(PASSWORD.into()));
    assert!(matches!(early.await, Err(SignInError::Wait { seconds: 1 })));
    case.wait(1);
    let proof = Proof::Password(PASSWORD.into());
    let renewed = case.access.step_up(&person, proof).await.unwrap();
    assert!(!case.is_open(&signed_in).await, "the cookie is a new one");
    let proved = case.person(&renewed).await.technician().unwrap();
    assert!(case.person(&renewed).await.is_fresh(case.now()));
    assert!(!case.person(&other).await.is_fresh(case.now()));
    case.wait(300);
    assert_ne!(proved.step_up(case.now()), StepUp::Missing);
    case.wait(1);
    assert_eq!(proved.step_up(case.now()), StepUp::Missing);
}
