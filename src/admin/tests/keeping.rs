//! Agents, their tokens, pauses and settings while the gate is in use.

use super::*;
use crate::access::AccessError;
use crate::domain::{AgentId, PauseScope, SettingKey, SettingOrigin, TokenId};

async fn token(case: &Case, request: TokenRequest) -> CreatedToken {
    let agent = name("bot").into();
    let made = case
        .admin
        .create_agent_token(&case.operator, &agent, request);
    made.await.unwrap()
}

/// What presenting a token from an address ends with.
async fn presented(case: &Case, token: &CreatedToken, address: &str) -> Result<(), AccessError> {
    use secrecy::ExposeSecret as _;

    let address = Some(address.to_owned());
    let shown = case.access.agent(token.token.expose_secret(), address);
    shown.await.map(|_| ())
}

#[tokio::test]
async fn t1_a_token_works_from_its_addresses_only_and_the_refusal_is_audited() {
    let case = Case::new().await;
    case.connection("main").await;
    case.agent("bot").await;
    let request = TokenRequest {
        addresses: "10.0.0.0/8".parse().unwrap(),
        ..TokenRequest::default()
    };
    let token = token(&case, request).await;
    assert!(presented(&case, &token, "10.1.2.3").await.is_ok());
    let rows = async || case.admin.0.store.audit_head().await.unwrap().number;
    let before = rows().await;
    for _ in 0..3 {
        let refused = presented(&case, &token, "192.0.2.7").await;
        assert!(matches!(refused, Err(AccessError::Unauthenticated)));
    }
    assert_eq!(rows().await, before + 1, "once a minute is enough");
    let bot = name("bot").into();
    let tokens = case.admin.agent_tokens(&case.operator, &bot).await.unwrap();
    assert_eq!(tokens[0].last_address.as_deref(), Some("10.1.2.3"));
    assert_eq!(tokens[0].refused_at, Some(Standing.now()));
}

#[tokio::test]
async fn t1_a_rotated_token_overlaps_and_no_longer_than_it_would_have_lasted() {
    let case = Case::new().await;
    case.connection("main").await;
    case.agent("bot").await;
    let by = &case.operator;
    let request = TokenRequest {
        days: 2,
        addresses: "10.0.0.0/8".parse().unwrap(),
        ..TokenRequest::default()
    };
    let old = token(&case, request).await;
    let until = async |id: TokenId| {
        let token = case.admin.0.store.token(id).await.unwrap().unwrap();
        token.expires_at.millis_since(Standing.now()) / 3_600_000
    };
    let new = case.admin.rotate_token(by, old.id, 24).await.unwrap();
    assert_eq!((until(old.id).await, until(new.id).await), (24, 48));
    assert!(presented(&case, &old, "10.0.0.1").await.is_ok());
    assert!(presented(&case, &new, "10.0.0.1").await.is_ok());
    assert!(presented(&case, &new, "192.0.2.7").await.is_err());
    let newest = case.admin.rotate_token(by, new.id, 168).await.unwrap();
    assert_eq!((until(new.id).await, until(newest.id).await), (48, 48));

    let at_once = case.admin.rotate_token(by, newest.id, 0).await.unwrap();
    assert!(presented(&case, &newest, "10.0.0.1").await.is_err());
    let ended = case.admin.rotate_token(by, newest.id, 1).await;
    assert!(matches!(ended, Err(AdminError::TokenEnded(_))));
    let too_long = case.admin.rotate_token(by, at_once.id, 169).await;
    assert!(matches!(too_long, Err(AdminError::BadOverlap)));
}

#[tokio::test]
async fn t1_a_token_whose_answer_was_lost_is_listed_and_can_be_revoked() {
    let case = Case::new().await;
    case.connection("main").await;
    case.agent("bot").await;
    let lost = token(&case, TokenRequest::default()).await;
    let bot = name("bot").into();
    let listed = case.admin.agent_tokens(&case.operator, &bot).await.unwrap();
    let reference = TokenReference::parse(&listed[0].public_id).unwrap();
    case.admin
        .revoke_token(&case.operator, &reference)
        .await
        .unwrap();
    let refused = presented(&case, &lost, "10.0.0.1").await;
    assert!(matches!(refused, Err(AccessError::Unauthenticated)));
}

#[tokio::test]
async fn t2_a_paused_profile_stops_its_agents_and_resuming_lets_them_go_on() {
    let case = Case::new().await;
    case.connection("main").await;
    let agent = case.agent("bot").await;
    let token = token(&case, TokenRequest::default()).await;
    let by = &case.operator;
    let overviews = case.admin.agent_overviews(by).await.unwrap();
    let profile = overviews[0].details.profile.id;
    for scope in [PauseScope::Profile(profile), PauseScope::Agent(agent)] {
        let pause = case
            .admin
            .pause(by, scope, " It went wild. ")
            .await
            .unwrap();
        assert_eq!(pause.reason, "It went wild.");
        assert_eq!(pause.by, "the operator");
        let refused = presented(&case, &token, "10.0.0.1").await;
        assert!(
            matches!(refused, Err(AccessError::AgentPaused)),
            "{scope:?}"
        );
        assert_eq!(case.admin.pauses(by).await.unwrap(), [pause]);
        case.admin.resume(by, scope, None).await.unwrap();
        assert!(presented(&case, &token, "10.0.0.1").await.is_ok());
    }
    case.admin
        .pause(by, PauseScope::All, "Maintenance")
        .await
        .unwrap();
    assert!(presented(&case, &token, "10.0.0.1").await.is_ok());
    let empty = case.admin.pause(by, PauseScope::All, "  ").await;
    assert!(matches!(empty, Err(AdminError::ReasonMissing)));
}

#[tokio::test]
async fn t2_what_changes_in_an_agent_holds_from_its_next_request() {
    let case = Case::new().await;
    case.connection("main").await;
    let other = case.connection("other").await;
    let agent = case.agent("bot").await;
    let by = &case.operator;
    let reference: Ref<AgentId> = Ref::Id(agent);
    let change = AgentChange {
        name: Some(name("robot")),
        connection: Some(Ref::Id(other)),
        organizations: Some(OrganizationScope::Only(
            [crate::domain::OrganizationId(2)].into(),
        )),
        ..AgentChange::default()
    };
    let rows = async || case.admin.0.store.audit_head().await.unwrap().number;
    let before = rows().await;
    let changed = case
        .admin
        .change_agent(by, &reference, change.clone())
        .await
        .unwrap();
    assert_eq!(changed.connection.name, "other");
    let stored = case.admin.0.store.agent(agent).await.unwrap().unwrap();
    assert_eq!(stored.details.agent.name, "robot");
    assert_eq!(stored.details.organizations, changed.organizations);
    assert_eq!(stored.connection.id, other);
    let again = case.admin.change_agent(by, &reference, change).await;
    assert!(matches!(again, Err(AdminError::NothingToChange)));
    assert_eq!(rows().await, before + 1);
}

#[tokio::test]
async fn settings_change_at_once_and_what_the_operator_gave_does_not() {
    let mut case = Case::new().await;
    let by = case.operator.clone();
    let fixed = FixedSettings::default().with(SettingKey::ProposalTtl, "24h");
    case.admin.0.settings.fixed = fixed.clone();
    let change = async |key, value: &str| {
        let changes = [(key, value.to_owned())];
        case.admin.change_settings(&by, &changes).await
    };
    let live = async || case.admin.0.store.live_settings(&fixed).await.unwrap();
    assert_eq!(live().await.hold_seconds, 10);
    change(SettingKey::HoldSeconds, "25").await.unwrap();
    assert_eq!(live().await.hold_seconds, 25);
    let refused = change(SettingKey::HoldSeconds, "soon").await;
    assert!(matches!(
        refused,
        Err(AdminError::BadSetting {
            key: SettingKey::HoldSeconds,
            ..
        })
    ));
    let refused = change(SettingKey::ProposalTtl, "3d").await;
    assert!(matches!(
        refused,
        Err(AdminError::SettingFixed(SettingKey::ProposalTtl))
    ));
    let views = case.admin.settings(&by).await.unwrap();
    assert_eq!(views[0].value, "25");
    assert!(matches!(views[0].origin, SettingOrigin::Dashboard { .. }));
    assert_eq!(views[1].value, "24h");
    assert_eq!(views[1].origin, SettingOrigin::Operator);
    change(SettingKey::HoldSeconds, "").await.unwrap();
    let views = case.admin.settings(&by).await.unwrap();
    assert_eq!(views[0].origin, SettingOrigin::Default);
}
