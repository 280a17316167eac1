//! Writes that every resource understands.

use serde_json::json;

use super::{Site, item};

#[tokio::test]
async fn both_spellings_are_read_and_the_answer_is_in_kebab_case() {
    let site = Site::open().await;
    let attributes = json!({
        "first_name": "Nia", "last-name": "Cole", "contact_type_id": 43, "location-id": "401",
        "contact_emails": [{ "value": "nia@acme.example", "label_name": "Work", "primary": true }],
    });
    let path = "/organizations/2/relationships/contacts";
    let reply = site.post(path, item("contacts", attributes)).await;
    assert_eq!(reply.status, 201);
    assert_eq!(reply.attribute("name"), "Nia Cole");
    assert_eq!(reply.attribute("organization-name"), "Acme Corp");
    assert_eq!(reply.attribute("location-id"), 401);
    assert_eq!(reply.attribute("contact-emails")[0]["label-name"], "Work");
    assert_eq!(
        site.get(&format!("/contacts/{}", reply.id())).await.status,
        200
    );
}

#[tokio::test]
async fn attributes_that_are_not_sent_stay() {
    let site = Site::open().await;
    let before = site.truth("contacts", 501);
    let reply = site
        .patch("/contacts/501", item("contacts", json!({ "title": "CTO" })))
        .await;
    assert_eq!(reply.status, 200);
    let after = site.truth("contacts", 501);
    assert_eq!(after["title"], "CTO");
    assert_eq!(after["contact-emails"], before["contact-emails"]);
    assert_ne!(after["updated-at"], before["updated-at"]);
}

#[tokio::test]
async fn a_list_of_addresses_is_replaced() {
    let site = Site::open().await;
    let emails = json!([{ "value": "new@acme.example", "label-name": "Work", "primary": true }]);
    let body = item("contacts", json!({ "contact-emails": emails }));
    site.patch("/contacts/501", body).await;
    assert_eq!(
        site.truth("contacts", 501)["contact-emails"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn an_echo_of_a_record_with_its_read_only_attributes_is_accepted() {
    let site = Site::open().await;
    let mut record = site.get("/configurations/701").await.body["data"].clone();
    record["attributes"]["notes"] = json!("Echoed");
    record["attributes"]["organization-name"] = json!("Ignored");
    let reply = site.patch("/configurations/701", record).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.attribute("notes"), "Echoed");
    assert_eq!(reply.attribute("organization-name"), "Acme Corp");
}

#[tokio::test]
async fn what_is_missing_is_told_in_the_shape_of_the_resource() {
    let site = Site::open().await;
    let reply = site
        .post(
            "/configurations",
            item("configurations", json!({ "name": "X" })),
        )
        .await;
    assert_eq!(reply.status, 422);
    assert_eq!(
        reply.body,
        json!({ "errors": [
            { "status": 422, "title": "Valid organization_id is required",
              "source": { "pointer": "data/attributes/organization_id" } },
            { "status": 422, "title": "Unprocessable Entity", "detail": "must exist",
              "source": { "pointer": "/data/attributes/configuration-type" } },
        ] })
    );
    let reply = site
        .post(
            "/locations",
            item("locations", json!({ "organization-id": 2 })),
        )
        .await;
    assert_eq!(reply.body["errors"][0]["detail"], json!(["can't be blank"]));
    let reply = site.post("/locations", json!(null)).await;
    assert_eq!(reply.status, 400);
}

#[tokio::test]
async fn a_bad_or_foreign_id_in_a_body_is_unauthorized_with_a_pointer() {
    let site = Site::open().await;
    for attributes in [
        json!({ "location-id": 999_999 }),
        json!({ "organization-id": 999_999 }),
    ] {
        let reply = site
            .patch("/contacts/501", item("contacts", attributes))
            .await;
        assert_eq!(reply.status, 401);
        assert_eq!(reply.body["errors"][0]["source"]["pointer"], "id");
        assert_eq!(
            reply.body["errors"][0]["detail"],
            "Unauthorized resource access"
        );
    }
    let foreign = site.control().records("locations");
    let foreign = foreign
        .iter()
        .find(|one| one["organization-id"] == 3)
        .unwrap()["id"]
        .clone();
    let body = item("contacts", json!({ "location-id": foreign }));
    assert_eq!(site.patch("/contacts/501", body).await.status, 401);
}

#[tokio::test]
async fn records_from_a_psa_refuse_changes() {
    let site = Site::open().await;
    let reply = site
        .patch("/contacts/502", item("contacts", json!({ "title": "X" })))
        .await;
    assert_eq!(reply.status, 422);
    let named = item("organizations", json!({ "name": "X", "alert": "Y" }));
    assert_eq!(site.patch("/organizations/5", named).await.status, 422);
    let alert = item("organizations", json!({ "quick_notes": "N", "alert": "Y" }));
    assert_eq!(site.patch("/organizations/5", alert).await.status, 200);
    let category = item("contact-types", json!({ "name": "X" }));
    assert_eq!(
        site.patch("/contact_types/44", category.clone())
            .await
            .status,
        422
    );
    assert_eq!(site.patch("/contact_types/43", category).await.status, 200);
}

#[tokio::test]
async fn a_bulk_update_is_all_or_nothing() {
    let site = Site::open().await;
    let one = |id: u64, name: &str| item("locations", json!({ "id": id, "city": name }));
    let reply = site
        .patch(
            "/locations",
            json!([one(401, "Albany"), one(999_999, "Albany")]),
        )
        .await;
    assert_eq!(reply.status, 401);
    assert_eq!(site.truth("locations", 401)["city"], "New York");
    let reply = site.patch("/locations", json!([one(401, "Albany")])).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.body["data"][0]["attributes"]["city"], "Albany");
}

#[tokio::test]
async fn many_are_created_and_deleted_at_once() {
    let site = Site::open().await;
    let one = |name: &str| item("locations", json!({ "organization_id": 2, "name": name }));
    let made = site.post("/locations", json!([one("A"), one("B")])).await;
    assert_eq!(made.status, 201);
    assert_eq!(made.names(), ["A", "B"]);
    let ids: Vec<_> = made.body["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| item("locations", json!({ "id": one["id"] })))
        .collect();
    let gone = site.delete("/locations", Some(json!(ids))).await;
    assert_eq!((gone.status, gone.names()), (200, vec!["A", "B"]));
    let again = site.delete("/locations", Some(json!(ids))).await;
    assert_eq!(again.status, 401);
}

#[tokio::test]
async fn a_write_that_names_no_record_is_refused() {
    let site = Site::open().await;
    assert_eq!(site.delete("/contacts", None).await.status, 400);
    assert_eq!(
        site.delete("/contacts?filter[organization_id]=2", None)
            .await
            .status,
        400
    );
    assert_eq!(site.patch("/contacts", json!([])).await.status, 400);
    assert!(site.control().record("contacts", 501).is_some());
}

#[tokio::test]
async fn a_deleted_record_is_answered_and_gone() {
    let site = Site::open().await;
    let reply = site.delete("/contacts/501", None).await;
    assert_eq!((reply.status, reply.id()), (200, 501));
    assert_eq!(site.get("/contacts/501").await.status, 404);
}

#[tokio::test]
async fn a_deleted_organization_is_only_marked() {
    let site = Site::open().await;
    let body = json!([item("organizations", json!({ "id": 4 }))]);
    assert_eq!(site.delete("/organizations", Some(body)).await.status, 200);
    assert_eq!(site.get("/organizations/4").await.status, 200);
    assert!(site.truth("organizations", 4)["_deletion-requested-at"].is_string());
}

#[tokio::test]
async fn children_are_created_with_their_parent() {
    let site = Site::open().await;
    let mut body = item(
        "configurations",
        json!({ "organization-id": 2, "name": "NEW", "configuration-type-id": 51 }),
    );
    body["relationships"] = json!({ "configuration_interfaces": { "data": [
        { "type": "configuration_interfaces", "attributes": { "ip_address": "10.9.9.9" } },
    ] } });
    let made = site.post("/configurations", body).await;
    let path = format!(
        "/configurations/{}/relationships/configuration_interfaces",
        made.id()
    );
    let interfaces = site.get(&path).await;
    assert_eq!(
        interfaces.body["data"][0]["attributes"]["ip-address"],
        "10.9.9.9"
    );
}

#[tokio::test]
async fn a_new_record_has_its_flags_down() {
    let site = Site::open().await;
    let attributes = json!({ "organization_id": 2, "name": "N", "configuration_type_id": 51 });
    let made = site
        .post("/configurations", item("configurations", attributes))
        .await;
    assert_eq!(made.attribute("archived"), false);
    assert_eq!(
        site.get("/configurations?filter[archived]=true")
            .await
            .total(),
        7
    );
}

#[tokio::test]
async fn a_record_moves_to_the_organization_it_is_given() {
    let site = Site::open().await;
    let body = item(
        "passwords",
        json!({ "organization-id": 3, "password-folder-id": null }),
    );
    assert_eq!(site.patch("/passwords/601", body).await.status, 200);
    let path = "/organizations/2/relationships/passwords/601";
    assert_eq!(site.get(path).await.status, 404);
}

#[tokio::test]
async fn writes_at_the_same_time_are_all_kept() {
    let site = Site::open().await;
    let writes = (0..40).map(|number| {
        let attributes = json!({ "organization_id": 2, "name": format!("Place {number}") });
        let body = json!({ "data": item("locations", attributes) });
        let request = site.request(reqwest::Method::POST, "/locations");
        tokio::spawn(
            request
                .header("content-type", "application/json")
                .json(&body)
                .send(),
        )
    });
    for write in writes.collect::<Vec<_>>() {
        assert_eq!(write.await.unwrap().unwrap().status(), 201);
    }
    let kept = site.control().records("locations");
    let kept = kept
        .iter()
        .filter(|one| one["name"].as_str().unwrap().starts_with("Place"));
    assert_eq!(kept.count(), 40);
}
