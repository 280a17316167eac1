//! When a password is shown and when not.

use serde_json::{Value, json};

use super::{Settings, Site, item};

const SECRET: &str = "Correct-Horse-601";

#[tokio::test]
async fn a_read_of_one_shows_the_value_unless_told_not_to() {
    let site = Site::open().await;
    assert_eq!(
        site.get("/passwords/601").await.attribute("password"),
        SECRET
    );
    assert_eq!(
        site.get("/passwords/601?show_password=False")
            .await
            .attribute("password"),
        SECRET
    );
    let hidden = site.get("/passwords/601?show_password=false").await;
    assert!(!hidden.body.to_string().contains(SECRET));
    assert_eq!(hidden.attribute("otp-enabled"), true);
    assert!(hidden.attribute("otp-secret").is_null());
    let index = site.get("/passwords?show_password=true").await;
    assert!(!index.body.to_string().contains(SECRET));
}

#[tokio::test]
async fn a_write_shows_the_value_on_demand_only() {
    let site = Site::open().await;
    let before = site.truth("passwords", 601);
    let change = || item("passwords", json!({ "password": "New-Value" }));
    let quiet = site.patch("/passwords/601", change()).await;
    assert_eq!(
        (quiet.status, quiet.attribute("password")),
        (200, &Value::Null)
    );
    let after = site.truth("passwords", 601);
    assert_eq!(after["password"], "New-Value");
    assert_ne!(after["password-updated-at"], before["password-updated-at"]);
    let loud = site
        .patch("/passwords/601?show_password=true", change())
        .await;
    assert_eq!(loud.attribute("password"), "New-Value");
    let old = site.get("/passwords/601?version_id=60101").await;
    assert_eq!(old.attribute("password"), SECRET);
}

#[tokio::test]
async fn without_password_access_there_are_no_values() {
    let settings = Settings {
        password_access: false,
        ..Settings::default()
    };
    let site = Site::open_with(settings).await;
    let reply = site.get("/passwords/601?show_password=true").await;
    assert_eq!(reply.status, 200);
    assert!(!reply.body.to_string().contains(SECRET));
    let included = site.get("/configurations/701?include=passwords").await;
    assert!(!included.body.to_string().contains("Embedded-Secret"));
    let body = item("passwords", json!({ "notes": "Still writable" }));
    assert_eq!(site.patch("/passwords/601", body).await.status, 200);
}

#[tokio::test]
async fn an_included_password_carries_its_value() {
    let site = Site::open().await;
    let reply = site.get("/configurations/701?include=passwords").await;
    let password = &reply.body["included"][0]["attributes"];
    assert_eq!(password["password"], "Embedded-Secret-701");
    assert_eq!(password["cached-resource-name"], "ACME-DC01");
    assert_eq!(password["resource-type"], "configurations");
}

#[tokio::test]
async fn a_password_is_embedded_with_both_id_and_type_of_a_resource() {
    let site = Site::open().await;
    let new = |more: Value| {
        let mut attributes = json!({ "organization_id": 2, "name": "N", "password": "p" });
        for (key, value) in more.as_object().unwrap() {
            attributes[key] = value.clone();
        }
        item("passwords", attributes)
    };
    let post = async |more: Value| site.post("/passwords", new(more)).await.status;
    assert_eq!(post(json!({})).await, 201);
    assert_eq!(post(json!({ "resource-id": 701 })).await, 422);
    assert_eq!(
        post(json!({ "resource-id": 701, "resource-type": "Configuration" })).await,
        201
    );
    assert_eq!(post(json!({ "otp-secret": "short" })).await, 422);
}

#[tokio::test]
async fn a_folder_with_something_in_it_stays() {
    let site = Site::open().await;
    let folder = |id: u64| Some(json!([item("password-folders", json!({ "id": id }))]));
    let path = "/organizations/2/relationships/password_folders";
    assert_eq!(site.delete(path, folder(651)).await.status, 422);
    assert_eq!(site.delete(path, folder(652)).await.status, 200);
}
