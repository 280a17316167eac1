//! The pages of agents as HTML, read for their words.

use super::add_page::{AddAgentView, AddAgentViewProps};
use super::change_page::{ChangeAgentView, ChangeAgentViewProps};
use super::list_page::{Agents, AgentsProps};
use super::page::{AgentView, AgentViewProps, Shown};
use super::revoke_page::{RevokeTokenView, RevokeTokenViewProps, find};
use super::rotate_page::{RotateTokenView, RotateTokenViewProps};
use super::token_page::{
    EXPIRES, Made, NewTokenView, NewTokenViewProps, OLD_HOURS, PUBLIC_ID, TOKEN, TokenMadeView,
    TokenMadeViewProps,
};
use crate::domain::{AgentId, OrganizationId, OrganizationScope, PauseScope, Role};
use crate::web::context::{AgentChoices, AgentOverview};
use crate::web::forms::typed;
use crate::web::handoff::{Once, Refused};
use crate::web::proposal::tests::html;
use crate::web::{WebError, samples, upkeep_samples};

fn shown() -> Shown {
    Shown {
        page: upkeep_samples::agent_sheet(),
        pause: None,
        limits: upkeep_samples::LIMITS,
        address: "https://gate.example".to_owned(),
        done: None,
        refused: Refused::default(),
        around: samples::around(Role::Administrator, "/agents/triage-bot"),
        viewer: samples::viewer(Role::Administrator),
        now: samples::NOW,
    }
}

fn page(shown: Shown) -> String {
    html(|| AgentView(AgentViewProps { shown }))
}

fn listed(agents: Vec<AgentOverview>) -> String {
    html(|| {
        Agents(AgentsProps {
            agents,
            now: samples::NOW,
            done: None,
            around: samples::around(Role::Administrator, "/agents"),
        })
    })
}

fn added(choices: AgentChoices, refused: Refused) -> String {
    html(|| {
        AddAgentView(AddAgentViewProps {
            choices,
            refused,
            around: samples::around(Role::Administrator, "/agents/new"),
            viewer: samples::viewer(Role::Administrator),
        })
    })
}

#[test]
fn the_list_says_who_may_propose_and_how_they_fare() {
    let mut silent = upkeep_samples::agent_overview();
    silent.details.agent.name = "<i>bot</i>".to_owned();
    silent.last_used_at = Some(samples::NOW.plus_seconds(-9 * 24 * 3600));
    let html = listed(vec![upkeep_samples::agent_overview(), silent]);
    assert!(html.contains("triage-bot") && html.contains(">active</span>"));
    assert!(html.contains("silent for a week"));
    assert!(html.contains("&lt;i&gt;bot&lt;/i&gt;") && !html.contains("<i>"));
    assert!(html.contains("2 proposals") && html.contains("Sam Fox"));
}

#[test]
fn without_an_agent_the_first_is_offered() {
    let html = listed(Vec::new());
    assert!(html.contains("No agent yet"));
    assert!(html.contains("href=\"/agents/new\""));
}

#[test]
fn an_agent_can_be_stopped_with_a_reason_and_no_proof() {
    let html = page(shown());
    let form = &html[html.find("/web/pause_agent").unwrap()..];
    let form = &form[..form.find("</form>").unwrap()];
    assert!(form.contains("name=\"reason\""));
    assert!(!form.contains("name=\"proof\""), "{form}");
}

#[test]
fn a_paused_agent_says_by_whom_and_why() {
    let mut shown = shown();
    shown.page.overview.details.paused_at = Some(samples::NOW);
    let scope = PauseScope::Agent(AgentId(samples::id(30)));
    shown.pause = Some(upkeep_samples::pause(scope, "it loops"));
    let html = page(shown);
    assert!(html.contains("Alex Morgan") && html.contains("it loops"));
    assert!(html.contains("Resume the agent"));
    assert!(!html.contains("/web/pause_agent"));
}

#[test]
fn an_agent_that_was_never_seen_is_shown_how_to_ask() {
    let mut shown = shown();
    shown.page.overview.last_used_at = None;
    let html = page(shown);
    assert!(html.contains("It was never seen"));
    assert!(html.contains("https://gate.example/api/v1/permissions"));
    assert!(!page(self::shown()).contains("/api/v1/permissions"));
}

#[test]
fn organizations_have_their_names_where_a_proposal_told_them() {
    let mut shown = shown();
    let known = shown.page.recent[0].resource.organization_id.unwrap();
    let ids = [known, OrganizationId(999)].into_iter().collect();
    shown.page.overview.details.organizations = OrganizationScope::Only(ids);
    let html = page(shown);
    assert!(html.contains("only 2"));
    assert!(html.contains("<code>999</code>"));
    assert!(html.contains(&format!("<code>{known}</code>")));
    assert!(html.contains("Acme"), "{html}");
}

#[test]
fn tokens_are_told_by_their_public_part() {
    let mut shown = shown();
    let mut ended = upkeep_samples::token();
    ended.public_id = "ended123".to_owned();
    ended.revoked_at = Some(samples::NOW);
    shown.page.tokens.push(ended);
    let html = page(shown);
    assert!(html.contains("<code>k7Qm2xZ9</code>"));
    assert!(html.contains("203.0.113.9") && html.contains("anywhere"));
    assert!(html.contains("1 ended"));
    assert_eq!(html.matches("/revoke\"").count(), 1, "{html}");
}

#[test]
fn revoking_names_the_agent_and_what_waits() {
    let shown = shown();
    let id = upkeep_samples::token().id.to_string();
    let token = find(&shown, &id).unwrap();
    let html = html(|| RevokeTokenView(RevokeTokenViewProps { shown, token }));
    assert!(html.contains("triage-bot"));
    assert!(html.contains("2 proposals of the agent wait"));
    assert!(html.contains("name=\"proof\""));
}

#[test]
fn a_token_that_ended_cannot_be_revoked_or_rotated() {
    let mut shown = shown();
    shown.page.tokens[0].expires_at = samples::NOW;
    let id = upkeep_samples::token().id.to_string();
    assert_eq!(find(&shown, &id).unwrap_err(), WebError::NotFound);
}

#[test]
fn rotating_offers_an_overlap() {
    let (shown, token) = (shown(), upkeep_samples::token());
    let html = html(|| RotateTokenView(RotateTokenViewProps { shown, token }));
    assert!(html.contains("name=\"overlap_hours\"") && html.contains("value=\"24\""));
}

#[test]
fn a_new_token_is_shown_with_the_lines_to_use_it() {
    let once = Once::secret(TOKEN, "cs_agent_canary".into())
        .with(PUBLIC_ID, "k7Qm2xZ9")
        .with(EXPIRES, "2027-02-19 14:02 UTC")
        .with(OLD_HOURS, "24");
    let made = |token| {
        html(|| {
            TokenMadeView(TokenMadeViewProps {
                shown: shown(),
                token,
            })
        })
    };
    let first = made(Made::read(Some(once)));
    assert!(first.contains("cs_agent_canary"));
    assert!(first.contains("Authorization: Bearer cs_agent_canary"));
    assert!(first.contains("https://gate.example/itglue"));
    assert!(first.contains("goes on for 24 hours at most"));
    assert!(first.contains("I have stored it"));
    // What wakes the buttons knows the element, not the secret.
    let props: String = first
        .split("data-props=\"")
        .skip(1)
        .map(|rest| &rest[..rest.find('"').unwrap()])
        .collect();
    assert!(!props.contains("canary"), "{props}");

    let second = made(Made::read(None));
    assert!(!second.contains("canary"));
    assert!(second.contains("A token is shown one time"));
}

#[test]
fn what_was_typed_stays_and_the_fault_stands_beside_its_field() {
    let refused = Refused {
        typed: typed(&[
            ("name", "bot"),
            ("reach", "only"),
            ("organizations", "12, x"),
        ]),
        errors: vec![("organizations".to_owned(), "“x” is not an id.".to_owned())],
        general: None,
    };
    let html = added(upkeep_samples::choices(), refused);
    assert!(html.contains("value=\"bot\""));
    assert!(html.contains(">12, x</textarea>"), "{html}");
    assert!(html.contains("id=\"organizations-error\""));
    assert!(html.contains("href=\"#organizations\""));
}

#[test]
fn an_agent_needs_a_connection_first() {
    let choices = AgentChoices {
        connections: Vec::new(),
        ..upkeep_samples::choices()
    };
    let html = added(choices, Refused::default());
    assert!(html.contains("Add a connection"));
    assert!(!html.contains("/web/add_agent"));
}

#[test]
fn changing_starts_from_what_is() {
    let mut shown = shown();
    let ids = [OrganizationId(42)].into_iter().collect();
    shown.page.overview.details.organizations = OrganizationScope::Only(ids);
    let choices = upkeep_samples::choices();
    let html = html(|| ChangeAgentView(ChangeAgentViewProps { shown, choices }));
    assert!(html.contains("value=\"triage-bot\""));
    assert!(html.contains(">42</textarea>"), "{html}");
}

#[test]
fn a_new_token_lasts_as_long_as_usual() {
    let html = html(|| NewTokenView(NewTokenViewProps { shown: shown() }));
    assert!(html.contains("name=\"days\"") && html.contains("value=\"90\""));
    assert!(html.contains("max=\"365\""));
}
