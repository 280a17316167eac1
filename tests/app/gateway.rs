//! The gateway's reads: what a client made for IT Glue gets, and what it is told.

use countersign::domain::{AuditAction, PermissionGroup};
use countersign::itglue::Purpose;
use countersign::simulator::{Fault, FaultKind};
use reqwest::Method;
use rstest::rstest;
use serde_json::json;

use crate::ground::{Answer, TestApp, answer, plain_client};

/// Must be an error in IT Glue's shape; gives what it says.
#[track_caller]
pub fn is_error(answer: &Answer, status: u16) -> String {
    assert_eq!(answer.status.as_u16(), status, "{:#}", answer.body);
    assert_eq!(answer.headers["content-type"], "application/vnd.api+json");
    assert!(answer.headers.contains_key("x-request-id"));
    let errors = answer.body["errors"].as_array().unwrap();
    assert_eq!(answer.body.as_object().unwrap().len(), 1);
    assert!(!errors.is_empty());
    for error in errors {
        assert_eq!(error["status"], status);
        assert!(
            error["title"]
                .as_str()
                .is_some_and(|title| !title.is_empty())
        );
        assert!(error["detail"].is_string(), "{error}");
    }
    errors[0]["detail"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_record_is_read_as_from_itglue() {
    let app = TestApp::start().await;
    let read = app.agent().get("/itglue/contacts/501").await;
    assert_eq!(read.headers["content-type"], "application/vnd.api+json");
    let body = read.is(200);
    assert_eq!(body["data"]["id"], "501");
    assert_eq!(body["data"]["type"], "contacts");
    assert_eq!(body["data"]["attributes"]["organization-id"], 2);
    for spelling in ["/itglue/contacts/501/", "/itglue/contacts/501?"] {
        assert_eq!(
            app.agent().get(spelling).await.is(200)["data"],
            body["data"]
        );
    }
}

#[tokio::test]
async fn a_key_works_where_clients_put_it() {
    let app = TestApp::start().await;
    let token = app.agent().token().to_owned();
    let as_key = app.request(Method::GET, "/itglue/contacts/501");
    answer(as_key.header("x-api-key", &token)).await.is(200);
    for strange in ["ITG.0123456789abcdef", "cs_agent_x_y", ""] {
        let asked = app.request(Method::GET, "/itglue/contacts/501");
        let refused = answer(asked.header("x-api-key", strange)).await;
        is_error(&refused, 401);
    }
    let of_a_person = app.administrator().get("/itglue/contacts/501").await;
    is_error(&of_a_person, 403);
    assert!(app.simulator.control().requests().iter().all(|request| {
        request.path != "/contacts/501" || !request.query.contains("cs_agent_")
    }));
}

#[rstest]
#[case("/itglue/flexible-assets?filter[flexible-asset-type-id]=21")]
#[case("/itglue/flexible_assets/?filter%5Bflexible_asset_type_id%5D=21")]
#[tokio::test]
async fn spellings_that_mean_one_thing_are_understood(#[case] path: &str) {
    let app = TestApp::start().await;
    let assets = app.agent().get(path).await.is(200);
    let assets = assets["data"].as_array().unwrap();
    assert!(
        assets.iter().any(|asset| asset["id"] == "123"),
        "{assets:?}"
    );
}

#[tokio::test]
async fn a_client_pages_to_the_end_and_stays_on_the_gateway() {
    let app = TestApp::start().await;
    let all = app.simulator.control().records("contacts").len();
    let mut next = Some(app.address("/itglue/contacts?page[size]=7&sort=-id"));
    let mut seen = Vec::new();
    while let Some(link) = next {
        assert!(
            link.starts_with(&app.address("/itglue/contacts?")),
            "{link}"
        );
        let asked = plain_client()
            .get(&link)
            .header("x-api-key", app.agent().token());
        let page = answer(asked).await.is(200);
        let records = page["data"].as_array().unwrap().iter();
        seen.extend(records.map(|record| record["id"].clone()));
        next = page["links"]["next"].as_str().map(str::to_owned);
    }
    assert_eq!(seen.len(), all);
    seen.dedup();
    assert_eq!(seen.len(), all);
}

#[rstest]
#[case::null("filter[document_folder_id]=null")]
#[case::not_empty("filter[document_folder_id][ne]=")]
#[case::hyphens("filter[document-folder-id][ne]=&page[size]=1000")]
#[tokio::test]
async fn documents_of_all_folders_are_listed(#[case] query: &str) {
    let app = TestApp::start().await;
    let path = format!("/itglue/organizations/2/relationships/documents?{query}");
    let documents = app.agent().get(&path).await.is(200);
    let documents = documents["data"].as_array().unwrap();
    // It lies in a folder.
    assert!(documents.iter().any(|document| document["id"] == "803"));
}

#[rstest]
#[case::unknown_filter("/itglue/contacts?filter[organisation_id]=2")]
#[case::ignored_filter("/itglue/organizations/2/relationships/documents?filter[name]=Onboarding")]
#[case::filter_of_another_kind("/itglue/contacts?filter[serial_number]=2")]
#[case::empty_filter("/itglue/contacts?filter[organization_id]=")]
#[case::twice("/itglue/contacts?filter[organization-id]=2&filter[organization_id]=3")]
#[case::unknown_parameter("/itglue/contacts?_method=DELETE")]
#[case::unknown_include("/itglue/contacts?include=everything")]
#[case::access("/itglue/contacts/501?include=authorized_users")]
#[case::old_values("/itglue/passwords/601?include=recent_versions")]
#[case::page_too_large("/itglue/contacts?page[size]=1001")]
#[case::value_in_a_list("/itglue/passwords?show_password=true")]
#[tokio::test]
async fn what_itglue_would_ignore_is_refused(#[case] path: &str) {
    let app = TestApp::start().await;
    is_error(&app.agent().get(path).await, 400);
    assert_eq!(reads(&app), 0);
}

#[rstest]
#[case::unknown("/itglue/webhooks")]
#[case::root("/itglue")]
#[case::slash("/itglue/")]
#[case::encoded_slash("/itglue/contacts%2f501")]
#[case::empty_segment("/itglue/contacts//501")]
#[case::upper_case("/itglue/Contacts/501")]
#[case::letters("/itglue/contacts/abc")]
#[case::not_there("/itglue/contacts/99999")]
#[tokio::test]
async fn what_is_not_there_is_404(#[case] path: &str) {
    let app = TestApp::start().await;
    is_error(&app.agent().get(path).await, 404);
}

#[rstest]
#[case("x-http-method-override")]
#[case("x-http-method")]
#[case("x-method-override")]
#[tokio::test]
async fn a_request_has_one_method(#[case] header: &str) {
    let app = TestApp::start().await;
    let asked = app.agent().request(Method::GET, "/itglue/contacts/501");
    let said = is_error(&answer(asked.header(header, "DELETE")).await, 400);
    assert!(said.contains(header), "{said}");
    assert_eq!(reads(&app), 0);
}

#[tokio::test]
async fn a_refused_read_is_told_why_and_is_in_the_audit() {
    let app = TestApp::start().await;
    app.disable(PermissionGroup::Contacts).await;
    let refused = app.agent().get("/itglue/contacts/501").await;
    let said = is_error(&refused, 403);
    assert!(said.contains("contacts.disabled"), "{said}");
    let along = "/itglue/locations/401?include=passwords";
    app.agent().get(along).await.is(200);
    app.disable(PermissionGroup::Passwords).await;
    let said = is_error(&app.agent().get(along).await, 403);
    assert!(said.contains("passwords.disabled"), "{said}");
    for denied in ["/itglue/users", "/itglue/exports", "/itglue/logs"] {
        let said = is_error(&app.agent().get(denied).await, 403);
        assert!(said.contains("catalogue.denied"), "{said}");
    }
    let rows = app.audited(AuditAction::Refused).await;
    let rules: Vec<&str> = rows.iter().filter_map(|row| row["rule"].as_str()).collect();
    assert_eq!(rules.len(), 5, "{rows:?}");
    assert_eq!(
        rows[0],
        json!({"rule": "contacts.disabled", "request": "GET /contacts/501"})
    );
    app.audit_is_whole().await;
}

#[tokio::test]
async fn a_paused_agent_reads_nothing() {
    let app = TestApp::start().await;
    let pause = json!({"scope": "agent", "id": "triage-bot", "reason": "odd"});
    app.administrator()
        .post("/api/v1/admin/pause", &pause)
        .await
        .is(200);
    let said = is_error(&app.agent().get("/itglue/contacts/501").await, 403);
    assert!(said.contains("paused"), "{said}");
    assert_eq!(reads(&app), 0);
}

#[tokio::test]
async fn the_rate_of_a_token_counts_here_too() {
    let app = TestApp::start_with(&[("COUNTERSIGN_TOKEN_RATE", "3/60s")]).await;
    for _ in 0..3 {
        app.agent().get("/itglue/contacts/501").await.is(200);
    }
    let refused = app.agent().get("/itglue/contacts/501").await;
    is_error(&refused, 429);
    assert!(refused.headers.contains_key("retry-after"));
    app.other_agent().get("/itglue/contacts/501").await.is(200);
}

#[rstest]
#[case::unknown(Method::GET, "/itglue/webhooks", 404)]
#[case::unknown_filter(Method::GET, "/itglue/contacts?filter[organisation_id]=2", 400)]
#[case::method(Method::PUT, "/itglue/contacts/501", 405)]
#[case::floor(Method::DELETE, "/itglue/organizations/2", 403)]
#[case::held(Method::PATCH, "/itglue/documents/802/publish", 409)]
#[tokio::test]
async fn a_refused_request_counts_as_well_and_each_once(
    #[case] method: Method,
    #[case] path: &str,
    #[case] status: u16,
) {
    let app = TestApp::start_with(&[("COUNTERSIGN_TOKEN_RATE", "2/60s")]).await;
    for _ in 0..2 {
        let asked = app.agent().request(method.clone(), path);
        is_error(&answer(asked).await, status);
    }
    let asked = app.agent().request(method, path);
    is_error(&answer(asked).await, 429);
}

#[rstest]
#[case::cut_off(FaultKind::CutBody, 502)]
#[case::cut_head(FaultKind::CutHead, 502)]
#[case::not_json(FaultKind::CreatedWithHtml, 502)]
#[case::slow(FaultKind::Slow { ms: 20_000 }, 502)]
#[case::broken(FaultKind::ErrorBefore { status: 500 }, 502)]
#[case::in_the_middle(FaultKind::ErrorBefore { status: 504 }, 502)]
#[case::redirecting(FaultKind::Redirect { location: "http://127.0.0.1:9/contacts/501".to_owned() }, 502)]
#[tokio::test]
async fn an_answer_that_cannot_be_handed_on_is_502(#[case] kind: FaultKind, #[case] status: u16) {
    let app = TestApp::start_with(&[("COUNTERSIGN_REQUEST_TIMEOUT", "1")]).await;
    for _ in 0..2 {
        app.simulator
            .control()
            .fault(Fault::next(kind.clone()).on("GET"));
    }
    is_error(&app.agent().get("/itglue/contacts/501").await, status);
    app.simulator.control().clear_faults();
    app.agent().get("/itglue/contacts/501").await.is(200);
}

#[tokio::test]
async fn a_refused_key_is_not_the_clients() {
    let app = TestApp::start().await;
    app.simulator.control().reject_key(true);
    is_error(&app.agent().get("/itglue/contacts/501").await, 502);
}

#[tokio::test]
async fn itglues_wish_to_wait_is_passed_on() {
    let app = TestApp::start().await;
    let retry_after = Some("17".to_owned());
    let fault = Fault::next(FaultKind::TooManyRequests { retry_after });
    app.simulator.control().fault(fault);
    let told = app.agent().get("/itglue/contacts/501").await;
    is_error(&told, 429);
    assert_eq!(told.headers["retry-after"], "17");
}

#[tokio::test]
async fn what_itglue_refuses_is_said_in_its_words() {
    let app = TestApp::start().await;
    let refused = app.agent().get("/itglue/flexible_assets").await;
    let said = is_error(&refused, 422);
    assert!(said.contains("filter is required"), "{said}");
    assert!(refused.body["errors"][0]["source"]["pointer"].is_string());
}

#[tokio::test]
async fn other_methods_are_none() {
    let app = TestApp::start().await;
    for method in [Method::PUT, Method::OPTIONS, Method::TRACE] {
        let asked = app.agent().request(method, "/itglue/contacts/501");
        let refused = answer(asked).await;
        is_error(&refused, 405);
        assert_eq!(refused.headers["allow"], "GET, POST, PATCH, DELETE");
    }
}

/// How many reads reached IT Glue after the connection was tested.
fn reads(app: &TestApp) -> usize {
    let requests = app.simulator.control().requests();
    requests
        .iter()
        .filter(|request| request.path.starts_with("/contacts"))
        .count()
}

#[tokio::test]
async fn reads_leave_replay_its_share() {
    // A bucket of thirty; six of them are for what was approved.
    let app = TestApp::start_with(&[("COUNTERSIGN_ITGLUE_RATE", "600/60s")]).await;
    let state = app.server().state();
    let connection = state.store.connections().await.unwrap().remove(0);
    let budget = state.itglue.budget(connection.id);
    while budget.try_take(1, Purpose::Intake).is_ok() {}
    for _ in 0..12 {
        app.agent().get("/itglue/contacts/501").await.is(200);
    }
    assert_eq!(budget.try_take(6, Purpose::Replay), Ok(()));
}
