//! What whoever watches the server can measure, in the text format of Prometheus.
//!
//! Nothing in it names a client, a person, an agent or a record: routes as they were declared,
//! stable names of states and actions, and numbers.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::http::Method;

use super::clock::Clock;
use super::health::Health;
use crate::store::{Store, StoreError};

/// Upper ends of the classes of latency, in seconds.
const CLASSES: [f64; 12] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0, 90.0,
];

/// What was measured since the start. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Metrics(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    answers: Mutex<Answers>,
    connections: AtomicUsize,
    history: tokio::sync::Mutex<Option<History>>,
}

#[derive(Debug, Default)]
struct Answers {
    counts: BTreeMap<Answered, u64>,
    latencies: BTreeMap<String, Latencies>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Answered {
    route: String,
    method: &'static str,
    status: u16,
}

#[derive(Debug, Default)]
struct Latencies {
    /// How many took as long as each class, and no longer.
    classes: [u64; CLASSES.len()],
    count: u64,
    seconds: f64,
}

/// What the audit tells, counted on from scrape to scrape.
#[derive(Debug, Default)]
struct History {
    until: i64,
    events: BTreeMap<&'static str, u64>,
    endings: BTreeMap<String, u64>,
}

/// Counts a connection for as long as it is kept.
#[derive(Debug)]
pub(super) struct Connected(Metrics);

impl Drop for Connected {
    fn drop(&mut self) {
        self.0.0.connections.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Metrics {
    /// A request was answered.
    pub(super) fn answered(&self, method: &Method, route: &str, status: u16, latency: Duration) {
        let mut answers = self
            .0
            .answers
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let answered = Answered {
            route: route.to_owned(),
            method: known(method),
            status,
        };
        *answers.counts.entry(answered).or_default() += 1;
        let latencies = match answers.latencies.get_mut(route) {
            Some(latencies) => latencies,
            None => answers.latencies.entry(route.to_owned()).or_default(),
        };
        latencies.add(latency.as_secs_f64());
    }

    /// Somebody has connected.
    pub(super) fn connected(&self) -> Connected {
        self.0.connections.fetch_add(1, Ordering::Relaxed);
        Connected(self.clone())
    }

    /// From now on, counts what happens.
    ///
    /// # Errors
    /// If the database does not answer.
    pub(super) async fn begin(&self, store: &Store) -> Result<(), StoreError> {
        let until = store.audit_head().await?.number;
        self.0.history.lock().await.get_or_insert(History {
            until,
            ..History::default()
        });
        Ok(())
    }

    /// Everything, as Prometheus reads it.
    ///
    /// # Errors
    /// If the database does not answer.
    pub(super) async fn render(
        &self,
        store: &Store,
        clock: &Clock,
        health: &Health,
    ) -> Result<String, StoreError> {
        let mut page = Page::default();
        self.answers(&mut page);
        self.state(&mut page, store, clock).await?;
        self.history(&mut page, store).await?;
        page.head(
            "countersign_worker_well",
            "gauge",
            "Whether the worker is well.",
        );
        page.sample(
            "countersign_worker_well",
            &[],
            u8::from(health.worker_is_well()),
        );
        page.head("countersign_info", "gauge", "The version that runs.");
        page.sample(
            "countersign_info",
            &[("version", env!("CARGO_PKG_VERSION"))],
            1,
        );
        Ok(page.0)
    }

    fn answers(&self, page: &mut Page) {
        let answers = self
            .0
            .answers
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let name = "countersign_http_requests_total";
        page.head(name, "counter", "Requests that were answered.");
        for (answered, count) in &answers.counts {
            let status = answered.status.to_string();
            let labels = [
                ("method", answered.method),
                ("route", answered.route.as_str()),
                ("status", status.as_str()),
            ];
            page.sample(name, &labels, count);
        }
        let name = "countersign_http_request_seconds";
        page.head(name, "histogram", "How long answers took.");
        for (route, latencies) in &answers.latencies {
            latencies.write(page, name, route);
        }
        let name = "countersign_http_connections";
        page.head(name, "gauge", "Connections that are open.");
        page.sample(name, &[], self.0.connections.load(Ordering::Relaxed));
    }

    async fn state(&self, page: &mut Page, store: &Store, clock: &Clock) -> Result<(), StoreError> {
        let gauges = store.gauges().await?;
        let name = "countersign_proposals";
        page.head(
            name,
            "gauge",
            "Proposals that are not at their end, up to 10,000 of each status.",
        );
        for (status, count) in &gauges.proposals {
            page.sample(name, &[("status", status.as_str())], count);
        }
        let name = "countersign_queue_age_seconds";
        page.head(
            name,
            "gauge",
            "For how long the oldest approved write has waited to be sent.",
        );
        page.sample(name, &[], gauges.queue_age_seconds(clock.now()));
        let name = "countersign_store_connections";
        page.head(name, "gauge", "Connections to the database.");
        for (pool, size) in store.pools() {
            let busy = size.open.saturating_sub(size.idle);
            page.sample(name, &[("pool", pool), ("state", "busy")], busy);
            page.sample(name, &[("pool", pool), ("state", "idle")], size.idle);
        }
        Ok(())
    }

    async fn history(&self, page: &mut Page, store: &Store) -> Result<(), StoreError> {
        let mut history = self.0.history.lock().await;
        let history = history.get_or_insert_default();
        let happened = store.happened_since(history.until).await?;
        history.until = happened.until;
        for (action, count) in happened.events {
            *history.events.entry(action.as_str()).or_default() += count;
        }
        for (ending, count) in happened.endings {
            *history.endings.entry(ending).or_default() += count;
        }
        let name = "countersign_events_total";
        page.head(
            name,
            "counter",
            "What was done since the start, by action of the audit.",
        );
        for (action, count) in &history.events {
            page.sample(name, &[("action", action)], count);
        }
        let name = "countersign_replay_endings_total";
        page.head(
            name,
            "counter",
            "How writes to IT Glue ended since the start.",
        );
        for (ending, count) in &history.endings {
            page.sample(name, &[("ending", ending)], count);
        }
        Ok(())
    }
}

impl Latencies {
    fn add(&mut self, seconds: f64) {
        self.count += 1;
        self.seconds += seconds;
        let class = CLASSES.iter().position(|end| seconds <= *end);
        if let Some(count) = class.and_then(|class| self.classes.get_mut(class)) {
            *count += 1;
        }
    }

    fn write(&self, page: &mut Page, name: &str, route: &str) {
        let bucket = format!("{name}_bucket");
        let mut so_far = 0;
        for (end, count) in CLASSES.iter().zip(self.classes) {
            so_far += count;
            let end = end.to_string();
            page.sample(&bucket, &[("route", route), ("le", &end)], so_far);
        }
        page.sample(&bucket, &[("route", route), ("le", "+Inf")], self.count);
        page.sample(&format!("{name}_sum"), &[("route", route)], self.seconds);
        page.sample(&format!("{name}_count"), &[("route", route)], self.count);
    }
}

/// Text that is being put together. Writing to a string cannot go wrong.
#[derive(Default)]
struct Page(String);

impl Page {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        let _written = write!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl std::fmt::Display) {
        self.0.push_str(name);
        for (position, (label, value)) in labels.iter().enumerate() {
            let mark = if position == 0 { '{' } else { ',' };
            let value = value
                .replace('\\', r"\\")
                .replace('"', "\\\"")
                .replace('\n', r"\n");
            let _written = write!(self.0, "{mark}{label}=\"{value}\"");
        }
        if !labels.is_empty() {
            self.0.push('}');
        }
        let _written = writeln!(self.0, " {value}");
    }
}

/// The methods there are; whatever else a client makes up is one more, so that nobody can fill the
/// memory with names.
fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latencies_are_counted_in_the_class_they_fit_and_in_all_above() {
        let mut latencies = Latencies::default();
        for seconds in [0.001, 0.005, 0.2, 400.0] {
            latencies.add(seconds);
        }
        let mut page = Page::default();
        latencies.write(&mut page, "t", "/a\"b");
        let lines: Vec<&str> = page.0.lines().collect();
        assert!(
            lines.contains(&r#"t_bucket{route="/a\"b",le="0.005"} 2"#),
            "{lines:?}"
        );
        assert!(lines.contains(&r#"t_bucket{route="/a\"b",le="0.25"} 3"#));
        assert!(lines.contains(&r#"t_bucket{route="/a\"b",le="90"} 3"#));
        assert!(lines.contains(&r#"t_bucket{route="/a\"b",le="+Inf"} 4"#));
        assert!(lines.contains(&r#"t_count{route="/a\"b"} 4"#));
    }

    #[test]
    fn what_clients_make_up_does_not_become_a_name() {
        let metrics = Metrics::default();
        for method in ["GET", "BREW", "PROPFIND", "X1"] {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            metrics.answered(&method, "/", 200, Duration::ZERO);
        }
        let mut page = Page::default();
        metrics.answers(&mut page);
        let count = |text| page.0.matches(text).count();
        assert_eq!(count("method=\"other\",route=\"/\",status=\"200\"} 3"), 1);
        assert_eq!(count("BREW") + count("PROPFIND"), 0);
    }
}
