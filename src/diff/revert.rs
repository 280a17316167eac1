//! The inverse of a write that was carried out: what it would take to have the record again as it
//! was, over those fields that still hold what was written.

use serde_json::{Map, Value};

use super::changes::value_at;
use super::labels::{attribute_label, trait_label};
use super::place::{Closeness, Place};
use super::traits::record_traits;
use super::undo::{Earlier, Written, attributes_anew, changed_rows, earlier, label_of};
use crate::domain::{
    Difference, ItemRequest, Operation, Record, ResourceKind, Snapshot, Timestamp,
};

/// For so long IT Glue may itself complete a record that was just made, such as its name.
const COMPLETION_MILLIS: i64 = 1_000;

/// What an update would carry to put a record back.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PutBack {
    /// The attributes; traits among them are those that change, and no others.
    pub attributes: Map<String, Value>,
    /// Labels of fields that somebody has changed since, so they stay.
    pub left_alone: Vec<String>,
    /// Labels of fields whose earlier value cannot be put back.
    pub lost: Vec<String>,
}

/// What would put a record back that was updated: `after` is the record as it was read back then,
/// with `differences` where it did not read as sent; `live` as it is now.
pub fn put_back(
    written: &Written<'_>,
    after: Option<&Record>,
    differences: &[Difference],
    live: &Snapshot,
) -> PutBack {
    let mut back = PutBack::default();
    let mut traits = Map::new();
    for row in changed_rows(written) {
        let now = value_at(live, &row.place);
        // What read back otherwise was not made by the write, but by somebody or something else.
        let is_other = differences.iter().any(|one| one.pointer == row.pointer);
        let after = after.filter(|_| !is_other);
        let is_as_before = row.place.same(written.kind, &row.base, &now) && !row.secret;
        match earlier(written, &row) {
            Earlier::Untouched => {}
            Earlier::Lost | Earlier::Value(_) if is_as_before => {}
            Earlier::Lost => back.lost.push(label_of(written, &row)),
            Earlier::Value(_)
                if !holds_ours(written, after, &row.place, &row.proposed, &now, row.secret) =>
            {
                back.left_alone.push(label_of(written, &row));
            }
            Earlier::Value(value) => match &row.place {
                Place::Trait(key, _) => {
                    traits.insert(key.clone(), value);
                }
                Place::Attribute(key) | Place::Children(key) => {
                    back.attributes.insert(key.clone(), value);
                }
            },
        }
    }
    if !traits.is_empty() {
        back.attributes
            .insert("traits".to_owned(), Value::Object(traits));
    }
    back
}

/// Whether a field still holds what was written, as it was sent or as IT Glue made it read.
fn holds_ours(
    written: &Written<'_>,
    after: Option<&Record>,
    place: &Place<'_>,
    sent: &Value,
    now: &Value,
    is_secret: bool,
) -> bool {
    let then = after.map(|after| match place {
        Place::Attribute(attribute) => after.attributes.get(attribute),
        Place::Trait(key, _) => record_traits(after).and_then(|traits| traits.get(key)),
        Place::Children(_) => None,
    });
    let is_as_read_back =
        then.is_some_and(|then| place.same(written.kind, then.unwrap_or(&Value::Null), now));
    // What was sent of a secret is hidden here, and says nothing.
    is_as_read_back || !is_secret && place.reads_back(written.kind, sent, now, Closeness::Skeleton)
}

/// What a create would carry to make a deleted record anew, and the labels of what it cannot carry.
pub fn made_anew(written: &Written<'_>) -> Option<(Map<String, Value>, Vec<String>)> {
    let record = written.before.record.as_ref()?;
    Some(attributes_anew(written.kind, written.before, record))
}

/// Labels of what was changed on a created record since it was read back: deleting it would take
/// that away as well.
pub fn changed_since(written: &Written<'_>, after: Option<&Record>, live: &Record) -> Vec<String> {
    let mut labels: Vec<String> = match after {
        Some(after) => {
            let verification =
                super::verify::verify(written.kind, written.request, Some(after), live, None);
            let fields = verification.differences.into_iter();
            let sent = fields.filter(|field| !is_as(after, live, &field.pointer));
            let sent = sent.map(|field| field.label);
            verification
                .concurrent_edits
                .into_iter()
                .chain(sent)
                .collect()
        }
        None => super::verify::verify(written.kind, written.request, None, live, None)
            .differences
            .into_iter()
            .map(|field| field.label)
            .collect(),
    };
    labels.sort_unstable();
    labels.dedup();
    labels
}

/// Whether a created record had been changed by the time it was read back: nobody knows what of it
/// is somebody else's.
pub fn changed_before_read_back(after: &Record) -> bool {
    let at = |attribute| after.text(attribute)?.parse::<Timestamp>().ok();
    match (at("created-at"), at("updated-at")) {
        (Some(created_at), Some(updated_at)) => {
            updated_at.millis_since(created_at) > COMPLETION_MILLIS
        }
        (Some(_) | None, Some(_) | None) => false,
    }
}

/// Labels of the fields that differ between two readings and that this request sets; if it deletes
/// the record, of all that differ.
pub fn overtaken(
    kind: &ResourceKind,
    request: &ItemRequest,
    then: &Snapshot,
    now: &Snapshot,
) -> Vec<String> {
    let schema = then.schema.as_ref().or(now.schema.as_ref());
    let mut places: Vec<Place<'_>> = match request.operation {
        Operation::Delete => everything(kind, then, now),
        Operation::Create
        | Operation::Update
        | Operation::Publish
        | Operation::Read
        | Operation::ReadSecret => super::body::sent(request)
            .into_iter()
            .map(|sent| Place::Attribute(sent.attribute))
            .collect(),
    };
    places.retain(|place| !matches!(place, Place::Attribute(name) if name == "traits"));
    let all_traits = [then, now].map(|one| one.record.as_ref().and_then(record_traits));
    let keys: Vec<String> = match super::body::sent_traits(request) {
        Some(sent) => sent.values.keys().cloned().collect(),
        None if request.operation == Operation::Delete => {
            let all = all_traits.into_iter().flatten().flat_map(Map::keys);
            all.cloned().collect()
        }
        None => Vec::new(),
    };
    places.extend(keys.iter().map(|key| Place::of_trait(schema, key)));
    let mut labels: Vec<String> = places
        .into_iter()
        .filter(|place| !place.same(kind, &value_at(then, place), &value_at(now, place)))
        .map(|place| match &place {
            Place::Attribute(key) => attribute_label(kind, key),
            Place::Trait(key, _) => trait_label(schema, key),
            Place::Children(key) => super::labels::humanise(key),
        })
        .collect();
    labels.sort_unstable();
    labels.dedup();
    labels
}

/// Every attribute of a record that does not change by itself.
fn everything<'a>(kind: &ResourceKind, then: &Snapshot, now: &Snapshot) -> Vec<Place<'a>> {
    [then, now]
        .into_iter()
        .filter_map(|snapshot| snapshot.record.as_ref())
        .flat_map(|record| record.attributes.keys())
        .filter(|attribute| !kind.volatile.contains(*attribute))
        .map(|attribute| Place::Attribute(attribute.clone()))
        .collect()
}

/// Whether the value that a pointer into a body leads to reads the same in two records.
fn is_as(one: &Record, other: &Record, pointer: &str) -> bool {
    let path = pointer
        .strip_prefix("/data/0/attributes")
        .or_else(|| pointer.strip_prefix("/data/attributes"));
    let Some(path) = path else { return false };
    let mut segments = path.splitn(3, '/').skip(1);
    let attribute = segments.next().map(super::body::kebab).unwrap_or_default();
    let value = |record: &Record| record.attributes.get(&attribute).cloned();
    match (value(one), value(other), segments.next()) {
        (Some(one), Some(other), Some(rest)) => {
            let pointer = format!("/{rest}");
            one.pointer(&pointer) == other.pointer(&pointer)
        }
        (one, other, _) => one == other,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;
    use crate::diff::fixtures;

    fn back(
        kind: &ResourceKind,
        request: &ItemRequest,
        before: &Snapshot,
        live: &Snapshot,
    ) -> PutBack {
        let written = Written {
            kind,
            request,
            before,
            secret_pointers: &[],
        };
        put_back(&written, None, &[], live)
    }

    fn contact_with(changes: &Value) -> Snapshot {
        let mut snapshot = fixtures::contact_snapshot();
        let record = snapshot.record.as_mut().unwrap();
        let changes = changes.as_object().unwrap().clone();
        record.attributes.extend(changes);
        snapshot
    }

    fn contact_back(live: &Snapshot) -> PutBack {
        let sent = json!({"title": "CIO", "important": false, "contact-type-id": 4});
        let request = fixtures::patch_contact(sent);
        let before = fixtures::contact_snapshot();
        back(&fixtures::contacts(), &request, &before, live)
    }

    #[test]
    fn fields_that_hold_ours_get_their_earlier_value() {
        let live = contact_with(&json!({"title": "CIO", "important": false}));
        let back = contact_back(&live);
        assert_eq!(
            Value::Object(back.attributes),
            json!({"title": "IT Manager", "important": true})
        );
        assert_eq!((back.left_alone.len(), back.lost.len()), (0, 0));
    }

    #[test]
    fn what_somebody_changed_since_is_left_alone_and_named() {
        let live = contact_with(&json!({"title": "Owner", "important": false}));
        let back = contact_back(&live);
        assert_eq!(Value::Object(back.attributes), json!({"important": true}));
        assert_eq!(back.left_alone, ["Title"]);
    }

    #[test]
    fn where_everything_is_as_before_there_is_nothing_to_put_back() {
        assert_eq!(
            contact_back(&fixtures::contact_snapshot()),
            PutBack::default()
        );
    }

    #[test]
    fn what_it_glue_made_of_ours_is_still_ours() {
        let request = fixtures::patch_contact(json!({"title": " cio "}));
        let before = fixtures::contact_snapshot();
        let kind = fixtures::contacts();
        let written = Written {
            kind: &kind,
            request: &request,
            before: &before,
            secret_pointers: &[],
        };
        let live = contact_with(&json!({"title": "Chief Information Officer"}));
        let after = live.record.clone().unwrap();
        let back = put_back(&written, Some(&after), &[], &live);
        assert_eq!(
            Value::Object(back.attributes),
            json!({"title": "IT Manager"})
        );
    }

    #[test]
    fn what_somebody_changed_before_the_reading_back_is_not_ours() {
        let sent = json!({"title": "CIO", "important": false});
        let request = fixtures::patch_contact(sent);
        let (kind, before) = (fixtures::contacts(), fixtures::contact_snapshot());
        let written = Written {
            kind: &kind,
            request: &request,
            before: &before,
            secret_pointers: &[],
        };
        let live = contact_with(&json!({"title": "Theirs", "important": false}));
        let after = live.record.clone().unwrap();
        let read = crate::diff::verify(&kind, &request, before.record.as_ref(), &after, None);
        assert!(!read.verified);
        let back = put_back(&written, Some(&after), &read.differences, &live);
        assert_eq!(Value::Object(back.attributes), json!({"important": true}));
        assert_eq!(back.left_alone, ["Title"]);
    }

    #[test]
    fn what_a_waiting_revert_would_overwrite_is_named_and_nothing_else() {
        let kind = fixtures::contacts();
        let request = fixtures::patch_contact(json!({"title": "CIO"}));
        let then = fixtures::contact_snapshot();
        let of = |request: &ItemRequest, changes: &Value| {
            overtaken(&kind, request, &then, &contact_with(changes))
        };
        assert_eq!(of(&request, &json!({"title": "Theirs"})), ["Title"]);
        assert!(of(&request, &json!({"first-name": "Theirs"})).is_empty());
        let deleted = fixtures::delete("contacts", 501);
        assert_eq!(of(&deleted, &json!({"title": "Theirs"})), ["Title"]);
        assert!(of(&deleted, &json!({})).is_empty());
        let kind = fixtures::flexible_assets();
        let request = fixtures::patch_traits(json!({"location": "Rack 3"}));
        let then = fixtures::asset_snapshot();
        let of = |key: &str| {
            let mut now = fixtures::asset_snapshot();
            let record = now.record.as_mut().unwrap();
            record.attributes["traits"][key] = json!("Theirs");
            overtaken(&kind, &request, &then, &now)
        };
        assert_eq!(of("location"), ["Location"]);
        assert!(of("type").is_empty());
    }

    #[test]
    fn traits_go_back_one_by_one_and_added_ones_are_cleared() {
        let request = fixtures::patch_traits(json!({"owner": [503], "location": "Rack 3"}));
        let before = fixtures::asset_snapshot();
        let mut live = fixtures::asset_snapshot();
        let record = live.record.as_mut().unwrap();
        record.attributes["traits"] = json!({
            "owner": {"type": "Contacts", "values": [{"id": 503}]}, "location": "Rack 4"});
        let back = back(&fixtures::flexible_assets(), &request, &before, &live);
        let traits = &back.attributes["traits"];
        assert_eq!(traits["owner"], json!([501, 502]));
        assert_eq!(traits["type"], "Exchange", "it was erased");
        assert!(traits.get("location").is_none());
        assert_eq!(back.left_alone, ["Location"]);
        assert_eq!(back.lost, ["Admin login", "Contract"]);
    }

    #[test]
    fn a_deleted_record_is_made_anew_from_what_it_held() {
        let request = fixtures::delete("contacts", 501);
        let (kind, before) = (fixtures::contacts(), fixtures::contact_snapshot());
        let written = Written {
            kind: &kind,
            request: &request,
            before: &before,
            secret_pointers: &[],
        };
        let (attributes, lost) = made_anew(&written).unwrap();
        assert_eq!(attributes["title"], "IT Manager");
        assert_eq!(attributes["organization-id"], 2);
        assert!(!attributes.contains_key("created-at"));
        assert!(!attributes.contains_key("organization-name"));
        assert_eq!(lost, Vec::<String>::new());
    }

    #[rstest]
    #[case::as_it_was_made("2026-11-21T14:02:11.000Z", false)]
    #[case::completed("2026-11-21T14:02:11.350Z", false)]
    #[case::worked_on("2026-11-21T14:02:19.000Z", true)]
    #[case::unknown("", false)]
    fn a_created_record_tells_that_it_was_changed_before_it_was_read_back(
        #[case] updated_at: &str,
        #[case] expected: bool,
    ) {
        let times = json!({"created-at": "2026-11-21T14:02:11.000Z", "updated-at": updated_at});
        let after = contact_with(&times).record.unwrap();
        assert_eq!(changed_before_read_back(&after), expected);
    }

    #[test]
    fn what_changed_on_a_created_record_is_named() {
        let body = json!({"data": {"attributes": {
            "organization-id": 2, "first-name": "Dana", "last-name": "Reyes"}}});
        let request = fixtures::create("contacts", body);
        let (kind, before) = (fixtures::contacts(), Snapshot::default());
        let written = Written {
            kind: &kind,
            request: &request,
            before: &before,
            secret_pointers: &[],
        };
        let after = fixtures::contact();
        assert_eq!(
            changed_since(&written, Some(&after), &after),
            Vec::<String>::new()
        );
        let live = contact_with(&json!({"title": "CIO", "last-name": "Moreau"}));
        let live = live.record.unwrap();
        assert_eq!(
            changed_since(&written, Some(&after), &live),
            ["Last name", "Title"]
        );
    }
}
