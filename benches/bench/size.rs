//! What is downloaded: the program once, the browser code at each first visit.

use std::path::{Path, PathBuf};

use crate::figures::Figure;

pub fn measure() -> Vec<Figure> {
    let program = Path::new(env!("CARGO_BIN_EXE_countersign"));
    let mut figures = vec![Figure::new("program", "MB", kilobytes(program) / 1000.0)];
    if let Some(file) = browser_code() {
        figures.push(Figure::new(
            "browser code, compressed",
            "kB",
            kilobytes(&file),
        ));
    }
    figures
}

/// The newest packed front end, if there is one.
fn browser_code() -> Option<PathBuf> {
    let packed = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/site/pkg");
    let folders = std::fs::read_dir(packed).ok()?.flatten();
    folders
        .map(|folder| folder.path().join("countersign_bg.wasm.br"))
        .filter(|file| file.is_file())
        .max_by_key(|file| file.metadata().and_then(|meta| meta.modified()).ok())
}

fn kilobytes(file: &Path) -> f64 {
    let bytes = file.metadata().unwrap().len();
    f64::from(u32::try_from(bytes).unwrap()) / 1000.0
}
