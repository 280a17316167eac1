//! Related items in the answer to a read: each tells the name of a record, often one of another group.
//!
//! Invariant: an agent whose profile keeps a group from it is told nothing of a record there; a related
//! item that does not say what it leads to could lead anywhere.

use super::catalogue;
use super::judge::may_read;
use super::locate::Located;
use crate::domain::json::Tree;
use crate::domain::{GroupRules, GroupSet, PermissionGroup};

const RELATED_ITEMS: &str = "related_items";

/// Type and id of a record.
type Identity<'a> = (Option<Tree<'a>>, Option<Tree<'a>>);

/// Takes out of an answer the related items that lead to a record of which the profile lets nothing be
/// read, and such records themselves. Looks at nothing where none can be.
pub fn keep_readable(rules: &GroupRules, located: &Located, document: &mut Tree<'_>) {
    if may_read(rules, every_group()) || !brings_related_items(located) {
        return;
    }
    let is_list = located.endpoint.resource == RELATED_ITEMS;
    let mut gone = Vec::new();
    for (key, part) in document.members_mut().into_iter().flatten() {
        match key.as_ref() {
            "data" if is_list => gone.extend(keep(part, |item| may_read(rules, ends(item)))),
            "included" => gone.extend(keep(part, |record| may_read(rules, groups_of(record)))),
            _ => {}
        }
    }
    if let Some(data) = document.get_mut("data") {
        forget(data, &gone);
    }
}

fn brings_related_items(located: &Located) -> bool {
    let is_asked_for = |(key, value): &(String, String)| {
        key == "include" && value.split(',').any(|name| name == RELATED_ITEMS)
    };
    located.endpoint.resource == RELATED_ITEMS || located.route.query.iter().any(is_asked_for)
}

/// Keeps the records of a part that may stay there, and tells which went.
fn keep<'a>(part: &mut Tree<'a>, may_stay: impl Fn(&Tree<'a>) -> bool) -> Vec<Identity<'a>> {
    match part {
        Tree::Array(records) => records
            .extract_if(.., |record| !may_stay(record))
            .map(|record| identity(&record))
            .collect(),
        Tree::Object(_) if !may_stay(part) => vec![identity(&std::mem::replace(part, Tree::Null))],
        Tree::Object(_) | Tree::Null | Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) => {
            Vec::new()
        }
    }
}

fn identity<'a>(record: &Tree<'a>) -> Identity<'a> {
    (record.get("type").cloned(), record.get("id").cloned())
}

/// Takes the identifiers of what went out of the relationships of the records that are left.
fn forget<'a>(part: &mut Tree<'a>, gone: &[Identity<'a>]) {
    if gone.is_empty() {
        return;
    }
    let records = match part {
        Tree::Array(records) => records.as_mut_slice(),
        one => std::slice::from_mut(one),
    };
    for record in records {
        let relationships = record.get_mut("relationships").and_then(Tree::members_mut);
        for (_, relationship) in relationships.into_iter().flatten() {
            if let Some(Tree::Array(identifiers)) = relationship.get_mut("data") {
                identifiers.retain(|identifier| !gone.contains(&identity(identifier)));
            }
        }
    }
}

/// The groups of a record that came along. What is no record of a known kind belongs to the record it
/// came along with.
fn groups_of(record: &Tree<'_>) -> GroupSet {
    let kind = text(record, "type").and_then(catalogue::kind_of_type);
    match kind {
        Some(kind) if kind.name == RELATED_ITEMS => ends(record),
        Some(kind) => GroupSet::of(kind.group),
        None if names_destination(record) => ends(record),
        None => GroupSet::default(),
    }
}

fn names_destination(record: &Tree<'_>) -> bool {
    kinds_named(record).any(|(key, _)| key == "destination-type")
}

/// The groups of the records that a related item leads from and to; every group, where one of them is
/// not known.
fn ends(item: &Tree<'_>) -> GroupSet {
    let mut groups = GroupSet::default();
    let mut is_known = false;
    for (_, kind) in kinds_named(item) {
        let Some(found) = kind.and_then(catalogue::groups_of_named) else {
            return every_group();
        };
        groups = found.iter().fold(groups, GroupSet::with);
        is_known = true;
    }
    if is_known { groups } else { every_group() }
}

/// The attributes of a record that name kinds, `destination-type` and the like, as they are spelled with
/// hyphens. None: it names none that could be one.
fn kinds_named<'t>(record: &'t Tree<'_>) -> impl Iterator<Item = (String, Option<&'t str>)> {
    let attributes = match record.get("attributes") {
        Some(Tree::Object(attributes)) => attributes.as_slice(),
        Some(Tree::Null | Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) | Tree::Array(_))
        | None => &[],
    };
    attributes
        .iter()
        .filter(|(_, value)| *value != Tree::Null)
        .map(|(key, value)| (key.replace('_', "-"), as_text(value)))
        .filter(|(key, _)| key.ends_with("-type"))
}

fn text<'t>(record: &'t Tree<'_>, key: &str) -> Option<&'t str> {
    record.get(key).and_then(as_text)
}

fn as_text<'t>(value: &'t Tree<'_>) -> Option<&'t str> {
    match value {
        Tree::Text(text) => Some(text),
        Tree::Null | Tree::Bool(_) | Tree::Number(_) | Tree::Array(_) | Tree::Object(_) => None,
    }
}

fn every_group() -> GroupSet {
    PermissionGroup::ALL.iter().copied().collect()
}
