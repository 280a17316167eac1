//! Clients that others made for IT Glue, and the commands of the guides for agents, against the
//! release build and its simulator.

use anyhow::Result;

use crate::process::Step;
use crate::serving::Serving;
use crate::{build, ground, paths};

pub fn clients() -> Result<()> {
    build::build()?;
    try_them()
}

/// The tests alone, against the binary that is already there.
pub fn try_them() -> Result<()> {
    let folder = paths::clients();
    let python = ground::python("clients", &folder.join("requirements.txt"))?;
    ground::npm_packages(&folder)?;
    // Undo has its own tests. A token that is asked too often has its own, too.
    let serving = Serving::start(
        "clients",
        &[
            ("COUNTERSIGN_HOLD_SECONDS", "0"),
            ("COUNTERSIGN_TOKEN_RATE", "1000/60s"),
        ],
    )?;
    let everything = "read,decide,decide-critical,admin";
    let administrator = serving.token_of("administrator", everything)?;
    let technician = serving.token_of("technician", "read,decide,decide-critical")?;
    let step = |step: Step| -> Result<()> {
        step.env("COUNTERSIGN", serving.said("/address")?)
            .env("SIMULATOR", serving.said("/simulator")?)
            .env("ADMINISTRATOR_TOKEN", &administrator)
            .env("TECHNICIAN_TOKEN", &technician)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .within(&folder)
            .run()
    };
    step(Step::new(python).args(["-m", "unittest", "--verbose"]))?;
    step(Step::new("node").args(["--test", "--test-reporter", "spec", "node_itglue.test.js"]))
}
