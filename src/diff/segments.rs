//! Which words of a text change.

use serde::{Deserialize, Serialize};
use similar::{ChangeTag, TextDiff};

use crate::domain::named_enum;

/// Beyond this many bytes of both texts together, words are not compared: it would take too long.
const MAX_BYTES: usize = 20_000;

named_enum! {
    /// What happens to a piece of text.
    pub enum SegmentOp {
        /// It stays.
        Equal = "equal",
        /// It goes.
        Delete = "delete",
        /// It comes.
        Insert = "insert",
    }
}

/// A piece of a text that changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// What happens to it.
    pub op: SegmentOp,
    /// The piece itself, white space and all.
    pub text: String,
}

/// The two texts as one, word by word; empty where they are too long to compare. The equal and
/// deleted pieces together are the one text, the equal and inserted pieces the other.
pub(super) fn segments(before: &str, after: &str) -> Vec<Segment> {
    if before.len() + after.len() > MAX_BYTES {
        return Vec::new();
    }
    let diff = TextDiff::from_unicode_words(before, after);
    let mut segments: Vec<Segment> = Vec::new();
    for change in diff.iter_all_changes() {
        let op = match change.tag() {
            ChangeTag::Equal => SegmentOp::Equal,
            ChangeTag::Delete => SegmentOp::Delete,
            ChangeTag::Insert => SegmentOp::Insert,
        };
        match segments.last_mut() {
            Some(last) if last.op == op => last.text.push_str(change.value()),
            _ => segments.push(Segment {
                op,
                text: change.value().to_owned(),
            }),
        }
    }
    segments
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_changed_word_stands_alone() {
        let segments = segments("Prefers email after 5 pm", "Prefers phone after 5 pm");
        let told: Vec<(SegmentOp, &str)> = segments
            .iter()
            .map(|segment| (segment.op, segment.text.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                (SegmentOp::Equal, "Prefers "),
                (SegmentOp::Delete, "email"),
                (SegmentOp::Insert, "phone"),
                (SegmentOp::Equal, " after 5 pm"),
            ]
        );
    }

    #[test]
    fn long_texts_are_not_compared() {
        assert_eq!(segments(&"a ".repeat(10_000), "b"), []);
    }

    proptest! {
        #[test]
        fn both_texts_can_be_put_together_again(before in "\\PC{0,60}", after in "\\PC{0,60}") {
            let segments = segments(&before, &after);
            let without = |op: SegmentOp| -> String {
                segments.iter().filter(|s| s.op != op).map(|s| s.text.as_str()).collect()
            };
            prop_assert_eq!(without(SegmentOp::Insert), before);
            prop_assert_eq!(without(SegmentOp::Delete), after);
        }
    }
}
