//! Whatever is taken as a request of some groups goes out as a request of those groups.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::support::{body, call, paths, write_endpoints};
use crate::domain::Operation;
use crate::policy::catalogue::{Endpoint, endpoints};
use crate::policy::laws;
use crate::policy::locate;

#[test]
fn every_write_of_the_catalogue_is_taken_and_comes_out_the_same() {
    for endpoint in write_endpoints() {
        for path in paths(endpoint, 7, 5) {
            let body = body(endpoint, 7, 5);
            let classified = call(endpoint.method.as_str(), &path, body.as_ref())
                .unwrap_or_else(|error| panic!("{} {path} {body:?}: {error:?}", endpoint.method));
            assert_eq!(classified.items.is_empty(), endpoint.is_sealed(), "{path}");
            laws::of_classified(&classified);
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

fn any_query() -> impl Strategy<Value = String> {
    let keys = select(vec![
        "page[size]",
        "page%5Bnumber%5D",
        "sort",
        "include",
        "show_password",
        "version_id",
        "filter[id]",
        "filter[name]",
        "filter[organization_id]",
        "filter%5Borganization-id%5D",
        "filter[exclude][id]",
        "filter[updated_at]",
        "filter[shoe_size]",
        "filter[]",
        "_method",
    ]);
    let values = prop_oneof![
        select(vec![
            "",
            "1",
            "2,3",
            "true",
            "false",
            "TRUE",
            "-name",
            "passwords",
            "a%26b=c",
            "%00",
            "+",
            "%zz"
        ])
        .prop_map(str::to_owned),
        "\\PC{0,8}",
    ];
    let pair = (keys, values).prop_map(|(key, value)| format!("{key}={value}"));
    prop_oneof![
        4 => prop::collection::vec(pair, 0..4).prop_map(|pairs| pairs.join("&")),
        1 => "\\PC{0,30}",
    ]
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
            laws::of_classified(&classified);
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
                laws::of_classified(&classified);
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
    fn any_bytes_as_a_body_mean_one_thing_or_nothing(
        endpoint in any::<usize>(),
        bytes in prop_oneof![
            any::<Vec<u8>>(),
            any_json().prop_map(|value| value.to_string().into_bytes()),
            (any_json(), any::<prop::sample::Index>(), any::<u8>()).prop_map(|(value, at, byte)| {
                let mut bytes = value.to_string().into_bytes();
                let at = at.index(bytes.len());
                bytes[at] = byte;
                bytes
            }),
        ],
    ) {
        laws::of_body(endpoint, &bytes);
    }

    #[test]
    fn of_any_query_only_what_is_known_goes_out(endpoint in any::<usize>(), query in any_query()) {
        laws::of_query(endpoint, &query);
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
