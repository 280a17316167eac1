//! `countersign simulate-itglue`

use std::net::SocketAddr;
use std::process::ExitCode;

use anyhow::Context as _;
use serde_json::json;

use super::output::Output;
use crate::server::StopSignal;
use crate::simulator::{self, DEMO_API_KEY, Settings};

#[derive(Debug, clap::Args)]
pub(super) struct SimulateItglue {
    /// Address and port to listen on; port 0 is any free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:4000")]
    listen: SocketAddr,
    /// Decides what the account holds
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Write one JSON document instead of text
    #[arg(long)]
    json: bool,
}

impl SimulateItglue {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let mut stop = StopSignal::listen()?;
        let settings = Settings {
            listen: self.listen,
            seed: self.seed,
            ..Settings::default()
        };
        let running = simulator::start(settings)
            .await
            .with_context(|| format!("cannot listen on {}", self.listen))?;
        let address = running.base_url();
        let document = json!({ "address": address, "api_key": DEMO_API_KEY, "seed": self.seed });
        let text = format!("A made-up IT Glue listens on {address}\nIts key is {DEMO_API_KEY}");
        Output { is_json: self.json }.show(&document, text)?;
        stop.arrived().await;
        running.stop().await;
        Ok(ExitCode::SUCCESS)
    }
}
