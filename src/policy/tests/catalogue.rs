//! The data file agrees with itself.

use std::collections::BTreeSet;

use rstest::rstest;

use super::support::{call, located, paths, write_endpoints};
use crate::domain::{ItemClass, Method, Operation, RecordId};
use crate::policy::catalogue::{self, Form, endpoints, resources};

#[test]
fn the_catalogue_can_be_read() {
    assert_eq!(endpoints().len(), 229);
    assert!(resources().len() > 25);
}

#[test]
fn names_and_routes_stand_once() {
    let names: BTreeSet<&str> = resources().iter().map(|kind| kind.name.as_str()).collect();
    assert_eq!(names.len(), resources().len());
    let routes: BTreeSet<(Method, &str)> = endpoints()
        .iter()
        .map(|endpoint| (endpoint.method, endpoint.path.as_str()))
        .collect();
    assert_eq!(routes.len(), endpoints().len());
}

#[test]
fn each_endpoint_resolves_to_itself() {
    for endpoint in endpoints() {
        for path in paths(endpoint, 7, 5) {
            let located = located(endpoint.method.as_str(), &path);
            assert_eq!(located.endpoint.path, endpoint.path, "{path}");
            assert_eq!(located.route.path, path);
            assert_eq!(located.route.method, endpoint.method);
        }
    }
}

#[test]
fn each_endpoint_has_a_group_and_a_kind_or_is_denied_with_a_reason() {
    for endpoint in endpoints() {
        let path = endpoint.path.as_str();
        if endpoint.denied {
            assert!(endpoint.groups.is_empty(), "{path}");
            assert!(endpoint.reason.is_some(), "{path}");
            continue;
        }
        let kind = catalogue::resource(&endpoint.resource).unwrap();
        assert_eq!(endpoint.groups.first(), Some(&kind.group), "{path}");
    }
}

#[test]
fn classes_fit_what_the_endpoint_does() {
    for endpoint in endpoints() {
        let path = endpoint.path.as_str();
        match (endpoint.operation, endpoint.class) {
            (Operation::Read, class) => assert_eq!(class, None, "{path}"),
            (_, None) => assert!(endpoint.denied, "{path}"),
            (Operation::Create | Operation::Publish, class) => {
                assert_eq!(class, Some(ItemClass::Once), "{path}");
            }
            (Operation::Update, class) => assert_ne!(class, Some(ItemClass::Remove), "{path}"),
            (Operation::Delete, class) => assert_ne!(class, Some(ItemClass::Set), "{path}"),
            (Operation::ReadSecret, _) => panic!("{path}"),
        }
    }
}

#[test]
fn what_may_be_sent_again_can_be_read_back() {
    for endpoint in write_endpoints().filter(|endpoint| !endpoint.denied) {
        if matches!(endpoint.class, Some(ItemClass::Set | ItemClass::Remove)) {
            for path in paths(endpoint, 7, 5) {
                let located = located(endpoint.method.as_str(), &path);
                let show =
                    catalogue::route_to(&endpoint.resource, RecordId(7), located.parent.as_ref());
                assert!(show.is_some(), "{} {path}", endpoint.method);
            }
        }
    }
}

#[test]
fn single_routes_of_bulk_forms_are_routes_of_the_same_kind() {
    for endpoint in endpoints() {
        let Some(each) = &endpoint.each else { continue };
        assert_eq!(endpoint.form, Form::Bulk);
        let single = endpoints()
            .iter()
            .find(|other| other.method == endpoint.method && other.path == *each)
            .unwrap();
        assert_eq!(single.resource, endpoint.resource);
        assert_eq!(single.operation, endpoint.operation);
        assert_eq!(single.class, endpoint.class);
        assert!(!single.confidence.contains("unconfirmed"), "{each:?}");
    }
}

#[test]
fn kinds_point_to_kinds_and_are_read_where_the_catalogue_says() {
    for kind in resources() {
        for (attribute, target) in &kind.references {
            assert!(
                catalogue::resource(target).is_some(),
                "{}.{attribute}",
                kind.name
            );
        }
        for template in kind.show.iter().chain(&kind.index) {
            let is_listed = endpoints().iter().any(|endpoint| {
                endpoint.method == Method::Get && endpoint.path.as_str() == template
            });
            assert!(is_listed, "{template}");
        }
        for attribute in kind.filters.keys() {
            assert!(kind.natural_key.contains(attribute), "{}", kind.name);
        }
        assert!(kind.volatile.contains("updated-at"), "{}", kind.name);
    }
}

#[test]
fn filters_of_natural_keys_are_let_through() {
    for kind in resources() {
        let Some(index) = &kind.index else { continue };
        let Some(options) = catalogue::read_options(&kind.name) else {
            assert!(kind.filters.is_empty(), "{index}");
            continue;
        };
        for filter in kind.filters.values() {
            assert!(options.filters.contains(filter), "{index} {filter}");
        }
    }
}

#[test]
fn secrets_never_read_back() {
    let passwords = catalogue::resource("passwords").unwrap();
    assert_eq!(
        passwords.secret,
        ["otp-secret".to_owned(), "password".to_owned()].into()
    );
    for secret in &passwords.secret {
        assert!(passwords.normalises.contains_key(secret));
    }
}

#[rstest]
#[case("contacts", None, Some("/contacts/7"))]
#[case("contacts", Some("organizations"), Some("/contacts/7"))]
#[case(
    "document_sections",
    Some("documents"),
    Some("/documents/5/relationships/sections/7")
)]
#[case("document_sections", Some("contacts"), None)]
#[case("document_sections", None, None)]
#[case(
    "attachments",
    Some("contacts"),
    Some("/contacts/5/relationships/attachments/7")
)]
#[case("attachments", Some("organizations"), None)]
#[case("attachments", Some("../../organizations"), None)]
#[case("domains", None, None)]
#[case("nothing", None, None)]
fn one_record_is_read_where_its_parent_says(
    #[case] resource: &str,
    #[case] parent: Option<&str>,
    #[case] path: Option<&str>,
) {
    let parent = parent.map(|kind| (kind.to_owned(), RecordId(5)));
    let route = catalogue::route_to(resource, RecordId(7), parent.as_ref());
    assert_eq!(route.map(|route| route.path), path.map(str::to_owned));
}

#[test]
fn lists_are_read_under_their_parent() {
    let organization = ("organizations".to_owned(), RecordId(2));
    let path = |name, parent| catalogue::index_route(name, parent).map(|route| route.path);
    assert_eq!(path("contacts", None), Some("/contacts".to_owned()));
    assert_eq!(path("documents", None), None);
    assert_eq!(
        path("documents", Some(&organization)),
        Some("/organizations/2/relationships/documents".to_owned())
    );
}

#[test]
fn routes_to_passwords_never_ask_for_the_value() {
    let hidden = vec![("show_password".to_owned(), "false".to_owned())];
    let show = catalogue::route_to("passwords", RecordId(7), None).unwrap();
    let index = catalogue::index_route("passwords", None).unwrap();
    assert_eq!(show.query, hidden);
    assert_eq!(index.query, hidden);
}

#[test]
fn denied_endpoints_are_understood_without_looking_at_the_body() {
    let body = serde_json::json!({"anything": 1});
    let exports = call("POST", "/exports", Some(&body)).unwrap();
    assert!(exports.items.is_empty());
    assert!(exports.located.endpoint.is_sealed());
}
