//! A proposal in words: what it does to which record.

use leptos::prelude::*;

use crate::diff::Diff;
use crate::domain::{Item, Operation, Proposal, ResourceRef};
use crate::web::ui::Foreign;

/// "Update contact “Dana Reyes”", the name being IT Glue's.
#[component]
pub fn Headline(
    /// The proposal.
    proposal: Proposal,
) -> impl IntoView {
    let name = record_name(&proposal.resource).map(|name| {
        view! { " “" <Foreign text=name /> "”" }
    });
    view! {
        {verb(proposal.operation)}
        " "
        {kind_of(&proposal.resource)}
        {name}
    }
}

/// What it does, as a sentence begins.
pub const fn verb(operation: Operation) -> &'static str {
    match operation {
        Operation::Read => "Read",
        Operation::Create => "Create",
        Operation::Update => "Update",
        Operation::Publish => "Publish",
        Operation::Delete => "Delete",
        Operation::ReadSecret => "Hand out the value of",
    }
}

/// What people call such a record: `flexible asset`.
pub fn kind_of(resource: &ResourceRef) -> String {
    let plural = resource.json_type.replace('-', " ");
    let singular = if let Some(stem) = plural.strip_suffix("ies") {
        format!("{stem}y")
    } else {
        ["sses", "uses"]
            .iter()
            .find(|ending| plural.ends_with(**ending))
            .and_then(|_| plural.strip_suffix("es"))
            .or_else(|| plural.strip_suffix('s'))
            .unwrap_or(&plural)
            .to_owned()
    };
    if singular.is_empty() {
        "record".to_owned()
    } else {
        singular
    }
}

/// What people call the record itself, if it has a name or a number.
pub fn record_name(resource: &ResourceRef) -> Option<String> {
    resource
        .name
        .clone()
        .or_else(|| resource.id.map(|id| format!("#{id}")))
}

/// The name that is typed to confirm a critical decision: the client's, or else the record's.
pub fn name_to_type(resource: &ResourceRef) -> String {
    resource
        .organization_name
        .clone()
        .or_else(|| record_name(resource))
        .unwrap_or_else(|| kind_of(resource))
}

/// A number with its noun: "1 field", "3 fields".
pub fn count(number: usize, one: &str, many: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        number => format!("{number} {many}"),
    }
}

/// How many values the bodies carry.
pub fn written_fields(items: &[Item]) -> usize {
    items
        .iter()
        .filter_map(|item| item.request.attributes())
        .flatten()
        .map(|(attribute, value)| match value.as_object() {
            Some(traits) if attribute == "traits" => traits.len(),
            _ => 1,
        })
        .sum()
}

/// How many fields change, in all items.
pub fn changes(diffs: &[Diff]) -> usize {
    diffs
        .iter()
        .map(|diff| diff.fields.len() - diff.counts().unchanged)
        .sum()
}

/// What the button says: "Approve 4 changes to Dana Reyes".
pub fn approval(proposal: &Proposal, diffs: &[Diff]) -> String {
    let name = record_name(&proposal.resource).unwrap_or_else(|| kind_of(&proposal.resource));
    let changes = count(changes(diffs), "change", "changes");
    match proposal.operation {
        _ if proposal.items.len() > 1 => format!(
            "Approve {changes} in {}",
            count(proposal.items.len(), "record", "records")
        ),
        Operation::Create => format!("Approve creating {name}"),
        Operation::Delete => format!("Approve deleting {name}"),
        Operation::Publish => format!("Approve publishing {name}"),
        Operation::ReadSecret => format!("Approve handing out the value of {name}"),
        Operation::Update | Operation::Read => format!("Approve {changes} to {name}"),
    }
}

/// The host of an address that is shown as text; none if it does not look like https.
pub fn host_of(url: &str) -> Option<&str> {
    let authority = url.strip_prefix("https://")?;
    let end = authority
        .find(['/', '?', '#', '\\'])
        .unwrap_or(authority.len());
    let authority = authority.get(..end)?;
    let host = authority.rsplit('@').next()?;
    (!host.is_empty()).then_some(host)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("contacts", "contact")]
    #[case("flexible-assets", "flexible asset")]
    #[case("password-categories", "password category")]
    #[case("configuration-statuses", "configuration status")]
    #[case("", "record")]
    fn a_record_is_called_what_people_call_it(#[case] json_type: &str, #[case] expected: &str) {
        let resource = ResourceRef {
            json_type: json_type.to_owned(),
            ..ResourceRef::default()
        };
        assert_eq!(kind_of(&resource), expected);
    }

    #[rstest]
    #[case("https://psa.example/T-8812", Some("psa.example"))]
    #[case("https://psa.example@evil.example:8443?x", Some("evil.example:8443"))]
    #[case("https://good.example\\@evil.example/", Some("good.example"))]
    #[case("javascript:alert(1)", None)]
    #[case("http://psa.example", None)]
    #[case("https://", None)]
    fn the_host_is_told_as_a_browser_would_take_it(
        #[case] url: &str,
        #[case] expected: Option<&str>,
    ) {
        assert_eq!(host_of(url), expected);
    }
}
