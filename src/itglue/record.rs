//! From the wire to [`Record`]: keys in kebab-case, ids as integers, traits untouched.

use serde_json::{Map, Value};

use crate::domain::{Record, RecordId, as_id};

/// What an answer holds instead of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the answer holds no record of the expected shape")]
pub(super) struct NoRecord;

/// The one record of a document's `data`.
pub(super) fn record_of(document: &Value) -> Result<Record, NoRecord> {
    read_record(document.get("data").ok_or(NoRecord)?)
}

/// All records of a document's `data`, an array.
pub(super) fn records_of(document: &Value) -> Result<Vec<Record>, NoRecord> {
    let data = document.get("data").and_then(Value::as_array);
    data.ok_or(NoRecord)?.iter().map(read_record).collect()
}

fn read_record(data: &Value) -> Result<Record, NoRecord> {
    let id = data.get("id").and_then(as_id).ok_or(NoRecord)?;
    let json_type = data.get("type").and_then(Value::as_str).ok_or(NoRecord)?;
    let attributes = match data.get("attributes") {
        Some(Value::Object(attributes)) => kebab_case(attributes)?,
        Some(Value::Null) | None => Map::new(),
        Some(_) => return Err(NoRecord),
    };
    Ok(Record {
        id: RecordId(id),
        json_type: json_type.replace('_', "-"),
        attributes,
    })
}

/// The same attributes under kebab-case keys; refused if two keys become one.
fn kebab_case(attributes: &Map<String, Value>) -> Result<Map<String, Value>, NoRecord> {
    let mut folded = Map::new();
    for (key, value) in attributes {
        if folded
            .insert(key.replace('_', "-"), value.clone())
            .is_some()
        {
            return Err(NoRecord);
        }
    }
    Ok(folded)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_become_kebab_case_and_traits_stay_as_they_are() {
        let document = json!({"data": {"id": "1694461951918297", "type": "flexible_assets", "attributes": {
            "organization_id": 7, "traits": {"my_key": 1, "my-key": 2},
        }}});
        let record = record_of(&document).unwrap();
        assert_eq!(record.id, RecordId(1_694_461_951_918_297));
        assert_eq!(record.json_type, "flexible-assets");
        assert_eq!(
            Value::Object(record.attributes),
            json!({"organization-id": 7, "traits": {"my_key": 1, "my-key": 2}})
        );
    }

    #[test]
    fn an_id_may_be_a_number() {
        let document = json!({"data": [{"id": 5, "type": "contacts"}]});
        assert_eq!(records_of(&document).unwrap()[0].id, RecordId(5));
    }

    #[rstest]
    #[case(json!({}))]
    #[case(json!([]))]
    #[case(json!({"data": null}))]
    #[case(json!({"data": []}))]
    #[case(json!({"data": {"type": "contacts"}}))]
    #[case(json!({"data": {"id": "x", "type": "contacts"}}))]
    #[case(json!({"data": {"id": -1, "type": "contacts"}}))]
    #[case(json!({"data": {"id": 1, "attributes": {}}}))]
    #[case(json!({"data": {"id": 1, "type": "contacts", "attributes": []}}))]
    #[case(json!({"data": {"id": 1, "type": "contacts", "attributes": {"a-b": 1, "a_b": 2}}}))]
    fn other_shapes_are_no_record(#[case] document: Value) {
        assert_eq!(record_of(&document), Err(NoRecord));
    }
}
