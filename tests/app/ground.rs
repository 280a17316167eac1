//! What every test stands on: a server of its own on loopback, with people, an agent and a
//! simulator, spoken to over HTTP.

use std::path::Path;
use std::time::{Duration, Instant};

use countersign::access::ProvenAdministrator;
use countersign::admin::{
    AgentRequest, ConnectionRequest, PersonRequest, ProfileChange, TokenRequest,
};
use countersign::domain::{
    AccessLevel, AuditAction, Name, OrganizationScope, PermissionGroup, Preset, Role, Scope,
    ScopeSet,
};
use countersign::itglue::Region;
use countersign::server::clock::Clock;
use countersign::server::settings::{Environment, Settings, SettingsArgs};
use countersign::server::{Running, Server};
use countersign::simulator;
use reqwest::{Method, StatusCode};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::conformance::Sent;

/// How long a condition may take to come true. Long, because it only counts where a test fails.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A server with everything around it.
pub struct TestApp {
    pub simulator: simulator::Running,
    server: Running,
    http: reqwest::Client,
    agent_token: String,
    other_agent_token: String,
    technician_token: String,
    second_technician_token: String,
    auditor_token: String,
    careless_token: String,
    administrator_token: String,
    environment: Environment,
    folder: TempDir,
}

/// An answer, taken apart.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub body: Value,
    pub headers: reqwest::header::HeaderMap,
}

/// Somebody with a token.
pub struct Caller<'a> {
    app: &'a TestApp,
    token: &'a str,
}

impl TestApp {
    /// A server that carries decisions out at once and settles in two seconds.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// The same with settings of its own.
    pub async fn start_with(settings: &[(&str, &str)]) -> Self {
        Self::start_at(Clock::system(), settings).await
    }

    /// The same at a time of its own.
    pub async fn start_at(clock: Clock, settings: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().unwrap();
        let simulator = simulator::start(simulator::Settings {
            requests_per_window: 1_000_000,
            ..simulator::Settings::default()
        })
        .await
        .unwrap();
        let mut environment = vec![
            ("COUNTERSIGN_LISTEN", "127.0.0.1:0"),
            ("COUNTERSIGN_HOLD_SECONDS", "0"),
            ("COUNTERSIGN_SETTLE_SECONDS", "2"),
            ("COUNTERSIGN_ITGLUE_RATE", "600000/60s"),
            ("COUNTERSIGN_TOKEN_RATE", "100000/60s"),
            ("COUNTERSIGN_REQUEST_TIMEOUT", "5"),
            ("COUNTERSIGN_ALLOW_BASE_URL", "1"),
            ("COUNTERSIGN_SECOND_FACTOR", "off"),
        ];
        environment.retain(|(key, _)| !settings.iter().any(|(other, _)| other == key));
        environment.extend_from_slice(settings);
        let data_dir = folder.path().join("data");
        environment.push(("COUNTERSIGN_DATA_DIR", data_dir.to_str().unwrap()));
        let environment: Environment = environment
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect();
        let server = serve(&environment, &folder, clock).await;
        Self::populate(simulator, server, environment, folder).await
    }

    /// Stops the server, lets something happen to its folder, and starts it again.
    pub async fn stop_then(self, happens: impl FnOnce(&Path)) -> Self {
        assert!(self.server.stop().await, "something did not end");
        happens(&self.folder.path().join("data"));
        Self {
            server: serve(&self.environment, &self.folder, Clock::system()).await,
            ..self
        }
    }

    /// Lets the time pass in which approvals could be undone.
    pub async fn ends_holds(&self) {
        let state = self.server.state();
        let later = state.clock.now().plus_seconds(24 * 60 * 60);
        state.store.release_held(later).await.unwrap();
        state.wake.notify_one();
    }

    async fn populate(
        simulator: simulator::Running,
        server: Running,
        environment: Environment,
        folder: TempDir,
    ) -> Self {
        let admin = &server.state().admin;
        let operator = ProvenAdministrator::operator();
        admin
            .create_connection(
                &operator,
                ConnectionRequest {
                    name: name("main"),
                    region: Region::Us,
                    base_url: Some(simulator.base_url()),
                    api_key: simulator::DEMO_API_KEY.into(),
                    no_test: false,
                },
            )
            .await
            .unwrap();
        admin
            .create_profile(&operator, &name("Everything"), Preset::FullAccess)
            .await
            .unwrap();
        let mut tokens = Vec::new();
        for agent in ["triage-bot", "onboard-bot"] {
            admin
                .create_agent(
                    &operator,
                    AgentRequest {
                        name: name(agent),
                        profile: name("Everything").into(),
                        connection: name("main").into(),
                        organizations: OrganizationScope::All,
                        gateway_wait: countersign::domain::GatewayWait::default(),
                        owner: None,
                    },
                )
                .await
                .unwrap();
            let token = admin
                .create_agent_token(&operator, &name(agent).into(), TokenRequest::default())
                .await
                .unwrap();
            tokens.push(token.token.expose_secret().to_owned());
        }
        let all = Scope::ALL;
        let people = [
            ("sam@example.com", "Sam", Role::Technician, &all[..3]),
            ("kim@example.com", "Kim", Role::Technician, &all[..3]),
            ("ada@example.com", "Ada", Role::Auditor, &all[..1]),
            ("cas@example.com", "Cas", Role::Technician, &all[..2]),
            ("max@example.com", "Max", Role::Administrator, all),
        ];
        for (email, person, role, scopes) in people {
            admin
                .create_user(
                    &operator,
                    PersonRequest {
                        email: email.parse().unwrap(),
                        name: person.parse().unwrap(),
                        role,
                        password: Some("a long enough pass phrase".into()),
                    },
                )
                .await
                .unwrap();
            let scopes = scopes.iter().copied().collect::<ScopeSet>();
            let token = admin
                .create_user_token(
                    &operator,
                    &email.parse().unwrap(),
                    Some(scopes),
                    TokenRequest::default(),
                )
                .await
                .unwrap();
            tokens.push(token.token.expose_secret().to_owned());
        }
        let mut tokens = tokens.into_iter();
        let mut next = || tokens.next().unwrap();
        Self {
            simulator,
            server,
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            agent_token: next(),
            other_agent_token: next(),
            technician_token: next(),
            second_technician_token: next(),
            auditor_token: next(),
            careless_token: next(),
            administrator_token: next(),
            environment,
            folder,
        }
    }

    /// The agent whose profile allows everything, asking before each write.
    pub fn agent(&self) -> Caller<'_> {
        self.caller(&self.agent_token)
    }

    /// Another agent.
    pub fn other_agent(&self) -> Caller<'_> {
        self.caller(&self.other_agent_token)
    }

    /// A technician with every scope of one.
    pub fn technician(&self) -> Caller<'_> {
        self.caller(&self.technician_token)
    }

    /// A colleague.
    pub fn colleague(&self) -> Caller<'_> {
        self.caller(&self.second_technician_token)
    }

    /// A person who only looks.
    pub fn auditor(&self) -> Caller<'_> {
        self.caller(&self.auditor_token)
    }

    /// A technician whose token cannot decide critical proposals.
    pub fn without_critical(&self) -> Caller<'_> {
        self.caller(&self.careless_token)
    }

    /// An administrator with every scope there is.
    pub fn administrator(&self) -> Caller<'_> {
        self.caller(&self.administrator_token)
    }

    /// Somebody with this token.
    pub fn caller<'a>(&'a self, token: &'a str) -> Caller<'a> {
        Caller { app: self, token }
    }

    /// What the server is made of.
    pub const fn server(&self) -> &Running {
        &self.server
    }

    /// Changes one group of the agents' profile.
    pub async fn profile(&self, change: ProfileChange) {
        self.server
            .state()
            .admin
            .set_profile(
                &ProvenAdministrator::operator(),
                &name("Everything"),
                change,
            )
            .await
            .unwrap();
    }

    /// Switches asking off in a group.
    pub async fn stop_asking(&self, group: PermissionGroup) {
        let change = ProfileChange {
            group: Some(group),
            ask: Some(false),
            ..ProfileChange::default()
        };
        self.profile(change).await;
    }

    /// Takes a group's write access away.
    pub async fn make_read_only(&self, group: PermissionGroup) {
        let change = ProfileChange {
            group: Some(group),
            access: Some(AccessLevel::ReadOnly),
            ..ProfileChange::default()
        };
        self.profile(change).await;
    }

    /// Takes a group away altogether.
    pub async fn disable(&self, group: PermissionGroup) {
        let change = ProfileChange {
            group: Some(group),
            access: Some(AccessLevel::Disabled),
            ..ProfileChange::default()
        };
        self.profile(change).await;
    }

    /// The details of every audit row of this kind, the oldest first.
    pub async fn audited(&self, action: AuditAction) -> Vec<Value> {
        let rows = self
            .server
            .state()
            .store
            .audit_after(0, 10_000)
            .await
            .unwrap();
        rows.into_iter()
            .filter(|row| row.action == action)
            .map(|row| row.details)
            .collect()
    }

    /// The attributes of a record, as IT Glue really has it.
    pub fn record(&self, kind: &str, id: u64) -> Value {
        self.simulator.control().record(kind, id).unwrap()
    }

    /// A contact that is neither a well-known nor a synced one: the agent makes it, as in real life.
    pub async fn another_contact(&self) -> u64 {
        let id = self
            .agent()
            .has_proposed(json!({
                "method": "POST", "path": "/contacts",
                "body": {"data": {"type": "contacts", "attributes": {
                    "organization-id": 2, "first-name": "Another", "last-name": "Contact"}}},
            }))
            .await;
        self.technician().approves(&id).await;
        let applied = self.agent().waits_for(&id, "applied").await;
        applied["outcome"]["resource_id"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap()
    }

    /// How many writes of this method and path reached IT Glue and were carried out.
    pub fn applied_writes(&self, method: &str, path: &str) -> usize {
        self.simulator
            .control()
            .requests()
            .iter()
            .filter(|request| request.method == method && request.path == path && request.applied)
            .count()
    }

    /// How many writes of any kind reached IT Glue.
    pub fn writes(&self) -> usize {
        self.simulator
            .control()
            .requests()
            .iter()
            .filter(|request| request.method != "GET")
            .count()
    }

    /// The audit chain must be whole at the end of every test that looks at it.
    pub async fn audit_is_whole(&self) {
        let verdict = self.server.state().store.verify_audit().await.unwrap();
        assert!(verdict.is_ok(), "{verdict:?}");
    }

    /// What whoever watches the server reads.
    pub async fn metrics(&self) -> String {
        let address = self.server.metrics_address().unwrap();
        let page = self.http.get(format!("http://{address}/metrics"));
        page.send().await.unwrap().text().await.unwrap()
    }

    /// Where something is.
    pub fn address(&self, path: &str) -> String {
        format!("http://{}{path}", self.server.address())
    }

    /// A request as it is, without a token.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = format!("http://{}{path}", self.server.address());
        self.http.request(method, url)
    }
}

impl Caller<'_> {
    /// What opens the doors.
    pub const fn token(&self) -> &str {
        self.token
    }

    /// Sends a request with the caller's token.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.app.request(method, path).bearer_auth(self.token)
    }

    /// Reads.
    pub async fn get(&self, path: &str) -> Answer {
        answer(self.request(Method::GET, path)).await
    }

    /// Sends JSON by another method than `POST`.
    pub async fn sends(&self, method: Method, path: &str, body: &Value) -> Answer {
        answer(self.request(method, path).json(body)).await
    }

    /// Deletes.
    pub async fn deletes(&self, path: &str) -> Answer {
        answer(self.request(Method::DELETE, path)).await
    }

    /// Posts JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        answer(self.request(Method::POST, path).json(body)).await
    }

    /// Proposes; the summary is filled in where the test does not care.
    pub async fn proposes(&self, proposal: Value) -> Answer {
        let mut proposal = proposal;
        if proposal.get("summary").is_none() {
            proposal["summary"] = json!("a test");
        }
        self.post("/api/v1/proposals", &proposal).await
    }

    /// Proposes and must be taken in; gives the id.
    pub async fn has_proposed(&self, proposal: Value) -> String {
        let answer = self.proposes(proposal).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{:#}", answer.body);
        answer.body["id"].as_str().unwrap().to_owned()
    }

    /// Reads an own proposal.
    pub async fn sees(&self, id: &str) -> Value {
        let answer = self.get(&format!("/api/v1/proposals/{id}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{:#}", answer.body);
        answer.body
    }

    /// Waits until an own proposal has this status.
    pub async fn waits_for(&self, id: &str, status: &str) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let proposal = self.sees(id).await;
            if proposal["status"] == status {
                return proposal;
            }
            assert!(
                Instant::now() < deadline,
                "still not {status}: {proposal:#}"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until an own proposal was read back.
    pub async fn waits_for_verification(&self, id: &str) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let proposal = self.sees(id).await;
            if proposal["outcome"]["verified"].is_boolean() {
                return proposal;
            }
            assert!(Instant::now() < deadline, "never read back: {proposal:#}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Opens a proposal as a reviewer.
    pub async fn opens(&self, id: &str) -> Value {
        let answer = self.get(&format!("/api/v1/review/proposals/{id}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{:#}", answer.body);
        answer.body
    }

    /// Opens and approves as shown.
    pub async fn approves(&self, id: &str) -> Answer {
        self.approves_with(id, json!({})).await
    }

    /// Opens and approves with more than the fingerprint.
    pub async fn approves_with(&self, id: &str, more: Value) -> Answer {
        let opened = self.opens(id).await;
        let mut body = json!({"fingerprint": opened["fingerprint"], "reason": "looks right"});
        for (key, value) in more.as_object().unwrap() {
            body[key] = value.clone();
        }
        self.decides(id, "approve", &body).await
    }

    /// Opens and rejects.
    pub async fn rejects(&self, id: &str, reason: &str) -> Answer {
        let opened = self.opens(id).await;
        let body = json!({"fingerprint": opened["fingerprint"], "reason": reason});
        self.decides(id, "reject", &body).await
    }

    /// Posts a decision as it is.
    pub async fn decides(&self, id: &str, what: &str, body: &Value) -> Answer {
        self.post(&format!("/api/v1/review/proposals/{id}/{what}"), body)
            .await
    }
}

impl Answer {
    /// The last part of the problem's type.
    pub fn slug(&self) -> &str {
        let kind = self.body["type"].as_str().unwrap_or_default();
        kind.rsplit([':', '/']).next().unwrap_or_default()
    }

    /// Must have this status.
    #[track_caller]
    pub fn is(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{:#}", self.body);
        self.body
    }

    /// Must be this problem.
    #[track_caller]
    pub fn is_problem(&self, status: u16, slug: &str) {
        assert_eq!(
            (self.status.as_u16(), self.slug()),
            (status, slug),
            "{:#}",
            self.body
        );
        assert_eq!(self.headers["content-type"], "application/problem+json");
        assert!(
            self.body["detail"]
                .as_str()
                .is_some_and(|detail| !detail.is_empty())
        );
        assert!(self.headers.contains_key("x-request-id"));
    }

    /// The pointers of the fields that do not fit.
    pub fn pointers(&self) -> Vec<&str> {
        let errors = self.body["errors"].as_array();
        errors
            .into_iter()
            .flatten()
            .filter_map(|error| error["pointer"].as_str())
            .collect()
    }
}

async fn serve(environment: &Environment, folder: &TempDir, clock: Clock) -> Running {
    let settings = Settings::load(&SettingsArgs::default(), environment, folder.path());
    Server::start(settings.unwrap(), clock).await.unwrap()
}

/// Sends and takes the answer apart. It must be as the API is documented.
pub async fn answer(request: reqwest::RequestBuilder) -> Answer {
    let (client, request) = request.build_split();
    let request = request.unwrap();
    let sent = Sent::of(&request);
    let response = client.execute(request).await.unwrap();
    let status = response.status();
    let headers = response.headers().clone();
    // An event stream goes on for as long as it is listened to.
    let is_stream = headers
        .get(reqwest::header::CONTENT_TYPE)
        .is_some_and(|kind| kind == "text/event-stream");
    let text = if is_stream {
        String::new()
    } else {
        response.text().await.unwrap()
    };
    let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
    let answer = Answer {
        status,
        body,
        headers,
    };
    sent.is_answered_as_documented(&answer);
    answer
}

/// A change of Dana Reyes' title.
pub fn new_title(title: &str) -> Value {
    json!({
        "method": "PATCH",
        "path": "/contacts/501",
        "body": {"data": {"type": "contacts", "attributes": {"title": title}}},
    })
}

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

/// A client that does what it is told and follows no redirect.
pub fn plain_client() -> reqwest::Client {
    let client = reqwest::Client::builder().no_proxy();
    let client = client.redirect(reqwest::redirect::Policy::none());
    client.build().unwrap()
}
