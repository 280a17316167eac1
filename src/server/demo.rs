//! The demo: an installation of its own with a made-up IT Glue inside, people, and agents.
//!
//! Its data folder is marked for good. A marked folder takes no key of a real IT Glue and is not
//! served as anything but a demo; a folder with real data never becomes one.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io};

use anyhow::{Context as _, bail};
use secrecy::SecretString;

use super::installation::{Installation, is_demo, mark_demo};
use super::settings::{Rate, Settings, SettingsArgs};
use crate::access::ProvenAdministrator;
use crate::admin::{
    Admin, AdminError, AgentRequest, ConnectionRequest, PersonRequest, TokenRequest,
};
use crate::domain::{Email, Name, OrganizationScope, PersonName, Preset, Role};
use crate::itglue::Region;
use crate::secrets::random;
use crate::simulator;

const CONNECTION: &str = "demo";
const PROFILE: &str = "Documentation agents";
const TRIAGE_BOT: &str = "triage-bot";
const ONBOARD_BOT: &str = "onboard-bot";

/// The made-up IT Glue answers as fast as it is asked: nobody should wait in a demo.
const RATE: Rate = Rate {
    requests: 60_000,
    per: Duration::from_mins(1),
};
const REQUESTS_PER_WINDOW: u32 = 1_000_000;

/// A person who can sign in.
#[derive(Debug)]
pub struct DemoPerson {
    /// The address.
    pub email: &'static str,
    /// The password, new at each start.
    pub password: SecretString,
}

/// An agent with a token.
#[derive(Debug)]
pub struct DemoAgent {
    /// Its name.
    pub name: &'static str,
    /// A token, new at each start.
    pub token: SecretString,
}

/// A demo, ready to be shown.
#[derive(Debug)]
pub struct Demo {
    /// May do everything.
    pub administrator: DemoPerson,
    /// May decide.
    pub technician: DemoPerson,
    /// The agent people try.
    pub agent: DemoAgent,
    /// The agent that proposed before.
    pub onboarding_agent: DemoAgent,
    /// The made-up IT Glue.
    pub simulator: simulator::Running,
}

/// A folder that is gone when the demo ends.
#[derive(Debug)]
pub struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    /// Makes one that nobody else can look into.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn make() -> io::Result<Self> {
        let name = format!("countersign-demo-{}", *random::alphanumeric(10));
        let path = std::env::temp_dir().join(name);
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&path)?;
        Ok(Self(path))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        // What is left behind lies in the system's folder for such things.
        let _removed = fs::remove_dir_all(&self.0);
    }
}

/// The settings a demo starts with. It listens on loopback unless `exposed` says once more that it
/// may be reached from elsewhere.
///
/// # Errors
/// If the address is not loopback, or the data folder holds real data.
pub fn prepare(settings: &mut Settings, exposed: bool) -> anyhow::Result<()> {
    if !settings.listen.ip().is_loopback() && !exposed {
        bail!(
            "the demo would be reachable from other machines at {}, and its passwords are on the \
             screen; listen on 127.0.0.1, or say --expose-demo too",
            settings.listen
        );
    }
    settings.create_data_dir()?;
    if settings.database_path.exists() && !is_demo(settings) {
        bail!(
            "{} holds data that is not the demo's; name another folder with --data-dir",
            settings.data_dir.display()
        );
    }
    mark_demo(settings).context("cannot write to the data folder")?;
    settings.itglue_rate = RATE;
    Ok(())
}

/// A demo's folder is not served as the real thing.
///
/// # Errors
/// If it is a demo's.
pub fn refuse_demo_data(settings: &Settings) -> anyhow::Result<()> {
    if is_demo(settings) {
        bail!(
            "{} holds a demo; start it with --demo, or name another folder with --data-dir",
            settings.data_dir.display()
        );
    }
    Ok(())
}

/// Starts the made-up IT Glue and puts in what is not there yet. Passwords and tokens are new each
/// time, so that what is shown is always valid.
///
/// # Errors
/// If the simulator cannot listen or something cannot be added.
pub async fn populate(installation: &Installation) -> anyhow::Result<Demo> {
    let admin = installation.admin();
    let by = ProvenAdministrator::operator();
    let simulator = start_simulator(&admin, &by).await?;
    connect(&admin, &by, &simulator.base_url()).await?;
    let administrator = person(&admin, &by, Role::Administrator).await?;
    let technician = person(&admin, &by, Role::Technician).await?;
    ignore_taken(
        admin
            .create_profile(&by, &name(PROFILE)?, Preset::Documentation)
            .await,
    )?;
    Ok(Demo {
        administrator,
        technician,
        agent: agent(&admin, &by, TRIAGE_BOT).await?,
        onboarding_agent: agent(&admin, &by, ONBOARD_BOT).await?,
        simulator,
    })
}

/// On the port it had before, if there is a connection to it already.
async fn start_simulator(
    admin: &Admin,
    by: &ProvenAdministrator,
) -> anyhow::Result<simulator::Running> {
    let connections = admin.list_connections(by).await?;
    let known = connections.iter().find(|one| one.name == CONNECTION);
    let known = known.and_then(|one| one.base_url.as_deref()?.strip_prefix("http://"));
    let listen: SocketAddr = match known {
        Some(address) => address.parse()?,
        None => SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
    };
    let settings = simulator::Settings {
        listen,
        requests_per_window: REQUESTS_PER_WINDOW,
        ..simulator::Settings::default()
    };
    simulator::start(settings).await.with_context(|| {
        format!("the demo's IT Glue cannot listen on {listen}; name another --data-dir")
    })
}

async fn connect(admin: &Admin, by: &ProvenAdministrator, base_url: &str) -> anyhow::Result<()> {
    let request = ConnectionRequest {
        name: name(CONNECTION)?,
        region: Region::Us,
        base_url: Some(base_url.to_owned()),
        api_key: simulator::DEMO_API_KEY.into(),
        no_test: false,
    };
    ignore_taken(admin.create_connection(by, request).await)
}

async fn person(admin: &Admin, by: &ProvenAdministrator, role: Role) -> anyhow::Result<DemoPerson> {
    let (address, called) = match role {
        Role::Administrator => ("admin@demo.example", "Alex Morgan"),
        Role::Technician => ("tech@demo.example", "Robin Park"),
        Role::Auditor => ("audit@demo.example", "Kim Lane"),
    };
    let email: Email = address.parse()?;
    let request = PersonRequest {
        email: email.clone(),
        name: called.parse::<PersonName>()?,
        role,
        password: None,
    };
    let credentials = match admin.create_user(by, request).await {
        Err(AdminError::NameTaken { .. }) => admin.reset_password(by, &email, None).await,
        other => other,
    }?;
    Ok(DemoPerson {
        email: address,
        password: credentials.made_password.context("no password was made")?,
    })
}

async fn agent(
    admin: &Admin,
    by: &ProvenAdministrator,
    called: &'static str,
) -> anyhow::Result<DemoAgent> {
    let request = AgentRequest {
        name: name(called)?,
        profile: name(PROFILE)?.into(),
        connection: name(CONNECTION)?.into(),
        organizations: OrganizationScope::All,
        gateway_wait: crate::domain::GatewayWait::default(),
        owner: None,
    };
    ignore_taken(admin.create_agent(by, request).await)?;
    let token = admin
        .create_agent_token(by, &name(called)?.into(), TokenRequest::default())
        .await?;
    Ok(DemoAgent {
        name: called,
        token: token.token,
    })
}

/// What is there from the start before stays as it is.
fn ignore_taken<T>(made: Result<T, AdminError>) -> anyhow::Result<()> {
    match made {
        Ok(_) | Err(AdminError::NameTaken { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn name(text: &str) -> anyhow::Result<Name> {
    Ok(text.parse()?)
}

impl Demo {
    /// A line for the shell that proposes a write.
    pub fn curl(&self, address: &str, token: &str) -> String {
        let body = serde_json::json!({
            "method": "PATCH",
            "path": "/contacts/501",
            "body": { "data": { "type": "contacts", "attributes": { "title": "Office Manager" } } },
            "summary": "Dana Reyes is the office manager now",
            "ticket": { "id": "T-8812" },
        });
        format!(
            "curl -sS {address}/api/v1/proposals -H 'Authorization: Bearer {token}' \
             -H 'Content-Type: application/json' -d '{body}'"
        )
    }
}

/// The flags of a demo: what was given, else data in this folder and no second factor.
#[must_use]
pub fn flags(given: SettingsArgs, temporary_folder: &Path) -> SettingsArgs {
    given.for_demo(temporary_folder)
}
