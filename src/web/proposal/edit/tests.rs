//! Editing: what the form offers, what comes of it, and the pages as HTML.

use rstest::rstest;
use serde_json::{Value, json};

use super::confirm_page::{ConfirmEditView, ConfirmEditViewProps};
use super::fields::{handed_over, told, typed};
use super::form_page::{EditView, EditViewProps};
use crate::domain::{Fingerprint, Role, TraitsMode};
use crate::draft::{Editable, Edits, Given, Takes, Way, editables, edits};
use crate::web::context::Opened;
use crate::web::handoff::Refused;
use crate::web::proposal::tests::html;
use crate::web::samples;

fn fields(opened: &Opened) -> Vec<Editable> {
    editables(&opened.proposal, &opened.diffs)
}

fn field<'a>(fields: &'a [Editable], label: &str) -> &'a Editable {
    fields.iter().find(|field| field.label == label).unwrap()
}

fn given(field: &Editable, way: Way, text: &str) -> Given {
    Given {
        mark: field.mark.clone(),
        way,
        text: text.to_owned(),
    }
}

fn made(opened: &Opened, given: &[Given]) -> Edits {
    let fields = fields(opened);
    edits(&opened.proposal, &fields, given).unwrap().unwrap()
}

fn shown(opened: Opened, refused: Refused) -> String {
    html(|| {
        EditView(EditViewProps {
            opened,
            refused,
            around: samples::around(Role::Technician, "/p/1042/edit"),
            viewer: samples::viewer(Role::Technician),
        })
    })
}

#[test]
fn a_value_is_changed_and_another_left_out() {
    let opened = samples::routine();
    let fields = fields(&opened);
    let (title, notes) = (field(&fields, "Title"), field(&fields, "Notes"));
    let edits = made(
        &opened,
        &[
            given(title, Way::Write, "Head of IT"),
            given(notes, Way::LeaveOut, &notes.text),
        ],
    );
    let attributes = edits.body.unwrap()["data"]["attributes"].clone();
    assert_eq!(attributes, json!({"title": "Head of IT"}));
    assert!(edits.keep.is_empty());
}

#[test]
fn nothing_changed_is_no_edit() {
    let opened = samples::routine();
    let fields = fields(&opened);
    let same: Vec<Given> = fields
        .iter()
        .map(|field| given(field, field.proposed(), &field.text.replace('\n', "\r\n")))
        .collect();
    assert_eq!(edits(&opened.proposal, &fields, &same), Ok(None));
    assert_eq!(
        typed(&fields, &same),
        [("fields".to_owned(), "0".to_owned())]
    );
}

#[test]
fn a_trait_that_is_left_out_is_kept_and_an_erased_one_kept_or_filled_in() {
    let opened = samples::erasing();
    let fields = fields(&opened);
    let users = field(&fields, "Users");
    assert_eq!((users.takes, users.text.as_str()), (Takes::Number, "62"));
    let (location, renewal) = (field(&fields, "Location"), field(&fields, "Renewal"));
    assert_eq!(location.ways, [Way::Erase, Way::Keep, Way::Write]);
    assert!(renewal.is_required && !location.is_required);
    let edits = made(
        &opened,
        &[
            given(users, Way::LeaveOut, "62"),
            given(location, Way::Keep, ""),
            given(renewal, Way::Write, "2028-01-31"),
        ],
    );
    assert_eq!(edits.keep, ["users", "location"]);
    let traits = edits.body.unwrap()["data"]["attributes"]["traits"].clone();
    assert_eq!(traits["renewal"], "2028-01-31");
    assert_eq!(traits.get("users"), None);
    assert_eq!(traits["type"], "Office 365");
}

#[test]
fn what_cannot_be_kept_is_not_offered() {
    let opened = samples::erasing();
    let fields = fields(&opened);
    let contract = field(&fields, "Contract");
    assert_eq!(contract.ways, [Way::Erase]);
    assert_eq!(contract.takes, Takes::Nothing);
}

#[test]
fn a_hidden_value_is_never_in_the_form_and_stays_as_it_is() {
    let opened = samples::password();
    let fields = fields(&opened);
    let password = field(&fields, "Password");
    assert_eq!(
        (password.takes, password.text.as_str()),
        (Takes::Nothing, "")
    );
    let same = [given(password, Way::Write, "typed all the same")];
    assert_eq!(edits(&opened.proposal, &fields, &same), Ok(None));
    let html = shown(opened, Refused::default());
    assert!(html.contains("This value is not shown"), "{html}");
    assert!(!html.contains("type=\"password\""));
}

#[rstest]
#[case::number("Users", Way::Write, "many", "takes a number")]
#[case::not_written("Location", Way::Erase, "Rack 9", "chose not to write")]
#[case::not_offered("Contract", Way::Keep, "", "cannot be done")]
fn what_does_not_fit_is_named_by_its_field(
    #[case] label: &str,
    #[case] way: Way,
    #[case] text: &str,
    #[case] says: &str,
) {
    let opened = samples::erasing();
    let fields = fields(&opened);
    let field = field(&fields, label);
    let errors = edits(&opened.proposal, &fields, &[given(field, way, text)]).unwrap_err();
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].pointer, field.mark);
    assert!(errors[0].detail.contains(says), "{}", errors[0].detail);
}

#[rstest]
#[case::yes(json!({"important": true}), "Important", Takes::YesNo, "true", "false", json!(false))]
#[case::nothing(json!({"title": "x"}), "Title", Takes::Line, "x", " ", Value::Null)]
#[case::lines(json!({"notes": "a\nb"}), "Notes", Takes::Lines, "a\nb", "a\r\nc", json!("a\nc"))]
#[case::number(json!({"location-id": 31}), "Location", Takes::Number, "31", "32", json!(32))]
fn values_keep_their_kind(
    #[case] attributes: Value,
    #[case] label: &str,
    #[case] takes: Takes,
    #[case] text: &str,
    #[case] typed: &str,
    #[case] expected: Value,
) {
    let opened = samples::contact(&attributes, None);
    let fields = fields(&opened);
    let field = field(&fields, label);
    assert_eq!((field.takes, field.text.as_str()), (takes, text));
    let edits = made(&opened, &[given(field, Way::Write, typed)]);
    let key = attributes.as_object().unwrap().keys().next().unwrap();
    assert_eq!(edits.body.unwrap()["data"]["attributes"][key], expected);
}

#[test]
fn a_merge_is_edited_as_the_full_set() {
    let opened = samples::asset(&json!({"users": 62}), TraitsMode::Merge);
    let fields = fields(&opened);
    let users = field(&fields, "Users");
    let edits = made(&opened, &[given(users, Way::Write, "63")]);
    let traits = edits.body.unwrap()["data"]["attributes"]["traits"].clone();
    assert_eq!(
        (&traits["users"], &traits["location"]),
        (&json!(63), &json!("Rack 2"))
    );
}

#[test]
fn errors_stand_beside_their_fields_and_nothing_typed_is_lost() {
    let opened = samples::routine();
    let fields = fields(&opened);
    let title = field(&fields, "Title");
    let pointer = "/body/data/attributes/title".to_owned();
    let (errors, general) = told(
        &fields,
        vec![
            (pointer, "takes text".to_owned()),
            ("/path".to_owned(), "is odd".to_owned()),
        ],
    );
    assert_eq!(errors, [(title.mark.clone(), "Takes text.".to_owned())]);
    assert_eq!(general.as_deref(), Some("Is odd."));
    let refused = Refused {
        typed: typed(&fields, &[given(title, Way::Write, "<b>typed</b>")]),
        errors,
        general,
    };
    let html = shown(opened, refused.clone());
    assert!(
        html.contains("value=\"&lt;b>typed&lt;/b>\"") || html.contains("&lt;b&gt;typed"),
        "{html}"
    );
    assert!(html.contains("href=\"#value-"), "{html}");
    assert!(html.contains("aria-invalid=\"true\"") && html.contains("Takes text."));
    let again = handed_over(&refused).unwrap();
    assert_eq!(again, [given(title, Way::Write, "<b>typed</b>")]);
}

#[test]
fn what_was_left_behind_on_the_way_is_not_approved_without_it() {
    let opened = samples::routine();
    let fields = fields(&opened);
    let title = field(&fields, "Title");
    let mut typed = typed(&fields, &[given(title, Way::Write, "long")]);
    typed.retain(|(name, _)| !name.starts_with("value:"));
    let refused = Refused {
        typed,
        ..Refused::default()
    };
    assert!(handed_over(&refused).is_err());
    assert!(handed_over(&Refused::default()).is_err());
}

#[test]
fn the_confirmation_asks_what_its_tier_asks() {
    let confirm = |opened: Opened| {
        let fields = fields(&opened);
        let edit = given(&fields[0], Way::Write, "x");
        html(|| {
            ConfirmEditView(ConfirmEditViewProps {
                shown: Fingerprint([0xcd; 32]),
                given: vec![edit],
                refused: Refused::default(),
                around: samples::around(Role::Technician, "/p/1042/edit/confirm"),
                viewer: samples::viewer(Role::Technician),
                opened,
            })
        })
    };
    let routine = confirm(samples::routine());
    assert!(routine.contains("with your changes") && !routine.contains("Your password"));
    assert!(routine.contains("name=\"at[0]\"") && routine.contains(&"cd".repeat(32)));
    assert!(
        routine.contains(&"ab".repeat(32)),
        "what the edits make of it"
    );
    let critical = confirm(samples::erasing());
    assert!(critical.contains("Your password") && critical.contains("name=\"seen[]\""));
    assert!(!critical.contains("name=\"keep[]\"") && !critical.contains("diff__note"));
}
