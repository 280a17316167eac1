//! Misbehavior on demand.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::chance::Chance;

/// One piece of misbehavior and the requests it strikes.
///
/// As JSON the fields of the kind stand beside the others:
/// `{"method": "PATCH", "path_contains": "/contacts", "kind": "error_after", "status": 500}`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Fault {
    /// Strikes this method only.
    #[serde(default)]
    pub method: Option<String>,
    /// Strikes paths that contain this text only.
    #[serde(default)]
    pub path_contains: Option<String>,
    /// How many matching requests are drawn for, after `skip`; 1 if left out of the JSON.
    #[serde(default = "once")]
    pub times: u32,
    /// How many matching requests are let through first.
    #[serde(default)]
    pub skip: u32,
    /// How likely each is struck: 100 is always; drawn from the seeded generator.
    #[serde(default = "always")]
    pub probability_percent: u8,
    /// What happens.
    #[serde(flatten)]
    pub kind: FaultKind,
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FaultKind {
    /// The connection is reset; nothing is applied.
    ResetBefore,
    /// The connection is reset after the request was applied.
    ResetAfter,
    /// An error; nothing is applied.
    ErrorBefore {
        /// HTTP status.
        status: u16,
    },
    /// An error after the request was applied.
    ErrorAfter {
        /// HTTP status.
        status: u16,
    },
    /// Nothing happens for a while, then the request is applied and answered, whether or not the
    /// client is still there.
    HangThenApply {
        /// Milliseconds before it is applied.
        ms: u64,
    },
    /// The connection is closed at once and the request applied later.
    ApplyAfterClientLeft {
        /// Milliseconds before it is applied.
        ms: u64,
    },
    /// 429 although the limit is not reached; nothing is applied.
    TooManyRequests {
        /// Value of `Retry-After`, sent as it is: seconds, a date, or nonsense.
        #[serde(default)]
        retry_after: Option<String>,
    },
    /// Applied at once, answered late.
    Slow {
        /// Milliseconds before the answer.
        ms: u64,
    },
    /// Applied; the answer ends in the middle of its head.
    CutHead,
    /// Applied; the answer ends in the middle of its body, short of its content-length.
    CutBody,
    /// Applied; answered 201 with a page of HTML.
    CreatedWithHtml,
    /// 307 to somewhere else; nothing is applied.
    Redirect {
        /// Value of `Location`.
        location: String,
    },
    /// Applied; the answer names another id.
    WrongId,
    /// Applied; the answer says this of the record, whatever holds.
    Claims {
        /// The attributes it says.
        attributes: Value,
    },
    /// Answered as if applied; nothing is applied.
    AcceptedAndIgnored,
    /// Someone else changes the addressed record just before this request is handled. On a
    /// collection someone else adds a record with these attributes.
    OtherEditor {
        /// The attributes changed, as in [`Control::edit`](super::Control::edit).
        attributes: Value,
    },
    /// The same just after.
    OtherEditorAfter {
        /// The attributes changed.
        attributes: Value,
    },
}

impl Fault {
    /// A fault that strikes the next request, whatever it is.
    pub fn next(kind: FaultKind) -> Self {
        Self {
            method: None,
            path_contains: None,
            times: once(),
            skip: 0,
            probability_percent: always(),
            kind,
        }
    }

    /// The same for requests of one method only.
    #[must_use]
    pub fn on(mut self, method: &str) -> Self {
        self.method = Some(method.to_owned());
        self
    }

    fn matches(&self, method: &str, path: &str) -> bool {
        self.method
            .as_ref()
            .is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
            && self
                .path_contains
                .as_ref()
                .is_none_or(|part| path.contains(part))
    }
}

fn once() -> u32 {
    1
}

fn always() -> u8 {
    100
}

/// The faults still to strike, first come first served.
#[derive(Debug, Default)]
pub(super) struct FaultQueue {
    waiting: Vec<Fault>,
}

impl FaultQueue {
    pub fn push(&mut self, fault: Fault) {
        self.waiting.push(fault);
    }

    pub fn clear(&mut self) {
        self.waiting.clear();
    }

    /// What strikes this request, if anything.
    pub fn draw(&mut self, method: &str, path: &str, chance: &mut Chance) -> Option<FaultKind> {
        let mut struck = None;
        for fault in self
            .waiting
            .iter_mut()
            .filter(|fault| fault.matches(method, path))
        {
            if fault.skip > 0 {
                fault.skip -= 1;
                continue;
            }
            if fault.times == 0 {
                continue;
            }
            fault.times -= 1;
            if chance.percent(fault.probability_percent) {
                struck = Some(fault.kind.clone());
                break;
            }
        }
        self.waiting.retain(|fault| fault.times > 0);
        struck
    }
}
