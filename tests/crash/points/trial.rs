//! One case, from the proposal to its end, and what IT Glue truly has of it.

use std::time::{Duration, Instant};

use countersign::domain::CrashPoint;
use countersign::simulator::{Fault, FaultKind, Received};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::sleep;

use super::cases::{Case, Class, Death};
use super::fate::Fate;
use crate::door::Door;
use crate::ground::{self, Ground};

const PATIENCE: Duration = Duration::from_secs(90);
const LOOK: Duration = Duration::from_millis(150);
/// So that a request is under way for long enough to be seen there.
const LATENCY: Duration = Duration::from_millis(80);
const KEY: &str = "the one proposal";

/// How an item ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Applied,
    Unresolved,
    /// Its turn never came.
    Queued,
}

/// What came of a case.
#[derive(Debug)]
pub struct Found {
    pub has_died: bool,
    pub end: End,
    /// What must not be, in words.
    pub faults: Vec<String>,
}

struct Trial {
    case: Case,
    ground: Ground,
    door: Door,
    /// What the items write or remove, in their order.
    marks: Vec<String>,
    /// The contacts that they write or remove, in the same order.
    contacts: Vec<u64>,
}

/// Tries one case.
pub async fn run(template: &Ground, number: u64, case: Case) -> Found {
    let settle = if case.is_late() { "4" } else { "2" };
    let settings = [("COUNTERSIGN_SETTLE_SECONDS", settle)];
    let ground = template.copy(number, &settings).await;
    let (announce, address) = watch::channel(None);
    let door = Door::new(address, &ground.tokens);
    let fate = Fate::new();
    let control = ground.simulator.control().clone();
    let served =
        tokio::spawn(
            fate.clone()
                .serve(case.clone(), ground.home.settings(), control, announce),
        );
    let trial = Trial {
        marks: (0..5).map(|item| format!("mark-{item}")).collect(),
        contacts: ground::contacts(ground.simulator.control()),
        case,
        ground,
        door,
    };
    let (proposal, mut faults) = trial.carry_out().await;
    faults.extend(trial.judge(&proposal));
    let end = trial.end_of(&proposal, trial.case.position());
    let Trial { door, ground, .. } = trial;
    // The server is not needed once nobody asks for its address.
    drop(door);
    let life = served.await.unwrap();
    let store = life.state.store.clone();
    if let Err(damage) = store.check_file(true).await {
        faults.push(format!("integrity: {damage}"));
    }
    if let Err(broken) = store.verify_audit().await.unwrap() {
        faults.push(format!("audit chain: {broken:?}"));
    }
    drop(store);
    life.crash().await;
    ground.simulator.stop().await;
    Found {
        has_died: fate.has_struck(),
        end,
        faults,
    }
}

impl Trial {
    async fn carry_out(&self) -> (Value, Vec<String>) {
        let mut faults = Vec::new();
        let answer = self.door.proposes(KEY, &self.proposal()).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{answer:#?}");
        let id = answer.body["id"].as_str().unwrap().to_owned();
        self.set_faults();
        let opened = self.door.opens(&id).await;
        let approval = json!({"fingerprint": opened["fingerprint"], "reason": "looks right"});
        let approved = self.door.decides(&id, "approve", &approval).await;
        if approved.status != StatusCode::OK {
            faults.push(format!("approving again: {approved:#?}"));
        }
        let mut proposal = self.rested(&id).await;
        if self.case.death == Death::At(CrashPoint::Resolved)
            && proposal["status"] == "needs_attention"
        {
            let word = json!({
                "item": self.case.position(), "resolution": "not_applied",
                "then": "send_again", "reason": "it is not there",
            });
            let resolved = self.door.decides(&id, "resolve", &word).await;
            if resolved.status != StatusCode::OK {
                faults.push(format!("resolving again: {resolved:#?}"));
            }
            proposal = self.rested(&id).await;
        }
        let all = self.door.all(None).await.len();
        if all != 1 {
            faults.push(format!("one proposal became {all}"));
        }
        (proposal, faults)
    }

    /// The fault strikes the write of the item that it is all about; where a person is to be
    /// needed, the one after as well.
    fn set_faults(&self) {
        let control = self.ground.simulator.control();
        let is_resolved = self.case.death == Death::At(CrashPoint::Resolved);
        if let Some(kind) = self.case.fault.clone() {
            control.fault(Fault {
                skip: self.case.position(),
                times: if is_resolved { 2 } else { 1 },
                ..Fault::next(kind).on(self.case.class.method())
            });
        }
        if self.case.death == Death::UnderWay {
            control.set_latency(LATENCY);
        }
    }

    fn proposal(&self) -> Value {
        let item = |place: usize| {
            let (mark, contact) = (&self.marks[place], self.contacts[place]);
            match self.case.class {
                Class::Set => json!({"id": contact, "title": mark}),
                Class::Remove => json!({"id": contact}),
                Class::Once => json!({
                    "organization-id": 2, "first-name": "Crash", "last-name": mark,
                }),
            }
        };
        let data = |place: usize| json!({"type": "contacts", "attributes": item(place)});
        let several: Vec<Value> = (0..5).map(data).collect();
        let body = if self.case.is_third {
            json!({ "data": several })
        } else {
            json!({ "data": data(0) })
        };
        let one = self.contacts[0];
        let path = match (self.case.class, self.case.is_third) {
            (_, true) | (Class::Once, false) => "/contacts".to_owned(),
            (Class::Set | Class::Remove, false) => format!("/contacts/{one}"),
        };
        let mut proposal = json!({
            "method": self.case.class.method(), "path": path, "summary": "a trial",
        });
        if self.case.is_third || self.case.class != Class::Remove {
            proposal["body"] = body;
        }
        proposal
    }

    /// The proposal, once nothing moves any more.
    async fn rested(&self, id: &str) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let seen = self.door.sees(id).await;
            let is_at_rest = match seen["status"].as_str().unwrap() {
                "applied" => (0..self.count()).all(|item| !verified(&seen, item).is_null()),
                "held" | "queued" | "applying" | "checking" => false,
                _ => true,
            };
            if is_at_rest {
                return seen;
            }
            assert!(
                Instant::now() < deadline,
                "never at rest: {:?}, {seen:#}\n{}",
                self.case,
                self.ground.home.last_words()
            );
            sleep(LOOK).await;
        }
    }

    const fn count(&self) -> u32 {
        if self.case.is_third { 5 } else { 1 }
    }

    fn end_of(&self, proposal: &Value, item: u32) -> End {
        let state = if self.case.is_third {
            &proposal["items"][item as usize]["state"]
        } else {
            &proposal["status"]
        };
        match state.as_str().unwrap() {
            "applied" => End::Applied,
            "unresolved" | "needs_attention" => End::Unresolved,
            "queued" => End::Queued,
            other => panic!("{:?} ended {other}: {proposal:#}", self.case),
        }
    }

    /// What IT Glue did, against what is said of it.
    fn judge(&self, proposal: &Value) -> Vec<String> {
        let log = self.ground.simulator.control().requests();
        let mut faults = Vec::new();
        let decisive = self.end_of(proposal, self.case.position());
        for item in 0..self.count() {
            let effects = log
                .iter()
                .filter(|write| self.is_effect(write, item))
                .count();
            let end = self.end_of(proposal, item);
            let is_ignored = matches!(self.case.fault, Some(FaultKind::AcceptedAndIgnored))
                && item == self.case.position()
                && verified(proposal, item) == false;
            let expected = match item.cmp(&self.case.position()) {
                std::cmp::Ordering::Greater if decisive != End::Applied => End::Queued,
                std::cmp::Ordering::Less | std::cmp::Ordering::Greater => End::Applied,
                std::cmp::Ordering::Equal => self.expected(decisive),
            };
            let is_true = match end {
                End::Applied => effects == 1 || is_ignored,
                End::Unresolved => effects <= 1,
                End::Queued => effects == 0,
            };
            if effects > 1 {
                faults.push(format!("item {item} was carried out {effects} times"));
            }
            if !is_true || end != expected {
                faults.push(format!(
                    "item {item} is {end:?}, not {expected:?}; carried out {effects} times: {proposal:#}"
                ));
            }
        }
        faults
    }

    /// The end without the crash, unless it is a person's.
    fn expected(&self, found: End) -> End {
        let has_person = self.case.death == Death::At(CrashPoint::Resolved);
        let without = if self.case.class == Class::Once && self.case.never_arrives() && !has_person
        {
            End::Unresolved
        } else {
            End::Applied
        };
        // A death may ask a person for more than there would have been otherwise.
        if found == End::Unresolved && self.case.death != Death::Never {
            return End::Unresolved;
        }
        without
    }

    /// Whether this write of IT Glue's log took effect, for the item at this place.
    fn is_effect(&self, write: &Received, item: u32) -> bool {
        if write.method == "GET" || !write.applied {
            return false;
        }
        let contact = self.contacts[item as usize];
        let text = write
            .body
            .as_ref()
            .map(Value::to_string)
            .unwrap_or_default();
        match self.case.class {
            Class::Set | Class::Once => text.contains(&self.marks[item as usize]),
            Class::Remove => {
                write.path == format!("/contacts/{contact}") || text.contains(&contact.to_string())
            }
        }
    }
}

/// Whether an item reads back as it was sent; null as long as nobody has looked.
fn verified(proposal: &Value, item: u32) -> &Value {
    let outcome = match &proposal["items"] {
        Value::Array(items) => &items[item as usize]["outcome"],
        _ => &proposal["outcome"],
    };
    &outcome["verified"]
}
