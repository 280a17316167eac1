//! `countersign serve`

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::ExitCode;

use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::common::{Common, load};
use super::output::Output;
use crate::server::clock::Clock;
use crate::server::demo::{self, Demo, DemoPerson, TemporaryFolder};
use crate::server::settings::{LogFormat, Settings};
use crate::server::{Running, Server, StopSignal, demo_proposals, logging};

#[derive(Debug, clap::Args)]
pub(super) struct Serve {
    /// Try it out: made-up data, people and an IT Glue of its own
    #[arg(long)]
    demo: bool,
    /// Let the demo be reached from other machines, where --listen says so too
    #[arg(long, requires = "demo")]
    expose_demo: bool,
    #[command(flatten)]
    common: Common,
}

impl Serve {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let stop = StopSignal::listen()?;
        if self.demo {
            return self.run_demo(stop).await;
        }
        let settings = load(&self.common.settings)?;
        logging::start(&settings);
        demo::refuse_demo_data(&settings)?;
        let prepared = Server::prepare(settings, Clock::system()).await?;
        let running = prepared.listen().await?;
        offer_set_up(&running).await?;
        let url = running.state().public_url.as_str().to_owned();
        let document =
            json!({ "address": format!("http://{}", running.address()), "public_url": url });
        self.common
            .output()
            .show(&document, format!("Countersign serves {url}"))?;
        until_told(running, stop).await;
        Ok(ExitCode::SUCCESS)
    }

    async fn run_demo(self, stop: StopSignal) -> anyhow::Result<ExitCode> {
        let temporary = match self.common.settings.data_dir {
            Some(_) => None,
            None => Some(TemporaryFolder::make()?),
        };
        let output = self.common.output();
        let flags = match &temporary {
            Some(folder) => demo::flags(self.common.settings, folder.path()),
            None => demo::flags(self.common.settings, std::path::Path::new("")),
        };
        let mut settings = load(&flags)?;
        logging::start(&settings);
        demo::prepare(&mut settings, self.expose_demo)?;
        let prepared = Server::prepare(settings, Clock::system()).await?;
        let demo = demo::populate(prepared.installation()).await?;
        let running = prepared.listen().await?;
        demo_proposals::propose(running.state(), &demo).await?;
        show_demo(output, &running, &demo)?;
        until_told(running, stop).await;
        demo.simulator.stop().await;
        Ok(ExitCode::SUCCESS)
    }
}

/// There is no default account: whoever reads this may make the first one. Written whatever is logged,
/// since without it nobody gets in.
async fn offer_set_up(running: &Running) -> anyhow::Result<()> {
    let state = running.state();
    let Some(code) = state.access.issue_setup_code().await? else {
        return Ok(());
    };
    let url = state.public_url.with_path("/setup");
    let line = Zeroizing::new(format!(
        "There is no administrator yet. Open {url} and give this code within an hour: {}",
        code.expose_secret()
    ));
    let line = match state.settings.log_format {
        LogFormat::Text => line,
        LogFormat::Json => Zeroizing::new(json!({ "level": "WARN", "message": *line }).to_string()),
    };
    // Where nobody reads the log, `countersign setup-code` makes another one.
    let _written = writeln!(std::io::stderr(), "{}", *line);
    Ok(())
}

/// Serves until the operator says that it is enough, and ends in order. Who says so twice does not
/// wait for what still runs.
async fn until_told(running: Running, mut stop: StopSignal) {
    stop.arrived().await;
    tokio::select! {
        _ = running.stop() => {}
        () = stop.arrived() => tracing::warn!("stopped before everything had ended"),
    }
}

fn show_demo(output: Output, running: &Running, demo: &Demo) -> std::io::Result<()> {
    let address = running.state().public_url.as_str();
    let token = demo.agent.token.expose_secret();
    let curl = demo.curl(address, token);
    let settings: &Settings = &running.state().settings;
    let data_dir = settings.data_dir.display().to_string();
    let document = json!({
        "address": address,
        "administrator": person(&demo.administrator),
        "technician": person(&demo.technician),
        "agent": { "name": demo.agent.name, "token": token },
        "simulator": demo.simulator.base_url(),
        "curl": curl,
        "data_dir": data_dir,
    });
    output.show(&document, demo_text(address, demo, &curl, &data_dir))
}

fn person(person: &DemoPerson) -> Value {
    json!({ "email": person.email, "password": person.password.expose_secret() })
}

fn demo_text(address: &str, demo: &Demo, curl: &str, data_dir: &str) -> String {
    let mut text = format!("DEMO of Countersign, with made-up data: {address}\n\n");
    for (role, person) in [
        ("administrator", &demo.administrator),
        ("technician", &demo.technician),
    ] {
        let password = person.password.expose_secret();
        // Writing to a string cannot go wrong.
        let _written = writeln!(text, "  {role:<15}{:<22}{password}", person.email);
    }
    let token = demo.agent.token.expose_secret();
    let _written = write!(
        text,
        "  {:<15}{token}\n  {:<15}{}\n  {:<15}{data_dir}\n\n\
         Propose a write as the agent, then sign in as the technician and decide:\n\n{curl}\n\n\
         Ctrl-C ends it.",
        demo.agent.name,
        "IT Glue",
        demo.simulator.base_url(),
        "data",
    );
    text
}
