//! The steps of the set-up as HTML, read for their words.

use secrecy::SecretString;
use uuid::Uuid;

use super::agent::{AgentStepView, AgentStepViewProps};
use super::connection::{ConnectionStepView, ConnectionStepViewProps};
use super::first::{FirstStepView, FirstStepViewProps};
use super::founding::{FoundingView, FoundingViewProps};
use super::profile::{ProfileStepView, ProfileStepViewProps};
use crate::domain::{Preset, ProfileId, Role};
use crate::web::context::{ProfileDetails, Progress, Site, Surroundings};
use crate::web::handoff::{Once, Refused};
use crate::web::proposal::tests::html;
use crate::web::samples;

fn around(path: &str) -> Surroundings {
    Surroundings {
        site: Some(Site {
            is_demo: false,
            is_https: true,
            is_factor_off: false,
            may_set_base_url: false,
        }),
        ..samples::around(Role::Administrator, path)
    }
}

fn with_profile(preset: Preset) -> Progress {
    Progress {
        profiles: vec![ProfileDetails {
            id: ProfileId(Uuid::from_u128(1)),
            name: "Agents".to_owned(),
            preset,
            rules: preset.rules(),
            version: 1,
            updated_at: samples::NOW,
        }],
        agents: vec!["triage-bot".to_owned()],
        ..Progress::default()
    }
}

fn refused(typed: &[(&str, &str)], errors: &[(&str, &str)]) -> Refused {
    Refused {
        typed: crate::web::forms::typed(typed),
        errors: crate::web::forms::typed(errors),
        general: None,
    }
}

fn connection(refused: Refused) -> String {
    html(|| {
        ConnectionStepView(ConnectionStepViewProps {
            progress: Progress::default(),
            refused,
            around: around("/setup/connection"),
            viewer: samples::viewer(Role::Administrator),
        })
    })
}

#[test]
fn the_first_step_keeps_what_was_typed_but_no_secret() {
    let refused = refused(
        &[("name", "Sam Fox"), ("email", "sam@example.com")],
        &[("code", "That is not the code.")],
    );
    let html = html(|| {
        FoundingView(FoundingViewProps {
            refused,
            around: Surroundings {
                viewer: None,
                ..around("/setup")
            },
        })
    });
    assert!(html.contains("value=\"Sam Fox\""), "{html}");
    assert!(html.contains("id=\"code-error\""));
    assert!(html.contains("href=\"#code\""));
    assert!(html.contains("aria-current=\"step\""));
    assert!(html.contains("At least 8 characters"));
}

#[test]
fn a_key_that_works_is_saved_by_one_button() {
    let html = connection(refused(
        &[
            ("name", "IT Glue"),
            ("region", "eu"),
            ("held", "h1"),
            ("works", "true"),
            ("detail", "Fine."),
            ("organizations", "42"),
            ("password_access", "false"),
        ],
        &[],
    ));
    assert!(html.contains("It shows 42 organizations."), "{html}");
    assert!(html.contains("no password access"));
    assert!(html.contains("name=\"held\" value=\"h1\""));
    assert!(html.contains("Save the connection"));
    assert!(!html.contains("name=\"no_test\""));
}

#[test]
fn a_key_of_another_region_is_saved_with_that_region() {
    let html = connection(refused(
        &[
            ("name", "IT Glue"),
            ("region", "us"),
            ("held", "h1"),
            ("works", "false"),
            ("detail", "The key is of another region."),
            ("fitting_region", "au"),
        ],
        &[],
    ));
    assert!(html.contains("Save it with the region AU"), "{html}");
    assert!(html.contains("name=\"region\" value=\"au\""));
}

#[test]
fn what_could_not_be_tried_is_saved_only_as_such() {
    let html = connection(refused(
        &[
            ("region", "us"),
            ("held", "h1"),
            ("works", "false"),
            ("detail", "Nothing answered."),
            ("is_undecided", "true"),
        ],
        &[],
    ));
    assert!(html.contains("Save it all the same, untested"), "{html}");
    assert!(html.contains("name=\"no_test\" value=\"true\""));
}

#[test]
fn a_key_that_is_refused_is_not_saved() {
    let html = connection(refused(
        &[
            ("region", "us"),
            ("held", "h1"),
            ("works", "false"),
            ("detail", "IT Glue refused the key."),
        ],
        &[],
    ));
    assert!(html.contains("IT Glue refused the key."), "{html}");
    assert!(!html.contains("/web/setup_connect\""));
}

#[test]
fn the_profile_starts_at_read_only() {
    let html = html(|| {
        ProfileStepView(ProfileStepViewProps {
            progress: Progress::default(),
            refused: Refused::default(),
            around: around("/setup/profile"),
            viewer: samples::viewer(Role::Administrator),
        })
    });
    let read_only = &html[html.find("value=\"read-only\"").unwrap()..];
    assert!(read_only[..read_only.find('>').unwrap()].contains("checked"));
    assert!(html.contains("name=\"proof\""));
}

#[test]
fn the_token_stands_in_its_box_and_nowhere_else() {
    let once = Once::secret("token", SecretString::from("canary-token")).with("agent", "bot");
    let html = html(|| {
        AgentStepView(AgentStepViewProps {
            progress: with_profile(Preset::Documentation),
            token: Some(once),
            refused: Refused::default(),
            around: around("/setup/agent"),
            viewer: samples::viewer(Role::Administrator),
        })
    });
    assert_eq!(html.matches("canary-token").count(), 1, "{html}");
    assert!(html.contains("shown this one time"));
}

#[test]
fn without_a_connection_the_agent_waits() {
    let html = html(|| {
        AgentStepView(AgentStepViewProps {
            progress: Progress::default(),
            token: None,
            refused: Refused::default(),
            around: around("/setup/agent"),
            viewer: samples::viewer(Role::Administrator),
        })
    });
    assert!(html.contains("An agent needs something first"), "{html}");
    assert!(!html.contains("name=\"days\""));
}

fn first(progress: Progress) -> String {
    html(|| {
        FirstStepView(FirstStepViewProps {
            progress,
            held: Some("h1".to_owned()),
            refused: Refused::default(),
            around: around("/setup/first?held=h1"),
        })
    })
}

#[test]
fn the_sample_is_offered_only_where_something_may_be_written() {
    let html = first(with_profile(Preset::Documentation));
    assert!(html.contains("Send a sample"), "{html}");
    assert!(html.contains("Refresh"));
    let html = first(with_profile(Preset::ReadOnly));
    assert!(html.contains("No agent may propose anything yet"), "{html}");
    assert!(!html.contains("Send a sample"));
}

#[test]
fn the_end_is_told() {
    let html = first(Progress {
        is_decided: true,
        ..with_profile(Preset::Documentation)
    });
    assert!(html.contains("Countersign is set up"), "{html}");
}
