//! The page of the pause as HTML, read for its words.

use super::page::{PauseView, PauseViewProps};
use crate::domain::{Pause, PauseScope, Role};
use crate::web::handoff::Refused;
use crate::web::proposal::tests::html;
use crate::web::samples;

fn shown(pauses: Vec<Pause>) -> String {
    html(|| {
        PauseView(PauseViewProps {
            pauses,
            done: None,
            refused: Refused::default(),
            around: samples::around(Role::Administrator, "/pause"),
            viewer: samples::viewer(Role::Administrator),
        })
    })
}

#[test]
fn pausing_takes_a_reason_and_no_proof() {
    let html = shown(Vec::new());
    assert!(html.contains("/web/pause_all"), "{html}");
    assert!(html.contains("name=\"reason\""));
    assert!(!html.contains("name=\"proof\""));
}

#[test]
fn going_on_takes_a_proof_and_says_who_paused_and_why() {
    let html = shown(vec![Pause {
        scope: PauseScope::All,
        name: "everything".to_owned(),
        reason: "An agent runs wild".to_owned(),
        since: samples::NOW,
        by: "Sam Fox".to_owned(),
    }]);
    assert!(html.contains("An agent runs wild"), "{html}");
    assert!(html.contains("Sam Fox"));
    assert!(html.contains("name=\"proof\""));
    assert!(!html.contains("/web/pause_all"));
}
