//! The project's own tool: everything from a fresh clone to a tested binary, as `cargo xtask …`.
//!
//! One file a command. Each step checks what it needs and installs what is missing, saying so.

mod api;
mod bench;
mod build;
mod clients;
mod crash;
mod deny;
mod e2e;
mod fuzz;
mod ground;
mod lint;
mod openapi;
mod paths;
mod process;
mod serving;
mod site;
mod sqlx;
mod suite;
mod test;

use std::env;
use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
usage: cargo xtask <command> [options]

  run [args]        build in release mode and start the demo on http://127.0.0.1:3000;
                    args are passed on to `countersign serve --demo`
  dev [args]        the same in debug mode, for daily work
  build             target/release/countersign, one self-contained file
  site [--debug]    only the front end, into target/site
  test              all that CI runs: lint, tests, size of the front end, browser tests
  lint              formatting, clippy for server, browser and xtask, docs, dependencies
  sqlx [--check]    rewrite .sqlx from the migrations; --check only compares
  openapi [--check] rewrite docs/openapi.json from the routes; --check only compares
  api [--long]      schemathesis against the release build: each answer as documented; --long with
                    500 examples an operation
  crash [--long]    the crash and fault battery, against an IT Glue that keeps the truth; a table
  bench [name ...]  benchmarks in release mode: intake, queue, decision, replay, gateway, waiting,
                    memory, size; a table and target/bench.json
  e2e [args]        browser tests against the release build; args go to Playwright
  fuzz [seconds]    fuzzing, 60 seconds for each target; needs a nightly toolchain, says so and skips without
  clients           clients made for IT Glue, and the commands of docs/agents, against the release build
";

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    match dispatch(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(args: &[String]) -> Result<()> {
    let Some((command, rest)) = args.split_first() else {
        print!("{USAGE}");
        return Ok(());
    };
    match command.as_str() {
        "run" => build::run(rest),
        "dev" => build::dev(rest),
        "build" => none_of(rest).and_then(|()| build::build()),
        "site" => site::site(site::Mode::from_flag(flag(rest, "--debug")?)),
        "test" => none_of(rest).and_then(|()| test::test()),
        "lint" => none_of(rest).and_then(|()| lint::lint()),
        "sqlx" if flag(rest, "--check")? => sqlx::check(),
        "sqlx" => sqlx::prepare(),
        "openapi" if flag(rest, "--check")? => openapi::check(),
        "openapi" => openapi::write(),
        "api" => api::api(flag(rest, "--long")?),
        "e2e" => e2e::e2e(rest),
        "fuzz" => fuzz::fuzz(seconds(rest)?),
        "clients" => none_of(rest).and_then(|()| clients::clients()),
        "crash" => crash::crash(flag(rest, "--long")?),
        "bench" => bench::bench(rest),
        "help" | "--help" | "-h" => {
            print!("{USAGE}");
            Ok(())
        }
        other => bail!("there is no command `{other}`\n\n{USAGE}"),
    }
}

/// How long each target is fuzzed.
fn seconds(args: &[String]) -> Result<u32> {
    match args {
        [] => Ok(60),
        [seconds] => Ok(seconds.parse()?),
        _ => bail!("one number of seconds, not {}", args.join(" ")),
    }
}

/// Whether the one option a command knows was given; anything else is an error.
fn flag(args: &[String], name: &str) -> Result<bool> {
    match args {
        [] => Ok(false),
        [only] if only == name => Ok(true),
        _ => bail!("the only option here is `{name}`"),
    }
}

fn none_of(args: &[String]) -> Result<()> {
    match args.first() {
        None => Ok(()),
        Some(first) => bail!("this command takes no options, got `{first}`"),
    }
}
