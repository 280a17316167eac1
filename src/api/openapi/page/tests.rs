use serde_json::json;

use super::*;
use crate::api::document;

fn files() -> PageFiles {
    PageFiles {
        style: "/pkg/1/countersign.css".to_owned(),
        icon: "/pkg/1/favicon.svg".to_owned(),
    }
}

#[test]
fn the_page_tells_of_every_operation_and_loads_nothing_from_elsewhere() {
    let page = page(document(), &files());
    for shown in operations(document()) {
        let id = text_of(shown.told, "operationId");
        assert!(page.contains(&format!("<h3 id=\"{id}\">")), "{id}");
        assert!(page.contains(&format!("<a href=\"#{id}\">")), "{id}");
    }
    for forbidden in ["<script", "style=", "<style", " on", "data:", "src="] {
        let tags = page.split('<').filter_map(|tag| tag.split_once('>'));
        let found = tags
            .map(|(tag, _)| tag)
            .find(|tag| format!("<{tag}").contains(forbidden));
        assert_eq!(found, None, "{forbidden}");
    }
    let links = page
        .split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next());
    for link in links {
        assert!(link.starts_with(['/', '#']), "{link}");
        if let Some(id) = link.strip_prefix('#') {
            assert!(
                page.contains(&format!("id=\"{id}\"")),
                "{link} leads nowhere"
            );
        }
    }
}

#[test]
fn a_call_can_be_copied_into_a_shell() {
    let all = operations(document());
    let find = |id: &str| {
        all.iter()
            .find(|shown| shown.told["operationId"] == id)
            .unwrap()
    };
    assert_eq!(
        curl(find("withdrawProposal")),
        "curl -sS -X POST \
         \"$COUNTERSIGN/api/v1/proposals/01981f6e-4b7a-7c31-9d52-3f0e6a1b2c4d/withdraw\" \\\n  \
         -H \"Authorization: Bearer $TOKEN\""
    );
    assert!(curl(find("showOpenapi")).ends_with("/api/v1/openapi.json\""));
    assert!(curl(find("checkPermission")).contains("-d '{\"method\":\"PATCH\""));
}

#[test]
fn what_the_document_says_is_text_and_no_markup() {
    let evil = json!({
        "info": {"description": "<script>alert(1)</script> `<b>`", "version": "\"'>"},
        "tags": [{"name": "<i>", "description": "&"}],
        "paths": {"/<u>": {"get": {
            "operationId": "\"><img>", "tags": ["<i>"], "summary": "<s>",
            "responses": {"200": {"description": "<em>"}},
        }}},
    });
    let page = page(&evil, &files());
    for tag in ["<script", "<b>", "<i>", "<u>", "<img", "<s>", "<em>"] {
        assert!(!page.contains(tag), "{tag} in {page}");
    }
}
