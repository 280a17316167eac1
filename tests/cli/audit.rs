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

#[test]
fn l3_a_tail_that_was_cut_off_is_found_by_a_head_of_the_log() {
    let home = home_with_five_rows();
    let verified = home.json(&["audit", "verify"]);
    let hash = verified["head"]["hash"].as_str().unwrap();
    let head = format!("5:{hash}");
    assert_eq!(home.json(&["audit", "verify", "--head", &head])["ok"], true);
    execute(
        &home,
        "DROP TRIGGER audit_is_never_deleted; DELETE FROM audit WHERE number > 3",
    );
    assert_eq!(home.json(&["audit", "verify"])["ok"], true);
    let cut = home.run(&["audit", "verify", "--json", "--head", &head]);
    assert_eq!(cut.code, 1);
    assert_eq!(cut.document()["first_bad_row"], 5);
    let other = format!("3:{hash}");
    let other = home.run(&["audit", "verify", "--json", "--head", &other]);
    assert_eq!(other.code, 1);
    assert_eq!(other.document()["first_bad_row"], 3);
    let nonsense = home.run(&["audit", "verify", "--head", "five"]);
    assert_eq!(nonsense.code, 1);
    assert!(nonsense.err.contains("NUMBER:HASH"), "{}", nonsense.err);
}

#[test]
fn l3_the_server_writes_the_head_to_its_log_when_it_stops() {
    let home = home_with_five_rows();
    let err = home.serve().stop_and_read_log();
    let head = err.split("head=").nth(1).unwrap();
    let head = head.split_whitespace().next().unwrap();
    // The sixth row is the set-up code, made as there is no administrator.
    assert!(head.starts_with("6:"), "{head}");
    assert_eq!(home.json(&["audit", "verify", "--head", head])["ok"], true);
}

#[test]
fn every_row_is_exported_and_the_export_is_one_of_them() {
    let home = home_with_five_rows();
    let exported = home.run(&["audit", "export"]);
    assert_eq!(exported.code, 0, "{}", exported.err);
    let rows: Vec<serde_json::Value> = exported
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(rows.len(), 6);
    for (position, row) in rows.iter().enumerate() {
        assert_eq!(row["number"], position + 1);
    }
    assert_eq!(rows[0]["action"], "profile.created");
    assert_eq!(rows[1]["previous_hash"], rows[0]["hash"]);
    assert_eq!(rows[5]["action"], "audit.exported");
    let array = home.json(&["audit", "export"]);
    assert_eq!(array.as_array().unwrap().len(), 7);
}

#[test]
fn an_export_for_spreadsheets_holds_no_formula() {
    let home = home_with_five_rows();
    home.json(&["profile", "create", "--name", "plain"]);
    execute(
        &home,
        "DROP TRIGGER audit_is_never_changed;
        UPDATE audit SET address = '=cmd|''/c calc''!A1' WHERE number = 2",
    );
    let exported = home.run(&["audit", "export", "--format", "csv"]);
    assert_eq!(exported.code, 0, "{}", exported.err);
    let mut lines = exported.out.split("\r\n");
    assert!(lines.next().unwrap().starts_with("number,at,actor,"));
    assert!(
        exported.out.contains("\"'=cmd|'/c calc'!A1\""),
        "{}",
        exported.out
    );
    assert_eq!(lines.filter(|line| !line.is_empty()).count(), 7);
}

#[test]
fn an_export_can_begin_at_a_time() {
    let home = home_with_five_rows();
    let none = home.run(&["audit", "export", "--since", "2999-01-01"]);
    assert_eq!((none.code, none.out.as_str()), (0, ""));
    let all = home.run(&["audit", "export", "--since", "2020-01-01"]);
    assert_eq!(all.out.lines().count(), 7);
    let bad = home.run(&["audit", "export", "--since", "soon"]);
    assert_eq!(bad.code, 2);
}
