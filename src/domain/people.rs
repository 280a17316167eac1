//! People and what they may do: roles, kinds of token, scopes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::names::{UnknownName, named_enum};

named_enum! {
    /// What a person is to Countersign.
    pub enum Role {
        /// Reads and proves what happened; decides nothing.
        Auditor = "auditor",
        /// Decides on proposals.
        Technician = "technician",
        /// Decides, and keeps connections, profiles, agents and people.
        Administrator = "administrator",
    }
}

impl Role {
    /// Reads the stable name, and `admin` as people type it at the command line.
    ///
    /// # Errors
    /// [`UnknownName`] for everything else.
    pub fn parse_typed(text: &str) -> Result<Self, UnknownName> {
        match text {
            "admin" => Ok(Self::Administrator),
            _ => text.parse(),
        }
    }

    /// Whether this role sees the queue, the history and the audit.
    pub const fn may_review(self) -> bool {
        match self {
            Self::Auditor | Self::Technician | Self::Administrator => true,
        }
    }

    /// Whether this role approves, rejects, undoes, resolves and reverts.
    pub const fn may_decide(self) -> bool {
        match self {
            Self::Auditor => false,
            Self::Technician | Self::Administrator => true,
        }
    }

    /// Whether this role keeps connections, profiles, agents, people and settings.
    pub const fn may_administer(self) -> bool {
        match self {
            Self::Auditor | Self::Technician => false,
            Self::Administrator => true,
        }
    }
}

named_enum! {
    /// Who has to have a second factor.
    pub enum SecondFactor {
        /// Everyone who may decide, administrators among them.
        Deciders = "deciders",
        /// Administrators.
        Administrators = "administrators",
        /// Nobody. Administrators are warned of it on every page.
        Off = "off",
    }
}

impl SecondFactor {
    /// Whether a person of this role has to have one.
    pub const fn is_required_of(self, role: Role) -> bool {
        match self {
            Self::Deciders => role.may_decide(),
            Self::Administrators => role.may_administer(),
            Self::Off => false,
        }
    }
}

named_enum! {
    /// How far a sign-in has come.
    pub enum SignInStage {
        /// Through: the session opens what the person's role opens.
        Complete = "complete",
        /// The password was right; a code of the second factor is due. Opens nothing else.
        Code = "code",
        /// A second factor has to be set up first. Opens nothing else.
        Enrolment = "enrolment",
    }
}

named_enum! {
    /// What a link that was given to a person is for.
    pub enum LinkPurpose {
        /// To choose the first password.
        Invitation = "invitation",
        /// To choose another one.
        Reset = "reset",
    }
}

named_enum! {
    /// Whose token it is.
    pub enum TokenKind {
        /// An agent's: proposes, reads by its profile, and can never decide.
        Agent = "agent",
        /// A person's: acts with the person's role, within the token's scopes.
        User = "user",
    }
}

named_enum! {
    /// One thing that a person's token may be used for. The person's role is the upper bound.
    pub enum Scope {
        /// Sees queue, history and audit.
        Read = "read",
        /// Decides on proposals that are not critical.
        Decide = "decide",
        /// Decides on critical proposals: stands for step-up and typed confirmation.
        DecideCritical = "decide-critical",
        /// Administrates: stands for step-up on those routes.
        Admin = "admin",
    }
}

impl Scope {
    /// Whether a person of this role could use this scope at all.
    pub const fn is_open_to(self, role: Role) -> bool {
        match self {
            Self::Read => role.may_review(),
            Self::Decide | Self::DecideCritical => role.may_decide(),
            Self::Admin => role.may_administer(),
        }
    }

    const fn bit(self) -> u8 {
        match self {
            Self::Read => 1,
            Self::Decide => 2,
            Self::DecideCritical => 4,
            Self::Admin => 8,
        }
    }
}

/// Several scopes. Shown and read as names with commas between them, an array in JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "Vec<Scope>", into = "Vec<Scope>")]
pub struct ScopeSet(u8);

impl ScopeSet {
    /// No scope.
    pub const EMPTY: Self = Self(0);

    /// With one scope more.
    #[must_use]
    pub const fn with(self, scope: Scope) -> Self {
        Self(self.0 | scope.bit())
    }

    /// Without the scopes that a person of this role could not use.
    #[must_use]
    pub fn limited_to(self, role: Role) -> Self {
        self.iter().filter(|scope| scope.is_open_to(role)).collect()
    }

    /// Whether the scope is in it.
    pub const fn contains(self, scope: Scope) -> bool {
        self.0 & scope.bit() != 0
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The scopes, in order.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL
            .iter()
            .copied()
            .filter(move |scope| self.contains(*scope))
    }
}

impl FromIterator<Scope> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        scopes.into_iter().fold(Self::EMPTY, Self::with)
    }
}

impl From<Vec<Scope>> for ScopeSet {
    fn from(scopes: Vec<Scope>) -> Self {
        scopes.into_iter().collect()
    }
}

impl From<ScopeSet> for Vec<Scope> {
    fn from(set: ScopeSet) -> Self {
        set.iter().collect()
    }
}

impl fmt::Display for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, scope) in self.iter().enumerate() {
            if position > 0 {
                f.write_str(",")?;
            }
            f.write_str(scope.as_str())?;
        }
        Ok(())
    }
}

impl FromStr for ScopeSet {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .map(Scope::from_str)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(Role::Auditor, true, false, false)]
    #[case(Role::Technician, true, true, false)]
    #[case(Role::Administrator, true, true, true)]
    fn each_role_may_do_what_the_table_says(
        #[case] role: Role,
        #[case] reviews: bool,
        #[case] decides: bool,
        #[case] administers: bool,
    ) {
        assert_eq!(role.may_review(), reviews);
        assert_eq!(role.may_decide(), decides);
        assert_eq!(role.may_administer(), administers);
    }

    #[rstest]
    #[case(SecondFactor::Deciders, [false, true, true])]
    #[case(SecondFactor::Administrators, [false, false, true])]
    #[case(SecondFactor::Off, [false, false, false])]
    fn a_second_factor_is_required_by_role(
        #[case] setting: SecondFactor,
        #[case] required: [bool; 3],
    ) {
        let roles = [Role::Auditor, Role::Technician, Role::Administrator];
        assert_eq!(roles.map(|role| setting.is_required_of(role)), required);
    }

    #[test]
    fn admin_is_read_where_people_type_and_nowhere_else() {
        assert_eq!(Role::parse_typed("admin"), Ok(Role::Administrator));
        assert_eq!(Role::parse_typed("technician"), Ok(Role::Technician));
        assert!("admin".parse::<Role>().is_err());
        assert!(Role::parse_typed("Admin").is_err());
    }

    #[test]
    fn scopes_are_read_and_shown_as_a_list() {
        let scopes: ScopeSet = "decide-critical, read,decide".parse().unwrap();
        assert_eq!(scopes.to_string(), "read,decide,decide-critical");
        assert_eq!(
            serde_json::to_string(&scopes).unwrap(),
            r#"["read","decide","decide-critical"]"#
        );
        assert!(!scopes.contains(Scope::Admin));
        assert!("read,everything".parse::<ScopeSet>().is_err());
        assert!("".parse::<ScopeSet>().unwrap().is_empty());
    }

    #[test]
    fn a_token_reaches_no_further_than_its_person() {
        let all: ScopeSet = Scope::ALL.iter().copied().collect();
        assert_eq!(all.limited_to(Role::Auditor).to_string(), "read");
        assert_eq!(
            all.limited_to(Role::Technician).to_string(),
            "read,decide,decide-critical"
        );
        assert_eq!(all.limited_to(Role::Administrator), all);
    }
}
