//! A profile as somebody is about to change it: read from an address or a form, and written back
//! into one.

use std::collections::BTreeMap;

use leptos::prelude::*;
use leptos_router::params::ParamsMap;

use crate::domain::{AccessLevel, GroupRule, GroupRules, PermissionGroup, Preset};
use crate::policy::{Cell, Column, Differences, cell, differences};
use crate::web::context::ProfileDetails;
use crate::web::links;

/// The cells of the matrix as a form sends them: `contacts` with an access level, `contacts-ask`
/// and `contacts-delete` where they are on.
pub type Cells = BTreeMap<String, String>;

/// What a profile is to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The version it was made from.
    pub version: i64,
    /// The name.
    pub name: String,
    /// Where it starts from.
    pub preset: Preset,
    /// What it says, group by group.
    pub rules: GroupRules,
}

impl Draft {
    /// The profile as it is saved.
    pub fn of(profile: &ProfileDetails) -> Self {
        Self {
            version: profile.version,
            name: profile.name.clone(),
            preset: profile.preset,
            rules: profile.rules.clone(),
        }
    }

    /// The draft in an address. None if there is none, or it is not one.
    pub fn read(query: &ParamsMap) -> Option<Self> {
        let names = PermissionGroup::ALL
            .iter()
            .flat_map(|group| Column::ALL.iter().map(|column| name_of(*group, *column)));
        let cells = names.filter_map(|name| {
            let value = query.get(&field_of(&name))?;
            Some((name, value))
        });
        Some(Self {
            version: query.get_str("version")?.parse().ok()?,
            name: query.get("name")?,
            preset: query.get_str("preset")?.parse().ok()?,
            rules: rules_of(&cells.collect())?,
        })
    }

    /// The profile filled from a preset. What is locked stays as it is: it has no effect.
    #[must_use]
    pub fn starting_from(mut self, preset: Preset) -> Self {
        let saved = std::mem::replace(&mut self.rules, preset.rules());
        for group in PermissionGroup::ALL {
            let rule = self.rules.of_mut(*group);
            if is_locked(*group, Column::Ask, rule.access) {
                rule.ask = saved.of(*group).ask;
            }
            if is_locked(*group, Column::Delete, rule.access) {
                rule.delete = saved.of(*group).delete;
            }
        }
        self.preset = preset;
        self
    }

    /// What would change.
    pub fn changes(&self, saved: &ProfileDetails) -> Differences {
        differences(&saved.rules, &self.rules)
    }

    /// Whether it is the profile as it is saved.
    pub fn is_saved(&self, saved: &ProfileDetails) -> bool {
        Self {
            version: saved.version,
            ..self.clone()
        } == Self::of(saved)
    }

    /// The page at this path, with the draft in it.
    pub fn address(&self, path: &str) -> String {
        let mut address = path.to_owned();
        for (name, value) in self.fields() {
            links::push(&mut address, &name, &value);
        }
        address
    }

    /// The draft as fields that nobody sees.
    pub fn hidden_fields(&self) -> AnyView {
        self.fields()
            .into_iter()
            .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
            .collect_view()
            .into_any()
    }

    fn fields(&self) -> Vec<(String, String)> {
        let mut fields = vec![
            ("version".to_owned(), self.version.to_string()),
            ("name".to_owned(), self.name.clone()),
            ("preset".to_owned(), self.preset.to_string()),
        ];
        for group in PermissionGroup::ALL {
            let rule = self.rules.of(*group);
            for column in Column::ALL {
                let value = match column {
                    Column::Access => Some(rule.access.as_str()),
                    Column::Ask => rule.ask.then_some("on"),
                    Column::Delete => rule.delete.then_some("on"),
                };
                let name = field_of(&name_of(*group, *column));
                fields.extend(value.map(|value| (name, value.to_owned())));
            }
        }
        fields
    }
}

/// The rules of a matrix; none if an access level is missing or is none.
pub fn rules_of(cells: &Cells) -> Option<GroupRules> {
    let mut rules = Preset::ReadOnly.rules();
    for group in PermissionGroup::ALL {
        let is_on = |column| cells.contains_key(&name_of(*group, column));
        let access: AccessLevel = cells.get(&name_of(*group, Column::Access))?.parse().ok()?;
        *rules.of_mut(*group) = GroupRule {
            access,
            ask: is_on(Column::Ask),
            delete: is_on(Column::Delete),
        };
    }
    Some(rules)
}

/// The name of a cell's field in a form.
pub fn cell_field(group: PermissionGroup, column: Column) -> String {
    field_of(&name_of(group, column))
}

fn name_of(group: PermissionGroup, column: Column) -> String {
    match column {
        Column::Access => group.to_string(),
        Column::Ask | Column::Delete => format!("{group}-{column}"),
    }
}

fn field_of(name: &str) -> String {
    format!("rules[{name}]")
}

const fn is_locked(group: PermissionGroup, column: Column, access: AccessLevel) -> bool {
    matches!(cell(group, column, access), Cell::Locked { .. })
}
