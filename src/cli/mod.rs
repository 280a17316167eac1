//! The command line: one file a group of commands.
//!
//! Standard output carries what was asked for and nothing else, one JSON document with `--json`;
//! the log and every complaint go to standard error. Whoever runs a command on the data is the
//! operator of the machine and counts as an administrator who has just proved who they are.

mod agent;
mod agent_token;
mod audit;
mod audit_export;
mod backup;
mod check;
mod choice;
mod common;
mod complaint;
mod connection;
mod invite;
mod key;
mod openapi;
mod output;
mod pause;
mod profile;
mod serve;
mod settings;
mod setup_code;
mod simulate;
mod user;
mod user_change;
mod user_token;

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser as _;

use crate::server::core_dumps;

/// The approval gate between AI agents and IT Glue.
#[derive(Debug, clap::Parser)]
#[command(name = "countersign", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Start the server.
    Serve(serve::Serve),
    /// Make a new code that opens the first set-up, while there is no administrator.
    SetupCode(setup_code::SetupCode),
    /// People: who signs in and decides.
    #[command(subcommand)]
    User(user::User),
    /// Connections to IT Glue.
    #[command(subcommand)]
    Connection(connection::Connection),
    /// Access profiles: what agents may do.
    #[command(subcommand)]
    Profile(profile::Profile),
    /// Agents and their tokens.
    #[command(subcommand)]
    Agent(agent::Agent),
    /// Hold writes back. What is approved waits and is not lost.
    Pause(pause::Pause),
    /// Let writes go on.
    Resume(pause::Resume),
    /// List everything that is held back.
    Pauses(pause::Pauses),
    /// What may change while the server runs.
    #[command(subcommand)]
    Settings(settings::Settings),
    /// The master key.
    #[command(subcommand)]
    Key(key::Key),
    /// The record of everything that was done.
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Copy the database into a file, also while it is served. The master key is not in it.
    Backup(backup::BackUp),
    /// Look through the database and try whether its keys can be read.
    Check(check::Check),
    /// Print the description of the API, for machines
    Openapi,
    /// Start the made-up IT Glue alone, for trying things out.
    SimulateItglue(simulate::SimulateItglue),
}

/// Background work that does not end is not waited for longer than this.
const LEAVING: Duration = Duration::from_secs(1);

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    core_dumps::switch_off();
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return complaint::end(Err(error.into())),
    };
    let ended = runtime.block_on(cli.command.run());
    runtime.shutdown_timeout(LEAVING);
    complaint::end(ended)
}

impl Command {
    async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Serve(command) => command.run().await,
            Self::SetupCode(command) => command.run().await,
            Self::User(command) => command.run().await,
            Self::Connection(command) => command.run().await,
            Self::Profile(command) => command.run().await,
            Self::Agent(command) => command.run().await,
            Self::Pause(command) => command.run().await,
            Self::Resume(command) => command.run().await,
            Self::Pauses(command) => command.run().await,
            Self::Settings(command) => command.run().await,
            Self::Key(command) => command.run().await,
            Self::Audit(command) => command.run().await,
            Self::Backup(command) => command.run().await,
            Self::Check(command) => command.run().await,
            Self::Openapi => openapi::run(),
            Self::SimulateItglue(command) => command.run().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_commands_do_not_contradict_each_other() {
        Cli::command().debug_assert();
    }
}
