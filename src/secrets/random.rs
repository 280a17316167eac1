//! Random bytes and texts from the operating system.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::encoding::{base64_url, from_base64};

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// This many random bytes, fit for keys.
///
/// # Panics
/// If the operating system gives none: going on with guessable keys would be worse.
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .expect("hash maps are seeded from the same source, so the process had it at start");
    bytes
}

/// This many random letters and digits, each equally likely.
pub fn alphanumeric(length: usize) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(length));
    while text.len() < length {
        for byte in *Zeroizing::new(bytes::<32>()) {
            // 248 is the largest multiple of 62 in a byte; what is above would favor some letters.
            let is_fair = byte < 248;
            if is_fair && text.len() < length {
                text.push(letter(u32::from(byte % 62)));
            }
        }
    }
    text
}

/// The letter or digit that stands for a number below 62.
pub(super) fn letter(number: u32) -> char {
    let position = usize::try_from(number).unwrap_or(usize::MAX);
    BASE62.get(position).copied().map_or('?', char::from)
}

/// What the cookie of one sign-in holds: 32 random bytes. Only their SHA-256 is stored.
pub struct SessionToken(SecretString);

impl SessionToken {
    /// A new one.
    pub fn generate() -> Self {
        Self(base64_url(&*Zeroizing::new(bytes::<32>())).into())
    }

    /// Reads the value of a cookie. `None` if it cannot have come from [`Self::generate`].
    pub fn parse(text: &str) -> Option<Self> {
        from_base64::<32>(text).map(|bytes| Self(base64_url(&*Zeroizing::new(bytes)).into()))
    }

    /// The value for the cookie.
    pub fn reveal(&self) -> &str {
        self.0.expose_secret()
    }

    /// What is stored, and found again by an indexed look-up: the hash tells nothing of the value,
    /// so comparing it needs no care.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.expose_secret().as_bytes()).into()
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_texts_have_their_length_and_differ() {
        for length in [0, 1, 43, 100] {
            let text = alphanumeric(length);
            assert_eq!(text.len(), length);
            assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        }
        assert_ne!(*alphanumeric(20), *alphanumeric(20));
    }

    #[test]
    fn every_letter_is_drawn() {
        let text = alphanumeric(20_000);
        assert!(BASE62.iter().all(|letter| text.as_bytes().contains(letter)));
    }

    #[test]
    fn a_session_is_found_again_by_its_cookie() {
        let token = SessionToken::generate();
        let presented = SessionToken::parse(token.reveal()).unwrap();
        assert_eq!(presented.hash(), token.hash());
        assert_ne!(SessionToken::generate().hash(), token.hash());
        assert!(!format!("{token:?}").contains(token.reveal()));
    }

    #[test]
    fn other_cookies_are_no_sessions() {
        assert!(SessionToken::parse("").is_none());
        assert!(SessionToken::parse(&"A".repeat(44)).is_none());
        assert!(SessionToken::parse(&"!".repeat(43)).is_none());
    }
}
