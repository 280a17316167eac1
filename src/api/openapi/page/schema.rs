//! Schemas on the page: what they are called, and their members.

use serde_json::Value;

use super::text::{code_words, escaped};
use super::text_of;

const SCHEMAS: &str = "#/components/schemas/";
/// More names than these are shown with the shape, not in its place.
const FEW: usize = 8;

/// What a schema is, in a few words; HTML.
pub fn name_of(schema: &Value) -> String {
    if let Some(name) = schema["$ref"]
        .as_str()
        .and_then(|text| text.strip_prefix(SCHEMAS))
    {
        let name = escaped(name);
        return format!("<a href=\"#shape-{name}\">{name}</a>");
    }
    for several in ["oneOf", "anyOf", "allOf"] {
        if let Some(all) = schema[several].as_array() {
            let names: Vec<String> = all.iter().map(name_of).collect();
            return names.join(if several == "allOf" { " and " } else { " or " });
        }
    }
    if let Some(names) = schema["enum"].as_array() {
        let shown: Vec<String> = names.iter().take(FEW).map(value_of).collect();
        let more = if names.len() > FEW { " and others" } else { "" };
        return format!("{}{more}", shown.join(" · "));
    }
    let kind = match &schema["type"] {
        Value::String(kind) => kind.clone(),
        Value::Array(kinds) => {
            let kinds: Vec<&str> = kinds.iter().filter_map(Value::as_str).collect();
            kinds.join(" or ")
        }
        _ => return "anything".to_owned(),
    };
    let kind = escaped(&kind);
    if schema["items"].is_object() {
        return format!("{kind} of {}", name_of(&schema["items"]));
    }
    match schema["format"].as_str() {
        Some(format @ ("uuid" | "date-time")) => format!("{kind}, {format}"),
        _ => kind,
    }
}

fn value_of(value: &Value) -> String {
    let text = value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned);
    format!("<code>{}</code>", escaped(&text))
}

/// The members of an object, those of objects inside it included; HTML.
pub fn shape(schema: &Value) -> String {
    let mut rows = String::new();
    members(schema, "", &mut rows);
    for part in schema["allOf"].as_array().into_iter().flatten() {
        match part["$ref"].as_str() {
            Some(_) => rows.push_str(&format!(
                "<dt><span>all of</span> {}</dt><dd></dd>",
                name_of(part)
            )),
            None => members(part, "", &mut rows),
        }
    }
    if let Some(names) = schema["enum"].as_array() {
        let names: Vec<String> = names.iter().map(value_of).collect();
        return format!("<p>{}</p>", names.join(" · "));
    }
    if rows.is_empty() {
        return format!("<p>{}</p>", name_of(schema));
    }
    format!("<dl class=\"reference__members\">{rows}</dl>")
}

fn members(schema: &Value, prefix: &str, rows: &mut String) {
    let required = schema["required"].as_array();
    let is_required = |name: &str| required.is_some_and(|all| all.iter().any(|one| one == name));
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        let path = format!("{prefix}{name}");
        let needed = if is_required(name) { ", required" } else { "" };
        let kind = name_of(member);
        let text = code_words(text_of(member, "description"));
        rows.push_str(&format!(
            "<dt><code>{}</code> <span>{kind}{needed}</span></dt><dd>{text}</dd>",
            escaped(&path)
        ));
        members(member, &format!("{path}."), rows);
    }
}

/// Every schema that has a name; HTML.
pub fn shapes(document: &Value) -> String {
    let all = document["components"]["schemas"].as_object();
    let each: String = all
        .into_iter()
        .flatten()
        .map(|(name, schema)| {
            let text = code_words(text_of(schema, "description"));
            let name = escaped(name);
            let shape = shape(schema);
            format!(
                "<article class=\"reference__operation\" aria-labelledby=\"shape-{name}\">\
                 <h3 id=\"shape-{name}\">{name}</h3><p>{text}</p>{shape}</article>"
            )
        })
        .collect();
    format!("<section aria-labelledby=\"shapes\"><h2 id=\"shapes\">Shapes</h2>{each}</section>")
}
