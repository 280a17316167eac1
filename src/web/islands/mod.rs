//! What runs in the browser: small leaves that add to something that works without them.

mod copy;
mod hold_countdown;
mod relative_time;
mod reloader;
mod shortcuts;

pub use copy::CopyButton;
pub use hold_countdown::HoldCountdown;
pub use relative_time::RelativeTime;
pub use reloader::Reloader;
pub use shortcuts::Shortcuts;

use leptos::web_sys::js_sys::Date;

/// Milliseconds since 1970 by the browser's clock.
#[expect(
    clippy::cast_possible_truncation,
    reason = "milliseconds of this age fit"
)]
fn browser_clock() -> i64 {
    Date::now() as i64
}
