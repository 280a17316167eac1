//! `countersign connection …`

use std::process::ExitCode;

use serde_json::{Value, json};

use super::choice::one_of;
use super::common::{Common, Named, read_secret};
use super::output::Output;
use crate::admin::{ConnectionHealth, ConnectionOverview, ConnectionRequest, ConnectionTest};
use crate::domain::Name;
use crate::itglue::{BaseUrl, Region};
use crate::store::ConnectionDetails;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Connection {
    /// Add a connection. Its key is tried out first.
    Create(Create),
    /// List all connections.
    List(List),
    /// Try a connection out.
    Test(Test),
    /// Give a connection another key. What waits goes on with it.
    RotateKey(RotateKey),
    /// Remove a connection that nothing needs any more, and erase its key.
    Remove(Remove),
    /// Stop sending over a connection.
    Pause(Pause),
    /// Let a connection send again.
    Resume(Resume),
}

#[derive(Debug, clap::Args)]
pub(super) struct Create {
    /// Its name
    #[arg(long)]
    name: Name,
    /// Where IT Glue keeps the account
    #[arg(long, value_parser = one_of::<Region>(&["us", "eu", "au"]))]
    region: Region,
    /// Another address than the region's, where `COUNTERSIGN_ALLOW_BASE_URL=1` allows it
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Read the key from standard input; there is no other way to give it
    #[arg(long, required = true)]
    api_key_stdin: bool,
    /// Add it without trying it out
    #[arg(long)]
    no_test: bool,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Args)]
pub(super) struct List {
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Args)]
pub(super) struct Test {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Args)]
pub(super) struct RotateKey {
    #[command(flatten)]
    named: Named,
    /// Read the key from standard input; there is no other way to give it
    #[arg(long, required = true)]
    api_key_stdin: bool,
    /// Take it without trying it out
    #[arg(long)]
    no_test: bool,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Args)]
pub(super) struct Remove {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Args)]
pub(super) struct Pause {
    #[command(flatten)]
    named: Named,
    /// Why, for those who wait
    #[arg(long)]
    reason: Option<String>,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Args)]
pub(super) struct Resume {
    #[command(flatten)]
    named: Named,
    /// What has changed
    #[arg(long)]
    reason: Option<String>,
    #[command(flatten)]
    common: Common,
}

impl Connection {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Create(command) => command.run().await,
            Self::List(command) => command.run().await,
            Self::Test(command) => command.run().await,
            Self::RotateKey(command) => command.run().await,
            Self::Remove(command) => command.run().await,
            Self::Pause(command) => command.run().await,
            Self::Resume(command) => command.run().await,
        }
    }
}

impl Create {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let api_key = read_secret("key")?;
        let opened = self.common.open_or_create().await?;
        let request = ConnectionRequest {
            name: self.name,
            region: self.region,
            base_url: self.base_url,
            api_key,
            no_test: self.no_test,
        };
        let created = opened
            .admin
            .create_connection(&opened.operator, request)
            .await?;
        let text = format!(
            "The connection {} was added; {}.",
            created.connection.name, created.test.detail
        );
        let document = with_test(&created.connection, &created.test);
        opened.output.show(&document, text)?;
        Ok(ExitCode::SUCCESS)
    }
}

impl List {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open().await?;
        let overviews = opened.admin.connection_overviews(&opened.operator).await?;
        let rows = overviews.iter().map(|overview| {
            let connection = &overview.connection;
            let name = connection.name.clone();
            let key = match connection.key_last_four.as_str() {
                "" => "hidden".to_owned(),
                last_four => format!("…{last_four}"),
            };
            [name, address(connection), key, overview_state(overview)]
        });
        opened.output.list(
            overviews.iter().map(with_health).collect(),
            ["NAME", "ADDRESS", "KEY", "STATE"],
            &rows.collect::<Vec<_>>(),
        )?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Test {
    /// Ends with 1 if the connection does not work, so that scripts notice.
    async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open().await?;
        let name = self.named.name()?.clone().into();
        let (connection, test) = opened
            .admin
            .test_connection(&opened.operator, &name)
            .await?;
        let said = if test.is_ok() {
            format!("{name} works: {}.", test.detail)
        } else {
            let advice = test.result.advice();
            format!("{name} does not work: {}; {advice}.", test.detail)
        };
        opened.output.show(&with_test(&connection, &test), said)?;
        Ok(if test.is_ok() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}

impl RotateKey {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let api_key = read_secret("key")?;
        let opened = self.common.open().await?;
        let name = self.named.name()?.clone().into();
        let rotated = opened
            .admin
            .rotate_key(&opened.operator, &name, api_key, self.no_test)
            .await?;
        let text = format!("{name} has another key; {}.", rotated.test.detail);
        let document = with_test(&rotated.connection, &rotated.test);
        opened.output.show(&document, text)?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Remove {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open().await?;
        let name = self.named.name()?.clone().into();
        opened
            .admin
            .remove_connection(&opened.operator, &name)
            .await?;
        let text = format!("The connection {name} is removed and its key erased.");
        opened
            .output
            .show(&json!({ "name": name.to_string(), "removed": true }), text)?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Pause {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open().await?;
        let name = self.named.name()?.clone().into();
        let reason = self.reason.as_deref();
        let connection = opened
            .admin
            .pause_connection(&opened.operator, &name, reason)
            .await?;
        show(opened.output, &connection)
    }
}

impl Resume {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open().await?;
        let name = self.named.name()?.clone().into();
        let connection = opened
            .admin
            .resume_connection(&opened.operator, &name, self.reason.as_deref())
            .await?;
        show(opened.output, &connection)
    }
}

fn show(output: Output, connection: &ConnectionDetails) -> anyhow::Result<ExitCode> {
    let text = format!("{} is {}.", connection.name, state(connection));
    output.show(&document(connection), text)?;
    Ok(ExitCode::SUCCESS)
}

fn state(connection: &ConnectionDetails) -> String {
    match &connection.pause {
        None => "active".to_owned(),
        Some(pause) => format!("paused ({})", pause.detail),
    }
}

/// Where requests go.
fn address(connection: &ConnectionDetails) -> String {
    let of_region = |region: Region| BaseUrl::of_region(region).as_str().to_owned();
    let of_region = || connection.region.parse().map(of_region).ok();
    let address = connection.base_url.clone().or_else(of_region);
    address.unwrap_or_default()
}

fn document(connection: &ConnectionDetails) -> Value {
    let pause = connection.pause.as_ref().map(|pause| {
        json!({
            "kind": pause.kind,
            "detail": pause.detail,
            "since": pause.since,
            "until": pause.until,
        })
    });
    let last_four = Some(&connection.key_last_four).filter(|text| !text.is_empty());
    json!({
        "id": connection.id,
        "name": connection.name,
        "region": connection.region,
        "base_url": address(connection),
        "api_key_last_four": last_four,
        "created_at": connection.created_at,
        "pause": pause,
        "last_success_at": connection.notes.last_success_at,
        "password_access": connection.notes.password_access,
    })
}

fn overview_state(overview: &ConnectionOverview) -> String {
    match (overview.health, &overview.health_detail) {
        (ConnectionHealth::KeyUnreadable, _) => "its key cannot be opened".to_owned(),
        (ConnectionHealth::Working | ConnectionHealth::Untested, _) => "active".to_owned(),
        (
            ConnectionHealth::KeyRefused
            | ConnectionHealth::RateLimited
            | ConnectionHealth::Unreachable
            | ConnectionHealth::Paused,
            detail,
        ) => format!(
            "paused ({})",
            detail.as_deref().unwrap_or("no reason given")
        ),
    }
}

fn with_health(overview: &ConnectionOverview) -> Value {
    let mut document = document(&overview.connection);
    if let Some(members) = document.as_object_mut() {
        members.insert("health".to_owned(), json!(overview.health));
        members.insert("health_detail".to_owned(), json!(overview.health_detail));
        members.insert("waiting".to_owned(), json!(overview.waiting));
        members.insert("agents".to_owned(), json!(overview.agents));
    }
    document
}

fn with_test(connection: &ConnectionDetails, test: &ConnectionTest) -> Value {
    let mut document = document(connection);
    if let Some(members) = document.as_object_mut() {
        let test = json!({
            "result": test.result,
            "detail": test.detail,
            "organizations": test.organizations,
            "password_access": test.password_access,
            "fitting_region": test.fitting_region,
        });
        members.insert("test".to_owned(), test);
    }
    document
}
