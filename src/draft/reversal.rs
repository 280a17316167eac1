//! What is different about a draft that takes an earlier write back.

use super::Draft;
use crate::diff;
use crate::domain::{
    Item, ItemRequest, Operation, Proposal, Snapshot, VerdictKind, Warning, WarningCode,
};
use crate::policy::{Located, Subject, catalogue, judge};

impl Draft {
    /// The draft of a proposal that a person made: it always waits for a technician, and says so in
    /// its own words. What a floor asks for stays as it is. What the revert leaves out counts when
    /// it is judged, as any other warning does.
    #[must_use]
    pub fn of_person(
        mut self,
        subject: &Subject<'_>,
        located: &Located,
        left_out: &[Warning],
    ) -> Self {
        if !left_out.is_empty() {
            self.warnings.extend_from_slice(left_out);
            self.facts.other_warnings = true;
            self.judgement = judge(subject, located, Some(&self.facts));
        }
        let verdict = &mut self.judgement.verdict;
        if verdict.kind == VerdictKind::NeedsApproval && !verdict.rule.starts_with("floor.") {
            "revert.ask".clone_into(&mut verdict.rule);
            "A person proposes to take an earlier write back. Such a proposal always waits for a \
             technician, whatever the profile of the agent says."
                .clone_into(&mut verdict.explanation);
        }
        self
    }
}

/// What a revert leaves out, as it said when it was proposed.
pub fn left_out(proposal: &Proposal) -> Vec<Warning> {
    let leaves_out = |code| matches!(code, WarningCode::LeftAlone | WarningCode::CannotPutBack);
    let warnings = proposal.warnings.iter();
    warnings
        .filter(|warning| leaves_out(warning.code))
        .cloned()
        .collect()
}

/// Labels of what others have changed since a revert was proposed, and what these requests of it
/// would overwrite or delete.
pub fn overtaken(items: &[Item], requests: &[ItemRequest], snapshots: &[Snapshot]) -> Vec<String> {
    let mut labels: Vec<String> = items
        .iter()
        .zip(requests)
        .zip(snapshots)
        .filter(|((_, request), _)| request.operation != Operation::Create)
        .filter_map(|((item, request), now)| {
            let kind = catalogue::resource(&request.resource)?;
            let then = item.base();
            Some(diff::overtaken(kind, request, then, now))
        })
        .flatten()
        .collect();
    labels.sort_unstable();
    labels.dedup();
    labels
}
