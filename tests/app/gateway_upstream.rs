//! The gateway in front of an IT Glue that answers whatever it likes. What cannot be handed on is
//! said in IT Glue's shape, nothing of it goes on to the agent, and a key goes nowhere else.

use std::net::TcpListener;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, Response, StatusCode};
use countersign::access::ProvenAdministrator;
use countersign::admin::{AgentRequest, ConnectionRequest, TokenRequest};
use countersign::domain::{GatewayWait, OrganizationId, OrganizationScope, PermissionGroup};
use countersign::itglue::Region;
use reqwest::Method;
use rstest::rstest;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::gateway::is_error;
use crate::ground::{Answer, TestApp, answer};

const KEY: &str = "ITG.0123456789abcdef0123456789abcdef";
const CANARY: &str = "c4n4ry-77aa-upstream";

/// What the upstream says.
#[derive(Clone)]
struct Says {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    /// What it says to reads, where that is something else.
    to_reads: Option<Box<Says>>,
}

impl Says {
    fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: vec![("content-type", "application/vnd.api+json".to_owned())],
            body: body.into(),
            to_reads: None,
        }
    }

    fn but_to_reads(mut self, says: Self) -> Self {
        self.to_reads = Some(Box::new(says));
        self
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// An agent whose connection leads to an upstream that says the same to every request.
struct Odd {
    app: TestApp,
    token: String,
    asked: Arc<std::sync::Mutex<Vec<(String, HeaderMap)>>>,
}

impl Odd {
    async fn that(says: Says, organizations: OrganizationScope) -> Self {
        let app = TestApp::start_with(&[("COUNTERSIGN_REQUEST_TIMEOUT", "2")]).await;
        let asked: Arc<std::sync::Mutex<Vec<(String, HeaderMap)>>> = Arc::default();
        let noted = Arc::clone(&asked);
        let upstream = Router::new().fallback(move |request: Request| {
            let target = format!("{} {}", request.method(), request.uri());
            noted
                .lock()
                .unwrap()
                .push((target, request.headers().clone()));
            let to_reads = says.to_reads.as_deref();
            let is_read = request.method() == Method::GET;
            let says = to_reads.filter(|_| is_read).unwrap_or(&says).clone();
            async move {
                let mut response = Response::builder().status(says.status);
                for (name, value) in says.headers {
                    response = response.header(name, value);
                }
                response.body(Body::from(says.body)).unwrap()
            }
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, upstream).await });
        let token = agent_at(&app, &format!("http://{address}"), organizations).await;
        Self { app, token, asked }
    }

    async fn says(says: Says) -> Self {
        Self::that(says, OrganizationScope::All).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.app.caller(&self.token).get(path).await
    }

    fn asked(&self) -> Vec<(String, HeaderMap)> {
        self.asked.lock().unwrap().clone()
    }
}

async fn agent_at(app: &TestApp, base_url: &str, organizations: OrganizationScope) -> String {
    let admin = &app.server().state().admin;
    let operator = ProvenAdministrator::operator();
    let connection = ConnectionRequest {
        name: "odd".parse().unwrap(),
        region: Region::Us,
        base_url: Some(base_url.to_owned()),
        api_key: KEY.into(),
        no_test: true,
    };
    admin
        .create_connection(&operator, connection)
        .await
        .unwrap();
    let request = AgentRequest {
        name: "odd-bot".parse().unwrap(),
        profile: "Everything".parse().unwrap(),
        connection: "odd".parse().unwrap(),
        organizations,
        gateway_wait: GatewayWait::default(),
        owner: None,
    };
    admin.create_agent(&operator, request).await.unwrap();
    let agent = "odd-bot".parse().unwrap();
    let token = admin.create_agent_token(&operator, &agent, TokenRequest::default());
    token.await.unwrap().token.expose_secret().to_owned()
}

#[rstest]
#[case::nothing("")]
#[case::html("<html><body>c4n4ry-77aa-upstream</body></html>")]
#[case::a_word("c4n4ry-77aa-upstream")]
#[case::cut_off(
    r#"{"data":[{"id":"1","type":"contacts","attributes":{"name":"c4n4ry-77aa-upstream"#
)]
#[case::null("null")]
#[case::a_number("17")]
#[case::a_text(r#""c4n4ry-77aa-upstream""#)]
#[case::a_list(r#"[{"id":"1","attributes":{"password":"c4n4ry-77aa-upstream"}}]"#)]
#[case::two_documents(r#"{"data":[]}{"data":["c4n4ry-77aa-upstream"]}"#)]
#[tokio::test]
async fn o4_what_is_no_document_is_not_handed_on(#[case] body: &'static str) {
    let odd = Odd::says(Says::new(200, body)).await;
    let told = odd.get("/itglue/contacts").await;
    is_error(&told, 502);
    assert!(!told.body.to_string().contains(CANARY), "{:#}", told.body);
}

#[tokio::test]
async fn o4_a_deep_document_is_not_handed_on() {
    let deep = format!(
        r#"{{"data":{}1{}}}"#,
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let odd = Odd::says(Says::new(200, deep)).await;
    is_error(&odd.get("/itglue/contacts").await, 502);
}

#[tokio::test]
async fn o4_more_than_itglue_answers_is_not_read_to_its_end() {
    let text = "x".repeat(11 * 1024 * 1024);
    let body = json!({"data": [{"id": "1", "type": "contacts", "attributes": {"name": text}}]});
    let odd = Odd::says(Says::new(200, body.to_string())).await;
    is_error(&odd.get("/itglue/contacts").await, 502);
}

#[rstest]
#[case(301)]
#[case(302)]
#[case(307)]
#[case(308)]
#[tokio::test]
async fn o1_a_redirect_is_refused_and_the_key_goes_nowhere(#[case] status: u16) {
    let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
    elsewhere.set_nonblocking(true).unwrap();
    let location = format!("http://{}/contacts", elsewhere.local_addr().unwrap());
    let odd = Odd::says(Says::new(status, "{}").with("location", location)).await;
    is_error(&odd.get("/itglue/contacts").await, 502);
    let nobody = elsewhere.accept().unwrap_err();
    assert_eq!(nobody.kind(), std::io::ErrorKind::WouldBlock);
    // The key of the connection left for its own host, and the agent's for none.
    for (_, headers) in odd.asked() {
        assert_eq!(headers["x-api-key"], KEY);
        assert!(!headers.contains_key("authorization"));
        assert!(!format!("{headers:?}").contains(&odd.token));
    }
}

#[rstest]
#[case::seconds("17", "17")]
#[case::none("", "30")]
#[tokio::test]
async fn a_wish_to_wait_is_passed_on_and_not_argued_with(
    #[case] asked_for: &str,
    #[case] told: &str,
) {
    let mut says = Says::new(429, r#"{"message":"Too Many Requests"}"#);
    if !asked_for.is_empty() {
        says = says.with("retry-after", asked_for);
    }
    let odd = Odd::says(says).await;
    let refused = odd.get("/itglue/contacts").await;
    is_error(&refused, 429);
    assert_eq!(refused.headers["retry-after"], told);
    assert_eq!(odd.asked().len(), 1, "it is not tried again");
}

#[tokio::test]
async fn a_wish_to_wait_until_a_date_is_passed_on_in_seconds() {
    let odd =
        Odd::says(Says::new(429, "{}").with("retry-after", "Fri, 31 Dec 2100 23:59:59 GMT")).await;
    let refused = odd.get("/itglue/contacts").await;
    is_error(&refused, 429);
    let seconds = refused.headers["retry-after"].to_str().unwrap();
    assert!(seconds.parse::<u64>().unwrap() > 0, "{seconds}");
}

#[rstest]
#[case::no_pointer(401, json!({"errors": [{"status": 401, "title": "Unauthorized"}]}), 502)]
#[case::of_aws(403, json!({"message": "Forbidden"}), 502)]
#[case::of_an_id(401, json!({"errors": [{"status": 401, "title": "Unauthorized",
    "detail": "Unauthorized resource access", "source": {"pointer": "id"}}]}), 404)]
#[case::gone(410, json!({}), 404)]
#[case::words(422, json!({"errors": [{"status": 422, "title": "Unprocessable Entity",
    "detail": ["can't be blank"], "source": {"pointer": "/data"}}]}), 422)]
#[case::no_words(422, json!("?"), 422)]
#[case::teapot(418, json!({}), 418)]
#[case::broken(500, json!({"message": "c4n4ry-77aa-upstream"}), 502)]
#[case::busy(503, json!({}), 502)]
#[tokio::test]
async fn a_status_of_itglue_is_told_by_what_the_client_can_do(
    #[case] status: u16,
    #[case] body: Value,
    #[case] told: u16,
) {
    let odd = Odd::says(Says::new(status, body.to_string())).await;
    let answer = odd.get("/itglue/contacts/5").await;
    is_error(&answer, told);
    assert!(!answer.body.to_string().contains(CANARY));
}

#[tokio::test]
async fn what_comes_with_an_answer_is_not_the_upstreams() {
    let says = Says::new(200, r#"{"data":[]}"#)
        .with("set-cookie", "__Host-cs=stolen")
        .with("location", "https://evil.example/")
        .with("access-control-allow-origin", "*")
        .with("x-powered-by", "upstream");
    let odd = Odd::says(says).await;
    let read = odd.get("/itglue/contacts").await;
    assert_eq!(read.status, StatusCode::OK);
    for name in [
        "set-cookie",
        "location",
        "access-control-allow-origin",
        "x-powered-by",
    ] {
        assert!(!read.headers.contains_key(name), "{name}");
    }
    assert_eq!(read.headers["content-type"], "application/vnd.api+json");
}

#[tokio::test]
async fn no_link_of_an_answer_leads_away() {
    let away = "https://evil.example/contacts?page[number]=2";
    let says = json!({
        "data": [{"id": "1", "type": "contacts", "attributes": {},
            "links": {"self": away, "related": {"href": away}},
            "relationships": {"passwords": {"links": {"related": away}}}}],
        "included": [{"id": "2", "type": "locations", "attributes": {}, "links": {"self": away}}],
        "links": {"next": away, "last": "//evil.example/contacts", "self": [away]},
    });
    let odd = Odd::says(Says::new(200, says.to_string())).await;
    let read = odd.get("/itglue/contacts").await;
    let text = read.body.to_string();
    assert!(!text.contains("evil.example"), "{text}");
    let next = odd.app.address("/itglue/contacts?page[number]=2");
    assert_eq!(read.is(200)["links"]["next"], next);
}

/// Values where no IT Glue is known to put them.
#[rstest]
#[case::snake(json!({"password": CANARY, "otp_secret": CANARY, "otp-secret": CANARY}))]
#[case::deep(json!({"versions": [{"password": CANARY, "attributes": {"password": CANARY}}]}))]
#[case::resource(json!({"recent-versions": [{"object": {"password": CANARY}}]}))]
#[case::capitals(json!({"Password": CANARY, "OTP-Secret": CANARY}))]
#[tokio::test]
async fn a_value_is_taken_out_of_every_shape(#[case] attributes: Value) {
    let record = |kind: &str, id: &str| json!({"id": id, "type": kind, "attributes": attributes});
    let says = json!({
        "data": [record("passwords", "5"), record("passwords", "6")],
        "included": [record("passwords", "7"), record("versions", "8")],
    });
    let odd = Odd::says(Says::new(200, says.to_string())).await;
    for path in ["/itglue/passwords", "/itglue/contacts?include=passwords"] {
        let read = odd.get(path).await;
        let text = read.body.to_string();
        assert!(!text.contains(CANARY), "{path}: {text}");
        read.is(200);
    }
}

/// The catalogue names lists that only some clients know of; whether IT Glue serves them is its
/// own matter (`endpoints.json`), and the gateway hands them on under the same rules.
#[rstest]
#[case("/itglue/documents", "documents", "GET /documents")]
#[case(
    "/itglue/contacts/501/relationships/related_items",
    "related-items",
    "GET /contacts/501/relationships/related_items"
)]
#[tokio::test]
async fn lists_that_are_not_sure_to_be_there_pass_through(
    #[case] path: &str,
    #[case] kind: &str,
    #[case] target: &str,
) {
    let says = json!({"data": [{"id": "1", "type": kind, "attributes": {"organization-id": 2}}]});
    let odd = Odd::says(Says::new(200, says.to_string())).await;
    assert_eq!(odd.get(path).await.is(200)["data"], says["data"]);
    assert_eq!(odd.asked()[0].0, target);
}

#[tokio::test]
async fn listed_related_items_tell_nothing_of_a_closed_group() {
    let leads = |id: &str, kind: &str| {
        json!({"id": id, "type": "related-items", "attributes": {
            "destination-type": kind, "destination-name": format!("{kind} {CANARY}")}})
    };
    let says = json!({
        "data": [leads("1", "Password"), leads("2", "Contact"), leads("3", "Martian")],
        "meta": {"total-count": 3},
    });
    let odd = Odd::says(Says::new(200, says.to_string())).await;
    let path = "/itglue/configurations/701/relationships/related_items";
    assert_eq!(odd.get(path).await.is(200), says);
    odd.app.disable(PermissionGroup::Passwords).await;
    let kept = odd.get(path).await.is(200);
    assert_eq!(kept["data"], json!([leads("2", "Contact")]));
}

#[tokio::test]
async fn an_answer_of_somebody_else_is_refused_whatever_was_asked() {
    let only = OrganizationScope::Only([OrganizationId(2)].into_iter().collect());
    let says = json!({"data": [{"id": "1", "type": "contacts",
        "attributes": {"organization-id": 3, "name": CANARY}}]});
    let odd = Odd::that(Says::new(200, says.to_string()), only).await;
    for path in [
        "/itglue/contacts",
        "/itglue/contacts?filter[organization_id]=2",
        "/itglue/organizations/2/relationships/contacts",
    ] {
        let refused = odd.get(path).await;
        is_error(&refused, 403);
        assert!(!refused.body.to_string().contains(CANARY), "{path}");
    }
}

#[tokio::test]
async fn an_attachment_that_its_record_does_not_list_is_nobodys() {
    let only = OrganizationScope::Only([OrganizationId(2)].into_iter().collect());
    // Every read is answered with this record: the attachment, its record, and the list.
    let says = json!({"data": {"id": "971", "type": "attachments",
        "attributes": {"name": CANARY}}});
    let odd = Odd::that(Says::new(200, says.to_string()), only).await;
    let path = "/itglue/configurations/701/relationships/attachments/971";
    let refused = odd.get(path).await;
    is_error(&refused, 403);
    assert!(!refused.body.to_string().contains(CANARY));
}

#[tokio::test]
async fn a_write_is_no_way_around_a_faulty_upstream() {
    let odd = Odd::says(Says::new(200, "<html>")).await;
    let body = json!({"data": {"type": "contacts", "attributes": {"title": "x"}}});
    let caller = odd.app.caller(&odd.token);
    let request = caller.request(Method::PATCH, "/itglue/contacts/501");
    let refused = answer(request.json(&body)).await;
    is_error(&refused, 503);
    assert!(refused.headers.contains_key("retry-after"));
    assert!(
        odd.asked()
            .iter()
            .all(|(target, _)| target.starts_with("GET "))
    );
    let none = caller.get("/api/v1/proposals").await.is(200);
    assert_eq!(none["items"], json!([]));
}

#[rstest]
#[case::plain_text(400, "No such field".to_owned(), "without saying why")]
#[case::a_text(422, json!("No such field").to_string(), "No such field")]
#[case::of_aws(400, json!({"message": "Invalid request body"}).to_string(), "Invalid request body")]
#[case::nothing(409, String::new(), "without saying why")]
#[tokio::test]
async fn a_refused_write_keeps_itglues_status_and_words(
    #[case] status: u16,
    #[case] body: String,
    #[case] words: &str,
) {
    let record = json!({"data": {"id": "501", "type": "contacts",
        "attributes": {"organization-id": 2, "title": "Old"}}});
    let says = Says::new(status, body).but_to_reads(Says::new(200, record.to_string()));
    let odd = Odd::says(says).await;
    odd.app.stop_asking(PermissionGroup::Contacts).await;
    let body = json!({"data": {"type": "contacts", "attributes": {"title": "New"}}});
    let caller = odd.app.caller(&odd.token);
    let request = caller.request(Method::PATCH, "/itglue/contacts/501");
    let refused = answer(request.json(&body)).await;
    let said = is_error(&refused, status);
    assert!(said.contains(words), "{said}");
}
