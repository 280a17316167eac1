//! The audit chain, and what a hand in the database does to it.

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

use crate::program::Home;

/// Runs SQL past the program.
pub fn execute(home: &Home, sql: &'static str) {
    let options = SqliteConnectOptions::new().filename(home.path("data/countersign.db"));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let mut connection = options.connect().await.unwrap();
        #[expect(
            clippy::disallowed_methods,
            reason = "what the program itself would never do"
        )]
        let statements = sqlx::raw_sql(sql);
        statements.execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    });
}

fn home_with_five_rows() -> Home {
    let home = Home::new();
    for name in ["one", "two", "three", "four", "five"] {
        home.json(&["profile", "create", "--name", name]);
    }
    home
}

#[test]
fn a_whole_chain_is_confirmed() {
    let home = home_with_five_rows();
    let verified = home.json(&["audit", "verify"]);
    assert_eq!(verified["ok"], true);
    assert_eq!(verified["rows"], 5);
    assert_eq!(verified["head"]["hash"].as_str().unwrap().len(), 64);
}

#[test]
fn the_first_bad_row_is_named() {
    let home = home_with_five_rows();
    execute(
        &home,
        "DROP TRIGGER audit_is_never_changed;
        UPDATE audit SET details = '{}' WHERE number = 3",
    );
    let verified = home.run(&["audit", "verify", "--json"]);
    assert_eq!(verified.code, 1);
    assert_eq!(verified.document()["first_bad_row"], 3);
    let verified = home.run(&["audit", "verify"]);
    assert_eq!(verified.code, 1);
    assert!(verified.out.contains("broken at row 3"), "{}", verified.out);
}

#[test]
fn a_row_that_is_gone_is_named() {
    let home = home_with_five_rows();
    execute(
        &home,
        "DROP TRIGGER audit_is_never_deleted; DELETE FROM audit WHERE number = 2",
    );
    let verified = home.run(&["audit", "verify", "--json"]);
    assert_eq!(verified.code, 1);
    assert_eq!(verified.document()["first_bad_row"], 2);
}
