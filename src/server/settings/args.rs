//! The flags that stand for settings.

use std::path::Path;

use super::sources::Key;

/// One flag for each setting, to be flattened into a command.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Settings")]
pub struct SettingsArgs {
    /// The file to read settings from [default: countersign.toml, if there is one]
    #[arg(long, value_name = "FILE")]
    pub config: Option<String>,
    /// Address and port to listen on [default: 127.0.0.1:3000]
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<String>,
    /// Address that stands in links: https, or loopback [default: plain http at LISTEN]
    #[arg(long, value_name = "URL")]
    pub public_url: Option<String>,
    /// Folder for everything that is written [default: ./data]
    #[arg(long, value_name = "FOLDER")]
    pub data_dir: Option<String>,
    /// Database, as sqlite:FILE [default: countersign.db in the data folder]
    #[arg(long, value_name = "URL")]
    pub database_url: Option<String>,
    /// File of the master key [default: master.key in the data folder]
    #[arg(long, value_name = "FILE")]
    pub master_key_file: Option<String>,
    /// What is logged: a level or directives [default: info]
    #[arg(long, value_name = "FILTER")]
    pub log: Option<String>,
    /// How it is logged: text or json [default: text]
    #[arg(long, value_name = "FORMAT")]
    pub log_format: Option<String>,
    /// Address and port for metrics, or off [default: off]
    #[arg(long, value_name = "ADDRESS")]
    pub admin_listen: Option<String>,
    /// Connections at a time; more wait [default: 4096]
    #[arg(long, value_name = "COUNT")]
    pub max_connections: Option<String>,
    /// How many proxies in front may be believed [default: 0]
    #[arg(long, value_name = "COUNT")]
    pub trusted_proxies: Option<String>,
    /// How long an approval can be undone; 0 for not at all [default: 10]
    #[arg(long, value_name = "SECONDS")]
    pub hold_seconds: Option<String>,
    /// After this time a request without effect never has one [default: 180]
    #[arg(long, value_name = "SECONDS")]
    pub settle_seconds: Option<String>,
    /// How long a proposal waits for a decision [default: 7d]
    #[arg(long, value_name = "DURATION")]
    pub proposal_ttl: Option<String>,
    /// Who needs a second factor: deciders, administrators or off [default: deciders]
    #[arg(long, value_name = "WHO")]
    pub second_factor: Option<String>,
    /// Requests per connection that IT Glue allows [default: 3000/300s]
    #[arg(long, value_name = "RATE")]
    pub itglue_rate: Option<String>,
    /// How long one request to IT Glue may take [default: 40]
    #[arg(long, value_name = "SECONDS")]
    pub request_timeout: Option<String>,
    /// Proposals and calls per agent token [default: 60/60s]
    #[arg(long, value_name = "RATE")]
    pub token_rate: Option<String>,
    /// Proposals of one agent token that may wait [default: 200]
    #[arg(long, value_name = "COUNT")]
    pub token_waiting: Option<String>,
    /// Let connections have another base URL than IT Glue's own [default: 0]
    #[arg(long, value_name = "0|1", num_args = 0..=1, default_missing_value = "1")]
    pub allow_base_url: Option<String>,
}

impl SettingsArgs {
    /// The same flags with the defaults of demo mode: data in a temporary folder, no second factor.
    #[must_use]
    pub fn for_demo(mut self, temporary_folder: &Path) -> Self {
        let folder = temporary_folder.to_string_lossy().into_owned();
        self.data_dir.get_or_insert(folder);
        self.second_factor.get_or_insert_with(|| "off".to_owned());
        self
    }

    pub(super) fn of(&self, key: Key) -> Option<&str> {
        let flag = match key {
            Key::Listen => &self.listen,
            Key::PublicUrl => &self.public_url,
            Key::DataDir => &self.data_dir,
            Key::DatabaseUrl => &self.database_url,
            Key::MasterKeyFile => &self.master_key_file,
            Key::Log => &self.log,
            Key::LogFormat => &self.log_format,
            Key::AdminListen => &self.admin_listen,
            Key::MaxConnections => &self.max_connections,
            Key::TrustedProxies => &self.trusted_proxies,
            Key::HoldSeconds => &self.hold_seconds,
            Key::SettleSeconds => &self.settle_seconds,
            Key::ProposalTtl => &self.proposal_ttl,
            Key::SecondFactor => &self.second_factor,
            Key::ItglueRate => &self.itglue_rate,
            Key::RequestTimeout => &self.request_timeout,
            Key::TokenRate => &self.token_rate,
            Key::TokenWaiting => &self.token_waiting,
            Key::AllowBaseUrl => &self.allow_base_url,
        };
        flag.as_deref()
    }
}
