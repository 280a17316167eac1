//! How much care a decision needs: the table of tiers, highest matching row first.

use super::locate::Located;
use crate::domain::{Facts, Operation, PermissionGroup, TargetOrganization, Tier};

const MANY_FIELDS: usize = 10;
const MANY_BYTES: usize = 10_000;

/// The tier. Without facts: at least this one.
pub fn of(located: &Located, facts: Option<&Facts>) -> Tier {
    if located.operation == Operation::Read {
        return Tier::Routine;
    }
    if is_critical(located) || facts.is_some_and(is_critical_by_content) {
        return Tier::Critical;
    }
    if is_elevated(located) || facts.is_some_and(is_elevated_by_content) {
        return Tier::Elevated;
    }
    Tier::Routine
}

fn is_critical(located: &Located) -> bool {
    let changes_schema = located.groups.contains(PermissionGroup::FlexibleAssetTypes);
    match located.operation {
        Operation::ReadSecret | Operation::Delete => true,
        Operation::Read => false,
        Operation::Create | Operation::Update | Operation::Publish => {
            changes_schema || located.writes_password()
        }
    }
}

fn is_critical_by_content(facts: &Facts) -> bool {
    facts.writes_secret
        || !facts.erased.is_empty()
        || !facts.cannot_keep.is_empty()
        || facts.crosses_organizations
        || facts.restriction_changed
        || facts.deceptive_characters
        || facts.organizations.contains(&TargetOrganization::Unknown)
}

/// Locations stand under organizations.
fn is_elevated(located: &Located) -> bool {
    let groups = located.groups;
    groups.contains(PermissionGroup::Configurations)
        || groups.contains(PermissionGroup::Organizations)
}

fn is_elevated_by_content(facts: &Facts) -> bool {
    facts.changed_fields > MANY_FIELDS
        || facts.changed_bytes > MANY_BYTES
        || facts.first_write_in_group
        || facts.items > 1
        || facts.other_warnings
}
