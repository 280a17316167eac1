//! "What if": a made-up call, and what the policy says to it, saved and draft side by side.

use leptos::prelude::*;

use super::question::{Typed, Wrong};
use super::words::{operation_word, verdict_word};
use crate::domain::{AgentRef, Method, Operation, PermissionGroup};
use crate::web::context::{Answer, WhatIf};
use crate::web::handoff::Refused;
use crate::web::links;
use crate::web::ui::{Choice, Field, Select, TierBadge};

/// The name of the button that asks, and what it sends.
pub const CHECK: &str = "check";
/// Asks what if.
pub const WHAT_IF: &str = "what-if";

/// The question, and the answer if it was asked.
pub fn what_if(
    typed: &Typed,
    agents: &[AgentRef],
    path: &str,
    answer: Option<&Result<WhatIf, Wrong>>,
) -> AnyView {
    let wrong = answer.and_then(|answer| answer.as_ref().err());
    let form = as_typed(typed, wrong);
    let is_exact_open = !typed.path.is_empty() || wrong.is_some_and(|wrong| wrong.field == "path");
    view! {
        <section class="card" id="what-if" tabindex="-1" aria-labelledby="what-if-title">
            <h2 id="what-if-title">"What if …"</h2>
            <p class="muted">
                "Asks the same policy that decides, with the rules as they are saved and as they \
                 stand here. Nothing is sent."
            </p>
            <Select
                state=form.field("agent")
                label="Agent"
                choices=agent_choices(agents)
            />
            <Select state=form.field("group") label="Group" choices=group_choices() />
            <Select state=form.field("action") label="Action" choices=action_choices() />
            <details open=is_exact_open || !typed.record.is_empty() || !typed.client.is_empty()>
                <summary>"A certain record, client or call"</summary>
                <div class="form">
                    <Field
                        state=form.field("record")
                        label="Record"
                        hint="Its number in IT Glue."
                        is_optional=true
                    />
                    <Field
                        state=form.field("client")
                        label="Client"
                        hint="The number of the organization. It matters for agents that are limited to some."
                        is_optional=true
                    />
                    <Select
                        state=form.field("method")
                        label="Method"
                        choices=method_choices()
                    />
                    <Field
                        state=form.field("path")
                        label="Path"
                        hint="As an agent would send it, such as /contacts/501. It counts instead of group, action and record."
                        is_optional=true
                    />
                </div>
            </details>
            <p>
                <button
                    class="button"
                    name=CHECK
                    value=WHAT_IF
                    formaction=format!("{path}#what-if")
                >
                    "Check"
                </button>
            </p>
            {answer.map(answers)}
        </section>
    }
    .into_any()
}

/// What the fields hold, and what is wrong beside which.
fn as_typed(typed: &Typed, wrong: Option<&Wrong>) -> Refused {
    Refused {
        typed: typed.fields(),
        errors: wrong
            .map(|wrong| (wrong.field.to_owned(), wrong.text.clone()))
            .into_iter()
            .collect(),
        general: None,
    }
}

fn answers(answer: &Result<WhatIf, Wrong>) -> AnyView {
    match answer {
        Ok(answer) => {
            let path = format!("{} {}", answer.route.method, answer.route.path);
            let groups: Vec<&str> = answer.groups.iter().map(|group| group.label()).collect();
            let groups = groups.join(", ");
            let agent = answer.agent.as_ref().map(|agent| {
                let name = agent.name.clone();
                view! { " by " {name} }
            });
            view! {
                <div class="answers" role="status">
                    <p>
                        <code>{path}</code>
                        {agent}
                        ", which needs "
                        {groups}
                        ":"
                    </p>
                    <dl class="answers__list">
                        {one_answer("Saved", &answer.saved)} {one_answer("Draft", &answer.draft)}
                    </dl>
                </div>
            }
            .into_any()
        }
        Err(wrong) => view! {
            <p class="field__error" role="alert">
                "! Not checked, and nothing else on this page is lost. "
                {wrong.text.clone()}
            </p>
        }
        .into_any(),
    }
}

fn one_answer(word: &'static str, answer: &Answer) -> AnyView {
    let verdict = &answer.judgement.verdict;
    let need = answer
        .need
        .as_ref()
        .map(|need| view! { <p>{need.text.clone()}</p> });
    view! {
        <div class="answer" data-verdict=verdict.kind.as_str()>
            <dt>
                {word} ": " <strong>{verdict_word(verdict.kind)}</strong>
            </dt>
            <dd>
                <p class="answer__tier">
                    "at least " <TierBadge tier=answer.judgement.tier />
                </p>
                <p>{verdict.explanation.clone()}</p>
                {need}
                <p class="muted">
                    "Rule: " <code>{verdict.rule.clone()}</code>
                </p>
            </dd>
        </div>
    }
    .into_any()
}

fn agent_choices(agents: &[AgentRef]) -> Vec<Choice> {
    let anyone = Choice::new("", "Any, limited to no clients");
    let known = agents
        .iter()
        .map(|agent| Choice::new(agent.id.to_string(), agent.name.clone()));
    std::iter::once(anyone).chain(known).collect()
}

fn group_choices() -> Vec<Choice> {
    PermissionGroup::ALL
        .iter()
        .map(|group| Choice::new(group.as_str(), group.label()))
        .collect()
}

/// What people ask about most comes first.
fn action_choices() -> Vec<Choice> {
    [
        Operation::Update,
        Operation::Create,
        Operation::Delete,
        Operation::Read,
        Operation::Publish,
        Operation::ReadSecret,
    ]
    .into_iter()
    .map(|operation| Choice::new(operation.as_str(), operation_word(operation)))
    .collect()
}

fn method_choices() -> Vec<Choice> {
    [Method::Patch, Method::Post, Method::Delete, Method::Get]
        .into_iter()
        .map(|method| Choice::new(method.as_str(), method.as_str()))
        .collect()
}

/// A proposal by its number.
pub fn proposal_link(number: i64) -> AnyView {
    view! { <a href=links::proposal(number)>{format!("#{number}")}</a> }.into_any()
}
