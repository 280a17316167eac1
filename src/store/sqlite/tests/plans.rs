//! How SQLite goes about the queries that run all the time: by index, in the order of an index.

use super::ground::Ground;
use crate::domain::ProposalStatus;
use crate::store::Store;

const CHANGES: &str = include_str!("../changes.rs");
const CONTENTS: &str = include_str!("../contents.rs");
const DUE: &str = include_str!("../due.rs");
const HISTORY: &str = include_str!("../history.rs");
const LISTS: &str = include_str!("../lists.rs");
const OWN_CLIENTS: &str = include_str!("../own_clients.rs");
const AUDIT_PAGES: &str = include_str!("../audit_pages.rs");
const PAST: &str = include_str!("../past.rs");
const PROFILES: &str = include_str!("../profiles.rs");
const PROPOSALS: &str = include_str!("../proposals.rs");
const REVERTS: &str = include_str!("../reverts.rs");
const REPLAY: &str = include_str!("../replay.rs");
const SAME_WRITES: &str = include_str!("../same_writes.rs");
const SWEEPS: &str = include_str!("../sweeps.rs");
const TEAMWORK: &str = include_str!("../teamwork.rs");
const TOKENS: &str = include_str!("../tokens.rs");

/// People, agents and connections: where there are few, reading them all is as good as an index.
const SMALL_TABLES: [&str; 8] = [
    "SCAN a",
    "SCAN c",
    "SCAN its",
    "SCAN connections",
    // So many rows that an index gave in its order.
    "SCAN looked_at",
    "SCAN u",
    "SCAN u LEFT-JOIN",
    "SCAN g LEFT-JOIN",
];

/// The statement of this place among those of a function, as it stands in the source.
fn statement(source: &str, function: &str, place: usize) -> String {
    let start = source.find(&format!("fn {function}(")).unwrap();
    let body = source[start..].replace("\\\"", "\u{1}");
    let literals = body.split('"').skip(1).step_by(2);
    let mut statements = literals.filter(|literal| {
        ["SELECT", "UPDATE", "DELETE", "INSERT"]
            .iter()
            .any(|word| literal.starts_with(word))
    });
    statements.nth(place).unwrap().replace('\u{1}', "\"")
}

#[expect(
    clippy::disallowed_methods,
    reason = "a plan cannot be asked for through the checked macros"
)]
async fn plan(ground: &Ground, statement: &str) -> Vec<String> {
    let question = format!("EXPLAIN QUERY PLAN {statement}");
    let rows = sqlx::query(sqlx::AssertSqlSafe(question))
        .fetch_all(&ground.store.writer)
        .await
        .unwrap();
    rows.iter()
        .map(|row| sqlx::Row::get(row, "detail"))
        .collect()
}

/// A statement with the indexes it has to use.
type Hot = (&'static str, String, Vec<&'static str>);

fn of_lists() -> Vec<Hot> {
    let of_agent = |place| statement(LISTS, "proposals_of_agent", place);
    vec![
        (
            "waiting",
            statement(LISTS, "waiting_page", 0),
            vec!["proposals_waiting"],
        ),
        (
            "fitting",
            statement(LISTS, "fitting", 0),
            vec!["sqlite_autoindex_proposals_2"],
        ),
        (
            "latest",
            statement(LISTS, "latest_page", 0),
            vec!["proposals_by_status"],
        ),
        (
            "reading differently",
            statement(LISTS, "differing_page", 0),
            vec!["proposals_reading_differently"],
        ),
        (
            "own reading differently",
            statement(OWN_CLIENTS, "differing_of_own", 0),
            vec!["proposals_reading_differently_of_clients"],
        ),
        (
            "reverts",
            statement(REVERTS, "reverts_of", 0),
            vec!["proposals_reverting"],
        ),
        (
            "open revert",
            statement(REVERTS, "open_revert", 0),
            vec!["proposals_reverting_open"],
        ),
        (
            "made anew",
            statement(REVERTS, "made_anew", 0),
            vec!["proposals_reverting"],
        ),
        (
            "by ticket",
            of_agent(0),
            vec!["proposals_of_agent_by_ticket"],
        ),
        (
            "by organization",
            of_agent(1),
            vec!["proposals_of_agent_by_organization"],
        ),
        (
            "by status",
            of_agent(2),
            vec!["proposals_of_agent_by_status"],
        ),
        ("by group", of_agent(3), vec!["proposals_of_agent_by_group"]),
        ("of agent", of_agent(4), vec!["proposals_of_agent"]),
        (
            "counts",
            statement(LISTS, "counts", 0),
            vec!["proposals_by_status"],
        ),
    ]
}

/// Lists of people who are limited to some clients. The first rows of each client, as many as the
/// page holds, are put in order in memory.
fn of_own_clients() -> Vec<Hot> {
    let numbers = "sqlite_autoindex_proposals_2";
    vec![
        (
            "own combinations",
            statement(OWN_CLIENTS, "own_clients", 0),
            vec!["clients_together_by_first"],
        ),
        (
            "own waiting",
            statement(OWN_CLIENTS, "waiting_of_own", 0),
            vec!["proposals_waiting_of_clients", numbers],
        ),
        (
            "own latest",
            statement(OWN_CLIENTS, "latest_of_own", 0),
            vec!["proposals_of_clients_by_status", numbers],
        ),
        (
            "own numbers",
            statement(OWN_CLIENTS, "numbers_of_own", 0),
            vec!["proposals_of_clients", numbers],
        ),
        (
            "own counts",
            statement(OWN_CLIENTS, "counts_of_own", 0),
            vec!["proposals_of_clients_by_status"],
        ),
    ]
}

fn of_audit() -> Vec<Hot> {
    let numbers = |place| statement(AUDIT_PAGES, "audit_numbers", place);
    vec![
        ("audit of subject", numbers(0), vec!["audit_of_subject"]),
        ("audit of actor", numbers(1), vec!["audit_of_actor"]),
        ("audit of action", numbers(2), vec!["audit_of_action"]),
        ("audit", numbers(3), vec![]),
        (
            "audit since",
            statement(AUDIT_PAGES, "numbers_between", 0),
            vec!["audit_by_time"],
        ),
        (
            "audit until",
            statement(AUDIT_PAGES, "numbers_between", 1),
            vec!["audit_by_time"],
        ),
        (
            "audit rows",
            statement(AUDIT_PAGES, "audit_rows", 0),
            vec![],
        ),
        (
            "audit after",
            statement(AUDIT_PAGES, "audit_after", 0),
            vec![],
        ),
    ]
}

fn of_history() -> Vec<Hot> {
    let of_person_or_all = vec!["decisions_of_person", "decisions_by_time"];
    vec![
        (
            "history",
            statement(HISTORY, "decided_below", 0),
            of_person_or_all.clone(),
        ),
        (
            "history, the last",
            statement(HISTORY, "last_looked_at", 0),
            of_person_or_all,
        ),
        (
            "decisions of a proposal",
            statement(HISTORY, "decisions_of", 0),
            vec!["PRIMARY"],
        ),
        (
            "claims",
            statement(TEAMWORK, "claims_of", 0),
            vec!["sqlite_autoindex_proposals_2", "PRIMARY"],
        ),
        (
            "comments",
            statement(TEAMWORK, "comments_of", 0),
            vec!["comments_of_proposal"],
        ),
    ]
}

fn of_replay() -> Vec<Hot> {
    vec![
        (
            "claim",
            statement(REPLAY, "next_in_turn", 0),
            vec!["items_queued", "items_in_flight", "items_queued_on_target"],
        ),
        (
            "due reads",
            statement(DUE, "due_reads", 0),
            vec!["items_uncertain", "items_unread"],
        ),
        (
            "interrupted",
            statement(DUE, "interrupted", 0),
            vec!["items_in_flight"],
        ),
        (
            "on their way",
            statement(DUE, "on_their_way", 0),
            vec!["items_in_flight"],
        ),
        (
            "next due",
            statement(DUE, "next_due_at", 0),
            vec![
                "proposals_held",
                "items_uncertain",
                "items_unread",
                "items_secret_queued",
            ],
        ),
        (
            "uncollected",
            statement(DUE, "uncollected", 0),
            vec!["items_secret_queued"],
        ),
        (
            "stale",
            statement(REPLAY, "mark_stale", 0),
            vec!["items_waiting_on_target"],
        ),
        (
            "states",
            statement(REPLAY, "refresh_status", 0),
            vec!["sqlite_autoindex_items_2"],
        ),
    ]
}

fn of_the_rest() -> Vec<Hot> {
    vec![
        (
            "token",
            statement(TOKENS, "token_by_public_id", 0),
            vec!["sqlite_autoindex_tokens_2"],
        ),
        (
            "repeated",
            statement(PROPOSALS, "repeated", 0),
            vec!["sqlite_autoindex_proposals_3"],
        ),
        (
            "the same write",
            statement(SAME_WRITES, "open_write", 0),
            vec!["proposals_open_by_write"],
        ),
        (
            "the same write, not told",
            statement(SAME_WRITES, "untold_write", 0),
            vec!["proposals_untold_by_write", "items_of_record"],
        ),
        (
            "cap",
            statement(PROPOSALS, "waiting", 0),
            vec!["proposals_of_token_waiting"],
        ),
        (
            "number",
            statement(CONTENTS, "insert", 0),
            vec!["sqlite_autoindex_proposals_2"],
        ),
        (
            "first write",
            statement(PROPOSALS, "has_applied_in_group", 0),
            vec!["proposals_applied_of_agent"],
        ),
        (
            "release",
            statement(SWEEPS, "release_held", 0),
            vec!["proposals_held"],
        ),
        (
            "expire",
            statement(SWEEPS, "expire_proposals", 0),
            vec!["proposals_expiring"],
        ),
        (
            "ended",
            statement(SWEEPS, "expire_proposals", 1),
            vec!["sqlite_autoindex_items_2"],
        ),
        (
            "erase",
            statement(SWEEPS, "erase_secrets", 0),
            vec!["items_with_secrets"],
        ),
        (
            "proposals",
            statement(PROPOSALS, "proposals_by_number", 0),
            vec!["sqlite_autoindex_proposals_2"],
        ),
        (
            "items",
            statement(PROPOSALS, "item_rows", 0),
            vec!["sqlite_autoindex_proposals_2", "sqlite_autoindex_items_2"],
        ),
    ]
}

fn of_profiles() -> Vec<Hot> {
    vec![
        (
            "agents of profile",
            statement(PROFILES, "agents_of_profile", 0),
            vec!["agents_of_profile"],
        ),
        (
            "editors",
            statement(PROFILES, "profile_editors", 0),
            vec!["audit_of_subject"],
        ),
        // The newest of thirty days are put in order in memory, a few at a time.
        (
            "past numbers",
            statement(PAST, "past_proposals", 0),
            vec!["proposals_of_agent_by_age"],
        ),
        (
            "past proposals",
            statement(PAST, "past_proposals", 1),
            vec!["sqlite_autoindex_proposals_2"],
        ),
    ]
}

/// What wakes those who wait, and what they are then told. Where no index is named, it is the table
/// in its own order.
fn of_changes() -> Vec<Hot> {
    let of_agent = vec!["changes_of_agent"];
    vec![
        (
            "hand out",
            statement(CHANGES, "hand_out_changes", 0),
            vec![],
        ),
        (
            "changes after",
            statement(CHANGES, "changes_after", 0),
            of_agent.clone(),
        ),
        (
            "newest change",
            statement(CHANGES, "newest_change_of", 0),
            of_agent,
        ),
        ("change", statement(CHANGES, "change_of", 0), vec![]),
        ("forget", statement(CHANGES, "forget_changes", 0), vec![]),
    ]
}

async fn assert_indexed(ground: &Ground) {
    let mut bad = Vec::new();
    let hot = [
        of_lists(),
        of_own_clients(),
        of_audit(),
        of_history(),
        of_replay(),
        of_the_rest(),
        of_profiles(),
        of_changes(),
    ]
    .concat();
    for (name, statement, indexes) in hot {
        let plan = plan(ground, &statement).await;
        let text = plan.join("\n");
        for index in indexes {
            let uses = |step: &String| step.split([' ', '(']).any(|word| word == index);
            if !plan.iter().any(uses) {
                bad.push(format!("{name} does not use {index}:\n{text}"));
            }
        }
        let scans = |step: &String| {
            let is_table = step.starts_with("SCAN") && !step.contains("VIRTUAL TABLE");
            let is_whole = !step.contains(" INDEX ") && !SMALL_TABLES.contains(&step.as_str());
            let is_constant = step.contains("SCAN (subquery") || step == "SCAN CONSTANT ROW";
            is_table && is_whole && !is_constant
        };
        // A page that was asked for by number, or by client, is put in order in memory.
        let is_page = ["items", "audit rows", "past numbers", "history"].contains(&name)
            || name.starts_with("own ");
        let sorts = |step: &String| step.contains("ORDER BY") && !is_page;
        if plan.iter().any(|step| scans(step) || sorts(step)) {
            bad.push(format!("{name} scans or sorts:\n{text}"));
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n\n"));
}

#[tokio::test]
async fn hot_queries_use_their_indexes_in_a_new_file() {
    let ground = Ground::new().await;
    assert_indexed(&ground).await;
}

/// What `PRAGMA optimize` finds out when the file is closed must not lead the planner astray.
#[tokio::test]
async fn hot_queries_use_their_indexes_in_an_old_file() {
    let mut ground = Ground::new().await;
    for target in 0..200 {
        ground.approved(&[target, target + 1000], 1).await;
    }
    ground
        .sql("UPDATE proposals SET status = 'applied' WHERE number > 5")
        .await;
    ground
        .sql("UPDATE items SET state = 'applied', verified = 1 WHERE rowid > 10")
        .await;
    for (number, status) in (1..).zip(ProposalStatus::ALL) {
        let set = format!("UPDATE proposals SET status = '{status}' WHERE number = {number}");
        ground.sql(&set).await;
    }
    ground.sql("ANALYZE").await;
    ground.store.close().await;
    ground.store = Store::open(&ground.file()).await.unwrap();
    assert_indexed(&ground).await;
}
