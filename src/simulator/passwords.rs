//! Passwords: when a value is shown, and what happens when one is set (section 7 of api-facts.md).
//!
//! Unconfirmed there and chosen here: a key without Password Access reads the metadata (rather
//! than 403) and may write; a password is required to create one.

use serde_json::{Value, json};

use super::query::Query;
use super::refusal::Complaint;
use super::render;
use super::resources;
use super::schema::Resource;
use super::world::{Record, World, id_of, number, text};
use super::write::Draft;

/// Whether an answer carries values, and of which version.
#[derive(Debug, Clone, Copy)]
pub(super) struct Disclosure {
    shows: bool,
    along: bool,
    version: Option<u64>,
}

impl Disclosure {
    pub const HIDDEN: Self = Self {
        shows: false,
        along: false,
        version: None,
    };

    /// For a read of one record, which shows the value unless told not to. Only lower-case
    /// `true` and `false` are understood.
    pub fn of_show(query: &Query, access: bool) -> Self {
        let shows = access && query.value("show_password") != Some("false");
        let version = query.value("version_id").and_then(|id| id.parse().ok());
        Self {
            shows,
            along: shows,
            version,
        }
    }

    /// For an index, which shows no values; those included come with theirs.
    pub fn of_list(query: &Query, access: bool) -> Self {
        Self {
            shows: false,
            ..Self::of_show(query, access)
        }
    }

    /// For a write, which shows the value only on demand.
    pub fn of_write(query: &Query, access: bool) -> Self {
        let shows = access && query.value("show_password") == Some("true");
        Self {
            shows,
            along: shows,
            version: None,
        }
    }

    /// For the records included.
    pub fn along(self) -> Self {
        Self {
            shows: self.along,
            ..self
        }
    }
}

/// Puts the value in, where it is to be shown.
pub(super) fn disclose(world: &World, id: u64, disclosure: Disclosure, shown: &mut Record) {
    let Some(stored) = world.get("passwords", id) else {
        return;
    };
    if !disclosure.shows {
        return;
    }
    let old = disclosure.version.and_then(|version| {
        earlier(stored)
            .into_iter()
            .find(|entry| entry.get("id").and_then(id_of) == Some(version))
    });
    let value = match old {
        Some(entry) => entry.get("password").cloned(),
        None => stored.get("password").cloned(),
    };
    shown.insert("password".to_owned(), value.unwrap_or(Value::Null));
}

/// The attributes nobody writes. Takes the secrets out.
pub(super) fn compute(world: &World, stored: &Record, shown: &mut Record) {
    shown.remove("password");
    shown.remove("otp-secret");
    let has_otp = text(stored, "otp-secret").is_some_and(|secret| !secret.is_empty());
    let carrier = text(stored, "resource-type").and_then(carrier);
    let place = carrier.zip(number(stored, "resource-id"));
    let name = place.map_or(Value::Null, |(kind, id)| render::name(world, kind, id));
    let url = place.map_or(Value::Null, |(kind, id)| {
        render::attributes(world, kind, id)
            .remove("resource-url")
            .unwrap_or(Value::Null)
    });
    for (key, value) in [
        ("otp-enabled", Value::Bool(has_otp)),
        (
            "cached-resource-type-name",
            carrier.map_or(Value::Null, |kind| kind.label.into()),
        ),
        ("cached-resource-name", name),
        ("parent-url", url),
        ("personal", Value::Bool(false)),
        ("is-live", Value::Bool(false)),
        ("rotation-permitted", Value::Bool(false)),
    ] {
        shown.insert(key.to_owned(), value);
    }
}

/// The resource a password is embedded in, by its `resource-type`. A Password field of a flexible
/// asset says `flexible-asset-traits`.
pub(super) fn carrier(resource_type: &str) -> Option<&'static Resource> {
    match resource_type {
        "flexible-asset-traits" => resources::find("flexible_assets"),
        other => resources::find_loosely(other),
    }
}

/// Earlier values, the oldest first.
pub(super) fn earlier(stored: &Record) -> Vec<Value> {
    stored
        .get("_versions")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default()
}

pub(super) fn apply(world: &mut World, draft: &mut Draft<'_>) {
    check_place(world, draft.record, draft.complaints);
    check_otp(draft.record, draft.complaints);
    remember(world, draft.id, draft.before, draft.record);
}

/// Both id and type of a resource make a password embedded, neither makes it general.
fn check_place(world: &World, record: &mut Record, complaints: &mut Vec<Complaint>) {
    let kind = text(record, "resource-type").map(str::to_owned);
    match (number(record, "resource-id"), kind) {
        (None, None) => {}
        (Some(id), Some(kind)) => {
            let found = carrier(&kind).filter(|resource| is_at_home(world, resource, id, record));
            match found {
                None => complaints.push(Complaint::MustExist("resource".to_owned())),
                Some(_) if kind == "flexible-asset-traits" => {}
                Some(resource) => {
                    record.insert("resource-type".to_owned(), resource.wire.into());
                }
            }
        }
        (Some(_), None) => complaints.push(Complaint::Blank("resource-type".to_owned())),
        (None, Some(_)) => complaints.push(Complaint::Blank("resource-id".to_owned())),
    }
}

/// Whether a resource exists, in the organization of the password.
fn is_at_home(world: &World, resource: &Resource, id: u64, password: &Record) -> bool {
    world.get(resource.kind, id).is_some_and(|carrier| {
        !resource.is_of_an_organization()
            || number(carrier, "organization-id") == number(password, "organization-id")
    })
}

fn check_otp(record: &Record, complaints: &mut Vec<Complaint>) {
    let Some(secret) = text(record, "otp-secret").filter(|secret| !secret.is_empty()) else {
        return;
    };
    let is_base32 = secret
        .chars()
        .all(|letter| matches!(letter, 'A'..='Z' | '2'..='7' | '='));
    if !is_base32 || secret.len() < 16 {
        complaints.push(Complaint::attribute("otp-secret", "is invalid"));
    }
}

/// Moves `password-updated-at` and keeps the old value, when the value changes.
fn remember(world: &mut World, id: u64, before: Option<&Record>, record: &mut Record) {
    let old = before.and_then(|before| text(before, "password"));
    if old == text(record, "password") {
        return;
    }
    if let Some((before, old)) = before.zip(old) {
        let mut versions = earlier(before);
        versions.push(json!({
            "id": (id * 100 + versions.len() as u64 + 1).to_string(),
            "password": old,
            "created-at": before.get("password-updated-at"),
        }));
        record.insert("_versions".to_owned(), versions.into());
    }
    record.insert("password-updated-at".to_owned(), world.clock.tick().into());
}
