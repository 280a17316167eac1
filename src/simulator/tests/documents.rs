//! Drafts, sections, publishing.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Site, item};

#[tokio::test]
async fn a_document_is_written_in_sections_and_then_published() {
    let site = Site::open().await;
    let attributes = json!({ "organization_id": 2, "name": "New", "content": "<p>Ignored</p>" });
    let made = site.post("/documents", item("documents", attributes)).await;
    assert_eq!(
        (made.status, made.attribute("published")),
        (201, &json!(false))
    );
    assert_eq!(made.attribute("content"), &json!([]));
    let document = format!("/documents/{}", made.id());
    let sections = format!("{document}/relationships/sections");
    let text = json!({ "resource_type": "Document::Text", "content": "<p>A</p><svg><g/></svg>" });
    let section = site.post(&sections, item("document-sections", text)).await;
    assert_eq!(section.status, 201);
    assert_eq!(section.attribute("content"), "<p>A</p>");
    assert_eq!(site.get(&document).await.attribute("content"), &json!([]));
    let published = site
        .send(Method::PATCH, &format!("{document}/publish"), None)
        .await;
    assert_eq!(published.status, 200);
    assert_eq!(published.attribute("content"), &json!(["<p>A</p>"]));
    assert_eq!(published.attribute("published"), true);
}

#[tokio::test]
async fn content_of_a_document_is_accepted_and_ignored() {
    let site = Site::open().await;
    let before = site.truth("documents", 801);
    let body = item("documents", json!({ "content": "<p>Gone</p>" }));
    assert_eq!(site.patch("/documents/801", body).await.status, 200);
    assert_eq!(site.truth("documents", 801), before);
}

#[tokio::test]
async fn a_section_follows_the_rules_of_its_type() {
    let site = Site::open().await;
    let path = "/documents/802/relationships/sections";
    let post =
        async |attributes: Value| site.post(path, item("document-sections", attributes)).await;
    let bound = post(json!({ "section-type": "Text", "content": "x" })).await;
    assert_eq!(bound.status, 400);
    assert!(
        bound
            .body
            .to_string()
            .contains("param is missing or the value is empty: resource_type")
    );
    let heading = post(json!({ "resource-type": "Document::Heading", "content": "H" })).await;
    assert_eq!(heading.status, 422);
    let gallery = post(json!({ "resource-type": "Document::Gallery", "content": "x" })).await;
    assert_eq!(
        (gallery.status, gallery.attribute("content")),
        (201, &Value::Null)
    );
    let body = item(
        "document-sections",
        json!({ "resource-type": "Document::Step" }),
    );
    assert_eq!(site.patch(&format!("{path}/904"), body).await.status, 422);
}

#[tokio::test]
async fn a_gallery_takes_its_images_with_it() {
    let site = Site::open().await;
    let path = "/documents/802/relationships/sections";
    let gallery = json!({ "resource-type": "Document::Gallery" });
    let gallery = site
        .post(path, item("document-sections", gallery))
        .await
        .id();
    let image = json!({
        "target": { "type": "gallery", "id": gallery },
        "image": { "content": "aGVsbG8=", "file_name": "a.png" },
    });
    let image = site
        .post("/document_images", item("document-images", image))
        .await;
    assert_eq!(image.status, 201);
    assert!(
        image
            .attribute("inline-resource-url")
            .as_str()
            .unwrap()
            .ends_with("a.png")
    );
    site.delete(&format!("{path}/{gallery}"), None).await;
    assert_eq!(
        site.get(&format!("/document_images/{}", image.id()))
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn a_folder_has_to_be_of_the_same_organization() {
    let site = Site::open().await;
    let attributes = json!({ "organization_id": 3, "name": "X", "document_folder_id": 851 });
    let reply = site.post("/documents", item("documents", attributes)).await;
    assert_eq!(reply.status, 422);
    assert_eq!(
        reply.body["errors"][0]["detail"],
        "must exist in the same organization"
    );
}
