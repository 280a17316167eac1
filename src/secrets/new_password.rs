//! What a person may choose as a password.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::common_passwords::{fold, holds, is_common};
use crate::domain::{Email, PersonName, Role, SecondFactor};

const LONGEST: usize = 128;

/// A part of a name shorter than this stands in too many words to be refused.
const SHORTEST_NAME: usize = 4;

/// What else stands between a guessed password and the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing: the password has to hold by itself.
    Alone,
    /// A second factor that this person cannot do without.
    BesideFactor,
}

impl Standing {
    /// Where the password of a person of this role stands.
    pub const fn of(role: Role, second_factor: SecondFactor) -> Self {
        if second_factor.is_required_of(role) {
            Self::BesideFactor
        } else {
            Self::Alone
        }
    }

    /// How many characters a password needs at least.
    pub const fn shortest(self) -> u8 {
        match self {
            Self::Alone => 15,
            Self::BesideFactor => 8,
        }
    }
}

/// A password that was just chosen and is good enough, in Unicode normal form C.
pub struct NewPassword(SecretString);

/// Why a text is no good password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    /// Fewer than this many characters.
    #[error("is shorter than {0} characters")]
    TooShort(u8),
    /// More than 128 characters.
    #[error("is longer than {LONGEST} characters")]
    TooLong,
    /// Common words, keyboard walks, repetitions.
    #[error("is one of those that are guessed first")]
    Common,
    /// The person's own name.
    #[error("holds your name")]
    HoldsName,
    /// The person's own address.
    #[error("holds your e-mail address")]
    HoldsEmail,
    /// The name of this program.
    #[error("holds the word countersign")]
    HoldsProduct,
}

impl NewPassword {
    /// Takes a password for this person: up to 128 characters of any kind, as many as needed where it
    /// stands, and nothing that would be guessed first.
    ///
    /// # Errors
    /// Every reason why not.
    pub fn parse(
        text: &str,
        name: &PersonName,
        email: &Email,
        standing: Standing,
    ) -> Result<Self, Vec<WeakPassword>> {
        let shortest = standing.shortest();
        let text = normalized(text);
        let letters = fold(&text);
        let length = text.chars().count();
        let checks = [
            (
                length < usize::from(shortest),
                WeakPassword::TooShort(shortest),
            ),
            (length > LONGEST, WeakPassword::TooLong),
            (length <= LONGEST && is_common(&text), WeakPassword::Common),
            (holds_name(&letters, name), WeakPassword::HoldsName),
            (holds_email(&letters, email), WeakPassword::HoldsEmail),
            (
                holds(&letters, &fold("countersign")),
                WeakPassword::HoldsProduct,
            ),
        ];
        let reasons: Vec<_> = checks
            .into_iter()
            .filter_map(|(is_weak, reason)| is_weak.then_some(reason))
            .collect();
        if reasons.is_empty() {
            Ok(Self(text.as_str().into()))
        } else {
            Err(reasons)
        }
    }

    pub(super) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// The one way a password is written, however a keyboard composes it.
pub(super) fn normalized(text: &str) -> Zeroizing<String> {
    // Room for every character there can be, so that no copy is left behind by growing.
    let mut normal = Zeroizing::new(String::with_capacity(text.len() * 3));
    normal.extend(text.nfc());
    normal
}

fn holds_name(letters: &[char], name: &PersonName) -> bool {
    let whole = fold(name.as_str());
    let parts = name.as_str().split(|c: char| !c.is_alphanumeric());
    let long_parts = parts.map(fold).filter(|part| part.len() >= SHORTEST_NAME);
    (whole.len() >= SHORTEST_NAME && holds(letters, &whole))
        || long_parts.into_iter().any(|part| holds(letters, &part))
}

fn holds_email(letters: &[char], email: &Email) -> bool {
    let local = fold(email.local_part());
    holds(letters, &fold(email.as_str()))
        || (local.len() >= SHORTEST_NAME && holds(letters, &local))
}

impl fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewPassword(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn parse(text: &str) -> Result<NewPassword, Vec<WeakPassword>> {
        let name = "Sam O'Sullivan-Kim".parse().unwrap();
        let email = "sammy.os@msp.example".parse().unwrap();
        NewPassword::parse(text, &name, &email, Standing::Alone)
    }

    /// A1: beside an enforced second factor eight characters are enough; nothing else is let off.
    #[rstest]
    #[case("vT7#qLw9", &[])]
    #[case("vT7#qLw", &[WeakPassword::TooShort(8)])]
    #[case("jordan23", &[WeakPassword::Common])]
    #[case("zaq12wsx", &[WeakPassword::Common])]
    #[case("k!sammyos-9", &[WeakPassword::HoldsEmail])]
    fn beside_a_factor_a_password_may_be_shorter(
        #[case] text: &str,
        #[case] reasons: &[WeakPassword],
    ) {
        let name = "Sam O'Sullivan-Kim".parse().unwrap();
        let email = "sammy.os@msp.example".parse().unwrap();
        let taken = NewPassword::parse(text, &name, &email, Standing::BesideFactor);
        assert_eq!(taken.err().unwrap_or_default(), reasons, "{text}");
    }

    #[rstest]
    #[case("granite plover tangent")]
    #[case("vT7#qLw9!zRb2@K")]
    #[case("same kim, other day")]
    #[case("\u{1f600}\u{e9}\u{df}\u{3b1}\u{431}\u{6f22}\u{5b57} and some more")]
    fn a_good_password_is_taken(#[case] text: &str) {
        assert_eq!(parse(text).map(|_| ()), Ok(()), "{text}");
    }

    /// A1
    #[rstest]
    #[case("vT7#qLw9!zRb2@", &[WeakPassword::TooShort(15)])]
    #[case("short", &[WeakPassword::TooShort(15)])]
    #[case("", &[WeakPassword::TooShort(15), WeakPassword::Common])]
    #[case("passwordpassword", &[WeakPassword::Common])]
    #[case("granite-Sullivan-plover", &[WeakPassword::HoldsName])]
    #[case("granite 5u11ivan plover", &[WeakPassword::HoldsName])]
    #[case("granite sammy.os plover", &[WeakPassword::HoldsEmail])]
    #[case("granite SammyOS plover", &[WeakPassword::HoldsEmail])]
    #[case("granite counterSign plover", &[WeakPassword::HoldsProduct])]
    fn every_reason_against_it_is_named(#[case] text: &str, #[case] reasons: &[WeakPassword]) {
        assert_eq!(parse(text).unwrap_err(), reasons, "{text}");
    }

    #[test]
    fn length_is_counted_in_characters_after_composing() {
        let spread: String = (0..128_u32)
            .filter_map(|i| char::from_u32(0x4e00 + i * 7))
            .collect();
        assert!(parse(&spread).is_ok());
        assert_eq!(
            parse(&format!("{spread}!")).unwrap_err(),
            [WeakPassword::TooLong]
        );
        // 14 composed characters, written as 15.
        assert_eq!(
            parse("vT7#qLw9!zRb2e\u{301}").unwrap_err(),
            [WeakPassword::TooShort(15)]
        );
    }

    #[test]
    fn both_ways_to_write_an_accent_are_one_password() {
        let composed = parse("granite plov\u{e9}r tangent").unwrap();
        let decomposed = parse("granite plove\u{301}r tangent").unwrap();
        assert_eq!(composed.expose(), decomposed.expose());
        assert_eq!(format!("{composed:?}"), "NewPassword(hidden)");
    }
}
