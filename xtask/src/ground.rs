//! What the other commands stand on: compiler target, browser, npm packages. Each is looked for
//! first and installed only when it is missing.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::paths;
use crate::process::Step;

const WASM: &str = "wasm32-unknown-unknown";
const BROWSER_PACKAGES: [&str; 3] = ["chromium", "fonts-liberation", "fonts-dejavu-core"];

/// The compiler target of the browser code.
pub fn wasm_target() -> Result<()> {
    let sysroot = Step::new("rustc").args(["--print", "sysroot"]).output();
    let library = sysroot.map(|path| Path::new(path.trim()).join("lib/rustlib").join(WASM));
    if library.is_some_and(|folder| folder.exists()) {
        return Ok(());
    }
    eprintln!("xtask: the wasm target is missing, adding it");
    Step::new("rustup")
        .args(["target", "add", WASM])
        .hint("install rustup (https://rustup.rs), or add the target the way your Rust came")
        .run()
}

/// The packages of the browser tests, exactly as locked.
pub fn npm_packages() -> Result<()> {
    let lock = fs::read(paths::end2end().join("package-lock.json"))
        .context("end2end/package-lock.json is missing")?;
    let mark = paths::end2end().join("node_modules/.installed-lock.json");
    if fs::read(&mark).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    if !Step::new("npm").args(["--version"]).succeeds() {
        bail!("npm is missing; install Node.js 20 or newer, for instance from nodejs.org");
    }
    eprintln!("xtask: the npm packages of the browser tests are missing or old, installing");
    Step::new("npm")
        .args(["ci", "--no-audit", "--no-fund"])
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
        .within(&paths::end2end())
        .hint("is the npm registry reachable?")
        .run()?;
    fs::write(mark, lock).context("marking the npm packages as installed")
}

/// A Chromium to drive: `CHROMIUM` if set, one that is installed, or a new one from apt.
pub fn chromium() -> Result<PathBuf> {
    if let Some(given) = std::env::var_os("CHROMIUM") {
        let given = PathBuf::from(given);
        if given.exists() {
            return Ok(given);
        }
        bail!("CHROMIUM names {}, which does not exist", given.display());
    }
    if let Some(found) = find_chromium() {
        return Ok(found);
    }
    eprintln!("xtask: no Chromium here, installing it with apt");
    apt_install(&BROWSER_PACKAGES)?;
    find_chromium().context("apt installed chromium, but /usr/bin/chromium is not there")
}

fn find_chromium() -> Option<PathBuf> {
    let names = [
        "chromium",
        "chromium-browser",
        "google-chrome-stable",
        "google-chrome",
    ];
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|path| path.is_file())
}

fn apt_install(packages: &[&str]) -> Result<()> {
    let wanted = packages.join(" ");
    if !Step::new("apt-get").args(["--version"]).succeeds() {
        bail!("there is no apt here; install a Chromium and name it in CHROMIUM");
    }
    let root = Step::new("id")
        .args(["-u"])
        .output()
        .is_some_and(|id| id.trim() == "0");
    let sudo = !root && Step::new("sudo").args(["--version"]).succeeds();
    if !root && !sudo {
        bail!("neither root nor sudo here; as an administrator run: apt-get install {wanted}");
    }
    let apt = |args: &[&str]| {
        let step = if sudo {
            Step::new("sudo").args(["--", "apt-get"])
        } else {
            Step::new("apt-get")
        };
        step.args(args)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .hint(format!("install by hand what is missing: {wanted}"))
            .run()
    };
    apt(&["update"])?;
    apt(&["install", "--yes", "--no-install-recommends"]
        .into_iter()
        .chain(packages.iter().copied())
        .collect::<Vec<_>>())
}
