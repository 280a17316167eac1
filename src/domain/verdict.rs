//! What the policy says of a request.

use serde::{Deserialize, Serialize};

use super::names::named_enum;

named_enum! {
    /// How much care a decision needs. Ordered: the later, the more.
    pub enum Tier {
        /// Everything that is not below.
        Routine = "routine",
        /// Opened first, then decided.
        Elevated = "elevated",
        /// Every field seen, the client's name typed, step-up, a reason.
        Critical = "critical",
    }
}

named_enum! {
    /// The three answers of the policy.
    pub enum VerdictKind {
        /// Not stored, not sent; the agent is told which rule refused it.
        Refused = "refused",
        /// Stored; a technician decides.
        NeedsApproval = "needs_approval",
        /// Carried out without asking.
        Allowed = "allowed",
    }
}

/// A verdict together with the rule that gave it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The answer.
    #[serde(rename = "verdict")]
    pub kind: VerdictKind,
    /// The stable name of the rule, such as `flexible_assets.ask` or `floor.organization_delete`.
    pub rule: String,
    /// The rule in a sentence, for agents and technicians.
    pub explanation: String,
}

/// Verdict and tier of one request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// Whether it may be, and by which rule.
    pub verdict: Verdict,
    /// How much care it needs. "At least" where the body was not known.
    pub tier: Tier,
}
