//! The record right before the write against what was shown. Pure.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::diff;
use crate::domain::{Item, ItemClass, ItemRequest, ResourceKind, Snapshot};

/// What the reading before the write says.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Comparison {
    /// As it was shown. With what is watched, as it is now.
    Unmoved(Value),
    /// There is nothing left to do.
    AlreadyInPlace,
    /// It is no longer what was shown.
    Moved {
        /// How, in a sentence.
        detail: String,
        /// What moved, by name.
        fields: Vec<String>,
    },
}

/// Compares what was read with what was shown. `request` is the exact one.
pub(super) fn compare(
    kind: &ResourceKind,
    request: &ItemRequest,
    item: &Item,
    snapshot: &Snapshot,
) -> Comparison {
    let watched = diff::watched(kind, request, snapshot);
    if !diff::drifted(&item.watched, &watched) {
        return Comparison::Unmoved(watched);
    }
    let is_in_place = request.class == ItemClass::Set
        && diff::already_in_place(kind, request, &item.pre_image, snapshot);
    if is_in_place {
        return Comparison::AlreadyInPlace;
    }
    let is_there_already = request.class == ItemClass::Once
        && !diff::census_growth(kind, request, &item.watched, snapshot).is_empty();
    let detail = if is_there_already {
        "It looks as if it is there already: a record like it appeared after the approval."
    } else {
        "The record moved after it was approved; nothing was sent."
    };
    Comparison::Moved {
        detail: detail.to_owned(),
        fields: moved(&item.watched, &watched),
    }
}

/// The names of watched attributes that differ.
fn moved(before: &Value, now: &Value) -> Vec<String> {
    let attributes = |watched: &Value| {
        watched
            .get("attributes")
            .and_then(Value::as_object)
            .cloned()
    };
    let (Some(before), Some(now)) = (attributes(before), attributes(now)) else {
        return Vec::new();
    };
    let names: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
    names
        .into_iter()
        .filter(|name| before.get(*name) != now.get(*name))
        .cloned()
        .collect()
}
