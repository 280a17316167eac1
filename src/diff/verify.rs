//! 200 is not proof: whether the record shows what was sent.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::body;
use super::echo::is_echo;
use super::labels::{attribute_label, trait_label};
use super::place::{Closeness, Place, is_empty};
use super::secrets::{HIDDEN_WORDS, is_secret_trait};
use super::traits::record_traits;
use crate::domain::{
    AssetSchema, Difference, FieldKind, ItemRequest, Normalisation, Operation, Record,
    ResourceKind, pointer,
};

/// What the read back says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Verification {
    /// Everything that was sent, and reads, reads back as sent.
    pub verified: bool,
    /// What does not.
    pub differences: Vec<Difference>,
    /// Labels of what changed at the same time without having been sent: somebody else's edit.
    pub concurrent_edits: Vec<String>,
}

/// Compares a written record with what was sent, and the rest of it with what it was before.
pub fn verify(
    kind: &ResourceKind,
    request: &ItemRequest,
    before: Option<&Record>,
    after: &Record,
    schema: Option<&AssetSchema>,
) -> Verification {
    let reading = Reading {
        kind,
        request,
        before,
        after,
        schema,
    };
    let differences = reading.differences();
    Verification {
        verified: differences.is_empty(),
        differences,
        concurrent_edits: reading.concurrent_edits(),
    }
}

struct Reading<'a> {
    kind: &'a ResourceKind,
    request: &'a ItemRequest,
    before: Option<&'a Record>,
    after: &'a Record,
    schema: Option<&'a AssetSchema>,
}

impl Reading<'_> {
    fn differences(&self) -> Vec<Difference> {
        match self.request.operation {
            Operation::Delete => vec![self.still_there()],
            Operation::Publish => self.unpublished().into_iter().collect(),
            Operation::Read | Operation::ReadSecret => Vec::new(),
            Operation::Create | Operation::Update => {
                let mut differences = self.attribute_differences();
                differences.extend(self.trait_differences());
                differences
            }
        }
    }

    fn still_there(&self) -> Difference {
        Difference {
            pointer: "/data".to_owned(),
            label: self.kind.label.clone(),
            sent: Value::Null,
            found: Value::from(self.after.id.to_string()),
        }
    }

    fn unpublished(&self) -> Option<Difference> {
        let found = self.after.attributes.get("published").cloned();
        (found != Some(Value::Bool(true))).then(|| Difference {
            pointer: "/data/attributes/published".to_owned(),
            label: attribute_label(self.kind, "published"),
            sent: Value::Bool(true),
            found: found.unwrap_or_default(),
        })
    }

    fn attribute_differences(&self) -> Vec<Difference> {
        body::sent(self.request)
            .into_iter()
            .filter(|sent| sent.attribute != "traits" && !self.never_reads(&sent.attribute))
            .filter(|sent| {
                let (kind, request, before) = (self.kind, self.request, self.before);
                !is_echo(kind, request, before, &sent.attribute, sent.value)
            })
            .filter_map(|sent| {
                let found = self.after.attributes.get(&sent.attribute);
                let found = found.unwrap_or(&Value::Null);
                let label = attribute_label(self.kind, &sent.attribute);
                let before = self.before.map(|before| &before.attributes);
                let place = Place::Attribute(sent.attribute);
                let is_as_sent = self.reads_back(&place, before, sent.value, found);
                (!is_as_sent).then(|| Difference {
                    pointer: sent.pointer,
                    label,
                    sent: sent.value.clone(),
                    found: found.clone(),
                })
            })
            .collect()
    }

    /// Whether what was found is what was sent. Where the field reads as before, it has to be so
    /// for whoever reads it, too: otherwise the write was accepted and nothing came of it.
    fn reads_back(
        &self,
        place: &Place<'_>,
        before: Option<&Map<String, Value>>,
        sent: &Value,
        found: &Value,
    ) -> bool {
        let is_as_before = before.is_some_and(|before| {
            let before = before.get(place.key()).unwrap_or(&Value::Null);
            place.same(self.kind, before, found)
        });
        let closeness = if is_as_before {
            Closeness::Readable
        } else {
            Closeness::Text
        };
        place.reads_back(self.kind, sent, found, closeness)
    }

    /// Attributes that are ignored do read, and show that they were: those are differences.
    fn never_reads(&self, attribute: &str) -> bool {
        self.kind.secret.contains(attribute)
            || self.kind.volatile.contains(attribute)
            || self.kind.normalises.get(attribute) == Some(&Normalisation::WriteOnly)
    }

    fn trait_differences(&self) -> Vec<Difference> {
        let Some(sent) = body::sent_traits(self.request) else {
            return Vec::new();
        };
        let nothing = Map::new();
        let found = record_traits(self.after).unwrap_or(&nothing);
        let mut differences: Vec<Difference> = sent
            .values
            .iter()
            .filter_map(|(key, sent_value)| {
                self.trait_difference(&sent.pointer, key, sent_value, found.get(key))
            })
            .collect();
        let erased = self.before.and_then(record_traits).unwrap_or(&nothing);
        differences.extend(
            erased
                .iter()
                .filter(|(key, value)| !is_empty(value) && !sent.values.contains_key(*key))
                .filter(|_| self.request.operation == Operation::Update)
                .filter_map(|(key, _)| {
                    self.trait_difference(&sent.pointer, key, &Value::Null, found.get(key))
                }),
        );
        differences
    }

    fn trait_difference(
        &self,
        pointer: &str,
        key: &str,
        sent: &Value,
        found: Option<&Value>,
    ) -> Option<Difference> {
        let found = found.unwrap_or(&Value::Null);
        let place = Place::of_trait(self.schema, key);
        let is_secret = is_secret_trait(self.schema, key);
        let is_file =
            super::schema::is_upload(sent) || place.field_kind() == Some(FieldKind::Upload);
        let is_as_sent = if is_secret || is_file {
            is_empty(sent) == is_empty(found)
        } else {
            let before = self.before.and_then(record_traits);
            self.reads_back(&place, before, sent, found)
        };
        let show = |value: &Value| match value {
            value if is_empty(value) => Value::Null,
            _ if is_secret => Value::from(HIDDEN_WORDS),
            _ if is_file => Value::from("a file"),
            value => value.clone(),
        };
        (!is_as_sent).then(|| Difference {
            pointer: pointer::member(pointer, key),
            label: trait_label(self.schema, key),
            sent: show(sent),
            found: show(found),
        })
    }

    fn concurrent_edits(&self) -> Vec<String> {
        let Some(before) = self.before else {
            return Vec::new();
        };
        let nothing = Map::new();
        let mut edits: Vec<String> = keys_of(&before.attributes, &self.after.attributes)
            .into_iter()
            .filter(|attribute| !self.moves_with_the_write(attribute))
            .filter(|attribute| {
                let place = Place::Attribute((*attribute).clone());
                self.moved(&place, &before.attributes, &self.after.attributes)
            })
            .map(|attribute| attribute_label(self.kind, attribute))
            .collect();
        if body::sent_value(self.request, "traits").is_none() {
            let then = record_traits(before).unwrap_or(&nothing);
            let now = record_traits(self.after).unwrap_or(&nothing);
            let moved = keys_of(then, now)
                .into_iter()
                .filter(|key| self.moved(&Place::of_trait(self.schema, key), then, now));
            edits.extend(moved.map(|key| trait_label(self.schema, key)));
        } else {
            edits.extend(self.traits_from_elsewhere());
        }
        edits
    }

    /// Traits that were neither there before nor sent.
    fn traits_from_elsewhere(&self) -> Vec<String> {
        let nothing = Map::new();
        let before = self.before.and_then(record_traits).unwrap_or(&nothing);
        let sent = body::sent_traits(self.request);
        record_traits(self.after)
            .into_iter()
            .flatten()
            .filter(|(_, value)| !is_empty(value))
            .filter(|(key, _)| before.get(*key).is_none_or(is_empty))
            .filter(|(key, _)| {
                sent.as_ref()
                    .is_none_or(|sent| !sent.values.contains_key(*key))
            })
            .map(|(key, _)| trait_label(self.schema, key))
            .collect()
    }

    fn moves_with_the_write(&self, attribute: &str) -> bool {
        attribute == "traits"
            || attribute == "id"
            || self.kind.volatile.contains(attribute)
            || self.kind.read_only.contains(attribute)
            || self.kind.secret.contains(attribute)
            || self.is_derived(attribute)
            || body::sent_value(self.request, attribute).is_some()
            || (self.request.operation == Operation::Publish && attribute == "published")
    }

    /// Names that IT Glue makes from other values: the twin of an id, the name of a person or of a
    /// flexible asset.
    fn is_derived(&self, attribute: &str) -> bool {
        let has = |attribute: &str| self.after.attributes.contains_key(attribute);
        match attribute.strip_suffix("-name") {
            Some(stem) => has(&format!("{stem}-id")),
            None => attribute == "name" && (has("traits") || has("first-name")),
        }
    }

    fn moved(
        &self,
        place: &Place<'_>,
        before: &Map<String, Value>,
        after: &Map<String, Value>,
    ) -> bool {
        let before = before.get(place.key()).unwrap_or(&Value::Null);
        let after = after.get(place.key()).unwrap_or(&Value::Null);
        !place.same(self.kind, before, after)
    }
}

fn keys_of<'a>(one: &'a Map<String, Value>, other: &'a Map<String, Value>) -> Vec<&'a String> {
    let mut keys: Vec<&String> = one.keys().chain(other.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;
    use crate::diff::fixtures;
    use crate::domain::{RecordId, Snapshot};

    fn verify_contact(attributes: Value, change: impl FnOnce(&mut Record)) -> Verification {
        let request = fixtures::patch_contact(attributes);
        let before = fixtures::contact();
        let mut after = fixtures::applied(&request, &fixtures::contact_snapshot());
        change(&mut after);
        verify(&fixtures::contacts(), &request, Some(&before), &after, None)
    }

    fn verify_traits(traits: Value, change: impl FnOnce(&mut Value)) -> Verification {
        let request = fixtures::patch_traits(traits);
        let snapshot: Snapshot = fixtures::asset_snapshot();
        let mut after = fixtures::applied(&request, &snapshot);
        change(after.attributes.get_mut("traits").unwrap());
        let kind = fixtures::flexible_assets();
        verify(
            &kind,
            &request,
            snapshot.record.as_ref(),
            &after,
            snapshot.schema.as_ref(),
        )
    }

    #[rstest]
    #[case::reformatted("notes", json!("<div>Call <b>first</b></div>"), json!("<p>Call <strong>first</strong></p>\n"))]
    #[case::folded("first-name", json!("DANA "), json!("Dana"))]
    #[case::id("location-id", json!("31"), json!(31))]
    #[case::line_breaks("title", json!("a\r\nb"), json!("a\nb"))]
    #[case::number_as_text("position", json!(4), json!("4"))]
    #[case::label_spelling("contact-emails",
        json!([{"value": "d@acme.example", "label_name": "Work"}]),
        json!([{"id": 1, "value": "d@acme.example", "label-name": "Work", "primary": false}]))]
    fn what_it_glue_normalises_is_verified(
        #[case] key: &str,
        #[case] sent: Value,
        #[case] found: Value,
    ) {
        let result = verify_contact(json!({ key: sent }), |after| {
            after.attributes.insert(key.to_owned(), found);
        });
        assert_eq!(
            result,
            Verification {
                verified: true,
                ..Verification::default()
            }
        );
    }

    #[test]
    fn a_write_that_changed_nothing_is_not_verified() {
        let result = verify_contact(json!({"title": "CIO"}), |after| {
            after
                .attributes
                .insert("title".to_owned(), json!("IT Manager"));
        });
        assert!(!result.verified);
        assert_eq!(
            result.differences,
            [Difference {
                pointer: "/data/attributes/title".to_owned(),
                label: "Title".to_owned(),
                sent: json!("CIO"),
                found: json!("IT Manager"),
            }]
        );
    }

    #[rstest]
    #[case::link(
        r#"<a href="https://one.example">Portal</a>"#,
        r#"<a href="https://two.example">Portal</a>"#
    )]
    #[case::mark("<b>Off</b>", "Off")]
    #[case::spaces("VLAN 1 0", "VLAN 10")]
    fn a_change_beside_the_text_that_was_ignored_is_a_difference(
        #[case] was: &str,
        #[case] sent: &str,
    ) {
        let request = fixtures::patch_contact(json!({ "notes": sent }));
        let mut before = fixtures::contact();
        before.attributes.insert("notes".to_owned(), json!(was));
        let ignored = verify(
            &fixtures::contacts(),
            &request,
            Some(&before),
            &before,
            None,
        );
        assert!(!ignored.verified);
        let mut after = before.clone();
        after
            .attributes
            .insert("notes".to_owned(), json!(format!("<p>{sent}</p>")));
        let carried_out = verify(&fixtures::contacts(), &request, Some(&before), &after, None);
        assert!(carried_out.verified);
    }

    #[test]
    fn a_trait_whose_link_was_left_as_it_was_is_a_difference() {
        let link = |target: &str| format!(r#"<a href="https://{target}.example">Portal</a>"#);
        let mut snapshot = fixtures::asset_snapshot();
        let record = snapshot.record.as_mut().unwrap();
        record.attributes["traits"] = json!({"type": "Exchange", "notes": link("one")});
        let request = fixtures::patch_traits(json!({"type": "Exchange", "notes": link("two")}));
        let kind = fixtures::flexible_assets();
        let (before, schema) = (snapshot.record.as_ref(), snapshot.schema.as_ref());
        let of = |after: &Record| verify(&kind, &request, before, after, schema).verified;
        assert!(!of(before.unwrap()));
        assert!(of(&fixtures::applied(&request, &snapshot)));
    }

    #[test]
    fn an_echoed_name_is_no_difference() {
        let sent = json!({"name": "Dana Reyes", "first-name": "Dan"});
        let result = verify_contact(sent, |after| {
            after
                .attributes
                .insert("name".to_owned(), json!("Dan Reyes"));
        });
        assert!(result.verified);
    }

    #[test]
    fn a_stripped_drawing_is_a_difference() {
        let result = verify_contact(json!({"notes": "<p>Plan<svg></svg></p>"}), |after| {
            after
                .attributes
                .insert("notes".to_owned(), json!("<p>Plan</p>"));
        });
        assert!(!result.verified);
    }

    #[test]
    fn somebody_elses_edit_is_reported_but_not_what_follows_from_the_write() {
        let result = verify_contact(json!({"location-id": 31}), |after| {
            after
                .attributes
                .insert("location-name".to_owned(), json!("Dallas HQ"));
            after.attributes.insert("title".to_owned(), json!("Owner"));
        });
        assert!(result.verified);
        assert_eq!(result.concurrent_edits, ["Title"]);
    }

    #[test]
    fn erased_traits_are_gone() {
        let sent = json!({"type": "Exchange", "location": null, "owner": ["501"]});
        assert!(verify_traits(sent.clone(), |_| ()).verified);
        let result = verify_traits(sent, |traits| {
            traits["users"] = json!(50);
            traits["location"] = json!("Rack 2");
        });
        let labels: Vec<&str> = result
            .differences
            .iter()
            .map(|d| d.label.as_str())
            .collect();
        assert_eq!(labels, ["Location", "Users"]);
    }

    #[test]
    fn a_password_trait_is_only_seen_to_be_there() {
        let sent = json!({"type": "Exchange", "admin-login": fixtures::CANARY});
        assert!(verify_traits(sent.clone(), |_| ()).verified);
        let result = verify_traits(sent, |traits| traits["admin-login"] = Value::Null);
        assert_eq!(result.differences[0].sent, "hidden value");
        assert_eq!(result.differences[0].found, Value::Null);
    }

    #[test]
    fn a_published_document_says_so() {
        let kind = fixtures::kind("documents");
        let request = fixtures::publish(42);
        let record = |published: bool| {
            fixtures::record(
                "documents",
                42,
                json!({"name": "x", "published": published}),
            )
        };
        let result =
            |after: bool| verify(&kind, &request, Some(&record(false)), &record(after), None);
        assert!(result(true).verified);
        assert_eq!(result(true).concurrent_edits, Vec::<String>::new());
        assert!(!result(false).verified);
    }

    #[test]
    fn a_deleted_record_that_still_reads_is_a_difference() {
        let after = fixtures::contact();
        assert_eq!(after.id, RecordId(501));
        let request = fixtures::delete("contacts", 501);
        assert!(!verify(&fixtures::contacts(), &request, None, &after, None).verified);
    }
}
