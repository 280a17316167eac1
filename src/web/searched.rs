//! What was typed into the fields that narrow a list, as it stands in the address.

use leptos_router::params::ParamsMap;

use super::links;

/// The fields that are not empty: name, and what stands in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Searched(Vec<(&'static str, String)>);

impl Searched {
    /// Reads these fields of an address.
    pub fn read(query: &ParamsMap, fields: &[&'static str]) -> Self {
        let typed = fields.iter().filter_map(|name| {
            let text = query.get_str(name)?.trim();
            (!text.is_empty()).then(|| (*name, text.to_owned()))
        });
        Self(typed.collect())
    }

    /// Whether all are empty.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each field, and what stands in it.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(name, text)| (*name, text.as_str()))
    }

    /// What stands in a field.
    pub fn value(&self, name: &str) -> &str {
        let found = self.iter().find(|(known, _)| *known == name);
        found.map_or("", |(_, text)| text)
    }

    /// This address, with the fields.
    pub fn added_to(&self, mut address: String) -> String {
        for (name, text) in self.iter() {
            links::push(&mut address, name, text);
        }
        address
    }
}
