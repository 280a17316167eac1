//! Access profiles.

use serde_json::{Value, json};

use super::problems::{CHANGED, IN_USE, NAME_TAKEN, STEP_UP_REQUIRED};
use super::{
    Listed, Operation, Parameter, Tag, choice, flag, list as list_of, named, object, paging, text,
    whole,
};
use crate::admin::Trial;
use crate::api::admin::wire;
use crate::domain::{AccessLevel, Method, Operation as Doing, PermissionGroup, Preset};

fn id() -> Parameter {
    named("The id or the name of the profile.", "Docs")
}

pub fn list() -> Operation {
    Operation::new(Tag::Profiles, "listProfiles", "List profiles, by name")
        .parameters(paging())
        .answers::<Listed<wire::ProfileOverview>>(200, "A page, and who uses each.")
}

pub fn create() -> Operation {
    let schema = object([
        ("name!", text(60, "Its name.")),
        (
            "preset",
            choice::<Preset>("Where it starts from; `read-only` if nothing is said."),
        ),
    ]);
    Operation::new(Tag::Profiles, "createProfile", "Add a profile")
        .takes(schema, json!({"name": "Docs", "preset": "documentation"}))
        .answers::<wire::Profile>(201, "Added.")
        .with_header("location")
        .with_header("etag")
        .problems(&[NAME_TAKEN])
}

pub fn show() -> Operation {
    Operation::new(Tag::Profiles, "showProfile", "Read a profile")
        .parameters([id()])
        .answers::<wire::ProfileOverview>(200, "And who uses it.")
        .with_header("etag")
}

pub fn save() -> Operation {
    let version = Parameter::header(
        "If-Match",
        "The `ETag` that was looked at, instead of `version`.",
        json!({"type": "string"}),
        json!("\"3\""),
    );
    let typed = list_of(
        &choice::<PermissionGroup>("A group."),
        "The groups in which deletes are switched on, as one types them on the screen.",
    );
    let schema = object([
        (
            "version",
            whole(
                0,
                i64::MAX,
                "The version that was looked at; without it, `If-Match`.",
            ),
        ),
        ("name", text(60, "Another name.")),
        ("preset", choice::<Preset>("Start again from here.")),
        ("groups", groups()),
        ("reason", text(2000, "Required for more freedom.")),
        ("typed", typed),
    ]);
    Operation::new(Tag::Profiles, "saveProfile", "Change a profile")
        .text("Of the version that was looked at. What is not mentioned stays, or is as in the `preset`.")
        .parameters([id(), version])
        .takes(schema, json!({
            "version": 3, "groups": {"contacts": {"ask": false}},
            "reason": "Routine changes, agreed on Monday",
        }))
        .answers::<wire::Profile>(200, "Saved.")
        .with_header("etag")
        .problems(&[CHANGED, NAME_TAKEN, STEP_UP_REQUIRED])
}

pub fn remove() -> Operation {
    Operation::new(Tag::Profiles, "removeProfile", "Remove a profile")
        .parameters([id()])
        .answers_nothing("Removed.")
        .problems(&[IN_USE])
}

pub fn try_on_history() -> Operation {
    let schema = object([("groups", groups())]);
    Operation::new(Tag::Profiles, "tryProfile", "Try a draft on past proposals")
        .text("Nothing is changed.")
        .parameters([id()])
        .takes(schema, json!({"groups": {"contacts": {"ask": false}}}))
        .answers::<Trial>(200, "What the last 30 days would have been.")
}

pub fn what_if() -> Operation {
    let number = || json!({"type": ["string", "integer"], "pattern": "^[0-9]{1,19}$", "minimum": 0, "maximum": 999_999_999_999_i64});
    let schema = object([
        ("groups", groups()),
        (
            "agent",
            json!({"type": "string", "format": "uuid", "description": "Limited as this agent is."}),
        ),
        ("record", number()),
        ("organization", number()),
        (
            "group",
            choice::<PermissionGroup>("With `operation`, instead of a call."),
        ),
        (
            "operation",
            choice::<Doing>("With `group`, instead of a call."),
        ),
        ("method", choice::<Method>("With `path`: this very call.")),
        ("path", text(2000, "With `method`: this very call.")),
    ]);
    Operation::new(
        Tag::Profiles,
        "askProfile",
        "What a profile would say of a call",
    )
    .text("Under the groups as they are saved and under a draft of them.")
    .parameters([id()])
    .takes(
        schema,
        json!({
            "groups": {"contacts": {"ask": false}}, "method": "PATCH", "path": "/contacts/501",
        }),
    )
    .answers::<wire::WhatIf>(200, "Both answers.")
}

fn groups() -> Value {
    let rule = object([
        (
            "access",
            choice::<AccessLevel>("Reads, writes, or neither."),
        ),
        ("ask", flag("Whether a technician is asked before a write.")),
        ("delete", flag("Whether deletes may be proposed at all.")),
    ]);
    object(
        PermissionGroup::ALL
            .iter()
            .map(|group| (group.as_str(), rule.clone())),
    )
}
