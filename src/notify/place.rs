//! A place in the changes of an agent, as it stands in the ids of events.

use std::fmt;

use crate::store::StatusChange;

/// Where an agent is: the last change it heard of, by number and time. The time tells the numbers of
/// a database that was restored from a backup from those that the agent knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The number of the change; 0 is before all of them.
    pub(super) number: i64,
    /// When it was.
    pub(super) at_millis: i64,
}

impl Place {
    /// Before everything that is kept.
    pub(super) const START: Self = Self {
        number: 0,
        at_millis: 0,
    };

    /// Right after this change.
    pub(super) const fn after(change: &StatusChange) -> Self {
        Self {
            number: change.number,
            at_millis: change.at.as_millis(),
        }
    }

    /// Reads what was written by `Display`; `None` if it was not.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text == "0" {
            return Some(Self::START);
        }
        let (number, at_millis) = text.split_once('-')?;
        let place = Self {
            number: number.parse().ok()?,
            at_millis: at_millis.parse().ok()?,
        };
        (place.number > 0 && place.to_string() == text).then_some(place)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number {
            0 => f.write_str("0"),
            number => write!(f, "{number}-{}", self.at_millis),
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("0", Some((0, 0)))]
    #[case("57-1700000000000", Some((57, 1_700_000_000_000)))]
    #[case("57", None)]
    #[case("057-1700000000000", None)]
    #[case("+57-1", None)]
    #[case("0-0", None)]
    #[case("-1-5", None)]
    #[case("99999999999999999999-1", None)]
    #[case("", None)]
    #[case("reset", None)]
    fn only_what_was_given_out_is_read(#[case] text: &str, #[case] place: Option<(i64, i64)>) {
        let read = Place::parse(text);
        assert_eq!(read.map(|place| (place.number, place.at_millis)), place);
        if let Some(place) = read {
            assert_eq!(place.to_string(), text);
        }
    }
}
