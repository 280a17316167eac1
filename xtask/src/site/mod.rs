//! The front end: browser code, style sheets and public files, ready to be embedded.
//!
//! The result is `target/site/pkg/<hash>/…`, where the hash is that of all contents together, and
//! `target/site/manifest.json`, which names it. Nothing is done when nothing changed.

mod bundle;
mod css;
mod wasm;

use std::fs;

use anyhow::{Context as _, Result, bail};

use crate::{ground, paths};

/// The most that the browser code may weigh, compressed.
const BUDGET: usize = 120_000;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Quick to make, large, uncompressed.
    Debug,
    /// Small, with a `.br` beside each file.
    Release,
}

impl Mode {
    pub fn from_flag(debug: bool) -> Self {
        if debug { Self::Debug } else { Self::Release }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Release => "release",
        }
    }
}

pub fn site(mode: Mode) -> Result<()> {
    ground::wasm_target()?;
    let module = wasm::compile(mode)?;
    let inputs = bundle::Inputs::gather(mode, &module)?;
    if inputs.are_those_of(&paths::site()) {
        return Ok(());
    }
    eprintln!("xtask: packing the front end");
    let folder = bundle::Bundle::new()?;
    wasm::bind(&module, mode, folder.path())?;
    fs::write(
        folder.path().join("countersign.css"),
        css::bundle(&inputs.style)?,
    )?;
    folder.add_public_files()?;
    folder.finish(mode, &inputs)
}

/// The hash under which the files of the present front end are served.
pub fn hash() -> Result<String> {
    let manifest = fs::read_to_string(paths::site().join("manifest.json"))
        .context("target/site/manifest.json is missing; `cargo xtask site` makes it")?;
    bundle::manifest_hash(&manifest).context("target/site/manifest.json is not as expected")
}

/// The size that counts: what a first visit downloads.
pub fn describe() -> Result<String> {
    Ok(format!(
        "{:.1} kB of wasm over the wire",
        kilobytes(compressed_wasm()?)
    ))
}

/// Refuses a front end that has grown past its budget.
pub fn within_budget() -> Result<()> {
    let size = compressed_wasm()?;
    eprintln!(
        "xtask: the browser code is {:.1} kB, budget {:.1}",
        kilobytes(size),
        kilobytes(BUDGET)
    );
    if size > BUDGET {
        bail!("the browser code is over its budget: is server-only code in an island?");
    }
    Ok(())
}

fn compressed_wasm() -> Result<usize> {
    let file = paths::site()
        .join("pkg")
        .join(hash()?)
        .join("countersign_bg.wasm.br");
    let data = fs::read(&file).with_context(|| format!("reading {}", file.display()))?;
    Ok(data.len())
}

#[expect(clippy::cast_precision_loss, reason = "a size for people to read")]
fn kilobytes(bytes: usize) -> f64 {
    bytes as f64 / 1_000.0
}
