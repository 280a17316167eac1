//! The history as HTML, read for its words.

use super::filter::Asked;
use super::page::{History, HistoryProps};
use crate::domain::{ItemState, ProposalStatus, Role};
use crate::web::context::{HistoryCursor, HistoryEntry, HistoryPage, Known, PastDecision};
use crate::web::proposal::tests::html;
use crate::web::{links, samples};

fn shown(search: &str, items: Vec<HistoryEntry>, next: Option<HistoryCursor>) -> String {
    html(|| {
        History(HistoryProps {
            page: HistoryPage { items, next },
            asked: Asked::read(&links::read_query(search)),
            known: Known {
                agents: vec![(
                    samples::routine().proposal.agent.id,
                    "<b>bot</b>".to_owned(),
                )],
                people: Vec::new(),
            },
            is_first: true,
            around: samples::around(Role::Auditor, "/history"),
        })
    })
}

fn rejected() -> HistoryEntry {
    let status = ProposalStatus::Rejected;
    let opened = samples::decided(samples::routine(), status, ItemState::None);
    let mut decision = opened.proposal.decision.clone().unwrap();
    decision.reason = Some("<i>no</i>".to_owned());
    HistoryEntry {
        decided: PastDecision {
            decision,
            undone_at: None,
        },
        proposal: opened.proposal,
    }
}

#[test]
fn a_decision_is_told_with_who_why_and_what_came_of_it() {
    let next = HistoryCursor {
        at: 5,
        proposal: samples::id(1042),
        round: 1,
    };
    let html = shown("verdict=rejected", vec![rejected()], Some(next));
    assert!(html.contains("<strong>Rejected</strong>"), "{html}");
    assert!(html.contains("Sam Fox") && html.contains("href=\"/p/1042\""));
    assert!(html.contains("&lt;i&gt;no&lt;/i&gt;") && !html.contains("<i>no</i>"));
    assert!(html.contains("rel=\"next\"") && html.contains("verdict=rejected&amp;from="));
    assert!(html.contains("&lt;b&gt;bot&lt;/b&gt;") && !html.contains("<b>bot</b>"));
}

#[test]
fn an_empty_page_says_why_and_what_to_do() {
    assert!(shown("", Vec::new(), None).contains("Nothing was decided yet."));
    let narrowed = shown("ticket=T-0", Vec::new(), None);
    assert!(narrowed.contains("Nothing fits.") && narrowed.contains("value=\"T-0\""));
    let next = HistoryCursor::after(None);
    let looked = shown("ticket=T-0", Vec::new(), Some(next));
    assert!(looked.contains("Older ones follow on the next."));
    assert!(shown("since=yesterday", Vec::new(), None).contains("means nothing here: since"));
}
