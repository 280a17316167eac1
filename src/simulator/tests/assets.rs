//! Traits: replaced as a whole, read otherwise than written.

use serde_json::{Value, json};

use super::{Reply, Site, item};

async fn put_traits(site: &Site, id: u64, traits: Value) -> Reply {
    let body = item("flexible-assets", json!({ "traits": traits }));
    site.patch(&format!("/flexible_assets/{id}"), body).await
}

#[tokio::test]
async fn traits_that_are_not_sent_are_deleted() {
    let site = Site::open().await;
    let before = site.get("/flexible_assets/123").await;
    assert_eq!(before.attribute("name"), "Office 365");
    assert_eq!(before.attribute("traits").as_object().unwrap().len(), 9);
    let traits = json!({ "name": "M365", "category": "Productivity", "seats": null });
    let reply = put_traits(&site, 123, traits).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.attribute("name"), "M365");
    let left = reply.attribute("traits");
    assert_eq!(left, &json!({ "name": "M365", "category": "Productivity" }));
}

#[tokio::test]
async fn traits_stay_if_none_are_sent() {
    let site = Site::open().await;
    let before = site.truth("flexible_assets", 123)["traits"].clone();
    let body = item("flexible_assets", json!({ "archived": true }));
    assert_eq!(
        site.patch("/flexible_assets/123", body)
            .await
            .attribute("archived"),
        true
    );
    assert_eq!(site.truth("flexible_assets", 123)["traits"], before);
}

#[tokio::test]
async fn a_tag_is_read_as_objects_and_written_as_ids() {
    let site = Site::open().await;
    let read = site
        .get("/flexible_assets/123")
        .await
        .attribute("traits")
        .clone();
    let tag = &read["application-server"];
    assert_eq!(tag["type"], "Configurations");
    assert_eq!(tag["values"][0]["id"], 701);
    assert_eq!(tag["values"][0]["name"], "ACME-DC01");
    let echoed = put_traits(&site, 123, read.clone()).await;
    assert_eq!(echoed.status, 422);
    let mut written = read;
    written["application-server"] = json!(701);
    assert_eq!(put_traits(&site, 123, written.clone()).await.status, 200);
    written["application-server"] = json!([999_999]);
    assert_eq!(put_traits(&site, 123, written).await.status, 401);
}

#[tokio::test]
async fn unknown_and_missing_traits_are_told_in_their_shapes() {
    let site = Site::open().await;
    let unknown = put_traits(&site, 123, json!({ "Name": "x" })).await;
    assert_eq!(unknown.status, 422);
    assert_eq!(
        unknown.body["errors"][0],
        json!({ "status": 422, "title": "Unprocessable Entity",
            "detail": "Request contains invalid trait keys",
            "source": { "pointer": "data/attributes/traits" } })
    );
    let missing = put_traits(&site, 123, json!({ "category": "Productivity" })).await;
    assert_eq!(
        missing.body["errors"],
        json!([{ "status": 422, "title": "Unprocessable Entity", "detail": ["can't be blank"],
            "source": { "pointer": "/data/attributes/flexible-asset-traits.name" } }])
    );
}

#[tokio::test]
async fn traits_are_checked_by_the_kind_of_their_field() {
    let site = Site::open().await;
    for (key, value) in [
        ("seats", json!("many")),
        ("business-critical", json!("yes")),
        ("renewal-date", json!("31.03.2027")),
        ("category", json!("Unheard of")),
        ("version", json!(3)),
        ("basics", json!("a header has no trait")),
    ] {
        let mut traits = json!({ "name": "x", "category": "Productivity" });
        traits[key] = value;
        assert_eq!(
            (key, put_traits(&site, 123, traits).await.status),
            (key, 422)
        );
    }
}

#[tokio::test]
async fn a_password_left_out_is_removed_and_an_echoed_id_becomes_the_password() {
    let site = Site::open().await;
    let reply = put_traits(&site, 124, json!({ "vendor": "V", "password": 603 })).await;
    assert_eq!(reply.attribute("traits")["password"], 603);
    assert_eq!(site.truth("passwords", 603)["password"], "603");
    put_traits(&site, 124, json!({ "vendor": "V" })).await;
    assert!(site.control().record("passwords", 603).is_none());
    let reply = put_traits(&site, 124, json!({ "vendor": "V", "password": "fresh" })).await;
    let id = reply.attribute("traits")["password"].as_u64().unwrap();
    let password = site.get(&format!("/passwords/{id}")).await;
    assert_eq!(password.attribute("password"), "fresh");
    assert_eq!(password.attribute("resource-type"), "flexible-asset-traits");
}

#[tokio::test]
async fn a_file_cannot_be_kept_and_of_several_only_the_last_is() {
    let site = Site::open().await;
    let read = site
        .get("/flexible_assets/124")
        .await
        .attribute("traits")
        .clone();
    assert_eq!(read["contract"]["name"], "contract.pdf");
    let echo = json!({ "vendor": "V", "contract": read["contract"] });
    let reply = put_traits(&site, 124, echo).await;
    assert_eq!(
        (reply.status, &reply.attribute("traits")["contract"]),
        (200, &Value::Null)
    );
    let file = |name: &str| json!({ "content": "aGVsbG8=", "file_name": name });
    let both = json!({ "vendor": "V", "contract": file("a.pdf"), "logo": file("b.png") });
    let reply = put_traits(&site, 124, both).await;
    assert_eq!(reply.attribute("traits")["contract"], Value::Null);
    assert_eq!(reply.attribute("traits")["logo"]["name"], "b.png");
}

#[tokio::test]
async fn many_are_created_on_the_nested_route_only() {
    let site = Site::open().await;
    let one = |name: &str| {
        let traits = json!({ "name": name, "category": "Security" });
        let attributes = json!({
            "organization_id": 2, "flexible_asset_type_id": 21, "traits": traits,
        });
        item("flexible_assets", attributes)
    };
    let refused = site
        .post("/flexible_assets", json!([one("A"), one("B")]))
        .await;
    assert_eq!(
        refused.body,
        json!({ "errors": [{ "status": "unprocessable_entity",
            "title": "bulk action not allowed for Flexible Asset using this route",
            "source": { "pointer": "data" } }] })
    );
    let path = "/organizations/2/relationships/flexible_assets";
    let made = site.post(path, json!([one("A"), one("B")])).await;
    assert_eq!((made.status, made.names()), (201, vec!["A", "B"]));
    assert_eq!(site.post("/flexible_assets", one("C")).await.status, 201);
}

#[tokio::test]
async fn a_type_is_made_with_its_fields() {
    let site = Site::open().await;
    let mut body = item("flexible-asset-types", json!({ "name": "Printing" }));
    let field = json!({ "name": "Queue Name", "kind": "Text", "required": true, "order": 1 });
    body["relationships"] = json!({ "flexible-asset-fields": { "data": [
        { "type": "flexible-asset-fields", "attributes": field },
    ] } });
    let made = site.post("/flexible_asset_types", body).await;
    assert_eq!(made.status, 201);
    let path = format!(
        "/flexible_asset_types/{}/relationships/flexible_asset_fields",
        made.id()
    );
    let fields = site.get(&path).await;
    assert_eq!(
        fields.body["data"][0]["attributes"]["name-key"],
        "queue-name"
    );
}

#[tokio::test]
async fn a_field_in_use_keeps_its_kind_and_takes_its_data_along() {
    let site = Site::open().await;
    let fields = site.control().records("flexible_asset_fields");
    let field = |key: &str| {
        let field = fields
            .iter()
            .find(|one| one["name-key"] == key && one["flexible-asset-type-id"] == 25);
        field.unwrap()["id"].as_u64().unwrap()
    };
    let path = format!("/flexible_asset_fields/{}", field("login"));
    let change = item("flexible_asset_fields", json!({ "kind": "Number" }));
    assert_eq!(site.patch(&path, change).await.status, 422);
    let path = format!("/flexible_asset_fields/{}", field("password"));
    assert_eq!(site.delete(&path, None).await.status, 200);
    assert!(site.truth("flexible_assets", 124)["traits"]["password"].is_null());
    assert!(site.control().record("passwords", 603).is_none());
}
