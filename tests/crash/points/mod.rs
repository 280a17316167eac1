//! Every point of section 9 of the replay protocol at which the process may die, with every kind of
//! write and everything that can go wrong on its way: it ends as it would have ended, or a person
//! is asked. A selection in which every pair occurs, or all of it where there is time.

mod cases;
mod fate;
mod trial;

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::ground::Ground;
use crate::report::{is_long, row};
use cases::{Case, Death, pairwise, product};
use trial::{End, Found};

/// Mostly they wait.
const AT_A_TIME: usize = 12;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wherever_the_process_dies_a_write_ends_as_it_would_have_or_a_person_is_asked() {
    let cases = if is_long() { product() } else { pairwise() };
    let places = Arc::new(Semaphore::new(AT_A_TIME));
    let template = Arc::new(Ground::prepare(0).await);
    let mut trials = JoinSet::new();
    for (number, case) in (1..).zip(cases) {
        let (places, template) = (Arc::clone(&places), Arc::clone(&template));
        trials.spawn(async move {
            let _place = places.acquire_owned().await.unwrap();
            let found = trial::run(&template, number, case.clone()).await;
            (case, found)
        });
    }
    let results: Vec<(Case, Found)> = trials.join_all().await;
    let count = |is: fn(&(Case, Found)) -> bool| results.iter().filter(|one| is(one)).count();
    let deaths = count(|(_, found)| found.has_died);
    row(
        "crash points",
        &[
            ("cases", results.len()),
            ("deaths", deaths),
            ("applied", count(|(_, found)| found.end == End::Applied)),
            (
                "asked a person",
                count(|(_, found)| found.end == End::Unresolved),
            ),
            ("faults", count(|(_, found)| !found.faults.is_empty())),
        ],
    );
    let faults: Vec<String> = results
        .iter()
        .filter(|(_, found)| !found.faults.is_empty())
        .map(|(case, found)| format!("{case:?}: {:#?}", found.faults))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let meant = count(|(case, _)| case.death != Death::Never);
    assert!(deaths * 2 > meant, "only {deaths} of {meant} died");
}
