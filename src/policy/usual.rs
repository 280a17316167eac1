//! The usual call of each kind in each group: what the profile editor asks about when nobody names
//! a path.

use super::locate::{Located, locate};
use crate::domain::{Method, Operation, OrganizationId, PermissionGroup, RecordId};

/// Stands in an address for a record that nobody named.
const ANY_RECORD: RecordId = RecordId(1);

/// What can be done in a group, in the order people think of it.
pub fn usual_operations(group: PermissionGroup) -> impl Iterator<Item = Operation> {
    Operation::ALL
        .iter()
        .copied()
        .filter(move |operation| kind_of(group, *operation).is_some())
}

/// The usual call of this kind in this group, about this record of this client. None where the
/// group knows no such call.
pub fn usual_call(
    group: PermissionGroup,
    operation: Operation,
    record: Option<RecordId>,
    organization: Option<OrganizationId>,
) -> Option<Located> {
    let kind = kind_of(group, operation)?;
    // The record that an organization belongs to is itself.
    let itself = organization
        .filter(|_| kind == "organizations")
        .map(|organization| RecordId(organization.0));
    let record = record.or(itself).unwrap_or(ANY_RECORD);
    let (method, path) = match operation {
        Operation::Read => (Method::Get, format!("/{kind}/{record}")),
        Operation::ReadSecret => (Method::Get, format!("/{kind}/{record}?show_password=true")),
        Operation::Create => (Method::Post, format!("/{kind}")),
        Operation::Update => (Method::Patch, format!("/{kind}/{record}")),
        Operation::Publish => (Method::Patch, format!("/{kind}/{record}/publish")),
        Operation::Delete => (Method::Delete, format!("/{kind}/{record}")),
    };
    locate(method.as_str(), &path).ok()
}

/// The kind of record it is usually done to.
const fn kind_of(group: PermissionGroup, operation: Operation) -> Option<&'static str> {
    match (operation, group) {
        // Organizations themselves are never deleted, so that would tell nothing about a profile.
        (Operation::Delete, PermissionGroup::Organizations) => Some("locations"),
        (Operation::Publish, PermissionGroup::Documents)
        | (Operation::ReadSecret, PermissionGroup::Passwords)
        | (
            Operation::Read | Operation::Create | Operation::Update | Operation::Delete,
            PermissionGroup::Organizations
            | PermissionGroup::Contacts
            | PermissionGroup::Documents
            | PermissionGroup::FlexibleAssets
            | PermissionGroup::FlexibleAssetTypes
            | PermissionGroup::Configurations
            | PermissionGroup::Passwords,
        ) => Some(group.as_str()),
        (
            Operation::Publish,
            PermissionGroup::Organizations
            | PermissionGroup::Contacts
            | PermissionGroup::FlexibleAssets
            | PermissionGroup::FlexibleAssetTypes
            | PermissionGroup::Configurations
            | PermissionGroup::Passwords,
        )
        | (
            Operation::ReadSecret,
            PermissionGroup::Organizations
            | PermissionGroup::Contacts
            | PermissionGroup::Documents
            | PermissionGroup::FlexibleAssets
            | PermissionGroup::FlexibleAssetTypes
            | PermissionGroup::Configurations,
        ) => None,
    }
}
