//! Connections, profiles, agents, tokens and people as administrators read them. No secret is in
//! what these are made from, but where one was just made.

use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::admin::{
    AgentOverview, Answer, ConnectionOverview, ConnectionTest, CreatedToken, Invitation,
    ProfileOverview, UserOverview, WhatIf,
};
use crate::domain::{AgentRef, OrganizationScope, Pause};
use crate::store::{
    AgentDetails, ConnectionDetails, Page, ProfileDetails, TokenDetails, UserDetails,
};

/// A page of a list.
pub fn page<T>(page: &Page<T, String>, shown: impl Fn(&T) -> Value) -> Value {
    let items: Vec<Value> = page.items.iter().map(shown).collect();
    json!({ "items": items, "next_cursor": page.next })
}

/// A connection.
pub fn connection(connection: &ConnectionDetails) -> Value {
    json!({
        "id": connection.id,
        "name": connection.name,
        "region": connection.region,
        "base_url": connection.base_url,
        "api_key_last_four": connection.key_last_four,
        "created_at": connection.created_at,
        "pause": connection.pause.as_ref().map(|pause| json!({
            "kind": pause.kind.as_str(),
            "detail": pause.detail,
            "since": pause.since,
            "until": pause.until,
        })),
    })
}

/// A connection, and how it fares.
pub fn connection_overview(overview: &ConnectionOverview) -> Value {
    let more = json!({
        "health": overview.health,
        "health_detail": overview.health_detail,
        "waiting": overview.waiting,
        "agents": overview.agents,
        "budget": overview.budget.map(|budget| json!({
            "used": budget.used,
            "limit": budget.limit,
            "per_seconds": budget.per_seconds,
        })),
        "last_success_at": overview.last_success_at,
        "password_access": overview.password_access,
    });
    joined(connection(&overview.connection), more)
}

/// A connection, and how trying it out went.
pub fn tested_connection(details: &ConnectionDetails, test: &ConnectionTest) -> Value {
    joined(
        connection(details),
        json!({ "test": connection_test(test) }),
    )
}

/// How trying a key out went.
pub fn connection_test(test: &ConnectionTest) -> Value {
    json!({
        "result": test.result,
        "detail": test.detail,
        "advice": test.result.advice(),
        "organizations": test.organizations,
        "password_access": test.password_access,
        "fitting_region": test.fitting_region,
    })
}

/// A profile.
pub fn profile(profile: &ProfileDetails) -> Value {
    json!({
        "id": profile.id,
        "name": profile.name,
        "preset": profile.preset,
        "version": profile.version,
        "updated_at": profile.updated_at,
        "groups": profile.rules,
    })
}

/// A profile, who uses it and who changed it last.
pub fn profile_overview(overview: &ProfileOverview) -> Value {
    let agents: Vec<Value> = overview.agents.iter().map(agent_ref).collect();
    let more = json!({ "agents": agents, "changed_by": overview.changed_by });
    joined(profile(&overview.profile), more)
}

/// What the policy says of a made-up call, saved and draft side by side.
pub fn what_if(what_if: &WhatIf) -> Value {
    json!({
        "method": what_if.route.method,
        "path": what_if.route.path,
        "groups": what_if.groups,
        "agent": what_if.agent.as_ref().map(agent_ref),
        "saved": answer(&what_if.saved),
        "draft": answer(&what_if.draft),
    })
}

fn answer(answer: &Answer) -> Value {
    let verdict = &answer.judgement.verdict;
    json!({
        "verdict": verdict.kind,
        "rule": verdict.rule,
        "explanation": verdict.explanation,
        "tier": answer.judgement.tier,
        "needed": answer.need.as_ref().map(|need| need.text.as_str()),
    })
}

fn agent_ref(agent: &AgentRef) -> Value {
    json!({ "id": agent.id, "name": agent.name })
}

/// An agent.
pub fn agent(agent: &AgentDetails) -> Value {
    json!({
        "id": agent.agent.id,
        "name": agent.agent.name,
        "profile": agent.profile.name,
        "connection": agent.connection.name,
        "organizations": organizations(&agent.organizations),
        "gateway_wait_seconds": agent.gateway_wait,
        "owner_id": agent.agent.owner,
        "created_at": agent.created_at,
        "paused_at": agent.paused_at,
    })
}

/// An agent, and how it fares.
pub fn agent_overview(overview: &AgentOverview) -> Value {
    let more = json!({
        "owner_name": overview.owner_name,
        "last_used_at": overview.last_used_at,
        "waiting": overview.waiting,
        "working_tokens": overview.tokens,
        "next_expires_at": overview.expires_at,
    });
    joined(agent(&overview.details), more)
}

/// A token; what opens something with it is kept nowhere.
pub fn token(token: &TokenDetails) -> Value {
    json!({
        "id": token.id,
        "public_id": token.public_id,
        "name": token.name,
        "scopes": token.scopes,
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "revoked_at": token.revoked_at,
        "addresses": token.addresses,
        "last_used_at": token.last_used_at,
        "last_address": token.last_address,
        "refused_at": token.refused_at,
    })
}

/// A token that was just made: the only answer that holds it.
pub fn created_token(created: &CreatedToken) -> Value {
    json!({
        "id": created.id,
        "public_id": created.public_id,
        "owner": created.owner,
        "scopes": created.scopes,
        "token": created.token.expose_secret(),
        "expires_at": created.expires_at,
    })
}

/// A person.
pub fn user(user: &UserDetails) -> Value {
    json!({
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "role": user.role,
        "organizations": organizations(&user.organizations),
        "created_at": user.created_at,
        "disabled_at": user.disabled_at,
        "last_seen_at": user.last_seen_at,
        "factor_since": user.factor_since,
    })
}

/// A person as an administrator sees them.
pub fn user_overview(overview: &UserOverview) -> Value {
    let more = json!({
        "sessions": overview.sessions,
        "invitation_expires_at": overview.invitation,
        "is_closed": overview.is_closed,
    });
    joined(user(&overview.user), more)
}

/// A person and the link that lets them choose a password: the only answer that holds it.
pub fn invitation(invitation: &Invitation, public_url: &str) -> Value {
    let link = format!("{public_url}/join/{}", invitation.secret.expose_secret());
    let more = json!({ "link": link, "link_expires_at": invitation.expires_at });
    joined(user(&invitation.user), more)
}

/// Something that is held back.
pub fn pause(pause: &Pause) -> Value {
    json!({
        "scope": pause.scope.reach(),
        "id": pause.scope.id(),
        "name": pause.name,
        "reason": pause.reason,
        "since": pause.since,
        "by": pause.by,
    })
}

/// Null for all of them.
fn organizations(scope: &OrganizationScope) -> Value {
    match scope {
        OrganizationScope::All => Value::Null,
        OrganizationScope::Only(ids) => json!(ids),
    }
}

fn joined(mut object: Value, more: Value) -> Value {
    if let (Some(members), Value::Object(more)) = (object.as_object_mut(), more) {
        members.extend(more);
    }
    object
}
