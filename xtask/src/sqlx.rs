//! The checked queries: `.sqlx` holds what the database says of each query, so that building needs
//! no database. This writes it anew from the migrations, or compares.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context as _, Result, bail};
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _};

use crate::paths;
use crate::process::Step;

/// Rewrites `.sqlx`.
pub fn prepare() -> Result<()> {
    let fresh = describe_queries()?;
    let committed = paths::root().join(".sqlx");
    replace(&committed, &fresh)?;
    eprintln!(
        "xtask: .sqlx describes {} queries",
        read_all(&committed)?.len()
    );
    Ok(())
}

/// Fails if `.sqlx` is not what the migrations and queries make of it.
pub fn check() -> Result<()> {
    let fresh = read_all(&describe_queries()?)?;
    let committed = read_all(&paths::root().join(".sqlx"))?;
    if fresh == committed {
        eprintln!("xtask: .sqlx is up to date, {} queries", fresh.len());
        return Ok(());
    }
    let differing = fresh
        .iter()
        .filter(|(name, text)| committed.get(*name) != Some(text))
        .map(|(name, _)| format!("  new or changed: {name}"))
        .chain(
            committed
                .keys()
                .filter(|name| !fresh.contains_key(*name))
                .map(|name| format!("  no longer used: {name}")),
        );
    for line in differing {
        eprintln!("{line}");
    }
    bail!(".sqlx is out of date; run `cargo xtask sqlx` and commit the result")
}

/// Has the compiler ask a fresh database about every query; the answers are in the folder given
/// back.
fn describe_queries() -> Result<PathBuf> {
    let work = paths::target().join("sqlx");
    if work.exists() {
        fs::remove_dir_all(&work)?;
    }
    let answers = work.join("queries");
    fs::create_dir_all(&answers)?;
    let database = work.join("schema.db");
    migrate(&database)?;

    let _restored = Touched::now(&paths::root().join("src/lib.rs"))?;
    Step::cargo()
        .args(["check", "--features", "ssr", "--all-targets", "--locked"])
        .env("SQLX_OFFLINE", "false")
        .env("SQLX_OFFLINE_DIR", &answers)
        .env("DATABASE_URL", format!("sqlite:{}", database.display()))
        .hint("a query that does not fit the migrations is named above")
        .run()?;
    Ok(answers)
}

fn migrate(database: &Path) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(async {
        let options = SqliteConnectOptions::new()
            .filename(database)
            .create_if_missing(true);
        let mut connection: SqliteConnection = options.connect().await?;
        let migrations = paths::root().join("migrations");
        if migrations.exists() {
            let migrator = Migrator::new(migrations)
                .await
                .context("reading migrations/")?;
            migrator
                .run(&mut connection)
                .await
                .context("applying migrations/")?;
        }
        connection
            .close()
            .await
            .context("closing the schema database")
    })
}

/// A source file that looks changed to the compiler while this lives, so that all queries are
/// looked at; afterwards it has its own time again and nothing else is built anew.
struct Touched {
    file: File,
    before: SystemTime,
}

impl Touched {
    fn now(path: &Path) -> Result<Self> {
        let file = File::options().write(true).open(path)?;
        let before = file.metadata()?.modified()?;
        file.set_modified(SystemTime::now())?;
        Ok(Self { file, before })
    }
}

impl Drop for Touched {
    fn drop(&mut self) {
        // Not being able to only costs a build that was not needed.
        let _ = self.file.set_modified(self.before);
    }
}

fn replace(folder: &Path, fresh: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    for (name, text) in read_all(fresh)? {
        fs::write(folder.join(name), text)?;
    }
    Ok(())
}

fn read_all(folder: &Path) -> Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    if !folder.exists() {
        return Ok(files);
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        files.insert(name, fs::read_to_string(entry.path())?);
    }
    Ok(files)
}
