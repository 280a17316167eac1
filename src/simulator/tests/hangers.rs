//! Attachments and related items.

use serde_json::{Value, json};

use super::{Site, item};

#[tokio::test]
async fn a_file_is_attached_in_strict_base64_and_only_renamed() {
    let site = Site::open().await;
    let path = "/contacts/501/relationships/attachments";
    let file = |content: &str| {
        let file = json!({ "content": content, "file_name": "note.txt" });
        item("attachments", json!({ "attachment": file }))
    };
    assert_eq!(site.post(path, file("aGVsbG8")).await.status, 422);
    let made = site.post(path, file("aGVsbG8=")).await;
    assert_eq!(made.status, 201);
    assert_eq!(made.attribute("attachment-file-size"), 5);
    assert_eq!(made.attribute("attachment-content-type"), "text/plain");
    let body = item("attachments", json!({ "name": "Note" }));
    let renamed = site.patch(&format!("{path}/{}", made.id()), body).await;
    assert_eq!(renamed.attribute("name"), "Note");
    assert_eq!(renamed.attribute("attachment-file-name"), "note.txt");
    let single = item("attachments", json!({ "id": made.id() }));
    assert_eq!(site.delete(path, Some(single)).await.status, 200);
    assert_eq!(site.get(path).await.total(), 0);
}

#[tokio::test]
async fn a_related_item_points_from_the_record_in_the_path() {
    let site = Site::open().await;
    let path = "/contacts/501/relationships/related_items";
    let to = |kind: &str, id: u64| {
        item(
            "related_items",
            json!({ "destination_type": kind, "destination_id": id }),
        )
    };
    let made = site.post(path, to("Password", 601)).await;
    assert_eq!(made.status, 201);
    assert_eq!(made.attribute("destination-name"), "Domain Admin");
    assert_eq!(site.post(path, to("Password", 999_999)).await.status, 401);
    assert_eq!(site.post(path, to("Nonsense", 1)).await.status, 422);
    let included = site.get("/contacts/501?include=related_items").await;
    assert_eq!(included.body["included"][0]["id"], made.body["data"]["id"]);
    let body = item(
        "related_items",
        json!({ "notes": "N", "destination_id": 602 }),
    );
    let changed = site.patch(&format!("{path}/{}", made.id()), body).await;
    assert_eq!(changed.attribute("notes"), "N");
    assert_eq!(changed.attribute("destination-id"), 601);
    assert_eq!(site.get(path).await.status, 404);
    let none: &Value = &site.get("/contacts/502?include=related_items").await.body["included"];
    assert!(none.is_null());
}
