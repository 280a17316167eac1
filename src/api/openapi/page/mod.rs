//! The document as a page: server-made HTML that needs no script and loads nothing but our style.
#![expect(
    clippy::format_collect,
    clippy::format_push_string,
    reason = "the page is put together once, and so it reads as it will look"
)]

mod schema;
mod text;

use std::collections::BTreeSet;

use serde_json::Value;

use self::schema::{name_of, shape, shapes};
use self::text::{code_words, escaped, pretty};

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Where the files of the page are.
#[derive(Clone, Debug)]
pub struct PageFiles {
    /// The style sheet.
    pub style: String,
    /// The icon.
    pub icon: String,
}

/// An operation as it is shown.
struct Shown<'a> {
    method: &'static str,
    path: &'a str,
    told: &'a Value,
}

/// The page of a document.
pub fn page(document: &Value, files: &PageFiles) -> String {
    let (style, icon) = (escaped(&files.style), escaped(&files.icon));
    let title = "API of Countersign";
    let about = paragraphs(text_of(&document["info"], "description"));
    let version = escaped(text_of(&document["info"], "version"));
    let operations = operations(document);
    let tags: Vec<&Value> = document["tags"].as_array().into_iter().flatten().collect();
    let contents: String = tags.iter().map(|tag| contents(tag, &operations)).collect();
    let sections: String = tags
        .iter()
        .map(|tag| section(document, tag, &operations))
        .collect();
    let problems = problems(document);
    let shapes = shapes(document);
    format!(
        "<!DOCTYPE html>\
         <html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\">\
         <title>{title}</title>\
         <link rel=\"icon\" href=\"{icon}\" type=\"image/svg+xml\">\
         <link rel=\"stylesheet\" href=\"{style}\"></head>\
         <body><header class=\"frame\"><a class=\"frame__brand\" href=\"/\">Countersign</a>\
         <nav class=\"frame__places\" aria-label=\"Documents\">\
         <a href=\"/api/v1/openapi.json\">openapi.json</a></nav></header>\
         <main class=\"reference\"><h1>{title}</h1>\
         <p class=\"reference__version\">Version {version}, OpenAPI 3.1</p>{about}\
         <nav class=\"reference__contents\" aria-label=\"Contents\">{contents}\
         <p><a href=\"#problems\">Problems</a>, <a href=\"#shapes\">Shapes</a></p></nav>\
         {sections}{problems}{shapes}</main></body></html>"
    )
}

fn operations(document: &Value) -> Vec<Shown<'_>> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths
        .flat_map(|(path, item)| {
            METHODS.iter().filter_map(move |method| {
                item.get(*method).map(|told| Shown { method, path, told })
            })
        })
        .collect()
}

fn below<'a>(tag: &str, operations: &'a [Shown<'a>]) -> impl Iterator<Item = &'a Shown<'a>> {
    let tag = tag.to_owned();
    operations
        .iter()
        .filter(move |shown| shown.told["tags"][0] == tag.as_str())
}

fn contents(tag: &Value, operations: &[Shown<'_>]) -> String {
    let name = text_of(tag, "name");
    let entries: String = below(name, operations)
        .map(|shown| {
            let id = escaped(text_of(shown.told, "operationId"));
            let summary = code_words(text_of(shown.told, "summary"));
            format!("<li><a href=\"#{id}\">{summary}</a></li>")
        })
        .collect();
    let name = escaped(name);
    format!("<details><summary>{name}</summary><ul>{entries}</ul></details>")
}

fn section(document: &Value, tag: &Value, operations: &[Shown<'_>]) -> String {
    let name = text_of(tag, "name");
    let text = code_words(text_of(tag, "description"));
    let each: String = below(name, operations)
        .map(|shown| operation(document, shown))
        .collect();
    let name = escaped(name);
    format!(
        "<section aria-labelledby=\"tag-{name}\"><h2 id=\"tag-{name}\">{name}</h2><p>{text}</p>{each}</section>"
    )
}

fn operation(document: &Value, shown: &Shown<'_>) -> String {
    let told = shown.told;
    let id = escaped(text_of(told, "operationId"));
    let summary = code_words(text_of(told, "summary"));
    let method = shown.method.to_ascii_uppercase();
    let path = escaped(shown.path).replace('/', "/<wbr>");
    let text = paragraphs(text_of(told, "description"));
    let who = who(told);
    let parameters = parameters(told);
    let body = body(told);
    let answers = answers(document, told);
    let curl = escaped(&curl(shown));
    format!(
        "<article class=\"reference__operation\" aria-labelledby=\"{id}\">\
         <h3 id=\"{id}\">{summary}</h3>\
         <p class=\"reference__call\"><strong>{method}</strong> <code>{path}</code></p>\
         <p class=\"reference__who\">{who}</p>{text}\
         <h4>Try it</h4><pre class=\"snippet__text\">{curl}</pre>\
         {parameters}{body}{answers}</article>"
    )
}

/// Who may, in words.
fn who(told: &Value) -> String {
    let Some(first) = told["security"].get(0).and_then(Value::as_object) else {
        return "Open to everyone.".to_owned();
    };
    let scopes = first.values().filter_map(Value::as_array).flatten();
    let scopes: Vec<&str> = scopes.filter_map(Value::as_str).collect();
    match (first.contains_key("agentToken"), scopes.first()) {
        (true, _) => "With the token of an agent.".to_owned(),
        (false, Some(scope)) => format!(
            "With the token of a person, scope <code>{}</code>.",
            escaped(scope)
        ),
        (false, None) => "With the token of a person.".to_owned(),
    }
}

fn parameters(told: &Value) -> String {
    let all = told["parameters"].as_array().into_iter().flatten();
    let rows: String = all
        .map(|parameter| {
            let name = escaped(text_of(parameter, "name"));
            let place = escaped(text_of(parameter, "in"));
            let text = code_words(text_of(parameter, "description"));
            let kind = name_of(&parameter["schema"]);
            format!("<dt><code>{name}</code> <span>{place}, {kind}</span></dt><dd>{text}</dd>")
        })
        .collect();
    if rows.is_empty() {
        return rows;
    }
    format!("<h4>Parameters</h4><dl class=\"reference__members\">{rows}</dl>")
}

fn body(told: &Value) -> String {
    let content = &told["requestBody"]["content"]["application/json"];
    if content.is_null() {
        return String::new();
    }
    let needless = if told["requestBody"]["required"] == true {
        ""
    } else {
        " <span>may be left out</span>"
    };
    let members = shape(&content["schema"]);
    let example = escaped(&pretty(&content["example"]));
    format!(
        "<h4>Body{needless}</h4>{members}\
         <details><summary>Example</summary><pre class=\"snippet__text\">{example}</pre></details>"
    )
}

fn answers(document: &Value, told: &Value) -> String {
    let all = told["responses"].as_object().into_iter().flatten();
    let rows: String = all
        .map(|(status, answer)| {
            let answer = followed(document, answer);
            let status = escaped(status);
            let text = code_words(text_of(answer, "description"));
            let content = &answer["content"]["application/json"];
            if content.is_null() {
                return format!("<dt><strong>{status}</strong></dt><dd>{text}</dd>");
            }
            let kind = name_of(&content["schema"]);
            let example = content.get("example").map_or_else(String::new, |example| {
                let example = escaped(&pretty(example));
                format!("<details><summary>Example</summary><pre class=\"snippet__text\">{example}</pre></details>")
            });
            format!("<dt><strong>{status}</strong> <span>{kind}</span></dt><dd>{text}{example}</dd>")
        })
        .collect();
    format!("<h4>Answers</h4><dl class=\"reference__members\">{rows}</dl>")
}

/// A line for a shell, with the examples of the document in it.
fn curl(shown: &Shown<'_>) -> String {
    let told = shown.told;
    let mut path = shown.path.to_owned();
    let mut headers = String::new();
    if told["security"].get(0).is_some() {
        headers.push_str(" \\\n  -H \"Authorization: Bearer $TOKEN\"");
    }
    for parameter in told["parameters"].as_array().into_iter().flatten() {
        let (name, example) = (text_of(parameter, "name"), &parameter["example"]);
        let example = example
            .as_str()
            .map_or_else(|| example.to_string(), str::to_owned);
        match text_of(parameter, "in") {
            "path" => path = path.replace(&format!("{{{name}}}"), &example),
            "header" => headers.push_str(&format!(" \\\n  -H '{name}: {example}'")),
            _ => {}
        }
    }
    let body = &told["requestBody"]["content"]["application/json"]["example"];
    if !body.is_null() {
        headers.push_str(" \\\n  -H 'Content-Type: application/json'");
        headers.push_str(&format!(" \\\n  -d '{body}'"));
    }
    let method = match shown.method {
        "get" => String::new(),
        method => format!(" -X {}", method.to_ascii_uppercase()),
    };
    format!("curl -sS{method} \"$COUNTERSIGN{path}\"{headers}")
}

/// Every kind of problem, once.
fn problems(document: &Value) -> String {
    let responses = document["components"]["responses"]
        .as_object()
        .into_iter()
        .flatten();
    let examples = responses.flat_map(|(_, response)| {
        let content = &response["content"]["application/problem+json"];
        content["examples"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(slug, example)| {
                let value = &example["value"];
                (value["status"].as_u64().unwrap_or_default(), slug.as_str())
            })
    });
    let kinds: BTreeSet<(u64, &str)> = examples.collect();
    let rows: String = kinds
        .into_iter()
        .map(|(status, slug)| {
            let kind = super::problems::ALL
                .iter()
                .find(|kind| u64::from(kind.status) == status && kind.slug == slug);
            let when = code_words(kind.map_or("", |kind| kind.when));
            let slug = escaped(slug);
            format!("<dt><strong>{status}</strong> <code>{slug}</code></dt><dd>{when}</dd>")
        })
        .collect();
    format!(
        "<section aria-labelledby=\"problems\"><h2 id=\"problems\">Problems</h2>\
         <p>What is refused is answered with <code>application/problem+json</code>. The \
         <code>type</code> is <code>urn:countersign:problem:</code> and one of these.</p>\
         <dl class=\"reference__members\">{rows}</dl></section>"
    )
}

fn followed<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let reference = value["$ref"]
        .as_str()
        .and_then(|text| text.strip_prefix('#'));
    reference
        .and_then(|pointer| document.pointer(pointer))
        .unwrap_or(value)
}

fn text_of<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn paragraphs(text: &str) -> String {
    let parts = text.split("\n\n").filter(|part| !part.is_empty());
    parts
        .map(|part| format!("<p>{}</p>", code_words(part)))
        .collect()
}

#[cfg(test)]
mod tests;
