//! What one reading says about an unclear send (replay protocol, section 7).

use serde::Serialize;
use serde_json::{Value, json};

use super::body;
use super::census::{candidates, census_ids, newcomers};
use super::place::Closeness;
use super::watched::{drifted, reads_as_sent, watched};
use crate::domain::{
    Item, ItemClass, ItemRequest, Operation, Record, RecordId, ResourceKind, Snapshot, Timestamp,
    UnresolvedReason, json::canonical, pointer,
};

/// How far a creation may lie before the send by IT Glue's clock.
const CLOCK_TOLERANCE_MILLIS: i64 = 60_000;

/// What a reading says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidenced {
    /// It was carried out.
    CarriedOut(Option<RecordId>),
    /// It was not, if that stays so until after the settle time.
    Unchanged,
    /// It cannot be told, if that stays so.
    CannotTell(UnresolvedReason),
}

/// A verdict with what it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What the reading says.
    pub verdict: Evidenced,
    /// For people.
    pub words: String,
    /// Equal for equal readings; to be hashed.
    pub material: String,
}

/// What was sent, and what was known before.
pub struct Question<'a> {
    /// The kind of record.
    pub kind: &'a ResourceKind,
    /// The exact request.
    pub request: &'a ItemRequest,
    /// The item.
    pub item: &'a Item,
    /// What was stored when the item was sent.
    pub before: Option<&'a Value>,
    /// The earliest moment at which our send can have made a record.
    pub created_since: Option<Timestamp>,
    /// What is known of the value that [`Self::hidden_value`] names.
    pub secret: SecretSight,
}

/// How a value that only a special read shows compares with the one that was sent. The value itself
/// is in none of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretSight {
    /// It was not read.
    NotRead,
    /// It cannot be read with this key.
    Unreadable,
    /// It is the one that was sent.
    AsSent,
    /// It is another.
    Otherwise,
}

impl SecretSight {
    /// From whether the value is the one that was sent, where that could be read.
    pub const fn of(is_as_sent: Option<bool>) -> Self {
        match is_as_sent {
            None => Self::Unreadable,
            Some(true) => Self::AsSent,
            Some(false) => Self::Otherwise,
        }
    }
}

/// What IT Glue showed.
pub enum Reading {
    /// This.
    Snapshot(Box<Snapshot>),
    /// 404 or 410.
    NotThere,
}

impl<'a> Question<'a> {
    /// About an item as it was sent, with what was stored then; `date_offset` is how far IT Glue's
    /// clock was ahead, in milliseconds. No secret is read yet.
    pub fn new(
        kind: &'a ResourceKind,
        request: &'a ItemRequest,
        item: &'a Item,
        before: Option<&'a Value>,
        date_offset: Option<i64>,
    ) -> Self {
        Self {
            kind,
            request,
            item,
            before,
            created_since: created_since(item, date_offset),
            secret: SecretSight::NotRead,
        }
    }

    /// What the reading says.
    pub fn answer(&self, reading: &Reading) -> Finding {
        match (self.request.class, self.request.operation) {
            (ItemClass::Once, Operation::Create) => self.of_create(reading),
            (ItemClass::Once, Operation::Publish) => self.of_publish(reading),
            (ItemClass::Set, _) => self.of_set(reading),
            (ItemClass::Remove, _) => self.of_remove(reading),
            (ItemClass::Once | ItemClass::Secret, _) => finding(
                Evidenced::CannotTell(UnresolvedReason::NoSearch),
                "reading cannot show what became of a write of this kind",
                &Value::Null,
            ),
        }
    }

    fn of_set(&self, reading: &Reading) -> Finding {
        let (snapshot, record) = match reading {
            Reading::Snapshot(snapshot) => match &snapshot.record {
                Some(record) => (snapshot.as_ref(), record),
                None => return unreadable(),
            },
            Reading::NotThere => {
                let verdict = Evidenced::CannotTell(UnresolvedReason::Conflict);
                return finding(verdict, "the record is gone", &Value::Null);
            }
        };
        let watched = watched(self.kind, self.request, snapshot);
        let seen = json!({ "watched": watched, "updated-at": updated_at(Some(record)) });
        let (request, shown) = without_secrets(self.kind, self.request, self.item, snapshot);
        let is_in_place = reads_as_sent(self.kind, &request, &shown, Closeness::Skeleton);
        let is_untouched = !drifted(&self.item.watched, &watched)
            && self.last_change() == updated_at(Some(record));
        if self.changes_only_secrets() {
            let is_in_place = is_in_place || sends_nothing(&request);
            return self.of_hidden_change(record, is_in_place, is_untouched, &seen);
        }
        if is_in_place && self.shows_an_arrival(&request, &shown, &watched) {
            let words = "the record shows what was approved";
            return finding(Evidenced::CarriedOut(self.request.record_id), words, &seen);
        }
        if is_untouched {
            let words = "the record is as it was before";
            return finding(Evidenced::Unchanged, words, &seen);
        }
        let words = if is_in_place {
            "what was and what was approved read alike, and the record was changed"
        } else {
            "the record shows neither what was nor what was approved"
        };
        finding(
            Evidenced::CannotTell(UnresolvedReason::Conflict),
            words,
            &seen,
        )
    }

    /// Whether a record that reads as approved tells that the write arrived: it did not read so
    /// before, or what was sent reads otherwise by now, or exactly as it was sent.
    fn shows_an_arrival(&self, request: &ItemRequest, shown: &Snapshot, watched: &Value) -> bool {
        let (_, mut before) =
            without_secrets(self.kind, self.request, self.item, &self.item.pre_image);
        before.schema = before.schema.or_else(|| shown.schema.clone());
        !reads_as_sent(self.kind, request, &before, Closeness::Skeleton)
            || self.has_moved(watched)
            || !self.clears_secret() && reads_as_sent(self.kind, request, shown, Closeness::Exact)
    }

    /// Whether anything that was sent reads otherwise than before.
    fn has_moved(&self, watched: &Value) -> bool {
        let of = |watched: &Value, attribute: &str| {
            let attributes = watched.get("attributes");
            attributes.and_then(|attributes| attributes.get(attribute).cloned())
        };
        body::sent(self.request)
            .iter()
            .any(|sent| of(watched, &sent.attribute) != of(&self.item.watched, &sent.attribute))
    }

    /// Whether an attribute is written that does not read back, whatever its value.
    fn clears_secret(&self) -> bool {
        body::sent(self.request)
            .iter()
            .any(|sent| self.kind.secret.contains(&sent.attribute))
    }

    /// Only a secret tells the record before from the record after.
    fn of_hidden_change(
        &self,
        record: &Record,
        is_in_place: bool,
        is_untouched: bool,
        seen: &Value,
    ) -> Finding {
        let (verdict, words) = match self.secret {
            SecretSight::AsSent if is_in_place => (
                Evidenced::CarriedOut(self.request.record_id),
                "the record holds the value that was sent",
            ),
            SecretSight::Otherwise if is_untouched => (
                Evidenced::Unchanged,
                "the record is as it was before, and holds another value than the one that was sent",
            ),
            SecretSight::AsSent | SecretSight::Otherwise => (
                Evidenced::CannotTell(UnresolvedReason::Conflict),
                "the record is neither as it was nor as it was approved",
            ),
            SecretSight::Unreadable => (
                Evidenced::CannotTell(UnresolvedReason::SecretUnreadable),
                "only a secret changes, which this key cannot read",
            ),
            SecretSight::NotRead => (
                Evidenced::CannotTell(UnresolvedReason::SecretUnreadable),
                "only a secret changes, which is not read here",
            ),
        };
        let words = format!("{words}; {}", password_hint(self.item, record));
        let seen = json!({ "record": seen, "secret": self.secret });
        finding(verdict, &words, &seen)
    }

    /// The value that was sent, where nothing but it tells the record before from the record after,
    /// and where it is one that can be read: the password of a password. To be compared, and
    /// neither stored nor shown.
    pub fn hidden_value(&self) -> Option<(RecordId, &str)> {
        let [pointer] = self.item.secret_pointers.as_slice() else {
            return None;
        };
        let is_readable = self.request.resource == "passwords"
            && self.request.class == ItemClass::Set
            && pointer.ends_with("/attributes/password");
        if !is_readable || !self.changes_only_secrets() {
            return None;
        }
        let value = self.request.body.as_ref()?.pointer(pointer)?.as_str()?;
        Some((self.request.record_id?, value))
    }

    fn of_remove(&self, reading: &Reading) -> Finding {
        let snapshot = match reading {
            Reading::Snapshot(snapshot) if snapshot.record.is_some() => snapshot.as_ref(),
            Reading::Snapshot(_) => return unreadable(),
            Reading::NotThere => {
                let verdict = Evidenced::CarriedOut(self.request.record_id);
                return finding(verdict, "the record is gone", &Value::Null);
            }
        };
        let watched = watched(self.kind, self.request, snapshot);
        if drifted(&self.item.watched, &watched) {
            let words = "the record is still there and was changed";
            let verdict = Evidenced::CannotTell(UnresolvedReason::Conflict);
            return finding(verdict, words, &watched);
        }
        let words = "the record is still there, as it was before";
        finding(Evidenced::Unchanged, words, &watched)
    }

    fn of_create(&self, reading: &Reading) -> Finding {
        let snapshot = match reading {
            Reading::Snapshot(snapshot) => snapshot,
            Reading::NotThere => {
                let verdict = Evidenced::CannotTell(UnresolvedReason::NotFound);
                let words = "the record it would belong to is gone";
                return finding(verdict, words, &Value::Null);
            }
        };
        let (ids, newcomers) = (self.candidates(snapshot), self.newcomers(snapshot));
        let seen = json!({
            "candidates": ids,
            "newcomers": newcomers,
            "census_taken": snapshot.census_taken,
        });
        let cannot_tell =
            |reason, words: &str| finding(Evidenced::CannotTell(reason), words, &seen);
        match ids.as_slice() {
            _ if !snapshot.census_taken => {
                cannot_tell(UnresolvedReason::NoSearch, "there is nothing to search by")
            }
            [id] => {
                let words = format!("one new record is as it was sent: {id}");
                finding(Evidenced::CarriedOut(Some(*id)), &words, &seen)
            }
            [] => {
                let words = match newcomers.as_slice() {
                    [] => "no new record is as it was sent".to_owned(),
                    ids => format!(
                        "no new record is as it was sent; new of the same name: {}",
                        listed(ids)
                    ),
                };
                cannot_tell(UnresolvedReason::NotFound, &words)
            }
            ids => {
                let words = format!("{} new records are as it was sent", ids.len());
                cannot_tell(UnresolvedReason::Ambiguous, &words)
            }
        }
    }

    /// Records that a create may have made: new since it was sent, and as it was sent.
    pub fn candidates(&self, snapshot: &Snapshot) -> Vec<RecordId> {
        let known = self.before.unwrap_or(&self.item.watched);
        let bound = self.created_since;
        candidates(self.kind, self.request, known, snapshot, bound)
    }

    /// Records of the same natural key that are new since it was sent, as it was sent or not:
    /// somebody may have changed what the send made.
    pub fn newcomers(&self, snapshot: &Snapshot) -> Vec<RecordId> {
        let known = self.before.unwrap_or(&self.item.watched);
        newcomers(known, snapshot, self.created_since)
    }

    /// Whether a record was counted before the send.
    pub fn was_there_before(&self, id: RecordId) -> bool {
        let known = self.before.unwrap_or(&self.item.watched);
        census_ids(known).contains(&id.0)
    }

    /// A draft that became visible. Where it was visible before, publishing leaves no trace.
    fn of_publish(&self, reading: &Reading) -> Finding {
        let published = |record: Option<&Record>| {
            record.and_then(|record| record.attributes.get("published")?.as_bool())
        };
        let now = match reading {
            Reading::Snapshot(snapshot) => published(snapshot.record.as_ref()),
            Reading::NotThere => None,
        };
        let before = published(self.item.pre_image.record.as_ref());
        let seen = json!({ "published": now });
        match (before, now) {
            (Some(false), Some(true)) => {
                let verdict = Evidenced::CarriedOut(self.request.record_id);
                finding(verdict, "the document is published", &seen)
            }
            (Some(false), _) => {
                let verdict = Evidenced::CannotTell(UnresolvedReason::NotFound);
                finding(verdict, "the document is not published", &seen)
            }
            (Some(true) | None, _) => {
                let verdict = Evidenced::CannotTell(UnresolvedReason::NoSearch);
                finding(verdict, "publishing again leaves no trace", &seen)
            }
        }
    }

    /// When the record had last changed before the send.
    fn last_change(&self) -> Value {
        self.before
            .and_then(|before| before.get("updated-at"))
            .cloned()
            .unwrap_or_else(|| updated_at(self.item.pre_image.record.as_ref()))
    }

    /// Whether nothing that can be read tells the record before from the record after.
    fn changes_only_secrets(&self) -> bool {
        if self.item.secret_pointers.is_empty() {
            return false;
        }
        let (request, before) =
            without_secrets(self.kind, self.request, self.item, &self.item.pre_image);
        sends_nothing(&request) || reads_as_sent(self.kind, &request, &before, Closeness::Skeleton)
    }
}

/// Whether a request without its secrets changes anything.
fn sends_nothing(request: &ItemRequest) -> bool {
    request
        .attributes()
        .is_none_or(|attributes| attributes.keys().all(|key| is_id(key)))
}

/// When IT Glue says a record last changed.
pub fn updated_at(record: Option<&Record>) -> Value {
    record
        .and_then(|record| record.attributes.get("updated-at"))
        .cloned()
        .unwrap_or_default()
}

/// The earliest moment, by IT Glue's clock, at which the send of an item can have made a record.
pub fn created_since(item: &Item, date_offset: Option<i64>) -> Option<Timestamp> {
    let sent_at = item.sent_at?;
    Some(sent_at.plus_millis(date_offset.unwrap_or(0) - CLOCK_TOLERANCE_MILLIS))
}

/// The schema a snapshot was taken with belongs to its comparison: both sides get the same.
#[must_use]
pub fn with_schema(mut snapshot: Snapshot, item: &Item) -> Snapshot {
    if let Some(schema) = &item.pre_image.schema {
        snapshot.schema = Some(schema.clone());
    }
    snapshot
}

fn is_id(attribute: &str) -> bool {
    attribute == "id"
}

/// Request and snapshot without what never reads back, so that the rest can be compared.
fn without_secrets(
    kind: &ResourceKind,
    request: &ItemRequest,
    item: &Item,
    snapshot: &Snapshot,
) -> (ItemRequest, Snapshot) {
    let (mut request, mut snapshot) = (request.clone(), snapshot.clone());
    for pointer in &item.secret_pointers {
        let Some((holder, key)) = pointer::split(pointer) else {
            continue;
        };
        if let Some(body) = &mut request.body {
            pointer::take(body, pointer);
        }
        let is_trait = holder.ends_with("/traits");
        let traits = snapshot
            .record
            .as_mut()
            .filter(|_| is_trait)
            .and_then(|record| record.attributes.get_mut("traits")?.as_object_mut());
        if let Some(traits) = traits {
            traits.remove(&key);
        }
    }
    drop_secret_attributes(kind, &mut request);
    (request, snapshot)
}

/// A secret that is cleared stands under no pointer, and does not read back either.
fn drop_secret_attributes(kind: &ResourceKind, request: &mut ItemRequest) {
    for base in ["/data/attributes", "/data/0/attributes"] {
        let attributes = request
            .body
            .as_mut()
            .and_then(|body| body.pointer_mut(base)?.as_object_mut());
        if let Some(attributes) = attributes {
            attributes.retain(|key, _| !kind.secret.contains(&key.replace('_', "-")));
        }
    }
}

/// IT Glue shows when a password has last changed, whoever reads it.
fn password_hint(item: &Item, record: &Record) -> &'static str {
    const MOVED: &str = "password-updated-at";
    let before = item.pre_image.record.as_ref();
    let then = before.and_then(|record| record.attributes.get(MOVED));
    let now = record.attributes.get(MOVED);
    if now.is_some() && then != now {
        "IT Glue says the password changed"
    } else {
        "IT Glue names no change of it"
    }
}

/// Records by their ids, for people.
pub fn listed(ids: &[RecordId]) -> String {
    let ids: Vec<String> = ids.iter().map(RecordId::to_string).collect();
    ids.join(", ")
}

fn unreadable() -> Finding {
    let words = "records of this kind cannot be read";
    finding(
        Evidenced::CannotTell(UnresolvedReason::NoSearch),
        words,
        &Value::Null,
    )
}

fn finding(verdict: Evidenced, words: &str, seen: &Value) -> Finding {
    let material = canonical(&json!({ "words": words, "seen": seen }));
    Finding {
        verdict,
        words: words.to_owned(),
        material,
    }
}
