//! Pauses, settings, audit, restore.

use serde_json::{Value, json};

use super::problems::{CHANGED, SETTING_FIXED, WRONG_STATE};
use super::{Listed, Operation, Parameter, Tag, choice, object, paging, text};
use crate::api::admin::wire;
use crate::domain::{AuditAction, AuditRow, PauseReach, SettingKey};

pub fn list_pauses() -> Operation {
    Operation::new(
        Tag::Upkeep,
        "listPauses",
        "List what is held back, the widest first",
    )
    .answers::<Listed<wire::Pause>>(200, "All of it.")
}

pub fn pause() -> Operation {
    let [scope, id] = target();
    Operation::new(Tag::Upkeep, "pause", "Hold writes back")
        .text("What is approved waits and is not lost.")
        .takes(
            object([scope, id, ("reason!", text(2000, "Why."))]),
            json!({"scope": "organization", "id": "2", "reason": "Migration this weekend"}),
        )
        .answers::<wire::Pause>(200, "Held back.")
        .problems(&[CHANGED])
}

pub fn resume() -> Operation {
    let [scope, id] = target();
    Operation::new(Tag::Upkeep, "resume", "Let writes go on")
        .text("That nothing was held back is no error.")
        .takes(
            object([scope, id, ("reason", text(2000, "Why."))]),
            json!({"scope": "organization", "id": "2"}),
        )
        .answers_nothing("They go on.")
}

pub fn show_restore() -> Operation {
    Operation::new(
        Tag::Upkeep,
        "showRestore",
        "Whether the database was restored from a backup",
    )
    .answers::<wire::Restore>(200, "Whether everything is held back for it.")
}

pub fn accept_restore() -> Operation {
    Operation::new(
        Tag::Upkeep,
        "acceptRestore",
        "Go on with a restored database",
    )
    .takes(object([]), json!({}))
    .answers::<wire::AcceptedRestore>(200, "What was touched.")
    .problems(&[WRONG_STATE])
}

pub fn list_settings() -> Operation {
    Operation::new(
        Tag::Upkeep,
        "listSettings",
        "List what may change while the server runs",
    )
    .answers::<wire::SettingsList>(200, "All of it.")
}

pub fn change_settings() -> Operation {
    let value = |key: &SettingKey| {
        let what = format!("{}; null gives the default back.", key.accepted());
        (
            key.as_str(),
            json!({"type": ["string", "integer"], "description": what}),
        )
    };
    Operation::new(Tag::Upkeep, "changeSettings", "Change settings")
        .text("All that are named, or none.")
        .takes(
            object(SettingKey::ALL.iter().map(value)),
            json!({"hold_seconds": 30}),
        )
        .answers::<wire::SettingsList>(200, "As they are now.")
        .problems(&[SETTING_FIXED])
}

pub fn list_audit() -> Operation {
    let time = || json!({"type": "string", "format": "date-time"});
    Operation::new(Tag::Upkeep, "listAudit", "Read the audit, newest first")
        .text("A page may be short, or empty, and still have a next one.")
        .parameters(paging())
        .parameters([
            Parameter::query(
                "action",
                "Of this action.",
                choice::<AuditAction>("An action."),
            ),
            Parameter::query(
                "actor",
                "By these: a kind, or the id of a person or agent.",
                json!({"type": "string"}),
            ),
            Parameter::query(
                "subject",
                "About this kind of thing; with `subject_id`.",
                json!({"type": "string"}),
            ),
            Parameter::query(
                "subject_id",
                "About this thing; with `subject`.",
                json!({"type": "string"}),
            ),
            Parameter::query("since", "Not before.", time()),
            Parameter::query("until", "Not after.", time()),
        ])
        .answers::<Listed<AuditRow>>(200, "A page.")
}

const WHAT: &str = "The id or the name of what is meant; not with `all`.";

fn target() -> [(&'static str, Value); 2] {
    [
        ("scope!", choice::<PauseReach>("How far it reaches.")),
        ("id", json!({"type": "string", "description": WHAT})),
    ]
}
