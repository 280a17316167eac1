use secrecy::ExposeSecret as _;

use super::ground::{Case, EMAIL, PASSWORD, seed_of};
use super::guessing::{actions, join};
use crate::access::{
    AccessError, Enrolled, Enroller, FactorError, Forbidden, Proof, SignInError, SignedIn,
};
use crate::domain::{AuditAction, Role, SecondFactor, SignInStage};
use crate::secrets::FactorSeed;

/// Sets up the factor that the first sign-in asks for.
async fn enrol(case: &Case) -> (FactorSeed, Enrolled) {
    let signed_in = case.sign_in().await;
    assert_eq!(signed_in.stage, SignInStage::Enrolment);
    let unfinished = case.unfinished(&signed_in).await;
    let who = Enroller::Unfinished(&unfinished);
    let offer = case.access.offer_factor(who).await.unwrap();
    let seed = seed_of(offer.seed.expose_secret());
    let enrolled = case.access.confirm_factor(who, &case.code(&seed)).await;
    (seed, enrolled.unwrap())
}

async fn stage_that_is_missing(case: &Case, signed_in: &SignedIn) -> Option<SignInStage> {
    let cookie = signed_in.cookie.reveal();
    match case.access.person_by_session(cookie, None).await {
        Err(AccessError::Unfinished(stage)) => Some(stage),
        _ => None,
    }
}

/// A5: who must have a factor and has none can do nothing but set one up.
#[tokio::test]
async fn a_required_factor_is_set_up_before_anything_else() {
    let case = Case::new(SecondFactor::Deciders).await;
    case.add(EMAIL, Role::Technician).await;
    let signed_in = case.sign_in().await;
    let missing = stage_that_is_missing(&case, &signed_in).await;
    assert_eq!(missing, Some(SignInStage::Enrolment));
    assert_eq!(signed_in.mark, None);
    let unfinished = case.unfinished(&signed_in).await;
    let who = Enroller::Unfinished(&unfinished);
    let code = case.access.give_code(&unfinished, "123456").await;
    assert!(matches!(code, Err(SignInError::Refused)));

    let offer = case.access.offer_factor(who).await.unwrap();
    let again = case.access.offer_factor(who).await.unwrap();
    assert_eq!(offer.seed.expose_secret(), again.seed.expose_secret());
    assert!(
        offer
            .uri
            .expose_secret()
            .contains(offer.seed.expose_secret())
    );
    let wrong = case.access.confirm_factor(who, "000000").await;
    assert!(matches!(wrong, Err(FactorError::Refused)));
    let seed = seed_of(offer.seed.expose_secret());
    let enrolled = case.access.confirm_factor(who, &case.code(&seed)).await;
    let enrolled = enrolled.unwrap();
    assert_eq!(enrolled.recovery_codes.len(), 10);
    assert!(!case.is_open(&signed_in).await, "the old cookie");
    let person = case.person(&enrolled.signed_in).await;
    assert!(person.has_factor() && person.is_fresh(case.now()));
    let account = case.access.account(&person).await.unwrap();
    assert_eq!(
        (account.recovery_codes_left, account.sessions.len()),
        (10, 1)
    );

    for text in [offer.seed.expose_secret().as_bytes(), seed.as_bytes()] {
        assert!(!case.holds(text), "the seed stands in the database");
    }
    let code = enrolled.recovery_codes[0].expose_secret();
    assert!(!case.holds(code.as_bytes()));
}

/// A5: the password alone opens nothing; a code is taken once, also the one that confirmed.
#[tokio::test]
async fn a_code_is_taken_once() {
    let case = Case::new(SecondFactor::Deciders).await;
    case.add(EMAIL, Role::Technician).await;
    let (seed, _) = enrol(&case).await;
    let signed_in = case.sign_in().await;
    let missing = stage_that_is_missing(&case, &signed_in).await;
    assert_eq!(missing, Some(SignInStage::Code));
    let unfinished = case.unfinished(&signed_in).await;
    let replayed = case.access.give_code(&unfinished, &case.code(&seed)).await;
    assert!(matches!(replayed, Err(SignInError::Refused)));

    case.wait(30);
    let code = case.code(&seed);
    let complete = case.access.give_code(&unfinished, &code).await.unwrap();
    assert!(case.is_open(&complete).await && complete.mark.is_some());
    assert!(!case.person(&complete).await.is_fresh(case.now()));
    let other = case.unfinished(&case.sign_in().await).await;
    let replayed = case.access.give_code(&other, &code).await;
    assert!(matches!(replayed, Err(SignInError::Refused)));
}

/// A5: of many who come with the same code at once, one gets in.
#[tokio::test]
async fn a_code_is_taken_once_also_in_parallel() {
    let case = Case::new(SecondFactor::Deciders).await;
    case.add(EMAIL, Role::Technician).await;
    let (seed, enrolled) = enrol(&case).await;
    let recovery = enrolled.recovery_codes[0].expose_secret().to_lowercase();
    for is_recovery in [false, true] {
        let mut unfinished = Vec::new();
        for _ in 0..8 {
            case.wait(61);
            unfinished.push(case.unfinished(&case.sign_in().await).await);
        }
        let code = if is_recovery {
            recovery.replace('-', " ")
        } else {
            case.code(&seed)
        };
        let given = unfinished
            .iter()
            .map(|unfinished| case.access.give_code(unfinished, &code));
        let through = join(given).await.into_iter().flatten().count();
        assert_eq!(through, 1, "recovery code: {is_recovery}");
        case.wait(61);
    }
    let user = case.store.user_by_email(EMAIL).await.unwrap().unwrap();
    assert_eq!(case.store.recovery_codes_left(user.id).await.unwrap(), 9);
}

/// A4: codes are counted like passwords, and the right password does not begin the count anew.
#[tokio::test]
async fn guessing_codes_closes_the_account() {
    let case = Case::new(SecondFactor::Deciders).await;
    case.add(EMAIL, Role::Technician).await;
    let (seed, _) = enrol(&case).await;
    let mut looked_at = 0;
    let closed = loop {
        case.wait(61);
        let signed_in = match case.try_with(EMAIL, PASSWORD, None).await {
            Ok(signed_in) => signed_in,
            Err(error) => break error,
        };
        let unfinished = case.unfinished(&signed_in).await;
        let wrong = case.access.give_code(&unfinished, "000000").await;
        assert!(matches!(wrong, Err(SignInError::Refused)));
        looked_at += 1;
        assert!(looked_at <= 50);
    };
    assert!(matches!(closed, SignInError::Closed), "{closed:?}");
    assert_eq!(looked_at, 50);
    drop(seed);
}

/// A5, A8: proving again takes a code, removing takes a fresh proof, and a required factor stays.
#[tokio::test]
async fn a_factor_is_removed_with_a_fresh_proof_where_none_is_required() {
    let case = Case::new(SecondFactor::Administrators).await;
    case.add(EMAIL, Role::Technician).await;
    let person = case.proved(&case.sign_in().await).await;
    let who = Enroller::Person(&person);
    let offer = case.access.offer_factor(who).await.unwrap();
    let seed = seed_of(offer.seed.expose_secret());
    let enrolled = case.access.confirm_factor(who, &case.code(&seed)).await;
    let enrolled = enrolled.unwrap();
    case.wait(301);

    let person = case.person(&enrolled.signed_in).await;
    let stale = case.access.remove_factor(&person).await;
    assert!(matches!(
        stale,
        Err(FactorError::Forbidden(Forbidden::StepUp))
    ));
    let stale = case.access.offer_factor(Enroller::Person(&person)).await;
    assert!(matches!(
        stale,
        Err(FactorError::Forbidden(Forbidden::StepUp))
    ));
    let password = Proof::Password(PASSWORD.into());
    let refused = case.access.step_up(&person, password).await;
    assert!(matches!(refused, Err(SignInError::Refused)));
    let code = Proof::Code(case.code(&seed));
    let renewed = case.access.step_up(&person, code).await.unwrap();
    let person = case.person(&renewed).await;
    let replayed = case.access.step_up(&person, Proof::Code(case.code(&seed)));
    assert!(matches!(replayed.await, Err(SignInError::Refused)));

    let codes = case.access.renew_recovery_codes(&person).await.unwrap();
    assert_ne!(
        codes[0].expose_secret(),
        enrolled.recovery_codes[0].expose_secret()
    );
    let removed = case.access.remove_factor(&person).await.unwrap();
    let person = case.person(&removed).await;
    assert!(!person.has_factor());
    assert_eq!(
        case.store.recovery_codes_left(person.id()).await.unwrap(),
        0
    );
    let actions = actions(&case).await;
    assert!(actions.contains(&AuditAction::FactorSet));
    assert!(actions.contains(&AuditAction::FactorRemoved));
}

/// A5
#[tokio::test]
async fn a_required_factor_can_be_replaced_and_reset_but_not_removed() {
    let case = Case::new(SecondFactor::Deciders).await;
    let id = case.add(EMAIL, Role::Administrator).await;
    let (old, enrolled) = enrol(&case).await;
    let person = case.person(&enrolled.signed_in).await;
    let removed = case.access.remove_factor(&person).await;
    assert!(matches!(removed, Err(FactorError::Required)));
    let who = Enroller::Person(&person);
    let offer = case.access.offer_factor(who).await.unwrap();
    let new = seed_of(offer.seed.expose_secret());
    case.wait(30);
    let with_old = case.access.confirm_factor(who, &case.code(&old)).await;
    assert!(matches!(with_old, Err(FactorError::Refused)));
    let code = case.code(&new);
    let replaced = case.access.confirm_factor(who, &code).await.unwrap();
    assert!(!case.is_open(&enrolled.signed_in).await);
    assert!(case.is_open(&replaced.signed_in).await);

    case.admin.reset_factor(&case.operator, id).await.unwrap();
    assert!(!case.is_open(&replaced.signed_in).await);
    assert_eq!(case.sign_in().await.stage, SignInStage::Enrolment);
}
