//! Settings that may change while the server runs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::names::named_enum;
use super::time::Timestamp;

const DAY_SECONDS: u32 = 24 * 3600;

named_enum! {
    /// A setting that may change while the server runs.
    pub enum SettingKey {
        /// How many seconds an approval can be undone; three times that for the critical tier.
        HoldSeconds = "hold_seconds",
        /// How long a proposal waits for a decision.
        ProposalTtl = "proposal_ttl",
        /// After how many minutes without use a session ends.
        SessionIdleMinutes = "session_idle_minutes",
        /// After how many hours a session ends at the latest.
        SessionHours = "session_hours",
    }
}

impl SettingKey {
    /// What holds if nobody says anything.
    pub const fn default_text(self) -> &'static str {
        match self {
            Self::HoldSeconds => "10",
            Self::ProposalTtl => "7d",
            Self::SessionIdleMinutes => "60",
            Self::SessionHours => "12",
        }
    }

    /// What is accepted, to follow "accepted is".
    pub const fn accepted(self) -> &'static str {
        match self {
            Self::HoldSeconds => "a whole number of seconds from 0 to 3600",
            Self::ProposalTtl => "a duration of at most 30 days, such as 7d, 24h, 90m or 3600s",
            Self::SessionIdleMinutes => "a whole number of minutes from 5 to 60",
            Self::SessionHours => "a whole number of hours from 1 to 12",
        }
    }

    /// The number behind the text, in the unit of the key (seconds for a duration); `None` if it
    /// is not accepted.
    pub fn read(self, text: &str) -> Option<u32> {
        let text = text.trim();
        match self {
            Self::HoldSeconds => digits(text).filter(|seconds| *seconds <= 3600),
            Self::ProposalTtl => {
                duration_seconds(text).filter(|seconds| *seconds <= 30 * DAY_SECONDS)
            }
            Self::SessionIdleMinutes => digits(text).filter(|minutes| (5..=60).contains(minutes)),
            Self::SessionHours => digits(text).filter(|hours| (1..=12).contains(hours)),
        }
    }

    fn default_number(self) -> u32 {
        self.read(self.default_text()).unwrap_or_default()
    }
}

/// `7d`, `24h`, `90m`, `3600s`: a number and its unit, in seconds, more than nothing.
pub fn duration_seconds(text: &str) -> Option<u32> {
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match text.get(number.len()..)? {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => DAY_SECONDS,
        _ => return None,
    };
    let seconds = digits(number)?.checked_mul(unit)?;
    (seconds > 0).then_some(seconds)
}

/// Digits only: no sign, no white space.
fn digits(text: &str) -> Option<u32> {
    let are_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    are_digits.then(|| text.parse().ok())?
}

/// What an operator gave by flag, environment or file. It wins, and nobody else changes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FixedSettings(BTreeMap<SettingKey, String>);

impl FixedSettings {
    /// Fixes a setting. What it does not accept is left out: such a start does not come about.
    #[must_use]
    pub fn with(mut self, key: SettingKey, text: &str) -> Self {
        if key.read(text).is_some() {
            self.0.insert(key, text.trim().to_owned());
        }
        self
    }

    /// What was given for it.
    pub fn of(&self, key: SettingKey) -> Option<&str> {
        self.0.get(&key).map(String::as_str)
    }
}

/// What holds right now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LiveSettings {
    /// How long an approval can be undone.
    pub hold_seconds: u32,
    /// How long a proposal waits for a decision.
    pub proposal_ttl_seconds: u32,
    /// After how many minutes without use a session ends.
    pub session_idle_minutes: u32,
    /// After how many hours a session ends at the latest.
    pub session_hours: u32,
}

impl LiveSettings {
    /// What the operator fixed, else what was stored, else the default.
    pub fn of(fixed: &FixedSettings, stored: &BTreeMap<SettingKey, String>) -> Self {
        let number = |key: SettingKey| {
            let given = fixed
                .of(key)
                .or_else(|| stored.get(&key).map(String::as_str));
            given
                .and_then(|text| key.read(text))
                .unwrap_or_else(|| key.default_number())
        };
        Self {
            hold_seconds: number(SettingKey::HoldSeconds),
            proposal_ttl_seconds: number(SettingKey::ProposalTtl),
            session_idle_minutes: number(SettingKey::SessionIdleMinutes),
            session_hours: number(SettingKey::SessionHours),
        }
    }
}

impl Default for LiveSettings {
    fn default() -> Self {
        Self::of(&FixedSettings::default(), &BTreeMap::new())
    }
}

/// Where the value of a setting comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SettingOrigin {
    /// Nobody said anything.
    Default,
    /// A flag, the environment or the file: fixed until the next start.
    Operator,
    /// An administrator.
    Dashboard {
        /// Who.
        by: String,
        /// When.
        at: Timestamp,
    },
}

/// A setting as people see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingView {
    /// Which.
    pub key: SettingKey,
    /// What holds if nobody says anything.
    pub default: String,
    /// What holds.
    pub value: String,
    /// Where it comes from.
    pub origin: SettingOrigin,
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(SettingKey::HoldSeconds, "0", Some(0))]
    #[case(SettingKey::HoldSeconds, "3601", None)]
    #[case(SettingKey::HoldSeconds, "+5", None)]
    #[case(SettingKey::ProposalTtl, " 24h ", Some(86_400))]
    #[case(SettingKey::ProposalTtl, "31d", None)]
    #[case(SettingKey::ProposalTtl, "0s", None)]
    #[case(SettingKey::ProposalTtl, "7", None)]
    #[case(SettingKey::SessionIdleMinutes, "61", None)]
    #[case(SettingKey::SessionHours, "12", Some(12))]
    #[case(SettingKey::SessionHours, "", None)]
    fn a_value_is_read_in_its_bounds(
        #[case] key: SettingKey,
        #[case] text: &str,
        #[case] number: Option<u32>,
    ) {
        assert_eq!(key.read(text), number);
    }

    #[test]
    fn every_default_is_accepted() {
        for key in SettingKey::ALL {
            assert!(key.read(key.default_text()).is_some(), "{key}");
        }
        assert_eq!(
            LiveSettings::default().proposal_ttl_seconds,
            7 * DAY_SECONDS
        );
    }

    #[test]
    fn the_operator_wins_over_the_dashboard() {
        let stored = BTreeMap::from([
            (SettingKey::HoldSeconds, "20".to_owned()),
            (SettingKey::SessionHours, "8".to_owned()),
        ]);
        let fixed = FixedSettings::default().with(SettingKey::HoldSeconds, "0");
        let live = LiveSettings::of(&fixed, &stored);
        assert_eq!((live.hold_seconds, live.session_hours), (0, 8));
        assert_eq!(live.session_idle_minutes, 60);
    }
}
