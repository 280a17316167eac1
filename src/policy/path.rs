//! The one canonical reading of a method and a path.
//!
//! Invariant: a text that two programs could read in two ways is not read at all. Nothing is
//! decoded, folded or repaired, but one trailing slash, which IT Glue's own wrapper sends.

use super::rejection::Rejection;
use crate::domain::Method;

/// The longest path with query that is looked at.
const MAX_LENGTH: usize = 8 * 1024;

/// A path taken apart, and its query as it came.
#[derive(Debug, PartialEq, Eq)]
pub struct Address<'a> {
    pub segments: Vec<&'a str>,
    pub query: Option<&'a str>,
}

pub fn parse_method(text: &str) -> Result<Method, Rejection> {
    text.parse().map_err(|_| {
        Rejection::invalid(
            "/method",
            "The method must be GET, POST, PATCH or DELETE, in upper case.",
        )
    })
}

pub fn parse_path(text: &str) -> Result<Address<'_>, Rejection> {
    if text.len() > MAX_LENGTH {
        return Err(Rejection::unknown("The path is too long."));
    }
    let (path, query) = match text.split_once('?') {
        Some((path, query)) => (path, Some(query).filter(|query| !query.is_empty())),
        None => (text, None),
    };
    let Some(inner) = path.strip_prefix('/') else {
        return Err(Rejection::unknown("The path must start with a slash."));
    };
    if let Some(odd) = path.chars().find(|letter| !is_plain(*letter)) {
        return Err(Rejection::unknown(format!(
            "The path holds the character {odd:?}; IT Glue's paths have lower-case letters, digits, underscores and slashes only."
        )));
    }
    let inner = inner.strip_suffix('/').unwrap_or(inner);
    let segments: Vec<&str> = inner.split('/').collect();
    if segments.iter().any(|segment| segment.is_empty()) {
        return Err(Rejection::unknown("The path has an empty segment."));
    }
    Ok(Address { segments, query })
}

/// Neither `.` nor `%` nor `;` nor anything else that some program gives a meaning of its own.
/// Hyphens pass, so that the answer can name the right spelling; no route has one.
const fn is_plain(letter: char) -> bool {
    matches!(letter, 'a'..='z' | '0'..='9' | '_' | '-' | '/')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::plain("/contacts/501", &["contacts", "501"], None)]
    #[case::trailing_slash("/contacts/", &["contacts"], None)]
    #[case::query("/contacts?sort=name", &["contacts"], Some("sort=name"))]
    #[case::empty_query("/contacts/?", &["contacts"], None)]
    #[case::question_in_query("/contacts?a=?", &["contacts"], Some("a=?"))]
    fn a_plain_path_is_taken_apart(
        #[case] text: &str,
        #[case] segments: &[&str],
        #[case] query: Option<&str>,
    ) {
        let address = parse_path(text).unwrap();
        assert_eq!(address.segments, segments);
        assert_eq!(address.query, query);
    }

    #[rstest]
    #[case::nothing("")]
    #[case::root("/")]
    #[case::relative("contacts/1")]
    #[case::host("https://api.itglue.com/contacts/1")]
    #[case::network_path("//contacts/1")]
    #[case::double_slash("/contacts//1")]
    #[case::two_trailing("/contacts/1//")]
    #[case::parent("/contacts/../organizations/1")]
    #[case::dot("/contacts/./1")]
    #[case::encoded_slash("/contacts%2f1")]
    #[case::encoded_dot("/contacts/%2e%2e/organizations/1")]
    #[case::encoded_letter("/%63ontacts/1")]
    #[case::double_encoded("/contacts/%252e%252e")]
    #[case::parameter("/contacts/1;x=1")]
    #[case::backslash("/contacts\\1")]
    #[case::fragment("/contacts/1#x")]
    #[case::space("/contacts/1 ")]
    #[case::newline("/contacts/1\n")]
    #[case::nul("/contacts/1\0")]
    #[case::upper_case("/Contacts/1")]
    #[case::full_width("/contacts/\u{ff11}")]
    #[case::plus("/contacts/+1")]
    #[case::format("/contacts/1.json")]
    fn a_path_with_a_trick_is_an_unknown_endpoint(#[case] text: &str) {
        assert!(matches!(
            parse_path(text),
            Err(Rejection::UnknownEndpoint { .. })
        ));
    }

    #[rstest]
    #[case("get")]
    #[case("Patch")]
    #[case("PUT")]
    #[case("HEAD")]
    #[case("GET ")]
    #[case("DELETE\r\n")]
    #[case("")]
    fn only_the_four_methods_are_read(#[case] text: &str) {
        assert!(matches!(parse_method(text), Err(Rejection::Invalid(_))));
    }

    #[test]
    fn a_path_without_end_is_not_looked_at() {
        let path = |length: usize| format!("/{}", "a".repeat(length - 1));
        assert!(parse_path(&path(MAX_LENGTH)).is_ok());
        assert!(parse_path(&path(MAX_LENGTH + 1)).is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "\\PC*") {
            let _ = parse_path(&text);
        }
    }
}
