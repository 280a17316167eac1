//! The pages of connections as HTML, read for their words.

use rstest::rstest;

use super::add_page::{AddConnectionView, AddConnectionViewProps};
use super::key_page::{RotateKeyView, RotateKeyViewProps};
use super::list_page::{Connections, ConnectionsProps};
use super::page::{ConnectionView, ConnectionViewProps, Shown};
use super::remove_page::{RemoveConnectionView, RemoveConnectionViewProps};
use super::trial::{Ending, Trial};
use crate::domain::{ConnectionId, PauseScope, Role};
use crate::web::context::{ConnectionHealth, ConnectionOverview, ConnectionPause, PauseKind};
use crate::web::forms::typed;
use crate::web::handoff::Refused;
use crate::web::proposal::tests::html;
use crate::web::{samples, upkeep_samples};

fn listed(connections: Vec<ConnectionOverview>) -> String {
    html(|| {
        Connections(ConnectionsProps {
            connections,
            done: None,
            around: samples::around(Role::Administrator, "/connections"),
        })
    })
}

fn shown(overview: ConnectionOverview, refused: Refused) -> Shown {
    Shown {
        overview,
        pause: None,
        done: None,
        refused,
        around: samples::around(Role::Administrator, "/connections/main"),
        viewer: samples::viewer(Role::Administrator),
    }
}

fn page(shown: Shown) -> String {
    html(|| ConnectionView(ConnectionViewProps { shown }))
}

fn added(refused: Refused) -> String {
    html(|| {
        AddConnectionView(AddConnectionViewProps {
            refused,
            around: samples::around(Role::Administrator, "/connections/new"),
            viewer: samples::viewer(Role::Administrator),
        })
    })
}

#[test]
fn a_connection_is_told_by_its_name_and_the_end_of_its_key() {
    let html = listed(vec![upkeep_samples::connection_overview()]);
    assert!(html.contains(">main</bdi>"), "{html}");
    assert!(html.contains("<code>c4f7</code>"));
    assert!(html.contains("European Union"));
    assert!(html.contains("data-mood=\"success\""));
    assert!(html.contains("210 of 3000 requests in 300\u{a0}s"));
    assert!(html.contains("<meter") && html.contains("value=\"210\""));
    assert!(html.contains("no: passwords stay out of reach"));
    assert!(html.contains("3 proposals") && html.contains("2 agents"));
    assert!(html.contains("after 90 days"));
}

#[test]
fn without_a_connection_the_demo_is_offered() {
    let html = listed(Vec::new());
    assert!(html.contains("No connection yet"));
    assert!(html.contains("countersign serve --demo"));
    assert!(html.contains("href=\"/connections/new\""));
}

#[rstest]
#[case(ConnectionHealth::Untested, "Not tried yet")]
#[case(ConnectionHealth::KeyUnreadable, "does not open with the master key")]
#[case(ConnectionHealth::KeyRefused, "IT Glue refuses the key")]
#[case(ConnectionHealth::RateLimited, "IT Glue asked to wait")]
#[case(ConnectionHealth::Unreachable, "IT Glue does not answer")]
#[case(ConnectionHealth::Paused, "Nothing is sent over this connection")]
fn each_bad_state_says_what_it_means(#[case] health: ConnectionHealth, #[case] words: &str) {
    let mut overview = upkeep_samples::connection_overview();
    overview.health = health;
    let html = page(shown(overview, Refused::default()));
    assert!(html.contains(words), "{html}");
}

#[test]
fn a_pause_says_by_whom_and_why_and_offers_to_resume() {
    let mut overview = upkeep_samples::connection_overview();
    overview.health = ConnectionHealth::Paused;
    let mut shown = shown(overview, Refused::default());
    let scope = PauseScope::Connection(ConnectionId(samples::id(20)));
    shown.pause = Some(upkeep_samples::pause(scope, "<b>odd</b> writes"));
    let html = page(shown);
    assert!(html.contains("Alex Morgan"));
    assert!(html.contains("&lt;b&gt;odd&lt;/b&gt; writes"), "{html}");
    assert!(html.contains("Resume the connection"));
    assert!(!html.contains("Pause the connection"));
}

#[test]
fn a_breaker_says_since_when_and_can_be_resumed() {
    let mut overview = upkeep_samples::connection_overview();
    overview.health = ConnectionHealth::Unreachable;
    overview.connection.pause = Some(ConnectionPause {
        kind: PauseKind::Breaker,
        detail: "5 sends in a row ended unclear".to_owned(),
        since: samples::NOW,
        until: None,
    });
    let html = page(shown(overview, Refused::default()));
    assert!(html.contains("held back: no clear answers"));
    assert!(html.contains("5 sends in a row ended unclear"));
    assert!(html.contains("Resume the connection"));
}

#[test]
fn what_is_in_use_cannot_be_removed_and_says_how_much() {
    let removal = |overview| {
        let shown = shown(overview, Refused::default());
        html(|| RemoveConnectionView(RemoveConnectionViewProps { shown }))
    };
    let mut overview = upkeep_samples::connection_overview();
    let refused = removal(overview.clone());
    assert!(refused.contains("3 proposals over it are still open and 2 agents work over it"));
    assert!(!refused.contains("/web/remove_connection"));
    (overview.waiting, overview.agents) = (0, 0);
    assert!(removal(overview).contains("/web/remove_connection"));
}

#[test]
fn s6_a_key_never_comes_back_into_a_form() {
    let canary = "ITG.canary0123456789abcdef";
    let refused = Refused {
        typed: typed(&[("name", "main"), ("region", "eu"), ("api_key", canary)]),
        errors: vec![("api_key".to_owned(), "IT Glue refuses the key.".to_owned())],
        general: None,
    };
    let html = added(refused.clone());
    assert!(!html.contains(canary), "{html}");
    assert!(html.contains("value=\"main\""));
    assert!(html.contains("Give the key again"));
    assert!(html.contains("aria-invalid=\"true\""));
    let shown = shown(upkeep_samples::connection_overview(), refused);
    let html = super::tests::html(|| RotateKeyView(RotateKeyViewProps { shown }));
    assert!(!html.contains(canary));
}

#[test]
fn a_trial_says_by_cause_what_came_of_it_and_that_nothing_was_kept() {
    let trial = Trial {
        ending: Ending::WrongRegion,
        region: Some("au".to_owned()),
        organizations: None,
    };
    let refused = Refused {
        typed: trial.kept(),
        ..Refused::default()
    };
    let html = added(refused);
    assert!(html.contains("The key is of another region"));
    assert!(html.contains("IT Glue knows it in Australia. Choose that region."));
    assert!(html.contains("The key was not kept."));
}
