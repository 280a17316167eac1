//! A server with an IT Glue that answers at once, and with enough agents that none meets a limit.

use std::collections::BTreeMap;
use std::path::PathBuf;

use countersign::access::ProvenAdministrator;
use countersign::admin::{Admin, AgentRequest, ConnectionRequest, PersonRequest, TokenRequest};
use countersign::domain::{Name, OrganizationScope, Preset, Role, Scope, ScopeSet};
use countersign::itglue::Region;
use countersign::server::clock::Clock;
use countersign::server::settings::{Environment, Settings, SettingsArgs};
use countersign::server::{Installation, Running, Server};
use countersign::simulator;
use reqwest::RequestBuilder;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tempfile::TempDir;

/// Each may let as many proposals wait as any agent may.
const AGENT_TOKENS: usize = 64;
/// The technician's.
pub const EMAIL: &str = "sam@example.com";
pub const PASSWORD: &str = "a long enough pass phrase";

/// What stands before a server is started.
pub struct Ground {
    pub simulator: simulator::Running,
    pub http: reqwest::Client,
    pub agents: Vec<String>,
    pub technician: String,
    contacts: Vec<u64>,
    folder: TempDir,
    variables: BTreeMap<&'static str, &'static str>,
}

/// A server in this process.
pub struct Served {
    pub ground: Ground,
    pub server: Running,
}

impl Ground {
    pub async fn prepare() -> Self {
        let simulator = simulator::start(simulator::Settings {
            requests_per_window: 10_000_000,
            ..simulator::Settings::default()
        })
        .await
        .unwrap();
        // On the disk where the rest of the build is: the system's folder may be in memory.
        let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let contacts = simulator.control().records("contacts");
        let mut ground = Self {
            contacts: contacts.iter().filter_map(own_id).collect(),
            http: client(),
            agents: Vec::new(),
            technician: String::new(),
            simulator,
            folder,
            variables: variables().into_iter().collect(),
        };
        ground.populate().await;
        ground
    }

    pub async fn serve(self) -> Served {
        let server = Server::start(self.settings(), Clock::system())
            .await
            .unwrap();
        Served {
            ground: self,
            server,
        }
    }

    /// From the next start on, this setting has another value.
    pub fn set(&mut self, key: &'static str, value: &'static str) {
        self.variables.insert(key, value);
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    pub fn database(&self) -> PathBuf {
        self.settings().database_path
    }

    /// The body of the n-th proposal.
    pub fn proposal(&self, number: usize) -> Value {
        let contact = self.contacts[number % self.contacts.len()];
        json!({
            "method": "PATCH",
            "path": format!("/contacts/{contact}"),
            "body": {"data": {"type": "contacts", "attributes": {
                "title": format!("Title {number}"),
            }}},
            "summary": "The title has changed",
            "reason": "The ticket asks for it",
            "ticket": {"id": "T-8812", "url": "https://psa.example/T-8812"},
        })
    }

    /// The n-th proposal, to a server at this address.
    pub fn propose(&self, address: &str, number: usize) -> RequestBuilder {
        let token = &self.agents[number % self.agents.len()];
        self.http
            .post(format!("{address}/api/v1/proposals"))
            .bearer_auth(token)
            .json(&self.proposal(number))
    }

    fn settings(&self) -> Settings {
        let environment: Environment = self
            .variables
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        Settings::load(&SettingsArgs::default(), &environment, self.folder.path()).unwrap()
    }

    async fn populate(&mut self) {
        let installation = Installation::open_or_create(self.settings(), Clock::system())
            .await
            .unwrap();
        let (admin, by) = (installation.admin(), ProvenAdministrator::operator());
        let request = ConnectionRequest {
            name: name("main"),
            region: Region::Us,
            base_url: Some(self.simulator.base_url()),
            api_key: simulator::DEMO_API_KEY.into(),
            no_test: false,
        };
        admin.create_connection(&by, request).await.unwrap();
        self.agents = agents(&admin, &by).await;
        self.technician = technician(&admin, &by).await;
        installation.store.close().await;
    }
}

impl Served {
    pub fn address(&self) -> String {
        format!("http://{}", self.server.address())
    }

    pub async fn stop(self) {
        self.server.stop().await;
        self.ground.simulator.stop().await;
    }
}

pub fn variables() -> [(&'static str, &'static str); 8] {
    [
        ("COUNTERSIGN_LISTEN", "127.0.0.1:0"),
        ("COUNTERSIGN_LOG", "warn"),
        ("COUNTERSIGN_HOLD_SECONDS", "0"),
        ("COUNTERSIGN_SETTLE_SECONDS", "2"),
        ("COUNTERSIGN_ITGLUE_RATE", "1000000/10s"),
        ("COUNTERSIGN_TOKEN_RATE", "1000000/10s"),
        ("COUNTERSIGN_ALLOW_BASE_URL", "1"),
        ("COUNTERSIGN_SECOND_FACTOR", "off"),
    ]
}

/// One that takes answers as they are: nginx, as it comes, does not compress them either.
pub fn client() -> reqwest::Client {
    let client = reqwest::Client::builder().no_proxy().no_gzip();
    client.build().unwrap()
}

async fn agents(admin: &Admin, by: &ProvenAdministrator) -> Vec<String> {
    let profile = name("Everything");
    admin
        .create_profile(by, &profile, Preset::FullAccess)
        .await
        .unwrap();
    let request = AgentRequest {
        name: name("triage-bot"),
        profile: profile.into(),
        connection: name("main").into(),
        organizations: OrganizationScope::All,
        gateway_wait: countersign::domain::GatewayWait::default(),
        owner: None,
    };
    admin.create_agent(by, request).await.unwrap();
    let mut tokens = Vec::new();
    for _ in 0..AGENT_TOKENS {
        let token = admin
            .create_agent_token(by, &name("triage-bot").into(), TokenRequest::default())
            .await
            .unwrap();
        tokens.push(token.token.expose_secret().to_owned());
    }
    tokens
}

async fn technician(admin: &Admin, by: &ProvenAdministrator) -> String {
    let request = PersonRequest {
        email: EMAIL.parse().unwrap(),
        name: "Sam".parse().unwrap(),
        role: Role::Technician,
        password: Some(PASSWORD.into()),
    };
    admin.create_user(by, request).await.unwrap();
    let email = EMAIL.parse().unwrap();
    let scopes = [Scope::Read, Scope::Decide, Scope::DecideCritical];
    let scopes = Some(scopes.into_iter().collect::<ScopeSet>());
    let token = admin
        .create_user_token(by, &email, scopes, TokenRequest::default())
        .await
        .unwrap();
    token.token.expose_secret().to_owned()
}

/// The id of a contact that may be changed.
fn own_id(contact: &Value) -> Option<u64> {
    contact["id"]
        .as_u64()
        .filter(|_| contact["psa-integration"] == "disabled")
}

fn name(text: &str) -> Name {
    text.parse().unwrap()
}
