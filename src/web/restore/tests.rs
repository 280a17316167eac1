//! The page of a restored database as HTML, read for its words.

use super::page::{RestoreView, RestoreViewProps};
use crate::domain::Role;
use crate::web::handoff::Refused;
use crate::web::proposal::tests::html;
use crate::web::samples;

fn shown(sign: Option<&str>) -> String {
    html(|| {
        RestoreView(RestoreViewProps {
            sign: sign.map(str::to_owned),
            done: None,
            refused: Refused::default(),
            around: samples::around(Role::Administrator, "/restore"),
            viewer: samples::viewer(Role::Administrator),
        })
    })
}

#[test]
fn accepting_takes_a_proof_and_says_what_was_noticed_and_what_follows() {
    let html = shown(Some("the audit ends at 7, and a send was noted at 12"));
    assert!(html.contains("a send was noted at 12"), "{html}");
    assert!(html.contains("/web/accept_restore") && html.contains("name=\"proof\""));
    assert!(html.contains("IT Glue is read to find"));
}

#[test]
fn where_nothing_is_held_back_there_is_nothing_to_accept() {
    let html = shown(None);
    assert!(html.contains("Nothing is held back"), "{html}");
    assert!(!html.contains("/web/accept_restore"));
}
