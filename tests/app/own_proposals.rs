//! T6: to an agent, another's proposals are not there, at any door: by id, in lists, under an
//! idempotency key, in events, while waiting, at the gateway.

use countersign::api::{DeclaredRoute, Needs, routes};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::gateway::is_error;
use crate::gateway_scope::agent_of;
use crate::ground::{Answer, TestApp, answer};

const ACME: u64 = 2;
const GLOBEX: u64 = 3;
/// No proposal has this id.
const NOWHERE: &str = "01981f6e-0000-7000-8000-000000000000";

/// Two agents for different clients, with proposals in several states.
struct Neighbors {
    app: TestApp,
    of_acme: String,
    of_globex: String,
    /// The proposals of the second.
    foreign: Vec<String>,
}

fn contact_of(organization: u64, first_name: &str) -> Value {
    json!({
        "method": "POST", "path": "/contacts", "summary": "a neighbor's",
        "body": {"data": {"type": "contacts", "attributes": {
            "organization-id": organization, "first-name": first_name, "last-name": "Ito"}}},
    })
}

impl Neighbors {
    async fn new() -> Self {
        let app = TestApp::start().await;
        let of_acme = agent_of(&app, "of-acme", &[ACME]).await;
        let of_globex = agent_of(&app, "of-globex", &[GLOBEX]).await;
        let theirs = app.caller(&of_globex);
        let mut foreign = Vec::new();
        for name in ["Waiting", "Rejected", "Applied"] {
            foreign.push(theirs.has_proposed(contact_of(GLOBEX, name)).await);
        }
        app.technician().rejects(&foreign[1], "no").await.is(200);
        app.technician().approves(&foreign[2]).await.is(200);
        theirs.waits_for(&foreign[2], "applied").await;
        Self {
            app,
            of_acme,
            of_globex,
            foreign,
        }
    }

    /// Every route of agents that names a proposal, as they are declared.
    async fn knocks(&self, id: &str) -> Vec<(String, StatusCode, Value)> {
        let names_one = |route: &DeclaredRoute| route.path.contains("{id}");
        let of_agents = routes().into_iter();
        let of_agents = of_agents.filter(|route| route.needs == Needs::Agent && names_one(route));
        let mut answers = Vec::new();
        for route in of_agents {
            let path = route.path.replace("{id}", id);
            let request = self
                .app
                .caller(&self.of_acme)
                .request(route.method.clone(), &path);
            let request = request.header("prefer", "wait=30");
            let request = match route.method {
                Method::GET => request,
                _ => request.json(&contact_of(ACME, "Mine")),
            };
            let Answer { status, body, .. } = answer(request).await;
            let mut body = body;
            body.as_object_mut().unwrap().remove("request_id");
            answers.push((format!("{} {}", route.method, route.path), status, body));
        }
        assert!(answers.len() >= 3, "{answers:?}");
        answers
    }
}

#[tokio::test]
async fn t6_no_id_of_another_agent_tells_anything() {
    let neighbors = Neighbors::new().await;
    let nowhere = neighbors.knocks(NOWHERE).await;
    for (route, status, body) in &nowhere {
        assert_eq!(*status, 404, "{route}: {body:#}");
    }
    // Nor does any wait for what would never be told.
    let begun = std::time::Instant::now();
    for id in &neighbors.foreign {
        assert_eq!(neighbors.knocks(id).await, nowhere);
    }
    assert!(begun.elapsed().as_secs() < 25, "somebody waited");
    let own = neighbors.app.caller(&neighbors.of_acme);
    let list = own.get("/api/v1/proposals").await.is(200);
    assert_eq!(list["items"], json!([]));
    for filter in ["status=pending", "organization_id=3", "group=contacts"] {
        let path = format!("/api/v1/proposals?{filter}");
        assert_eq!(own.get(&path).await.is(200)["items"], json!([]));
    }
}

#[tokio::test]
async fn t6_an_idempotency_key_is_each_agents_own() {
    let app = TestApp::start().await;
    let of_acme = agent_of(&app, "of-acme", &[ACME]).await;
    let of_globex = agent_of(&app, "of-globex", &[GLOBEX]).await;
    let propose = |token: &str, organization| {
        let request = app.caller(token).request(Method::POST, "/api/v1/proposals");
        let request = request.header("idempotency-key", "the same");
        answer(request.json(&contact_of(organization, "Same")))
    };
    let theirs = propose(&of_globex, GLOBEX).await.is(201);
    let mine = propose(&of_acme, ACME).await.is(201);
    assert_ne!(mine["id"], theirs["id"]);
    assert_eq!(mine["agent"], "of-acme");
}

#[tokio::test]
async fn t6_nothing_of_another_agent_is_heard_or_waited_for() {
    let neighbors = Neighbors::new().await;
    let (app, foreign) = (&neighbors.app, &neighbors.foreign);
    let mut heard = app.caller(&neighbors.of_acme).listens(Some("0")).await;
    let write = json!({"data": {"type": "contacts", "attributes": {
        "organization-id": GLOBEX, "first-name": "Waiting", "last-name": "Ito"}}});
    let path = "/itglue/contacts";
    let at_the_gateway = async |token: &str| {
        let request = app.caller(token).request(Method::POST, path);
        answer(request.json(&write)).await
    };
    // The same write of an agent that may: a proposal of its own, and not its neighbor's.
    let held = at_the_gateway(&neighbors.of_globex).await;
    is_error(&held, 409);
    let refused = at_the_gateway(&neighbors.of_acme).await;
    let said = is_error(&refused, 403);
    assert!(!said.contains("Proposal"), "{said}");
    app.technician().rejects(&foreign[0], "no").await.is(200);
    let own = app.caller(&neighbors.of_acme);
    let own = own.has_proposed(contact_of(ACME, "Own")).await;
    let event = heard.next().await.unwrap();
    assert_eq!(event.data["id"], own.as_str(), "the first of them all");
}
