//! All records, as they truly are.
//!
//! A world is cheap to clone, since tables and records are shared until they are written. A write
//! works on a clone that replaces the world only when every part of it is accepted, which is what
//! makes a bulk write all or nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::clock::Clock;

/// Attributes in kebab-case. Keys that begin with `_` are the simulator's own and never answered.
pub(super) type Record = Map<String, Value>;

type Table = BTreeMap<u64, Arc<Record>>;

/// New records get ids from here on, far from those of the content a world starts with.
const FIRST_NEW_ID: u64 = 100_001;

#[derive(Debug, Clone)]
pub(super) struct World {
    tables: BTreeMap<&'static str, Arc<Table>>,
    next_id: u64,
    pub clock: Clock,
}

impl World {
    pub fn empty() -> Self {
        Self {
            tables: BTreeMap::new(),
            next_id: FIRST_NEW_ID,
            clock: Clock::default(),
        }
    }

    pub fn get(&self, kind: &str, id: u64) -> Option<&Record> {
        self.tables.get(kind)?.get(&id).map(AsRef::as_ref)
    }

    /// The records of a kind, by rising id.
    pub fn all(&self, kind: &str) -> impl Iterator<Item = (u64, &Record)> {
        self.tables
            .get(kind)
            .into_iter()
            .flat_map(|table| table.iter().map(|(id, record)| (*id, record.as_ref())))
    }

    /// The records of a kind whose attribute holds this id.
    pub fn linked<'a>(
        &'a self,
        kind: &str,
        attribute: &'a str,
        id: u64,
    ) -> impl Iterator<Item = (u64, &'a Record)> {
        self.all(kind)
            .filter(move |(_, record)| number(record, attribute) == Some(id))
    }

    pub fn put(&mut self, kind: &'static str, id: u64, record: Record) {
        let table = self.tables.entry(kind).or_default();
        Arc::make_mut(table).insert(id, Arc::new(record));
    }

    pub fn add(&mut self, kind: &'static str, record: Record) -> u64 {
        let id = self.reserve_id();
        self.put(kind, id, record);
        id
    }

    pub fn reserve_id(&mut self) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        id
    }

    pub fn change(&mut self, kind: &str, id: u64) -> Option<&mut Record> {
        let table = self.tables.get_mut(kind)?;
        Arc::make_mut(table).get_mut(&id).map(Arc::make_mut)
    }

    pub fn remove(&mut self, kind: &str, id: u64) -> bool {
        self.tables
            .get_mut(kind)
            .is_some_and(|table| Arc::make_mut(table).remove(&id).is_some())
    }

    /// Moves `updated-at` of a record to now.
    pub fn touch(&mut self, kind: &str, id: u64) {
        let now = self.clock.tick();
        if let Some(record) = self.change(kind, id) {
            record.insert("updated-at".to_owned(), now.into());
        }
    }
}

pub(super) fn text<'a>(record: &'a Record, key: &str) -> Option<&'a str> {
    record.get(key)?.as_str()
}

pub(super) fn number(record: &Record, key: &str) -> Option<u64> {
    record.get(key)?.as_u64()
}

pub(super) fn is_true(record: &Record, key: &str) -> bool {
    record.get(key).and_then(Value::as_bool) == Some(true)
}

/// An id as clients write it: a number or a string of digits.
pub(super) fn id_of(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.parse().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}
