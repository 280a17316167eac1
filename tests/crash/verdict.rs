//! What IT Glue truly saw and has, against what the server says of it.

use std::collections::HashMap;

use countersign::simulator::{Control, Received};
use serde_json::Value;

use crate::driver::{Deed, Write};
use crate::report::row;

#[derive(Default)]
pub struct Verdict {
    writes: usize,
    pub applied: usize,
    failed: usize,
    needs_attention: usize,
    returned: usize,
    waiting: usize,
    doubled: usize,
    lost: usize,
    wrong: usize,
    pub faults: Vec<String>,
}

/// One write with all that is known of it.
struct Case<'a> {
    write: &'a Write,
    proposal: &'a Value,
    /// Its requests, as IT Glue saw them.
    sends: Vec<&'a Received>,
}

impl Verdict {
    pub fn over(writes: &[Write], proposals: &[Value], control: &Control) -> Self {
        let mut verdict = Self {
            writes: writes.len(),
            ..Self::default()
        };
        let log = control.requests();
        let sends = sends_by_write(writes, &log);
        let mut stored: HashMap<&str, Vec<&Value>> = HashMap::new();
        for proposal in proposals {
            let name = proposal["summary"].as_str().unwrap();
            stored.entry(name).or_default().push(proposal);
        }
        for write in writes {
            match stored.remove(write.name.as_str()).unwrap_or_default()[..] {
                [] => verdict.lost(&format!("{write:?} is not stored")),
                [proposal] => verdict.judge(&Case {
                    write,
                    proposal,
                    sends: sends.get(write.name.as_str()).cloned().unwrap_or_default(),
                }),
                _ => verdict.doubled(&format!("{write:?} was taken in more than once")),
            }
        }
        for (name, _) in stored {
            verdict.wrong(&format!("a proposal {name} that nobody made"));
        }
        verdict.judge_records(writes, proposals, control);
        verdict.judge_last_values(writes, &log, control);
        verdict
    }

    /// A row for the table.
    pub fn report(&self, kills: u32, interrupted: usize) {
        row(
            "kills",
            &[
                ("kills", kills as usize),
                ("interrupted", interrupted),
                ("writes", self.writes),
                ("applied", self.applied),
                ("failed", self.failed),
                ("asked a person", self.needs_attention),
                ("returned", self.returned),
                ("behind others", self.waiting),
                ("doubled", self.doubled),
                ("lost", self.lost),
                ("wrong", self.wrong),
            ],
        );
    }

    fn judge(&mut self, case: &Case<'_>) {
        let carried_out = case.carried_out();
        if carried_out > 1 {
            self.doubled(&format!("carried out {carried_out} times: {case}"));
        }
        if case.write.deed == Deed::Create && case.unclear_sends() > 1 {
            self.doubled(&format!("a create was sent again blindly: {case}"));
        }
        match (case.status(), case.write.is_approved) {
            ("applied", true) if carried_out > 0 => self.applied += 1,
            ("applied", true) => self.wrong(&format!("applied, but it never was: {case}")),
            ("needs_attention", true) => self.needs_attention += 1,
            ("failed", true) if carried_out == 0 => self.failed += 1,
            ("queued", true) if carried_out == 0 => self.waiting += 1,
            // Back to people, because the record had moved.
            ("pending", _) if carried_out == 0 => self.returned += 1,
            ("failed" | "queued" | "pending", _) => {
                self.wrong(&format!("not applied, but it was: {case}"));
            }
            _ => self.lost(&format!("in no state that it may be in: {case}")),
        }
    }

    /// A create that is applied has its one record, under the id that the server names.
    fn judge_records(&mut self, writes: &[Write], proposals: &[Value], control: &Control) {
        let mut ids: HashMap<String, Vec<u64>> = HashMap::new();
        for contact in control.records("contacts") {
            let name = contact["last-name"].as_str().unwrap_or_default().to_owned();
            ids.entry(name)
                .or_default()
                .push(contact["id"].as_u64().unwrap());
        }
        let removals = writes.iter().filter_map(|write| match write.deed {
            Deed::Remove { contact } => Some(contact),
            Deed::Create | Deed::Set { .. } | Deed::Merge { .. } => None,
        });
        let removed: Vec<u64> = removals.collect();
        for write in writes.iter().filter(|write| write.deed == Deed::Create) {
            let there = ids.get(&write.name).map_or(&[][..], Vec::as_slice);
            if there.len() > 1 {
                self.doubled(&format!("{} is there {} times", write.name, there.len()));
            }
            let proposal = proposals
                .iter()
                .find(|p| p["summary"] == write.name.as_str());
            let Some(proposal) = proposal.filter(|p| p["status"] == "applied") else {
                continue;
            };
            let named = proposal["outcome"]["resource_id"].as_str();
            let named: Option<u64> = named.map(|id| id.parse().unwrap());
            let may_be_gone = named.is_some_and(|id| removed.contains(&id));
            if !there.iter().all(|id| named == Some(*id)) || there.is_empty() && !may_be_gone {
                self.wrong(&format!("{} is {there:?}, not {named:?}", write.name));
            }
        }
    }

    /// Nothing but the last write that IT Glue carried out shows in a record.
    fn judge_last_values(&mut self, writes: &[Write], log: &[Received], control: &Control) {
        for deed in writes.iter().map(|write| &write.deed) {
            let (kind, id, place) = match *deed {
                Deed::Set { contact } => ("contacts", contact, "/title"),
                Deed::Merge { asset } => ("flexible_assets", asset, "/traits/location"),
                Deed::Create | Deed::Remove { .. } => continue,
            };
            let applied = log.iter().filter(|request| request.applied);
            let last = applied
                .filter_map(|request| deed.name_in(request))
                .next_back();
            let record = control.record(kind, id).unwrap();
            let shown = record.pointer(place).and_then(Value::as_str);
            if last.is_some() && shown != last {
                self.wrong(&format!("{kind} {id} shows {shown:?}, not {last:?}"));
            }
        }
    }

    fn doubled(&mut self, fault: &str) {
        self.doubled += 1;
        self.faults.push(format!("doubled: {fault}"));
    }

    fn lost(&mut self, fault: &str) {
        self.lost += 1;
        self.faults.push(format!("lost: {fault}"));
    }

    fn wrong(&mut self, fault: &str) {
        self.wrong += 1;
        self.faults.push(format!("wrong: {fault}"));
    }
}

impl Case<'_> {
    fn status(&self) -> &str {
        self.proposal["status"].as_str().unwrap()
    }

    fn carried_out(&self) -> usize {
        self.sends.iter().filter(|send| send.applied).count()
    }

    /// Sends that were not plainly turned away.
    fn unclear_sends(&self) -> usize {
        let is_turned_away = |send: &&&Received| send.status == Some(429);
        let turned_away = self.sends.iter().filter(is_turned_away).count();
        self.sends.len() - turned_away
    }
}

impl std::fmt::Display for Case<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{:?}\n  {}", self.write, self.proposal)?;
        for send in &self.sends {
            let Received {
                method,
                path,
                status,
                applied,
                at_ms,
                ..
            } = send;
            writeln!(
                f,
                "  {at_ms} ms: {method} {path}, {status:?}, applied {applied}"
            )?;
        }
        Ok(())
    }
}

impl Deed {
    /// The name of the write that this request belongs to, if it does what this deed does.
    fn name_in<'a>(&self, request: &'a Received) -> Option<&'a str> {
        let is_ours = request.method == self.method() && request.path == self.path();
        let body = request.body.as_ref().filter(|_| is_ours)?;
        body.pointer(self.mark()?)?.as_str()
    }
}

fn sends_by_write<'a>(
    writes: &'a [Write],
    log: &'a [Received],
) -> HashMap<&'a str, Vec<&'a Received>> {
    let mut sends: HashMap<&str, Vec<&Received>> = HashMap::new();
    for request in log.iter().filter(|request| request.method != "GET") {
        let owner = writes.iter().find(|write| match write.deed {
            Deed::Remove { .. } => request.method == "DELETE" && request.path == write.deed.path(),
            Deed::Create | Deed::Set { .. } | Deed::Merge { .. } => {
                write.deed.name_in(request) == Some(write.name.as_str())
            }
        });
        let owner = owner.unwrap_or_else(|| panic!("nobody asked for {request:?}"));
        sends.entry(owner.name.as_str()).or_default().push(request);
    }
    sends
}
