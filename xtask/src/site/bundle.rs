//! The folder of finished files: gathered beside the old one, named after its contents, compressed,
//! then put in the old one's place.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};

use super::Mode;
use super::css::Sheets;
use crate::paths;

/// All that the front end is made from.
pub struct Inputs {
    pub style: Sheets,
    fingerprint: String,
}

impl Inputs {
    pub fn gather(mode: Mode, module: &Path) -> Result<Self> {
        let mut digest = Sha256::new();
        digest.update(mode.as_str());
        add_file(
            &mut digest,
            "module",
            &fs::read(module).context("reading the wasm module")?,
        );
        let mut style = Sheets::new();
        for (name, path) in files(&paths::root().join("style"))? {
            let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            add_file(&mut digest, &name, text.as_bytes());
            style.insert(name, text);
        }
        for (name, path) in files(&paths::root().join("public"))? {
            add_file(&mut digest, &name, &fs::read(path)?);
        }
        // This tool is an input too: what it makes of the rest changes with it.
        let tool = std::env::current_exe().and_then(fs::read)?;
        add_file(&mut digest, "xtask", &tool);
        Ok(Self {
            style,
            fingerprint: hex(&digest.finalize()),
        })
    }

    /// Whether the site in this folder was made from just these.
    pub fn are_those_of(&self, site: &Path) -> bool {
        fs::read_to_string(stamp(site)).is_ok_and(|made_from| made_from == self.fingerprint)
    }
}

/// A site being put together.
pub struct Bundle {
    folder: PathBuf,
    files: PathBuf,
}

impl Bundle {
    pub fn new() -> Result<Self> {
        let folder = paths::site().with_extension("new");
        remove(&folder)?;
        let files = folder.join("files");
        fs::create_dir_all(&files)?;
        Ok(Self { folder, files })
    }

    /// Where the files go for now.
    pub fn path(&self) -> &Path {
        &self.files
    }

    pub fn add_public_files(&self) -> Result<()> {
        for (name, path) in files(&paths::root().join("public"))? {
            let copy = self.path().join(name);
            if let Some(parent) = copy.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::copy(path, copy)?;
        }
        Ok(())
    }

    pub fn finish(self, mode: Mode, inputs: &Inputs) -> Result<()> {
        let hash = content_hash(self.path())?;
        if mode == Mode::Release {
            compress_all(self.path())?;
        }
        fs::create_dir_all(self.folder.join("pkg"))?;
        fs::rename(self.path(), self.folder.join("pkg").join(&hash))?;
        fs::write(
            self.folder.join("manifest.json"),
            format!("{{\"hash\":\"{hash}\"}}\n"),
        )?;
        remove(&paths::site())?;
        fs::rename(&self.folder, paths::site())?;
        fs::write(stamp(&paths::site()), &inputs.fingerprint)?;
        Ok(())
    }
}

/// The hash in a manifest, which is written above and nowhere else.
pub fn manifest_hash(manifest: &str) -> Option<String> {
    let hash = manifest
        .trim()
        .strip_prefix("{\"hash\":\"")?
        .strip_suffix("\"}")?;
    Some(hash.to_owned())
}

/// Beside the site rather than in it, so that it is not embedded.
fn stamp(site: &Path) -> PathBuf {
    site.with_extension("stamp")
}

fn content_hash(folder: &Path) -> Result<String> {
    let mut digest = Sha256::new();
    for (name, path) in files(folder)? {
        add_file(&mut digest, &name, &fs::read(path)?);
    }
    let mut hash = hex(&digest.finalize());
    hash.truncate(16);
    Ok(hash)
}

/// Puts a brotli copy beside each file that gets smaller by it.
fn compress_all(folder: &Path) -> Result<()> {
    for (_, path) in files(folder)? {
        let data = fs::read(&path)?;
        let compressed = compress(&data)?;
        if compressed.len() < data.len() {
            let mut name = path.into_os_string();
            name.push(".br");
            fs::write(name, compressed)?;
        }
    }
    Ok(())
}

fn compress(data: &[u8]) -> Result<Vec<u8>> {
    let mut compressed = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut compressed, 64 * 1024, 11, 24);
    writer.write_all(data)?;
    drop(writer);
    Ok(compressed)
}

/// All files under a folder with their names relative to it, in the same order everywhere.
fn files(folder: &Path) -> Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        if !next.exists() {
            continue;
        }
        for entry in fs::read_dir(&next)? {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder)?.to_string_lossy().into_owned();
                found.push((name, path));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Name and length go in as well, so that moving bytes from one file to the next is a change.
fn add_file(digest: &mut Sha256, name: &str, data: &[u8]) {
    digest.update(name);
    digest.update([0]);
    digest.update(data.len().to_le_bytes());
    digest.update(data);
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| folder.display().to_string())?;
    }
    Ok(())
}
