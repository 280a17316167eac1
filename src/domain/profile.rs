//! Access profiles: what an agent may do, group by group.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::group::{AccessLevel, PermissionGroup};
use super::ids::OrganizationId;
use super::names::named_enum;

/// What a profile says of one group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupRule {
    /// Reads, writes, or neither.
    pub access: AccessLevel,
    /// Whether a technician is asked before a write.
    pub ask: bool,
    /// Whether deletes may be proposed at all.
    pub delete: bool,
}

/// The rules of all seven groups. The floors of `policy` hold above it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupRules {
    /// Organizations, locations, domains, related items.
    pub organizations: GroupRule,
    /// Contacts, contact types.
    pub contacts: GroupRule,
    /// Documents, sections, images, checklists, attachments.
    pub documents: GroupRule,
    /// Flexible asset records.
    pub flexible_assets: GroupRule,
    /// Asset type schemas, field definitions.
    pub flexible_asset_types: GroupRule,
    /// Configuration items, types, statuses, interfaces.
    pub configurations: GroupRule,
    /// Passwords, folders, categories.
    pub passwords: GroupRule,
}

impl GroupRules {
    /// The same rule for every group.
    pub const fn uniform(rule: GroupRule) -> Self {
        Self {
            organizations: rule,
            contacts: rule,
            documents: rule,
            flexible_assets: rule,
            flexible_asset_types: rule,
            configurations: rule,
            passwords: rule,
        }
    }

    /// The rule of one group.
    pub const fn of(&self, group: PermissionGroup) -> GroupRule {
        match group {
            PermissionGroup::Organizations => self.organizations,
            PermissionGroup::Contacts => self.contacts,
            PermissionGroup::Documents => self.documents,
            PermissionGroup::FlexibleAssets => self.flexible_assets,
            PermissionGroup::FlexibleAssetTypes => self.flexible_asset_types,
            PermissionGroup::Configurations => self.configurations,
            PermissionGroup::Passwords => self.passwords,
        }
    }

    /// What a proposal of a person is judged by: everything may be written and everything asks;
    /// deletes stay as they are.
    #[must_use]
    pub fn for_people(mut self) -> Self {
        for group in PermissionGroup::ALL {
            let rule = self.of_mut(*group);
            rule.access = AccessLevel::ReadWrite;
            rule.ask = true;
        }
        self
    }

    /// The rule of one group, to be changed.
    pub const fn of_mut(&mut self, group: PermissionGroup) -> &mut GroupRule {
        match group {
            PermissionGroup::Organizations => &mut self.organizations,
            PermissionGroup::Contacts => &mut self.contacts,
            PermissionGroup::Documents => &mut self.documents,
            PermissionGroup::FlexibleAssets => &mut self.flexible_assets,
            PermissionGroup::FlexibleAssetTypes => &mut self.flexible_asset_types,
            PermissionGroup::Configurations => &mut self.configurations,
            PermissionGroup::Passwords => &mut self.passwords,
        }
    }
}

named_enum! {
    /// Where a profile starts from. In every preset all writes ask.
    pub enum Preset {
        /// Every group Read Only.
        ReadOnly = "read-only",
        /// Documents, flexible assets and contacts Read/Write, the rest Read Only.
        Documentation = "documentation",
        /// Every group Read/Write, deletes on.
        FullAccess = "full-access",
    }
}

impl Preset {
    /// The rules this preset stands for.
    pub const fn rules(self) -> GroupRules {
        let read = GroupRule {
            access: AccessLevel::ReadOnly,
            ask: true,
            delete: false,
        };
        let write = GroupRule {
            access: AccessLevel::ReadWrite,
            ..read
        };
        let mut rules = GroupRules::uniform(read);
        match self {
            Self::ReadOnly => rules,
            Self::Documentation => {
                rules.documents = write;
                rules.flexible_assets = write;
                rules.contacts = write;
                rules
            }
            Self::FullAccess => GroupRules::uniform(GroupRule {
                delete: true,
                ..write
            }),
        }
    }
}

/// The organizations an agent may read and write, or a person may see and decide about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrganizationScope {
    /// Every organization of the connection.
    All,
    /// These; everything else is refused, reads included.
    Only(BTreeSet<OrganizationId>),
}

impl OrganizationScope {
    /// Whether records of this organization are within the scope.
    pub fn covers(&self, organization: OrganizationId) -> bool {
        match self {
            Self::All => true,
            Self::Only(ids) => ids.contains(&organization),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_write_everywhere_are_always_asked_and_delete_where_the_profile_does() {
        let mut rules = Preset::ReadOnly.rules();
        rules.contacts.delete = true;
        rules.documents.ask = false;
        let people = rules.for_people();
        for group in PermissionGroup::ALL {
            let rule = people.of(*group);
            assert_eq!(rule.access, AccessLevel::ReadWrite, "{group}");
            assert!(rule.ask, "{group}");
            assert_eq!(rule.delete, *group == PermissionGroup::Contacts, "{group}");
        }
    }
}
