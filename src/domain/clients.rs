//! Whose records a proposal touches, and whether those are a person's own clients.

use std::collections::BTreeSet;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::ids::OrganizationId;
use super::profile::OrganizationScope;
use super::write::{Facts, TargetOrganization};

/// The clients whose records a proposal touches: writes, moves a record between, or points into.
///
/// Nothing is known where one of them could not be found out, and where the write belongs to no
/// client. Such a proposal is nobody's who is limited to some clients.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clients(BTreeSet<OrganizationId>);

/// A text that does not name clients.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` does not name clients")]
pub struct BadClients(String);

impl Clients {
    /// Those that a write with these facts touches.
    pub fn of(facts: &Facts) -> Self {
        let written = facts.organizations.iter().map(|target| match target {
            TargetOrganization::Known(id) => Some(*id),
            TargetOrganization::AccountWide | TargetOrganization::Unknown => None,
        });
        let touched = written.chain(facts.pointed_at.iter().copied().map(Some));
        if facts.organizations.is_empty() {
            return Self::default();
        }
        Self(touched.collect::<Option<_>>().unwrap_or_default())
    }

    /// Those of both; none is known if of one none is.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        if self.0.is_empty() || other.0.is_empty() {
            return Self::default();
        }
        Self(self.0.union(&other.0).copied().collect())
    }

    /// Whether all of them are known and within the scope.
    pub fn are_within(&self, scope: &OrganizationScope) -> bool {
        match scope {
            OrganizationScope::All => true,
            OrganizationScope::Only(own) => !self.0.is_empty() && self.0.is_subset(own),
        }
    }

    /// The ids in order with commas between them, as lists are kept by it; none if unknown.
    pub fn key(&self) -> Option<String> {
        let ids: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        (!ids.is_empty()).then(|| ids.join(","))
    }

    /// The first of several; none if there is only one, or none is known.
    pub fn first_of_several(&self) -> Option<OrganizationId> {
        self.0.first().copied().filter(|_| self.0.len() > 1)
    }
}

impl FromIterator<OrganizationId> for Clients {
    fn from_iter<I: IntoIterator<Item = OrganizationId>>(ids: I) -> Self {
        Self(ids.into_iter().collect())
    }
}

impl FromStr for Clients {
    type Err = BadClients;

    /// Reads what [`Self::key`] wrote.
    fn from_str(text: &str) -> Result<Self, BadClients> {
        let ids: Result<BTreeSet<OrganizationId>, _> =
            text.split(',').map(OrganizationId::from_str).collect();
        ids.map(Self).map_err(|_| BadClients(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const TWO: TargetOrganization = TargetOrganization::Known(OrganizationId(2));
    const NINE: TargetOrganization = TargetOrganization::Known(OrganizationId(9));

    fn touched(organizations: &[TargetOrganization], pointed_at: &[u64]) -> Clients {
        Clients::of(&Facts {
            organizations: organizations.to_vec(),
            pointed_at: pointed_at.iter().copied().map(OrganizationId).collect(),
            ..Facts::default()
        })
    }

    #[rstest]
    #[case::one(touched(&[TWO], &[]), Some("2"))]
    #[case::the_same_twice(touched(&[TWO, TWO], &[2]), Some("2"))]
    #[case::several_in_order(touched(&[NINE, TWO], &[]), Some("2,9"))]
    #[case::pointed_into(touched(&[TWO], &[10]), Some("2,10"))]
    #[case::one_unknown(touched(&[TWO, TargetOrganization::Unknown], &[]), None)]
    #[case::account_wide(touched(&[TargetOrganization::AccountWide], &[]), None)]
    #[case::nothing_read(touched(&[], &[2]), None)]
    fn a_write_touches_clients(#[case] clients: Clients, #[case] key: Option<&str>) {
        assert_eq!(clients.key().as_deref(), key);
        if let Some(key) = key {
            assert_eq!(key.parse(), Ok(clients));
        }
    }

    #[rstest]
    #[case::own(&[TWO], &[2], true)]
    #[case::all_of_several(&[TWO, NINE], &[2, 3, 9], true)]
    #[case::part_of_several(&[TWO, NINE], &[2, 3], false)]
    #[case::another(&[NINE], &[2], false)]
    #[case::unknown(&[TargetOrganization::Unknown], &[2], false)]
    #[case::account_wide(&[TargetOrganization::AccountWide], &[2], false)]
    #[case::no_client_at_all(&[TWO], &[], false)]
    fn a_proposal_is_theirs_if_every_client_is(
        #[case] organizations: &[TargetOrganization],
        #[case] own: &[u64],
        #[case] expected: bool,
    ) {
        let clients = touched(organizations, &[]);
        let own = own.iter().copied().map(OrganizationId).collect();
        assert_eq!(clients.are_within(&OrganizationScope::Only(own)), expected);
        assert!(clients.are_within(&OrganizationScope::All));
    }

    #[rstest]
    #[case(&[TWO], &[NINE], Some("2,9"))]
    #[case(&[TWO, NINE], &[TWO], Some("2,9"))]
    #[case(&[TWO], &[TargetOrganization::Unknown], None)]
    #[case(&[TargetOrganization::AccountWide], &[TWO], None)]
    fn both_are_whoever_has_the_clients_of_both(
        #[case] one: &[TargetOrganization],
        #[case] other: &[TargetOrganization],
        #[case] key: Option<&str>,
    ) {
        let both = touched(one, &[]).and(&touched(other, &[]));
        assert_eq!(both.key().as_deref(), key);
    }

    #[test]
    fn what_names_no_clients_is_not_read() {
        for text in ["", "2,", "two", "2,,3", "-1"] {
            assert!(text.parse::<Clients>().is_err(), "{text}");
        }
    }
}
