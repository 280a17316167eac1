//! Where things are.

use std::env;
use std::path::{Path, PathBuf};

/// The root of the repository.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// Cargo's target folder, which `CARGO_TARGET_DIR` may have moved.
pub fn target() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// The finished front end. Always here, wherever the target folder is: the server embeds it by
/// this path.
pub fn site() -> PathBuf {
    root().join("target/site")
}

pub fn binary(profile: &str) -> PathBuf {
    target().join(profile).join("countersign")
}

/// Tools that are installed for this project alone.
pub fn tools() -> PathBuf {
    root().join("target/tools")
}

pub fn end2end() -> PathBuf {
    root().join("end2end")
}

/// The tests of the clients that agents use.
pub fn clients() -> PathBuf {
    root().join("tests/clients")
}
