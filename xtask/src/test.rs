//! Everything that has to hold before a change is merged, in the order that fails soonest.
//!
//! The server is built twice and no more: once for tests, once for release. The lints and the query
//! check share one set of checked dependencies.

use anyhow::Result;

use crate::process::Step;
use crate::suite::Suite;
use crate::{api, build, clients, deny, e2e, lint, site, sqlx};

const BUILD: &str = "release build";

pub fn test() -> Result<()> {
    let mut suite = Suite::default();
    suite.step("format", lint::format);
    suite.step("clippy", lint::clippy);
    suite.step("queries", sqlx::check);
    suite.step("docs", lint::docs);
    suite.step("dependencies", deny::check);
    suite.step("tests of the build", own_tests);
    suite.step("tests", server_tests);
    suite.step(BUILD, build::build);
    if suite.has_failed(BUILD) {
        suite.skip("front-end size", "there is no release build");
        suite.skip("clients and guides", "there is no release build");
        suite.skip("API against its document", "there is no release build");
        suite.skip("browser tests", "there is no release build");
    } else {
        suite.step("front-end size", site::within_budget);
        suite.step("clients and guides", clients::try_them);
        suite.step("API against its document", || api::check(false));
        suite.step("browser tests", || e2e::browse(&[]));
    }
    suite.skip(
        "known holes",
        "needs the advisory database; a nightly run looks",
    );
    suite.finish()
}

/// Unit, integration and crash tests. `--no-fail-fast`, so that one run shows all that fails.
fn server_tests() -> Result<()> {
    Step::cargo()
        .args(["test", "--features", "ssr", "--locked", "--no-fail-fast"])
        .run()
}

fn own_tests() -> Result<()> {
    Step::cargo()
        .args(["test", "--package", "xtask", "--locked"])
        .run()
}
