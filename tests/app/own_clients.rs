//! T6: a person who is limited to some clients neither sees nor decides what touches others, at any
//! door. Another's proposal is answered like one that is not there.

use countersign::access::ProvenAdministrator;
use countersign::admin::TokenRequest;
use countersign::api::{DeclaredRoute, Needs, routes};
use countersign::domain::{
    Actor, AuditAction, AuditEvent, OrganizationId, OrganizationScope, PermissionGroup, Role,
    Scope, Timestamp, UserId,
};
use countersign::store::NewUser;
use reqwest::{Method, StatusCode};
use rstest::rstest;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::ground::{Answer, TestApp, answer};

pub const ACME: u64 = 2;
pub const GLOBEX: u64 = 3;
/// No proposal has this id, and none this number.
const NOWHERE: &str = "01981f6e-0000-7000-8000-000000000000";

/// A technician for these clients, with a token that has every scope of one.
pub async fn technician_of(app: &TestApp, name: &str, organizations: OrganizationScope) -> String {
    let state = app.server().state();
    let email = format!("{name}@example.com");
    let user = NewUser {
        id: UserId(state.clock.new_id()),
        email: email.clone(),
        name: name.to_owned(),
        role: Role::Technician,
        password_hash: None,
        organizations,
    };
    let created = AuditEvent::new(
        Timestamp::from_millis(0),
        Actor::Operator,
        AuditAction::UserCreated,
    );
    state.store.create_user(&user, &created).await.unwrap();
    let scopes = [Scope::Read, Scope::Decide, Scope::DecideCritical];
    let token = state
        .admin
        .create_user_token(
            &ProvenAdministrator::operator(),
            &email.parse().unwrap(),
            Some(scopes.into_iter().collect()),
            TokenRequest::default(),
        )
        .await
        .unwrap();
    token.token.expose_secret().to_owned()
}

pub fn only(ids: &[u64]) -> OrganizationScope {
    OrganizationScope::Only(ids.iter().copied().map(OrganizationId).collect())
}

fn contact_of(organization: u64, first_name: &str) -> Value {
    json!({
        "method": "POST", "path": "/contacts",
        "body": {"data": {"type": "contacts", "attributes": {
            "organization-id": organization, "first-name": first_name, "last-name": "Ito"}}},
    })
}

/// What touches Acme, Globex, both, and no client that could be told.
struct Proposals {
    acme: String,
    globex: String,
    both: String,
    account_wide: String,
}

impl Proposals {
    async fn made(app: &TestApp) -> Self {
        let moves = json!({
            "method": "PATCH", "path": "/contacts/501",
            "body": {"data": {"type": "contacts",
                "attributes": {"organization-id": GLOBEX, "title": "Director"}}},
        });
        let account_wide = json!({
            "method": "POST", "path": "/contact_types",
            "body": {"data": {"type": "contact-types", "attributes": {"name": "Freelancer"}}},
        });
        Self {
            acme: app.agent().has_proposed(contact_of(ACME, "Aki")).await,
            globex: app.agent().has_proposed(contact_of(GLOBEX, "Gus")).await,
            both: app.agent().has_proposed(moves).await,
            account_wide: app.agent().has_proposed(account_wide).await,
        }
    }

    fn all(&self) -> [&str; 4] {
        [&self.acme, &self.globex, &self.both, &self.account_wide]
    }
}

/// Every route of people that names a proposal, as they are declared.
async fn knocks(app: &TestApp, token: &str, id: &str) -> Vec<(String, Answer)> {
    let mut answers = Vec::new();
    let of_people = |route: &DeclaredRoute| {
        matches!(route.needs, Needs::Reviewer | Needs::Technician) && route.path.contains("{id}")
    };
    for route in routes().into_iter().filter(of_people) {
        let path = route.path.replace("{id}", id);
        let mut request = app.caller(token).request(route.method.clone(), &path);
        if route.method != Method::GET {
            request = request.json(&said(&path));
        }
        answers.push((format!("{} {path}", route.method), answer(request).await));
    }
    assert!(answers.len() >= 6, "{answers:?}");
    answers
}

/// What a decision would say.
fn said(path: &str) -> Value {
    let shown = "0".repeat(64);
    match path.rsplit('/').next().unwrap() {
        "resolve" => json!({"item": 0, "resolution": "give_up", "reason": "nobody knows"}),
        "preview" => json!({"fingerprint": shown}),
        "comments" => json!({"text": "I know this client"}),
        "claim" => json!({}),
        "revert" => json!({"reason": "it was a mistake"}),
        _ => json!({"fingerprint": shown, "reason": "looks right"}),
    }
}

/// The same but for the request id.
fn without_id(answer: &Answer) -> (StatusCode, Value) {
    let mut body = answer.body.clone();
    if let Some(members) = body.as_object_mut() {
        members.remove("request_id");
    }
    (answer.status, body)
}

#[tokio::test]
async fn t6_what_touches_other_clients_is_as_if_it_were_not_there() {
    let app = TestApp::start().await;
    let proposals = Proposals::made(&app).await;
    let of_acme = technician_of(&app, "ann", only(&[ACME])).await;
    let of_globex = technician_of(&app, "gil", only(&[GLOBEX, 77])).await;
    let of_both = technician_of(&app, "bea", only(&[ACME, GLOBEX])).await;
    let of_none = technician_of(&app, "nia", only(&[])).await;
    let cases = [
        (&of_acme, vec![&proposals.acme]),
        (&of_globex, vec![&proposals.globex]),
        (
            &of_both,
            vec![&proposals.acme, &proposals.globex, &proposals.both],
        ),
        (&of_none, vec![]),
    ];
    for (token, own) in cases {
        let nowhere = knocks(&app, token, NOWHERE).await;
        for id in proposals.all() {
            if own.iter().any(|own| own.as_str() == id) {
                app.caller(token).opens(id).await;
                continue;
            }
            let number = app.agent().sees(id).await["number"].to_string();
            for named in [id, number.as_str()] {
                let knocked = knocks(&app, token, named).await;
                for ((route, found), (_, missing)) in knocked.iter().zip(&nowhere) {
                    assert_eq!(without_id(found), without_id(missing), "{route}");
                    assert_eq!(found.status, StatusCode::NOT_FOUND, "{route}");
                }
            }
        }
        let mut expected: Vec<&str> = own.iter().map(|id| id.as_str()).collect();
        expected.sort_unstable();
        for query in ["", "?status=pending", "?lane=needs_you", "?limit=1"] {
            let mut listed = listed(&app, token, query).await;
            listed.sort_unstable();
            assert_eq!(listed, expected, "{query}");
        }
    }
    let writes = app.writes();
    assert_eq!(writes, 0, "nothing was decided by those it is not for");
}

/// The ids on all pages of a list.
async fn listed(app: &TestApp, token: &str, query: &str) -> Vec<String> {
    let mut ids = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/api/v1/review/proposals{query}{cursor}");
        let page = app.caller(token).get(&path).await;
        assert_eq!(page.status, StatusCode::OK, "{:#}", page.body);
        for item in page.body["items"].as_array().unwrap() {
            ids.push(item["id"].as_str().unwrap().to_owned());
        }
        let Some(next) = page.body["next_cursor"].as_str() else {
            return ids;
        };
        let joint = if query.is_empty() { '?' } else { '&' };
        cursor = format!("{joint}cursor={next}");
    }
}

#[tokio::test]
async fn t6_own_clients_are_decided_and_taken_back() {
    let app = TestApp::start_with(&[("COUNTERSIGN_HOLD_SECONDS", "600")]).await;
    let token = technician_of(&app, "ann", only(&[ACME])).await;
    let id = app.agent().has_proposed(contact_of(ACME, "Aki")).await;
    let approved = app.caller(&token).approves(&id).await;
    assert_eq!(approved.status, StatusCode::OK, "{:#}", approved.body);
    let undone = app.caller(&token).decides(&id, "undo", &json!({})).await;
    assert_eq!(undone.status, StatusCode::OK, "{:#}", undone.body);
    let rejected = app.caller(&token).rejects(&id, "not this one").await;
    assert_eq!(rejected.body["status"], "rejected", "{:#}", rejected.body);
}

#[tokio::test]
async fn t6_an_edit_does_not_lead_to_clients_of_others() {
    let app = TestApp::start().await;
    let token = technician_of(&app, "ann", only(&[ACME])).await;
    let proposal = json!({
        "method": "PATCH", "path": "/contacts/501",
        "body": {"data": {"type": "contacts", "attributes": {"title": "Director"}}},
    });
    let id = app.agent().has_proposed(proposal).await;
    let moved = json!({"body": {"data": {"type": "contacts",
        "attributes": {"organization-id": GLOBEX}}}});
    let refused = app.caller(&token).approves_with(&id, moved).await;
    refused.is_problem(422, "invalid-proposal");
    assert_eq!(refused.pointers(), ["/body"]);
    assert_eq!(app.agent().sees(&id).await["status"], "pending");
}

#[tokio::test]
async fn t6_a_record_that_moved_to_another_client_is_shown_to_nobody_of_the_first() {
    let app = TestApp::start().await;
    let token = technician_of(&app, "ann", only(&[ACME])).await;
    let proposal = json!({
        "method": "PATCH", "path": "/contacts/501",
        "body": {"data": {"type": "contacts", "attributes": {"title": "Director"}}},
    });
    let id = app.agent().has_proposed(proposal).await;
    let opened = app.caller(&token).opens(&id).await;
    let moved = json!({"organization-id": GLOBEX});
    assert!(app.simulator.control().edit("contacts", 501, moved));
    let path = format!("/api/v1/review/proposals/{id}");
    app.caller(&token)
        .get(&path)
        .await
        .is_problem(404, "not-found");
    let said = json!({"fingerprint": opened["fingerprint"], "reason": "looks right"});
    let refused = app.caller(&token).decides(&id, "approve", &said).await;
    assert!(refused.status.is_client_error(), "{:#}", refused.body);
    assert_eq!(app.agent().sees(&id).await["status"], "pending");
}

#[tokio::test]
async fn t6_a_limit_holds_from_the_next_request() {
    let app = TestApp::start().await;
    let token = technician_of(&app, "ann", OrganizationScope::All).await;
    let proposals = Proposals::made(&app).await;
    assert_eq!(listed(&app, &token, "").await.len(), 4);
    limit(&app, "ann@example.com", Some(r#"["2"]"#)).await;
    assert_eq!(listed(&app, &token, "").await, [proposals.acme.as_str()]);
    let path = format!("/api/v1/review/proposals/{}", proposals.globex);
    app.caller(&token)
        .get(&path)
        .await
        .is_problem(404, "not-found");
    limit(&app, "ann@example.com", None).await;
    assert_eq!(app.caller(&token).get(&path).await.status, StatusCode::OK);
}

/// Sets the clients a person is limited to, as another process could.
#[expect(
    clippy::disallowed_methods,
    reason = "tests say things that the program never says"
)]
async fn limit(app: &TestApp, email: &str, organizations: Option<&str>) {
    use sqlx::Connection as _;
    let path = &app.server().state().settings.database_path;
    let url = format!("sqlite:{}", path.display());
    let mut file = sqlx::SqliteConnection::connect(&url).await.unwrap();
    sqlx::query("UPDATE users SET organizations = $1 WHERE email = $2")
        .bind(organizations)
        .bind(email)
        .execute(&mut file)
        .await
        .unwrap();
    file.close().await.unwrap();
}

/// What the record held before leads to a client of others, though the change away from it did not.
#[tokio::test]
async fn t6_a_revert_that_would_reach_clients_of_others_is_neither_shown_nor_proposed() {
    let app = TestApp::start().await;
    let control = app.simulator.control();
    let of = |organization: u64| {
        let places = control.records("locations");
        let mut places = places.into_iter();
        let place = places.find(|place| place["organization-id"] == organization);
        place.unwrap()["id"].as_u64().unwrap()
    };
    control.edit("contacts", 501, json!({"location-id": of(GLOBEX)}));
    let home = json!({
        "method": "PATCH", "path": "/contacts/501",
        "body": {"data": {"type": "contacts", "attributes": {"location-id": of(ACME)}}},
    });
    let id = app.agent().has_proposed(home).await;
    app.technician().approves(&id).await;
    let applied = app.agent().waits_for_verification(&id).await;
    limit(&app, "sam@example.com", Some(r#"["2"]"#)).await;
    let cookie = crate::surface::signed_in(&app).await;
    let path = format!("/p/{}/revert", applied["number"]);
    let shown = answer(app.request(Method::GET, &path).header("cookie", &cookie)).await;
    let page = shown.body.to_string();
    assert!(page.contains("a client that is not among yours"), "{page}");
    assert!(!page.contains("Propose the revert"), "{page}");
    let refused = app.technician().decides(&id, "revert", &json!({})).await;
    refused.is_problem(403, "forbidden");
    assert_eq!(
        app.agent().get("/api/v1/proposals").await.body["items"][1],
        Value::Null
    );
    let others = app.colleague().decides(&id, "revert", &json!({})).await;
    assert_eq!(others.status, StatusCode::CREATED, "{:#}", others.body);
}

#[tokio::test]
async fn t6_the_browser_shows_and_decides_own_clients_alone() {
    let app = TestApp::start().await;
    let proposals = Proposals::made(&app).await;
    limit(&app, "sam@example.com", Some(r#"["2"]"#)).await;
    let cookie = crate::surface::signed_in(&app).await;
    let with_session = |method, path: &str| app.request(method, path).header("cookie", &cookie);
    let queue = answer(with_session(Method::GET, "/queue"))
        .await
        .body
        .to_string();
    assert!(
        queue.contains("Acme") && !queue.contains("Globex"),
        "{queue}"
    );
    for id in proposals.all() {
        let number = app.agent().sees(id).await["number"].to_string();
        let is_own = id == proposals.acme;
        for page in ["", "/approve", "/reject"] {
            let path = format!("/p/{number}{page}");
            let shown = answer(with_session(Method::GET, &path)).await;
            let expected = if is_own { 200 } else { 404 };
            assert_eq!(shown.status.as_u16(), expected, "{path}");
        }
        if is_own {
            continue;
        }
        let fingerprint = app.colleague().opens(id).await["fingerprint"].clone();
        let fingerprint = fingerprint.as_str().unwrap();
        let form = format!("number={number}&id={id}&fingerprint={fingerprint}&reason=no");
        for function in ["approve", "reject", "undo"] {
            let sent = with_session(Method::POST, &format!("/web/{function}"))
                .header("origin", app.address(""))
                .header("accept", "text/html")
                .header("content-type", "application/x-www-form-urlencoded")
                .body(form.clone());
            let answered = answer(sent).await;
            assert!(
                answered.status.as_u16() < 500,
                "{function}: {}",
                answered.status
            );
        }
        assert_eq!(app.agent().sees(id).await["status"], "pending");
    }
    assert_eq!(app.writes(), 0);
}

/// The ids of a client's records of a kind, in order.
fn ids_of(app: &TestApp, kind: &str, organization: u64) -> Vec<u64> {
    let records = app.simulator.control().records(kind);
    let of_client = records
        .iter()
        .filter(|record| record["organization-id"] == organization);
    of_client
        .map(|record| record["id"].as_u64().unwrap())
        .collect()
}

fn is_warned_of(proposal: &Value, code: &str) -> bool {
    let warnings = proposal["warnings"].as_array().unwrap();
    warnings.iter().any(|warning| warning["code"] == code)
}

/// The field “Protected Systems” of backups.
const SYSTEMS: u64 = 2302;

#[rstest]
#[case::behind_ten_of_the_own("Configurations", "configurations", 10)]
#[case::of_a_kind_that_is_only_listed("Domains", "domains", 1)]
#[tokio::test]
async fn t6_a_tag_into_another_client_is_asked_and_nobodys_who_has_one_of_them(
    #[case] tag_type: &str,
    #[case] kind: &str,
    #[case] own: usize,
) {
    let app = TestApp::start().await;
    app.stop_asking(PermissionGroup::FlexibleAssets).await;
    let ann = technician_of(&app, "ann", only(&[ACME])).await;
    let field = json!({ "tag-type": tag_type });
    let control = app.simulator.control();
    assert!(control.edit("flexible_asset_fields", SYSTEMS, field));
    let backup = |systems: &[u64]| {
        json!({
            "method": "POST", "path": "/flexible_assets",
            "body": {"data": {"type": "flexible-assets", "attributes": {
                "organization-id": ACME, "flexible-asset-type-id": 23, "traits": {
                    "solution": "Tape", "retention-days": 30, "protected-systems": systems}}}},
        })
    };
    let mut systems = ids_of(&app, kind, ACME);
    systems.truncate(own);
    assert_eq!(systems.len(), own);
    let id = app.agent().has_proposed(backup(&systems)).await;
    let allowed = app.agent().sees(&id).await;
    assert_eq!(allowed["verdict"]["verdict"], "allowed", "{allowed:#}");
    systems.extend(ids_of(&app, kind, GLOBEX).last());
    let id = app.agent().has_proposed(backup(&systems)).await;
    let asked = app.agent().sees(&id).await;
    assert_eq!(asked["status"], "pending", "{asked:#}");
    assert_eq!(asked["verdict"]["rule"], "content.other_organization");
    assert_eq!(asked["tier"], "critical");
    assert!(is_warned_of(&asked, "other_organization"), "{asked:#}");
    let path = format!("/api/v1/review/proposals/{id}");
    let unseen = app.caller(&ann).get(&path).await;
    unseen.is_problem(404, "not-found");
}

#[tokio::test]
async fn t6_a_folder_that_is_not_found_with_the_client_may_be_anothers() {
    let app = TestApp::start().await;
    let ann = technician_of(&app, "ann", only(&[ACME])).await;
    let into = |folder: u64| {
        json!({
            "method": "PATCH", "path": "/passwords/601",
            "body": {"data": {"type": "passwords", "attributes": {"password-folder-id": folder}}},
        })
    };
    let own = app.agent().has_proposed(into(652)).await;
    let opened = app.caller(&ann).opens(&own).await;
    assert!(!is_warned_of(&opened, "other_organization"), "{opened:#}");
    let theirs = ids_of(&app, "password_folders", GLOBEX)[0];
    let id = app.agent().has_proposed(into(theirs)).await;
    let opened = app.technician().opens(&id).await;
    assert!(is_warned_of(&opened, "other_organization"), "{opened:#}");
    let path = format!("/api/v1/review/proposals/{id}");
    let unseen = app.caller(&ann).get(&path).await;
    unseen.is_problem(404, "not-found");
}
