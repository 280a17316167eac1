//! The keyboard. A key moves the focus and does nothing else: deciding takes Enter on what has it.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast as _;
use leptos::web_sys::{Element, HtmlCollection, HtmlDetailsElement, HtmlElement};

/// Listens for single keys: `j` and `k` go through the elements of class `js-row`, `n` and `p`
/// through those of class `js-field`, any other key to the element whose `data-key` it is.
#[island]
pub fn Shortcuts() -> impl IntoView {
    let is_awake = RwSignal::new(false);
    Effect::new(move |_| {
        let handle = window_event_listener(leptos::ev::keydown, move |event| act(&event));
        on_cleanup(move || handle.remove());
        is_awake.set(true);
    });
    view! { <span hidden data-hydrated=move || is_awake.get()></span> }
}

fn act(event: &KeyboardEvent) {
    let is_combined = event.ctrl_key() || event.meta_key() || event.alt_key();
    if is_combined || event.is_composing() || event.default_prevented() || is_typing() {
        return;
    }
    let key = event.key();
    let target = match key.as_str() {
        "j" => neighbor("js-row", 1),
        "k" => neighbor("js-row", -1),
        "n" => neighbor("js-field", 1),
        "p" => neighbor("js-field", -1),
        key => keyed(key),
    };
    let Some(target) = target else {
        return;
    };
    event.prevent_default();
    open_around(&target);
    // Fails only where the element cannot take the focus, and then nothing should happen.
    let _ = target.focus();
}

/// Whether the focus is in something that takes the key itself.
fn is_typing() -> bool {
    document().active_element().is_some_and(|element| {
        matches!(
            element.tag_name().as_str(),
            "INPUT" | "TEXTAREA" | "SELECT" | "OPTION" | "AUDIO" | "VIDEO"
        )
    })
}

fn neighbor(class: &str, step: i32) -> Option<HtmlElement> {
    let all = elements(&document().get_elements_by_class_name(class));
    let active = document().active_element();
    let here = all
        .iter()
        .position(|element| active.as_ref() == Some(element.as_ref()));
    all.get(next_position(here, step, all.len())?).cloned()
}

/// The place after (before) this one, without going round; the first if there is none yet.
fn next_position(here: Option<usize>, step: i32, count: usize) -> Option<usize> {
    let last = count.checked_sub(1)?;
    Some(match here {
        None => 0,
        Some(here) if step > 0 => (here + 1).min(last),
        Some(here) => here.saturating_sub(1),
    })
}

/// What this key leads to: in the row that has the focus, or else the first of the page.
fn keyed(key: &str) -> Option<HtmlElement> {
    let row = document()
        .active_element()
        .and_then(|element| element.closest(".row").ok().flatten());
    let of_row = row.and_then(|row| first(&row.get_elements_by_class_name("js-key"), key));
    of_row.or_else(|| first(&document().get_elements_by_class_name("js-key"), key))
}

fn first(found: &HtmlCollection, key: &str) -> Option<HtmlElement> {
    elements(found)
        .into_iter()
        .find(|element| element.get_attribute("data-key").as_deref() == Some(key))
}

fn elements(found: &HtmlCollection) -> Vec<HtmlElement> {
    (0..found.length())
        .filter_map(|position| found.item(position)?.dyn_into().ok())
        .collect()
}

/// What is folded away cannot take the focus.
fn open_around(target: &HtmlElement) {
    let mut around: Option<Element> = target.parent_element();
    while let Some(element) = around {
        around = element.parent_element();
        if let Ok(details) = element.dyn_into::<HtmlDetailsElement>() {
            details.set_open(true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::next_position;

    #[test]
    fn the_keys_stop_at_both_ends() {
        assert_eq!(next_position(None, 1, 3), Some(0));
        assert_eq!(next_position(Some(0), 1, 3), Some(1));
        assert_eq!(next_position(Some(2), 1, 3), Some(2));
        assert_eq!(next_position(Some(0), -1, 3), Some(0));
        assert_eq!(next_position(None, 1, 0), None);
    }
}
