//! What differs between two sets of rules, and whether that lets agents do more.
//!
//! Invariant: if nothing here says *more*, there is no request that the later rules judge more
//! laxly than the earlier ones.

use std::cmp::Ordering;

use super::cells::{Column, always_asks};
use crate::domain::{AccessLevel, GroupRule, GroupRules, PermissionGroup, Preset, named_enum};

named_enum! {
    /// Whether a change lets agents do more.
    pub enum Freedom {
        /// They may do less, or are asked about more.
        Less = "less",
        /// It changes nothing about what they may do.
        Same = "same",
        /// They may do more, or are asked about less.
        More = "more",
    }
}

/// One cell of the matrix that differs, in what it says or in what it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The group.
    pub group: PermissionGroup,
    /// The column.
    pub column: Column,
    /// Whether the cell itself says something else; if not, another cell of the group brings it
    /// into effect or out of it.
    pub is_set: bool,
    /// What it does for agents.
    pub freedom: Freedom,
}

/// All cells that differ, group by group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differences(Vec<Change>);

impl Differences {
    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &Change> {
        self.0.iter()
    }

    /// Whether nothing differs.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many cells say something else.
    pub fn count(&self) -> usize {
        self.iter().filter(|change| change.is_set).count()
    }

    /// What differs in one cell.
    pub fn of(&self, group: PermissionGroup, column: Column) -> Option<&Change> {
        self.iter()
            .find(|change| change.group == group && change.column == column)
    }

    /// Whether agents may do anything more.
    pub fn gives_more(&self) -> bool {
        self.iter().any(|change| change.freedom == Freedom::More)
    }

    /// The groups in which deletes can be proposed now and could not before.
    pub fn opened_deletes(&self) -> Vec<PermissionGroup> {
        self.iter()
            .filter(|change| change.column == Column::Delete && change.freedom == Freedom::More)
            .map(|change| change.group)
            .collect()
    }
}

/// What differs between two sets of rules.
pub fn differences(before: &GroupRules, after: &GroupRules) -> Differences {
    let changes = PermissionGroup::ALL.iter().flat_map(|group| {
        let (before, after) = (before.of(*group), after.of(*group));
        Column::ALL
            .iter()
            .map(move |column| Change {
                group: *group,
                column: *column,
                is_set: is_set(*column, before, after),
                freedom: freedom(*group, *column, before, after),
            })
            .filter(|change| change.is_set || change.freedom != Freedom::Same)
    });
    Differences(changes.collect())
}

/// The preset these rules are, if they are one.
pub fn preset_of(rules: &GroupRules) -> Option<Preset> {
    Preset::ALL
        .iter()
        .copied()
        .find(|preset| preset.rules() == *rules)
}

fn is_set(column: Column, before: GroupRule, after: GroupRule) -> bool {
    match column {
        Column::Access => before.access != after.access,
        Column::Ask => before.ask != after.ask,
        Column::Delete => before.delete != after.delete,
    }
}

fn freedom(group: PermissionGroup, column: Column, before: GroupRule, after: GroupRule) -> Freedom {
    let order = match column {
        Column::Access => after.access.cmp(&before.access),
        Column::Ask => writes_unasked(group, after).cmp(&writes_unasked(group, before)),
        Column::Delete => deletes(after).cmp(&deletes(before)),
    };
    match order {
        Ordering::Less => Freedom::Less,
        Ordering::Equal => Freedom::Same,
        Ordering::Greater => Freedom::More,
    }
}

/// Whether a write may pass without a technician.
fn writes_unasked(group: PermissionGroup, rule: GroupRule) -> bool {
    rule.access == AccessLevel::ReadWrite && !rule.ask && !always_asks(group)
}

/// Whether a delete may be proposed.
fn deletes(rule: GroupRule) -> bool {
    rule.access == AccessLevel::ReadWrite && rule.delete
}
