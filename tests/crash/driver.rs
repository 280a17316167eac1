//! Agents that propose and technicians that approve, while the server comes and goes.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::chance::Chance;
use crate::door::Door;

/// How long the end of a write is waited for before the next is proposed.
const ATTENTION: Duration = Duration::from_millis(1200);
const PAUSE: Duration = Duration::from_millis(100);
/// States that are left without anybody doing anything.
const RESTLESS: [&str; 4] = ["held", "queued", "applying", "checking"];

/// What a write is meant to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Deed {
    /// Gives a contact the name of the write as its title.
    Set { contact: u64 },
    /// Makes a contact with the name of the write as its last name.
    Create,
    /// Removes a contact that an earlier write made.
    Remove { contact: u64 },
    /// Gives a flexible asset the name of the write as its location, leaving the other traits.
    Merge { asset: u64 },
}

/// A write that was proposed and taken in.
#[derive(Clone, Debug)]
pub struct Write {
    /// Like no other's.
    pub name: String,
    pub deed: Deed,
    pub is_approved: bool,
}

/// One agent and one technician, working one after the other.
pub struct Lane {
    pub number: u64,
    pub contacts: Vec<u64>,
    pub assets: Vec<u64>,
    pub chance: Chance,
    pub door: Arc<Door>,
}

impl Lane {
    pub async fn work(mut self, is_over: Arc<AtomicBool>) -> Vec<Write> {
        let mut made = Vec::new();
        let mut writes = Vec::new();
        while !is_over.load(Ordering::Relaxed) {
            let name = format!("w{}-{}", self.number, writes.len());
            let deed = self.think_of(&mut made);
            let (write, id) = self.carry_out(name, deed).await;
            if write.is_approved {
                let seen = self.look_after(&id).await;
                let is_made = write.deed == Deed::Create && seen["status"] == "applied";
                let contact = seen["outcome"]["resource_id"].as_str();
                if let (true, Some(contact)) = (is_made, contact) {
                    made.push(contact.parse().unwrap());
                }
            }
            writes.push(write);
        }
        writes
    }

    fn think_of(&mut self, made: &mut Vec<u64>) -> Deed {
        let draw = self.chance.between(0, 100);
        if draw < 10
            && let Some(contact) = made.pop()
        {
            return Deed::Remove { contact };
        }
        match draw {
            0..45 => Deed::Create,
            45..90 => Deed::Set {
                contact: *self.chance.pick(&self.contacts),
            },
            _ => Deed::Merge {
                asset: *self.chance.pick(&self.assets),
            },
        }
    }

    async fn carry_out(&self, name: String, deed: Deed) -> (Write, String) {
        let answer = self.door.proposes(&name, &deed.proposal(&name)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{name}: {answer:#?}");
        let id = answer.body["id"].as_str().unwrap().to_owned();
        let is_approved = self.door.approves(&id).await;
        let write = Write {
            name,
            deed,
            is_approved,
        };
        (write, id)
    }

    /// Looks at a proposal until it has ended, or for a while.
    async fn look_after(&self, id: &str) -> Value {
        let deadline = Instant::now() + ATTENTION;
        loop {
            let seen = self.door.sees(id).await;
            let is_restless = RESTLESS.iter().any(|status| seen["status"] == *status);
            if !is_restless || Instant::now() > deadline {
                return seen;
            }
            sleep(PAUSE).await;
        }
    }
}

impl Deed {
    /// IT Glue's path.
    pub fn path(&self) -> String {
        match self {
            Self::Create => "/contacts".to_owned(),
            Self::Set { contact } | Self::Remove { contact } => format!("/contacts/{contact}"),
            Self::Merge { asset } => format!("/flexible_assets/{asset}"),
        }
    }

    /// Where in the body the name of the write stands.
    pub const fn mark(&self) -> Option<&'static str> {
        match self {
            Self::Create => Some("/data/attributes/last-name"),
            Self::Set { .. } => Some("/data/attributes/title"),
            Self::Merge { .. } => Some("/data/attributes/traits/location"),
            Self::Remove { .. } => None,
        }
    }

    pub const fn method(&self) -> &'static str {
        match self {
            Self::Create => "POST",
            Self::Set { .. } | Self::Merge { .. } => "PATCH",
            Self::Remove { .. } => "DELETE",
        }
    }

    fn proposal(&self, name: &str) -> Value {
        let (kind, attributes) = match self {
            Self::Create => {
                let who = json!({"organization-id": 2, "first-name": "Crash", "last-name": name});
                ("contacts", who)
            }
            Self::Set { .. } => ("contacts", json!({"title": name})),
            Self::Merge { .. } => ("flexible-assets", json!({"traits": {"location": name}})),
            Self::Remove { .. } => ("contacts", Value::Null),
        };
        let mut proposal = json!({"method": self.method(), "path": self.path(), "summary": name});
        if !attributes.is_null() {
            proposal["body"] = json!({"data": {"type": kind, "attributes": attributes}});
        }
        if matches!(self, Self::Merge { .. }) {
            proposal["traits"] = json!("merge");
        }
        proposal
    }
}

/// Waits until nothing moves any more, and gives all proposals as they are then. What is queued
/// behind a write that waits for a person rests as well.
pub async fn wait_for_quiet(door: &Door, deadline: Instant) -> Vec<Value> {
    loop {
        let restless = restless(door).await;
        if restless.is_empty() {
            return door.all(None).await;
        }
        assert!(
            Instant::now() < deadline,
            "{} proposals never came to rest, such as {:#}",
            restless.len(),
            restless[0]
        );
        sleep(5 * PAUSE).await;
    }
}

async fn restless(door: &Door) -> Vec<Value> {
    let mut restless = Vec::new();
    for status in RESTLESS {
        restless.extend(door.all(Some(status)).await);
    }
    let stuck = door.all(Some("needs_attention")).await;
    let stuck: HashSet<&str> = stuck.iter().filter_map(path).collect();
    restless.retain(|proposal| {
        let is_behind = path(proposal).is_some_and(|path| stuck.contains(path));
        !(proposal["status"] == "queued" && is_behind && proposal["operation"] != "create")
    });
    // Read back what was applied, too: it may be missing after a crash.
    let applied = door.all(Some("applied")).await;
    restless.extend(
        applied
            .into_iter()
            .filter(|p| p["outcome"]["verified"].is_null()),
    );
    restless
}

fn path(proposal: &Value) -> Option<&str> {
    proposal["request"]["path"].as_str()
}
