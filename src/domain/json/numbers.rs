//! Numbers as they were written: the parser hands on only what it made of them.

use serde_json::Number;

use super::JsonError;

/// Refuses JSON with a number that would not be written back with the same value.
pub(super) fn refuse_inexact_numbers(json: &[u8]) -> Result<(), JsonError> {
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
