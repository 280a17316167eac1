//! What there is to try: where the process dies, what is being written, what goes wrong on the way,
//! and whether the write stands alone.

use std::collections::BTreeSet;

use countersign::domain::CrashPoint;
use countersign::simulator::FaultKind;
use serde_json::json;

/// Where the process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Death {
    /// Nowhere: what else comes of it.
    Never,
    /// Where our code passes.
    At(CrashPoint),
    /// `c6`: IT Glue has the request and has done nothing with it.
    UnderWay,
    /// `c7`: IT Glue is done with it, and its answer is not read.
    Unread,
}

pub const DEATHS: [Death; 12] = [
    Death::Never,
    Death::At(CrashPoint::Proposed),
    Death::At(CrashPoint::Decided),
    Death::At(CrashPoint::Claimed),
    Death::At(CrashPoint::Preflighted),
    Death::At(CrashPoint::Intended),
    Death::UnderWay,
    Death::Unread,
    Death::At(CrashPoint::Answered),
    Death::At(CrashPoint::Ended),
    Death::At(CrashPoint::Looked),
    Death::At(CrashPoint::Resolved),
];

/// What a write is, as far as repeating it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Set,
    Remove,
    Once,
}

pub const CLASSES: [Class; 3] = [Class::Set, Class::Remove, Class::Once];

impl Class {
    pub const fn method(self) -> &'static str {
        match self {
            Self::Set => "PATCH",
            Self::Remove => "DELETE",
            Self::Once => "POST",
        }
    }
}

/// What goes wrong with the write.
pub fn faults() -> Vec<Option<FaultKind>> {
    let somebody = || json!({ "notes": "by somebody else" });
    let redirect = FaultKind::Redirect {
        location: "http://127.0.0.1:9/".to_owned(),
    };
    let retry_after = |text: &str| FaultKind::TooManyRequests {
        retry_after: Some(text.to_owned()),
    };
    let kinds = [
        FaultKind::ResetBefore,
        FaultKind::ResetAfter,
        FaultKind::ErrorBefore { status: 500 },
        FaultKind::ErrorAfter { status: 500 },
        FaultKind::HangThenApply { ms: 1300 },
        FaultKind::ApplyAfterClientLeft { ms: 600 },
        retry_after("1"),
        // A date, long past: the shortest wait there is.
        retry_after("Sun, 06 Nov 1994 08:49:37 GMT"),
        FaultKind::Slow { ms: 300 },
        FaultKind::CutHead,
        FaultKind::CutBody,
        FaultKind::CreatedWithHtml,
        redirect,
        FaultKind::WrongId,
        FaultKind::AcceptedAndIgnored,
        FaultKind::OtherEditor {
            attributes: somebody(),
        },
        FaultKind::OtherEditorAfter {
            attributes: somebody(),
        },
    ];
    std::iter::once(None)
        .chain(kinds.into_iter().map(Some))
        .collect()
}

/// One thing to try.
#[derive(Clone, Debug)]
pub struct Case {
    pub death: Death,
    pub class: Class,
    pub fault: Option<FaultKind>,
    /// The third of five items instead of the only one.
    pub is_third: bool,
}

impl Case {
    /// The position of the item that all of it is about.
    pub const fn position(&self) -> u32 {
        if self.is_third { 2 } else { 0 }
    }

    /// Whether the write takes effect only after its sender has given up.
    pub const fn is_late(&self) -> bool {
        matches!(
            self.fault,
            Some(FaultKind::HangThenApply { .. } | FaultKind::ApplyAfterClientLeft { .. })
        )
    }

    /// Whether the write is sent, and cannot be seen to have arrived because it did not.
    pub const fn never_arrives(&self) -> bool {
        matches!(
            self.fault,
            Some(
                FaultKind::ResetBefore | FaultKind::ErrorBefore { .. } | FaultKind::Redirect { .. }
            )
        )
    }
}

/// All of it.
pub fn product() -> Vec<Case> {
    let mut all = Vec::new();
    for death in DEATHS {
        for fault in faults() {
            for class in CLASSES {
                for is_third in [false, true] {
                    all.push(Case {
                        death,
                        class,
                        fault: fault.clone(),
                        is_third,
                    });
                }
            }
        }
    }
    all
}

/// As few as it takes for each pair of two of the four to be among them.
pub fn pairwise() -> Vec<Case> {
    let mut chosen = Vec::new();
    for (row, death) in DEATHS.into_iter().enumerate() {
        for (column, fault) in faults().into_iter().enumerate() {
            chosen.push(Case {
                death,
                class: CLASSES[(row + column) % 3],
                fault,
                is_third: (row / 2 + column / 2) % 2 == 1,
            });
        }
    }
    chosen
}

#[test]
fn the_selection_has_every_pair() {
    let pairs = |cases: &[Case]| -> BTreeSet<[String; 2]> {
        let words = |case: &Case| {
            [
                format!("{:?}", case.death),
                format!("{:?}", case.class),
                format!("{:?}", case.fault),
                format!("third {}", case.is_third),
            ]
        };
        let of = |case: &Case| {
            let [a, b, c, d] = words(case);
            let pairs = [[&a, &b], [&a, &c], [&a, &d], [&b, &c], [&b, &d], [&c, &d]];
            pairs.map(|pair| pair.map(String::clone))
        };
        cases.iter().flat_map(of).collect()
    };
    assert_eq!(pairs(&pairwise()), pairs(&product()));
}
