//! What technicians tell each other on the page of a proposal: who is on it, and what they know.
//! Each stands under the name the server knows; text is text, so it can look like nothing else.

mod server_fns;

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;

pub use self::server_fns::{ClaimProposal, CommentOn, ReleaseClaim};
use crate::domain::{Claim, Comment, CommentText, Proposal, ProposalStatus};
use crate::web::context::{Opened, Viewer};
use crate::web::handoff::Refused;
use crate::web::ui::{Field, Foreign, FormProblems, Input, Moment};

/// Who is on a proposal that waits, and the way to say that oneself is, which leads back to `next`,
/// if there is one.
pub fn claim_line(
    proposal: &Proposal,
    claim: Option<&Claim>,
    viewer: &Viewer,
    next: Option<String>,
) -> Option<AnyView> {
    if proposal.status != ProposalStatus::Pending {
        return None;
    }
    let said = claim.map(|claim| claimed(claim, viewer));
    let form = viewer
        .role
        .may_decide()
        .then(|| claim_form(proposal, claim, viewer, next));
    (said.is_some() || form.is_some()).then(|| {
        view! {
            <div class="claim">
                {said.map(|said| view! { <p class="claim__who">{said}</p> })} {form}
            </div>
        }
        .into_any()
    })
}

/// Whose claim it is, in words.
fn claimed(claim: &Claim, viewer: &Viewer) -> AnyView {
    if claim.person == viewer.id {
        return view! { "You are on it, since " <Moment at=claim.at /> "." }.into_any();
    }
    view! {
        <Foreign text=claim.name.clone() />
        " is on it, since "
        <Moment at=claim.at />
        ". Nobody is kept from deciding."
    }
    .into_any()
}

/// Says that oneself is on it, or no longer is; leads back to `next`, if there is one.
fn claim_form(
    proposal: &Proposal,
    claim: Option<&Claim>,
    viewer: &Viewer,
    next: Option<String>,
) -> AnyView {
    let is_own = claim.is_some_and(|claim| claim.person == viewer.id);
    let (action, words) = match (is_own, claim) {
        (true, _) => (ReleaseClaim::url(), "Release"),
        (false, Some(_)) => (ClaimProposal::url(), "Take it over"),
        (false, None) => (ClaimProposal::url(), "Claim"),
    };
    let about = format!("{words} #{}", proposal.number);
    let next = next.map(|next| view! { <input type="hidden" name="next" value=next /> });
    view! {
        <form method="post" action=action>
            <input type="hidden" name="number" value=proposal.number.to_string() />
            <input type="hidden" name="id" value=proposal.id.to_string() />
            {next}
            <button class="button js-key" data-key="c" title="Key: c" aria-label=about>
                {words}
            </button>
        </form>
    }
    .into_any()
}

/// Whether this is a comment that was not added.
pub fn is_comment(refused: &Refused) -> bool {
    refused.value("text").is_some()
}

/// What people said among themselves, and the field to say something.
pub fn comments(opened: &Opened, viewer: &Viewer, refused: &Refused) -> AnyView {
    let lines: Vec<AnyView> = opened.comments.iter().map(comment).collect();
    let count = lines.len();
    let list = if count == 0 {
        view! { <p class="muted">"Nobody has said anything yet."</p> }.into_any()
    } else {
        view! { <ol class="stack">{lines}</ol> }.into_any()
    };
    let form = viewer
        .role
        .may_decide()
        .then(|| comment_form(&opened.proposal, refused));
    view! {
        <section class="card comments" id="comments" tabindex="-1" aria-labelledby="comments-title">
            <h2 id="comments-title">"Comments (" {count} ")"</h2>
            <p class="muted">"Among people alone; the agent never sees them."</p>
            {list}
            {form}
        </section>
    }
    .into_any()
}

fn comment(comment: &Comment) -> AnyView {
    view! {
        <li class="comment">
            <p class="comment__by">
                <strong>
                    <Foreign text=comment.name.clone() />
                </strong>
                " said, "
                <Moment at=comment.at />
                ":"
            </p>
            <p class="comment__text">
                <Foreign text=comment.text.clone() />
            </p>
        </li>
    }
    .into_any()
}

fn comment_form(proposal: &Proposal, refused: &Refused) -> AnyView {
    let hint = format!("Plain text, at most {} characters.", CommentText::MOST);
    view! {
        <form class="form" method="post" action=CommentOn::url()>
            <FormProblems refused=refused.clone() title="The comment was not added" />
            <input type="hidden" name="number" value=proposal.number.to_string() />
            <input type="hidden" name="id" value=proposal.id.to_string() />
            <Field state=refused.field("text") label="Comment" input=Input::Lines(3) hint />
            <p class="actions">
                <button class="button js-key" data-key="m" title="Key: m">
                    "Add the comment"
                </button>
            </p>
        </form>
    }
    .into_any()
}

#[cfg(test)]
mod tests;
