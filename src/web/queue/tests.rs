//! The queue as HTML, read for its words.

use super::page::{Queue, QueueProps, Search};
use crate::domain::{Proposal, Role};
use crate::web::context::{Lane, LaneCounts, QueueCursor, QueuePage};
use crate::web::proposal::tests::html;
use crate::web::samples;

pub fn shown(proposals: Vec<Proposal>, counts: LaneCounts) -> String {
    let next = (!proposals.is_empty()).then_some(QueueCursor {
        care: 2,
        at: 5,
        number: 1042,
    });
    html(|| {
        Queue(QueueProps {
            page: QueuePage {
                proposals,
                claims: Vec::new(),
                next,
                counts,
                at: samples::NOW,
            },
            lane: Lane::NeedsYou,
            search: Search::default(),
            is_first: true,
            is_set_up: true,
            around: samples::around(Role::Technician, "/queue"),
        })
    })
}

#[test]
fn a_row_says_what_would_be_lost() {
    let counts = LaneCounts {
        needs_you: 500,
        failed: 1,
        ..LaneCounts::default()
    };
    let html = shown(vec![samples::erasing().proposal], counts);
    assert!(html.contains("▲"));
    assert!(html.contains("href=\"/p/1042\""));
    assert!(html.contains("! erases "), "{html}");
    assert!(html.contains("500+"));
    assert!(
        html.contains("/queue?lane=needs_you&amp;from=2.5.1042"),
        "{html}"
    );
    assert!(html.contains("aria-current=\"page\""));
    assert!(html.contains("<h2"));
}

#[test]
fn an_empty_lane_says_why() {
    let html = shown(Vec::new(), LaneCounts::default());
    assert!(html.contains("Nothing waits for a decision."));
    assert!(!html.contains("rel=\"next\""));
}
