//! The diff of a record, as every screen and every API shows it (contract, section 4).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::changes::{Change, Input, Row};
use super::display::{Side, without_files};
use super::labels::{attribute_label, humanise, quoted_list, trait_label};
use super::organizations::resource_ref;
use super::place::Place;
use super::segments::{Segment, segments};
use super::value_kind::{ValueKind, value_kind};
use super::watched::{drifted, watched};
use crate::domain::{ItemRequest, ResourceKind, ResourceRef, Snapshot, Warning, WarningCode};

/// What a write changes about a record, field by field. Holds no secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Diff {
    /// The record.
    pub record: ResourceRef,
    /// What people call such a record: "Contact".
    #[serde(default, skip)]
    pub record_label: String,
    /// Its fields: erased ones first, then what changes, then what stays.
    pub fields: Vec<Field>,
    /// That the record moved, if it did. Those known since the proposal are the caller's to add.
    pub warnings: Vec<Warning>,
}

/// One field of a diff.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Where the value stands in the body.
    pub pointer: String,
    /// What people call it.
    pub label: String,
    /// What kind of value it is.
    pub kind: ValueKind,
    /// What happens to it, seen from the record as it is now.
    pub change: Change,
    /// As it was when the agent proposed; null for secrets.
    pub base: Value,
    /// As it is now; null for secrets. The same as `base` if no later reading is known.
    pub live: Value,
    /// As it would be; null for secrets. Files are represented by their size.
    pub proposed: Value,
    /// The three in words.
    pub display: Display,
    /// Whether the value is hidden.
    pub secret: bool,
}

/// The values of a field in words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Display {
    /// As it was.
    pub base: String,
    /// As it is now.
    pub live: String,
    /// As it would be.
    pub proposed: String,
    /// For texts: what changes from `live` to `proposed`, word by word.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub segments: Vec<Segment>,
}

/// How many fields change in which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Got a value.
    pub added: usize,
    /// Got another value.
    pub changed: usize,
    /// Lost their value.
    pub removed: usize,
    /// Would lose their value by being left out.
    pub erased: usize,
    /// Stay.
    pub unchanged: usize,
}

/// The diff of a record between now and after the write; three-way where it moved since `base`.
pub fn fields(
    kind: &ResourceKind,
    request: &ItemRequest,
    base: &Snapshot,
    live: Option<&Snapshot>,
    secret_pointers: &[String],
) -> Diff {
    let input = Input {
        kind,
        request,
        base,
        live,
        secret_pointers,
    };
    let fields: Vec<Field> = input.rows().iter().map(|row| field(&input, row)).collect();
    Diff {
        record: resource_ref(kind, request, input.now()),
        record_label: kind.label.clone(),
        warnings: moved(&input, &fields).into_iter().collect(),
        fields,
    }
}

impl Diff {
    /// How many fields change in which way.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for field in &self.fields {
            match field.change {
                Change::Added => counts.added += 1,
                Change::Changed => counts.changed += 1,
                Change::Removed => counts.removed += 1,
                Change::Erased => counts.erased += 1,
                Change::Unchanged => counts.unchanged += 1,
            }
        }
        counts
    }

    /// The diff in a line: "Contact: 3 changed, 1 added, none removed".
    pub fn caption(&self) -> String {
        let counts = self.counts();
        let number = |count: usize| match count {
            0 => "none".to_owned(),
            count => count.to_string(),
        };
        let erased = match counts.erased {
            0 => String::new(),
            erased => format!(", {erased} erased"),
        };
        let label = if self.record_label.is_empty() {
            humanise(self.record.json_type.trim_end_matches('s'))
        } else {
            self.record_label.clone()
        };
        format!(
            "{label}: {} changed, {} added, {} removed{erased}",
            number(counts.changed),
            number(counts.added),
            number(counts.removed)
        )
    }
}

fn field(input: &Input<'_>, row: &Row<'_>) -> Field {
    let shown = |value: &Value| {
        if row.secret {
            Value::Null
        } else {
            without_files(value)
        }
    };
    Field {
        pointer: row.pointer.clone(),
        label: label(input, &row.place),
        kind: value_kind(input, row),
        change: row.change,
        base: shown(&row.base),
        live: shown(&row.live),
        proposed: shown(&row.proposed),
        display: display(input, row),
        secret: row.secret,
    }
}

fn display(input: &Input<'_>, row: &Row<'_>) -> Display {
    let mut display = Display {
        base: input.words(row, Side::Base),
        live: input.words(row, Side::Live),
        proposed: input.words(row, Side::Proposed),
        segments: Vec::new(),
    };
    if row.secret || row.change != Change::Changed {
        return display;
    }
    if display.live == display.proposed {
        // Only what the words leave out differs, such as marks in HTML: then it is shown as it is.
        display.base = raw(&row.base, display.base);
        display.live = raw(&row.live, display.live);
        display.proposed = raw(&row.proposed, display.proposed);
    }
    if row.live.is_string() && row.proposed.is_string() {
        display.segments = segments(&display.live, &display.proposed);
    }
    display
}

fn raw(value: &Value, words: String) -> String {
    match value {
        Value::Null => words,
        Value::String(text) => text.clone(),
        value => without_files(value).to_string(),
    }
}

fn label(input: &Input<'_>, place: &Place<'_>) -> String {
    match place {
        Place::Attribute(attribute) => attribute_label(input.kind, attribute),
        Place::Trait(key, _) => trait_label(input.schema(), key),
        Place::Children(key) => humanise(key),
    }
}

/// The warning that the record moved since it was proposed on, if it did.
fn moved(input: &Input<'_>, fields: &[Field]) -> Option<Warning> {
    let live = input.live?;
    let before = watched(input.kind, input.request, input.base);
    let now = watched(input.kind, input.request, live);
    if !drifted(&before, &now) {
        return None;
    }
    let labels: Vec<&Field> = fields
        .iter()
        .filter(|field| field.display.base != field.display.live)
        .collect();
    let detail = if labels.is_empty() {
        "The record moved in IT Glue after the agent read it.".to_owned()
    } else {
        format!(
            "Moved in IT Glue after the agent read it: {}.",
            quoted_list(labels.iter().map(|field| field.label.as_str()))
        )
    };
    Some(Warning {
        code: WarningCode::Moved,
        detail,
        fields: labels.iter().map(|field| field.pointer.clone()).collect(),
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;
    use crate::diff::fixtures;
    use crate::diff::segments::SegmentOp;

    fn contact_diff(attributes: Value, live: Option<&Snapshot>) -> Diff {
        let request = fixtures::patch_contact(attributes);
        fields(
            &fixtures::contacts(),
            &request,
            &fixtures::contact_snapshot(),
            live,
            &[],
        )
    }

    fn field<'a>(diff: &'a Diff, label: &str) -> &'a Field {
        diff.fields
            .iter()
            .find(|field| field.label == label)
            .unwrap()
    }

    #[test]
    fn the_shape_is_the_contract() {
        let request = fixtures::patch_contact(json!({"location_id": "31"}));
        let diff = fields(
            &fixtures::contacts(),
            &request,
            &fixtures::contact_snapshot(),
            None,
            &[],
        );
        let json = serde_json::to_value(&diff).unwrap();
        assert_eq!(
            json["record"],
            json!({"type": "contacts", "id": "501", "name": "Dana Reyes", "organization_id": "2", "organization_name": "Acme"})
        );
        assert_eq!(
            json["fields"][0],
            json!({
                "pointer": "/data/attributes/location_id", "label": "Location",
                "kind": "reference", "change": "added",
                "base": null, "live": null, "proposed": "31",
                "display": {"base": "(none)", "live": "(none)", "proposed": "Dallas HQ (#31)"},
                "secret": false
            })
        );
        assert_eq!(json["warnings"], json!([]));
        assert_eq!(
            serde_json::from_value::<Diff>(json).unwrap().fields,
            diff.fields
        );
    }

    #[test]
    fn the_caption_counts() {
        let diff = contact_diff(
            json!({"title": "IT Director", "notes": "<div>Prefers <b>phone</b> after 5 pm</div>",
                "important": false, "location-id": 31}),
            None,
        );
        assert_eq!(diff.caption(), "Contact: 3 changed, 1 added, none removed");
        let order: Vec<Change> = diff.fields.iter().map(|field| field.change).collect();
        assert!(order[4..].iter().all(|change| *change == Change::Unchanged));
        assert_eq!(order.len(), diff.counts().unchanged + 4);
    }

    #[rstest]
    #[case::boolean(json!({"important": false}), "Important", "Yes", "No")]
    #[case::twin_name(json!({"contact-type-id": 9}), "Contact type", "Decision maker (#4)", "#9")]
    #[case::html(json!({"notes": "<p>Call</p><p>first</p>"}), "Notes", "Prefers email after 5 pm", "Call\nfirst")]
    #[case::only_marks(json!({"notes": "<div>Prefers email after 5 pm</div>"}), "Notes",
        "<div>Prefers <b>email</b> after 5 pm</div>", "<div>Prefers email after 5 pm</div>")]
    #[case::phones(json!({"contact-phones": []}), "Contact phones", "Work: 5550102 ext. 12 (primary)", "(none)")]
    #[case::emails(json!({"contact-emails": [
        {"value": "a@acme.example", "label_name": "Work", "primary": true},
        {"value": "b@acme.example", "label_name": "Home"}]}), "E-mail",
        "Work: dana@acme.example (primary)", "Work: a@acme.example (primary)\nHome: b@acme.example")]
    fn values_are_shown_in_words(
        #[case] sent: Value,
        #[case] label: &str,
        #[case] live: &str,
        #[case] proposed: &str,
    ) {
        let diff = contact_diff(sent, None);
        let display = &field(&diff, label).display;
        assert_eq!(display.live, live);
        assert_eq!(display.proposed, proposed);
    }

    #[test]
    fn words_are_compared_in_texts() {
        let diff = contact_diff(json!({"title": "IT Director"}), None);
        let segments = &field(&diff, "Title").display.segments;
        let ops: Vec<SegmentOp> = segments.iter().map(|segment| segment.op).collect();
        assert_eq!(
            ops,
            [SegmentOp::Equal, SegmentOp::Delete, SegmentOp::Insert]
        );
    }

    #[test]
    fn erased_traits_come_first_in_the_order_of_the_type() {
        let request = fixtures::patch_traits(json!({"owner": [501, 503], "type": "Exchange"}));
        let kind = fixtures::flexible_assets();
        let diff = fields(&kind, &request, &fixtures::asset_snapshot(), None, &[]);
        let changed: Vec<(&str, Change)> = diff
            .fields
            .iter()
            .filter(|field| field.change != Change::Unchanged)
            .map(|field| (field.label.as_str(), field.change))
            .collect();
        assert_eq!(changed.len(), 9);
        assert_eq!(changed[0], ("Location", Change::Erased));
        assert_eq!(changed[7], ("Contract", Change::Erased));
        assert_eq!(changed[8], ("Owner", Change::Changed));
        let owner = &field(&diff, "Owner").display;
        assert_eq!(owner.live, "Dana Reyes (#501), Sam Fox (#502)");
        assert_eq!(owner.proposed, "Dana Reyes (#501), #503");
        assert_eq!(field(&diff, "Uptime").display.live, "99.5 %");
        assert_eq!(field(&diff, "Type").change, Change::Unchanged);
        assert!(diff.caption().ends_with("8 erased"), "{}", diff.caption());
    }

    #[test]
    fn a_record_that_moved_is_compared_three_ways() {
        let mut live = fixtures::contact_snapshot();
        let record = live.record.as_mut().unwrap();
        record.attributes.insert("title".to_owned(), json!("Owner"));
        let diff = contact_diff(json!({"title": "CIO"}), Some(&live));
        let title = field(&diff, "Title");
        assert_eq!(
            (&title.base, &title.live, &title.proposed),
            (&json!("IT Manager"), &json!("Owner"), &json!("CIO"))
        );
        assert_eq!(diff.warnings[0].code, WarningCode::Moved);
        assert_eq!(diff.warnings[0].fields, ["/data/attributes/title"]);
        let same = contact_diff(json!({"title": "CIO"}), Some(&fixtures::contact_snapshot()));
        assert_eq!(same.warnings, []);
    }

    #[test]
    fn a_delete_removes_and_a_create_adds() {
        let request = fixtures::delete("contacts", 501);
        let diff = fields(
            &fixtures::contacts(),
            &request,
            &fixtures::contact_snapshot(),
            None,
            &[],
        );
        assert!(!diff.fields.is_empty());
        assert!(
            diff.fields
                .iter()
                .all(|field| field.change == Change::Removed)
        );
        assert!(diff.fields.iter().all(|field| field.proposed.is_null()));
        let body = json!({"data": {
            "attributes": {"organization-id": 2, "name": "srv-01"},
            "relationships": {"configuration_interfaces": {"data": [
                {"type": "configuration-interfaces", "attributes": {"name": "eth0", "ip_address": "10.0.0.4"}}]}}
        }});
        let request = fixtures::create("configurations", body);
        let diff = fields(
            &fixtures::configurations(),
            &request,
            &Snapshot::default(),
            None,
            &[],
        );
        assert!(
            diff.fields
                .iter()
                .all(|field| field.change == Change::Added)
        );
        let children = field(&diff, "Configuration interfaces");
        assert_eq!(
            children.display.proposed,
            "IP address: 10.0.0.4, Name: eth0"
        );
        assert_eq!(
            children.pointer,
            "/data/relationships/configuration_interfaces"
        );
    }

    #[test]
    fn a_secret_shows_neither_value_nor_length() {
        let sent = |password: &str| {
            let body = json!({"data": {"attributes": {"password": password, "username": "root"}}});
            let request = fixtures::patch("passwords", 77, body);
            fields(
                &fixtures::passwords(),
                &request,
                &fixtures::password_snapshot(),
                None,
                &[],
            )
        };
        let diff = sent("a");
        let password = field(&diff, "Password");
        assert!(password.secret);
        assert_eq!(password.change, Change::Changed);
        assert_eq!(password.display.live, "hidden value");
        assert_eq!(password.display.proposed, "hidden value");
        assert_eq!(diff, sent(fixtures::CANARY));
    }

    #[test]
    fn a_file_is_shown_by_name_and_size() {
        let request = fixtures::patch_traits(
            json!({"contract": {"content": "QUJDRA==", "file_name": "new.pdf"}}),
        );
        let kind = fixtures::flexible_assets();
        let diff = fields(&kind, &request, &fixtures::asset_snapshot(), None, &[]);
        let contract = field(&diff, "Contract");
        assert_eq!(contract.display.proposed, "new.pdf (4 bytes)");
        assert_eq!(contract.proposed["content"], "[4 bytes]");
    }
}
