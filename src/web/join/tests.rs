//! The page of a link as HTML, read for its words.

use super::page::{JoinView, JoinViewProps, LinkGoneView, LinkGoneViewProps};
use crate::domain::{LinkPurpose, Role};
use crate::web::context::{LinkView, Surroundings};
use crate::web::handoff::Refused;
use crate::web::proposal::tests::html;
use crate::web::samples;

fn around() -> Surroundings {
    Surroundings {
        viewer: None,
        ..samples::around(Role::Auditor, "/join/canary-link")
    }
}

fn shown(purpose: LinkPurpose, refused: Refused) -> String {
    html(|| {
        JoinView(JoinViewProps {
            secret: "canary-link".to_owned(),
            link: LinkView {
                purpose,
                email: "dana@example.com".to_owned(),
                name: "Dana Reyes".to_owned(),
                expires_at: samples::NOW,
                shortest_password: 8,
            },
            refused,
            around: around(),
        })
    })
}

#[test]
fn the_rules_stand_before_the_password_and_every_reason_beside_it() {
    let refused = Refused {
        errors: vec![(
            "password".to_owned(),
            "It is shorter than 8 characters. It holds your name.".to_owned(),
        )],
        ..Refused::default()
    };
    let html = shown(LinkPurpose::Invitation, refused);
    assert!(html.contains("At least 8 characters"), "{html}");
    assert!(html.contains("aria-describedby=\"password-error password-hint\""));
    assert!(html.contains("It holds your name."));
    assert!(html.contains("autocomplete=\"new-password\""));
    assert!(html.contains("Welcome, Dana Reyes"));
}

#[test]
fn a_reset_says_what_it_ends() {
    let html = shown(LinkPurpose::Reset, Refused::default());
    assert!(html.contains("you will be signed out"), "{html}");
}

#[test]
fn an_ended_link_says_what_to_do() {
    let html = html(|| LinkGoneView(LinkGoneViewProps { around: around() }));
    assert!(html.contains("ask an administrator"), "{html}");
    assert!(!html.contains("<form class=\"form\""));
}
