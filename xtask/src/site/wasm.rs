//! The browser code: compiled by cargo, then given its JavaScript side.

use std::path::{Path, PathBuf};

use anyhow::Result;
use wasm_bindgen_cli_support::Bindgen;

use super::Mode;
use crate::paths;
use crate::process::Step;

/// Lets cargo decide whether anything is to be done, and tells where the module is.
pub fn compile(mode: Mode) -> Result<PathBuf> {
    let profile = match mode {
        Mode::Debug => "dev",
        Mode::Release => "wasm-release",
    };
    Step::cargo()
        .args([
            "build",
            "--lib",
            "--target",
            "wasm32-unknown-unknown",
            "--features",
            "hydrate",
        ])
        .args(["--locked", "--profile", profile])
        .run()?;
    let folder = match mode {
        Mode::Debug => "debug",
        Mode::Release => "wasm-release",
    };
    Ok(paths::target()
        .join("wasm32-unknown-unknown")
        .join(folder)
        .join("countersign.wasm"))
}

/// Writes `countersign.js` and `countersign_bg.wasm`, the names the hydration script asks for.
pub fn bind(module: &Path, mode: Mode, folder: &Path) -> Result<()> {
    let release = mode == Mode::Release;
    Bindgen::new()
        .input_path(module)
        .out_name("countersign")
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        .debug(!release)
        .keep_debug(!release)
        .remove_name_section(release)
        .remove_producers_section(release)
        .generate(folder)
}
