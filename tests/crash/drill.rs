//! The restore drill: a backup made while serving, ten writes after it, and the backup put back.

use countersign::access::ProvenAdministrator;
use serde_json::Value;

use crate::ground::Ground;
use crate::report::row;
use crate::scene::{Scene, new_contact, new_title, removal};

/// Five creates, three changes, two removes.
fn ten(contacts: &[u64]) -> Vec<(String, Value)> {
    let creates = (0..5).map(|n| format!("drill-create-{n}"));
    let creates = creates.map(|name| (name.clone(), new_contact(&name)));
    let changes = contacts[..3].iter().map(|contact| {
        let name = format!("drill-change-{contact}");
        (name.clone(), new_title(*contact, &name))
    });
    let removes = contacts[3..5].iter();
    let removes = removes.map(|contact| (format!("drill-remove-{contact}"), removal(*contact)));
    creates.chain(changes).chain(removes).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_restored_database_nothing_is_sent_unasked_and_no_create_is_doubled() {
    let mut scene = Scene::on(Ground::prepare(3).await).await;
    scene.pause().await;
    let mut ids = Vec::new();
    for (name, proposal) in ten(&scene.contacts) {
        ids.push(scene.approved(&name, &proposal).await);
    }
    let backup = scene.ground.home.path().join("backup.db");
    let made = backup.to_str().unwrap().to_owned();
    scene.ground.home.succeeds(&["backup", &made]);

    scene.resume().await;
    for id in &ids {
        assert_eq!(scene.rested(id).await["status"], "applied");
    }
    let writes = scene.writes();
    assert_eq!(writes, 10);
    scene.stop().await;
    put_back(&scene, &backup);
    scene.begin().await;

    let state = &scene.life().state;
    assert!(state.admin.is_held_after_restore());
    // The pause came back with the backup; what holds the worker now is the restore.
    scene.resume().await;
    let other = new_title(scene.contacts[5], "after the restore");
    let other = scene.approved("another", &other).await;
    for id in ids.iter().chain([&other]) {
        assert_eq!(scene.door.sees(id).await["status"], "queued");
    }
    assert_eq!(scene.writes(), writes, "nothing is sent unasked");

    let by = ProvenAdministrator::operator();
    state.admin.accept_restore(&by).await.unwrap().unwrap();
    let mut asked = 0;
    for id in ids.iter().chain([&other]) {
        let seen = scene.rested(id).await;
        match seen["status"].as_str() {
            Some("applied") => {}
            Some("needs_attention") => asked += 1,
            _ => panic!("{seen:#}"),
        }
    }
    for (name, _) in ten(&scene.contacts) {
        assert!(scene.effects(&name) <= 1, "{name}");
    }
    // All ten are found by reading; the one that never was sent goes out now.
    assert_eq!(scene.writes(), writes + 1);
    row(
        "restore drill",
        &[
            ("writes applied after the backup", writes),
            ("sent before the confirmation", 0),
            ("asked a person", asked),
            ("doubled", 0),
        ],
    );
    scene.end_whole().await;
}

fn put_back(scene: &Scene, backup: &std::path::Path) {
    let database = scene.ground.home.settings().database_path;
    for beside in ["db-wal", "db-shm"] {
        // They are gone after an end in order.
        let _gone = std::fs::remove_file(database.with_extension(beside));
    }
    std::fs::copy(backup, &database).unwrap();
}
