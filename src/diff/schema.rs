//! Whether traits fit the fields of their type: asked before IT Glue is.

use serde_json::Value;

use super::body::{self, SentTraits, kebab};
use super::labels::quoted_list;
use super::place::{as_number, is_empty};
use crate::domain::{
    AssetField, AssetSchema, FieldError, FieldKind, ItemRequest, Operation, ResourceKind, as_id,
    pointer,
};

/// What is wrong with the attributes and traits of a request; no value is ever repeated.
pub(super) fn check(
    kind: &ResourceKind,
    request: &ItemRequest,
    schema: Option<&AssetSchema>,
) -> Vec<FieldError> {
    let mut errors = missing_attributes(kind, request);
    if let Some(error) = misshapen_traits(request) {
        errors.push(error);
    }
    let Some(schema) = schema else {
        return errors;
    };
    if let Some(traits) = body::sent_traits(request) {
        errors.extend(wrong_traits(schema, &traits));
        if request.operation == Operation::Create {
            errors.extend(missing_traits(schema, &traits));
        }
    }
    errors
}

fn missing_attributes(kind: &ResourceKind, request: &ItemRequest) -> Vec<FieldError> {
    if request.operation != Operation::Create {
        return Vec::new();
    }
    let base = body::attributes_pointer(request.body.as_ref());
    kind.required
        .iter()
        .map(|attribute| kebab(attribute))
        .filter(|attribute| body::sent_value(request, attribute).is_none_or(Value::is_null))
        .filter(|attribute| !is_given_by_the_path(kind, request, attribute))
        .map(|attribute| {
            FieldError::new(
                format!("/body{}", pointer::member(base, &attribute)),
                format!("`{attribute}` is required when a record is created"),
            )
        })
        .collect()
}

/// `/organizations/2/relationships/contacts` says `organization-id`.
fn is_given_by_the_path(kind: &ResourceKind, request: &ItemRequest, attribute: &str) -> bool {
    request.parent.as_ref().is_some_and(|(parent, _)| {
        let of_parent = format!("{}-id", kebab(parent.strip_suffix('s').unwrap_or(parent)));
        of_parent == attribute
            || kind.references.get(attribute) == Some(parent)
            || matches!(attribute, "resource-id" | "resource-type")
    })
}

fn misshapen_traits(request: &ItemRequest) -> Option<FieldError> {
    let traits = body::sent(request)
        .into_iter()
        .find(|sent| sent.attribute == "traits" && !sent.value.is_object())?;
    Some(FieldError::new(
        format!("/body{}", traits.pointer),
        "`traits` takes an object of field keys and their values",
    ))
}

fn wrong_traits(schema: &AssetSchema, traits: &SentTraits<'_>) -> Vec<FieldError> {
    traits
        .values
        .iter()
        .filter_map(|(key, value)| {
            let detail = match schema.field(key) {
                Some(field) => wrong_value(field, value)?,
                None => unknown_key(schema, key),
            };
            Some(trait_error(traits, key, detail))
        })
        .collect()
}

fn missing_traits(schema: &AssetSchema, traits: &SentTraits<'_>) -> Vec<FieldError> {
    schema
        .fields
        .iter()
        .filter(|field| field.required && field.kind != FieldKind::Header)
        .filter(|field| traits.values.get(&field.name_key).is_none_or(is_empty))
        .map(|field| {
            let detail = format!("“{}” is required; it takes {}", field.name, accepted(field));
            trait_error(traits, &field.name_key, detail)
        })
        .collect()
}

fn trait_error(traits: &SentTraits<'_>, key: &str, detail: String) -> FieldError {
    FieldError::new(
        format!("/body{}", pointer::member(&traits.pointer, key)),
        detail,
    )
}

fn unknown_key(schema: &AssetSchema, key: &str) -> String {
    let of_type = match &schema.type_name {
        Some(name) => format!("“{name}” has"),
        None => "this type has".to_owned(),
    };
    let keys: Vec<&str> = schema
        .fields
        .iter()
        .filter(|field| field.kind != FieldKind::Header)
        .map(|field| field.name_key.as_str())
        .collect();
    let shown = key.chars().take(80).collect::<String>();
    format!(
        "{of_type} no field `{shown}`; its fields are {}",
        keys.join(", ")
    )
}

/// What is wrong with a value, if anything is.
fn wrong_value(field: &AssetField, value: &Value) -> Option<String> {
    if value.is_null() || fits(field, value) {
        return None;
    }
    if field.kind == FieldKind::Header {
        return Some(format!("“{}” is a heading and takes no value", field.name));
    }
    let hint = if field.kind == FieldKind::Tag && is_tag_as_read(value) {
        "; this is how a tag reads, send only the ids of its `values`"
    } else {
        ""
    };
    Some(format!("“{}” takes {}{hint}", field.name, accepted(field)))
}

fn fits(field: &AssetField, value: &Value) -> bool {
    match field.kind {
        FieldKind::Checkbox => value.is_boolean(),
        FieldKind::Date => value.as_str().is_some_and(is_day),
        FieldKind::Header => false,
        FieldKind::Number | FieldKind::Percent => as_number(value).is_some(),
        FieldKind::Password | FieldKind::Text | FieldKind::Textbox => value.is_string(),
        FieldKind::Select => value.as_str().is_some_and(|text| {
            field.options.is_empty() || field.options.iter().any(|option| option == text)
        }),
        FieldKind::Tag => match value {
            Value::Array(ids) => ids.iter().all(|id| as_id(id).is_some()),
            id => as_id(id).is_some(),
        },
        FieldKind::Upload => is_upload(value),
    }
}

/// Whether a value is a file as it is written: its content and its name.
pub(super) fn is_upload(value: &Value) -> bool {
    let Value::Object(members) = value else {
        return false;
    };
    let has_text = |name: &str| {
        members
            .iter()
            .any(|(key, member)| kebab(key) == name && member.is_string())
    };
    has_text("content") && has_text("file-name")
}

fn is_day(text: &str) -> bool {
    text.len() == "yyyy-mm-dd".len() && text.parse::<jiff::civil::Date>().is_ok()
}

fn is_tag_as_read(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(Value::is_object),
        value => value.is_object(),
    }
}

fn accepted(field: &AssetField) -> String {
    match field.kind {
        FieldKind::Checkbox => "true or false".to_owned(),
        FieldKind::Date => "a date written yyyy-mm-dd".to_owned(),
        FieldKind::Header => "no value".to_owned(),
        FieldKind::Number => "a number".to_owned(),
        FieldKind::Password => "the password as text".to_owned(),
        FieldKind::Percent => "a number, per hundred".to_owned(),
        FieldKind::Select => {
            let options = quoted_list(field.options.iter().map(String::as_str));
            format!("one of {options}, or null for none")
        }
        FieldKind::Tag => {
            let of_kind = field.tag_type.as_deref().unwrap_or("records");
            format!("an array of ids of {of_kind}")
        }
        FieldKind::Text | FieldKind::Textbox => "text".to_owned(),
        FieldKind::Upload => "an object of `content` (base64) and `file_name`".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;
    use crate::diff::fixtures;

    #[rstest]
    #[case::checkbox("monitored", json!(true))]
    #[case::date("renewal", json!("2028-02-29"))]
    #[case::number("users", json!(12))]
    #[case::number_as_text("users", json!("12.5"))]
    #[case::percent("uptime", json!(99.9))]
    #[case::select("type", json!("Office 365"))]
    #[case::tag("owner", json!([501, "502"]))]
    #[case::one_tag("owner", json!("501"))]
    #[case::text("location", json!("Rack 2"))]
    #[case::textbox("notes", json!("<p>Restart both nodes</p>"))]
    #[case::password("admin-login", json!("x"))]
    #[case::upload("contract", json!({"content": "QQ==", "file_name": "a.txt"}))]
    #[case::nothing("location", json!(null))]
    fn values_that_fit_are_taken(#[case] key: &str, #[case] value: Value) {
        let request = fixtures::patch_traits(json!({ key: value }));
        let errors = check(
            &fixtures::flexible_assets(),
            &request,
            Some(&fixtures::schema()),
        );
        assert_eq!(errors, []);
    }

    #[rstest]
    #[case::unknown("colour", json!("red"), "no field `colour`")]
    #[case::checkbox("monitored", json!("yes"), "true or false")]
    #[case::date("renewal", json!("2027-02-29"), "yyyy-mm-dd")]
    #[case::date_shape("renewal", json!("2027-2-9"), "yyyy-mm-dd")]
    #[case::number("users", json!("many"), "a number")]
    #[case::select("type", json!("CANARY"), "one of “Office 365”")]
    #[case::tag_as_read("owner", json!({"type": "Contacts", "values": [{"id": 501}]}), "how a tag reads")]
    #[case::tag_of_objects("owner", json!([{"id": 501}]), "how a tag reads")]
    #[case::tag_of_names("owner", json!(["CANARY"]), "array of ids of Contacts")]
    #[case::text("location", json!(4), "text")]
    #[case::password("admin-login", json!(12345), "password as text")]
    #[case::upload("contract", json!("CANARY"), "`file_name`")]
    #[case::header("section-one", json!("CANARY"), "no value")]
    fn values_that_do_not_fit_are_named(
        #[case] key: &str,
        #[case] value: Value,
        #[case] says: &str,
    ) {
        let request = fixtures::patch_traits(json!({ key: value }));
        let errors = check(
            &fixtures::flexible_assets(),
            &request,
            Some(&fixtures::schema()),
        );
        assert_eq!(errors.len(), 1);
        assert_eq!(
            errors[0].pointer,
            format!("/body/data/attributes/traits/{key}")
        );
        assert!(errors[0].detail.contains(says), "{}", errors[0].detail);
        assert!(!errors[0].detail.contains("CANARY"));
        assert!(!errors[0].detail.contains("12345"));
    }

    #[test]
    fn a_create_needs_what_is_required_and_takes_it_from_the_path() {
        let mut request = fixtures::create(
            "flexible_assets",
            json!({"data": {"type": "flexible-assets", "attributes": {
                "flexible-asset-type-id": 12, "traits": {"type": null}
            }}}),
        );
        let pointers = |request: &ItemRequest| -> Vec<String> {
            check(
                &fixtures::flexible_assets(),
                request,
                Some(&fixtures::schema()),
            )
            .into_iter()
            .map(|error| error.pointer)
            .collect()
        };
        assert_eq!(
            pointers(&request),
            [
                "/body/data/attributes/organization-id",
                "/body/data/attributes/traits/type"
            ]
        );
        request.parent = Some(("organizations".to_owned(), crate::domain::RecordId(2)));
        assert_eq!(pointers(&request), ["/body/data/attributes/traits/type"]);
    }

    #[test]
    fn traits_must_be_an_object() {
        let request = fixtures::patch_traits(json!(null));
        let errors = check(&fixtures::flexible_assets(), &request, None);
        assert_eq!(errors[0].pointer, "/body/data/attributes/traits");
    }
}
