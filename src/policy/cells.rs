//! The matrix of a profile, cell by cell: what can be set, what is fixed by a floor, what has no
//! effect for now, and the reason in words.

use crate::domain::{AccessLevel, PermissionGroup, named_enum};

named_enum! {
    /// One of the three things a profile says of a group.
    pub enum Column {
        /// Disabled, Read Only, Read/Write.
        Access = "access",
        /// Whether a technician is asked before a write.
        Ask = "ask",
        /// Whether deletes may be proposed.
        Delete = "delete",
    }
}

/// What can be done with one cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// It can be set.
    Open {
        /// What to know about it, in a sentence.
        note: Option<&'static str>,
    },
    /// It can be set and has no effect at this access level.
    Idle {
        /// Why, in a sentence.
        reason: &'static str,
    },
    /// A floor holds it, whatever the profile says.
    Locked {
        /// What it is held at.
        is_on: bool,
        /// Why, in a sentence.
        reason: &'static str,
    },
}

impl Cell {
    /// The sentence that goes with it.
    pub const fn words(self) -> Option<&'static str> {
        match self {
            Self::Open { note } => note,
            Self::Idle { reason } | Self::Locked { reason, .. } => Some(reason),
        }
    }
}

/// What can be done with the cell of this group and column while the group has this access level.
pub const fn cell(group: PermissionGroup, column: Column, access: AccessLevel) -> Cell {
    match column {
        Column::Access => Cell::Open { note: None },
        Column::Ask => ask(group, access),
        Column::Delete => delete(group, access),
    }
}

/// Whether every write of a group waits for a technician, whatever its profile says.
pub(super) const fn always_asks(group: PermissionGroup) -> bool {
    match group {
        PermissionGroup::Passwords => true,
        PermissionGroup::Organizations
        | PermissionGroup::Contacts
        | PermissionGroup::Documents
        | PermissionGroup::FlexibleAssets
        | PermissionGroup::FlexibleAssetTypes
        | PermissionGroup::Configurations => false,
    }
}

const fn ask(group: PermissionGroup, access: AccessLevel) -> Cell {
    if always_asks(group) {
        return Cell::Locked {
            is_on: true,
            reason: "Password writes always ask a technician. No setting lifts this.",
        };
    }
    match access {
        AccessLevel::Disabled | AccessLevel::ReadOnly => Cell::Idle {
            reason: "Nothing is written here, so nobody is asked.",
        },
        AccessLevel::ReadWrite => Cell::Open { note: None },
    }
}

const fn delete(group: PermissionGroup, access: AccessLevel) -> Cell {
    match (access, group) {
        (AccessLevel::Disabled | AccessLevel::ReadOnly, _) => Cell::Idle {
            reason: "Nothing is written here, so nothing is deleted.",
        },
        (AccessLevel::ReadWrite, PermissionGroup::Organizations) => Cell::Open {
            note: Some(
                "Organizations themselves are never deleted. This is about locations and related items.",
            ),
        },
        (
            AccessLevel::ReadWrite,
            PermissionGroup::Contacts
            | PermissionGroup::Documents
            | PermissionGroup::FlexibleAssets
            | PermissionGroup::FlexibleAssetTypes
            | PermissionGroup::Configurations
            | PermissionGroup::Passwords,
        ) => Cell::Open { note: None },
    }
}
