//! Bytes as text: hexadecimal, and base64 for URLs without padding.

const HEX: &[u8; 16] = b"0123456789abcdef";
const BASE64_URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| letter(HEX, digit))
        .collect()
}

/// Reads exactly `N` bytes of hexadecimal, in either case.
pub(super) fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let mut digits = text.chars();
    for byte in &mut bytes {
        let high = digits.next()?.to_digit(16)?;
        let low = digits.next()?.to_digit(16)?;
        *byte = u8::try_from(high << 4 | low).ok()?;
    }
    digits.next().is_none().then_some(bytes)
}

/// Base64 for URLs, without padding.
pub(super) fn base64_url(bytes: &[u8]) -> String {
    let mut text = String::with_capacity((bytes.len() * 8).div_ceil(6));
    for chunk in bytes.chunks(3) {
        let group = chunk
            .iter()
            .chain(&[0; 2])
            .take(3)
            .fold(0_u32, |group, byte| group << 8 | u32::from(*byte));
        for position in 0..=chunk.len() {
            let six_bits = group >> (18 - 6 * position) & 63;
            text.push(letter(BASE64_URL, u8::try_from(six_bits).unwrap_or(0)));
        }
    }
    text
}

/// Reads exactly `N` bytes of base64: either alphabet, with or without padding.
pub(super) fn from_base64<const N: usize>(text: &str) -> Option<[u8; N]> {
    let text = text.trim_end_matches('=');
    if text.len() != (N * 8).div_ceil(6) {
        return None;
    }
    let mut bytes = [0; N];
    let mut slots = bytes.iter_mut();
    let (mut group, mut bits) = (0_u32, 0_u32);
    for byte in text.bytes() {
        group = (group << 6 | u32::from(six_bits(byte)?)) & 0xffff;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            *slots.next()? = u8::try_from(group >> bits & 0xff).ok()?;
        }
    }
    let has_rest = group & ((1 << bits) - 1) != 0;
    (!has_rest && slots.next().is_none()).then_some(bytes)
}

fn six_bits(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'-' | b'+' => Some(62),
        b'_' | b'/' => Some(63),
        _ => None,
    }
}

fn letter(alphabet: &[u8], digit: u8) -> char {
    alphabet
        .get(usize::from(digit))
        .copied()
        .map_or('?', char::from)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_texts() {
        assert_eq!(hex(&[0x00, 0xff, 0x1a]), "00ff1a");
        assert_eq!(base64_url(b"f"), "Zg");
        assert_eq!(base64_url(b"fo"), "Zm8");
        assert_eq!(base64_url(b"foobar"), "Zm9vYmFy");
        assert_eq!(base64_url(&[0xfb, 0xff]), "-_8");
        assert_eq!(from_base64::<2>("+/8="), Some([0xfb, 0xff]));
    }

    #[test]
    fn a_second_way_to_write_the_same_bytes_is_refused() {
        assert_eq!(from_base64::<1>("Zg"), Some([b'f']));
        assert_eq!(from_base64::<1>("Zh"), None);
    }

    proptest! {
        #[test]
        fn bytes_come_back(bytes in any::<[u8; 32]>()) {
            prop_assert_eq!(from_hex(&hex(&bytes)), Some(bytes));
            prop_assert_eq!(from_base64(&base64_url(&bytes)), Some(bytes));
        }

        #[test]
        fn any_text_is_answered(text in ".*") {
            let _ = from_hex::<4>(&text);
            let _ = from_base64::<5>(&text);
        }
    }
}
