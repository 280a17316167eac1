//! The API against its own document: schemathesis makes requests of it, right ones and wrong ones,
//! one after the other and in chains, and holds each answer to it. What it is told is in
//! `tests/api`.

use anyhow::Result;

use crate::process::Step;
use crate::serving::Serving;
use crate::{build, ground, paths};

const EXAMPLES: &str = "50";
const EXAMPLES_LONG: &str = "500";
/// Every scope there is.
const SCOPES: &str = "read,decide,decide-critical,admin";
/// Limits have their own tests, and undo has.
const SETTINGS: [(&str, &str); 4] = [
    ("COUNTERSIGN_HOLD_SECONDS", "0"),
    ("COUNTERSIGN_ITGLUE_RATE", "600000/60s"),
    ("COUNTERSIGN_TOKEN_RATE", "1000000/60s"),
    ("COUNTERSIGN_TOKEN_WAITING", "1000000"),
];

/// With a release build of its own; `long` is for before a release.
pub fn api(long: bool) -> Result<()> {
    build::build()?;
    check(long)
}

/// Against the release build that is already there.
pub fn check(long: bool) -> Result<()> {
    let requirements = paths::root().join("tests/api/requirements.txt");
    let python = ground::python("api", &requirements)?;
    let serving = Serving::start("api", &SETTINGS)?;
    let person = serving.token_of("administrator", SCOPES)?;
    let document = format!("{}/api/v1/openapi.json", serving.said("/address")?);
    let examples = if long { EXAMPLES_LONG } else { EXAMPLES };
    Step::new(python)
        .args(["-m", "schemathesis.cli"])
        .args(["--config-file", "tests/api/schemathesis.toml", "run"])
        .args([document.as_str(), "--max-examples", examples, "--no-color"])
        .env("API_AGENT_TOKEN", serving.said("/agent/token")?)
        .env("API_PERSON_TOKEN", &person)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .hint("an answer that differs from docs/openapi.json is named above, with a line for curl")
        .run()
}
