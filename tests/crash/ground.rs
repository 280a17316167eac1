//! What stands before the server is first started: an IT Glue, and an installation with a
//! connection to it, an agent and a technician.

use std::hash::{BuildHasher as _, RandomState};
use std::path::Path;

use countersign::access::ProvenAdministrator;
use countersign::admin::{
    Admin, AgentRequest, ConnectionRequest, PersonRequest, ProfileChange, TokenRequest,
};
use countersign::domain::{
    Name, OrganizationScope, PermissionGroup, Preset, Role, Scope, ScopeSet,
};
use countersign::itglue::Region;
use countersign::server::Installation;
use countersign::server::clock::Clock;
use countersign::server::settings::Settings;
use countersign::simulator::{self, Control, Fault, FaultKind};
use secrecy::ExposeSecret as _;
use serde_json::Value;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

use crate::process::Home;
use crate::report::variable;

/// Contacts that are changed; the others are left alone.
const CONTACTS: usize = 24;
const ASSETS: usize = 3;

pub struct Ground {
    pub simulator: simulator::Running,
    pub home: Home,
    pub tokens: Tokens,
}

#[derive(Clone)]
pub struct Tokens {
    pub agent: String,
    pub technician: String,
}

impl Ground {
    pub async fn prepare(seed: u64) -> Self {
        Self::prepare_with(seed, &[]).await
    }

    /// With settings other than usual here.
    pub async fn prepare_with(seed: u64, settings: &[(&'static str, &str)]) -> Self {
        Self::prepare_before(patient(seed), settings).await
    }

    /// Before an IT Glue of this kind.
    pub async fn prepare_before(
        simulator: simulator::Settings,
        settings: &[(&'static str, &str)],
    ) -> Self {
        let simulator = simulator::start(simulator).await.unwrap();
        let home = Home::with(settings);
        let tokens = populate(home.settings(), simulator.base_url()).await;
        Self {
            simulator,
            home,
            tokens,
        }
    }
}

impl Ground {
    /// A copy of this one, with an IT Glue of its own. Much cheaper than another from nothing.
    pub async fn copy(&self, seed: u64, settings: &[(&'static str, &str)]) -> Self {
        let simulator = simulator::start(patient(seed)).await.unwrap();
        let home = Home::with(settings);
        let (from, to) = (self.home.settings(), home.settings());
        to.create_data_dir().unwrap();
        for file in std::fs::read_dir(&from.data_dir).unwrap() {
            let file = file.unwrap();
            std::fs::copy(file.path(), to.data_dir.join(file.file_name())).unwrap();
        }
        point_at(&to.database_path, &simulator.base_url()).await;
        Self {
            simulator,
            home,
            tokens: self.tokens.clone(),
        }
    }
}

/// An IT Glue that allows as much as anybody wants.
fn patient(seed: u64) -> simulator::Settings {
    simulator::Settings {
        requests_per_window: 10_000_000,
        seed,
        ..simulator::Settings::default()
    }
}

/// Lets the connection of a copied database lead elsewhere.
#[expect(
    clippy::disallowed_methods,
    reason = "no command changes the address of a connection"
)]
async fn point_at(database: &Path, base_url: &str) {
    let options = SqliteConnectOptions::new().filename(database);
    let mut connection = options.connect().await.unwrap();
    sqlx::query("UPDATE connections SET base_url = $1")
        .bind(base_url)
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
}

async fn populate(settings: Settings, base_url: String) -> Tokens {
    let installation = Installation::open_or_create(settings, Clock::system())
        .await
        .unwrap();
    let admin = installation.admin();
    let by = ProvenAdministrator::operator();
    let request = ConnectionRequest {
        name: name("main"),
        region: Region::Us,
        base_url: Some(base_url),
        api_key: simulator::DEMO_API_KEY.into(),
        no_test: false,
    };
    admin.create_connection(&by, request).await.unwrap();
    let tokens = Tokens {
        agent: agent(&admin, &by).await,
        technician: technician(&admin, &by).await,
    };
    installation.store.close().await;
    tokens
}

async fn agent(admin: &Admin, by: &ProvenAdministrator) -> String {
    let profile = name("Everything");
    admin
        .create_profile(by, &profile, Preset::FullAccess)
        .await
        .unwrap();
    let change = ProfileChange {
        group: Some(PermissionGroup::Contacts),
        delete: Some(true),
        ..ProfileChange::default()
    };
    admin.set_profile(by, &profile, change).await.unwrap();
    let request = AgentRequest {
        name: name("triage-bot"),
        profile: profile.into(),
        connection: name("main").into(),
        organizations: OrganizationScope::All,
        gateway_wait: countersign::domain::GatewayWait::default(),
        owner: None,
    };
    admin.create_agent(by, request).await.unwrap();
    let token = admin
        .create_agent_token(by, &name("triage-bot").into(), TokenRequest::default())
        .await
        .unwrap();
    token.token.expose_secret().to_owned()
}

async fn technician(admin: &Admin, by: &ProvenAdministrator) -> String {
    let email = "sam@example.com".parse().unwrap();
    let request = PersonRequest {
        email: "sam@example.com".parse().unwrap(),
        name: "Sam".parse().unwrap(),
        role: Role::Technician,
        password: Some("a long enough pass phrase".into()),
    };
    admin.create_user(by, request).await.unwrap();
    let scopes = [Scope::Read, Scope::Decide, Scope::DecideCritical];
    let scopes = Some(scopes.into_iter().collect::<ScopeSet>());
    let token = admin
        .create_user_token(by, &email, scopes, TokenRequest::default())
        .await
        .unwrap();
    token.token.expose_secret().to_owned()
}

/// Contacts that IT Glue lets us change.
pub fn contacts(control: &Control) -> Vec<u64> {
    let is_ours = |contact: &Value| contact["psa-integration"] == "disabled";
    let contacts = control.records("contacts");
    let ids = contacts.iter().filter(|contact| is_ours(contact));
    ids.filter_map(|contact| contact["id"].as_u64())
        .take(CONTACTS)
        .collect()
}

/// Assets that have a location.
pub fn assets(control: &Control) -> Vec<u64> {
    let has_location = |asset: &Value| asset["traits"]["location"].is_string();
    let assets = control.records("flexible_assets");
    let ids = assets.iter().filter(|asset| has_location(asset));
    ids.filter_map(|asset| asset["id"].as_u64())
        .take(ASSETS)
        .collect()
}

/// All that can go wrong with a write and still be told. Nothing arrives later than the settle time:
/// that is the one assumption.
pub fn writes_go_wrong() -> Vec<FaultKind> {
    let after = "1".to_owned();
    vec![
        FaultKind::ResetBefore,
        FaultKind::ResetAfter,
        FaultKind::ErrorBefore { status: 500 },
        FaultKind::ErrorBefore { status: 504 },
        FaultKind::ErrorAfter { status: 500 },
        FaultKind::ErrorAfter { status: 504 },
        FaultKind::CutBody,
        FaultKind::CutHead,
        FaultKind::CreatedWithHtml,
        FaultKind::TooManyRequests {
            retry_after: Some(after),
        },
        FaultKind::Slow { ms: 200 },
        FaultKind::Slow { ms: 1300 },
        FaultKind::HangThenApply { ms: 200 },
        FaultKind::HangThenApply { ms: 1200 },
        FaultKind::ApplyAfterClientLeft { ms: 600 },
    ]
}

/// About a quarter of all writes go wrong in one way or another, and a few reads.
pub fn misbehave(control: &Control) {
    let kinds = writes_go_wrong();
    for method in ["POST", "PATCH", "DELETE"] {
        for kind in &kinds {
            control.fault(always_possible(method, kind.clone()));
        }
    }
    control.fault(always_possible("GET", FaultKind::ResetBefore));
    control.fault(always_possible(
        "GET",
        FaultKind::ErrorBefore { status: 502 },
    ));
}

fn always_possible(method: &str, kind: FaultKind) -> Fault {
    Fault {
        times: u32::MAX,
        probability_percent: 2,
        ..Fault::next(kind).on(method)
    }
}

pub fn seed() -> u64 {
    let given = variable("COUNTERSIGN_CRASH_SEED").map(|seed| seed.parse().unwrap());
    given.unwrap_or_else(|| RandomState::new().hash_one(0) % 1_000_000)
}

pub fn name(text: &str) -> Name {
    text.parse().unwrap()
}
