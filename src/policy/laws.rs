//! What holds for whatever an agent sends. Stated once: property tests try it with made-up requests,
//! fuzz targets with anything.
//!
//! Each function panics where its law is broken.
#![expect(
    clippy::missing_panics_doc,
    clippy::indexing_slicing,
    reason = "a law that is broken panics"
)]

use super::catalogue::{self, Endpoint, endpoints};
use super::query::ALL_FOLDERS;
use super::template::Places;
use super::{Call, Classified, Reach, classify, locate};
use crate::domain::{
    ItemRequest, Method, Operation, OrganizationId, OrganizationScope, RecordId, Route, json,
};

/// Whatever is taken as a request of some groups goes out as a request of those groups, and no
/// input reaches the delete of an organization.
pub fn of_call(call: &Call<'_>) {
    if let Ok(classified) = classify(call) {
        of_classified(&classified);
    }
}

/// The same, for what was taken already.
pub fn of_classified(classified: &Classified) {
    let located = &classified.located;
    let is_listed = endpoints().iter().any(|endpoint| {
        endpoint.method == located.route.method && endpoint.path == located.endpoint.path
    });
    assert!(is_listed, "{:?}", located.route);
    for item in &classified.items {
        of_item(classified, item);
    }
}

fn of_item(classified: &Classified, item: &ItemRequest) {
    let located = &classified.located;
    assert!(!located.endpoint.is_sealed());
    let path = written(&item.route);
    let again = locate(item.route.method.as_str(), &path).expect("it was taken before");
    assert_eq!(again.route, item.route);
    assert_eq!(again.endpoint.resource, located.endpoint.resource);
    assert_eq!(again.operation, located.operation);
    let is_covered = again
        .groups
        .iter()
        .all(|group| located.groups.contains(group));
    assert!(is_covered, "{:?}", item.route);
    let segments: Vec<&str> = item.route.path.split('/').skip(1).collect();
    let is_organization = matches!(
        segments.as_slice(),
        ["organizations"] | ["organizations", _]
    );
    assert!(!(is_organization && item.route.method == Method::Delete));
    let twice = classify(&Call {
        method: item.route.method.as_str(),
        path: &path,
        body: item.body.as_ref(),
    });
    let twice = twice.expect("it was taken before").items;
    assert_eq!(twice, vec![item.clone()]);
}

/// JSON means one thing: what is read is written, and read again, as the same bytes; it nests no deeper
/// than it may, and no key counts twice. As the body of any write it keeps [`of_call`].
pub fn of_body(endpoint: usize, bytes: &[u8]) {
    let Ok(value) = json::parse(bytes) else {
        return;
    };
    let written = json::canonical(&value);
    let again = json::parse(written.as_bytes()).expect("what was written is read");
    assert_eq!(again, value);
    assert_eq!(json::canonical(&again), written);
    assert!(depth(&value) <= json::MAX_DEPTH);
    has_no_twins(&value);
    let endpoint = chosen(endpoint, |endpoint| endpoint.method != Method::Get);
    for path in paths(endpoint, 7, 5) {
        of_call(&Call {
            method: endpoint.method.as_str(),
            path: &path,
            body: Some(&value),
        });
    }
}

fn depth(value: &serde_json::Value) -> usize {
    match value {
        serde_json::Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        serde_json::Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

fn has_no_twins(value: &serde_json::Value) {
    match value {
        serde_json::Value::Array(items) => items.iter().for_each(has_no_twins),
        serde_json::Value::Object(members) => {
            let folded: std::collections::BTreeSet<String> =
                members.keys().map(|key| key.replace('_', "-")).collect();
            assert_eq!(folded.len(), members.len(), "{:?}", members.keys());
            members.values().for_each(has_no_twins);
        }
        _ => {}
    }
}

/// Of a query, only what the catalogue knows goes out, each key once and never empty; values of
/// passwords are asked for only where somebody asked for one; whoever is limited to organizations asks for
/// those alone.
pub fn of_query(endpoint: usize, query: &str) {
    let endpoint = chosen(endpoint, |endpoint| {
        endpoint.method == Method::Get && !endpoint.is_sealed()
    });
    for path in paths(endpoint, 7, 5) {
        let Ok(located) = locate("GET", &format!("{path}?{query}")) else {
            continue;
        };
        let sent = &located.route.query;
        let is_sorted = sent.is_sorted_by(|one, other| one.0 < other.0);
        assert!(is_sorted, "a key counts twice: {sent:?}");
        for (key, value) in sent {
            assert!(is_known(endpoint, key), "{key}");
            assert!(!value.is_empty() || key == ALL_FOLDERS, "{key} is empty");
        }
        let shows = sent
            .iter()
            .any(|(key, value)| key == "show_password" && value == "true");
        assert_eq!(shows, located.operation == Operation::ReadSecret);
        assert!(!shows || query.contains("true"));
        assert!(
            endpoint.resource != "passwords" || sent.iter().any(|(key, _)| key == "show_password")
        );
        let again = locate("GET", &written(&located.route)).expect("it was taken before");
        assert_eq!(again.route, located.route);

        let own = OrganizationScope::Only([2, 3].map(OrganizationId).into());
        let reach = located.reach;
        let limited = located.limited_to(&own);
        if reach == Reach::Everything && limited.reach == Reach::Named {
            assert_eq!(limited.organizations, [2, 3].map(OrganizationId));
            assert!(limited.route.query.iter().any(|(_, value)| value == "2,3"));
        }
    }
}

fn is_known(endpoint: &Endpoint, key: &str) -> bool {
    let plain = [
        "page[size]",
        "page[number]",
        "version_id",
        "sort",
        "include",
        "show_password",
    ];
    let options = catalogue::read_options(&endpoint.resource);
    let is_filter = |name: &str| {
        let name = name.replace('-', "_").replace("][", ".");
        options.is_some_and(|options| options.filters.contains(&name))
    };
    let filter = key
        .strip_prefix("filter[")
        .and_then(|rest| rest.strip_suffix(']'));
    plain.contains(&key) || filter.is_some_and(is_filter)
}

/// The address as a client would write it.
fn written(route: &Route) -> String {
    let pairs: Vec<String> = route
        .query
        .iter()
        .map(|(key, value)| format!("{}={}", escaped(key), escaped(value)))
        .collect();
    if pairs.is_empty() {
        route.path.clone()
    } else {
        format!("{}?{}", route.path, pairs.join("&"))
    }
}

fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'-' | b'_' | b'.' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// One of the endpoints of a sort, whatever number is given.
fn chosen(number: usize, is_meant: impl Fn(&Endpoint) -> bool) -> &'static Endpoint {
    let meant: Vec<&Endpoint> = endpoints().iter().filter(|one| is_meant(one)).collect();
    meant[number % meant.len()]
}

/// The endpoint's path, filled with these numbers and each parent kind it takes.
pub fn paths(endpoint: &Endpoint, record: u64, parent: u64) -> Vec<String> {
    let template = endpoint.path.as_str();
    let kinds: Vec<String> = if endpoint.path.is_polymorphic() {
        endpoint.resource_types.iter().cloned().collect()
    } else {
        let first = template.split('/').nth(1).unwrap_or_default();
        vec![first.to_owned()]
    };
    kinds
        .into_iter()
        .map(|kind| {
            let places = Places {
                record: Some(RecordId(record)),
                parent: Some((kind, RecordId(parent))),
            };
            endpoint.path.fill(&places).expect("all places are filled")
        })
        .collect()
}
