//! The demo: everything there, nothing real.

use crate::program::{Home, KEY, Started};

fn demo(home: &Home) -> Started {
    home.start(&[
        "serve",
        "--demo",
        "--listen",
        "127.0.0.1:0",
        "--data-dir",
        "demo",
    ])
}

#[test]
fn a_demo_starts_with_all_that_is_needed_to_try_it() {
    let home = Home::bare();
    let demo = demo(&home);
    assert_eq!(
        demo.document["administrator"]["email"],
        "admin@demo.example"
    );
    assert!(demo.document["technician"]["password"].is_string());
    assert_eq!(demo.document["agent"]["name"], "triage-bot");
    let token = demo.document["agent"]["token"].as_str().unwrap();
    let curl = demo.text("curl");
    assert!(
        curl.contains(token) && curl.contains(demo.text("address")),
        "{curl}"
    );
    assert!(demo.text("simulator").starts_with("http://127.0.0.1:"));
    assert_eq!(demo.get("/readyz").0, 200);

    let agents = home.json(&["agent", "list", "--data-dir", "demo"]);
    let names: Vec<_> = agents
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["name"])
        .collect();
    assert_eq!(names, ["onboard-bot", "triage-bot"]);
    assert_eq!(
        home.json(&["user", "list", "--data-dir", "demo"])
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[test]
fn a_demo_that_is_started_again_has_its_data_and_new_passwords() {
    let home = Home::bare();
    let first = demo(&home);
    let (simulator, document) = (first.text("simulator").to_owned(), first.document.clone());
    assert_eq!(first.terminate().0, Some(0));
    let second = demo(&home);
    assert_eq!(second.text("simulator"), simulator);
    assert_ne!(
        second.document["technician"]["password"],
        document["technician"]["password"]
    );
    assert_ne!(
        second.document["agent"]["token"],
        document["agent"]["token"]
    );
    assert_eq!(
        home.json(&["agent", "list", "--data-dir", "demo"])
            .as_array()
            .unwrap()
            .len(),
        2
    );
    assert_eq!(
        home.json(&["audit", "verify", "--data-dir", "demo"])["ok"],
        true
    );
}

#[test]
fn a_demo_takes_no_real_key() {
    let home = Home::new();
    let _demo = demo(&home);
    let create = |more: &[&str]| {
        let args = [
            "connection",
            "create",
            "--name",
            "real",
            "--region",
            "us",
            "--api-key-stdin",
            "--no-test",
            "--data-dir",
            "demo",
        ];
        home.run_with(&[&args[..], more].concat(), KEY)
    };
    create(&[]).complains(&["the demo takes connections to its own simulator only"]);
    create(&["--base-url", "https://api.itglue.com"]).complains(&["its own simulator only"]);
}

#[test]
fn a_demo_and_real_data_do_not_mix() {
    let home = Home::new();
    assert_eq!(demo(&home).terminate().0, Some(0));
    home.run(&["serve", "--data-dir", "demo"])
        .complains(&["demo holds a demo; start it with --demo"]);
    home.json(&["profile", "create", "--name", "Docs"]);
    home.run(&["serve", "--demo", "--data-dir", "data"])
        .complains(&["holds data that is not the demo's"]);
}

#[test]
fn a_demo_listens_on_loopback_unless_told_twice() {
    let home = Home::bare();
    let url = "https://demo.example";
    let args = [
        "serve",
        "--demo",
        "--listen",
        "0.0.0.0:0",
        "--public-url",
        url,
        "--data-dir",
        "demo",
    ];
    home.run(&args)
        .complains(&["reachable from other machines", "--expose-demo"]);
    let exposed = home.start(&[&args[..], &["--expose-demo"]].concat());
    assert_eq!(exposed.text("address"), url);
}

#[test]
fn without_a_folder_nothing_is_left_behind() {
    let home = Home::bare();
    let demo = home.start(&["serve", "--demo", "--listen", "127.0.0.1:0"]);
    let folder = demo.text("data_dir").to_owned();
    assert!(std::path::Path::new(&folder).exists());
    assert_eq!(demo.terminate().0, Some(0));
    assert!(!std::path::Path::new(&folder).exists());
}
