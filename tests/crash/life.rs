//! A server in this process that can be ended as a crash ends one: it runs on threads of its own,
//! and when they end, all that it knew is gone but for its files.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use countersign::domain::CrashPoint;
use countersign::server::clock::Clock;
use countersign::server::settings::Settings;
use countersign::server::{AppState, Server};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;

/// Longer than any thread takes to notice that it is over.
const DYING: Duration = Duration::from_secs(20);

/// Whether whoever passes this point, for the item at this position, goes no further.
pub type Trap = Arc<dyn Fn(CrashPoint, u32) -> bool + Send + Sync>;

/// A server from its start to its end.
pub struct Life {
    runtime: Option<Runtime>,
    stop: Option<oneshot::Sender<()>>,
    stopped: oneshot::Receiver<bool>,
    pub address: SocketAddr,
    pub state: AppState,
}

impl Life {
    /// Starts a server.
    pub async fn begin(settings: Settings, clock: Clock) -> Self {
        Self::with_trap(settings, clock, Arc::new(|_, _| false)).await
    }

    /// Starts a server with a trap in it.
    pub async fn with_trap(settings: Settings, clock: Clock, trap: Trap) -> Self {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .on_thread_start(move || CrashPoint::set_trap(Arc::clone(&trap)))
            .build()
            .unwrap();
        let (started, begun) = oneshot::channel();
        let (stop, stopping) = oneshot::channel();
        let (ended, stopped) = oneshot::channel();
        runtime.spawn(async move {
            let running = Server::start(settings, clock).await.unwrap();
            let _waited_for = started.send((running.address(), running.state().clone()));
            if stopping.await.is_ok() {
                let _waited_for = ended.send(running.stop().await);
            }
        });
        let (address, state) = begun.await.expect("the server starts");
        Self {
            runtime: Some(runtime),
            stop: Some(stop),
            stopped,
            address,
            state,
        }
    }

    /// Ends it in the middle of whatever it does. Its files are free once this is over.
    pub async fn crash(mut self) {
        let runtime = self.runtime.take().unwrap();
        // The pools of the handles outside would keep the file open.
        drop(self);
        let dying = spawn_blocking(move || runtime.shutdown_timeout(DYING));
        dying.await.unwrap();
    }

    /// Ends it in order, as SIGTERM does. Whether everything ended.
    pub async fn stop(mut self) -> bool {
        self.stop.take().unwrap().send(()).unwrap();
        let is_in_order = (&mut self.stopped).await.unwrap();
        self.crash().await;
        is_in_order
    }
}

impl Drop for Life {
    fn drop(&mut self) {
        // It is gone already unless a test failed.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
