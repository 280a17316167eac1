//! The fields of an agent, the same for a new one and for one that changes.

use std::collections::BTreeMap;

use leptos::prelude::*;

use crate::domain::{GatewayWait, OrganizationId};
use crate::web::context::AgentChoices;
use crate::web::handoff::Refused;
use crate::web::ui::{Choice, Field, Foreign, Input, RadioGroup, Select};

/// Every organization of the connection.
pub const ALL: &str = "all";
/// Those that are listed, and nothing else.
pub const ONLY: &str = "only";

/// What stands in the fields at first.
#[derive(Clone, Debug, Default)]
pub struct AtFirst {
    /// The name.
    pub name: String,
    /// The id of the profile.
    pub profile: String,
    /// The id of the connection.
    pub connection: String,
    /// The id of whoever answers for it.
    pub owner: String,
    /// The organizations, where it is limited to some.
    pub organizations: Option<Vec<OrganizationId>>,
    /// How long the gateway waits.
    pub gateway_wait: GatewayWait,
}

/// Name, profile, connection, organizations and owner.
pub fn agent_fields(
    refused: &Refused,
    at_first: &AtFirst,
    choices: &AgentChoices,
    names: &BTreeMap<OrganizationId, String>,
) -> AnyView {
    view! {
        <Field
            state=refused.field_or("name", &at_first.name)
            label="Name"
            hint="It stands beside everything it proposes, such as triage-bot."
        />
        <Select
            state=refused.field_or("profile", &at_first.profile)
            label="Profile"
            hint="What it may read, and what it may propose to write."
            choices=of_pairs(&choices.profiles)
        />
        <Select
            state=refused.field_or("connection", &at_first.connection)
            label="Connection"
            hint="The IT Glue account it works in."
            choices=of_pairs(&choices.connections)
        />
        {organization_fields(refused, at_first, names)}
        <Field
            state=refused.field_or("gateway_wait", &at_first.gateway_wait.to_string())
            label="Seconds to wait at the gateway"
            hint="So long a client made for IT Glue waits for the decision on its write, 0 to 60. \
                  Then it is told that the write waits for a technician."
        />
        <Select
            state=refused.field_or("owner", &at_first.owner)
            label="Owner"
            hint="Answers for it, and does not decide its critical proposals unless nobody else can."
            choices=owners(&choices.owners, at_first)
        />
    }
    .into_any()
}

fn organization_fields(
    refused: &Refused,
    at_first: &AtFirst,
    names: &BTreeMap<OrganizationId, String>,
) -> AnyView {
    let reach = if at_first.organizations.is_some() {
        ONLY
    } else {
        ALL
    };
    let ids: Vec<String> = at_first
        .organizations
        .iter()
        .flatten()
        .map(ToString::to_string)
        .collect();
    let known: Vec<AnyView> = at_first
        .organizations
        .iter()
        .flatten()
        .filter_map(|id| Some(known(*id, names.get(id)?)))
        .collect();
    let known = (!known.is_empty()).then(|| view! { <ul class="known">{known}</ul> });
    view! {
        <RadioGroup
            state=refused.field_or("reach", reach)
            legend="Organizations"
            choices=vec![
                Choice::new(ALL, "All organizations of the connection"),
                Choice::new(ONLY, "Only those listed below")
                    .hint("Everything else is refused, reads included."),
            ]
        />
        <Field
            state=refused.field_or("organizations", &ids.join(", "))
            label="Ids of the organizations"
            hint="The numbers that stand in the addresses of IT Glue, with commas between them."
            input=Input::Lines(2)
            is_optional=true
        />
        {known}
    }
    .into_any()
}

/// An id, and the name under which it was met.
pub fn known(id: OrganizationId, name: &str) -> AnyView {
    view! {
        <li>
            <code>{id.to_string()}</code>
            " "
            <Foreign text=name.to_owned() />
        </li>
    }
    .into_any()
}

/// An agent that belongs to nobody keeps doing so until somebody is chosen.
fn owners(people: &[(String, String)], at_first: &AtFirst) -> Vec<Choice> {
    let nobody = at_first.owner.is_empty();
    let nobody = nobody.then(|| Choice::new("", "Nobody, as now"));
    nobody.into_iter().chain(of_pairs(people)).collect()
}

fn of_pairs(pairs: &[(String, String)]) -> Vec<Choice> {
    pairs
        .iter()
        .map(|(value, label)| Choice::new(value.clone(), label.clone()))
        .collect()
}
