//! How long an approval can still be undone.

use std::time::Duration;

use leptos::prelude::*;

use super::browser_clock;

const TICK: Duration = Duration::from_millis(250);

/// Counts down the seconds that are left. Without script it is empty: the page tells the time of
/// day beside it. What is left comes from the server, so a wrong clock in the browser does no harm.
#[island]
pub fn HoldCountdown(
    /// Milliseconds left when the page was made.
    left_ms: i64,
    /// Where to look for what came of it.
    href: String,
) -> impl IntoView {
    let started_ms = RwSignal::new(None);
    let now_ms = RwSignal::new(0);
    Effect::new(move |_| {
        let start = browser_clock();
        started_ms.set(Some(start));
        now_ms.set(start);
        set_interval(move || now_ms.set(browser_clock()), TICK);
    });
    let left = Memo::new(move |_| {
        started_ms
            .get()
            .map(|start| seconds_left(left_ms, now_ms.get() - start))
    });
    let is_over = move || left.get() == Some(0);
    view! {
        <span class="hold-countdown" data-hydrated=move || left.get().is_some()>
            <span role="timer">{move || left.get().map(words)}</span>
            <a class="hold-countdown__look" href=href hidden=move || !is_over()>
                "See what came of it"
            </a>
        </span>
    }
}

fn seconds_left(left_ms: i64, passed_ms: i64) -> i64 {
    let left = (left_ms - passed_ms).max(0);
    left / 1000 + i64::from(left % 1000 > 0)
}

fn words(seconds: i64) -> String {
    match seconds {
        0 => "The time to undo is over. ".to_owned(),
        seconds => format!("{seconds} s left. "),
    }
}

#[cfg(test)]
mod tests {
    use super::seconds_left;

    #[test]
    fn a_second_that_has_begun_counts_in_full() {
        assert_eq!(seconds_left(10_000, 0), 10);
        assert_eq!(seconds_left(10_000, 9_001), 1);
        assert_eq!(seconds_left(10_000, 10_000), 0);
        assert_eq!(seconds_left(10_000, 60_000), 0);
    }
}
