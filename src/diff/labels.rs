//! What people read instead of a key.

use crate::domain::{AssetSchema, ResourceKind};

const UPPER_CASE: [&str; 9] = ["id", "ip", "mac", "otp", "psa", "rmm", "sla", "ssl", "url"];

/// The label of an attribute: the catalogue's, or made from its name.
pub(super) fn attribute_label(kind: &ResourceKind, attribute: &str) -> String {
    kind.labels
        .get(attribute)
        .cloned()
        .unwrap_or_else(|| humanise(attribute.strip_suffix("-id").unwrap_or(attribute)))
}

/// The label of a trait: its field's name, or its key.
pub(super) fn trait_label(schema: Option<&AssetSchema>, key: &str) -> String {
    schema
        .and_then(|schema| schema.field(key))
        .map_or_else(|| humanise(key), |field| field.name.clone())
}

/// Labels, one after the other: `“Location”, “Owner”`.
pub(super) fn quoted_list<'a>(labels: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = labels
        .into_iter()
        .map(|label| format!("“{label}”"))
        .collect();
    quoted.join(", ")
}

/// `primary-ip` → `Primary IP`.
pub(super) fn humanise(key: &str) -> String {
    let mut text = String::with_capacity(key.len());
    for (position, word) in key
        .split(['-', '_'])
        .filter(|word| !word.is_empty())
        .enumerate()
    {
        if position > 0 {
            text.push(' ');
        }
        if UPPER_CASE.contains(&word) {
            text.push_str(&word.to_ascii_uppercase());
        } else if position == 0 {
            let mut letters = word.chars();
            text.extend(letters.next().into_iter().flat_map(char::to_uppercase));
            text.push_str(letters.as_str());
        } else {
            text.push_str(word);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::diff::fixtures;

    #[rstest]
    #[case("contact-type-id", "Contact type")]
    #[case("primary-ip", "Primary IP")]
    #[case("mac-address", "MAC address")]
    #[case("first-name", "First name")]
    #[case("quick-notes", "Quick notes")]
    fn attributes_are_named_in_words(#[case] attribute: &str, #[case] label: &str) {
        assert_eq!(
            attribute_label(&fixtures::configurations(), attribute),
            label
        );
    }
}
