//! The words of the matrix.

use leptos::prelude::*;

use crate::domain::{
    AccessLevel, GroupRule, GroupRules, Operation, PermissionGroup, Preset, VerdictKind,
};
use crate::policy::{Column, Freedom};

/// What people read of an access level.
pub const fn access_word(access: AccessLevel) -> &'static str {
    match access {
        AccessLevel::Disabled => "Disabled",
        AccessLevel::ReadOnly => "Read Only",
        AccessLevel::ReadWrite => "Read/Write",
    }
}

/// What a group is about.
pub const fn covers(group: PermissionGroup) -> &'static str {
    match group {
        PermissionGroup::Organizations => "Organizations, locations, domains, related items",
        PermissionGroup::Contacts => "Contacts, contact types",
        PermissionGroup::Documents => "Documents, sections, images, checklists, attachments",
        PermissionGroup::FlexibleAssets => "Flexible asset records",
        PermissionGroup::FlexibleAssetTypes => "Asset type schemas, field definitions",
        PermissionGroup::Configurations => "Configuration items, types, statuses, interfaces",
        PermissionGroup::Passwords => "Passwords, folders, categories",
    }
}

/// What people read of a column.
pub const fn column_word(column: Column) -> &'static str {
    match column {
        Column::Access => "Access",
        Column::Ask => "Ask before writes",
        Column::Delete => "Allow deletes",
    }
}

/// What a cell says.
pub const fn cell_word(rule: GroupRule, column: Column) -> &'static str {
    match column {
        Column::Access => access_word(rule.access),
        Column::Ask => on_or_off(rule.ask),
        Column::Delete => on_or_off(rule.delete),
    }
}

const fn on_or_off(is_on: bool) -> &'static str {
    if is_on { "on" } else { "off" }
}

/// What a change of a cell does for agents.
pub const fn freedom_word(freedom: Freedom) -> &'static str {
    match freedom {
        Freedom::More => "more freedom",
        Freedom::Same => "no difference",
        Freedom::Less => "less freedom",
    }
}

/// What people read of a preset.
pub const fn preset_word(preset: Preset) -> &'static str {
    match preset {
        Preset::ReadOnly => "Read only",
        Preset::Documentation => "Documentation",
        Preset::FullAccess => "Full access",
    }
}

/// What a preset lets agents do.
pub const fn preset_story(preset: Preset) -> &'static str {
    match preset {
        Preset::ReadOnly => "Agents read everything and write nothing. The safest place to start.",
        Preset::Documentation => {
            "Agents read everything and propose changes to contacts, documents and flexible \
             assets. A technician decides on each. Nothing is deleted."
        }
        Preset::FullAccess => {
            "Agents read everything and propose any change, deletes included. A technician decides \
             on each. Organizations are never deleted."
        }
    }
}

/// What people read of what a call does.
pub const fn operation_word(operation: Operation) -> &'static str {
    match operation {
        Operation::Read => "Read",
        Operation::Create => "Create",
        Operation::Update => "Update",
        Operation::Publish => "Publish a draft",
        Operation::Delete => "Delete",
        Operation::ReadSecret => "Read a password’s value",
    }
}

/// What people read of a verdict.
pub const fn verdict_word(kind: VerdictKind) -> &'static str {
    match kind {
        VerdictKind::Refused => "Refused",
        VerdictKind::NeedsApproval => "Asks",
        VerdictKind::Allowed => "Allowed",
    }
}

/// What rules let agents do, at a glance: what is written, what passes by itself, what is deleted.
pub fn at_a_glance(rules: &GroupRules) -> AnyView {
    let named = |is_meant: fn(GroupRule) -> bool| {
        let groups = PermissionGroup::ALL.iter();
        let meant: Vec<&str> = groups
            .filter(|group| is_meant(rules.of(**group)))
            .map(|group| group.label())
            .collect();
        if meant.is_empty() {
            "nothing".to_owned()
        } else {
            meant.join(", ")
        }
    };
    let writes = named(|rule| rule.access == AccessLevel::ReadWrite);
    let deletes = named(|rule| rule.access == AccessLevel::ReadWrite && rule.delete);
    let closed = named(|rule| rule.access == AccessLevel::Disabled);
    let unasked: Vec<&str> = unasked(rules).map(PermissionGroup::label).collect();
    let unasked = if unasked.is_empty() {
        "nothing".to_owned()
    } else {
        unasked.join(", ")
    };
    let facts = [
        ("Writes", writes),
        ("Passes without asking", unasked),
        ("Deletes", deletes),
        ("Disabled", closed),
    ];
    let facts = facts.map(|(word, groups)| {
        view! {
            <div>
                <dt>{word}</dt>
                <dd>{groups}</dd>
            </div>
        }
    });
    view! { <dl class="glance">{facts.into_iter().collect_view()}</dl> }.into_any()
}

/// The groups in which a write may pass without a technician.
fn unasked(rules: &GroupRules) -> impl Iterator<Item = PermissionGroup> {
    let all_asking = {
        let mut asking = rules.clone();
        for group in PermissionGroup::ALL {
            asking.of_mut(*group).ask = true;
        }
        asking
    };
    let differences = crate::policy::differences(&all_asking, rules);
    PermissionGroup::ALL.iter().copied().filter(move |group| {
        differences
            .of(*group, Column::Ask)
            .is_some_and(|change| change.freedom == Freedom::More)
    })
}
