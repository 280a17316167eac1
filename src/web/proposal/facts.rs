//! What is certain about a proposal: the record, the client, who proposes, until when, by which rule.

use leptos::prelude::*;

use super::undoing::proposer;
use super::words::{Headline, host_of};
use crate::domain::{Proposal, ProposalStatus, Ticket};
use crate::web::ui::{Foreign, Moment, StatusWord, TierBadge};

/// The heading of a page about a proposal.
pub fn heading(proposal: &Proposal) -> AnyView {
    let client = proposal.resource.organization_name.clone();
    view! {
        <div class="heading">
            <p class="heading__path">
                <a href="/queue">"Queue"</a>
                " / #"
                {proposal.number}
            </p>
            <h1>
                <Headline proposal=proposal.clone() />
            </h1>
            <p class="heading__facts">
                {client
                    .map(|name| {
                        view! {
                            <strong class="heading__client">
                                <Foreign text=name />
                            </strong>
                        }
                    })}
                <TierBadge tier=proposal.tier />
                <StatusWord status=proposal.status />
            </p>
        </div>
    }
    .into_any()
}

/// Who, when, why it is here.
pub fn facts(proposal: &Proposal) -> AnyView {
    let expiry = (proposal.status == ProposalStatus::Pending).then(|| {
        view! {
            <div>
                <dt>"Expires"</dt>
                <dd>
                    <Moment at=proposal.expires_at />
                </dd>
            </div>
        }
    });
    let version = match (proposal.revision, proposal.round) {
        (revision, 1) => format!("revision {revision}"),
        (revision, round) => format!("revision {revision}, before people for the {round}. time"),
    };
    view! {
        <dl class="facts">
            <div>
                <dt>"Proposed by"</dt>
                <dd>
                    {proposer(proposal)}
                    ", "
                    <Moment at=proposal.created_at />
                </dd>
            </div>
            {proposal.ticket.as_ref().map(ticket)}
            {expiry}
            <div>
                <dt>"Version"</dt>
                <dd>{version}</dd>
            </div>
            <div>
                <dt>"Connection"</dt>
                <dd>
                    <Foreign text=proposal.connection.name.clone() />
                </dd>
            </div>
        </dl>
    }
    .into_any()
}

/// The ticket, its address as text: whoever wants to go there looks at the host first.
fn ticket(ticket: &Ticket) -> AnyView {
    let url = ticket.url.clone().map(|url| {
        let host = match host_of(&url) {
            Some(host) => view! { "leads to " <Foreign text=host.to_owned() /> }.into_any(),
            None => "not an https address".into_any(),
        };
        view! {
            <span class="ticket__url">
                <code>
                    <Foreign text=url />
                </code>
                " ("
                {host}
                ")"
            </span>
        }
    });
    view! {
        <div>
            <dt>"Ticket"</dt>
            <dd>
                <Foreign text=ticket.id.clone() />
                " "
                {url}
            </dd>
        </div>
    }
    .into_any()
}

/// The rule behind the verdict.
pub fn why_it_stopped(proposal: &Proposal) -> AnyView {
    view! {
        <section class="card" aria-labelledby="why">
            <h2 id="why">"Why it stopped"</h2>
            <p>
                <Foreign text=proposal.verdict.explanation.clone() />
            </p>
            <p class="muted">
                "Rule " <code>{proposal.verdict.rule.clone()}</code> ", tier " {proposal.tier.as_str()}
            </p>
        </section>
    }
    .into_any()
}

/// What is sent to IT Glue, for those who read requests.
pub fn request(proposal: &Proposal) -> AnyView {
    let lines: Vec<AnyView> = proposal
        .items
        .iter()
        .map(|item| {
            let route = item.request.route.to_string();
            let body = item
                .request
                .body
                .as_ref()
                .and_then(|body| serde_json::to_string_pretty(body).ok());
            view! {
                <li>
                    <code>
                        <Foreign text=route />
                    </code>
                    {body
                        .map(|body| {
                            view! {
                                <pre class="raw">
                                    <Foreign text=body />
                                </pre>
                            }
                        })}
                </li>
            }
            .into_any()
        })
        .collect();
    view! {
        <details class="card">
            <summary>"What is sent to IT Glue"</summary>
            <ol class="requests">{lines}</ol>
        </details>
    }
    .into_any()
}
