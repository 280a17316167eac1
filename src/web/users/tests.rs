//! The pages about people as HTML, read for their words.

use rstest::rstest;
use secrecy::SecretString;

use super::action_page::{UserActionView, UserActionViewProps};
use super::actions::UserAction;
use super::link_page::{UserLinkView, UserLinkViewProps};
use super::page::{UsersView, UsersViewProps};
use super::user_page::{UserView, UserViewProps};
use crate::domain::{OrganizationScope, Role, Timestamp, UserId};
use crate::web::context::{UserDetails, UserOverview};
use crate::web::handoff::{Once, Refused};
use crate::web::proposal::tests::html;
use crate::web::samples;

/// The first of them is who looks.
fn person(number: u128, role: Role) -> UserOverview {
    UserOverview {
        user: UserDetails {
            id: UserId(samples::id(number)),
            email: format!("person{number}@example.com"),
            name: format!("Person {number}"),
            role,
            password_hash: None,
            created_at: samples::NOW,
            disabled_at: None,
            last_seen_at: None,
            organizations: OrganizationScope::All,
            factor_since: None,
        },
        sessions: 1,
        invitation: None,
        is_closed: false,
    }
}

fn list(people: Vec<UserOverview>) -> String {
    html(|| {
        UsersView(UsersViewProps {
            people,
            now: samples::NOW,
            done: None,
            around: samples::around(Role::Administrator, "/users"),
            viewer: samples::viewer(Role::Administrator),
        })
    })
}

fn page(person: UserOverview) -> String {
    html(|| {
        UserView(UserViewProps {
            person,
            now: samples::NOW,
            done: None,
            refused: Refused::default(),
            around: samples::around(Role::Administrator, "/users/x"),
            viewer: samples::viewer(Role::Administrator),
        })
    })
}

#[test]
fn who_is_alone_is_told_to_invite_somebody() {
    let html = list(vec![person(1, Role::Administrator)]);
    assert!(html.contains("Only you"), "{html}");
    assert!(html.contains(">you</span>"));
    let html = list(vec![
        person(1, Role::Administrator),
        person(2, Role::Administrator),
    ]);
    assert!(!html.contains("Only you") && !html.contains("One administrator"));
    assert_eq!(html.matches(">you</span>").count(), 1);
}

#[rstest]
#[case(60, "Invitation open")]
#[case(-60, "Invitation expired")]
fn an_invitation_is_open_or_expired(#[case] seconds: i64, #[case] said: &str) {
    let invited = UserOverview {
        invitation: Some(Timestamp::from_millis(
            samples::NOW.as_millis() + seconds * 1000,
        )),
        ..person(2, Role::Technician)
    };
    let html = list(vec![person(1, Role::Administrator), invited]);
    assert!(html.contains(said), "{html}");
}

#[test]
fn a_closed_account_can_be_opened() {
    let closed = UserOverview {
        is_closed: true,
        ..person(2, Role::Technician)
    };
    let html = page(closed);
    assert!(html.contains("Closed after too many wrong tries"), "{html}");
    assert!(html.contains("Open the account"));
}

#[test]
fn nobody_switches_themselves_off_here() {
    let own = page(person(1, Role::Administrator));
    assert!(own.contains("This is you"), "{own}");
    assert!(!own.contains("/disable\""));
    let other = page(person(2, Role::Administrator));
    assert!(other.contains("/disable\""), "{other}");
}

#[test]
fn what_is_done_is_said_before_it_is_done() {
    let html = html(|| {
        UserActionView(UserActionViewProps {
            person: person(2, Role::Technician),
            action: UserAction::Disable,
            now: samples::NOW,
            refused: Refused::default(),
            around: samples::around(Role::Administrator, "/users/x/disable"),
            viewer: samples::viewer(Role::Administrator),
        })
    });
    assert!(html.contains("ends at once"), "{html}");
    assert!(html.contains("name=\"proof\""));
    assert!(html.contains("value=\"disable\""));
}

#[test]
fn a_link_is_shown_once() {
    let link = Once::secret(
        "link",
        SecretString::from("https://gate.example/join/canary"),
    )
    .with("name", "Dana Reyes")
    .with("email", "dana@example.com")
    .with("purpose", "invitation");
    let around = || samples::around(Role::Administrator, "/users/link");
    let shown = html(|| {
        UserLinkView(UserLinkViewProps {
            link: Some(link),
            around: around(),
        })
    });
    assert_eq!(shown.matches("join/canary").count(), 1, "{shown}");
    let gone = html(|| {
        UserLinkView(UserLinkViewProps {
            link: None,
            around: around(),
        })
    });
    assert!(gone.contains("was shown already"), "{gone}");
}
