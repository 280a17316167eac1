//! Which folder may name which: the table, and the few rules beside it.
//!
//! Ground ← reach ← stages ← doors ← `server` ← `cli`. Changing the table is a decision about the
//! design and gets a commit of its own.

#![expect(clippy::unwrap_used, reason = "all of this is tests, helpers included")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const GROUND: &[&str] = &["domain", "policy", "diff", "draft"];
const REACH: &[&str] = &["store", "itglue", "secrets", "access"];
const STAGES: &[&str] = &[
    "intake", "reading", "review", "decision", "replay", "admin", "notify",
];
const DOORS: &[&str] = &["api", "gateway", "web"];

/// The files of `web` in which stages may appear, beside all of its `context`.
const WEB_TO_STAGES: &[&str] = &["error.rs", "server_fns.rs"];

/// What ground code has no business with: I/O, frameworks, the time of day.
const NOT_GROUND: &[&str] = &[
    "std::fs",
    "std::net",
    "std::process",
    "std::env",
    "SystemTime",
    "Instant",
    "tokio",
    "sqlx",
    "reqwest",
    "axum",
    "leptos",
    "getrandom",
    "tracing",
];

/// The folders that a folder may name after `crate::`, beside itself; `None` for a folder that
/// nobody has decided about.
fn may_name(folder: &str) -> Option<Vec<&'static str>> {
    let below_doors = [GROUND, REACH, STAGES].concat();
    Some(match folder {
        "domain" | "simulator" => vec![],
        "policy" | "diff" | "store" | "itglue" => vec!["domain"],
        "secrets" => vec!["domain", "diff", "draft"],
        "draft" => vec!["domain", "policy", "diff"],
        // Components; for the files in which stages may appear, see below.
        "web" => GROUND.to_vec(),
        "access" => vec!["domain", "store", "secrets", "itglue"],
        // A revert is a new proposal, so it asks the stage that makes proposals.
        "decision" => [GROUND, REACH, &["intake"]].concat(),
        "intake" | "reading" | "review" | "replay" | "admin" | "notify" => [GROUND, REACH].concat(),
        "api" | "gateway" => below_doors,
        "server" => [&below_doors[..], DOORS, &["simulator"]].concat(),
        "cli" => [&below_doors[..], &["server", "simulator"]].concat(),
        _ => return None,
    })
}

/// A source file: its path below `src`, and its text without comments.
struct Source {
    path: String,
    code: String,
}

impl Source {
    fn folder(&self) -> Option<&str> {
        self.path.split_once('/').map(|(folder, _)| folder)
    }

    fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// What stands after each `crate::`, with the number of its line.
    fn mentions(&self) -> Vec<(usize, String)> {
        let of_line = |(number, line): (usize, &str)| {
            line.match_indices("crate::")
                .map(|(at, found)| {
                    let rest = line[at + found.len()..].chars();
                    let word = rest.take_while(|c| c.is_alphanumeric() || *c == '_');
                    (number + 1, word.collect())
                })
                .collect::<Vec<(usize, String)>>()
        };
        self.code.lines().enumerate().flat_map(of_line).collect()
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    assert!(files.len() > 50, "the sources were not found");
    let source = |file: PathBuf| Source {
        code: without_comments(&fs::read_to_string(&file).unwrap()),
        path: file
            .strip_prefix(&root)
            .unwrap()
            .to_string_lossy()
            .replace('\\', "/"),
    };
    files.into_iter().map(source).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        // What a test stands on may come from anywhere: the simulator, raw SQL.
        if path
            .file_name()
            .is_some_and(|name| name == "tests" || name == "tests.rs")
        {
            continue;
        }
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
}

/// Comments make way for empty lines, so that line numbers stay.
fn without_comments(text: &str) -> String {
    let code = |line: &str| {
        let is_comment = line.trim_start().starts_with("//");
        if is_comment {
            String::new()
        } else {
            line.to_owned()
        }
    };
    text.lines().map(code).collect::<Vec<_>>().join("\n")
}

/// Fails with every finding, not only with the first.
#[track_caller]
fn assert_none(findings: impl IntoIterator<Item = String>) {
    let findings: Vec<String> = findings.into_iter().collect();
    assert!(findings.is_empty(), "\n{}\n", findings.join("\n"));
}

#[test]
fn folders_name_only_what_is_below_them() {
    let mut findings = Vec::new();
    for source in sources() {
        let Some(folder) = source.folder() else {
            continue;
        };
        let Some(mut allowed) = may_name(folder) else {
            findings.push(format!("src/{folder} is not in the table"));
            continue;
        };
        let is_context = source.path.starts_with("web/context/");
        if folder == "web" && (is_context || WEB_TO_STAGES.contains(&source.name())) {
            allowed.extend([GROUND, REACH, STAGES].concat());
        }
        for (line, named) in source.mentions() {
            let path = &source.path;
            if named.is_empty() {
                findings.push(format!("src/{path}:{line}: one `use crate::folder` each"));
            } else if named != folder && !allowed.contains(&named.as_str()) {
                findings.push(format!("src/{path}:{line}: {folder} may not name {named}"));
            }
        }
    }
    assert_none(findings);
}

#[test]
fn every_folder_of_the_map_is_in_the_table() {
    let lib = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    let unknown = lib
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .filter(|folder| may_name(folder).is_none());
    assert_none(unknown.map(str::to_owned));
}

#[test]
fn the_table_has_no_circles() {
    let all = [
        GROUND,
        REACH,
        STAGES,
        DOORS,
        &["server", "cli", "simulator"],
    ]
    .concat();
    let reaches = |from: &str| {
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut next = may_name(from).unwrap_or_default();
        while let Some(folder) = next.pop() {
            if seen.insert(folder) {
                next.extend(may_name(folder).unwrap_or_default());
            }
        }
        seen
    };
    let circles = all
        .into_iter()
        .filter(|folder| reaches(folder).contains(folder));
    assert_none(circles.map(str::to_owned));
}

#[test]
fn sql_stands_in_the_store_and_nowhere_else() {
    let words = ["query!(", "query_as!(", "query_scalar!(", "sqlx::"];
    let findings = sources()
        .into_iter()
        .filter(|source| !source.path.starts_with("store/sqlite/"))
        .filter(|source| source.path != "store/error.rs")
        .flat_map(|source| found(&source, &words));
    assert_none(findings);
}

/// A route of the API has a right because the one place that makes routes asks for it.
#[test]
fn routes_of_the_api_are_made_in_one_place() {
    let words = [
        ".route(",
        ".nest(",
        ".merge(axum",
        "routing::",
        "Router::new",
    ];
    let findings = sources()
        .into_iter()
        .filter(|source| source.path.starts_with("api/") && source.path != "api/routes.rs")
        .flat_map(|source| found(&source, &words));
    assert_none(findings);
}

#[test]
fn foreign_text_is_never_html() {
    let findings = sources()
        .into_iter()
        .flat_map(|source| found(&source, &["inner_html"]));
    assert_none(findings);
}

#[test]
fn the_ground_touches_nothing_outside() {
    let findings = sources()
        .into_iter()
        .filter(|source| {
            source
                .folder()
                .is_some_and(|folder| GROUND.contains(&folder))
        })
        .flat_map(|source| found(&source, NOT_GROUND));
    assert_none(findings);
}

#[test]
fn main_calls_the_command_line_alone() {
    let main = sources()
        .into_iter()
        .find(|source| source.path == "main.rs");
    let main = main.unwrap().code;
    let named: Vec<_> = main
        .match_indices("countersign::")
        .map(|(at, found)| &main[at + found.len()..])
        .collect();
    assert!(named.iter().all(|rest| rest.starts_with("cli::")), "{main}");
}

/// The lines in which one of these words stands, as a word.
fn found(source: &Source, words: &[&str]) -> Vec<String> {
    let has = |line: &str, word: &&str| {
        line.match_indices(*word).any(|(at, _)| {
            let before = line[..at].chars().next_back();
            let after = line[at + word.len()..].chars().next();
            let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
            let is_whole = word.ends_with(|c: char| !c.is_alphanumeric()) || !is_part(after);
            !is_part(before) && is_whole
        })
    };
    source
        .code
        .lines()
        .enumerate()
        .filter(|(_, line)| words.iter().any(|word| has(line, word)))
        .map(|(number, line)| format!("src/{}:{}: {}", source.path, number + 1, line.trim()))
        .collect()
}
