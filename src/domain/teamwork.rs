//! What technicians tell each other about a proposal. Agents never see any of it.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::ids::UserId;
use super::time::Timestamp;

/// That somebody is on it. It keeps nobody else from deciding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Who.
    pub person: UserId,
    /// Their name.
    pub name: String,
    /// Since when.
    pub at: Timestamp,
}

/// What somebody said to the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// Its number among all comments.
    pub id: i64,
    /// Who.
    pub person: UserId,
    /// Their name.
    pub name: String,
    /// What.
    pub text: String,
    /// When.
    pub at: Timestamp,
}

/// The text of a comment: 1 to 2,000 characters, trimmed, line breaks as `\n`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommentText(String);

/// Why a text is no comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadComment {
    /// There is nothing in it.
    #[error("says nothing")]
    Empty,
    /// It is too long.
    #[error("has more than {} characters", CommentText::MOST)]
    TooLong,
}

impl CommentText {
    /// So many characters at most.
    pub const MOST: usize = 2_000;

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CommentText {
    type Err = BadComment;

    fn from_str(text: &str) -> Result<Self, BadComment> {
        // Browsers send line breaks as two characters, which would count twice. A zero character
        // would end the text early for SQLite's own functions.
        let text = text.trim().replace("\r\n", "\n").replace('\0', "\u{fffd}");
        match text.chars().count() {
            0 => Err(BadComment::Empty),
            1..=Self::MOST => Ok(Self(text)),
            _ => Err(BadComment::TooLong),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_says_something_in_two_thousand_characters() {
        let parse = |text: &str| text.parse::<CommentText>();
        assert_eq!(parse(" one\r\ntwo ").unwrap().as_str(), "one\ntwo");
        assert_eq!(parse(" \n "), Err(BadComment::Empty));
        assert!(parse(&"é".repeat(CommentText::MOST)).is_ok());
        let long = "é".repeat(CommentText::MOST + 1);
        assert_eq!(parse(&long), Err(BadComment::TooLong));
        assert_eq!(parse("a\0b").unwrap().as_str(), "a\u{fffd}b");
    }
}
