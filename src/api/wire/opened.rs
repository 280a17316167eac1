//! A proposal as a person is shown it: with what changes, and what an approval is bound to.

use serde::Serialize;
use utoipa::ToSchema;

use super::past::{Decided, Superseded};
use super::{Links, Proposal, Request, trail};
use crate::decision::Preview;
use crate::diff::{Diff, Field, UndoClass};
use crate::domain;
use crate::domain::{
    Claim, Comment, FieldError, Fingerprint, ResourceRef, Tier, Timestamp, Verdict, Warning,
};
use crate::draft::Undoing;
use crate::review;
use crate::store::Reverting;

/// A proposal as a person is shown it: with what changes, and what an approval is bound to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OpenedProposal)]
pub struct Opened {
    #[serde(flatten)]
    proposal: Proposal,
    fingerprint: Fingerprint,
    diff: Diff,
    live_read_at: Option<Timestamp>,
    notice: Option<Notice>,
    undo: Undo,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reverted_by: Vec<Reverting>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    trails: Vec<trail::Document>,
    claim: Option<Claim>,
    comments: Vec<Comment>,
    /// What the agent had proposed, before it or a technician changed it.
    revisions: Vec<Superseded>,
    /// Those of all rounds.
    decisions: Vec<Decided>,
}

/// A proposal as an approval with edits would make it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EditPreview)]
pub struct Previewed {
    request: Request,
    tier: Tier,
    verdict: Verdict,
    resource: ResourceRef,
    warnings: Vec<Warning>,
    /// What an approval of these edits may be bound to.
    edited_fingerprint: Fingerprint,
    diff: Diff,
    undo: Undo,
    links: Links,
}

impl Previewed {
    /// As it is returned by a server that people reach at this address.
    pub fn of(preview: &Preview, public_url: &str) -> Self {
        let links = Links::for_people(&preview.proposal, public_url);
        let proposal = Proposal::of(&preview.proposal, links);
        Self {
            request: proposal.request,
            tier: proposal.tier,
            verdict: proposal.verdict,
            resource: proposal.resource,
            warnings: proposal.warnings,
            edited_fingerprint: preview.proposal.fingerprint,
            diff: diff_of(&preview.proposal, &preview.diffs),
            undo: undo(&preview.undoing),
            links: proposal.links,
        }
    }
}

/// What happened when the record was read for this answer.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
enum Notice {
    /// The record had moved: what is shown is a new round.
    Rebuilt,
    /// IT Glue no longer has the record.
    RecordGone,
    /// IT Glue could not be read; what is shown is what was read before.
    Unreachable {
        /// Why.
        detail: String,
    },
    /// The proposal does not fit the record any more.
    NoLongerFits {
        /// What does not.
        errors: Vec<FieldError>,
    },
}

/// How well a write can be undone; of several records also each.
#[derive(Debug, Serialize, ToSchema)]
struct Undo {
    class: UndoClass,
    reason: String,
    offered: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    items: Vec<UndoneItem>,
}

/// How well the write of one record can be undone.
#[derive(Debug, Serialize, ToSchema)]
struct UndoneItem {
    position: usize,
    class: UndoClass,
    reason: String,
}

impl Opened {
    /// As it is returned by a server that people reach at this address.
    pub fn of(opened: &review::Opened, public_url: &str) -> Self {
        Self {
            proposal: Proposal::of(
                &opened.proposal,
                Links::for_people(&opened.proposal, public_url),
            ),
            fingerprint: opened.proposal.fingerprint,
            diff: diff_of(&opened.proposal, &opened.diffs),
            live_read_at: opened.live_read_at,
            notice: opened.notice.as_ref().map(notice),
            undo: undo(&opened.undoing),
            reverted_by: opened.reverts.clone(),
            trails: opened.trails.iter().map(trail::document).collect(),
            claim: opened.claim.clone(),
            comments: opened.comments.clone(),
            revisions: opened.past.revisions.iter().map(Superseded::of).collect(),
            decisions: opened.past.decisions.iter().map(Decided::of).collect(),
        }
    }
}

fn notice(notice: &review::Notice) -> Notice {
    match notice {
        review::Notice::Rebuilt => Notice::Rebuilt,
        review::Notice::RecordGone => Notice::RecordGone,
        review::Notice::Unreachable(detail) => Notice::Unreachable {
            detail: detail.clone(),
        },
        review::Notice::NoLongerFits(errors) => Notice::NoLongerFits {
            errors: errors.clone(),
        },
    }
}

fn undo(undoing: &Undoing) -> Undo {
    let items = undoing.items.iter().enumerate();
    let items = items.map(|(position, undo)| UndoneItem {
        position,
        class: undo.class,
        reason: undo.reason.clone(),
    });
    let is_bulk = undoing.items.len() > 1;
    Undo {
        class: undoing.class,
        reason: undoing.reason.clone(),
        offered: undoing.is_offered,
        items: items.filter(|_| is_bulk).collect(),
    }
}

/// One diff; for a bulk write the fields of all items, each under `/items/<position>`.
fn diff_of(proposal: &domain::Proposal, diffs: &[Diff]) -> Diff {
    if let [diff] = diffs {
        return diff.clone();
    }
    let fields: Vec<Field> = diffs
        .iter()
        .enumerate()
        .flat_map(|(position, diff)| {
            diff.fields.iter().cloned().map(move |mut field| {
                field.pointer = format!("/items/{position}{}", field.pointer);
                field
            })
        })
        .collect();
    Diff {
        record: proposal.resource.clone(),
        record_label: String::new(),
        fields,
        warnings: Vec::new(),
    }
}
