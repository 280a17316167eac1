//! What is another between two bodies of a proposal, value by value. Both have their secrets hidden.

use serde_json::{Map, Value};

use super::labels::humanise;

/// A value that one of two bodies has otherwise than the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Between {
    /// What people call it.
    pub label: String,
    /// As it was; none if it was not there.
    pub before: Option<String>,
    /// As it is; none if it is no longer there.
    pub after: Option<String>,
}

/// Everything that is another, in the order of the pointers. Values that are hidden in both are not
/// compared: nobody can tell from here.
pub fn between(before: Option<&Value>, after: Option<&Value>) -> Vec<Between> {
    let empty = Value::Null;
    let mut found = Vec::new();
    compare(
        &mut Vec::new(),
        Some(before.unwrap_or(&empty)),
        Some(after.unwrap_or(&empty)),
        &mut found,
    );
    found
}

fn compare(
    path: &mut Vec<String>,
    before: Option<&Value>,
    after: Option<&Value>,
    found: &mut Vec<Between>,
) {
    if before == after {
        return;
    }
    let none = Map::new();
    let (old, new) = (before.map(members), after.map(members));
    let is_object = matches!(
        (&old, &new),
        (Some(Some(_)), Some(Some(_)) | None) | (None, Some(Some(_)))
    );
    if !is_object {
        found.push(Between {
            label: label(path),
            before: before.map(words),
            after: after.map(words),
        });
        return;
    }
    let (old, new) = (
        old.flatten().unwrap_or(&none),
        new.flatten().unwrap_or(&none),
    );
    let mut keys: Vec<&String> = old.keys().chain(new.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    for key in keys {
        path.push(key.clone());
        compare(path, old.get(key), new.get(key), found);
        path.pop();
    }
}

const fn members(value: &Value) -> Option<&Map<String, Value>> {
    match value {
        Value::Object(members) => Some(members),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            None
        }
    }
}

/// What stands around every body is left out of its name.
fn label(path: &[String]) -> String {
    let names: Vec<String> = path
        .iter()
        .filter(|part| !["data", "attributes", "traits"].contains(&part.as_str()))
        .map(|part| humanise(part))
        .collect();
    if names.is_empty() {
        "The whole".to_owned()
    } else {
        names.join(" / ")
    }
}

fn words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "(none)".to_owned(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_value_that_is_another_is_named_once() {
        let body =
            |attributes: Value| json!({"data": {"type": "contacts", "attributes": attributes}});
        let before =
            body(json!({"title": "One", "notes": "same", "traits": {"seats": 7, "tags": [1]}}));
        let after = body(
            json!({"title": "Two", "notes": "same", "traits": {"tags": [1, 2]}, "first-name": "Ines"}),
        );
        let found = between(Some(&before), Some(&after));
        let told: Vec<(&str, Option<&str>, Option<&str>)> = found
            .iter()
            .map(|one| {
                (
                    one.label.as_str(),
                    one.before.as_deref(),
                    one.after.as_deref(),
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                ("First name", None, Some("Ines")),
                ("Title", Some("One"), Some("Two")),
                ("Seats", Some("7"), None),
                ("Tags", Some("[1]"), Some("[1,2]")),
            ]
        );
        assert_eq!(between(Some(&before), Some(&before)), []);
    }

    #[test]
    fn a_body_that_came_or_went_is_told() {
        let body = json!({"data": {"attributes": {"title": "One"}}});
        assert_eq!(between(None, None), []);
        let gone = between(Some(&body), None);
        assert_eq!(gone.len(), 1);
        assert_eq!(
            (gone[0].label.as_str(), gone[0].after.as_deref()),
            ("The whole", Some("(none)"))
        );
    }
}
