//! One example of each type that is answered with. A test holds each to its schema.

use serde_json::{Value, json};

/// The id of the proposal in the examples.
pub const PROPOSAL: &str = "01981f6e-4b7a-7c31-9d52-3f0e6a1b2c4d";
const OTHER_PROPOSAL: &str = "01981f70-0c11-7aa0-8e43-5b9d2e7f1a06";
const ID: &str = "01981e00-77aa-7b10-a3c4-9d8e7f6a5b40";
const OTHER_ID: &str = "01981e00-91c2-7d55-b6e7-0a1b2c3d4e5f";
const NOW: &str = "2026-11-22T09:14:03.120Z";
const LATER: &str = "2026-11-29T09:14:03.120Z";

/// What stands above the document.
pub const ABOUT: &str = "\
Countersign stands between AI agents and IT Glue. An agent reads what its access profile lets it \
read and proposes what it wants to write; a technician decides; Countersign carries out exactly \
what was approved, once.\n\n\
Send a token as `Authorization: Bearer …` or in `x-api-key`; never in an address. Errors are \
`application/problem+json` with a stable `type` and a `detail` to act on. Lists take `limit` and \
`cursor`. Times are RFC 3339 in UTC. Every answer has `x-request-id`. Members of answers may be \
added; ignore what you do not know.";

/// An example of the type of this name.
pub fn of(name: &str) -> Option<Value> {
    if let Some(item) = name.strip_suffix("List").and_then(of) {
        return Some(json!({"items": [item], "next_cursor": null}));
    }
    Some(match name {
        "Proposal" | "AgentProposal" => proposal(),
        "OpenedProposal" => with(proposal(), opened()),
        "ListedProposal" => with(proposal(), json!({"claim": claim()})),
        "Comment" => comment(),
        "EditPreview" => preview(),
        "HistoryEntry" => history_entry(),
        "Permissions" => json!({
            "profile": "Documentation", "groups": groups(), "organizations": ["2"],
            "floors": [{
                "id": "floor.organization_delete",
                "text": "An organization is never deleted by an agent.",
            }],
        }),
        "CheckedRequest" => json!({
            "verdict": "needs_approval", "rule": "contacts.ask",
            "explanation": "Writes to contacts are put before a technician.",
            "tier": "routine", "at_least": true, "needed": null,
        }),
        "Connection" => connection(),
        "ConnectionOverview" => with(
            connection(),
            json!({
                "health": "working", "health_detail": null, "waiting": 2, "agents": 1,
                "budget": {"used": 14, "limit": 3000, "per_seconds": 300},
                "last_success_at": NOW, "password_access": false,
            }),
        ),
        "TestedConnection" => with(connection(), json!({"test": test()})),
        "TriedKey" => json!({"test": test()}),
        "Profile" => profile(),
        "ProfileOverview" => with(
            profile(),
            json!({
                "agents": [{"id": OTHER_ID, "name": "triage-bot"}], "changed_by": "Alex Meyer",
            }),
        ),
        "Trial" => trial(),
        "WhatIf" => what_if(),
        "Agent" => agent(),
        "AgentOverview" => with(agent(), faring()),
        "AgentPage" => with(
            with(agent(), faring()),
            json!({
                "tokens": [token()], "recent": [proposal()],
            }),
        ),
        "Token" => token(),
        "CreatedToken" => json!({
            "id": ID, "public_id": "7Qm2xWcT", "owner": "triage-bot", "scopes": [],
            "token": "cs_agent_7Qm2xWcT_…", "expires_at": LATER,
        }),
        "User" => user(),
        "UserOverview" => with(
            user(),
            json!({
                "sessions": 1, "invitation_expires_at": null, "is_closed": false,
            }),
        ),
        "Invited" => with(
            user(),
            json!({
                "link": "https://gate.example/join/…", "link_expires_at": LATER,
            }),
        ),
        "EndedSessions" => json!({"ended": 2}),
        "Pause" => json!({
            "scope": "organization", "id": "2", "name": "Acme", "reason": "Migration this weekend",
            "since": NOW, "by": "Alex Meyer",
        }),
        "Restore" => json!({"held": false, "sign": null}),
        "AcceptedRestore" => json!({"doubted": 1, "asked": 0, "marked": 0}),
        "SettingsList" => json!({
            "items": [{
                "key": "hold_seconds", "default": "10", "value": "30",
                "origin": {"kind": "dashboard", "by": "Alex Meyer", "at": NOW},
            }],
            "next_cursor": null, "second_factor": "deciders",
        }),
        "AuditRow" => audit_row(),
        _ => return None,
    })
}

fn proposal() -> Value {
    json!({
        "id": PROPOSAL, "number": 1042, "status": "pending", "revision": 1, "round": 1,
        "agent": "triage-bot", "connection": "main",
        "request": {
            "method": "PATCH", "path": "/contacts/501",
            "body": {"data": {"type": "contacts", "attributes": {"title": "Director"}}},
        },
        "operation": "update", "group": "contacts", "tier": "routine",
        "verdict": {
            "verdict": "needs_approval", "rule": "contacts.ask",
            "explanation": "Writes to contacts are put before a technician.",
        },
        "resource": {
            "type": "contacts", "id": "501", "name": "Dana Reyes",
            "organization_id": "2", "organization_name": "Acme",
        },
        "summary": "Dana was promoted", "reason": "Ticket asks for it",
        "ticket": {"id": "T-8812", "url": "https://psa.example/T-8812"},
        "warnings": [], "decision": null, "outcome": null,
        "created_at": NOW, "updated_at": NOW, "expires_at": LATER,
        "links": {
            "self": format!("/api/v1/proposals/{PROPOSAL}"),
            "review": "https://gate.example/p/1042",
        },
    })
}

fn opened() -> Value {
    json!({
        "fingerprint": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "diff": {
            "record": proposal()["resource"],
            "fields": [{
                "pointer": "/data/attributes/title", "label": "Title", "kind": "text",
                "change": "changed", "base": "Manager", "live": "Manager", "proposed": "Director",
                "display": {"base": "Manager", "live": "Manager", "proposed": "Director"},
                "secret": false,
            }],
            "warnings": [],
        },
        "live_read_at": NOW, "notice": null,
        "undo": {"class": "exact", "reason": "The title can be put back.", "offered": false},
        "reverted_by": [{"id": OTHER_PROPOSAL, "number": 1050, "status": "pending"}],
        "claim": claim(), "comments": [comment()], "revisions": [], "decisions": [],
    })
}

fn preview() -> Value {
    let (whole, opened) = (proposal(), opened());
    json!({
        "request": whole["request"], "tier": "routine", "verdict": whole["verdict"],
        "resource": whole["resource"], "warnings": [],
        "edited_fingerprint": opened["fingerprint"], "diff": opened["diff"],
        "undo": opened["undo"], "links": whole["links"],
    })
}

fn claim() -> Value {
    json!({"person": ID, "name": "Sam Kim", "at": NOW})
}

fn comment() -> Value {
    json!({"id": 7, "person": ID, "name": "Sam Kim", "text": "Asked the client", "at": NOW})
}

fn history_entry() -> Value {
    let mut about = proposal();
    if let Some(members) = about.as_object_mut() {
        for beside in [
            "connection",
            "request",
            "verdict",
            "reason",
            "warnings",
            "decision",
            "outcome",
            "created_at",
            "updated_at",
            "expires_at",
        ] {
            members.remove(beside);
        }
    }
    json!({
        "decision": {
            "verdict": "approved", "by": "person", "person": ID, "name": "Sam Kim",
            "reason": "As the ticket says", "at": NOW, "round": 1, "undone_at": null,
        },
        "outcome": null,
        "proposal": about,
    })
}

fn groups() -> Value {
    let rule = json!({"access": "read-only", "ask": true, "delete": false});
    json!({
        "organizations": rule, "contacts": {"access": "read-write", "ask": true, "delete": false},
        "documents": rule, "flexible_assets": rule, "flexible_asset_types": rule,
        "configurations": rule, "passwords": rule,
    })
}

fn connection() -> Value {
    json!({
        "id": ID, "name": "main", "region": "eu", "base_url": null, "api_key_last_four": "4f2a",
        "created_at": NOW, "pause": null,
    })
}

fn test() -> Value {
    json!({
        "result": "ok", "detail": "IT Glue answered.", "advice": "nothing is to be done",
        "organizations": 42, "password_access": false, "fitting_region": null,
    })
}

fn profile() -> Value {
    json!({
        "id": ID, "name": "Docs", "preset": "documentation", "version": 3, "updated_at": NOW,
        "groups": groups(),
    })
}

fn trial() -> Value {
    let none = json!({"count": 0, "examples": []});
    json!({
        "since": NOW, "looked_at": 311, "is_capped": false, "pass_now": none,
        "would_pass": {"count": 2, "examples": [1042, 1040]}, "refused_by_people": none,
        "newly_refused": none, "unclear": none,
        "organizations": [{"id": "2", "name": "Acme", "count": 2}], "other_organizations": 0,
    })
}

fn what_if() -> Value {
    let saved = json!({
        "verdict": "needs_approval", "rule": "contacts.ask",
        "explanation": "Writes to contacts are put before a technician.",
        "tier": "routine", "needed": null,
    });
    json!({
        "method": "PATCH", "path": "/contacts/501", "groups": ["contacts"], "agent": null,
        "saved": saved, "draft": saved,
    })
}

fn agent() -> Value {
    json!({
        "id": OTHER_ID, "name": "triage-bot", "profile": "Docs", "connection": "main",
        "organizations": ["2"], "gateway_wait_seconds": 20, "owner_id": ID, "created_at": NOW,
        "paused_at": null,
    })
}

fn faring() -> Value {
    json!({
        "owner_name": "Alex Meyer", "last_used_at": NOW, "waiting": 2, "working_tokens": 1,
        "next_expires_at": LATER,
    })
}

fn token() -> Value {
    json!({
        "id": ID, "public_id": "7Qm2xWcT", "name": "triage-bot", "scopes": [], "created_at": NOW,
        "expires_at": LATER, "revoked_at": null, "addresses": ["203.0.113.0/24"],
        "last_used_at": NOW, "last_address": "203.0.113.7", "refused_at": null,
    })
}

fn user() -> Value {
    json!({
        "id": ID, "email": "sam@example.com", "name": "Sam Kim", "role": "technician",
        "organizations": null, "created_at": NOW, "disabled_at": null, "last_seen_at": NOW,
        "factor_since": NOW,
    })
}

fn audit_row() -> Value {
    json!({
        "number": 4711, "at": NOW, "actor": "person", "actor_id": ID, "actor_name": "Sam Kim",
        "credential": OTHER_ID, "address": "203.0.113.9", "action": "proposal.approved",
        "subject": "proposal", "subject_id": PROPOSAL, "details": {"number": 1042},
        "previous_hash": "0".repeat(64), "hash": "9".repeat(64),
    })
}

fn with(mut object: Value, more: Value) -> Value {
    if let (Some(members), Value::Object(more)) = (object.as_object_mut(), more) {
        members.extend(more);
    }
    object
}
