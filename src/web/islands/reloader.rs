//! Loads a page again that waits for something.

use std::time::Duration;

use leptos::prelude::*;

const WAIT: Duration = Duration::from_secs(5);

/// Loads the page again every few seconds, unless somebody is at one of its controls: nothing
/// moves away under a hand. Without script there is the page's own link.
#[island]
pub fn Reloader() -> impl IntoView {
    let is_awake = RwSignal::new(false);
    Effect::new(move |_| {
        is_awake.set(true);
        set_interval(reload, WAIT);
    });
    view! {
        <p class="muted" data-hydrated=move || is_awake.get()>
            {move || is_awake.get().then_some("This page looks again every few seconds.")}
        </p>
    }
}

fn reload() {
    let is_busy = document().active_element().is_some_and(|element| {
        let name = element.tag_name();
        matches!(name.as_str(), "A" | "BUTTON" | "INPUT" | "SUMMARY")
    });
    if !is_busy {
        // Where the browser refuses, the page stays and its link works.
        let _reloaded = location().reload();
    }
}
