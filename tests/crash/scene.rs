//! A server in this process with an IT Glue of its own, for what needs no process of its own.

use std::time::{Duration, Instant};

use countersign::access::ProvenAdministrator;
use countersign::domain::PauseScope;
use countersign::server::clock::Clock;
use countersign::simulator::{Control, Received};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::sleep;

use crate::door::{Answer, Door};
use crate::ground::{self, Ground};
use crate::life::Life;

const PATIENCE: Duration = Duration::from_mins(1);
const LOOK: Duration = Duration::from_millis(80);

/// A server at work, and everything around it.
pub struct Scene {
    pub ground: Ground,
    pub clock: Clock,
    pub door: Door,
    /// Contacts that may be written.
    pub contacts: Vec<u64>,
    life: Option<Life>,
    announce: watch::Sender<Option<String>>,
}

impl Scene {
    /// Serves on this ground.
    pub async fn on(ground: Ground) -> Self {
        let (announce, address) = watch::channel(None);
        let mut scene = Self {
            door: Door::new(address, &ground.tokens),
            contacts: ground::contacts(ground.simulator.control()),
            clock: Clock::system(),
            life: None,
            announce,
            ground,
        };
        scene.begin().await;
        scene
    }

    pub const fn life(&self) -> &Life {
        self.life.as_ref().expect("it is serving")
    }

    pub fn control(&self) -> &Control {
        self.ground.simulator.control()
    }

    /// One more way in, for others.
    pub fn second_door(&self) -> Door {
        Door::new(self.announce.subscribe(), &self.ground.tokens)
    }

    /// Starts a server again.
    pub async fn begin(&mut self) {
        let life = Life::begin(self.ground.home.settings(), self.clock.clone()).await;
        let address = format!("http://{}", life.address);
        self.announce.send_replace(Some(address));
        self.life = Some(life);
    }

    /// Ends the server as a crash does.
    pub async fn crash(&mut self) {
        self.announce.send_replace(None);
        self.life.take().unwrap().crash().await;
    }

    /// Ends the server in order.
    pub async fn stop(&mut self) {
        self.announce.send_replace(None);
        assert!(self.life.take().unwrap().stop().await, "all of it ends");
    }

    /// Proposes, under this name.
    pub async fn proposes(&self, name: &str, proposal: &Value) -> String {
        let answer = self.door.proposes(name, proposal).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{answer:#?}");
        answer.body["id"].as_str().unwrap().to_owned()
    }

    /// Approves what is shown.
    pub async fn approves(&self, id: &str) -> Answer {
        let opened = self.door.opens(id).await;
        let approval = json!({"fingerprint": opened["fingerprint"], "reason": "looks right"});
        self.door.decides(id, "approve", &approval).await
    }

    /// Proposes and approves.
    pub async fn approved(&self, name: &str, proposal: &Value) -> String {
        let id = self.proposes(name, proposal).await;
        let answer = self.approves(&id).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:#?}");
        id
    }

    /// Holds all writes back.
    pub async fn pause(&self) {
        let by = ProvenAdministrator::operator();
        let admin = &self.life().state.admin;
        admin.pause(&by, PauseScope::All, "a drill").await.unwrap();
    }

    /// Lets all writes go on.
    pub async fn resume(&self) {
        let by = ProvenAdministrator::operator();
        let state = &self.life().state;
        state
            .admin
            .resume(&by, PauseScope::All, None)
            .await
            .unwrap();
        state.wake.notify_one();
    }

    /// What the agent sees once it is as described.
    pub async fn until(&self, id: &str, what: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let seen = self.door.sees(id).await;
            if is_so(&seen) {
                return seen;
            }
            assert!(Instant::now() < deadline, "never {what}: {seen:#}");
            sleep(LOOK).await;
        }
    }

    /// What the agent sees once nothing moves any more.
    pub async fn rested(&self, id: &str) -> Value {
        self.until(id, "at rest", |seen| {
            match seen["status"].as_str().unwrap() {
                "applied" => !seen["outcome"]["verified"].is_null(),
                "held" | "queued" | "applying" | "checking" => false,
                _ => true,
            }
        })
        .await
    }

    /// Waits until IT Glue has received such a request.
    pub async fn until_received(&self, what: &str, is_it: impl Fn(&Received) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !self.control().requests().iter().any(&is_it) {
            assert!(Instant::now() < deadline, "never received {what}");
            sleep(Duration::from_millis(2)).await;
        }
    }

    /// How often writes that speak of this took effect.
    pub fn effects(&self, mark: &str) -> usize {
        let speaks = |write: &Received| {
            let body = write
                .body
                .as_ref()
                .map(Value::to_string)
                .unwrap_or_default();
            write.applied && write.method != "GET" && body.contains(mark)
        };
        self.control()
            .requests()
            .iter()
            .filter(|one| speaks(one))
            .count()
    }

    /// How many writes reached IT Glue.
    pub fn writes(&self) -> usize {
        let requests = self.control().requests();
        requests.iter().filter(|one| one.method != "GET").count()
    }

    /// Looks through the file and the audit chain, and ends.
    pub async fn end_whole(mut self) {
        let store = self.life().state.store.clone();
        store.check_file(true).await.unwrap();
        assert!(
            store.verify_audit().await.unwrap().is_ok(),
            "the audit chain"
        );
        drop(store);
        self.crash().await;
        self.ground.simulator.stop().await;
    }
}

/// Gives a contact another title.
pub fn new_title(contact: u64, title: &str) -> Value {
    json!({
        "method": "PATCH", "path": format!("/contacts/{contact}"), "summary": title,
        "body": {"data": {"type": "contacts", "attributes": {"title": title}}},
    })
}

/// Makes a contact.
pub fn new_contact(last_name: &str) -> Value {
    json!({
        "method": "POST", "path": "/contacts", "summary": last_name,
        "body": {"data": {"type": "contacts", "attributes": {
            "organization-id": 2, "first-name": "Crash", "last-name": last_name}}},
    })
}

/// Removes a contact.
pub fn removal(contact: u64) -> Value {
    json!({"method": "DELETE", "path": format!("/contacts/{contact}"), "summary": "gone"})
}
