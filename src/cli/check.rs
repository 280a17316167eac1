//! `countersign check`

use std::process::ExitCode;

use serde_json::{Value, json};

use super::common::{Common, Opened};
use crate::access::open_account;
use crate::admin::SealedUnder;
use crate::store::{Accepted, StoreError};

#[derive(Debug, clap::Args)]
pub(super) struct Check {
    #[command(flatten)]
    common: Common,
    /// Go on with a database that was restored from a backup: what waited to be sent may have been
    /// sent since, and is looked for in IT Glue first.
    #[arg(long)]
    accept_restore: bool,
}

/// One thing that was looked at.
struct Finding {
    name: &'static str,
    problem: Option<String>,
}

impl Check {
    /// Ends with 1 if anything is wrong.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open().await?;
        let accepted = if self.accept_restore {
            opened.admin.accept_restore(&opened.operator).await?
        } else {
            None
        };
        let findings = [
            file_finding(&opened).await?,
            // That the installation was opened proves it.
            Finding::new("master_key", None),
            keys_finding(&opened).await?,
            restore_finding(&opened).await?,
            records_finding(&opened).await?,
        ];
        let is_ok = findings.iter().all(|finding| finding.problem.is_none());
        let under = opened.admin.sealed_under(&opened.operator).await?;
        let keys: Vec<Value> = under.iter().map(key_document).collect();
        let checks: Vec<Value> = findings.iter().map(Finding::document).collect();
        let document = json!({
            "ok": is_ok,
            "version": env!("CARGO_PKG_VERSION"),
            "checks": checks,
            "accepted": accepted.map(|accepted| json!({
                "doubted": accepted.doubted,
                "asked": accepted.asked,
                "marked": accepted.marked,
            })),
            "keys": keys,
        });
        let mut lines: Vec<String> = findings.iter().map(Finding::line).collect();
        lines.extend(under.iter().map(key_line));
        lines.extend(accepted.map(told));
        let text = format!(
            "countersign {}\n{}",
            env!("CARGO_PKG_VERSION"),
            lines.join("\n")
        );
        opened.output.show(&document, text)?;
        Ok(if is_ok {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}

impl Finding {
    const fn new(name: &'static str, problem: Option<String>) -> Self {
        Self { name, problem }
    }

    fn document(&self) -> Value {
        json!({ "name": self.name, "ok": self.problem.is_none(), "problem": self.problem })
    }

    fn line(&self) -> String {
        let problem = self.problem.as_deref().unwrap_or("ok");
        format!("{:<12} {problem}", self.name)
    }
}

async fn file_finding(opened: &Opened) -> anyhow::Result<Finding> {
    let problem = match opened.installation.store.check_file(true).await {
        Ok(()) => None,
        Err(StoreError::Damaged(finding)) => Some(finding),
        Err(error) => return Err(error.into()),
    };
    Ok(Finding::new("database", problem))
}

/// Whether the key file holds every key that something is sealed under.
async fn records_finding(opened: &Opened) -> anyhow::Result<Finding> {
    let under = opened.admin.sealed_under(&opened.operator).await?;
    let problems: Vec<String> = under
        .iter()
        .filter(|key| !key.is_known)
        .map(|key| {
            format!(
                "{} records are under the key {}, which is not there",
                key.rows, key.key
            )
        })
        .collect();
    let problem = (!problems.is_empty()).then(|| problems.join("; "));
    Ok(Finding::new("sealed", problem))
}

fn key_document(key: &SealedUnder) -> Value {
    json!({
        "key": key.key,
        "current": key.is_current,
        "known": key.is_known,
        "rows": key.rows,
    })
}

fn key_line(key: &SealedUnder) -> String {
    let state = match (key.is_current, key.is_known) {
        (true, _) => "current",
        (false, true) => "older",
        (false, false) => "missing",
    };
    format!("key {} ({state}): {} records", key.key, key.rows)
}

/// Opens the key of every connection, without asking IT Glue.
async fn keys_finding(opened: &Opened) -> anyhow::Result<Finding> {
    let connections = opened.admin.list_connections(&opened.operator).await?;
    let problems: Vec<String> = connections
        .iter()
        .filter_map(|connection| {
            let error = open_account(&opened.installation.vault, connection).err()?;
            Some(format!("{}: {error}", connection.name))
        })
        .collect();
    let problem = (!problems.is_empty()).then(|| problems.join("; "));
    Ok(Finding::new("api_keys", problem))
}

/// Whether the database is older than what was sent from it.
async fn restore_finding(opened: &Opened) -> anyhow::Result<Finding> {
    let sign = opened.admin.restore_sign().await?;
    let problem = sign.map(|sign| {
        format!(
            "the database was restored from a backup ({sign}); nothing is sent until `countersign \
             check --accept-restore` confirms it"
        )
    });
    Ok(Finding::new("restore", problem))
}

/// What accepting the restored database means for what waited in it.
fn told(accepted: Accepted) -> String {
    let Accepted {
        doubted,
        asked,
        marked,
    } = accepted;
    format!(
        "The restored database was accepted. Approved writes that may have been sent since: \
         {doubted}; IT Glue is read to find out. Creates among them that a person is asked about, \
         one after the other: {asked}. \
         Creates that wait for a person and may exist already: {marked}."
    )
}
