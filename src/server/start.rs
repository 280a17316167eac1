//! From settings to a server at work, and back.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::clock::Clock;
use super::installation::Installation;
use super::listener::Limits;
use super::lock::ServeLock;
use super::settings::{PublicUrl, Settings};
use super::state::AppState;
use super::{audit_head, listener, restored, router, upkeep, watching};
use crate::replay::Replay;

/// What still runs after this is left to its fate; the next start finds it in the tables.
const FINISHING: Duration = Duration::from_secs(28);
/// How long a client may take to send a head, and how long a connection may be idle.
const IDLE: Duration = Duration::from_secs(30);
/// How often the machine's clock is compared with time that merely passes.
const CLOCK_LOOK: Duration = Duration::from_secs(30);
/// A jump of the clock that is worth a line.
const CLOCK_JUMP_MILLIS: i64 = 5_000;

/// The server, before it is anything.
#[derive(Debug)]
pub struct Server;

/// An installation that is ours alone, looked through and ready to serve.
pub struct Prepared {
    installation: Installation,
    lock: ServeLock,
}

/// A server at work.
pub struct Running {
    address: SocketAddr,
    metrics_address: Option<SocketAddr>,
    state: AppState,
    tasks: TaskTracker,
    _lock: ServeLock,
}

impl Server {
    /// Opens the installation for this process alone and looks through its file.
    ///
    /// # Errors
    /// If another process serves it, or it cannot be opened.
    pub async fn prepare(settings: Settings, clock: Clock) -> anyhow::Result<Prepared> {
        settings.create_data_dir()?;
        let lock = ServeLock::take(&settings.database_path)?;
        let installation = Installation::open_or_create(settings, clock).await?;
        installation.store.check_file(false).await?;
        Ok(Prepared { installation, lock })
    }

    /// Opens the installation and serves it.
    ///
    /// # Errors
    /// As [`Self::prepare`] and [`Prepared::listen`].
    pub async fn start(settings: Settings, clock: Clock) -> anyhow::Result<Running> {
        Self::prepare(settings, clock).await?.listen().await
    }
}

impl Prepared {
    /// What was opened.
    pub const fn installation(&self) -> &Installation {
        &self.installation
    }

    /// Starts the background work and listens.
    ///
    /// # Errors
    /// If the address cannot be listened on.
    pub async fn listen(self) -> anyhow::Result<Running> {
        let settings = &self.installation.settings;
        let listener = TcpListener::bind(settings.listen).await.with_context(|| {
            let listen = settings.listen;
            format!("cannot listen on {listen}, and --listen names another address")
        })?;
        let address = listener.local_addr()?;
        let mut state = AppState::new(&self.installation);
        // What the last run left unfinished is recovered here, before anybody can ask.
        if settings.listen.port() == 0 {
            state.public_url = at_true_port(&state.public_url, address);
        }
        let router = router::router(&state)?;
        let limits = Limits {
            connections: usize::try_from(settings.max_connections)?,
            head: IDLE,
        };
        let watching = watching::listen(&state).await?;
        let metrics_address = match &watching {
            Some(watching) => Some(watching.listener.local_addr()?),
            None => None,
        };
        let running = Running {
            address,
            metrics_address,
            state,
            tasks: TaskTracker::new(),
            _lock: self.lock,
        };
        let replay = Replay::new(running.state.replay_parts());
        let sign = running.state.store.look_for_restore().await?;
        match sign {
            Some(sign) => restored::warn(sign),
            None => replay.recover().await?,
        }
        running.start_background(replay, sign.is_some());
        running.accept(listener, router, limits);
        if let Some(watching) = watching {
            running.accept(watching.listener, watching.router, watching.limits);
        }
        tracing::info!(%address, version = env!("CARGO_PKG_VERSION"), "listening");
        Ok(running)
    }
}

impl Running {
    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where metrics are, if they are anywhere.
    pub const fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics_address
    }

    /// What the doors work with.
    pub const fn state(&self) -> &AppState {
        &self.state
    }

    /// Takes no more work, lets what runs come to its end, and closes the database: within 30
    /// seconds. Says whether everything ended.
    pub async fn stop(self) -> bool {
        tracing::info!("stopping");
        self.state.health.stop();
        self.state.stopping.cancel();
        self.tasks.close();
        let has_ended = tokio::time::timeout(FINISHING, self.tasks.wait()).await;
        if has_ended.is_err() {
            tracing::warn!("some requests did not end in time");
        }
        let closing = tokio::time::timeout(Duration::from_secs(1), self.state.store.close());
        let has_closed = closing.await;
        tracing::info!("stopped");
        has_ended.is_ok() && has_closed.is_ok()
    }

    fn accept(&self, listener: TcpListener, router: Router, limits: Limits) {
        self.tasks.spawn(listener::accept(
            listener,
            router,
            limits,
            self.state.metrics.clone(),
            self.state.stopping.clone(),
            self.tasks.clone(),
        ));
    }

    /// The tasks beside the doors. Each is told to stop by its token and waited for.
    fn start_background(&self, replay: Replay, is_restored: bool) {
        let AppState {
            clock,
            store,
            vault,
            itglue,
            settings,
            ..
        } = self.state.clone();
        let (known, time) = (store.clone(), clock.clone());
        let (heads, changing) = (vault.clone(), store.clone());
        self.spawn("changes", |stopping| {
            upkeep::hand_out_changes(changing, stopping)
        });
        self.spawn("clock", |stopping| watch_clock(clock, stopping));
        self.spawn("audit head", |stopping| {
            audit_head::watch(store, heads, stopping)
        });
        let (file, keys) = (settings.master_key_file.clone(), vault);
        self.spawn("key file", |stopping| {
            upkeep::watch_key_file(keys, file, stopping)
        });
        self.spawn("answers", |stopping| {
            upkeep::note_answers(itglue, known, time, stopping)
        });
        self.state.health.watch(replay.health());
        if is_restored {
            let store = self.state.store.clone();
            self.spawn("replay", |stopping| restored::run(store, replay, stopping));
        } else {
            self.spawn("replay", |stopping| replay.run(stopping));
        }
    }

    /// Runs a task until the server stops. One that ends before turns `readyz` red.
    fn spawn<F: Future<Output = ()> + Send + 'static>(
        &self,
        name: &'static str,
        task: impl FnOnce(CancellationToken) -> F,
    ) {
        let stopping = self.state.stopping.clone();
        let health = self.state.health.clone();
        let work = tokio::spawn(task(stopping.clone()));
        self.tasks.spawn(async move {
            let ended = work.await;
            if !stopping.is_cancelled() {
                tracing::error!(task = name, ?ended, "a background task ended by itself");
                health.worker_is_down();
            }
        });
    }
}

/// Port 0 means any free one: links need the one that it became.
fn at_true_port(url: &PublicUrl, address: SocketAddr) -> PublicUrl {
    let is_derived = url.as_str().ends_with(":0");
    let true_url = PublicUrl::parse(&format!("http://{address}"));
    match true_url {
        Some(true_url) if is_derived => true_url,
        Some(_) | None => url.clone(),
    }
}

async fn watch_clock(clock: Clock, stopping: CancellationToken) {
    loop {
        tokio::select! {
            () = stopping.cancelled() => return,
            () = tokio::time::sleep(CLOCK_LOOK) => {}
        }
        let jump_ms = clock.take_jump_millis();
        if jump_ms.abs() > CLOCK_JUMP_MILLIS {
            tracing::warn!(jump_ms, "the machine's clock jumped");
        }
    }
}
