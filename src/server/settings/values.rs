//! How the text of a setting is read, and what is said of it when that does not work.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use tracing_subscriber::EnvFilter;

use crate::domain::named_enum;

named_enum! {
    /// How log lines look.
    pub enum LogFormat {
        /// For people.
        Text = "text",
        /// For programs: one JSON object a line.
        Json = "json",
    }
}

/// So many requests in so much time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many.
    pub requests: u32,
    /// In which time.
    pub per: Duration,
}

const DAY: u64 = 24 * 3600;

pub(super) const ADDRESS: &str = "an IP address and a port, such as 127.0.0.1:3000";
pub(super) const ADDRESS_OR_OFF: &str = "an IP address and a port, such as 127.0.0.1:9090, or off";
pub(super) const DATABASE: &str = "sqlite: and the path of a file";
pub(super) const LOG: &str =
    "error, warn, info, debug, trace, or directives such as info,countersign::replay=debug";
pub(super) const LOG_FORMAT: &str = "text or json";
pub(super) const PROXIES: &str = "a whole number from 0 to 16";
pub(super) const SECONDS: &str = "a whole number of seconds from 0 to 3600";
pub(super) const SECONDS_FROM_ONE: &str = "a whole number of seconds from 1 to 3600";
pub(super) const TTL: &str = "a duration of at most 30 days, such as 7d, 24h, 90m or 3600s";
pub(super) const SECOND_FACTOR: &str = "deciders, administrators or off";
pub(super) const RATE: &str = "requests per time of at most a day, such as 3000/300s or 60/1m";
pub(super) const COUNT: &str = "a whole number from 1 to 1000000";
pub(super) const SWITCH: &str = "0 or 1";

pub(super) fn address(text: &str) -> Option<SocketAddr> {
    text.parse().ok()
}

/// The path in `sqlite:PATH` or `sqlite://PATH`.
pub(super) fn database(text: &str) -> Option<PathBuf> {
    let path = text.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    let is_file = !path.is_empty() && !path.contains(['?', '\0']) && path != ":memory:";
    is_file.then(|| path.into())
}

pub(super) fn log(text: &str) -> Option<String> {
    EnvFilter::try_new(text).ok().map(|_| text.to_owned())
}

pub(super) fn named<T: FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

pub(super) fn proxies(text: &str) -> Option<u8> {
    digits(text)?.try_into().ok().filter(|count| *count <= 16)
}

pub(super) fn seconds(text: &str) -> Option<u32> {
    digits(text)?
        .try_into()
        .ok()
        .filter(|seconds| *seconds <= 3600)
}

pub(super) fn seconds_from_one(text: &str) -> Option<u32> {
    seconds(text).filter(|seconds| *seconds > 0)
}

pub(super) fn count(text: &str) -> Option<u32> {
    let count = digits(text)?.try_into().ok();
    count.filter(|count| (1..=1_000_000).contains(count))
}

pub(super) fn switch(text: &str) -> Option<bool> {
    match text {
        "0" | "false" => Some(false),
        "1" | "true" => Some(true),
        _ => None,
    }
}

pub(super) fn ttl(text: &str) -> Option<Duration> {
    duration(text).filter(|ttl| ttl.as_secs() <= 30 * DAY)
}

/// `3000/300s`: so many requests in so much time.
pub(super) fn rate(text: &str) -> Option<Rate> {
    let (requests, per) = text.split_once('/')?;
    let requests = count(requests)?;
    let per = duration(per).filter(|per| per.as_secs() <= DAY)?;
    Some(Rate { requests, per })
}

/// `7d`, `24h`, `90m`, `3600s`: a number and its unit, more than nothing.
fn duration(text: &str) -> Option<Duration> {
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match text.get(number.len()..)? {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => DAY,
        _ => return None,
    };
    let seconds = digits(number)?.checked_mul(unit)?;
    (seconds > 0).then(|| Duration::from_secs(seconds))
}

/// Digits only: no sign, no white space.
fn digits(text: &str) -> Option<u64> {
    let are_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    are_digits.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("7d", 7 * DAY)]
    #[case("24h", DAY)]
    #[case("90m", 5400)]
    #[case("3600s", 3600)]
    #[case("30d", 30 * DAY)]
    fn a_duration_has_a_unit(#[case] text: &str, #[case] seconds: u64) {
        assert_eq!(ttl(text), Some(Duration::from_secs(seconds)));
    }

    #[rstest]
    #[case("")]
    #[case("7")]
    #[case("d")]
    #[case("0d")]
    #[case("31d")]
    #[case("-1d")]
    #[case("+1d")]
    #[case("1.5h")]
    #[case("7 d")]
    #[case("1w")]
    #[case("99999999999999999999d")]
    #[case("999999999999999999d")]
    fn what_is_no_duration_is_refused(#[case] text: &str) {
        assert_eq!(ttl(text), None);
    }

    #[test]
    fn a_rate_is_a_count_and_a_duration() {
        let of = |requests, seconds| {
            let per = Duration::from_secs(seconds);
            Some(Rate { requests, per })
        };
        assert_eq!(rate("3000/300s"), of(3000, 300));
        assert_eq!(rate("60/1m"), of(60, 60));
        for text in [
            "", "60", "60/", "/60s", "0/60s", "60/0s", "60/60", "60/2d", "6/1s/1s",
        ] {
            assert_eq!(rate(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_have_bounds() {
        assert_eq!(seconds("0"), Some(0));
        assert_eq!(seconds("3600"), Some(3600));
        assert_eq!(seconds("3601"), None);
        assert_eq!(seconds_from_one("0"), None);
        assert_eq!(proxies("17"), None);
        assert_eq!(proxies("-1"), None);
        assert_eq!(count("0"), None);
        assert_eq!(count(""), None);
    }

    #[test]
    fn a_database_is_a_file() {
        assert_eq!(database("sqlite:"), None);
        assert_eq!(database("sqlite:a/b.db"), Some("a/b.db".into()));
        assert_eq!(database("sqlite:///var/b.db"), Some("/var/b.db".into()));
        assert_eq!(database("sqlite::memory:"), None);
        assert_eq!(database("sqlite:b.db?mode=ro"), None);
        assert_eq!(database("postgres://localhost/b"), None);
    }

    #[test]
    fn log_directives_are_checked() {
        assert!(log("info,countersign::replay=debug").is_some());
        assert_eq!(log("countersign=loud"), None);
    }
}
