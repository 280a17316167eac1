//! What all requests share.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::Settings;
use super::chance::Chance;
use super::control::Received;
use super::faults::{FaultKind, FaultQueue};
use super::limit::Window;
use super::seed;
use super::world::World;

pub(super) struct State {
    pub base_url: String,
    pub has_control: bool,
    api_key: String,
    started: Instant,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
pub(super) struct Inner {
    pub world: World,
    pub faults: FaultQueue,
    pub log: Vec<Received>,
    pub window: Window,
    pub chance: Chance,
    pub rejects_key: bool,
    pub password_access: bool,
    pub latency: Duration,
}

impl fmt::Debug for State {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("State")
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}

impl State {
    pub fn new(settings: Settings, base_url: String) -> Self {
        Self {
            base_url,
            has_control: settings.listen.ip().is_loopback(),
            api_key: settings.api_key,
            started: Instant::now(),
            inner: Mutex::new(Inner {
                world: seed::world(settings.seed),
                faults: FaultQueue::default(),
                log: Vec::new(),
                window: Window::new(settings.requests_per_window, settings.window),
                chance: Chance::new(settings.seed),
                rejects_key: false,
                password_access: settings.password_access,
                latency: Duration::ZERO,
            }),
        }
    }

    pub fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn is_key(&self, key: Option<&str>) -> bool {
        key == Some(self.api_key.as_str())
    }

    /// Notes a request and draws what strikes it: its place in the log, and the fault.
    pub fn note(&self, mut received: Received) -> (usize, Option<FaultKind>) {
        received.at_ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let mut inner = self.lock();
        let Inner {
            faults,
            chance,
            log,
            ..
        } = &mut *inner;
        let fault = faults.draw(&received.method, &received.path, chance);
        log.push(received);
        (log.len() - 1, fault)
    }

    /// Notes what became of a request.
    pub fn note_end(&self, place: usize, change: impl FnOnce(&mut Received)) {
        if let Some(received) = self.lock().log.get_mut(place) {
            change(received);
        }
    }
}
