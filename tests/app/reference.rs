//! The document that describes the API, and the page on which people read it.

use reqwest::Method;
use reqwest::header::{ALLOW, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use serde_json::Value;

use crate::ground::{TestApp, answer};

#[tokio::test]
async fn the_document_is_given_to_everyone_as_it_is_committed() {
    let app = TestApp::start().await;
    let asked = app.request(Method::GET, "/api/v1/openapi.json");
    let served = answer(asked).await.is(200);
    let committed: Value = serde_json::from_str(include_str!("../../docs/openapi.json")).unwrap();
    assert!(served == committed, "run `cargo xtask openapi`");
}

#[tokio::test]
async fn the_page_is_shown_to_everyone_under_the_policy_of_all_pages() {
    let app = TestApp::start().await;
    let page = app.request(Method::GET, "/api/docs").send().await.unwrap();
    assert_eq!(page.status().as_u16(), 200);
    assert_eq!(page.headers()[CONTENT_TYPE], "text/html; charset=utf-8");
    let policy = page.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    assert!(!policy.contains("unsafe-inline"), "{policy}");
    let html = page.text().await.unwrap();
    assert!(html.contains("<h3 id=\"proposeWrite\">Propose one write</h3>"));
}

#[tokio::test]
async fn another_method_is_told_which_ones_there_are() {
    let app = TestApp::start().await;
    for path in ["/api/docs", "/api/v1/openapi.json"] {
        let refused = answer(app.request(Method::DELETE, path)).await;
        refused.is_problem(405, "method-not-allowed");
        assert_eq!(refused.headers[ALLOW], "GET,HEAD", "{path}");
    }
}
