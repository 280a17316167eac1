//! JSON that means one thing only: read strictly, written canonically.
//!
//! What a technician approves and what is sent must be the same bytes, and a key that counts twice
//! could be read one way by us and another way by IT Glue. So duplicate keys are refused (also when
//! they collapse after `-`/`_` folding), nesting ends at 64 levels, integers are kept as 64 bit and
//! a number that this program cannot write back with the same value is refused.

mod numbers;
mod strict;
mod tree;

use serde_json::Value;

pub use tree::{Members, Tree};

/// How deep JSON may nest.
pub const MAX_DEPTH: usize = 64;

/// Why a text is not JSON we accept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// Not JSON, a duplicate key, or nested too deep. The text says where.
    #[error("{0}")]
    Malformed(String),
    /// A number that would not be written back with the same value.
    #[error("the number {0} cannot be kept exactly")]
    InexactNumber(String),
}

/// Reads strict JSON.
///
/// # Errors
/// [`JsonError`] if the text is not JSON, holds a key twice (also after `-`/`_` folding), nests
/// deeper than [`MAX_DEPTH`] or holds a number that cannot be kept exactly.
pub fn parse(bytes: &[u8]) -> Result<Value, JsonError> {
    strict::read(bytes, true).map(Value::from)
}

/// Reads strict JSON in which keys that differ only in `-` and `_` are two keys.
///
/// For what IT Glue answers: its trait keys are user data and may well differ in nothing else.
///
/// # Errors
/// [`JsonError`] as from [`parse`], but for the folding.
pub fn parse_unfolded(bytes: &[u8]) -> Result<Value, JsonError> {
    parse_in_place(bytes).map(Value::from)
}

/// The same for what is only looked through and written out again: texts stay where they were read.
///
/// # Errors
/// As from [`parse_unfolded`].
pub fn parse_in_place(bytes: &[u8]) -> Result<Tree<'_>, JsonError> {
    strict::read(bytes, false)
}

/// Writes a value with its keys sorted and no white space, so that equal values give equal bytes.
pub fn canonical(value: &Value) -> String {
    let mut text = String::new();
    write_canonical(value, &mut text);
    text
}

fn write_canonical(value: &Value, out: &mut String) {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            out.push_str(&value.to_string());
        }
        Value::Array(items) => {
            out.push('[');
            for (position, item) in items.iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                write_canonical(item, out);
            }
            out.push(']');
        }
        Value::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_by_key(|(key, _)| *key);
            out.push('{');
            for (position, (key, member)) in sorted.into_iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                out.push_str(&Value::String(key.clone()).to_string());
                out.push(':');
                write_canonical(member, out);
            }
            out.push('}');
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::twice(r#"{"a":1,"a":2}"#)]
    #[case::twice_after_escapes(r#"{"a":1,"\u0061":2}"#)]
    #[case::folded(r#"{"organization-id":1,"organization_id":2}"#)]
    #[case::deep_inside(r#"[{"x":{"b_c":1,"b-c":1}}]"#)]
    #[case::trailing("{} {}")]
    #[case::huge("1e400")]
    #[case::nothing("")]
    fn what_could_mean_two_things_is_refused(#[case] text: &str) {
        assert!(parse(text.as_bytes()).is_err(), "{text}");
    }

    #[test]
    fn folding_can_be_left_out_and_duplicates_are_still_refused() {
        assert!(parse_unfolded(br#"{"my-key":1,"my_key":2}"#).is_ok());
        assert!(parse_unfolded(br#"{"my-key":1,"my-key":2}"#).is_err());
    }

    #[rstest]
    #[case("9007199254740993")]
    #[case("18446744073709551615")]
    #[case("-9223372036854775808")]
    #[case("0.1")]
    #[case("1.50")]
    #[case("1e3")]
    #[case("-0.0")]
    #[case("\"1e999 \\\" 123456789012345678901234567890\"")]
    fn numbers_that_can_be_kept_are_read(#[case] text: &str) {
        parse(text.as_bytes()).unwrap();
    }

    #[rstest]
    #[case("123456789012345678901234567890")]
    #[case("0.1000000000000000055511151231257827")]
    #[case("9007199254740993.0")]
    fn numbers_that_would_change_are_refused(#[case] text: &str) {
        assert_eq!(
            parse(text.as_bytes()),
            Err(JsonError::InexactNumber(text.to_owned()))
        );
    }

    #[test]
    fn nesting_ends_at_the_limit() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(nested(MAX_DEPTH).as_bytes()).is_ok());
        assert!(parse(nested(MAX_DEPTH + 1).as_bytes()).is_err());
    }

    #[test]
    fn canonical_text_sorts_keys_at_every_level() {
        let value = parse(br#"{"b":{"z":1,"a":[true,null]},"a":"\u00e9"}"#).unwrap();
        assert_eq!(
            canonical(&value),
            "{\"a\":\"\u{e9}\",\"b\":{\"a\":[true,null],\"z\":1}}"
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered_and_what_is_read_is_written_back_the_same(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(value) = parse(&bytes) {
                let text = canonical(&value);
                prop_assert_eq!(parse(text.as_bytes()), Ok(value));
            }
        }

        #[test]
        fn every_float_that_is_written_can_be_read(number in any::<f64>().prop_filter("finite", |n| n.is_finite())) {
            let text = canonical(&serde_json::json!(number));
            prop_assert!(parse(text.as_bytes()).is_ok(), "{}", text);
        }
    }
}
