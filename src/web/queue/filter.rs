//! What is looked for in a lane, as it stands in the address.

use leptos_router::params::ParamsMap;

use crate::web::context::{Lane, QueueCursor, QueueFilter};
use crate::web::links;
use crate::web::searched::Searched;

/// The fields of the form, by name.
const FIELDS: [&str; 6] = ["client", "group", "agent", "tier", "ticket", "text"];

/// What was typed, and what is looked for because of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    typed: Searched,
    /// What that means.
    pub filter: QueueFilter,
}

impl Asked {
    /// Reads an address. What is no name of anything looks for nothing.
    pub fn read(query: &ParamsMap) -> Self {
        let typed = Searched::read(query, &FIELDS);
        let mut filter = QueueFilter::default();
        for (name, text) in typed.iter() {
            match name {
                "client" => filter.client = Some(text.to_owned()),
                "group" => filter.group = text.parse().ok(),
                "agent" => filter.agent = text.parse().ok(),
                "tier" => filter.tier = text.parse().ok(),
                "ticket" => filter.ticket = Some(text.to_owned()),
                _ => filter.text = Some(text.to_owned()),
            }
        }
        Self { typed, filter }
    }

    /// What stands in a field.
    pub fn value(&self, name: &str) -> &str {
        self.typed.value(name)
    }

    /// Whether anything is looked for.
    pub fn is_narrowed(&self) -> bool {
        !self.filter.asks_for_nothing()
    }

    /// The address that looks for the same in a lane, from this place on.
    pub fn address(&self, lane: Lane, from: Option<QueueCursor>) -> String {
        self.typed.added_to(links::queue(lane, from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{PermissionGroup, Tier};

    #[test]
    fn what_stands_in_the_address_is_looked_for_in_every_lane() {
        let query = links::read_query("lane=done&client=+Acme+&tier=critical&group=contacts&text=");
        let asked = Asked::read(&query);
        assert_eq!(asked.filter.client.as_deref(), Some("Acme"));
        assert_eq!(asked.filter.tier, Some(Tier::Critical));
        assert_eq!(asked.filter.group, Some(PermissionGroup::Contacts));
        assert_eq!(asked.filter.text, None);
        assert_eq!(
            asked.address(Lane::Failed, None),
            "/queue?lane=failed&client=Acme&group=contacts&tier=critical"
        );
        assert!(asked.is_narrowed() && !Asked::default().is_narrowed());
    }
}
