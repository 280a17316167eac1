//! The confirmations of saying no, for good or until the agent proposes it anew: as easy as an
//! approval, but for the reason.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;

use super::agent_words::agent_words;
use super::approve_page::nothing_to_decide;
use super::facts::heading;
use super::page::{diff_tables, number_of_page};
use super::server_fns::{Reject, SendBack};
use super::warnings::warnings;
use crate::domain::{Proposal, ProposalStatus};
use crate::web::context::{AtHand, Opened, Surroundings};
use crate::web::error::WebError;
use crate::web::handoff::Refused;
use crate::web::links;
use crate::web::ui::{Field, FormProblems, Frame, Input, loaded};

/// Confirms a rejection.
#[component]
pub fn RejectPage() -> impl IntoView {
    loaded(load(number_of_page(), Declining::Reject))
}

/// Confirms that a proposal is sent back.
#[component]
pub fn SendBackPage() -> impl IntoView {
    loaded(load(number_of_page(), Declining::SendBack))
}

/// How a proposal is declined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Declining {
    /// For good.
    Reject,
    /// Until the agent proposes it anew.
    SendBack,
}

impl Declining {
    const fn verb(self) -> &'static str {
        match self {
            Self::Reject => "Reject",
            Self::SendBack => "Send back",
        }
    }

    const fn subject(self) -> &'static str {
        match self {
            Self::Reject => "What you reject",
            Self::SendBack => "What you send back",
        }
    }

    const fn order(self) -> &'static str {
        match self {
            Self::Reject => "Reject the proposal",
            Self::SendBack => "Send the proposal back",
        }
    }

    const fn failure(self) -> &'static str {
        match self {
            Self::Reject => "It was not rejected",
            Self::SendBack => "It was not sent back",
        }
    }

    const fn hint(self) -> &'static str {
        match self {
            Self::Reject => {
                "The agent reads it: say what is wrong and what would be right. At most 2,000 \
                 characters."
            }
            Self::SendBack => {
                "The agent reads it: say what to change. It may then propose a new revision. At \
                 most 2,000 characters."
            }
        }
    }

    const fn key(self) -> &'static str {
        match self {
            Self::Reject => "r",
            Self::SendBack => "b",
        }
    }

    fn action(self) -> &'static str {
        match self {
            Self::Reject => Reject::url(),
            Self::SendBack => SendBack::url(),
        }
    }

    /// There is no agent that a revert could be sent back to.
    fn is_open_to(self, proposal: &Proposal) -> bool {
        proposal.status == ProposalStatus::Pending
            && match self {
                Self::Reject => true,
                Self::SendBack => proposal.reversal.is_none(),
            }
    }
}

async fn load(number: Option<i64>, how: Declining) -> Result<AnyView, WebError> {
    let AtHand {
        opened,
        around,
        refused,
        ..
    } = AtHand::of(number).await?;
    Ok(view! { <DeclineView how opened refused around /> }.into_any())
}

/// The confirmation, or that there is nothing to confirm.
#[component]
pub fn DeclineView(
    how: Declining,
    opened: Opened,
    refused: Refused,
    around: Surroundings,
) -> impl IntoView {
    let proposal = &opened.proposal;
    let form = if how.is_open_to(proposal) {
        decline_form(how, proposal, &refused)
    } else {
        nothing_to_decide(proposal)
    };
    let tables = diff_tables(&opened.diffs);
    let title = format!("{} #{}", how.verb(), proposal.number);
    let content = view! {
        {heading(proposal)}
        <FormProblems refused title=how.failure() />
        {form}
        {warnings(&opened)}
        <section class="changes" aria-labelledby="changes">
            <h2 id="changes">{how.subject()}</h2>
            {tables}
        </section>
        {agent_words(proposal)}
    }
    .into_any();
    view! {
        <Title text=title />
        <Frame around has_decision=true>
            {content}
        </Frame>
    }
}

fn decline_form(how: Declining, proposal: &Proposal, refused: &Refused) -> AnyView {
    view! {
        <form class="form" id="decision" tabindex="-1" method="post" action=how.action()>
            <input type="hidden" name="number" value=proposal.number.to_string() />
            <input type="hidden" name="id" value=proposal.id.to_string() />
            <input type="hidden" name="fingerprint" value=proposal.fingerprint.to_string() />
            <Field
                state=refused.field("reason")
                label="Reason"
                input=Input::Lines(3)
                hint=how.hint()
            />
            <p class="actions">
                <button class="button button--primary js-key" data-key=how.key()>
                    {how.order()}
                </button>
                <a class="button" href=links::proposal(proposal.number)>
                    "Back without deciding"
                </a>
            </p>
        </form>
    }
    .into_any()
}
