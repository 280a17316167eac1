//! How well a write could be undone: said before it is approved.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::changes::{Change, Input, Row};
use super::labels::{attribute_label, quoted_list, trait_label};
use super::place::{Place, is_empty};
use super::traits::{record_traits, writable};
use crate::domain::{
    ItemRequest, Normalisation, Operation, Record, ResourceKind, Snapshot, named_enum,
};

/// Kinds that hold more than their own attributes: what hangs below them goes with them, and it is
/// in no pre-image.
const HOLD_MORE: [&str; 5] = [
    "checklists",
    "document_folders",
    "documents",
    "flexible_asset_types",
    "organizations",
];

/// Kinds that others put records below, too: those would go with one that is deleted again.
const HOLD_OTHERS: [&str; 3] = ["configurations", "manufacturers", "password_folders"];

named_enum! {
    /// How well a write can be undone. Ordered: the later, the worse.
    pub enum UndoClass {
        /// Everything is again as it was.
        Exact = "exact",
        /// The record is made anew, under another id.
        Recreate = "recreate",
        /// Not all of it can be proposed; somebody has to do it in IT Glue.
        ByHand = "by_hand",
    }
}

/// How well a write can be undone, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undo {
    /// In one word.
    pub class: UndoClass,
    /// In whole sentences.
    pub reason: String,
    /// Whether at least a part of it can be proposed.
    pub is_offered: bool,
}

/// What the catalogue and the profile say about undoing on a kind of record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ways {
    /// Whether such a record can be made by request.
    pub creates: bool,
    /// Why such a record cannot be deleted, if it cannot.
    pub no_delete: Option<String>,
}

/// A write as far as undoing it goes.
#[derive(Clone, Copy, Debug)]
pub struct Written<'a> {
    /// The kind of record.
    pub kind: &'a ResourceKind,
    /// What is sent, secrets hidden.
    pub request: &'a ItemRequest,
    /// The record before it.
    pub before: &'a Snapshot,
    /// Where in the body secrets stand.
    pub secret_pointers: &'a [String],
}

impl Undo {
    fn exact(reason: &str) -> Self {
        Self {
            class: UndoClass::Exact,
            reason: reason.to_owned(),
            is_offered: true,
        }
    }

    /// Nothing of it can be proposed.
    pub fn by_hand(reason: impl Into<String>) -> Self {
        Self {
            class: UndoClass::ByHand,
            reason: reason.into(),
            is_offered: false,
        }
    }
}

/// How well a write can be undone, from what it does, to which kind of record, and from what that
/// held before.
pub fn undo(written: &Written<'_>, ways: &Ways) -> Undo {
    match written.request.operation {
        Operation::Update => undo_update(written),
        Operation::Create => undo_create(written, ways),
        Operation::Delete => undo_delete(written, ways),
        Operation::Publish => Undo::by_hand(
            "IT Glue has no way to take a published version back. The document would have to be \
             edited and published anew.",
        ),
        Operation::Read | Operation::ReadSecret => Undo::by_hand(
            "A value that was handed out cannot be taken back. It would have to be changed.",
        ),
    }
}

fn undo_create(written: &Written<'_>, ways: &Ways) -> Undo {
    const BY_HAND: &str = "The record that is made would have to be deleted in IT Glue.";
    let kind = written.kind.name.as_str();
    if HOLD_MORE.contains(&kind) || HOLD_OTHERS.contains(&kind) {
        return Undo::by_hand(format!(
            "{BY_HAND} What others put below it since would go with it, and from here nobody sees \
             what that is."
        ));
    }
    match &ways.no_delete {
        None => Undo::exact("The record that is made would be deleted again."),
        Some(why) => Undo::by_hand(format!("{BY_HAND} {why}")),
    }
}

fn undo_update(written: &Written<'_>) -> Undo {
    if written.before.record.is_none() {
        return Undo::by_hand(
            "The record could not be read, so nobody knows what to put back into it.",
        );
    }
    let changed = changed_rows(written);
    let lost: Vec<String> = changed
        .iter()
        .filter(|row| matches!(earlier(written, row), Earlier::Lost))
        .map(|row| label_of(written, row))
        .collect();
    if lost.is_empty() {
        return Undo::exact("Every field that changes gets its earlier value back.");
    }
    let comes_back = changed
        .iter()
        .any(|row| matches!(earlier(written, row), Earlier::Value(_)));
    let fields = quoted_list(lost.iter().map(String::as_str));
    let rest = if comes_back {
        " The other fields can be put back."
    } else {
        ""
    };
    Undo {
        class: UndoClass::ByHand,
        reason: format!(
            "What {fields} held before cannot be put back: a secret, a file, or a value that IT \
             Glue does not show.{rest}"
        ),
        is_offered: comes_back,
    }
}

fn undo_delete(written: &Written<'_>, ways: &Ways) -> Undo {
    let kind = written.kind;
    let Some(record) = &written.before.record else {
        return Undo::by_hand(
            "The record could not be read, so there is nothing to make it anew from.",
        );
    };
    if HOLD_MORE.contains(&kind.name.as_str()) {
        return Undo::by_hand(
            "More is deleted than what the record itself shows, such as what is written in a \
             document, and nobody can make that anew from here.",
        );
    }
    if !kind.secret.is_empty() {
        return Undo::by_hand(
            "The secret value is never read, so the record cannot be made anew with it.",
        );
    }
    if !ways.creates {
        return Undo::by_hand("IT Glue takes no request that makes such a record.");
    }
    let (_, lost) = attributes_anew(kind, written.before, record);
    if let Some(missing) = lost_and_required(kind, record) {
        return Undo::by_hand(format!(
            "It cannot be made anew without {}, which IT Glue does not show.",
            quoted_list([attribute_label(kind, missing).as_str()])
        ));
    }
    let without = if lost.is_empty() {
        String::new()
    } else {
        format!(
            " {} cannot be filled in again.",
            quoted_list(lost.iter().map(String::as_str))
        )
    };
    Undo {
        class: UndoClass::Recreate,
        reason: format!(
            "The record can be made anew, with a new id. Links to it, its attachments, its history \
             and whatever else hung on it do not come back.{without}"
        ),
        is_offered: true,
    }
}

/// An attribute that must be there on create and never reads.
fn lost_and_required<'a>(kind: &'a ResourceKind, record: &Record) -> Option<&'a String> {
    kind.required.iter().find(|attribute| {
        let never_reads = kind.normalises.get(*attribute) == Some(&Normalisation::WriteOnly);
        never_reads && record.attributes.get(*attribute).is_none_or(is_empty)
    })
}

/// What a create would carry to make a record anew, and the labels of what cannot be carried.
pub(super) fn attributes_anew(
    kind: &ResourceKind,
    before: &Snapshot,
    record: &Record,
) -> (Map<String, Value>, Vec<String>) {
    let mut attributes = Map::new();
    let mut lost = Vec::new();
    for (attribute, value) in &record.attributes {
        let is_kept = !is_empty(value)
            && !matches!(attribute.as_str(), "id" | "traits")
            && !kind.read_only.contains(attribute)
            && !kind.volatile.contains(attribute)
            && !kind.secret.contains(attribute)
            && !says_an_id_in_words(record, attribute);
        // What is not hidden and not put aside is so by itself.
        let is_default =
            matches!(attribute.as_str(), "archived" | "restricted") && *value == Value::Bool(false);
        if is_kept && !is_default {
            attributes.insert(attribute.clone(), value.clone());
        }
    }
    if let Some(traits) = record_traits(record) {
        let mut kept = Map::new();
        for (key, _) in traits.iter().filter(|(_, value)| !is_empty(value)) {
            match writable(before, key) {
                Some(value) => {
                    kept.insert(key.clone(), value);
                }
                None => lost.push(trait_label(before.schema.as_ref(), key)),
            }
        }
        attributes.insert("traits".to_owned(), Value::Object(kept));
    }
    (attributes, lost)
}

fn says_an_id_in_words(record: &Record, attribute: &str) -> bool {
    attribute
        .strip_suffix("-name")
        .is_some_and(|stem| record.attributes.contains_key(&format!("{stem}-id")))
}

/// What a field held before a write, as it could be written.
pub(super) enum Earlier {
    /// This.
    Value(Value),
    /// Nobody knows, or IT Glue does not take it back.
    Lost,
    /// The write does not touch it.
    Untouched,
}

/// The rows that a write changes.
pub(super) fn changed_rows<'a>(written: &Written<'a>) -> Vec<Row<'a>> {
    let input = Input {
        kind: written.kind,
        request: written.request,
        base: written.before,
        live: None,
        secret_pointers: written.secret_pointers,
    };
    let mut rows = input.rows();
    rows.retain(|row| row.change != Change::Unchanged);
    rows
}

/// What the field of a changed row held before.
pub(super) fn earlier(written: &Written<'_>, row: &Row<'_>) -> Earlier {
    let Written { kind, before, .. } = written;
    let Some(record) = &before.record else {
        return Earlier::Lost;
    };
    match &row.place {
        Place::Attribute(attribute) => {
            let rule = kind.normalises.get(attribute);
            if kind.read_only.contains(attribute) || rule == Some(&Normalisation::Ignored) {
                return Earlier::Untouched;
            }
            if row.secret || rule == Some(&Normalisation::WriteOnly) {
                return Earlier::Lost;
            }
            let held = record.attributes.get(attribute);
            held.map_or(Earlier::Lost, |held| Earlier::Value(held.clone()))
        }
        Place::Trait(key, _) => match record_traits(record) {
            None => Earlier::Lost,
            Some(_) if is_empty(&row.base) => Earlier::Value(Value::Null),
            Some(_) => writable(before, key).map_or(Earlier::Lost, Earlier::Value),
        },
        Place::Children(_) => Earlier::Lost,
    }
}

/// What people call the field of a row.
pub(super) fn label_of(written: &Written<'_>, row: &Row<'_>) -> String {
    match &row.place {
        Place::Attribute(attribute) => attribute_label(written.kind, attribute),
        Place::Trait(key, _) => trait_label(written.before.schema.as_ref(), key),
        Place::Children(key) => super::labels::humanise(key),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;
    use crate::diff::fixtures;
    use crate::domain::TraitsMode;

    const ALL_WAYS: Ways = Ways {
        creates: true,
        no_delete: None,
    };

    fn undone(kind: &ResourceKind, request: &ItemRequest, before: &Snapshot) -> Undo {
        undone_by(kind, request, before, &ALL_WAYS)
    }

    fn undone_by(
        kind: &ResourceKind,
        request: &ItemRequest,
        before: &Snapshot,
        ways: &Ways,
    ) -> Undo {
        let prepared = crate::diff::prepare(kind, request, before, TraitsMode::Replace);
        let secret_pointers = prepared.map_or_else(|_| Vec::new(), |one| one.secret_pointers);
        let written = Written {
            kind,
            request,
            before,
            secret_pointers: &secret_pointers,
        };
        undo(&written, ways)
    }

    fn contact(attributes: Value) -> Undo {
        undone(
            &fixtures::contacts(),
            &fixtures::patch_contact(attributes),
            &fixtures::contact_snapshot(),
        )
    }

    #[rstest]
    #[case::changed(json!({"title": "IT Director"}), UndoClass::Exact)]
    #[case::removed(json!({"title": null}), UndoClass::Exact)]
    #[case::another_client(json!({"organization-id": 3}), UndoClass::Exact)]
    #[case::same(json!({"title": "IT Manager"}), UndoClass::Exact)]
    #[case::never_shown(json!({"title": "CIO", "shoe-size": 43}), UndoClass::ByHand)]
    fn an_update_is_exact_if_all_it_changes_could_be_read(
        #[case] attributes: Value,
        #[case] class: UndoClass,
    ) {
        let undo = contact(attributes);
        assert_eq!(undo.class, class, "{undo:?}");
        assert!(undo.is_offered);
    }

    #[test]
    fn what_could_not_be_read_is_named() {
        let undo = contact(json!({"title": "CIO", "shoe-size": 43}));
        assert!(undo.reason.contains("“Shoe size”"), "{}", undo.reason);
        assert!(undo.reason.contains("The other fields can be put back."));
        assert!(!undo.reason.contains("Title"));
    }

    #[rstest]
    #[case::alone(json!({"password": "x"}), false)]
    #[case::seed(json!({"otp_secret": "JBSWY3DPEHPK3PXP"}), false)]
    #[case::beside_others(json!({"password": "x", "username": "root2"}), true)]
    fn a_secret_never_comes_back(#[case] attributes: Value, #[case] is_offered: bool) {
        let body = json!({"data": {"type": "passwords", "attributes": attributes}});
        let undo = undone(
            &fixtures::passwords(),
            &fixtures::patch("passwords", 77, body),
            &fixtures::password_snapshot(),
        );
        assert_eq!(
            (undo.class, undo.is_offered),
            (UndoClass::ByHand, is_offered),
            "{undo:?}"
        );
        assert!(!undo.reason.contains(fixtures::CANARY));
    }

    #[rstest]
    #[case::one_changed(json!({"location": "Rack 3"}), UndoClass::ByHand, &["Admin login", "Contract"])]
    #[case::cleared_file(json!({"contract": null}), UndoClass::ByHand, &["Admin login", "Contract"])]
    fn erased_files_and_passwords_do_not_come_back(
        #[case] traits: Value,
        #[case] class: UndoClass,
        #[case] lost: &[&str],
    ) {
        let request = fixtures::patch_traits(traits);
        let kind = fixtures::flexible_assets();
        let undo = undone(&kind, &request, &fixtures::asset_snapshot());
        assert_eq!(undo.class, class, "{undo:?}");
        for label in lost {
            assert!(undo.reason.contains(label), "{label}: {}", undo.reason);
        }
        assert!(!undo.reason.contains("Location"));
        assert!(undo.is_offered);
    }

    #[test]
    fn erased_traits_that_read_come_back() {
        let mut before = fixtures::asset_snapshot();
        let record = before.record.as_mut().unwrap();
        let traits = record.attributes["traits"].as_object_mut().unwrap();
        traits.remove("admin-login");
        traits.remove("contract");
        let request = fixtures::patch_traits(json!({"type": "Exchange"}));
        let undo = undone(&fixtures::flexible_assets(), &request, &before);
        assert_eq!(undo.class, UndoClass::Exact, "{undo:?}");
    }

    #[test]
    fn traits_that_could_not_be_read_do_not_come_back() {
        let mut before = fixtures::asset_snapshot();
        let record = before.record.as_mut().unwrap();
        record.attributes.remove("traits");
        let request = fixtures::patch_traits(json!({"type": "Exchange"}));
        let undo = undone(&fixtures::flexible_assets(), &request, &before);
        assert_eq!((undo.class, undo.is_offered), (UndoClass::ByHand, false));
    }

    #[test]
    fn a_record_that_could_not_be_read_does_not_come_back() {
        let request = fixtures::patch_contact(json!({"title": "x"}));
        let update = undone(&fixtures::contacts(), &request, &Snapshot::default());
        assert_eq!(
            (update.class, update.is_offered),
            (UndoClass::ByHand, false)
        );
        let request = fixtures::delete("contacts", 501);
        let delete = undone(&fixtures::contacts(), &request, &Snapshot::default());
        assert_eq!(
            (delete.class, delete.is_offered),
            (UndoClass::ByHand, false)
        );
    }

    #[test]
    fn a_deleted_record_is_made_anew_with_what_it_loses_said() {
        let undo = undone(
            &fixtures::contacts(),
            &fixtures::delete("contacts", 501),
            &fixtures::contact_snapshot(),
        );
        assert_eq!(
            (undo.class, undo.is_offered),
            (UndoClass::Recreate, true),
            "{undo:?}"
        );
        for lost in ["new id", "Links", "attachments", "history"] {
            assert!(undo.reason.contains(lost), "{lost}");
        }
        let asset = undone(
            &fixtures::flexible_assets(),
            &fixtures::delete("flexible_assets", 123),
            &fixtures::asset_snapshot(),
        );
        assert_eq!(asset.class, UndoClass::Recreate);
        assert!(asset.reason.contains("“Contract” cannot be filled in"));
    }

    #[rstest]
    #[case::secret("passwords", fixtures::password_snapshot())]
    #[case::text_in_sections("documents", fixtures::contact_snapshot())]
    #[case::everything_below("organizations", fixtures::contact_snapshot())]
    #[case::assets_of_the_type("flexible_asset_types", fixtures::contact_snapshot())]
    fn some_deletes_are_undone_by_nobody(#[case] name: &str, #[case] before: Snapshot) {
        let undo = undone(&fixtures::kind(name), &fixtures::delete(name, 77), &before);
        assert_eq!(
            (undo.class, undo.is_offered),
            (UndoClass::ByHand, false),
            "{undo:?}"
        );
    }

    #[rstest]
    #[case::sections("documents")]
    #[case::documents("document_folders")]
    #[case::tasks("checklists")]
    #[case::everything("organizations")]
    #[case::assets("flexible_asset_types")]
    #[case::interfaces("configurations")]
    fn what_others_may_have_put_something_below_is_not_deleted_again(#[case] name: &str) {
        let body = json!({"data": {"attributes": {"name": "Made"}}});
        let created = fixtures::create(name, body);
        let undo = undone(&fixtures::kind(name), &created, &Snapshot::default());
        assert_eq!(
            (undo.class, undo.is_offered),
            (UndoClass::ByHand, false),
            "{undo:?}"
        );
        assert!(undo.reason.contains("below it"), "{}", undo.reason);
    }

    #[test]
    fn what_needs_a_file_is_not_made_anew_without_it() {
        let mut kind = fixtures::contacts();
        kind.required.push("portrait".to_owned());
        let rule = Normalisation::WriteOnly;
        kind.normalises.insert("portrait".to_owned(), rule);
        let deleted = fixtures::delete("contacts", 501);
        let undo = undone(&kind, &deleted, &fixtures::contact_snapshot());
        assert_eq!((undo.class, undo.is_offered), (UndoClass::ByHand, false));
        assert!(undo.reason.contains("“Portrait”"), "{}", undo.reason);
    }

    #[test]
    fn undoing_goes_as_far_as_the_ways_lead() {
        let blocked = Ways {
            creates: false,
            no_delete: Some("Deletes are off.".to_owned()),
        };
        let before = fixtures::contact_snapshot();
        let deleted = fixtures::delete("contacts", 501);
        let undo = undone_by(&fixtures::contacts(), &deleted, &before, &blocked);
        assert_eq!(undo.class, UndoClass::ByHand);
        let body = json!({"data": {"attributes": {"organization-id": 2, "first-name": "Ines"}}});
        let created = fixtures::create("contacts", body);
        let nothing = Snapshot::default();
        let undo = undone_by(&fixtures::contacts(), &created, &nothing, &blocked);
        assert_eq!(undo.class, UndoClass::ByHand);
        assert!(undo.reason.ends_with("Deletes are off."), "{}", undo.reason);
        let undo = undone(&fixtures::contacts(), &created, &nothing);
        assert_eq!(undo.class, UndoClass::Exact);
    }

    #[test]
    fn what_became_visible_or_was_handed_out_stays_so() {
        let kind = fixtures::kind("documents");
        let published = undone(&kind, &fixtures::publish(42), &Snapshot::default());
        assert_eq!(published.class, UndoClass::ByHand);
        let mut read = fixtures::patch("passwords", 77, Value::Null);
        read.operation = Operation::ReadSecret;
        let before = fixtures::password_snapshot();
        let read = undone(&fixtures::passwords(), &read, &before);
        assert_eq!((read.class, read.is_offered), (UndoClass::ByHand, false));
    }
}
