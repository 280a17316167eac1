//! Permission groups and access levels.

use super::names::named_enum;

named_enum! {
    /// One of the seven areas of IT Glue that a profile speaks about.
    pub enum PermissionGroup {
        /// Organizations, locations, domains, related items.
        Organizations = "organizations",
        /// Contacts, contact types.
        Contacts = "contacts",
        /// Documents, sections, images, checklists, attachments.
        Documents = "documents",
        /// Flexible asset records.
        FlexibleAssets = "flexible_assets",
        /// Asset type schemas, field definitions.
        FlexibleAssetTypes = "flexible_asset_types",
        /// Configuration items, types, statuses, interfaces.
        Configurations = "configurations",
        /// Passwords, folders, categories.
        Passwords = "passwords",
    }
}

impl PermissionGroup {
    /// The name people read.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Organizations => "Organizations",
            Self::Contacts => "Contacts",
            Self::Documents => "Documents",
            Self::FlexibleAssets => "Flexible Assets",
            Self::FlexibleAssetTypes => "Flexible Asset Types",
            Self::Configurations => "Configurations",
            Self::Passwords => "Passwords",
        }
    }
}

named_enum! {
    /// What a profile lets an agent do in a group.
    pub enum AccessLevel {
        /// Neither reads nor writes.
        Disabled = "disabled",
        /// Reads only.
        ReadOnly = "read-only",
        /// Reads and writes.
        ReadWrite = "read-write",
    }
}

/// A set of permission groups, in their fixed order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct GroupSet(u8);

impl GroupSet {
    /// The set of this one group.
    pub const fn of(group: PermissionGroup) -> Self {
        Self(1 << group as u8)
    }

    /// This set and one group more.
    #[must_use]
    pub const fn with(self, group: PermissionGroup) -> Self {
        Self(self.0 | 1 << group as u8)
    }

    /// Whether the group is in the set.
    pub const fn contains(self, group: PermissionGroup) -> bool {
        self.0 & 1 << group as u8 != 0
    }

    /// The groups in the set.
    pub fn iter(self) -> impl Iterator<Item = PermissionGroup> {
        PermissionGroup::ALL
            .iter()
            .copied()
            .filter(move |group| self.contains(*group))
    }
}

impl FromIterator<PermissionGroup> for GroupSet {
    fn from_iter<I: IntoIterator<Item = PermissionGroup>>(groups: I) -> Self {
        groups.into_iter().fold(Self::default(), Self::with)
    }
}
