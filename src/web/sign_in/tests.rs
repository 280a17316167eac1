//! The pages of the sign-in as HTML, read for their words.

use rstest::rstest;
use secrecy::SecretString;

use super::code_page::{CodeView, CodeViewProps};
use super::factor_page::{FactorView, FactorViewProps};
use super::page::{Arrival, SignInView, SignInViewProps};
use crate::domain::Role;
use crate::web::context::Surroundings;
use crate::web::handoff::Refused;
use crate::web::proposal::tests::html;
use crate::web::samples;

fn around() -> Surroundings {
    Surroundings {
        viewer: None,
        ..samples::around(Role::Technician, "/signin")
    }
}

fn sign_in(arrival: Arrival, refused: Refused) -> String {
    html(|| {
        SignInView(SignInViewProps {
            next: "/p/7".to_owned(),
            arrival,
            refused,
            around: around(),
        })
    })
}

#[test]
fn the_address_is_kept_and_the_password_is_not() {
    let refused = Refused {
        typed: crate::web::forms::typed(&[("email", "dana@example.com"), ("password", "canary")]),
        errors: Vec::new(),
        general: Some("E-mail and password do not fit.".to_owned()),
    };
    let html = sign_in(Arrival::Plain, refused);
    assert!(html.contains("value=\"dana@example.com\""), "{html}");
    assert!(!html.contains("canary"));
    assert!(html.contains("role=\"alert\""));
    assert!(html.contains("autocomplete=\"username\""));
    assert!(html.contains("autocomplete=\"current-password\""));
}

#[rstest]
#[case(Arrival::SignedOut, "You are signed out")]
#[case(Arrival::Ended, "Your session has ended")]
#[case(Arrival::NotSetUp, "href=\"/setup\"")]
#[case(Arrival::Plain, "the page you asked for")]
fn it_is_said_why_one_is_here(#[case] arrival: Arrival, #[case] said: &str) {
    let html = sign_in(arrival, Refused::default());
    assert!(html.contains(said), "{html}");
}

#[test]
fn a_code_can_be_filled_in_by_the_phone() {
    let html = html(|| {
        CodeView(CodeViewProps {
            email: "dana@example.com".to_owned(),
            next: "/queue".to_owned(),
            refused: Refused::default(),
            around: around(),
        })
    });
    assert!(html.contains("autocomplete=\"one-time-code\""), "{html}");
    assert!(html.contains("recovery codes"));
}

#[test]
fn the_seed_can_be_scanned_opened_and_typed() {
    let html = html(|| {
        FactorView(FactorViewProps {
            seed: SecretString::from("JBSWY3DPEHPK3PXP"),
            uri: SecretString::from("otpauth://totp/Countersign:dana?secret=JBSWY3DPEHPK3PXP"),
            next: "/setup/connection".to_owned(),
            refused: Refused::default(),
            around: around(),
        })
    });
    assert!(html.contains("JBSW Y3DP EHPK 3PXP"), "{html}");
    assert!(html.contains("href=\"otpauth://"));
    assert!(html.contains("<svg"));
}
