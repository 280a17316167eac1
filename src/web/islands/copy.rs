//! A button that copies what the page shows.

use leptos::prelude::*;
use leptos::wasm_bindgen::closure::Closure;
use leptos::wasm_bindgen::{JsCast as _, JsValue};
use leptos::web_sys::js_sys::{Function, Promise, Reflect};

/// How far the copying is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// There is no script yet.
    Asleep,
    /// It can be asked for.
    Ready,
    /// The clipboard holds the text.
    Copied,
    /// The browser does not allow it.
    Refused,
}

/// Copies the text of another element. Without script there is no button: the text stands there to
/// be selected. It reads the page instead of getting the text, which may be a secret, a second time.
#[island]
pub fn CopyButton(
    /// The id of the element.
    target: String,
    /// What is copied, in a word or two: `the token`.
    what: String,
) -> impl IntoView {
    let progress = RwSignal::new(Progress::Asleep);
    Effect::new(move |_| progress.set(Progress::Ready));
    let copy = move |_| match text_of(&target).and_then(|text| write(&text)) {
        Some(promise) => report(&promise, progress),
        None => progress.set(Progress::Refused),
    };
    view! {
        <span class="copy" data-hydrated=move || progress.get() != Progress::Asleep>
            <button
                type="button"
                class="button"
                hidden=move || progress.get() == Progress::Asleep
                on:click=copy
            >
                "Copy "
                {what}
            </button>
            <span class="copy__said" role="status">
                {move || words(progress.get())}
            </span>
        </span>
    }
}

const fn words(progress: Progress) -> &'static str {
    match progress {
        Progress::Asleep | Progress::Ready => "",
        Progress::Copied => "Copied.",
        Progress::Refused => "The browser does not allow it: select the text and copy it.",
    }
}

fn text_of(id: &str) -> Option<String> {
    document().get_element_by_id(id)?.text_content()
}

/// Hands the text to the clipboard. Over plain http from another machine there is none.
fn write(text: &str) -> Option<Promise> {
    let navigator = Reflect::get(&window(), &"navigator".into()).ok()?;
    let clipboard = Reflect::get(&navigator, &"clipboard".into()).ok()?;
    let write: Function = Reflect::get(&clipboard, &"writeText".into())
        .ok()?
        .dyn_into()
        .ok()?;
    write.call1(&clipboard, &text.into()).ok()?.dyn_into().ok()
}

fn report(promise: &Promise, progress: RwSignal<Progress>) {
    let says = |word| Closure::once_into_js(move |_: JsValue| progress.set(word));
    let copied = says(Progress::Copied);
    let refused = says(Progress::Refused);
    // `then` itself takes closures that outlive the call; these free themselves once one is called.
    if let Ok(then) = Reflect::get(promise, &"then".into())
        && let Ok(then) = then.dyn_into::<Function>()
    {
        let _chained = then.call2(promise, &copied, &refused);
    }
}
