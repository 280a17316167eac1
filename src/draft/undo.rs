//! How well a proposal can be undone, and what would undo it once it was applied.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::diff::{self, Undo, UndoClass, Ways, Written};
use crate::domain::{
    GroupRules, Item, ItemState, Method, Operation, OrganizationScope, Proposal, Record, RecordId,
    ResultKind, Snapshot, TraitsMode, VerdictKind, Warning, WarningCode,
};
use crate::policy::{Call, Subject, Way, catalogue, classify, judge, way_to, way_to_several};

/// How well a proposal can be undone, record by record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undoing {
    /// The worst of its records.
    pub class: UndoClass,
    /// Why, in whole sentences.
    pub reason: String,
    /// Whether a revert can be proposed for at least a part of it.
    pub is_offered: bool,
    /// Each record, in order.
    pub items: Vec<Undo>,
}

/// The request that would undo what a proposal did, on the records as they are now.
#[derive(Clone, Debug, PartialEq)]
pub struct Inverse {
    /// The method.
    pub method: Method,
    /// IT Glue's path.
    pub path: String,
    /// The body.
    pub body: Option<Value>,
    /// What becomes of traits that are not mentioned.
    pub traits: TraitsMode,
    /// What a technician should know of it.
    pub warnings: Vec<Warning>,
}

/// Why nothing can be proposed to undo what a proposal did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoInverse {
    /// No field holds what was written any more.
    NothingLeft {
        /// Labels of fields that others have changed since.
        left_alone: Vec<String>,
    },
    /// It takes somebody in IT Glue; why, in whole sentences.
    ByHand(String),
}

/// An item that was applied, and its record as it is now; `None` if there is none.
pub type Seen<'a> = (&'a Item, Option<Snapshot>);

/// How well a proposal could be undone, under the rules that its revert would be judged by.
pub fn undoing(proposal: &Proposal, rules: &GroupRules) -> Undoing {
    let items: Vec<Undo> = proposal
        .items
        .iter()
        .map(|item| undo_of(item, rules))
        .collect();
    let worst = items.iter().max_by_key(|undo| undo.class);
    Undoing {
        class: worst.map_or(UndoClass::ByHand, |undo| undo.class),
        reason: worst.map_or_else(String::new, |undo| undo.reason.clone()),
        is_offered: items.iter().any(|undo| undo.is_offered),
        items,
    }
}

/// Whether an item has changed something in IT Glue, and that is known.
pub fn has_changed_something(item: &Item) -> bool {
    item.progress.state == ItemState::Applied && item.result == Some(ResultKind::Applied)
}

/// What would undo these items of a proposal.
///
/// # Errors
/// [`NoInverse`] if there is nothing that could be proposed.
pub fn inverse(
    proposal: &Proposal,
    seen: &[Seen<'_>],
    rules: &GroupRules,
) -> Result<Inverse, NoInverse> {
    match proposal.operation {
        Operation::Update => inverse_of_update(proposal, seen),
        Operation::Create => inverse_of_create(seen, rules),
        Operation::Delete => inverse_of_delete(seen, rules),
        Operation::Publish | Operation::Read | Operation::ReadSecret => {
            Err(NoInverse::ByHand(undoing(proposal, rules).reason))
        }
    }
}

fn undo_of(item: &Item, rules: &GroupRules) -> Undo {
    let Some(written) = written(item) else {
        return Undo::by_hand("This kind of record is not known any more.");
    };
    let (resource, parent) = (&item.request.resource, item.request.parent.as_ref());
    let ways = Ways {
        creates: way_to(Operation::Create, resource, None, parent).is_some(),
        no_delete: no_delete(item, rules),
    };
    diff::undo(&written, &ways)
}

fn written(item: &Item) -> Option<Written<'_>> {
    Some(Written {
        kind: catalogue::resource(&item.request.resource)?,
        request: &item.request,
        before: &item.pre_image,
        secret_pointers: &item.secret_pointers,
    })
}

/// Why the record an item makes could not be deleted again.
fn no_delete(item: &Item, rules: &GroupRules) -> Option<String> {
    if item.request.operation != Operation::Create {
        return None;
    }
    let (resource, parent) = (&item.request.resource, item.request.parent.as_ref());
    if resource == "organizations" {
        return Some("An organization is never deleted from here.".to_owned());
    }
    if let Some(why) = not_ours_alone(item) {
        return Some(why.to_owned());
    }
    // Any id will do: no rule asks which record it is.
    let record = item.resource_id.unwrap_or(RecordId(1));
    let Some(way) = way_to(Operation::Delete, resource, Some(record), parent) else {
        return Some("IT Glue takes no request that deletes such a record.".to_owned());
    };
    let body = way
        .is_array
        .then(|| named(&item.resource.json_type, &[record]));
    let call = Call {
        method: way.method.as_str(),
        path: &way.path,
        body: body.as_ref(),
    };
    let classified = classify(&call).ok()?;
    let scope = OrganizationScope::All;
    let subject = Subject {
        rules,
        scope: &scope,
    };
    let verdict = judge(&subject, &classified.located, None).verdict;
    (verdict.kind == VerdictKind::Refused).then_some(verdict.explanation)
}

/// Why nobody can say that a record which was made holds nothing but what was sent.
fn not_ours_alone(item: &Item) -> Option<&'static str> {
    if !has_changed_something(item) {
        return None;
    }
    match (item.verified, &item.post_image) {
        (None, _) => Some("It has not been read back yet, so nobody knows what it holds."),
        (Some(true), Some(after)) if !diff::changed_before_read_back(after) => None,
        (Some(true), Some(_)) => {
            Some("Somebody had changed it by the time it was read back, and that would go with it.")
        }
        (Some(_), _) => Some(
            "It did not read back as it was sent: it may hold what somebody else put into it, or \
             be another record.",
        ),
    }
}

fn inverse_of_update(proposal: &Proposal, seen: &[Seen<'_>]) -> Result<Inverse, NoInverse> {
    let mut parts = Vec::new();
    let (mut left_alone, mut lost) = (Vec::new(), Vec::new());
    let mut touched = Vec::new();
    for (item, live) in seen {
        let (Some(written), Some(live)) = (written(item), live) else {
            continue;
        };
        let back = diff::put_back(&written, item.post_image.as_ref(), &item.differences, live);
        left_alone.extend(back.left_alone);
        lost.extend(back.lost);
        if !back.attributes.is_empty() {
            parts.push((*item, back.attributes));
            touched.push(*item);
        }
    }
    if parts.is_empty() {
        return Err(if left_alone.is_empty() && !lost.is_empty() {
            NoInverse::ByHand(cannot_put_back(&lost).detail)
        } else {
            NoInverse::NothingLeft { left_alone }
        });
    }
    let has_traits = parts.iter().any(|(_, part)| part.contains_key("traits"));
    let path = match touched.as_slice() {
        [item] => item.request.route.path.clone(),
        _ => proposal.request.path.clone(),
    };
    let is_array = match touched.as_slice() {
        [item] => item.request.body.as_ref().is_some_and(is_array),
        _ => true,
    };
    let parts: Vec<Value> = parts
        .into_iter()
        .map(|(item, mut attributes)| {
            if let Some(id) = item.request.record_id.filter(|_| is_array) {
                attributes.insert("id".to_owned(), json!(id.0));
            }
            json!({"type": item.resource.json_type, "attributes": attributes})
        })
        .collect();
    let mut warnings = Vec::new();
    if !left_alone.is_empty() {
        warnings.push(left_alone_by(&left_alone));
    }
    if !lost.is_empty() {
        warnings.push(cannot_put_back(&lost));
    }
    Ok(Inverse {
        method: Method::Patch,
        path,
        body: Some(data(parts, is_array)),
        traits: if has_traits {
            TraitsMode::Merge
        } else {
            TraitsMode::Replace
        },
        warnings,
    })
}

fn inverse_of_create(seen: &[Seen<'_>], rules: &GroupRules) -> Result<Inverse, NoInverse> {
    let (mut left_alone, mut by_hand) = (Vec::new(), Vec::new());
    let mut made: Vec<(&Item, RecordId)> = Vec::new();
    for (item, live) in seen {
        let undo = undo_of(item, rules);
        if !undo.is_offered {
            by_hand.push(undo.reason);
            continue;
        }
        let Some(record) = live.as_ref().and_then(|live| live.record.as_ref()) else {
            continue;
        };
        let changed = changed_since(item, record);
        if changed.is_empty() {
            made.push((item, record.id));
        } else {
            left_alone.extend(changed);
        }
    }
    let Some((first, _)) = made.first() else {
        return Err(match by_hand.pop() {
            Some(reason) => NoInverse::ByHand(reason),
            None => NoInverse::NothingLeft { left_alone },
        });
    };
    let (resource, parent) = (&first.request.resource, first.request.parent.as_ref());
    let ids: Vec<RecordId> = made.iter().map(|(_, id)| *id).collect();
    let way = match ids.as_slice() {
        [id] => way_to(Operation::Delete, resource, Some(*id), parent),
        _ => way_to_several(Operation::Delete, resource, parent),
    };
    let way = way.ok_or_else(one_by_one)?;
    let body = way.is_array.then(|| named(&first.resource.json_type, &ids));
    let mut warnings: Vec<Warning> = by_hand
        .iter()
        .map(String::as_str)
        .map(left_by_hand)
        .collect();
    if !left_alone.is_empty() {
        warnings.push(left_alone_by(&left_alone));
    }
    Ok(Inverse {
        method: way.method,
        path: way.path,
        body,
        traits: TraitsMode::Replace,
        warnings,
    })
}

fn changed_since(item: &Item, record: &Record) -> Vec<String> {
    written(item).map_or_else(Vec::new, |written| {
        diff::changed_since(&written, item.post_image.as_ref(), record)
    })
}

fn inverse_of_delete(seen: &[Seen<'_>], rules: &GroupRules) -> Result<Inverse, NoInverse> {
    let mut lost = Vec::new();
    let mut parts: Vec<(&Item, Map<String, Value>)> = Vec::new();
    for (item, live) in seen {
        let undo = undo_of(item, rules);
        if !undo.is_offered {
            return Err(NoInverse::ByHand(undo.reason));
        }
        // What is there again was brought back by somebody else.
        let is_gone = live.as_ref().is_none_or(|live| live.record.is_none());
        let anew = written(item).and_then(|written| diff::made_anew(&written));
        if let (true, Some((attributes, missing))) = (is_gone, anew) {
            lost.extend(missing);
            parts.push((item, attributes));
        }
    }
    let Some((first, _)) = parts.first() else {
        return Err(NoInverse::NothingLeft {
            left_alone: Vec::new(),
        });
    };
    let (resource, parent) = (&first.request.resource, first.request.parent.as_ref());
    let way: Way = if parts.len() == 1 {
        way_to(Operation::Create, resource, None, parent)
    } else {
        way_to_several(Operation::Create, resource, parent)
    }
    .ok_or_else(one_by_one)?;
    let parts: Vec<Value> = parts
        .into_iter()
        .map(
            |(item, attributes)| json!({"type": item.resource.json_type, "attributes": attributes}),
        )
        .collect();
    let warnings = (!lost.is_empty()).then(|| cannot_put_back(&lost));
    Ok(Inverse {
        method: way.method,
        path: way.path,
        body: Some(data(parts, way.is_array)),
        traits: TraitsMode::Replace,
        warnings: warnings.into_iter().collect(),
    })
}

fn one_by_one() -> NoInverse {
    NoInverse::ByHand(
        "IT Glue takes such records one by one, and a proposal is one request. They have to be \
         brought back in IT Glue."
            .to_owned(),
    )
}

fn is_array(body: &Value) -> bool {
    body.get("data").is_some_and(Value::is_array)
}

/// Records by their ids, as bodies name them.
fn named(json_type: &str, ids: &[RecordId]) -> Value {
    let parts = ids
        .iter()
        .map(|id| json!({"type": json_type, "attributes": {"id": id.0}}));
    data(parts.collect(), true)
}

fn data(mut parts: Vec<Value>, is_array: bool) -> Value {
    match (is_array, parts.len()) {
        (false, 1) => json!({ "data": parts.remove(0) }),
        _ => json!({ "data": parts }),
    }
}

fn left_alone_by(labels: &[String]) -> Warning {
    Warning {
        code: WarningCode::LeftAlone,
        detail: format!(
            "Changed by others since, and left as it is: {}.",
            labels.join(", ")
        ),
        fields: labels.to_vec(),
    }
}

fn left_by_hand(reason: &str) -> Warning {
    Warning {
        code: WarningCode::LeftAlone,
        detail: format!("Of several records one is left as it is. {reason}"),
        fields: Vec::new(),
    }
}

fn cannot_put_back(labels: &[String]) -> Warning {
    Warning {
        code: WarningCode::CannotPutBack,
        detail: format!(
            "What this held before cannot be put back, because it is a secret, a file, or a value \
             that IT Glue does not show: {}.",
            labels.join(", ")
        ),
        fields: labels.to_vec(),
    }
}
