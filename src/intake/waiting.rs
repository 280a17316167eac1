//! Waiting for what becomes of a proposal. Whoever waits is woken when its status was changed.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::Intake;
use super::error::IntakeError;
use crate::access::Agent;
use crate::domain::{Proposal, ProposalId};
use crate::store::{Topic, Woken};

/// The longest that somebody may wait for one answer.
const LONGEST_WAIT_SECONDS: u64 = 60;

/// `Prefer: wait=N` (RFC 7240) among the values of that header; at most 60 seconds.
pub fn preferred_wait<'a>(values: impl IntoIterator<Item = &'a str>) -> Option<Duration> {
    values
        .into_iter()
        .flat_map(|value| value.split([',', ';']))
        .filter_map(|preference| preference.trim().split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("wait"))
        .and_then(|(_, seconds)| seconds.trim().trim_matches('"').parse().ok())
        .map(|seconds: u64| Duration::from_secs(seconds.min(LONGEST_WAIT_SECONDS)))
}

impl Intake {
    /// One of the agent's own proposals, as soon as this holds for it, when the time is over, or when
    /// the server stops.
    ///
    /// # Errors
    /// [`IntakeError::NotFound`], or the tables.
    pub async fn own_once(
        &self,
        agent: &Agent,
        id: ProposalId,
        wait: Duration,
        holds: impl Fn(&Proposal) -> bool + Send,
    ) -> Result<Proposal, IntakeError> {
        let mut listener = self.parts.store.listen(Topic::Proposal(id));
        let deadline = Instant::now() + wait;
        loop {
            let now = self.own(agent, id).await?;
            if holds(&now) || wait.is_zero() {
                return Ok(now);
            }
            match timeout_at(deadline, listener.woken()).await {
                Ok(Woken::Changed) => {}
                Ok(Woken::Stopping) | Err(_) => return self.own(agent, id).await,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("wait=5", Some(5))]
    #[case("respond-async, wait=5", Some(5))]
    #[case("respond-async; Wait = \"5\"", Some(5))]
    #[case("wait=3600", Some(60))]
    #[case("wait=0", Some(0))]
    #[case("wait=soon", None)]
    #[case("return=minimal", None)]
    #[case("", None)]
    fn a_wish_to_wait_is_read(#[case] value: &str, #[case] seconds: Option<u64>) {
        assert_eq!(preferred_wait([value]), seconds.map(Duration::from_secs));
    }
}
