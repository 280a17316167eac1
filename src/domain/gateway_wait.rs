//! How long the gateway lets a held write wait for its decision before it answers.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Seconds, from none to a minute: longer than that, clients take a server for dead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GatewayWait(u32);

/// Not a whole number of seconds from 0 to 60.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a whole number of seconds from 0 to 60")]
pub struct BadGatewayWait;

impl GatewayWait {
    /// The most seconds.
    pub const LONGEST: u32 = 60;

    /// How many seconds.
    pub const fn seconds(self) -> u32 {
        self.0
    }
}

impl TryFrom<i64> for GatewayWait {
    type Error = BadGatewayWait;

    fn try_from(seconds: i64) -> Result<Self, BadGatewayWait> {
        let seconds = u32::try_from(seconds).map_err(|_| BadGatewayWait)?;
        if seconds > Self::LONGEST {
            return Err(BadGatewayWait);
        }
        Ok(Self(seconds))
    }
}

impl FromStr for GatewayWait {
    type Err = BadGatewayWait;

    fn from_str(text: &str) -> Result<Self, BadGatewayWait> {
        let seconds: i64 = text.trim().parse().map_err(|_| BadGatewayWait)?;
        seconds.try_into()
    }
}

impl fmt::Display for GatewayWait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("0", Some(0))]
    #[case(" 60 ", Some(60))]
    #[case("61", None)]
    #[case("-1", None)]
    #[case("1.5", None)]
    #[case("", None)]
    fn a_minute_is_the_most(#[case] text: &str, #[case] seconds: Option<u32>) {
        let read = text.parse().ok().map(GatewayWait::seconds);
        assert_eq!(read, seconds);
    }
}
