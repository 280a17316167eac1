//! Secrets that are used once: set-up codes, recovery codes, links. Only their SHA-256 is stored; they
//! are random enough that it tells nothing.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::encoding::base64_url;
use super::random;

/// Letters and digits that nobody mistakes for each other: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Four characters of five bits.
const GROUP: usize = 4;
/// 140 bits.
const SETUP_GROUPS: usize = 7;
/// 80 bits.
const RECOVERY_GROUPS: usize = 4;

/// A secret that was just made, to be given away once.
pub struct OneTimeSecret {
    text: SecretString,
    hash: [u8; 32],
}

impl OneTimeSecret {
    /// A code that opens the first set-up.
    pub fn setup_code() -> Self {
        Self::code(SETUP_GROUPS)
    }

    /// A code in the place of a lost code app.
    pub fn recovery_code() -> Self {
        Self::code(RECOVERY_GROUPS)
    }

    /// What stands in a link.
    pub fn link() -> Self {
        let text = Zeroizing::new(base64_url(&*Zeroizing::new(random::bytes::<32>())));
        Self {
            hash: hash_of_link(&text),
            text: text.as_str().into(),
        }
    }

    /// What to store, and to find it again by.
    pub const fn hash(&self) -> [u8; 32] {
        self.hash
    }

    /// The secret, still kept.
    pub fn expose(&self) -> &str {
        self.text.expose_secret()
    }

    /// The secret itself, given away.
    pub fn reveal(self) -> SecretString {
        self.text
    }

    fn code(groups: usize) -> Self {
        let mut text = Zeroizing::new(String::with_capacity(groups * (GROUP + 1)));
        for group in 0..groups {
            if group > 0 {
                text.push('-');
            }
            let drawn = Zeroizing::new(random::bytes::<GROUP>());
            text.extend(drawn.iter().map(|byte| letter(byte % 32)));
        }
        Self {
            hash: hash_of_code(&text),
            text: text.as_str().into(),
        }
    }
}

/// The hash by which a typed code is found: in either case, with or without dashes and spaces, and with
/// the letters that are easily mistaken.
pub fn hash_of_code(typed: &str) -> [u8; 32] {
    let mut folded = Zeroizing::new(String::with_capacity(typed.len()));
    let characters = typed.chars().filter(|c| !c.is_whitespace() && *c != '-');
    folded.extend(characters.map(|c| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    }));
    Sha256::digest(folded.as_bytes()).into()
}

/// The hash by which a link is found.
pub fn hash_of_link(presented: &str) -> [u8; 32] {
    Sha256::digest(presented.as_bytes()).into()
}

fn letter(number: u8) -> char {
    let letter = ALPHABET.get(usize::from(number));
    letter.copied().map_or('?', char::from)
}

impl fmt::Debug for OneTimeSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OneTimeSecret(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn codes_are_long_enough_and_in_groups() {
        let code = OneTimeSecret::setup_code();
        let groups: Vec<_> = code.expose().split('-').collect();
        assert_eq!(groups.len(), 7);
        assert!(groups.iter().all(|group| group.len() == 4));
        assert!(groups.concat().len() * 5 >= 128);
        let recovery = OneTimeSecret::recovery_code().reveal();
        assert_eq!(recovery.expose_secret().replace('-', "").len() * 5, 80);
        assert_ne!(code.hash(), OneTimeSecret::setup_code().hash());
        assert!(!format!("{code:?}").contains(groups[0]));
    }

    #[test]
    fn every_letter_is_drawn_and_none_that_is_mistaken() {
        let text: String = (0..200)
            .map(|_| OneTimeSecret::setup_code().expose().to_owned())
            .collect();
        assert!(
            ALPHABET
                .iter()
                .all(|letter| text.as_bytes().contains(letter))
        );
        assert!(!text.contains(['I', 'L', 'O', 'U']));
    }

    #[rstest]
    #[case("A1B0-CD23")]
    #[case("a1b0cd23")]
    #[case(" alBo cd-23 ")]
    #[case("aIbO\tcd23")]
    fn a_code_is_read_however_it_is_typed(#[case] typed: &str) {
        assert_eq!(hash_of_code(typed), hash_of_code("A1B0-CD23"));
        assert_ne!(hash_of_code(typed), hash_of_code("A1B0-CD24"));
    }

    #[test]
    fn a_link_is_found_by_exactly_its_secret() {
        let link = OneTimeSecret::link();
        assert_eq!(link.expose().len(), 43);
        assert_eq!(hash_of_link(link.expose()), link.hash());
        assert_ne!(hash_of_link(&link.expose().to_lowercase()), link.hash());
    }
}
