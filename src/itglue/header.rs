//! The two headers of an answer that are read: `Date` and `Retry-After`.

use std::time::Duration;

use jiff::fmt::rfc2822;
use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};

use crate::domain::Timestamp;

const LEAST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_mins(15);

/// What IT Glue's clock said.
pub(super) fn upstream_date(headers: &HeaderMap) -> Option<Timestamp> {
    parse_date(text(headers, DATE)?)
}

/// How long to wait: seconds, or a date compared with the answer's own `Date`. 1 s to 15 min.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = text(headers, RETRY_AFTER)?;
    let is_number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let wait = if is_number {
        // A number too long for the type is surely too long to wait.
        value.parse().map_or(LONGEST_WAIT, Duration::from_secs)
    } else {
        let millis = parse_date(value)?.millis_since(upstream_date(headers)?);
        Duration::from_millis(u64::try_from(millis).unwrap_or(0))
    };
    Some(wait.clamp(LEAST_WAIT, LONGEST_WAIT))
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

fn parse_date(text: &str) -> Option<Timestamp> {
    let date = rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
    Some(Timestamp::from_millis(date.as_millisecond()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use reqwest::header::HeaderValue;
    use rstest::rstest;

    use super::*;

    fn headers(retry_after: &str, date: Option<&str>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_str(retry_after).unwrap());
        if let Some(date) = date {
            headers.insert(DATE, HeaderValue::from_str(date).unwrap());
        }
        headers
    }

    const NOON: Option<&str> = Some("Sat, 21 Nov 2026 12:00:00 GMT");

    #[rstest]
    #[case::seconds("42", None, Some(42))]
    #[case::none_is_a_second("0", None, Some(1))]
    #[case::long("86400", None, Some(900))]
    #[case::endless("99999999999999999999999", None, Some(900))]
    #[case::date("Sat, 21 Nov 2026 12:01:30 GMT", NOON, Some(90))]
    #[case::date_passed("Sat, 21 Nov 2026 11:00:00 GMT", NOON, Some(1))]
    #[case::date_far("Sat, 21 Nov 2026 18:00:00 GMT", NOON, Some(900))]
    #[case::date_without_a_clock("Sat, 21 Nov 2026 12:01:30 GMT", None, None)]
    #[case::negative("-5", NOON, None)]
    #[case::empty("", NOON, None)]
    #[case::words("soon", NOON, None)]
    fn both_forms_are_read(
        #[case] value: &str,
        #[case] date: Option<&str>,
        #[case] seconds: Option<u64>,
    ) {
        let wait = retry_after(&headers(value, date));
        assert_eq!(wait, seconds.map(Duration::from_secs));
    }

    #[test]
    fn the_date_is_read() {
        let date = upstream_date(&headers("1", NOON)).unwrap();
        assert_eq!(date.to_string(), "2026-11-21T12:00:00.000Z");
    }

    proptest! {
        #[test]
        fn any_header_is_answered(value in prop::collection::vec(any::<u8>(), 0..60), date in "\\PC{0,40}") {
            let mut headers = HeaderMap::new();
            if let Ok(value) = HeaderValue::from_bytes(&value) {
                headers.insert(RETRY_AFTER, value);
            }
            if let Ok(date) = HeaderValue::from_str(&date) {
                headers.insert(DATE, date);
            }
            if let Some(wait) = retry_after(&headers) {
                prop_assert!((LEAST_WAIT..=LONGEST_WAIT).contains(&wait));
            }
        }

        #[test]
        fn dates_like_real_ones_are_answered(
            day in 0..40u8, year in 0..12_000u16, hour in 0..30u8, second in 0..70u8,
        ) {
            let text = format!("Mon, {day:02} Nov {year:04} {hour:02}:00:{second:02} GMT");
            let _ = retry_after(&headers(&text, NOON));
        }
    }
}
