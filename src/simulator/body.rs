//! The body of a write: one item or a list of them.
//!
//! Keys of attributes are read in kebab-case and `snake_case`; if both are sent the former wins
//! (which one does is unconfirmed, section 3 of api-facts.md). Capitalized members (`Attributes`)
//! are not read, `type` is not looked at. An item's id may stand in its attributes or beside them.

use serde_json::{Map, Value};

use super::query::kebab;
use super::refusal::Refusal;
use super::world::{Record, id_of};

#[derive(Debug, Clone)]
pub(super) struct Body {
    pub items: Vec<Item>,
    pub is_list: bool,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Item {
    pub id: Option<u64>,
    /// In kebab-case.
    pub attributes: Record,
    pub relationships: Record,
}

impl Body {
    /// The items, or 400 if there is no `data` or none in it. A write that names no record, such
    /// as a bare `DELETE /contacts?filter[…]`, is refused here; what IT Glue does is unconfirmed.
    pub fn read(body: Option<&Value>) -> Result<Self, Refusal> {
        let missing = || Refusal::missing_parameter("data");
        let data = body.and_then(|body| body.get("data")).ok_or_else(missing)?;
        let (items, is_list) = match data {
            Value::Array(items) => (items.iter().map(Item::read).collect::<Option<_>>(), true),
            single => (Item::read(single).map(|item| vec![item]), false),
        };
        let items = items
            .filter(|items: &Vec<Item>| !items.is_empty())
            .ok_or_else(missing)?;
        Ok(Self { items, is_list })
    }
}

impl Item {
    /// `None` for what is no object.
    pub fn read(value: &Value) -> Option<Self> {
        let object = value.as_object()?;
        let part = |name: &str| object.get(name).and_then(Value::as_object);
        let attributes = part("attributes").map(folded).unwrap_or_default();
        let id = attributes
            .get("id")
            .or_else(|| object.get("id"))
            .and_then(id_of);
        let relationships = part("relationships").map(folded).unwrap_or_default();
        Some(Self {
            id,
            attributes,
            relationships,
        })
    }

    /// The items under `relationships.<name>.data`.
    pub fn children(&self, name: &str) -> Vec<Self> {
        self.relationships
            .get(name)
            .and_then(|relationship| relationship.get("data"))
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Self::read)
            .collect()
    }
}

/// The same keys in kebab-case.
pub(super) fn folded(attributes: &Map<String, Value>) -> Record {
    let mut record = Map::new();
    for (key, value) in attributes {
        let folded = kebab(key);
        if folded == *key || !attributes.contains_key(&folded) {
            record.insert(folded, value.clone());
        }
    }
    record
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn of_two_spellings_in_one_body_the_hyphenated_one_is_read() {
        let sent = json!({ "data": { "attributes": { "short_name": "A", "short-name": "B" } } });
        let body = Body::read(Some(&sent)).unwrap();
        assert_eq!(
            Value::from(body.items[0].attributes.clone()),
            json!({ "short-name": "B" })
        );
    }

    #[test]
    fn an_id_is_read_among_the_attributes_or_beside_them() {
        let id = |item: Value| Item::read(&item).unwrap().id;
        assert_eq!(id(json!({ "attributes": { "id": 5 } })), Some(5));
        assert_eq!(
            id(json!({ "id": "1694461951918297" })),
            Some(1_694_461_951_918_297)
        );
        assert_eq!(
            id(json!({ "id": "9", "attributes": { "id": "5" } })),
            Some(5)
        );
    }

    #[test]
    fn capitalized_members_are_not_read() {
        let item = Item::read(&json!({ "Attributes": { "id": 5 } })).unwrap();
        assert!(item.id.is_none() && item.attributes.is_empty());
        assert!(Body::read(Some(&json!({ "Data": {} }))).is_err());
    }
}
