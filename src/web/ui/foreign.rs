//! Text that others wrote: agents, IT Glue, whoever filled it in. Always data, never markup.

use leptos::prelude::*;

use crate::diff::deceptive;

/// A text of others, kept to itself: its direction cannot reach its neighbors, and characters that
/// cannot be seen for what they are stand as their code points. White space is shown as it is.
#[component]
pub fn Foreign(
    /// The text.
    text: String,
) -> impl IntoView {
    view! {
        <bdi dir="auto" class="foreign">
            {pieces(&text)}
        </bdi>
    }
}

/// The text itself, with a chip in place of every deceptive character.
pub(super) fn pieces(text: &str) -> Vec<AnyView> {
    let mut views = Vec::new();
    let mut plain = String::new();
    let mut found = deceptive::find(text).into_iter().peekable();
    for (position, character) in text.chars().enumerate() {
        let Some(hit) = found.next_if(|hit| hit.position == position) else {
            plain.push(character);
            continue;
        };
        if !plain.is_empty() {
            views.push(std::mem::take(&mut plain).into_any());
        }
        views.push(view! { <span class="chip">{hit.name()}</span> }.into_any());
    }
    if !plain.is_empty() {
        views.push(plain.into_any());
    }
    views
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_text_and_what_cannot_be_seen_is_drawn() {
        let text = "<img src=x onerror=alert(1)>\u{202E}gpj.exe".to_owned();
        let html = view! { <Foreign text /> }.to_html();
        assert!(
            html.contains("&lt;img src=x onerror=alert(1)&gt;"),
            "{html}"
        );
        assert!(html.contains("U+202E"), "{html}");
        assert!(!html.contains("<img") && !html.contains('\u{202E}'));
        assert!(html.starts_with("<bdi dir=\"auto\""), "{html}");
    }
}
