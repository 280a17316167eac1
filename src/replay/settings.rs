//! How long the worker waits for what.

/// How the worker behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplaySettings {
    /// A request that has not taken effect this long after it was sent never will. Every pause,
    /// back-off and reading time follows it, so that tests can shrink them all at once.
    pub settle_seconds: u32,
    /// Approvals older than this are not carried out, but given back to people.
    pub approval_max_age_seconds: u32,
    /// How long secrets are kept after the end of their item.
    pub keep_secrets_seconds: u32,
    /// How long sends may still run when the worker is told to stop.
    pub stop_seconds: u32,
}

impl Default for ReplaySettings {
    fn default() -> Self {
        Self {
            settle_seconds: USUAL_SETTLE,
            approval_max_age_seconds: 24 * 60 * 60,
            keep_secrets_seconds: 24 * 60 * 60,
            stop_seconds: 25,
        }
    }
}

/// The settle time that all other times are given for.
const USUAL_SETTLE: u32 = 180;

impl ReplaySettings {
    pub(super) fn settle_millis(&self) -> i64 {
        i64::from(self.settle_seconds).saturating_mul(1000)
    }

    /// This many seconds, stretched or shrunk like the settle time. At least a millisecond.
    pub(super) fn scaled_millis(&self, seconds: i64) -> i64 {
        (self.settle_millis().saturating_mul(seconds) / i64::from(USUAL_SETTLE)).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_time_follows_the_settle_time() {
        let usual = ReplaySettings::default();
        assert_eq!(usual.scaled_millis(5), 5000);
        let quick = ReplaySettings {
            settle_seconds: 2,
            ..usual
        };
        assert_eq!(quick.scaled_millis(180), 2000);
        assert_eq!(quick.scaled_millis(0), 1);
    }
}
