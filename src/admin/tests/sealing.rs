//! The master key is rotated while a server works with what it seals.

use std::sync::atomic::{AtomicBool, Ordering};

use super::*;
use crate::access::open_account;

/// A key whose connection is added while the master key is rotated.
fn request(number: usize) -> ConnectionRequest {
    ConnectionRequest {
        name: name(&format!("connection {number}")),
        region: Region::Eu,
        base_url: None,
        api_key: format!("ITG.0123456789abcdef{number:04}").into(),
        no_test: true,
    }
}

#[tokio::test]
async fn s4_a_rotation_under_load_makes_no_error_and_leaves_no_row() {
    let mut case = Case::new().await;
    let path = case.folder.path().join("master.key");
    let keys = KeyRing::load_or_create(&path).unwrap();
    // Two processes: each has read the file for itself.
    let (server, command) = (
        Vault::with_file(keys.clone(), &path),
        Vault::with_file(keys, &path),
    );
    case.admin.0.vault = server.clone();
    let rotating = Admin(AdminParts {
        vault: command,
        ..case.admin.0.clone()
    });
    let by = &case.operator;
    for number in 0..150 {
        let added = case.admin.create_connection(by, request(number)).await;
        added.unwrap();
    }
    let is_done = AtomicBool::new(false);
    let load = async {
        let mut number = 150;
        while !is_done.load(Ordering::Relaxed) {
            let added = case.admin.create_connection(by, request(number)).await;
            added.unwrap();
            for connection in case.admin.list_connections(by).await.unwrap() {
                open_account(&server, &connection).unwrap();
            }
            number += 1;
        }
        number
    };
    let rotate = async {
        rotating.rotate_master_key(by).await.unwrap();
        let done = rotating.rewrap(by).await.unwrap();
        is_done.store(true, Ordering::Relaxed);
        done
    };
    let (connections, done) = tokio::join!(load, rotate);
    assert!(done.rows >= 150, "{done:?}");
    assert_eq!(done.unreadable, 0);

    // What the server sealed before it had read the file again.
    rotating.rewrap(by).await.unwrap();
    let under = rotating.sealed_under(by).await.unwrap();
    let rows: Vec<u64> = under.iter().map(|key| key.rows).collect();
    assert_eq!(rows, [connections as u64, 0], "{under:?}");
    assert_eq!(rotating.drop_older_keys(by).await.unwrap(), 1);
    let next_start = Vault::with_file(KeyRing::load(&path).unwrap(), &path);
    let instance = rotating.0.store.instance().await.unwrap();
    if let Some(instance) = instance {
        next_start.confirm(&instance.key_check).unwrap();
    }
    for connection in case.admin.list_connections(by).await.unwrap() {
        open_account(&server, &connection).unwrap();
        open_account(&next_start, &connection).unwrap();
    }
}

#[tokio::test]
async fn s4_a_key_that_still_opens_something_is_not_dropped() {
    let case = Case::new().await;
    let by = &case.operator;
    case.connection("main").await;
    case.admin.rotate_master_key(by).await.unwrap();
    let refused = case.admin.drop_older_keys(by).await;
    assert!(matches!(refused, Err(AdminError::KeysInUse { rows: 1 })));
    assert_eq!(case.admin.rewrap(by).await.unwrap().rows, 1);
    assert_eq!(case.admin.drop_older_keys(by).await.unwrap(), 1);
    let connection = case.admin.list_connections(by).await.unwrap().remove(0);
    open_account(&case.admin.0.vault, &connection).unwrap();
}

#[test]
fn s3_the_key_file_of_another_installation_is_not_taken_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master.key");
    let vault = Vault::with_file(KeyRing::load_or_create(&path).unwrap(), &path);
    let before = vault.check_value();
    KeyRing::generate().save(&path).unwrap();
    assert!(vault.reload().is_err());
    assert_eq!(vault.check_value(), before);
}
