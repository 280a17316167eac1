//! Parameters: in the path, in the query, in headers.

use serde_json::{Value, json};

/// A parameter of an operation.
pub struct Parameter {
    name: &'static str,
    place: &'static str,
    text: &'static str,
    schema: Value,
    example: Value,
}

impl Parameter {
    /// In the path.
    pub const fn path(
        name: &'static str,
        text: &'static str,
        schema: Value,
        example: Value,
    ) -> Self {
        Self {
            name,
            place: "path",
            text,
            schema,
            example,
        }
    }

    /// In the query, and may be left out.
    pub fn query(name: &'static str, text: &'static str, schema: Value) -> Self {
        Self {
            name,
            place: "query",
            text,
            schema,
            example: Value::Null,
        }
    }

    /// In a header, and may be left out.
    pub const fn header(
        name: &'static str,
        text: &'static str,
        schema: Value,
        example: Value,
    ) -> Self {
        Self {
            name,
            place: "header",
            text,
            schema,
            example,
        }
    }

    /// Whether it belongs to the query.
    pub(super) fn is_in_query(&self) -> bool {
        self.place == "query"
    }

    /// As it stands in the document.
    pub(super) fn document(&self) -> Value {
        let mut document = json!({
            "name": self.name,
            "in": self.place,
            "description": self.text,
            "required": self.place == "path",
            "schema": self.schema,
        });
        if !self.example.is_null() {
            document["example"] = self.example.clone();
        }
        document
    }
}

/// `limit` and `cursor` of a list.
pub fn paging() -> [Parameter; 2] {
    [
        Parameter::query(
            "limit",
            "How many entries a page holds.",
            json!({"type": "integer", "minimum": 1, "maximum": 200, "default": 50}),
        ),
        Parameter::query(
            "cursor",
            "The `next_cursor` of the page before. What it looks like may change.",
            json!({"type": "string"}),
        ),
    ]
}

/// The id of a proposal.
pub fn proposal() -> Parameter {
    Parameter::path(
        "id",
        "The id of the proposal.",
        json!({"type": "string", "format": "uuid"}),
        json!(super::examples::PROPOSAL),
    )
}

/// The id or the name of something.
pub fn named(text: &'static str, example: &'static str) -> Parameter {
    let schema = json!({"type": "string", "minLength": 1});
    Parameter::path("id", text, schema, json!(example))
}
