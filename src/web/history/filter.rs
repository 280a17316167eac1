//! What is looked for, as it stands in the address.

use leptos_router::params::ParamsMap;

use crate::domain::{DecisionVerdict, ResultKind, Timestamp};
use crate::web::context::HistoryFilter;
use crate::web::links;
use crate::web::searched::Searched;

/// The fields of the form, by name.
const FIELDS: [&str; 8] = [
    "agent", "person", "verdict", "result", "client", "ticket", "since", "until",
];

/// What was typed, and what is looked for because of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    typed: Searched,
    /// What that means.
    pub filter: HistoryFilter,
    /// The fields that mean nothing.
    pub wrong: Vec<&'static str>,
}

impl Asked {
    /// Reads an address. What does not fit is named and looks for nothing.
    pub fn read(query: &ParamsMap) -> Self {
        let typed = Searched::read(query, &FIELDS);
        let mut asked = Self::default();
        for (name, text) in typed.iter() {
            if !asked.take(name, text) {
                asked.wrong.push(name);
            }
        }
        Self { typed, ..asked }
    }

    /// What stands in a field.
    pub fn value(&self, name: &str) -> &str {
        self.typed.value(name)
    }

    /// Whether anything is looked for.
    pub const fn is_narrowed(&self) -> bool {
        !self.typed.is_empty()
    }

    /// The address that looks for the same from somewhere else.
    pub fn address(&self, from: Option<&str>) -> String {
        let mut address = self.typed.added_to(links::HISTORY.to_owned());
        if let Some(from) = from {
            links::push(&mut address, "from", from);
        }
        address
    }

    fn take(&mut self, name: &str, text: &str) -> bool {
        let filter = &mut self.filter;
        match name {
            "agent" => set(&mut filter.agent, text.parse().ok()),
            "person" => set(&mut filter.person, text.parse().ok()),
            "verdict" => set::<DecisionVerdict>(&mut filter.verdict, text.parse().ok()),
            "result" => set::<ResultKind>(&mut filter.result, text.parse().ok()),
            "client" => set(&mut filter.organization, text.parse().ok()),
            "ticket" => set(&mut filter.ticket, Some(text.to_owned())),
            "since" => set(&mut filter.since, moment(text, "T00:00:00Z")),
            "until" => set(&mut filter.until, moment(text, "T23:59:59.999Z")),
            _ => false,
        }
    }
}

fn set<T>(field: &mut Option<T>, value: Option<T>) -> bool {
    *field = value;
    field.is_some()
}

/// A day, from its beginning or to its end.
fn moment(day: &str, time: &str) -> Option<Timestamp> {
    format!("{day}{time}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_the_address_is_looked_for() {
        let search =
            "verdict=rejected&since=2026-11-21&until=2026-11-21&client=2&ticket=+T-1+&agent=";
        let asked = Asked::read(&links::read_query(search));
        assert_eq!(asked.filter.verdict, Some(DecisionVerdict::Rejected));
        assert_eq!(asked.filter.ticket.as_deref(), Some("T-1"));
        let (since, until) = (asked.filter.since.unwrap(), asked.filter.until.unwrap());
        assert_eq!(until.millis_since(since), 24 * 60 * 60 * 1000 - 1);
        assert_eq!(asked.filter.agent, None);
        assert!(asked.wrong.is_empty() && asked.is_narrowed());
        let again = asked.address(Some("5.x.1"));
        assert_eq!(
            again,
            "/history?verdict=rejected&client=2&ticket=T-1&since=2026-11-21&until=2026-11-21&from=5%2Ex%2E1"
        );
    }

    #[test]
    fn what_means_nothing_is_named() {
        let asked = Asked::read(&links::read_query(
            "verdict=maybe&since=yesterday&client=Acme",
        ));
        assert_eq!(asked.wrong, ["verdict", "client", "since"]);
        assert_eq!(asked.filter, HistoryFilter::default());
        assert_eq!(asked.value("client"), "Acme");
    }
}
