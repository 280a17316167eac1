//! Pages, order, filters and includes.

use serde_json::json;

use super::Site;

#[tokio::test]
async fn a_list_comes_in_pages_of_fifty_with_absolute_links() {
    let site = Site::open().await;
    let first = site.get("/configurations").await;
    assert_eq!(first.body["data"].as_array().unwrap().len(), 50);
    assert_eq!(first.total(), 85);
    let meta = &first.body["meta"];
    assert_eq!(
        (&meta["current-page"], &meta["next-page"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(
        (&meta["prev-page"], &meta["total-pages"]),
        (&json!(null), &json!(2))
    );
    let next = first.body["links"]["next"].as_str().unwrap();
    assert!(next.starts_with(&site.running.base_url()));
    let path = next.strip_prefix(&site.running.base_url()).unwrap();
    let second = site.get(path).await;
    assert_eq!(second.body["data"].as_array().unwrap().len(), 35);
    assert_eq!(second.body["meta"]["next-page"], json!(null));
}

#[tokio::test]
async fn ids_are_strings_and_links_to_others_are_numbers() {
    let site = Site::open().await;
    let reply = site.get("/configurations/701/").await;
    assert_eq!(reply.body["data"]["id"], "701");
    assert_eq!(reply.body["data"]["type"], "configurations");
    assert_eq!(reply.attribute("organization-id"), 2);
    assert_eq!(reply.attribute("organization-name"), "Acme Corp");
    assert_eq!(reply.attribute("contact-name"), "Dana Reyes");
    assert!(reply.headers.contains_key("date"));
    let interfaces = &reply.body["data"]["relationships"]["configuration-interfaces"]["data"];
    assert_eq!(
        interfaces[0],
        json!({ "id": "751", "type": "configuration-interfaces" })
    );
    let wayne = site.get("/organizations/1694461951918297").await;
    assert_eq!(wayne.attribute("name"), "Wayne Legal");
}

#[tokio::test]
async fn names_are_filtered_exactly_and_unknown_filters_ignored() {
    let site = Site::open().await;
    let named = site
        .get("/organizations?filter[name]=Globex,Initech&sort=-name")
        .await;
    assert_eq!(named.names(), ["Initech", "Globex"]);
    assert_eq!(site.get("/organizations?filter[name]=Glo").await.total(), 0);
    assert_eq!(
        site.get("/organizations?filter[nonsense]=1").await.total(),
        7
    );
    assert_eq!(
        site.get("/contacts?filter[organization-id]=2")
            .await
            .total(),
        8
    );
    assert_eq!(
        site.get("/organizations?filter[exclude][id]=2,3")
            .await
            .total(),
        5
    );
    let mail = "/contacts?filter[primary_email]=dana.reyes@acme.example";
    assert_eq!(site.get(mail).await.names(), ["Dana Reyes"]);
}

#[tokio::test]
async fn flexible_assets_are_listed_by_type_only() {
    let site = Site::open().await;
    assert_eq!(site.get("/flexible_assets").await.status, 422);
    let path = "/flexible_assets?filter[flexible_asset_type_id]=21&filter[organization_id]=2";
    let reply = site.get(path).await;
    assert_eq!(reply.total(), 3);
    assert!(reply.names().contains(&"Office 365"));
}

#[tokio::test]
async fn documents_in_folders_are_listed_on_demand() {
    let site = Site::open().await;
    let index = "/organizations/2/relationships/documents";
    let root = site.get(index).await;
    assert!(!root.names().contains(&"VPN Setup"));
    assert_eq!(
        root.body["data"][0]["attributes"]["content"][0],
        "Onboarding"
    );
    let folder = site
        .get(&format!("{index}?filter[document_folder_id]=851"))
        .await;
    assert_eq!(folder.names(), ["VPN Setup"]);
    for all in [
        "filter[document_folder_id]=null",
        "filter[document_folder_id][ne]=",
    ] {
        assert_eq!(site.get(&format!("{index}?{all}")).await.total(), 6);
    }
    let named = site.get(&format!("{index}?filter[name]=Onboarding")).await;
    assert_eq!(named.total(), root.total());
}

#[tokio::test]
async fn included_records_come_along() {
    let site = Site::open().await;
    let include = "passwords,configuration_interfaces,related_items,recent_versions";
    let reply = site
        .get(&format!("/configurations/701?include={include}"))
        .await;
    let included = reply.body["included"].as_array().unwrap();
    let kinds: Vec<_> = included
        .iter()
        .map(|one| one["type"].as_str().unwrap())
        .collect();
    for kind in [
        "passwords",
        "configuration-interfaces",
        "related-items",
        "recent-versions",
    ] {
        assert!(kinds.contains(&kind), "{kind}");
    }
    let fields = site
        .get("/flexible_asset_types/21?include=flexible_asset_fields")
        .await;
    assert_eq!(fields.body["included"].as_array().unwrap().len(), 10);
    let tasks = site.get("/checklists/951?include=checklist_tasks").await;
    assert_eq!(tasks.body["included"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn every_index_answers() {
    let site = Site::open().await;
    for kind in [
        "organizations",
        "organization_types",
        "organization_statuses",
        "contacts",
        "contact_types",
        "configurations",
        "configuration_types",
        "configuration_statuses",
        "configuration_interfaces",
        "locations",
        "domains",
        "document_folders",
        "flexible_asset_types",
        "passwords",
        "password_categories",
        "checklists",
        "manufacturers",
        "models",
        "operating_systems",
        "platforms",
        "countries",
        "regions",
        "expirations",
        "users",
        "groups",
        "logs",
        "user_metrics",
        "organizations/2/relationships/password_folders",
        "documents/801/relationships/sections",
        "manufacturers/81/relationships/models",
        "countries/1/relationships/regions",
        "configurations/701/relationships/attachments",
        "flexible_asset_types/21/relationships/flexible_asset_fields",
    ] {
        let reply = site.get(&format!("/{kind}")).await;
        assert_eq!((kind, reply.status), (kind, 200));
        assert!(reply.total() > 0, "{kind}");
    }
}
