//! BOLA: agents that are limited to some organizations, and every id that they must not see.

use countersign::access::ProvenAdministrator;
use countersign::admin::{AgentRequest, TokenRequest};
use countersign::domain::{GatewayWait, OrganizationId, OrganizationScope};
use rstest::rstest;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::gateway::is_error;
use crate::ground::TestApp;

const ACME: u64 = 2;
const GLOBEX: u64 = 3;
/// Kinds of which each record belongs to one organization, and how a list of them is asked for.
const KINDS: [(&str, &str); 8] = [
    ("organizations", "organizations?page[size]=1000"),
    ("contacts", "contacts?page[size]=1000"),
    ("configurations", "configurations?page[size]=1000"),
    ("locations", "locations?page[size]=1000"),
    ("passwords", "passwords?page[size]=1000"),
    (
        "documents",
        "documents?filter[document_folder_id]=null&page[size]=1000",
    ),
    ("checklists", "checklists?page[size]=1000"),
    (
        "flexible_assets",
        "flexible_assets?filter[flexible_asset_type_id]=21&page[size]=1000",
    ),
];

/// The token of an agent for these organizations, with a profile that allows everything.
pub async fn agent_of(app: &TestApp, name: &str, organizations: &[u64]) -> String {
    let admin = &app.server().state().admin;
    let operator = ProvenAdministrator::operator();
    let ids = organizations.iter().copied().map(OrganizationId).collect();
    let request = AgentRequest {
        name: name.parse().unwrap(),
        profile: "Everything".parse().unwrap(),
        connection: "main".parse().unwrap(),
        organizations: OrganizationScope::Only(ids),
        gateway_wait: GatewayWait::default(),
        owner: None,
    };
    admin.create_agent(&operator, request).await.unwrap();
    let agent = name.parse().unwrap();
    let token = admin.create_agent_token(&operator, &agent, TokenRequest::default());
    token.await.unwrap().token.expose_secret().to_owned()
}

/// Whose a record is, as IT Glue really has it.
fn owner(kind: &str, record: &Value) -> Option<u64> {
    match kind {
        "organizations" => record["id"].as_u64(),
        _ => record["organization-id"].as_u64(),
    }
}

fn id_of(record: &Value) -> u64 {
    let id = &record["id"];
    id.as_u64().or_else(|| id.as_str()?.parse().ok()).unwrap()
}

#[rstest]
#[case("of-acme", ACME)]
#[case("of-globex", GLOBEX)]
#[tokio::test]
async fn no_record_of_another_client_is_read_by_its_id(#[case] name: &str, #[case] own: u64) {
    let app = TestApp::start().await;
    let token = agent_of(&app, name, &[own]).await;
    let (mut own_ones, mut foreign) = (0, 0);
    for (kind, _) in KINDS {
        for record in app.simulator.control().records(kind) {
            let id = id_of(&record);
            let read = app
                .caller(&token)
                .get(&format!("/itglue/{kind}/{id}"))
                .await;
            if owner(kind, &record) == Some(own) {
                assert_eq!(read.is(200)["data"]["id"], id.to_string());
                own_ones += 1;
            } else {
                let said = is_error(&read, 403);
                assert!(said.contains("(Rule organization."), "{kind}/{id}: {said}");
                foreign += 1;
            }
        }
    }
    assert!(own_ones > 8 && foreign > 40, "{own_ones} {foreign}");
    app.audit_is_whole().await;
}

#[tokio::test]
async fn lists_hold_what_the_agent_may_see_and_nothing_else() {
    let app = TestApp::start().await;
    let token = agent_of(&app, "of-both", &[ACME, GLOBEX]).await;
    // IT Glue lists documents under their organization only.
    for (kind, path) in KINDS.into_iter().filter(|(kind, _)| *kind != "documents") {
        let page = app
            .caller(&token)
            .get(&format!("/itglue/{path}"))
            .await
            .is(200);
        let mut seen: Vec<u64> = page["data"].as_array().unwrap().iter().map(id_of).collect();
        let records = app.simulator.control().records(kind);
        let mut expected: Vec<u64> = records
            .iter()
            .filter(|record| matches!(owner(kind, record), Some(ACME | GLOBEX)))
            .filter(|record| kind != "flexible_assets" || record["flexible-asset-type-id"] == 21)
            .map(id_of)
            .collect();
        seen.sort_unstable();
        expected.sort_unstable();
        assert_eq!(seen, expected, "{kind}");
        assert!(!seen.is_empty(), "{kind}");
    }
}

#[rstest]
#[case::foreign_path("/organizations/3/relationships/contacts")]
#[case::foreign_filter("/contacts?filter[organization_id]=3")]
#[case::own_and_foreign("/contacts?filter[organization_id]=2,3")]
#[case::own_path_and_foreign_filter(
    "/organizations/2/relationships/contacts?filter[organization_id]=3"
)]
#[case::list_without_a_filter("/configuration_interfaces")]
#[case::list_without_a_filter("/password_folders")]
#[case::children_of_a_foreign_record("/documents/{document}/relationships/sections")]
#[case::hanging_on_a_foreign_record("/contacts/{contact}/relationships/attachments")]
#[case::hanging_on_a_foreign_record("/contacts/{contact}/relationships/related_items")]
#[case::own_path_and_a_foreign_id("/organizations/2/relationships/contacts/{contact}")]
#[tokio::test]
async fn what_leads_to_another_client_is_refused(#[case] path: &str) {
    let app = TestApp::start().await;
    let token = agent_of(&app, "of-acme", &[ACME]).await;
    let foreign = |kind: &str| {
        let records = app.simulator.control().records(kind);
        let record = records
            .iter()
            .find(|record| owner(kind, record) != Some(ACME));
        record.map(id_of).unwrap().to_string()
    };
    let path = path
        .replace("{document}", &foreign("documents"))
        .replace("{contact}", &foreign("contacts"));
    let answer = app.caller(&token).get(&format!("/itglue{path}")).await;
    if answer.status == 404 {
        // IT Glue itself may look at both ids of a nested path.
        return;
    }
    is_error(&answer, 403);
}

#[rstest]
#[case("/configurations/701/relationships/configuration_interfaces")]
#[case("/configuration_interfaces/751")]
#[case("/configurations/701/relationships/attachments")]
#[case("/configurations/701/relationships/attachments/971")]
#[case("/configurations/701?include=configuration_interfaces,passwords,attachments,related_items")]
#[case("/documents/801/relationships/sections")]
#[case("/documents/801/relationships/sections/901")]
#[case("/organizations/2/relationships/password_folders")]
#[case("/flexible_asset_types?include=flexible_asset_fields")]
#[case("/countries")]
#[tokio::test]
async fn what_belongs_to_the_own_client_is_read(#[case] path: &str) {
    let app = TestApp::start().await;
    let token = agent_of(&app, "of-acme", &[ACME]).await;
    app.caller(&token)
        .get(&format!("/itglue{path}"))
        .await
        .is(200);
}

#[tokio::test]
async fn what_comes_along_is_held_to_the_limit_too() {
    let app = TestApp::start().await;
    let token = agent_of(&app, "of-acme", &[ACME]).await;
    let path = "/itglue/configurations/701?include=passwords";
    app.caller(&token).get(path).await.is(200);
    // Somebody moves the password that is embedded in it to another client.
    let moved = json!({ "organization-id": GLOBEX });
    assert!(app.simulator.control().edit("passwords", 602, moved));
    let said = is_error(&app.caller(&token).get(path).await, 403);
    assert!(said.contains("organization 3"), "{said}");
}

#[tokio::test]
async fn a_single_attachment_is_as_much_of_a_client_as_its_record() {
    let app = TestApp::start().await;
    let token = agent_of(&app, "of-acme", &[ACME]).await;
    let path = "/itglue/configurations/701/relationships/attachments/971";
    app.caller(&token).get(path).await.is(200);
    let moved = json!({ "organization-id": GLOBEX });
    assert!(app.simulator.control().edit("configurations", 701, moved));
    let said = is_error(&app.caller(&token).get(path).await, 403);
    assert!(said.contains("organization 3"), "{said}");
}

#[tokio::test]
async fn a_related_record_of_another_client_is_not_named() {
    let app = TestApp::start().await;
    let token = agent_of(&app, "of-acme", &[ACME]).await;
    let path = "/itglue/configurations/701?include=related_items";
    app.caller(&token).get(path).await.is(200);
    let moved = json!({ "organization-id": GLOBEX });
    assert!(app.simulator.control().edit("contacts", 501, moved));
    is_error(&app.caller(&token).get(path).await, 403);
}

#[tokio::test]
async fn pages_of_a_limited_agent_stay_limited() {
    let app = TestApp::start().await;
    let token = agent_of(&app, "of-acme", &[ACME]).await;
    let page = app
        .caller(&token)
        .get("/itglue/contacts?page[size]=1")
        .await
        .is(200);
    let next = page["links"]["next"].as_str().unwrap();
    let path = next.strip_prefix(&app.address("")).unwrap();
    let second = app.caller(&token).get(path).await.is(200);
    assert_eq!(second["data"][0]["attributes"]["organization-id"], ACME);
    let widened = path.replace("=2&", "=2%2C3&");
    assert_ne!(widened, path);
    is_error(&app.caller(&token).get(&widened).await, 403);
}
