//! A time that says how long ago it was, once there is a script to know what time it is now.

use std::time::Duration;

use leptos::prelude::*;

use super::browser_clock;

const REFRESH: Duration = Duration::from_secs(30);

/// A `<time>` that reads "3 min ago". Without script it shows the absolute time, which stays in the
/// tooltip afterwards.
#[island]
pub fn RelativeTime(
    /// Milliseconds since 1970.
    at_ms: i64,
    /// The same for machines, RFC 3339.
    datetime: String,
    /// The same for people.
    absolute: String,
) -> impl IntoView {
    let now_ms = RwSignal::new(None);
    Effect::new(move |_| {
        now_ms.set(Some(browser_clock()));
        set_interval(move || now_ms.set(Some(browser_clock())), REFRESH);
    });
    let title = absolute.clone();
    let text = move || {
        now_ms
            .get()
            .map_or_else(|| absolute.clone(), |now| distance(at_ms, now))
    };
    view! {
        <time
            class="relative-time"
            datetime=datetime
            title=title
            data-hydrated=move || now_ms.get().is_some()
        >
            {text}
        </time>
    }
}

/// How far `at` lies from `now`, in one unit, rounded down.
fn distance(at_ms: i64, now_ms: i64) -> String {
    let seconds = (now_ms - at_ms).abs() / 1000;
    let (count, unit) = match seconds {
        0..60 => return "just now".to_owned(),
        60..3_600 => (seconds / 60, "min"),
        3_600..86_400 => (seconds / 3_600, "h"),
        86_400..172_800 => (1, "day"),
        _ => (seconds / 86_400, "days"),
    };
    if at_ms <= now_ms {
        format!("{count} {unit} ago")
    } else {
        format!("in {count} {unit}")
    }
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn the_distance_is_told_in_one_unit() {
        let minute = 60_000;
        let day = 24 * 60 * minute;
        assert_eq!(distance(0, 59_000), "just now");
        assert_eq!(distance(0, 3 * minute + 59_000), "3 min ago");
        assert_eq!(distance(0, 61 * minute), "1 h ago");
        assert_eq!(distance(0, day), "1 day ago");
        assert_eq!(distance(0, 9 * day), "9 days ago");
        assert_eq!(distance(58 * minute, 0), "in 58 min");
    }
}
