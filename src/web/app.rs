//! The document around every page, and which page answers to which path.

use leptos::config::LeptosOptions;
use leptos::prelude::*;
use leptos_meta::{MetaTags, Title, provide_meta_context};
use leptos_router::components::{Route, Router, Routes};
use leptos_router::path;

use super::ui::RelativeTime;

/// The HTML document. The folder of its files is named after their contents, so `options` must be
/// those of `server::site`.
pub fn shell(options: &LeptosOptions) -> impl IntoView + use<> {
    let file = |name| format!("/{}/{name}", options.site_pkg_dir);
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" href=file("favicon.svg") type="image/svg+xml" />
                <link rel="stylesheet" href=file("countersign.css") />
                <HydrationScripts options=options.clone() islands=true />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// The pages.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title formatter=|title: String| format!("{title} · Countersign") />
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/") view=StartPage />
            </Routes>
        </Router>
    }
}

#[component]
fn StartPage() -> impl IntoView {
    view! {
        <Title text="Start" />
        <main class="page">
            <h1>"Countersign"</h1>
            <p>
                "First written "
                <RelativeTime
                    at_ms=1_795_219_200_000
                    datetime="2026-11-21T00:00:00Z".to_owned()
                    absolute="2026-11-21 00:00 UTC".to_owned()
                /> "."
            </p>
        </main>
    }
}

#[component]
fn NotFoundPage() -> impl IntoView {
    view! {
        <Title text="Not found" />
        <main class="page">
            <h1>"There is nothing at this address"</h1>
            <p>
                <a href="/">"Go to the start page"</a>
            </p>
        </main>
    }
}
