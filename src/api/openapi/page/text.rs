//! Text on the page.

use serde_json::Value;

/// Text as it may stand in HTML, attributes included.
pub fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            letter => safe.push(letter),
        }
    }
    safe
}

/// The same, with what stands between backticks as code.
pub fn code_words(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts
        .map(|(position, part)| {
            let part = escaped(part);
            if position % 2 == 0 {
                part
            } else {
                format!("<code>{part}</code>")
            }
        })
        .collect()
}

/// JSON for people.
pub fn pretty(value: &Value) -> String {
    format!("{value:#}")
}
