//! The deepest resource names the group; everything else a request reaches adds its own.

use rstest::rstest;
use serde_json::json;

use super::support::{OPEN, call, located, verdict};
use crate::domain::{AccessLevel, GroupSet, PermissionGroup};
use crate::policy::catalogue::endpoints;

fn set(names: &str) -> GroupSet {
    names
        .split(' ')
        .map(|name| name.parse::<PermissionGroup>().unwrap())
        .collect()
}

/// The group of the deepest resource, as `product.md` has it.
fn group_of_deepest(name: &str) -> &'static str {
    match name {
        "passwords" | "password_folders" => "passwords",
        "contacts" => "contacts",
        "configurations" | "configuration_interfaces" | "models" => "configurations",
        "documents" | "sections" | "checklists" | "attachments" | "document_folders"
        | "publish" => "documents",
        "flexible_assets" => "flexible_assets",
        "flexible_asset_fields" => "flexible_asset_types",
        "locations" | "domains" | "expirations" | "regions" | "related_items" => "organizations",
        other => panic!("{other} is not in the table"),
    }
}

#[test]
fn every_nested_route_belongs_to_its_deepest_resource() {
    let nested = endpoints()
        .iter()
        .filter(|endpoint| endpoint.path.as_str().contains("/relationships/"));
    let mut count = 0;
    for endpoint in nested {
        let path = endpoint.path.as_str();
        let deepest = path
            .split('/')
            .rfind(|segment| !segment.starts_with(':'))
            .unwrap();
        let group = endpoint.groups.first().unwrap();
        assert_eq!(group.as_str(), group_of_deepest(deepest), "{path}");
        count += 1;
    }
    assert_eq!(count, 79);
}

#[rstest]
#[case("checklists", "documents")]
#[case("checklist_templates", "documents")]
#[case("configurations", "configurations")]
#[case("contacts", "contacts")]
#[case("documents", "documents")]
#[case("domains", "organizations")]
#[case("flexible_assets", "flexible_assets")]
#[case("locations", "organizations")]
#[case("passwords", "passwords")]
#[case("ssl_certificates", "organizations")]
#[case("tickets", "organizations")]
fn a_polymorphic_parent_adds_its_group(#[case] kind: &str, #[case] group: &str) {
    for method in ["GET", "POST", "DELETE"] {
        let attachments = located(method, &format!("/{kind}/5/relationships/attachments"));
        assert_eq!(attachments.groups, set(&format!("documents {group}")));
        let related = located(method, &format!("/{kind}/5/relationships/related_items"));
        assert_eq!(related.groups, set(&format!("organizations {group}")));
    }
}

#[rstest]
#[case("Password", "organizations contacts passwords")]
#[case("Configuration", "organizations contacts configurations")]
#[case("Flexible Asset", "organizations contacts flexible_assets")]
#[case("FlexibleAsset", "organizations contacts flexible_assets")]
#[case("flexible_asset", "organizations contacts flexible_assets")]
#[case("Document", "organizations contacts documents")]
#[case("Location", "organizations contacts")]
#[case("SSL Certificate", "organizations contacts")]
fn a_related_item_adds_the_group_it_points_to(#[case] model: &str, #[case] groups: &str) {
    let body = json!({"data": {"type": "related_items", "attributes": {
        "destination_type": model, "destination_id": "9",
    }}});
    let path = "/contacts/5/relationships/related_items";
    let classified = call("POST", path, Some(&body)).unwrap();
    assert_eq!(classified.located.groups, set(groups));
}

#[rstest]
#[case("/contacts?include=passwords", "contacts passwords")]
#[case(
    "/contacts/5?include=related_items,attachments",
    "contacts organizations documents"
)]
#[case(
    "/configurations/5?include=configuration_interfaces,rmm_records",
    "configurations"
)]
#[case(
    "/flexible_assets?filter[flexible_asset_type_id]=3&include=passwords",
    "flexible_assets passwords"
)]
#[case(
    "/flexible_asset_types/3?include=flexible_asset_fields",
    "flexible_asset_types"
)]
#[case("/locations/5?include=recent_versions", "organizations")]
#[case("/domains?include=passwords", "organizations passwords")]
fn an_include_adds_its_group(#[case] path: &str, #[case] groups: &str) {
    assert_eq!(located("GET", path).groups, set(groups));
}

#[test]
fn the_strictest_of_several_groups_wins() {
    let path = "/configurations/5/relationships/attachments";
    let mut rules = OPEN;
    rules.configurations.ask = true;
    assert_eq!(verdict(&rules, "POST", path).rule, "configurations.ask");
    rules.configurations.delete = false;
    assert_eq!(
        verdict(&rules, "DELETE", path).rule,
        "configurations.delete_off"
    );
    rules.configurations.access = AccessLevel::ReadOnly;
    assert_eq!(
        verdict(&rules, "POST", path).rule,
        "configurations.read_only"
    );
    assert_eq!(verdict(&rules, "GET", path).rule, "documents.allowed");
    rules.configurations.access = AccessLevel::Disabled;
    assert_eq!(verdict(&rules, "GET", path).rule, "configurations.disabled");
}
