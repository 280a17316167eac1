//! One's own account as HTML, read for its words.

use secrecy::SecretString;
use uuid::Uuid;

use super::factor_page::{AccountFactorView, AccountFactorViewProps};
use super::page::{AccountView, AccountViewProps};
use crate::domain::{OrganizationScope, Role, SessionId};
use crate::web::context::{Account, SessionView, Viewer};
use crate::web::handoff::Refused;
use crate::web::links::Done;
use crate::web::proposal::tests::html;
use crate::web::samples;

fn session(number: u128, is_this: bool) -> SessionView {
    SessionView {
        id: SessionId(Uuid::from_u128(number)),
        created_at: samples::NOW,
        last_seen_at: samples::NOW,
        address: Some("192.0.2.7".to_owned()),
        browser: Some("Mozilla/5.0 Firefox/140.0".to_owned()),
        is_this,
    }
}

fn account() -> Account {
    Account {
        email: "sam@example.com".to_owned(),
        name: "Sam Fox".to_owned(),
        role: Role::Technician,
        organizations: OrganizationScope::All,
        factor_since: Some(samples::NOW),
        is_factor_required: true,
        recovery_codes_left: 2,
        shortest_password: 8,
        sessions: vec![session(1, true), session(2, false)],
    }
}

fn shown(account: Account) -> String {
    html(|| {
        AccountView(AccountViewProps {
            account,
            tokens: Vec::new(),
            refused: Refused::default(),
            done: Some(Done::Saved),
            around: samples::around(Role::Technician, "/account"),
        })
    })
}

fn factor(account: Account, is_fresh: bool, is_offered: bool) -> String {
    let seed = || SecretString::from("JBSWY3DPEHPK3PXP");
    html(|| {
        AccountFactorView(AccountFactorViewProps {
            account,
            offer: is_offered.then(|| (seed(), seed())),
            refused: Refused::default(),
            around: samples::around(Role::Technician, "/account/factor"),
            viewer: Viewer {
                is_fresh,
                ..samples::viewer(Role::Technician)
            },
        })
    })
}

#[test]
fn other_sessions_can_be_ended_and_this_one_is_marked() {
    let html = shown(account());
    assert!(html.contains("this browser"), "{html}");
    assert_eq!(html.matches("/web/account_end_session\"").count(), 1);
    assert!(html.contains("Sign out everywhere else"));
    assert!(html.contains("Recovery codes left"));
    assert!(html.contains("Saved"));
}

#[test]
fn alone_there_is_nothing_to_end() {
    let html = shown(Account {
        sessions: vec![session(1, true)],
        ..account()
    });
    assert!(!html.contains("Sign out everywhere else"), "{html}");
}

#[test]
fn the_second_factor_is_touched_only_after_a_proof() {
    let html = factor(account(), false, false);
    assert!(html.contains("name=\"proof\""), "{html}");
    assert!(!html.contains("account_recovery_codes"));
    let html = factor(account(), true, false);
    assert!(html.contains("account_recovery_codes"), "{html}");
}

#[test]
fn a_factor_that_is_required_cannot_be_removed() {
    assert!(!factor(account(), true, false).contains("account_remove_factor"));
    let free = Account {
        is_factor_required: false,
        ..account()
    };
    assert!(factor(free, true, false).contains("account_remove_factor"));
}

#[test]
fn a_new_seed_is_shown_to_be_scanned() {
    let html = factor(account(), true, true);
    assert!(html.contains("JBSW Y3DP"), "{html}");
}
