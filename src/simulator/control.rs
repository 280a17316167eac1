//! Looking behind the curtain: the truth, the log, faults, other people's edits.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde_json::{Map, Value};

use super::body::folded;
use super::faults::Fault;
use super::render;
use super::resources;
use super::route;
use super::schema::Resource;
use super::state::State;
use super::world::{Record, World};
use super::write;

/// One request to the API, as the simulator saw it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Received {
    /// Method in capitals.
    pub method: String,
    /// Path without the query.
    pub path: String,
    /// Query as sent, empty if there was none.
    pub query: String,
    /// Body, if it was JSON.
    pub body: Option<Value>,
    /// Status answered, even if the client had left by then; none while and where nothing whole
    /// was sent.
    pub status: Option<u16>,
    /// Whether it was a write and was carried out.
    pub applied: bool,
    /// Milliseconds between the start of the simulator and the arrival.
    pub at_ms: u64,
}

/// A handle on a running simulator, in the same process.
///
/// Kinds are named as in paths (`flexible_assets`); sections are `document_sections`.
#[derive(Debug, Clone)]
pub struct Control {
    state: Arc<State>,
}

impl Control {
    pub(super) fn new(state: Arc<State>) -> Self {
        Self { state }
    }

    /// Adds misbehavior. Of several faults that match, the one added first strikes.
    pub fn fault(&self, fault: Fault) {
        self.state.lock().faults.push(fault);
    }

    /// Back to good behavior.
    pub fn clear_faults(&self) {
        self.state.lock().faults.clear();
    }

    /// All requests so far, in the order of their arrival.
    pub fn requests(&self) -> Vec<Received> {
        self.state.lock().log.clone()
    }

    /// The attributes of a record as they truly are, secret values included.
    pub fn record(&self, kind: &str, id: u64) -> Option<Value> {
        let resource = resources::find_loosely(kind)?;
        render::truth(&self.state.lock().world, resource, id).map(Value::Object)
    }

    /// All records of a kind, each with its `id` as a number among the attributes.
    pub fn records(&self, kind: &str) -> Vec<Value> {
        let Some(resource) = resources::find_loosely(kind) else {
            return Vec::new();
        };
        let world = self.state.lock().world.clone();
        world
            .all(resource.kind)
            .filter_map(|(id, _)| {
                let mut record = render::truth(&world, resource, id)?;
                record.insert("id".to_owned(), id.into());
                Some(record.into())
            })
            .collect()
    }

    /// Another editor at work: sets attributes, unchecked, and moves `updated-at`. Traits are set
    /// one by one, as stored (a tag is a list of ids); null takes one out. `false` if there is no
    /// such record.
    pub fn edit(&self, kind: &str, id: u64, attributes: Value) -> bool {
        let Some(resource) = resources::find_loosely(kind) else {
            return false;
        };
        edit(&mut self.state.lock().world, resource, id, attributes)
    }

    /// Another editor removes a record. `false` if there is no such record.
    pub fn remove(&self, kind: &str, id: u64) -> bool {
        let Some(resource) = resources::find_loosely(kind) else {
            return false;
        };
        write::remove(&mut self.state.lock().world, resource, id)
    }

    /// Whether the key is refused from now on.
    pub fn reject_key(&self, reject: bool) {
        self.state.lock().rejects_key = reject;
    }

    /// Whether the key may read the values of passwords from now on.
    pub fn set_password_access(&self, access: bool) {
        self.state.lock().password_access = access;
    }

    /// How long every request waits before it is handled.
    pub fn set_latency(&self, latency: Duration) {
        self.state.lock().latency = latency;
    }
}

fn edit(world: &mut World, resource: &Resource, id: u64, attributes: Value) -> bool {
    let Value::Object(attributes) = attributes else {
        return false;
    };
    let attributes = folded(&attributes);
    let now = world.clock.tick();
    let Some(record) = world.change(resource.kind, id) else {
        return false;
    };
    if attributes.contains_key("password") {
        record.insert("password-updated-at".to_owned(), now.into());
    }
    for (key, value) in attributes {
        match (key.as_str(), value) {
            ("traits", Value::Object(traits)) => set_traits(record, traits),
            (_, value) => {
                record.insert(key, value);
            }
        }
    }
    world.touch(resource.kind, id);
    true
}

fn set_traits(record: &mut Record, changes: Map<String, Value>) {
    let traits = record.entry("traits").or_insert_with(|| Map::new().into());
    let Some(traits) = traits.as_object_mut() else {
        return;
    };
    for (key, value) in changes {
        if value.is_null() {
            traits.remove(&key);
        } else {
            traits.insert(key, value);
        }
    }
}

/// Another editor on the record a path names, or a new one in the collection it names.
pub(super) fn edit_addressed(state: &State, path: &str, attributes: &Value) {
    let Some(addressed) = route::addressed(path) else {
        return;
    };
    let world = &mut state.lock().world;
    if let Some(id) = addressed.id {
        edit(world, addressed.resource, id, attributes.clone());
        return;
    }
    let mut record = attributes.as_object().map(folded).unwrap_or_default();
    if let Some((parent, via)) = addressed
        .parent
        .and_then(|parent| Some((parent, parent.via?)))
    {
        record.insert(via.to_owned(), parent.id.into());
    }
    let now = world.clock.tick();
    record.insert("created-at".to_owned(), now.clone().into());
    record.insert("updated-at".to_owned(), now.into());
    world.add(addressed.resource.kind, record);
}
