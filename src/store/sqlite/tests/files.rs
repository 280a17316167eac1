//! The file: how it is opened, who may read it, who may write.

use sqlx::SqlitePool;
use uuid::Uuid;

use super::ground::{Ground, at, event, new_id};
use crate::domain::{AuditAction, Role, ScopeSet, TokenId, UserId};
use crate::store::sqlite::{REQUIRED_SQLITE, require_sqlite};
use crate::store::{KeepAdministrator, NewToken, Store, StoreError, TokenOwner};

#[expect(
    clippy::disallowed_methods,
    reason = "pragmas describe no columns, so the checked macros cannot take them"
)]
async fn ask(pool: &SqlitePool, statement: &'static str) -> String {
    let row = sqlx::query(statement).fetch_one(pool).await.unwrap();
    let value = sqlx::Row::try_get_raw(&row, 0).unwrap();
    let text: Result<String, _> = sqlx::Decode::<sqlx::Sqlite>::decode(value);
    text.unwrap()
}

#[tokio::test]
async fn every_connection_is_set_as_required() {
    let ground = Ground::new().await;
    for pool in [&ground.store.writer, &ground.store.readers] {
        assert_eq!(ask(pool, "PRAGMA journal_mode").await, "wal");
        assert_eq!(ask(pool, "PRAGMA synchronous").await, "2");
        assert_eq!(ask(pool, "PRAGMA foreign_keys").await, "1");
        assert_eq!(ask(pool, "PRAGMA trusted_schema").await, "0");
    }
    assert_eq!(ask(&ground.store.writer, "PRAGMA secure_delete").await, "1");
    assert_eq!(ground.store.writer.options().get_max_connections(), 1);
}

#[tokio::test]
async fn sqlite_is_new_enough() {
    let ground = Ground::new().await;
    require_sqlite(&ground.store.readers).await.unwrap();
    let found = ask(&ground.store.readers, "SELECT sqlite_version()").await;
    let parts = |version: &str| -> Vec<u32> {
        version
            .split('.')
            .map(|part| part.parse().unwrap())
            .collect()
    };
    assert!(parts(&found) >= parts("3.51.3"));
    assert_eq!(REQUIRED_SQLITE, "3.51.3");
}

#[tokio::test]
async fn readers_cannot_write() {
    let ground = Ground::new().await;
    let refused = sqlx::query!("DELETE FROM sessions")
        .execute(&ground.store.readers)
        .await;
    assert!(refused.unwrap_err().to_string().contains("readonly"));
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_but_the_owner_reads_the_files() {
    use std::os::unix::fs::PermissionsExt;

    let ground = Ground::new().await;
    for suffix in ["", "-wal", "-shm"] {
        let file = format!("{}{suffix}", ground.file().display());
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

#[tokio::test]
async fn a_file_is_opened_again_as_it_was_left() {
    let ground = Ground::new().await;
    let proposal = ground.approved(&[1], 1).await;
    ground.store.close().await;
    let store = Store::open(&ground.file()).await.unwrap();
    assert_eq!(store.proposal(proposal.id).await.unwrap(), Some(proposal));
    store.check_file(false).await.unwrap();
    store.check_file(true).await.unwrap();
    store.ping().await.unwrap();
}

#[tokio::test]
async fn what_is_no_database_is_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("gate.db");
    std::fs::write(&file, "not a database".repeat(100)).unwrap();
    assert!(Store::open(&file).await.is_err());
    assert!(
        Store::open(&folder.path().join("no/such/folder"))
            .await
            .is_err()
    );
}

#[tokio::test]
async fn the_first_master_key_claims_the_file() {
    let ground = Ground::new().await;
    let id = new_id();
    let first = ground
        .store
        .claim_instance(id, "check", at(0))
        .await
        .unwrap();
    assert_eq!(first.id, id);
    let other = Uuid::max();
    let second = ground.store.claim_instance(other, "other", at(1)).await;
    assert_eq!(second.unwrap(), first);
}

#[tokio::test]
async fn a_person_who_is_switched_off_keeps_no_token() {
    let ground = Ground::new().await;
    let token = NewToken {
        id: TokenId(new_id()),
        public_id: "person".to_owned(),
        hash: [1; 32],
        owner: TokenOwner::User(ground.user),
        name: "script".to_owned(),
        scopes: ScopeSet::EMPTY,
        addresses: crate::domain::AddressRanges::default(),
        created_at: at(0),
        expires_at: at(100),
    };
    let created = event(AuditAction::TokenCreated, at(0));
    ground.store.create_token(&token, &created).await.unwrap();
    let disabled = event(AuditAction::UserDisabled, at(5));
    ground
        .store
        .disable_user(ground.user, KeepAdministrator::No, &disabled)
        .await
        .unwrap();
    let found = ground.store.token_by_public_id("person").await.unwrap();
    assert_eq!(found.unwrap().revoked_at, Some(at(5)));
    let agent = ground.store.token(ground.token).await.unwrap().unwrap();
    assert_eq!(agent.revoked_at, None);
}

#[tokio::test]
async fn a_name_is_given_once() {
    let ground = Ground::new().await;
    let sam = crate::store::NewUser {
        id: UserId(new_id()),
        email: "sam@example.com".to_owned(),
        name: "Another".to_owned(),
        role: Role::Auditor,
        password_hash: None,
        organizations: crate::domain::OrganizationScope::All,
    };
    let rows = ground.count_audit().await;
    let created = event(AuditAction::UserCreated, at(0));
    let refused = ground.store.create_user(&sam, &created).await;
    assert!(matches!(refused, Err(StoreError::NameTaken)));
    assert_eq!(ground.count_audit().await, rows);
}

#[tokio::test]
async fn c12_a_half_done_migration_is_refused_at_start() {
    let ground = Ground::new().await;
    ground
        .sql("UPDATE _sqlx_migrations SET success = 0 WHERE version = 1;")
        .await;
    let refused = Store::open(&ground.file()).await;
    assert!(matches!(refused, Err(StoreError::Migration(_))));
}

#[tokio::test]
async fn c12_a_migration_that_breaks_off_leaves_nothing_behind() {
    const COUNT: &str = "SELECT CAST(count(*) AS TEXT) FROM _sqlx_migrations";
    let ground = Ground::new().await;
    // Its last step is as if it had not been done, so doing it again meets what is there.
    ground
        .sql(
            "DELETE FROM _sqlx_migrations
            WHERE version = (SELECT max(version) FROM _sqlx_migrations);",
        )
        .await;
    let before = ask(&ground.store.readers, COUNT).await;
    let refused = Store::open(&ground.file()).await;
    assert!(matches!(refused, Err(StoreError::Migration(_))));
    assert_eq!(ask(&ground.store.readers, COUNT).await, before);
}
