//! JSON that means one thing only: read strictly, written canonically.
//!
//! What a technician approves and what is sent must be the same bytes, and a key that counts twice
//! could be read one way by us and another way by IT Glue. So duplicate keys are refused (also when
//! they collapse after `-`/`_` folding), nesting ends at 64 levels, integers are kept as 64 bit and
//! a number that this program cannot write back with the same value is refused.

use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

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
    read(bytes, true)
}

/// Reads strict JSON in which keys that differ only in `-` and `_` are two keys.
///
/// For what IT Glue answers: its trait keys are user data and may well differ in nothing else.
///
/// # Errors
/// [`JsonError`] as from [`parse`], but for the folding.
pub fn parse_unfolded(bytes: &[u8]) -> Result<Value, JsonError> {
    read(bytes, false)
}

fn read(bytes: &[u8], folds_keys: bool) -> Result<Value, JsonError> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = Strict {
        depth: 0,
        folds_keys,
    }
    .deserialize(&mut reader)
    .and_then(|value| reader.end().map(|()| value))
    .map_err(|error| JsonError::Malformed(error.to_string()))?;
    refuse_inexact_numbers(bytes)?;
    Ok(value)
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

struct Strict {
    depth: usize,
    folds_keys: bool,
}

impl Strict {
    fn deeper<E: serde::de::Error>(&self) -> Result<Self, E> {
        if self.depth >= MAX_DEPTH {
            return Err(E::custom(format_args!(
                "nested deeper than {MAX_DEPTH} levels"
            )));
        }
        Ok(Self {
            depth: self.depth + 1,
            ..*self
        })
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without duplicate keys")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("a number that is not finite"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(self.deeper()?)? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        let mut seen_keys = HashSet::new();
        while let Some(key) = members.next_key::<String>()? {
            let seen_key = if self.folds_keys {
                key.replace('_', "-")
            } else {
                key.clone()
            };
            if !seen_keys.insert(seen_key) {
                return Err(serde::de::Error::custom(if self.folds_keys {
                    format!("the key `{key}` stands twice (`-` and `_` count as the same)")
                } else {
                    format!("the key `{key}` stands twice")
                }));
            }
            let value = members.next_value_seed(self.deeper()?)?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

/// Looks at the numbers as they were written; the parser only hands on what it made of them.
fn refuse_inexact_numbers(json: &[u8]) -> Result<(), JsonError> {
    let mut rest = json;
    while let Some((first, tail)) = rest.split_first() {
        rest = match first {
            b'"' => skip_string(tail),
            b'-' | b'0'..=b'9' => {
                let length = rest.iter().take_while(|byte| is_of_number(**byte)).count();
                let (number, tail) = rest.split_at(length);
                let number = String::from_utf8_lossy(number);
                if !is_exact(&number) {
                    return Err(JsonError::InexactNumber(number.into_owned()));
                }
                tail
            }
            _ => tail,
        };
    }
    Ok(())
}

fn skip_string(mut rest: &[u8]) -> &[u8] {
    loop {
        rest = match rest {
            [b'"', tail @ ..] => return tail,
            [b'\\', _, tail @ ..] | [_, tail @ ..] => tail,
            [] => return rest,
        };
    }
}

const fn is_of_number(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')
}

fn is_exact(number: &str) -> bool {
    if number.parse::<i64>().is_ok_and(|_| number != "-0") || number.parse::<u64>().is_ok() {
        return true;
    }
    let Some(written) = number.parse::<f64>().ok().and_then(Number::from_f64) else {
        return false;
    };
    decimal(&written.to_string()) == decimal(number)
}

/// Sign, digits without outer zeros, and the power of ten of the last digit.
fn decimal(number: &str) -> Option<(bool, String, i64)> {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let exponent: i64 = exponent.parse().ok()?;
    let is_negative = mantissa.starts_with('-');
    let mantissa = mantissa.trim_start_matches('-');
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let scale = i64::try_from(fraction.len()).ok()?;
    let kept = digits.trim_end_matches('0');
    let dropped = i64::try_from(digits.len() - kept.len()).ok()?;
    let significant = kept.trim_start_matches('0');
    if significant.is_empty() {
        return Some((is_negative, String::new(), 0));
    }
    Some((
        is_negative,
        significant.to_owned(),
        exponent.checked_sub(scale)?.checked_add(dropped)?,
    ))
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
