//! Links in answers point back at the gateway. A client follows them with its key (api-facts,
//! section 4), and that key is nobody else's.

use crate::domain::json::Tree;

/// Rewrites the links of a document and of its records; what stands in attributes is content.
pub fn rewrite(document: &mut Tree<'_>, base_url: &str) {
    match document {
        Tree::Object(members) => {
            for (key, member) in members {
                match key.as_ref() {
                    "attributes" => {}
                    "links" => point_back(member, base_url),
                    _ => rewrite(member, base_url),
                }
            }
        }
        Tree::Array(records) => {
            for record in records {
                rewrite(record, base_url);
            }
        }
        Tree::Null | Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) => {}
    }
}

fn point_back(link: &mut Tree<'_>, base_url: &str) {
    match link {
        Tree::Text(text) => {
            let path = path_of(text);
            *link = path.map_or(Tree::Null, |path| {
                Tree::Text(format!("{base_url}{path}").into())
            });
        }
        Tree::Object(links) => links
            .iter_mut()
            .for_each(|(_, link)| point_back(link, base_url)),
        Tree::Array(links) => links.iter_mut().for_each(|link| point_back(link, base_url)),
        Tree::Null | Tree::Bool(_) | Tree::Number(_) => {}
    }
}

/// The path and query of a link, whichever host it names. None: it leads to no path.
fn path_of(link: &str) -> Option<&str> {
    let path = match link.split_once("://") {
        Some((_, rest)) => rest.get(rest.find('/')?..)?,
        None => link,
    };
    (path.starts_with('/') && !path.starts_with("//")).then_some(path)
}

/// Whatever a document says, its links lead to the gateway or nowhere, and what it says of records stays.
/// Panics where that is broken.
#[cfg(any(test, fuzzing))]
pub fn law(document: &serde_json::Value) {
    use serde_json::Value;
    const BASE: &str = "https://gate.example/itglue";
    fn leads_back(link: &Value) {
        match link {
            Value::String(text) => {
                let path = text.strip_prefix(BASE).expect("it leads to the gateway");
                assert!(path.starts_with('/') && !path.starts_with("//"), "{text}");
            }
            Value::Object(links) => links.values().for_each(leads_back),
            Value::Array(links) => links.iter().for_each(leads_back),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    fn compare(before: &Value, after: &Value) {
        match (before, after) {
            (Value::Object(before), Value::Object(after)) => {
                assert!(before.keys().eq(after.keys()));
                for ((key, before), after) in before.iter().zip(after.values()) {
                    match key.as_str() {
                        "attributes" => assert_eq!(before, after),
                        "links" => leads_back(after),
                        _ => compare(before, after),
                    }
                }
            }
            (Value::Array(before), Value::Array(after)) => {
                assert_eq!(before.len(), after.len());
                before
                    .iter()
                    .zip(after)
                    .for_each(|(before, after)| compare(before, after));
            }
            _ => assert_eq!(before, after),
        }
    }
    compare(document, &rewritten(document, BASE));
}

#[cfg(any(test, fuzzing))]
fn rewritten(document: &serde_json::Value, base_url: &str) -> serde_json::Value {
    let mut tree = Tree::from(document);
    rewrite(&mut tree, base_url);
    tree.into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;
    use rstest::rstest;
    use serde_json::{Value, json};

    use super::*;

    const BASE: &str = "https://gate.example/itglue";

    #[rstest]
    #[case(
        "https://api.itglue.com/contacts?page%5Bnumber%5D=2",
        Some("/contacts?page%5Bnumber%5D=2")
    )]
    #[case("http://evil.example:8080/contacts", Some("/contacts"))]
    #[case("/contacts/5", Some("/contacts/5"))]
    #[case("https://evil.example", None)]
    #[case("//evil.example/contacts", None)]
    #[case("https:////evil.example/x", None)]
    #[case("javascript:alert(1)", None)]
    #[case("contacts?page=2", None)]
    #[case("", None)]
    fn a_link_keeps_its_path_and_loses_its_host(#[case] link: &str, #[case] path: Option<&str>) {
        let document = rewritten(&json!({ "links": { "next": link } }), BASE);
        let expected = path.map_or(Value::Null, |path| format!("{BASE}{path}").into());
        assert_eq!(document["links"]["next"], expected);
    }

    #[test]
    fn links_of_records_are_rewritten_and_content_is_not() {
        let document = json!({
            "data": [{
                "attributes": {"links": "https://x.example/y", "notes": "https://x.example"},
                "links": {"self": "https://api.itglue.com/contacts/1"},
                "relationships": {"passwords": {"links": {"related": {"href": "https://x/y"}}}},
            }],
            "links": {"next": null},
        });
        assert_eq!(
            rewritten(&document, BASE),
            json!({
                "data": [{
                    "attributes": {"links": "https://x.example/y", "notes": "https://x.example"},
                    "links": {"self": "https://gate.example/itglue/contacts/1"},
                    "relationships": {"passwords": {"links": {
                        "related": {"href": "https://gate.example/itglue/y"},
                    }}},
                }],
                "links": {"next": null},
            })
        );
    }

    proptest! {
        #[test]
        fn no_link_leads_elsewhere(link in ".{0,40}", key in select(vec!["self", "next", "links"])) {
            for link in [link.clone(), format!("https://{link}"), format!("https:{link}//x/y"), format!("/{link}")] {
                law(&json!({"links": {key: link}, "data": [{"links": [link], "attributes": {"links": link}}]}));
            }
        }
    }
}
