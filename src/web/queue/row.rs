//! One proposal in the queue.

use leptos::prelude::*;

use crate::domain::{Proposal, ProposalStatus, WarningCode};
use crate::web::links;
use crate::web::proposal::{Headline, count, proposer, written_fields};
use crate::web::ui::{Foreign, Moment, StatusWord, TierBadge};

/// A proposal in a list: its heading leads to it.
#[component]
pub fn Row(
    /// The proposal.
    proposal: Proposal,
    /// Who is on it, where that matters.
    #[prop(optional_no_strip)]
    claim: Option<AnyView>,
) -> impl IntoView {
    let client = proposal.resource.organization_name.clone();
    view! {
        <li class="row" data-tier=proposal.tier.as_str()>
            <h2 class="row__title">
                <a class="js-row" href=links::proposal(proposal.number)>
                    <Headline proposal=proposal.clone() />
                </a>
            </h2>
            <p class="row__facts">
                <TierBadge tier=proposal.tier />
                <span>"#" {proposal.number}</span>
                {client.map(|name| view! { <Foreign text=name /> })}
                <span>{proposal.group.label()}</span>
                {(proposal.status != ProposalStatus::Pending)
                    .then(|| view! { <StatusWord status=proposal.status /> })}
            </p>
            {effect(&proposal)}
            {origin(&proposal)}
            {claim}
        </li>
    }
}

/// How much it would do, as far as it is known without looking at IT Glue again.
fn effect(proposal: &Proposal) -> AnyView {
    let erased: usize = proposal
        .warnings
        .iter()
        .filter(|warning| warning.code == WarningCode::ErasesTraits)
        .map(|warning| warning.fields.len())
        .sum();
    let others = proposal
        .warnings
        .iter()
        .filter(|warning| warning.code != WarningCode::ErasesTraits)
        .count();
    let items = proposal.items.len();
    view! {
        <p class="row__effect">
            <span>"writes " {count(written_fields(&proposal.items), "field", "fields")}</span>
            {(items > 1).then(|| view! { <span>"in " {count(items, "record", "records")}</span> })}
            {(erased > 0)
                .then(|| {
                    view! {
                        <strong class="row__erased">
                            "! erases " {count(erased, "field", "fields")}
                        </strong>
                    }
                })}
            {(others > 0).then(|| view! { <span>{count(others, "warning", "warnings")}</span> })}
        </p>
    }
    .into_any()
}

fn origin(proposal: &Proposal) -> AnyView {
    let ticket = proposal.ticket.as_ref().map(|ticket| ticket.id.clone());
    let time_left = (proposal.status == ProposalStatus::Pending).then(|| {
        view! { <span>"expires " <Moment at=proposal.expires_at /></span> }
    });
    view! {
        <p class="row__origin">
            <span>{proposer(proposal)}</span>
            {ticket.map(|id| view! { <span>"ticket " <Foreign text=id /></span> })}
            <span>"proposed " <Moment at=proposal.created_at /></span>
            {time_left}
        </p>
    }
    .into_any()
}
