//! Who waits for what, and how they are woken: a commit that changes a proposal reaches those who
//! wait for it or for its agent, and nobody else.
//!
//! Invariant: whoever registers first and reads then misses nothing. A listener that does not listen
//! yet when something is handed out sees it in what it reads; one that does is woken.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::domain::{AgentId, ProposalId, ProposalStatus, Timestamp};

/// What can be waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    /// This proposal gets another status, or its write is read back.
    Proposal(ProposalId),
    /// The same of any proposal of this agent, or its right to know of them may have changed.
    Agent(AgentId),
}

/// Why somebody was woken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Woken {
    /// Something about the topic was committed.
    Changed,
    /// The server stops: nothing more will come.
    Stopping,
}

/// One change of a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusChange {
    /// Its number: later ones have larger numbers.
    pub number: i64,
    /// When.
    pub at: Timestamp,
    /// Of which proposal.
    pub proposal_id: ProposalId,
    /// What it became.
    pub status: ProposalStatus,
    /// Whether it stayed that, and what was written has been read back.
    pub is_read_back: bool,
}

/// Everybody who waits. A topic costs memory while somebody waits for it, and nothing after.
#[derive(Debug, Default)]
pub(super) struct Listeners {
    topics: Mutex<HashMap<Topic, Waiting>>,
    is_closed: AtomicBool,
}

#[derive(Debug)]
struct Waiting {
    wake: watch::Sender<()>,
    count: usize,
}

impl Listeners {
    /// Waits for this from now on.
    pub(super) fn listen(listeners: &Arc<Self>, topic: Topic) -> Listener {
        let mut topics = listeners.topics();
        let waiting = topics.entry(topic).or_insert_with(|| Waiting {
            wake: watch::Sender::new(()),
            count: 0,
        });
        waiting.count += 1;
        Listener {
            topic,
            woken: waiting.wake.subscribe(),
            listeners: Arc::clone(listeners),
        }
    }

    /// Wakes those who wait for this.
    pub(super) fn wake(&self, topic: Topic) {
        if let Some(waiting) = self.topics().get(&topic) {
            waiting.wake.send_replace(());
        }
    }

    /// Wakes everybody.
    pub(super) fn wake_all(&self) {
        for waiting in self.topics().values() {
            waiting.wake.send_replace(());
        }
    }

    /// Wakes everybody for the last time, and whoever comes later at once.
    pub(super) fn close(&self) {
        self.is_closed.store(true, Ordering::SeqCst);
        self.wake_all();
    }

    fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::SeqCst)
    }

    fn topics(&self) -> MutexGuard<'_, HashMap<Topic, Waiting>> {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One that waits. It stops waiting when it is dropped.
pub struct Listener {
    topic: Topic,
    woken: watch::Receiver<()>,
    listeners: Arc<Listeners>,
}

impl Listener {
    /// Waits until something happens that did not when this was last asked. May be given up and
    /// asked again.
    pub async fn woken(&mut self) -> Woken {
        // The other end is kept for as long as this one waits, so this ends by being woken.
        let is_open = !self.listeners.is_closed() && self.woken.changed().await.is_ok();
        if is_open && !self.listeners.is_closed() {
            Woken::Changed
        } else {
            Woken::Stopping
        }
    }

    /// Whether something has happened since this or [`Self::woken`] last told of it.
    pub fn take_woken(&mut self) -> bool {
        let is_woken = self.woken.has_changed().unwrap_or(true);
        self.woken.mark_unchanged();
        is_woken
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Listener").field(&self.topic).finish()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut topics = self.listeners.topics();
        if let Entry::Occupied(mut entry) = topics.entry(self.topic) {
            entry.get_mut().count -= 1;
            if entry.get().count == 0 {
                entry.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::sync::atomic::AtomicUsize;
    use std::task::{Context, Poll, Waker};

    use uuid::Uuid;

    use super::*;

    fn proposal(number: u128) -> Topic {
        Topic::Proposal(ProposalId(Uuid::from_u128(number)))
    }

    fn agent(number: u128) -> Topic {
        Topic::Agent(AgentId(Uuid::from_u128(number)))
    }

    /// What waiting comes to without anything else happening; `None` if it goes on.
    fn now(listener: &mut Listener) -> Option<Woken> {
        let mut context = Context::from_waker(Waker::noop());
        match pin!(listener.woken()).poll(&mut context) {
            Poll::Ready(woken) => Some(woken),
            Poll::Pending => None,
        }
    }

    #[test]
    fn those_who_wait_for_it_are_woken_and_nobody_else() {
        let listeners = Arc::new(Listeners::default());
        let mut all: Vec<Listener> = [proposal(1), proposal(1), proposal(2), agent(1)]
            .into_iter()
            .map(|topic| Listeners::listen(&listeners, topic))
            .collect();
        listeners.wake(proposal(1));
        listeners.wake(proposal(3));
        let woken: Vec<Option<Woken>> = all.iter_mut().map(now).collect();
        let changed = Some(Woken::Changed);
        assert_eq!(woken, [changed, changed, None, None]);
        listeners.wake(agent(1));
        let woken: Vec<Option<Woken>> = all.iter_mut().map(now).collect();
        assert_eq!(woken, [None, None, None, changed]);
    }

    #[test]
    fn what_happens_between_registering_and_waiting_is_not_lost() {
        let listeners = Arc::new(Listeners::default());
        let mut listener = Listeners::listen(&listeners, proposal(1));
        listeners.wake(proposal(1));
        listeners.wake(proposal(1));
        assert_eq!(now(&mut listener), Some(Woken::Changed));
        assert_eq!(now(&mut listener), None, "both were told at once");
        listeners.wake(proposal(1));
        assert!(listener.take_woken());
        assert!(!listener.take_woken());
        assert_eq!(now(&mut listener), None);
    }

    #[test]
    fn a_wait_that_is_given_up_loses_nothing() {
        let listeners = Arc::new(Listeners::default());
        let mut listener = Listeners::listen(&listeners, proposal(1));
        assert_eq!(now(&mut listener), None);
        listeners.wake(proposal(1));
        assert_eq!(now(&mut listener), Some(Woken::Changed));
    }

    #[test]
    fn at_the_end_everybody_is_told_and_whoever_comes_later() {
        let listeners = Arc::new(Listeners::default());
        let mut before = Listeners::listen(&listeners, proposal(1));
        let mut woken_and_not_asked = Listeners::listen(&listeners, agent(1));
        listeners.wake(agent(1));
        listeners.close();
        let mut after = Listeners::listen(&listeners, proposal(2));
        for listener in [&mut before, &mut woken_and_not_asked, &mut after] {
            assert_eq!(now(listener), Some(Woken::Stopping));
            assert_eq!(now(listener), Some(Woken::Stopping));
        }
    }

    #[test]
    fn nothing_is_kept_for_those_who_went() {
        let listeners = Arc::new(Listeners::default());
        let first = Listeners::listen(&listeners, proposal(1));
        let mut second = Listeners::listen(&listeners, proposal(1));
        drop(first);
        assert_eq!(listeners.topics().len(), 1);
        listeners.wake(proposal(1));
        assert_eq!(now(&mut second), Some(Woken::Changed));
        drop(second);
        assert!(listeners.topics().is_empty());
    }

    /// A writer raises what the listeners read, and wakes them; each must come to see the last word,
    /// however reading and waking fall together, while others come and go on the same topic.
    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn of_many_nobody_waits_for_what_has_happened() {
        const LAST: usize = 400;
        let listeners = Arc::new(Listeners::default());
        let truth: Arc<[AtomicUsize; 4]> = Arc::default();
        let waiting = (0..64_usize).map(|number| {
            let (listeners, truth) = (Arc::clone(&listeners), Arc::clone(&truth));
            tokio::spawn(async move {
                let place = number % 4;
                let topic = proposal(place as u128);
                let mut listener = Listeners::listen(&listeners, topic);
                while truth[place].load(Ordering::SeqCst) < LAST {
                    drop(Listeners::listen(&listeners, topic));
                    assert_eq!(listener.woken().await, Woken::Changed);
                }
            })
        });
        let waiting: Vec<_> = waiting.collect();
        let raising = (0..4_usize).map(|place| {
            let (listeners, truth) = (Arc::clone(&listeners), Arc::clone(&truth));
            tokio::spawn(async move {
                for word in 1..=LAST {
                    truth[place].store(word, Ordering::SeqCst);
                    listeners.wake(proposal(place as u128));
                    tokio::task::yield_now().await;
                }
            })
        });
        for task in raising.collect::<Vec<_>>().into_iter().chain(waiting) {
            task.await.unwrap();
        }
        assert!(listeners.topics().is_empty());
    }
}
