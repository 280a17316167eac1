//! What the forms about people hold, read field by field.

use std::collections::BTreeSet;

use crate::domain::{Email, OrganizationId, OrganizationScope, PersonName, Role};
use crate::web::forms::{Failure, Reading};

/// What a form about a person holds, as it was typed.
#[derive(Clone, Debug, Default)]
pub struct TypedPerson {
    /// The address.
    pub email: String,
    /// The name.
    pub name: String,
    /// The role.
    pub role: String,
    /// `all`, or `only` those named.
    pub clients: String,
    /// The ids of the clients.
    pub ids: String,
}

/// A person as the form describes them.
#[derive(Debug)]
pub struct ReadPerson {
    /// The name.
    pub name: PersonName,
    /// The role.
    pub role: Role,
    /// Their clients.
    pub organizations: OrganizationScope,
}

impl TypedPerson {
    /// For the form, if it comes back.
    pub fn typed(&self) -> Vec<(String, String)> {
        crate::web::forms::typed(&[
            ("email", &self.email),
            ("name", &self.name),
            ("role", &self.role),
            ("clients", &self.clients),
            ("ids", &self.ids),
        ])
    }

    /// Reads what every form about a person holds.
    pub fn read(&self) -> Result<ReadPerson, Failure> {
        let mut reading = Reading::default();
        let person = self.read_fields(&mut reading);
        person.ok_or_else(|| reading.failure())
    }

    /// The same with the address, which only an invitation takes.
    pub fn read_invited(&self) -> Result<(Email, ReadPerson), Failure> {
        let mut reading = Reading::default();
        let email = reading.field::<Email>("email", &self.email);
        match (email, self.read_fields(&mut reading)) {
            (Some(email), Some(person)) => Ok((email, person)),
            _ => Err(reading.failure()),
        }
    }

    fn read_fields(&self, reading: &mut Reading) -> Option<ReadPerson> {
        let name = reading.field::<PersonName>("name", &self.name);
        let role = reading.field::<Role>("role", &self.role);
        let organizations = match self.clients.as_str() {
            "only" => only(reading, &self.ids),
            _ => Some(OrganizationScope::All),
        };
        Some(ReadPerson {
            name: name?,
            role: role?,
            organizations: organizations?,
        })
    }
}

/// The ids of clients, apart by commas, spaces or lines.
fn only(reading: &mut Reading, ids: &str) -> Option<OrganizationScope> {
    let mut found = BTreeSet::new();
    let is_gap = |c: char| c.is_whitespace() || c == ',' || c == ';';
    for id in ids.split(is_gap).filter(|id| !id.is_empty()) {
        let Ok(number) = id.parse() else {
            reading.wrong("ids", format!("`{id}` is no number of an organization."));
            return None;
        };
        found.insert(OrganizationId(number));
    }
    if found.is_empty() {
        reading.wrong(
            "ids",
            "Name at least one organization, or choose all clients.",
        );
        return None;
    }
    Some(OrganizationScope::Only(found))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(clients: &str, ids: &str) -> TypedPerson {
        TypedPerson {
            email: "dana@example.com".to_owned(),
            name: "Dana Reyes".to_owned(),
            role: "technician".to_owned(),
            clients: clients.to_owned(),
            ids: ids.to_owned(),
        }
    }

    fn wrong(person: &TypedPerson) -> Vec<String> {
        match person.read_invited() {
            Err(Failure::Form { errors, .. }) => {
                errors.into_iter().map(|(field, _)| field).collect()
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn clients_are_all_or_those_named() {
        let read = person("all", "").read().unwrap();
        assert_eq!(read.organizations, OrganizationScope::All);
        let read = person("only", "11, 12\n13").read().unwrap();
        let OrganizationScope::Only(ids) = read.organizations else {
            panic!("some were named")
        };
        assert_eq!(ids.len(), 3);
    }

    #[test]
    fn every_field_that_is_wrong_is_named() {
        let mut typed = person("only", "Acme");
        "dana".clone_into(&mut typed.email);
        " ".clone_into(&mut typed.name);
        "boss".clone_into(&mut typed.role);
        assert_eq!(wrong(&typed), ["email", "name", "role", "ids"]);
        assert_eq!(wrong(&person("only", "")), ["ids"]);
    }
}
