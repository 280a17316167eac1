use secrecy::{ExposeSecret as _, SecretString};

use super::ground::{Case, EMAIL, OTHER_PASSWORD, PASSWORD};
use super::guessing::actions;
use crate::access::{LinkError, SignInError, SignedIn, UseLink};
use crate::admin::{AdminError, Invitation, Invite};
use crate::domain::{
    AuditAction, LinkPurpose, OrganizationId, OrganizationScope, Role, SecondFactor, SignInStage,
};

async fn invite(case: &Case) -> Invitation {
    let invite = Invite {
        email: EMAIL.parse().unwrap(),
        name: "Sam Kim".parse().unwrap(),
        role: Role::Technician,
        organizations: OrganizationScope::Only([OrganizationId(2)].into()),
    };
    case.admin
        .invite_user(&case.operator, invite)
        .await
        .unwrap()
}

async fn join(case: &Case, secret: &SecretString, password: &str) -> Result<SignedIn, LinkError> {
    let request = UseLink {
        secret: secret.clone(),
        password: password.into(),
        address: None,
        browser: None,
    };
    case.access.use_link(request).await
}

#[tokio::test]
async fn an_invited_person_signs_in_once_they_have_chosen_a_password() {
    let case = Case::new(SecondFactor::Off).await;
    let invitation = invite(&case).await;
    let secret = invitation.secret.expose_secret();
    assert!(!case.holds(secret.as_bytes()));
    let before = case.try_with(EMAIL, PASSWORD, None).await;
    assert!(matches!(before, Err(SignInError::Refused)));
    let view = case.access.link(secret).await.unwrap().unwrap();
    assert_eq!(view.purpose, LinkPurpose::Invitation);
    assert_eq!((view.email.as_str(), view.shortest_password), (EMAIL, 15));
    let id = invitation.user.id;
    let overview = case.admin.user(&case.operator, id).await.unwrap();
    assert_eq!(overview.invitation, Some(invitation.expires_at));

    let weak = join(&case, &invitation.secret, "short").await;
    assert!(matches!(weak, Err(LinkError::Weak(_))));
    let signed_in = join(&case, &invitation.secret, PASSWORD).await.unwrap();
    let person = case.person(&signed_in).await;
    assert_eq!(person.role(), Role::Technician);
    assert!(matches!(person.organizations(), OrganizationScope::Only(_)));
    let again = join(&case, &invitation.secret, PASSWORD).await;
    assert!(matches!(again, Err(LinkError::Gone)));
    assert!(case.try_with(EMAIL, PASSWORD, None).await.is_ok());
    let overview = case.admin.user(&case.operator, id).await.unwrap();
    assert_eq!((overview.invitation, overview.sessions), (None, 2));
    let renewed = case.admin.renew_invitation(&case.operator, id).await;
    assert!(matches!(renewed, Err(AdminError::HasJoined(_))));
    let actions = actions(&case).await;
    assert!(actions.contains(&AuditAction::UserInvited));
    assert!(actions.contains(&AuditAction::UserJoined));
}

#[tokio::test]
async fn an_invitation_lasts_seven_days_or_until_the_next_one() {
    let case = Case::new(SecondFactor::Deciders).await;
    let first = invite(&case).await;
    let second = case
        .admin
        .renew_invitation(&case.operator, first.user.id)
        .await
        .unwrap();
    assert!(matches!(
        join(&case, &first.secret, PASSWORD).await,
        Err(LinkError::Gone)
    ));
    case.wait(7 * 24 * 60 * 60 - 1);
    let view = case.access.link(second.secret.expose_secret()).await;
    assert_eq!(view.unwrap().unwrap().shortest_password, 8);
    case.wait(1);
    assert!(matches!(
        join(&case, &second.secret, PASSWORD).await,
        Err(LinkError::Gone)
    ));
    let third = case
        .admin
        .renew_invitation(&case.operator, first.user.id)
        .await
        .unwrap();
    let joined = join(&case, &third.secret, "vT7#qLw9").await.unwrap();
    assert_eq!(joined.stage, SignInStage::Enrolment);
}

#[tokio::test]
async fn a_reset_link_ends_sessions_and_opens_a_closed_account() {
    let case = Case::new(SecondFactor::Off).await;
    let id = case.add(EMAIL, Role::Technician).await;
    let signed_in = case.sign_in().await;
    for _ in 0..50 {
        case.wait(61);
        let _refused = case.try_with(EMAIL, OTHER_PASSWORD, None).await;
    }
    let closed = case.try_with(EMAIL, PASSWORD, None).await;
    assert!(matches!(closed, Err(SignInError::Closed)));
    let fresh = case.admin.user(&case.operator, id).await.unwrap();
    assert!(fresh.is_closed);

    let reset = case.admin.reset_link(&case.operator, id).await.unwrap();
    assert_eq!(
        reset.expires_at.millis_since(case.now()),
        24 * 60 * 60 * 1000
    );
    let renewed = join(&case, &reset.secret, OTHER_PASSWORD).await.unwrap();
    assert!(case.is_open(&renewed).await);
    assert!(!case.is_open(&signed_in).await);
    assert!(case.try_with(EMAIL, OTHER_PASSWORD, None).await.is_ok());
}

#[tokio::test]
async fn a_link_of_somebody_who_is_switched_off_is_void() {
    let case = Case::new(SecondFactor::Off).await;
    let invitation = invite(&case).await;
    let id = invitation.user.id;
    case.admin.disable_user(&case.operator, id).await.unwrap();
    let gone = join(&case, &invitation.secret, PASSWORD).await;
    assert!(matches!(gone, Err(LinkError::Gone)));
    let none = case.admin.reset_link(&case.operator, id).await;
    assert!(matches!(none, Err(AdminError::Disabled(_))));
    case.admin.enable_user(&case.operator, id).await.unwrap();
    let gone = join(&case, &invitation.secret, PASSWORD).await;
    assert!(matches!(gone, Err(LinkError::Gone)));
}
