//! The server of one trial: it dies once, where the trial says, and is started again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use countersign::domain::CrashPoint;
use countersign::server::clock::Clock;
use countersign::server::settings::Settings;
use countersign::simulator::{Control, Received};
use tokio::sync::watch;
use tokio::time::sleep;

use super::cases::{Case, Death};
use crate::life::{Life, Trap};

/// Between two looks at what IT Glue has received.
const LOOK: Duration = Duration::from_millis(2);

/// Tells when the process is to die. Clones look at the same process.
#[derive(Clone)]
pub struct Fate {
    is_dying: Arc<AtomicBool>,
    dies: watch::Sender<bool>,
}

impl Fate {
    pub fn new() -> Self {
        Self {
            is_dying: Arc::new(AtomicBool::new(false)),
            dies: watch::Sender::new(false),
        }
    }

    /// Whether it has come to that.
    pub fn has_struck(&self) -> bool {
        self.is_dying.load(Ordering::SeqCst)
    }

    /// Serves, dies where the case says, serves again. Says where it is to be reached.
    pub async fn serve(
        self,
        case: Case,
        settings: Settings,
        control: Control,
        announce: watch::Sender<Option<String>>,
    ) -> Life {
        let trap = self.trap(&case);
        let life = Life::with_trap(settings.clone(), Clock::system(), trap).await;
        announce.send_replace(Some(format!("http://{}", life.address)));
        let mut dies = self.dies.subscribe();
        tokio::select! {
            end = dies.wait_for(|is_over| *is_over) => { end.unwrap(); }
            () = self.watch(&case, &control) => {}
            // Nobody waits for an address any more: the trial is over.
            () = announce.closed() => return life,
        }
        announce.send_replace(None);
        life.crash().await;
        let life = Life::begin(settings, Clock::system()).await;
        announce.send_replace(Some(format!("http://{}", life.address)));
        announce.closed().await;
        life
    }

    /// Once it has begun to die, nobody gets past any point.
    fn trap(&self, case: &Case) -> Trap {
        let (is_dying, dies) = (Arc::clone(&self.is_dying), self.dies.clone());
        let at = match case.death {
            Death::At(point) => Some(point),
            // Should the answer be read before the process is gone, nothing comes of it.
            Death::Unread => Some(CrashPoint::Answered),
            Death::Never | Death::UnderWay => None,
        };
        let position = match at {
            Some(CrashPoint::Proposed | CrashPoint::Decided) => 0,
            Some(_) | None => case.position(),
        };
        Arc::new(move |point, of| {
            if at == Some(point) && of == position {
                is_dying.store(true, Ordering::SeqCst);
                dies.send_replace(true);
            }
            is_dying.load(Ordering::SeqCst)
        })
    }

    /// For deaths that are seen from IT Glue.
    async fn watch(&self, case: &Case, control: &Control) {
        let is_time: fn(&Received) -> bool = match case.death {
            Death::UnderWay => |write| !write.applied && write.status.is_none(),
            Death::Unread => |write| write.applied || write.status.is_some(),
            Death::Never | Death::At(_) => return std::future::pending().await,
        };
        let number = case.position() as usize;
        loop {
            let requests = control.requests();
            let mut writes = requests.iter().filter(|one| one.method != "GET");
            if writes.nth(number).is_some_and(is_time) {
                self.is_dying.store(true, Ordering::SeqCst);
                return;
            }
            sleep(LOOK).await;
        }
    }
}
