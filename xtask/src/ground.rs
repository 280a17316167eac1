//! What the other commands stand on: compiler target, browser, npm and Python packages, nginx. Each
//! is looked for first and installed only when it is missing.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::paths;
use crate::process::Step;

const WASM: &str = "wasm32-unknown-unknown";
const BROWSER_PACKAGES: [&str; 3] = ["chromium", "fonts-liberation", "fonts-dejavu-core"];
const PYTHON_PACKAGES: [&str; 2] = ["python3", "python3-venv"];

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

/// The npm packages of a folder, exactly as its lock file has them.
pub fn npm_packages(folder: &Path) -> Result<()> {
    let lock = fs::read(folder.join("package-lock.json"))
        .with_context(|| format!("{} has no package-lock.json", folder.display()))?;
    let mark = folder.join("node_modules/.installed-lock.json");
    if fs::read(&mark).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    if !Step::new("npm").args(["--version"]).succeeds() {
        bail!("npm is missing; install Node.js 20 or newer, for instance from nodejs.org");
    }
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    eprintln!("xtask: the npm packages of {name} are missing or old, installing");
    Step::new("npm")
        .args(["ci", "--no-audit", "--no-fund"])
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
        .within(folder)
        .hint("is the npm registry reachable?")
        .run()?;
    fs::write(mark, lock).context("marking the npm packages as installed")
}

/// A Python of its own with the packages that a file of requirements pins, and no others.
pub fn python(name: &str, requirements: &Path) -> Result<PathBuf> {
    let wanted = fs::read(requirements)
        .with_context(|| format!("{} cannot be read", requirements.display()))?;
    let folder = paths::tools().join(name);
    let program = folder.join("bin/python");
    let mark = folder.join("installed.txt");
    if fs::read(&mark).is_ok_and(|installed| installed == wanted) {
        return Ok(program);
    }
    // Debian keeps what makes environments in a package of its own.
    if !Step::new("python3")
        .args(["-c", "import ensurepip, venv"])
        .succeeds()
    {
        eprintln!("xtask: Python 3 with venv is missing, installing it with apt");
        apt_install(&PYTHON_PACKAGES)?;
    }
    eprintln!("xtask: the Python packages of {name} are missing or old, installing");
    Step::new("python3")
        .args(["-m", "venv", "--clear"])
        .args([&folder])
        .run()?;
    Step::new(&program)
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ])
        .args([
            "--only-binary",
            ":all:",
            "--require-hashes",
            "--requirement",
        ])
        .args([requirements])
        .hint("is the Python package index reachable?")
        .run()?;
    fs::write(mark, wanted).context("marking the Python packages as installed")?;
    Ok(program)
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

/// An nginx to compare with: one that is installed, or the package of Debian unpacked below the
/// target folder, so that no service is set up. `None` where there can be none, which is said.
pub fn nginx() -> Option<PathBuf> {
    let unpacked = paths::tools().join("nginx/usr/sbin/nginx");
    let known = [PathBuf::from("/usr/sbin/nginx"), unpacked.clone()];
    let works = |program: &PathBuf| Step::new(program).args(["-v"]).succeeds();
    if let Some(found) = known.into_iter().find(works) {
        return Some(found);
    }
    eprintln!("xtask: no nginx here, unpacking Debian's package into target/tools");
    if let Err(error) = unpack_nginx() {
        eprintln!("xtask: {error:#}");
    }
    let found = Some(unpacked).filter(works);
    if found.is_none() {
        eprintln!("xtask: nginx cannot be had here, so the gateway is measured without it");
    }
    found
}

fn unpack_nginx() -> Result<()> {
    let folder = paths::tools().join("nginx");
    fs::create_dir_all(&folder).context("making a folder for nginx")?;
    Step::new("apt-get")
        .args(["download", "nginx"])
        .within(&folder)
        .hint("does `apt-get update` help?")
        .run()?;
    let package = fs::read_dir(&folder)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension().is_some_and(|extension| extension == "deb"))
        .context("apt-get downloaded nothing")?;
    Step::new("dpkg-deb")
        .args(["--extract"])
        .args([package, folder])
        .run()
}

fn apt_install(packages: &[&str]) -> Result<()> {
    let wanted = packages.join(" ");
    if !Step::new("apt-get").args(["--version"]).succeeds() {
        bail!(
            "there is no apt here; install by hand: {wanted} (a Chromium can be named in CHROMIUM)"
        );
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
