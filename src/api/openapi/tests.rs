use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::problems;
use crate::api::{document, document_text};

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];
/// Kinds that the document tells of no route: said on the command line, or of an address at large.
const ELSEWHERE: [&str; 3] = ["busy", "keys-in-use", "method-not-allowed"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

/// Every operation, by method and path.
fn operations() -> Vec<(String, &'static Value)> {
    let paths = document()["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, item)| {
        let methods = METHODS
            .iter()
            .filter_map(|method| Some((*method, item.get(*method)?)));
        methods.map(move |(method, operation)| (format!("{method} {path}"), operation))
    });
    operations.collect()
}

/// What a reference leads to, or the value itself.
fn followed(value: &Value) -> &Value {
    let Some(reference) = value["$ref"].as_str() else {
        return value;
    };
    document()
        .pointer(&reference[1..])
        .unwrap_or_else(|| panic!("nothing at {reference}"))
}

/// What does not fit a schema of the document.
fn misfits(schema: &Value, value: &Value) -> Vec<String> {
    let whole = json!({"components": document()["components"], "allOf": [schema]});
    let validator = jsonschema::draft202012::new(&whole).unwrap();
    validator
        .iter_errors(value)
        .map(|error| error.to_string())
        .collect()
}

#[track_caller]
fn fits(place: &str, schema: &Value, value: &Value) {
    let misfits = misfits(schema, value);
    assert!(misfits.is_empty(), "{place}: {misfits:#?}\n{value:#}");
}

#[test]
fn the_committed_document_is_what_the_code_makes() {
    let committed = fs::read_to_string(root().join("docs/openapi.json")).unwrap_or_default();
    assert!(
        committed == document_text(),
        "docs/openapi.json is not what the routes and their types make of it. Run \
         `cargo xtask openapi`, look at the difference, and commit it."
    );
}

#[test]
fn every_example_fits_its_schema() {
    let mut count = 0;
    for (place, operation) in operations() {
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            if let Some(example) = parameter.get("example") {
                fits(&place, &parameter["schema"], example);
                count += 1;
            }
        }
        if let Some(body) = operation.get("requestBody") {
            let content = &body["content"]["application/json"];
            fits(&place, &content["schema"], &content["example"]);
            count += 1;
        }
        for (status, answer) in operation["responses"].as_object().unwrap() {
            let place = format!("{place} {status}");
            for content in followed(answer)["content"]
                .as_object()
                .into_iter()
                .flatten()
            {
                let schema = &content.1["schema"];
                let several = content.1["examples"].as_object().into_iter().flatten();
                let several = several.map(|(_, example)| &example["value"]);
                for example in content.1.get("example").into_iter().chain(several) {
                    fits(&place, schema, example);
                    count += 1;
                }
            }
        }
    }
    assert!(count > 300, "{count}");
}

#[test]
fn every_answer_has_an_example() {
    for (place, operation) in operations() {
        for (status, answer) in operation["responses"].as_object().unwrap() {
            let answer = followed(answer);
            let schema = &answer["content"]["application/json"]["schema"];
            let is_this = schema["$ref"] == "#/components/schemas/OpenapiDocument";
            if schema.is_null() || is_this {
                continue;
            }
            let content = &answer["content"]["application/json"];
            assert!(
                content.get("example").is_some(),
                "{place} {status}: `openapi::examples` has none of {}",
                schema["$ref"]
            );
        }
    }
}

#[test]
fn a_schema_refuses_what_does_not_fit() {
    let propose = operations()
        .into_iter()
        .find(|(place, _)| place == "post /api/v1/proposals");
    let body = &propose.unwrap().1["requestBody"]["content"]["application/json"];
    for (member, value) in [
        ("method", json!("patch")),
        ("summary", json!("")),
        ("summary", json!("x".repeat(201))),
        ("expires_in_seconds", json!(0)),
        ("traits", json!("keep")),
        ("ticket", json!({"id": "1", "more": 1})),
        ("unknown", json!(1)),
    ] {
        let mut example = body["example"].clone();
        example[member] = value;
        assert!(
            !misfits(&body["schema"], &example).is_empty(),
            "{example:#}"
        );
    }
}

#[test]
fn each_operation_has_a_name_of_its_own_and_describes_its_path() {
    let mut ids = BTreeMap::new();
    for (place, operation) in operations() {
        let id = operation["operationId"].as_str().unwrap();
        let before = ids.insert(id, place.clone());
        assert!(before.is_none(), "{place} and {before:?} are both {id}");
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let described: BTreeSet<&str> = parameters
            .filter(|parameter| parameter["in"] == "path")
            .filter_map(|parameter| parameter["name"].as_str())
            .collect();
        let named = place
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        assert_eq!(described, named.collect(), "{place}");
        let answers = operation["responses"].as_object().unwrap();
        let is_good = |status: &&String| status.starts_with('2');
        assert!(
            answers.keys().any(|status| is_good(&status)),
            "{place} never answers well"
        );
    }
    for (place, operation) in operations() {
        for answer in operation["responses"].as_object().unwrap().values() {
            for (to, _) in answer["links"].as_object().into_iter().flatten() {
                assert!(
                    ids.contains_key(to.as_str()),
                    "{place} leads to {to}, which is not there"
                );
            }
        }
    }
}

#[test]
fn every_problem_of_the_code_is_in_the_document_and_the_reverse() {
    let mut said = BTreeSet::new();
    let mut files = vec![
        root().join("src/server/unfit.rs"),
        root().join("src/server/request.rs"),
    ];
    collect(&root().join("src/api"), &mut files);
    for file in files {
        let code = fs::read_to_string(file).unwrap();
        for start in [
            "Problem::new(",
            "Self::new(",
            "conflict(",
            "let (slug, title) = (",
        ] {
            for (at, _) in code.match_indices(start) {
                let mut literals = code[at + start.len()..].split('"');
                let before = literals.next().unwrap();
                // A definition, or a slug that is passed on.
                if before.contains(';') || before.contains('{') || before.contains("slug,") {
                    continue;
                }
                said.extend(literals.next().map(str::to_owned));
            }
        }
    }
    let known: BTreeSet<String> = problems::ALL
        .iter()
        .map(|kind| kind.slug.to_owned())
        .collect();
    let unknown: Vec<_> = said.difference(&known).collect();
    assert!(
        unknown.is_empty(),
        "add to `openapi::problems`, and to the routes: {unknown:?}"
    );
    let stale: Vec<_> = known.difference(&said).collect();
    assert!(stale.is_empty(), "nothing says these any more: {stale:?}");
    let told = document()["components"]["responses"].to_string();
    for slug in known
        .iter()
        .filter(|slug| !ELSEWHERE.contains(&slug.as_str()))
    {
        let uri = format!("\"urn:countersign:problem:{slug}\"");
        assert!(told.contains(&uri), "no route answers with {slug}");
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_described = path.ends_with("openapi") || path.ends_with("described");
        if path.is_dir() && !is_described {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}
