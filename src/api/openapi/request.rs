//! Schemas of what is sent. Members are read one by one, so that each is answered for; here they are
//! written down one by one, too.

use serde_json::{Map, Value, json};
use utoipa::PartialSchema;

/// An object with these members and no others. A `!` behind a name: it is required; the others may
/// be left out or null.
pub fn object<'a>(members: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for (name, mut schema) in members {
        let plain = name.trim_end_matches('!');
        if plain == name {
            allow_null(&mut schema);
        } else {
            required.push(json!(plain));
        }
        properties.insert(plain.to_owned(), schema);
    }
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": required,
        "properties": properties,
    })
}

/// A text of at most so many characters.
pub fn text(longest: u32, description: &str) -> Value {
    json!({"type": "string", "maxLength": longest, "description": description})
}

/// One of the names of a closed type.
pub fn choice<T: PartialSchema>(description: &str) -> Value {
    // Cannot fail: a schema is made of texts, numbers and lists.
    let mut schema = serde_json::to_value(T::schema()).unwrap_or_default();
    schema["description"] = json!(description);
    schema
}

/// Yes or no.
pub fn flag(description: &str) -> Value {
    json!({"type": "boolean", "description": description})
}

/// A whole number in these bounds.
pub fn whole(least: i64, most: i64, description: &str) -> Value {
    json!({"type": "integer", "minimum": least, "maximum": most, "description": description})
}

/// A list of such.
pub fn list(items: &Value, description: &str) -> Value {
    json!({"type": "array", "items": items, "description": description})
}

/// Ids of organizations, or null for all of them.
pub fn ids(description: &str) -> Value {
    json!({
        "type": "array",
        "minItems": 1,
        "items": {
            "type": ["string", "integer"],
            "pattern": "^[0-9]{1,19}$",
            "minimum": 0,
            "maximum": 999_999_999_999_999_999_u64,
        },
        "description": description,
    })
}

/// Anything at all.
pub fn any(description: &str) -> Value {
    json!({"description": description})
}

fn allow_null(schema: &mut Value) {
    if let Some(kind) = schema.get_mut("type") {
        match kind {
            Value::String(one) => *kind = json!([one, "null"]),
            Value::Array(several) => several.push(json!("null")),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => {}
        }
    }
    if let Some(Value::Array(names)) = schema.get_mut("enum") {
        names.push(Value::Null);
    }
}
