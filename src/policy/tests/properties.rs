//! Whatever is taken as a request of some groups goes out as a request of those groups.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::support::{body, call, paths, write_endpoints};
use crate::domain::{ItemRequest, Method, Operation};
use crate::policy::catalogue::{Endpoint, endpoints};
use crate::policy::{Classified, locate};

/// What holds for everything that was taken.
fn check(classified: &Classified) -> Result<(), TestCaseError> {
    let located = &classified.located;
    let is_listed = endpoints().iter().any(|endpoint| {
        endpoint.method == located.route.method && endpoint.path == located.endpoint.path
    });
    prop_assert!(is_listed, "{:?}", located.route);
    for item in &classified.items {
        check_item(classified, item)?;
    }
    Ok(())
}

fn check_item(classified: &Classified, item: &ItemRequest) -> Result<(), TestCaseError> {
    let located = &classified.located;
    prop_assert!(!located.endpoint.is_sealed());
    let again = locate(item.route.method.as_str(), &with_query(item)).unwrap();
    prop_assert_eq!(&again.route, &item.route);
    prop_assert_eq!(&again.endpoint.resource, &located.endpoint.resource);
    prop_assert_eq!(again.operation, located.operation);
    let is_covered = again
        .groups
        .iter()
        .all(|group| located.groups.contains(group));
    prop_assert!(is_covered, "{:?}", item.route);
    let segments: Vec<&str> = item.route.path.split('/').skip(1).collect();
    let is_organization = matches!(
        segments.as_slice(),
        ["organizations"] | ["organizations", _]
    );
    prop_assert!(!(is_organization && item.route.method == Method::Delete));
    let twice = call(
        item.route.method.as_str(),
        &with_query(item),
        item.body.as_ref(),
    )
    .unwrap();
    prop_assert_eq!(twice.items, vec![item.clone()]);
    Ok(())
}

fn with_query(item: &ItemRequest) -> String {
    let pairs: Vec<String> = item
        .route
        .query
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    if pairs.is_empty() {
        item.route.path.clone()
    } else {
        format!("{}?{}", item.route.path, pairs.join("&"))
    }
}

#[test]
fn every_write_of_the_catalogue_is_taken_and_comes_out_the_same() {
    for endpoint in write_endpoints() {
        for path in paths(endpoint, 7, 5) {
            let body = body(endpoint, 7, 5);
            let classified = call(endpoint.method.as_str(), &path, body.as_ref())
                .unwrap_or_else(|error| panic!("{} {path} {body:?}: {error:?}", endpoint.method));
            assert_eq!(classified.items.is_empty(), endpoint.is_sealed(), "{path}");
            check(&classified).unwrap();
        }
    }
}

fn any_endpoint() -> impl Strategy<Value = &'static Endpoint> {
    select(endpoints().iter().collect::<Vec<_>>())
}

fn any_segment() -> impl Strategy<Value = String> {
    let words: Vec<String> = endpoints()
        .iter()
        .flat_map(|endpoint| endpoint.path.as_str().split('/'))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    prop_oneof![
        6 => select(words),
        4 => (1..10_000_u64).prop_map(|id| id.to_string()),
        1 => select(vec!["..", ".", "", "%2e%2e", "organizations%2f5", "5;x", "-5", "05", "5?", "5#"])
            .prop_map(str::to_owned),
        1 => "\\PC{0,6}",
    ]
}

fn any_path() -> impl Strategy<Value = String> {
    let suffix = select(vec![
        "",
        "",
        "",
        "/",
        "//",
        "?",
        "?show_password=true",
        "?filter[id]=1",
        "?include=passwords",
        "?page[size]=5",
        "/..",
        "/publish",
        "%2f",
        ";",
        ".json",
    ]);
    let built = prop::collection::vec(any_segment(), 0..6)
        .prop_map(|segments| format!("/{}", segments.join("/")));
    let filled = (
        any_endpoint(),
        1..999_u64,
        1..999_u64,
        any::<prop::sample::Index>(),
    )
        .prop_map(|(endpoint, record, parent, index)| {
            index.get(&paths(endpoint, record, parent)).clone()
        });
    (prop_oneof![2 => built, 5 => filled], suffix)
        .prop_map(|(path, suffix)| format!("{path}{suffix}"))
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (1..9_u64).prop_map(Value::from),
        select(vec![
            "contacts",
            "passwords",
            "organizations",
            "5",
            "Password",
            "x"
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 5, |inner| {
        let keys = select(vec![
            "data",
            "type",
            "id",
            "attributes",
            "relationships",
            "traits",
            "organization_id",
            "organization-id",
            "included",
            "first_name",
            "first-name",
            "name",
            "destination_type",
        ]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((keys, inner), 0..5).prop_map(|members| {
                Value::Object(
                    members
                        .into_iter()
                        .map(|(key, value)| (key.to_owned(), value))
                        .collect(),
                )
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn whatever_is_taken_goes_out_under_its_groups(
        method in select(vec!["GET", "POST", "PATCH", "DELETE", "PUT", "delete"]),
        path in any_path(),
        body in prop::option::of(any_json()),
    ) {
        if let Ok(classified) = call(method, &path, body.as_ref()) {
            check(&classified)?;
        }
    }

    #[test]
    fn what_fits_is_taken_whatever_is_added(
        endpoint in any_endpoint(),
        record in 1..u64::MAX / 2,
        added in any_json(),
        key in select(vec!["notes", "organization_id", "type", "id", "x-y", "x_y", "traits"]),
        at in select(vec!["", "/data", "/data/0", "/data/attributes", "/data/0/attributes"]),
    ) {
        for path in paths(endpoint, record, 5) {
            let mut body = body(endpoint, record, 5);
            if let Some(Value::Object(members)) = body.as_mut().and_then(|body| body.pointer_mut(at)) {
                members.insert(key.to_owned(), added.clone());
            }
            if let Ok(classified) = call(endpoint.method.as_str(), &path, body.as_ref()) {
                check(&classified)?;
            }
        }
    }

    #[test]
    fn a_method_and_path_of_any_text_are_answered(method in "\\PC*", path in "\\PC*") {
        let _ = locate(&method, &path);
        let _ = call("GET", &path, None);
        let _ = call("DELETE", &format!("/contacts{path}"), Some(&json!({"data": []})));
    }

    #[test]
    fn deletes_reach_no_organization(path in any_path(), body in prop::option::of(any_json())) {
        if let Ok(classified) = call("DELETE", &path, body.as_ref())
            && classified.located.endpoint.resource == "organizations"
        {
            prop_assert!(classified.items.is_empty());
            prop_assert_eq!(classified.located.operation, Operation::Delete);
        }
    }
}
