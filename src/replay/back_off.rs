//! How long to wait after a try that could not even begin.

use super::settings::ReplaySettings;
use crate::secrets::random;

const FIRST_SECONDS: i64 = 1;
const LONGEST_SECONDS: i64 = 5 * 60;

/// The wait before the next try, in milliseconds: any time up to a limit that doubles with every
/// attempt, so that what failed together is not tried together.
pub(super) fn back_off(settings: &ReplaySettings, attempt: u32) -> i64 {
    let drawn = u64::from_le_bytes(random::bytes());
    let limit = limit(settings, attempt).unsigned_abs();
    i64::try_from(drawn % limit.saturating_add(1)).unwrap_or(0)
}

fn limit(settings: &ReplaySettings, attempt: u32) -> i64 {
    let doubled = attempt.saturating_sub(1).min(20);
    let seconds = FIRST_SECONDS
        .saturating_mul(1_i64 << doubled)
        .min(LONGEST_SECONDS);
    settings.scaled_millis(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_five_minutes() {
        let limits = [0, 1, 2, 4, 9, 10, u32::MAX]
            .map(|attempt| limit(&ReplaySettings::default(), attempt) / 1000);
        assert_eq!(limits, [1, 1, 2, 8, 256, 300, 300]);
    }

    #[test]
    fn the_wait_is_drawn_below_its_limit() {
        let settings = ReplaySettings::default();
        assert!((0..200).all(|_| (0..=2000).contains(&back_off(&settings, 2))));
    }
}
