//! A moment: the time of day in UTC, and how long ago that was once a script can tell.

use leptos::prelude::*;

use crate::domain::Timestamp;
use crate::web::islands::RelativeTime;

/// A `<time>` for a moment.
#[component]
pub fn Moment(
    /// When.
    at: Timestamp,
) -> impl IntoView {
    view! { <RelativeTime at_ms=at.as_millis() datetime=at.to_string() absolute=absolute(at) /> }
}

/// Date and time of day in words: `2026-11-21 14:02 UTC`.
pub fn absolute(at: Timestamp) -> String {
    formatted(at, "%Y-%m-%d %H:%M UTC")
}

/// The time of day to the second: `14:02:11 UTC`.
pub fn time_of_day(at: Timestamp) -> String {
    formatted(at, "%H:%M:%S UTC")
}

fn formatted(at: Timestamp, format: &str) -> String {
    jiff::Timestamp::from_millisecond(at.as_millis()).map_or_else(
        |_| at.to_string(),
        |instant| instant.strftime(format).to_string(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_in_utc() {
        let at = Timestamp::from_millis(1_552_402_101_054);
        assert_eq!(absolute(at), "2019-03-12 14:48 UTC");
        assert_eq!(time_of_day(at), "14:48:21 UTC");
    }
}
