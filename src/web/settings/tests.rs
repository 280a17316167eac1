//! The settings as HTML, read for their words.

use super::form_page::{SettingsForm, SettingsFormProps};
use super::page::{SettingsView, SettingsViewProps, Shown};
use super::section::Section;
use crate::domain::{Role, SecondFactor};
use crate::web::forms::typed;
use crate::web::handoff::Refused;
use crate::web::proposal::tests::html;
use crate::web::{samples, upkeep_samples};

fn page(second_factor: SecondFactor) -> String {
    let shown = Shown {
        settings: upkeep_samples::settings(),
        second_factor,
        is_saved: false,
        around: samples::around(Role::Administrator, "/settings"),
    };
    html(|| SettingsView(SettingsViewProps { shown }))
}

fn form(section: Section, refused: Refused) -> String {
    html(|| {
        SettingsForm(SettingsFormProps {
            section,
            settings: upkeep_samples::settings(),
            refused,
            around: samples::around(Role::Administrator, "/settings"),
            viewer: samples::viewer(Role::Administrator),
        })
    })
}

#[test]
fn each_setting_says_where_its_value_comes_from() {
    let html = page(SecondFactor::Deciders);
    assert!(html.contains("COUNTERSIGN_HOLD_SECONDS"));
    assert!(html.contains("the default is 10"));
    assert!(html.contains("Alex Morgan") && html.contains("the default is 7d"));
    assert!(html.contains("countersign backup"));
    assert!(html.contains(env!("CARGO_PKG_VERSION")));
    assert!(!html.contains("No second factor is asked for"));
}

#[test]
fn a_second_factor_that_is_off_is_a_warning() {
    assert!(page(SecondFactor::Off).contains("No second factor is asked for"));
}

#[test]
fn what_the_operator_fixed_is_no_field() {
    let html = form(Section::Approvals, Refused::default());
    assert!(!html.contains("name=\"hold_seconds\""), "{html}");
    assert!(html.contains("fixed by the operator"));
    assert!(html.contains("name=\"proposal_ttl\""));
    assert!(html.contains("value=\"24h\""));
}

#[test]
fn a_refused_value_is_explained_beside_the_field_and_the_rest_is_kept() {
    let refused = Refused {
        typed: typed(&[("session_idle_minutes", "600"), ("session_hours", "8")]),
        errors: vec![(
            "session_idle_minutes".to_owned(),
            "This is not accepted.".to_owned(),
        )],
        general: None,
    };
    let html = form(Section::Sessions, refused);
    assert!(html.contains("id=\"session_idle_minutes-error\""));
    assert!(html.contains("value=\"600\"") && html.contains("value=\"8\""));
}
