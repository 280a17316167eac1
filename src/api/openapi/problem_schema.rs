//! What a problem looks like.

use serde_json::{Value, json};

use super::problems::Kind;

/// The schema. Some kinds have members of their own.
pub fn schema() -> Value {
    json!({
        "type": "object",
        "description": "What went wrong, what was not changed, what to do next (RFC 9457).",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string", "description": "Stable: `urn:countersign:problem:` and a slug."},
            "title": {"type": "string"},
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": {"type": "string", "description": "For people, or for an agent to act on."},
            "errors": {
                "type": "array",
                "description": "One for each member that does not fit.",
                "items": {"$ref": "#/components/schemas/FieldError"},
            },
            "rule": {"type": "string", "description": "Of `refused-by-policy`: the rule that refused it."},
            "group": {"description": "Of `refused-by-policy`: the permission group, if it is one."},
            "needed": {
                "type": ["object", "null"],
                "description": "Of `refused-by-policy`: what the access profile would have to say.",
            },
            "number": {
                "type": "integer",
                "description": "Of `duplicate-pending`: the number of the open proposal.",
            },
            "links": {
                "type": "object",
                "description": "Of `duplicate-pending`: `self` is where the open proposal is read.",
            },
            "now": {"type": "object", "description": "Of `changed`: the profile as it is now."},
            "test": {"type": "object", "description": "Of `test-failed`: how trying the key out went."},
            "waiting": {"type": "integer", "description": "Of `in-use`: how many open proposals."},
            "agents": {"type": "integer", "description": "Of `in-use`: how many agents."},
            "names": {
                "type": "array",
                "items": {"type": "string"},
                "description": "Of `in-use`: the names of the agents.",
            },
        },
    })
}

/// One of a kind.
pub fn example(kind: Kind) -> Value {
    let mut example = json!({
        "type": kind.uri(),
        "title": kind.title,
        "status": kind.status,
        "detail": kind.when,
    });
    if kind.status == 422 && kind.slug.starts_with("invalid") {
        example["detail"] = json!("/summary: This is required. Nothing was stored.");
        example["errors"] = json!([{"pointer": "/summary", "detail": "This is required."}]);
    }
    example
}
