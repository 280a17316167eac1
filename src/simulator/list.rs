//! Which records an index shows, and in which order.
//!
//! Filters and orders the resource does not know are ignored, the full set comes back with 200.
//! Names are compared exactly; one source says "case-sensitive substring" (section 4).

use std::cmp::Ordering;

use serde_json::Value;

use super::query::{Filter, FilterMode, Query, kebab};
use super::refusal::{Complaint, Refusal};
use super::route::{Parent, Route};
use super::schema::{Form, Resource, Special};
use super::world::{Record, World, id_of, number};
use super::{include, render};

/// The ids of the records an index shows, over all pages.
pub(super) fn select(world: &World, route: &Route, query: &Query) -> Result<Vec<u64>, Refusal> {
    let resource = route.resource;
    let filters = query.filters();
    refuse_unfiltered_assets(resource, &filters)?;
    let mut found: Vec<(u64, Record)> = world
        .all(resource.kind)
        .filter(|(_, record)| route.parent.is_none_or(|parent| is_child(record, parent)))
        .map(|(id, _)| (id, render::attributes(world, resource, id)))
        .filter(|(id, record)| {
            filters
                .iter()
                .all(|filter| !is_known(resource, filter) || passes(*id, record, filter, resource))
        })
        .collect();
    if resource.special == Special::Document {
        found.retain(|(_, record)| is_in_folder(record, &filters));
    }
    order(&mut found, resource, query);
    Ok(found.into_iter().map(|(id, _)| id).collect())
}

/// Whether a record is reached through this parent.
pub(super) fn is_child(record: &Record, parent: Parent) -> bool {
    match parent.via {
        Some(via) => number(record, via) == Some(parent.id),
        None => {
            number(record, "resource-id") == Some(parent.id)
                && include::hangs_on(record, parent.resource)
        }
    }
}

/// The type of flexible asset has to be named; how IT Glue refuses is unconfirmed, so 422.
fn refuse_unfiltered_assets(resource: &Resource, filters: &[Filter]) -> Result<(), Refusal> {
    let named = filters.iter().any(|filter| {
        filter.key == "flexible_asset_type_id"
            && filter.mode == FilterMode::Is
            && !filter.value.is_empty()
    });
    if resource.special == Special::FlexibleAsset && !named {
        let complaint = Complaint::attribute("flexible_asset_type_id", "filter is required");
        return Err(Refusal::invalid(vec![complaint]));
    }
    Ok(())
}

/// Only documents outside of folders are listed, unless a folder is asked for; `null` and an empty
/// "not equal" ask for all.
fn is_in_folder(record: &Record, filters: &[Filter]) -> bool {
    let asked = filters
        .iter()
        .find(|filter| filter.key == "document_folder_id");
    match asked {
        None => record.get("document-folder-id").is_none_or(Value::is_null),
        Some(_) => true,
    }
}

fn is_known(resource: &Resource, filter: &Filter) -> bool {
    resource.filters.contains(&filter.key.as_str())
}

fn passes(id: u64, record: &Record, filter: &Filter, resource: &Resource) -> bool {
    if filter.key == "document_folder_id" && ["", "null"].contains(&filter.value.as_str()) {
        return true;
    }
    let values = values(id, record, &filter.key);
    if is_time(resource, &filter.key) || filter.mode == FilterMode::Range {
        return values.iter().any(|value| is_within(value, &filter.value));
    }
    let is_named = filter
        .value
        .split(',')
        .any(|wanted| values.iter().any(|value| value == wanted.trim()));
    match filter.mode {
        FilterMode::Is => is_named,
        FilterMode::IsNot => !is_named,
        FilterMode::Range => false,
    }
}

fn is_time(resource: &Resource, key: &str) -> bool {
    resource
        .attribute(&kebab(key))
        .is_some_and(|attribute| attribute.form == Form::Time)
}

/// `from, to`, either of which may be `*`.
fn is_within(value: &str, range: &str) -> bool {
    let (from, to) = range.split_once(',').unwrap_or((range, "*"));
    let (from, to) = (from.trim(), to.trim());
    let compare = |bound: &str| match (value.parse::<f64>(), bound.parse::<f64>()) {
        (Ok(value), Ok(bound)) => value.total_cmp(&bound),
        _ => value.cmp(bound),
    };
    (from == "*" || compare(from) != Ordering::Less)
        && (to == "*" || compare(to) != Ordering::Greater)
}

/// What a filter compares with.
fn values(id: u64, record: &Record, key: &str) -> Vec<String> {
    match key {
        "id" => vec![id.to_string()],
        "primary_email" => primary_emails(record),
        _ => vec![plain(record.get(&kebab(key)))],
    }
}

fn primary_emails(record: &Record) -> Vec<String> {
    record
        .get("contact-emails")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter(|email| email.get("primary") == Some(&Value::Bool(true)))
        .map(|email| plain(email.get("value")))
        .collect()
}

fn plain(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

fn order(found: &mut [(u64, Record)], resource: &Resource, query: &Query) {
    let Some((key, downwards)) = query
        .sort()
        .filter(|(key, _)| resource.sorts.contains(&key.as_str()))
    else {
        return;
    };
    let attribute = kebab(&key);
    found.sort_by(|(a_id, a), (b_id, b)| {
        let order = match key.as_str() {
            "id" => a_id.cmp(b_id),
            _ => compare(a.get(&attribute), b.get(&attribute)).then(a_id.cmp(b_id)),
        };
        if downwards { order.reverse() } else { order }
    });
}

fn compare(a: Option<&Value>, b: Option<&Value>) -> Ordering {
    match (a.and_then(id_of), b.and_then(id_of)) {
        (Some(a), Some(b)) => a.cmp(&b),
        _ => plain(a).to_lowercase().cmp(&plain(b).to_lowercase()),
    }
}
