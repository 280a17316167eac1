//! How often a person is asked where one request in a hundred goes wrong: at most once in a hundred
//! creates, and never about updates and deletes that nobody else edits.

use std::collections::HashSet;
use std::sync::Arc;

use countersign::simulator::{Control, Fault, FaultKind};
use serde_json::Value;
use tokio::task::JoinSet;

use crate::ground::{self, Ground};
use crate::report::{figure, row};
use crate::scene::{Scene, new_contact, new_title, removal};

const LANES: usize = 8;
const ROUNDS: usize = 15;
const MANY_ROUNDS: usize = 1250;
/// One in so many requests goes wrong.
const ONE_IN: u32 = 100;

#[derive(Default)]
struct Asked {
    creates: usize,
    changes: usize,
    removes: usize,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_one_fault_in_a_hundred_a_person_is_asked_about_one_create_in_a_hundred() {
    let scene = Arc::new(Scene::on(Ground::prepare(5).await).await);
    let rounds = figure(ROUNDS, MANY_ROUNDS);
    for method in ["POST", "PATCH", "DELETE", "GET"] {
        misbehave(scene.control(), method, rounds * LANES * 25);
    }
    let mut lanes = JoinSet::new();
    for lane in 0..LANES {
        lanes.spawn(work(Arc::clone(&scene), lane, rounds));
    }
    let mut asked = Asked::default();
    for one in lanes.join_all().await {
        asked.creates += one.creates;
        asked.changes += one.changes;
        asked.removes += one.removes;
    }
    let each = rounds * LANES;
    row(
        "persons asked",
        &[
            ("creates", 2 * each),
            ("asked about creates", asked.creates),
            ("updates", each),
            ("asked about updates", asked.changes),
            ("deletes", each),
            ("asked about deletes", asked.removes),
        ],
    );
    assert!(asked.creates * 100 <= 2 * each, "{} creates", asked.creates);
    assert_eq!((asked.changes, asked.removes), (0, 0));
    no_name_twice(scene.control());
    let Some(scene) = Arc::into_inner(scene) else {
        panic!("nobody works any more");
    };
    scene.end_whole().await;
}

/// Exactly one request in a hundred goes wrong, each time in another way.
fn misbehave(control: &Control, method: &str, requests: usize) {
    let kinds = match method {
        "GET" => vec![
            FaultKind::ResetBefore,
            FaultKind::ErrorBefore { status: 502 },
        ],
        _ => ground::writes_go_wrong(),
    };
    let count = requests / ONE_IN as usize + 1;
    for (number, kind) in (1..).zip(kinds.iter().cycle().take(count)) {
        control.fault(Fault {
            skip: number * ONE_IN - 1,
            ..Fault::next(kind.clone()).on(method)
        });
    }
}

/// Creates two contacts, changes one of them, removes it; again and again.
async fn work(scene: Arc<Scene>, lane: usize, rounds: usize) -> Asked {
    let mut asked = Asked::default();
    let own = scene.contacts[lane];
    for round in 0..rounds {
        let name = |what: &str| format!("{what}-{lane}-{round}");
        let mut made = None;
        for create in ["first", "second"] {
            let name = name(create);
            let seen = ends(&scene, &name, &new_contact(&name)).await;
            asked.creates += usize::from(seen["status"] == "needs_attention");
            made = made.or(seen["outcome"]["resource_id"].as_str().map(str::to_owned));
        }
        let change = name("change");
        let seen = ends(&scene, &change, &new_title(own, &change)).await;
        asked.changes += usize::from(seen["status"] == "needs_attention");
        let contact: u64 = made.expect("one of two is made").parse().unwrap();
        let seen = ends(&scene, &name("remove"), &removal(contact)).await;
        asked.removes += usize::from(seen["status"] == "needs_attention");
    }
    asked
}

/// Each create has a name of its own.
fn no_name_twice(control: &Control) {
    let mut names = HashSet::new();
    for write in control.requests() {
        let body = write.body.as_ref().filter(|_| write.applied);
        let name = body.and_then(|body| body.pointer("/data/attributes/last-name"));
        if let (true, Some(name)) = (write.method == "POST", name) {
            assert!(names.insert(name.to_string()), "{name} is doubled");
        }
    }
}

async fn ends(scene: &Scene, name: &str, proposal: &Value) -> Value {
    let id = scene.approved(name, proposal).await;
    let seen = scene.rested(&id).await;
    let is_known = seen["status"] == "applied" || seen["status"] == "needs_attention";
    assert!(is_known, "{name}: {seen:#}");
    seen
}
