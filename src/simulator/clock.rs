//! Timestamps as IT Glue writes them: UTC with milliseconds.

use jiff::Timestamp;

/// Hands out times that never repeat, so that each change moves `updated-at`.
#[derive(Debug, Clone, Default)]
pub(super) struct Clock {
    last_ms: i64,
}

impl Clock {
    #[expect(
        clippy::disallowed_methods,
        reason = "IT Glue is another machine, with a clock of its own"
    )]
    pub fn tick(&mut self) -> String {
        self.last_ms = Timestamp::now().as_millisecond().max(self.last_ms + 1);
        written(self.last_ms)
    }
}

/// Milliseconds since 1970 in IT Glue's notation.
pub(super) fn written(milliseconds: i64) -> String {
    Timestamp::from_millisecond(milliseconds)
        .unwrap_or(Timestamp::UNIX_EPOCH)
        .strftime("%Y-%m-%dT%H:%M:%S%.3fZ")
        .to_string()
}

/// Whether a text is a day of the calendar, written `yyyy-mm-dd`.
pub(super) fn is_date(text: &str) -> bool {
    text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok()
}
