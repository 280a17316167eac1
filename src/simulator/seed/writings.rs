//! Documents, checklists and the activity log.

use serde_json::json;

use super::Sower;
use super::clients::Client;

pub(super) fn sow(sower: &mut Sower, client: &Client) {
    let folder = json!({ "organization-id": client.id, "name": "Procedures", "restricted": false });
    let folder = sower.add("document_folders", folder);
    for (name, folder, is_published) in [
        ("New Starter", Some(folder), true),
        ("Disaster Recovery Plan", Some(folder), false),
        ("Site Overview", None, true),
    ] {
        sow_document(sower, client, name, folder, is_published);
    }
    sow_checklist(sower, client);
    sow_log(sower, client);
}

fn sow_document(
    sower: &mut Sower,
    client: &Client,
    name: &str,
    folder: Option<u64>,
    is_published: bool,
) {
    let text = format!("<p>{name} for {}.</p>", client.name);
    let mut document = json!({
        "organization-id": client.id,
        "name": name,
        "document-folder-id": folder,
        "restricted": false,
        "archived": false,
        "published": is_published,
        "my-glue": false,
    });
    if let (true, Some(document)) = (is_published, document.as_object_mut()) {
        document.insert("_published".to_owned(), json!([name, text]));
    }
    let document = sower.add("documents", document);
    let heading = json!({
        "document-id": document,
        "resource-type": "Document::Heading",
        "content": name,
        "level": 1,
        "sort": 1,
    });
    sower.add("document_sections", heading);
    let body = json!({
        "document-id": document,
        "resource-type": "Document::Text",
        "content": text,
        "sort": 2,
    });
    sower.add("document_sections", body);
}

fn sow_checklist(sower: &mut Sower, client: &Client) {
    let checklist = json!({
        "organization-id": client.id,
        "name": "Quarterly Review",
        "description": "What is checked every quarter",
        "due-date": sower.day(700),
        "completed": false,
    });
    let checklist = sower.add("checklists", checklist);
    for (sort, name) in (1_u64..).zip(["Test a restore", "Review administrators"]) {
        let task = json!({
            "checklist-id": checklist, "name": name, "completed": sort == 1, "sort": sort,
        });
        sower.add("checklist_tasks", task);
    }
}

fn sow_log(sower: &mut Sower, client: &Client) {
    for _ in 0..5 {
        let user = sower.one_of(&[301, 302, 303]);
        let entry = json!({
            "event": sower.word(&["Viewed", "Edited", "Created"]),
            "resource-type": "Organization",
            "resource-id": client.id,
            "resource-name": client.name,
            "organization-id": client.id,
            "user-id": user,
        });
        sower.add("logs", entry);
    }
    let metric = json!({
        "user-id": sower.one_of(&[301, 302, 303]),
        "organization-id": client.id,
        "resource-type": "Configuration",
        "date": "2026-11-02",
        "created": sower.chance.below(5),
        "viewed": sower.chance.below(50),
        "edited": sower.chance.below(9),
        "deleted": 0,
    });
    sower.add("user_metrics", metric);
}
