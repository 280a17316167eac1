//! Requirement P2: a backup beside a running server, whole, private, and without the master key.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::audit::execute;
use crate::program::Home;

#[test]
fn p2_a_backup_is_made_beside_a_running_server_and_can_be_served() {
    let home = Home::new();
    let simulator = home.simulator();
    home.connect(&simulator);
    let server = home.serve();
    let made = home.json(&["backup", "copy.db"]);
    assert_eq!(made["holds_master_key"], false);
    let file = home.path("copy.db");
    let metadata = fs::metadata(&file).unwrap();
    assert_eq!(made["bytes"], metadata.len());
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    assert!(!home.path("copy.db.part").exists());
    drop(server);

    fs::create_dir(home.path("restored")).unwrap();
    fs::copy(&file, home.path("restored/countersign.db")).unwrap();
    let restored = ["--data-dir", "restored"];
    let keyless = home.run(&[&["check"], &restored[..]].concat());
    assert_eq!(keyless.code, 1, "{}", keyless.out);
    fs::copy(
        home.path("data/master.key"),
        home.path("restored/master.key"),
    )
    .unwrap();
    let checked = home.json(&[&["check"], &restored[..]].concat());
    assert_eq!(checked["ok"], true, "{checked:#}");
    let verified = home.json(&[&["audit", "verify"], &restored[..]].concat());
    assert_eq!(verified["rows"], made["audit_rows"]);
    let exported = home.json(&[&["audit", "export"], &restored[..]].concat());
    let actions = exported
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["action"]);
    assert!(actions.into_iter().any(|action| action == "backup.made"));
}

#[test]
fn p2_the_master_key_is_not_in_it_and_it_says_so() {
    let home = Home::new();
    home.json(&["profile", "create", "--name", "one"]);
    let made = home.run(&["backup", "copy.db"]);
    assert_eq!(made.code, 0, "{}", made.err);
    assert!(
        made.out.contains("The master key is not in it"),
        "{}",
        made.out
    );
    let copy = fs::read(home.path("copy.db")).unwrap();
    let key_file = fs::read_to_string(home.path("data/master.key")).unwrap();
    for part in key_file.split_whitespace().filter(|part| part.len() >= 32) {
        let found = copy
            .windows(part.len())
            .any(|bytes| bytes == part.as_bytes());
        assert!(!found, "a part of the key file is in the backup");
    }
}

#[test]
fn p2_nothing_is_overwritten_and_nothing_half_made_is_left() {
    let home = Home::new();
    home.json(&["profile", "create", "--name", "one"]);
    fs::write(home.path("there.db"), "mine").unwrap();
    let refused = home.run(&["backup", "there.db"]);
    assert_eq!(refused.code, 1);
    assert!(refused.err.contains("already"), "{}", refused.err);
    assert_eq!(fs::read(home.path("there.db")).unwrap(), b"mine");

    let nowhere = home.run(&["backup", "no/such/folder/copy.db"]);
    assert_eq!(nowhere.code, 1);

    execute(
        &home,
        "DROP TRIGGER audit_is_never_changed; UPDATE audit SET at = 1 WHERE number = 1",
    );
    let broken = home.run(&["backup", "copy.db"]);
    assert_eq!(broken.code, 1, "{}", broken.out);
    assert!(broken.err.contains("broken at row 1"), "{}", broken.err);
    assert!(!home.path("copy.db").exists());
    assert!(!home.path("copy.db.part").exists());
}
