//! The rules a verdict can rest on: their names, their answers, their sentences.

use crate::domain::{AccessLevel, OrganizationId, PermissionGroup, Verdict, VerdictKind};

/// The rule that decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// No group fits; no profile can allow it.
    Denied(Option<&'static str>),
    /// Floor: organizations are never deleted.
    OrganizationDelete,
    /// The group is switched off.
    Disabled(PermissionGroup),
    /// The group may be read only.
    ReadOnly(PermissionGroup),
    /// The group's deletes are off.
    DeleteOff(PermissionGroup),
    /// An organization outside the agent's scope.
    OutOfScope(OrganizationId),
    /// A new organization would be outside the agent's scope.
    NewOrganization,
    /// Records of the whole account, and an agent limited to some organizations.
    AccountWide,
    /// Nobody knows whose record it is, and the agent is limited to some organizations.
    OrganizationUnknown {
        /// Whether naming an organization in path or filter would help.
        is_list: bool,
    },
    /// Floor: every write to a password, its folders and categories is asked.
    PasswordWrite,
    /// Floor: every read of a password's value is asked.
    PasswordRead,
    /// The group asks before writes.
    Ask(PermissionGroup),
    /// Traits would be erased, or cannot be kept.
    ErasesTraits,
    /// The record moves to, or points into, another organization.
    OtherOrganization,
    /// Characters that cannot be seen or that reorder text.
    DeceptiveCharacters,
    /// The profile lets it through.
    Allowed(PermissionGroup),
}

impl Rule {
    /// The stable name: `contacts.ask`.
    pub fn name(self) -> String {
        let of = |group: PermissionGroup, what: &str| format!("{group}.{what}");
        match self {
            Self::Denied(_) => "catalogue.denied".to_owned(),
            Self::OrganizationDelete => "floor.organization_delete".to_owned(),
            Self::Disabled(group) => of(group, "disabled"),
            Self::ReadOnly(group) => of(group, "read_only"),
            Self::DeleteOff(group) => of(group, "delete_off"),
            Self::OutOfScope(_) | Self::NewOrganization => "organization.out_of_scope".to_owned(),
            Self::AccountWide => "organization.account_wide".to_owned(),
            Self::OrganizationUnknown { .. } => "organization.unknown".to_owned(),
            Self::PasswordWrite => "floor.password_write".to_owned(),
            Self::PasswordRead => "floor.password_read".to_owned(),
            Self::Ask(group) => of(group, "ask"),
            Self::ErasesTraits => "content.erases_traits".to_owned(),
            Self::OtherOrganization => "content.other_organization".to_owned(),
            Self::DeceptiveCharacters => "content.deceptive_characters".to_owned(),
            Self::Allowed(group) => of(group, "allowed"),
        }
    }

    /// The answer it gives.
    pub const fn kind(self) -> VerdictKind {
        match self {
            Self::Denied(_)
            | Self::OrganizationDelete
            | Self::Disabled(_)
            | Self::ReadOnly(_)
            | Self::DeleteOff(_)
            | Self::OutOfScope(_)
            | Self::NewOrganization
            | Self::AccountWide
            | Self::OrganizationUnknown { .. } => VerdictKind::Refused,
            Self::PasswordWrite
            | Self::PasswordRead
            | Self::Ask(_)
            | Self::ErasesTraits
            | Self::OtherOrganization
            | Self::DeceptiveCharacters => VerdictKind::NeedsApproval,
            Self::Allowed(_) => VerdictKind::Allowed,
        }
    }

    /// Name, answer and sentence together.
    pub fn verdict(self) -> Verdict {
        Verdict {
            kind: self.kind(),
            rule: self.name(),
            explanation: self.explanation(),
        }
    }

    /// The rule in whole sentences, for people and agents.
    fn explanation(self) -> String {
        match self {
            Self::Denied(Some(reason)) => format!("{reason} Agents never get this."),
            Self::Denied(None) => "No permission group covers this. Agents never get it.".to_owned(),
            Self::OrganizationDelete => {
                "An agent never deletes an organization. No setting lifts this.".to_owned()
            }
            Self::Disabled(group) => {
                format!("{} is disabled in this agent's profile.", group.label())
            }
            Self::ReadOnly(group) => format!(
                "{} is read only in this agent's profile, and this is a write.",
                group.label()
            ),
            Self::DeleteOff(group) => format!(
                "Deletes in {} are switched off in this agent's profile.",
                group.label()
            ),
            Self::OutOfScope(organization) => format!(
                "This agent is limited to some organizations, and organization {organization} is not one of them."
            ),
            Self::NewOrganization => {
                "This agent is limited to some organizations and cannot add another.".to_owned()
            }
            Self::AccountWide => "This list belongs to the whole account; an agent limited to some organizations may read it, not change it.".to_owned(),
            Self::OrganizationUnknown { is_list: true } => "This agent is limited to some organizations, and this list holds records of all of them. Name the organization in the path or in a filter.".to_owned(),
            Self::OrganizationUnknown { is_list: false } => "This agent is limited to some organizations, and it is not known which one this record, or one that it newly points at, belongs to.".to_owned(),
            Self::PasswordWrite => {
                "Every write to a password, and to what keeps them in order, needs a technician. No setting lifts this.".to_owned()
            }
            Self::PasswordRead => {
                "Every read of a password's value needs a technician. No setting lifts this."
                    .to_owned()
            }
            Self::Ask(group) => format!(
                "Writes in {} wait for a technician in this agent's profile.",
                group.label()
            ),
            Self::ErasesTraits => "Traits of the asset would be erased or cannot be kept, so a technician decides, even though this profile does not ask.".to_owned(),
            Self::OtherOrganization => "The record would move to, or point into, another organization, so a technician decides, even though this profile does not ask.".to_owned(),
            Self::DeceptiveCharacters => "The values hold characters that cannot be seen or that reorder text, so a technician decides, even though this profile does not ask.".to_owned(),
            Self::Allowed(group) => format!(
                "This agent's profile allows this in {} without asking.",
                group.label()
            ),
        }
    }

    /// What the profile would have to say for this rule not to refuse, where it could.
    pub const fn wanted(self, is_write: bool) -> Wanted {
        match self {
            Self::Disabled(group) if is_write => Wanted::Access(group, AccessLevel::ReadWrite),
            Self::Disabled(group) => Wanted::Access(group, AccessLevel::ReadOnly),
            Self::ReadOnly(group) => Wanted::Access(group, AccessLevel::ReadWrite),
            Self::DeleteOff(group) => Wanted::Deletes(group),
            Self::OutOfScope(_)
            | Self::NewOrganization
            | Self::AccountWide
            | Self::OrganizationUnknown { .. } => Wanted::Scope,
            Self::Denied(_)
            | Self::OrganizationDelete
            | Self::PasswordWrite
            | Self::PasswordRead
            | Self::Ask(_)
            | Self::ErasesTraits
            | Self::OtherOrganization
            | Self::DeceptiveCharacters
            | Self::Allowed(_) => Wanted::Nothing,
        }
    }
}

/// What would lift a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// This access level in this group.
    Access(PermissionGroup, AccessLevel),
    /// Deletes switched on in this group.
    Deletes(PermissionGroup),
    /// An agent that is not limited to some organizations, or to others.
    Scope,
    /// No setting does.
    Nothing,
}
