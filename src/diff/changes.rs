//! The rows of a diff, still raw: every value of a record, before and after.
//!
//! Rows may hold secrets and stay inside this folder; [`fields()`](super::fields()) hides them.

use serde_json::{Map, Value};

use super::body;
use super::place::{Place, is_empty};
use super::secrets::{holds_password, is_secret_trait};
use super::traits::{record_traits, schema_position};
use crate::domain::{
    AssetSchema, ItemRequest, Operation, Record, ResourceKind, Snapshot, named_enum, pointer,
};

named_enum! {
    /// What happens to one value of a record.
    pub enum Change {
        /// It had none and gets one.
        Added = "added",
        /// It gets another.
        Changed = "changed",
        /// It is taken away, as the request says.
        Removed = "removed",
        /// It is lost because a PATCH of traits replaces all of them.
        Erased = "erased",
        /// It stays.
        Unchanged = "unchanged",
    }
}

/// One value of a record: as the agent saw it, as it is now, as it would be.
pub(super) struct Row<'a> {
    pub place: Place<'a>,
    pub pointer: String,
    pub base: Value,
    pub live: Value,
    pub proposed: Value,
    pub change: Change,
    pub secret: bool,
}

/// What rows are made from.
pub(super) struct Input<'a> {
    pub kind: &'a ResourceKind,
    pub request: &'a ItemRequest,
    pub base: &'a Snapshot,
    /// The record as it is now, where that is known to be later than `base`.
    pub live: Option<&'a Snapshot>,
    pub secret_pointers: &'a [String],
}

impl<'a> Input<'a> {
    /// What is known now.
    pub(super) fn now(&self) -> &'a Snapshot {
        self.live.unwrap_or(self.base)
    }

    /// The fields of the type, as known now.
    pub(super) fn schema(&self) -> Option<&'a AssetSchema> {
        self.now().schema.as_ref().or(self.base.schema.as_ref())
    }

    /// Every row: erased ones first, then what changes, then what stays; within that in the order
    /// of the natural key, the required attributes, the alphabet, the schema.
    pub(super) fn rows(&self) -> Vec<Row<'a>> {
        let mut rows = match self.request.operation {
            Operation::Create => self.sent_rows(),
            Operation::Update => {
                let mut rows = self.sent_rows();
                rows.extend(self.untouched_rows(&rows));
                rows
            }
            Operation::Publish => self.publish_rows(),
            Operation::Delete => self.record_rows(Change::Removed),
            Operation::Read | Operation::ReadSecret => self.record_rows(Change::Unchanged),
        };
        rows.sort_by_cached_key(|row| (rank(row.change), self.order(&row.place)));
        rows
    }

    fn sent_rows(&self) -> Vec<Row<'a>> {
        let mut rows = Vec::new();
        for sent in body::sent(self.request) {
            if sent.attribute == "traits" && sent.value.is_object() {
                rows.extend(self.trait_rows());
            } else {
                let place = Place::Attribute(sent.attribute);
                rows.push(self.row(place, sent.pointer, Some(sent.value.clone())));
            }
        }
        for child in body::children(self.request) {
            let place = Place::Children(child.attribute);
            rows.push(self.row(place, child.pointer, Some(child.value.clone())));
        }
        rows
    }

    /// The traits a body sets, and those it erases by silence.
    fn trait_rows(&self) -> Vec<Row<'a>> {
        let Some(sent) = body::sent_traits(self.request) else {
            return Vec::new();
        };
        let mut keys: Vec<&String> = sent.values.keys().collect();
        if self.request.operation == Operation::Update {
            let present = [Some(self.base), self.live];
            let present = present.into_iter().flatten().filter_map(traits_of);
            keys.extend(present.flat_map(Map::keys));
        }
        keys.sort_unstable();
        keys.dedup();
        keys.into_iter()
            .map(|key| {
                let proposed = sent.values.get(key).cloned().unwrap_or_default();
                let pointer = pointer::member(&sent.pointer, key);
                self.row(Place::of_trait(self.schema(), key), pointer, Some(proposed))
            })
            .collect()
    }

    /// What the record holds besides.
    fn untouched_rows(&self, touched: &[Row<'_>]) -> Vec<Row<'a>> {
        let writes_traits = body::sent_value(self.request, "traits").is_some();
        let is_touched = |place: &Place<'_>| match place {
            Place::Trait(..) => writes_traits,
            Place::Attribute(attribute) => {
                self.kind.read_only.contains(attribute)
                    || touched.iter().any(|row| {
                        matches!(row.place, Place::Attribute(_)) && row.place.key() == attribute
                    })
            }
            Place::Children(_) => false,
        };
        self.record_rows(Change::Unchanged)
            .into_iter()
            .filter(|row| !is_touched(&row.place))
            .collect()
    }

    fn publish_rows(&self) -> Vec<Row<'a>> {
        let mut rows = self.record_rows(Change::Unchanged);
        rows.retain(|row| row.place.key() != "published");
        let pointer = pointer::member("/data/attributes", "published");
        let place = Place::Attribute("published".to_owned());
        let mut published = self.row(place, pointer, Some(Value::Bool(true)));
        // Publishing makes the draft visible, whether or not an older one is visible already.
        published.change = Change::Changed;
        rows.push(published);
        rows
    }

    /// Every value of the record that means something to people, under the same fate.
    fn record_rows(&self, fate: Change) -> Vec<Row<'a>> {
        let Some(record) = self.now().record.as_ref().or(self.base.record.as_ref()) else {
            return Vec::new();
        };
        let base_pointer = body::attributes_pointer(self.request.body.as_ref());
        let mut rows = Vec::new();
        for attribute in record.attributes.keys() {
            if attribute == "traits" {
                let traits_pointer = pointer::member(base_pointer, "traits");
                rows.extend(
                    record_traits(record)
                        .into_iter()
                        .flat_map(Map::keys)
                        .map(|key| {
                            let place = Place::of_trait(self.schema(), key);
                            self.row(place, pointer::member(&traits_pointer, key), None)
                        }),
                );
            } else if !self.is_noise(record, attribute) {
                let place = Place::Attribute(attribute.clone());
                rows.push(self.row(place, pointer::member(base_pointer, attribute), None));
            }
        }
        rows.retain(|row| !is_empty(&row.live));
        for row in &mut rows {
            row.change = fate;
            if fate == Change::Removed {
                row.proposed = Value::Null;
            }
        }
        rows
    }

    /// Moves by itself, or says in words what an id beside it says.
    fn is_noise(&self, record: &Record, attribute: &str) -> bool {
        attribute == "id"
            || self.kind.volatile.contains(attribute)
            || attribute
                .strip_suffix("-name")
                .is_some_and(|stem| record.attributes.contains_key(&format!("{stem}-id")))
    }

    /// One row. What is not proposed stays as it is now.
    fn row(&self, place: Place<'a>, pointer: String, proposed: Option<Value>) -> Row<'a> {
        let base = value_at(self.base, &place);
        let live = value_at(self.now(), &place);
        let is_proposed = proposed.is_some();
        let proposed = proposed.unwrap_or_else(|| live.clone());
        let secret = self.is_secret(&place, &pointer, &proposed);
        let change = if is_proposed {
            self.change(&place, &live, &proposed, secret)
        } else {
            Change::Unchanged
        };
        Row {
            place,
            pointer,
            base,
            live,
            proposed,
            change,
            secret,
        }
    }

    fn change(&self, place: &Place<'_>, now: &Value, proposed: &Value, secret: bool) -> Change {
        let is_create = self.request.operation == Operation::Create;
        let is_trait = matches!(place, Place::Trait(..));
        match (is_empty(now), is_empty(proposed)) {
            // A secret attribute never reads: that it seems empty says nothing.
            (_, _) if secret && !is_create && !is_trait => Change::Changed,
            (true, true) => Change::Unchanged,
            (true, false) if secret && !is_create => Change::Changed,
            (true, false) => Change::Added,
            (false, true) if is_trait => Change::Erased,
            (false, true) => Change::Removed,
            (false, false) if !secret && place.same(self.kind, now, proposed) => Change::Unchanged,
            (false, false) => Change::Changed,
        }
    }

    fn is_secret(&self, place: &Place<'_>, pointer: &str, proposed: &Value) -> bool {
        self.secret_pointers.iter().any(|secret| secret == pointer)
            || match place {
                Place::Attribute(attribute) => self.kind.secret.contains(attribute),
                Place::Trait(key, _) => is_secret_trait(self.schema(), key),
                Place::Children(_) => holds_password(proposed),
            }
    }

    fn order(&self, place: &Place<'_>) -> (usize, usize, String) {
        let position = |names: &[String], key: &str| names.iter().position(|name| name == key);
        match place {
            Place::Attribute(key) => {
                let among_first = position(&self.kind.natural_key, key).or_else(|| {
                    position(&self.kind.required, key).map(|at| at + self.kind.natural_key.len())
                });
                (0, among_first.unwrap_or(usize::MAX), key.clone())
            }
            Place::Trait(key, _) => (1, schema_position(self.schema(), key), key.clone()),
            Place::Children(key) => (2, 0, key.clone()),
        }
    }
}

/// The value of a record at a place; null if there is none.
pub(super) fn value_at(snapshot: &Snapshot, place: &Place<'_>) -> Value {
    let Some(record) = &snapshot.record else {
        return Value::Null;
    };
    let value = match place {
        Place::Attribute(attribute) => record.attributes.get(attribute),
        Place::Trait(key, _) => record_traits(record).and_then(|traits| traits.get(key)),
        Place::Children(_) => None,
    };
    value.cloned().unwrap_or_default()
}

fn traits_of(snapshot: &Snapshot) -> Option<&Map<String, Value>> {
    record_traits(snapshot.record.as_ref()?)
}

const fn rank(change: Change) -> u8 {
    match change {
        Change::Erased => 0,
        Change::Added | Change::Changed | Change::Removed => 1,
        Change::Unchanged => 2,
    }
}
