//! Tokens of agents and people: `cs_agent_…` and `cs_user_…`.
//!
//! ```text
//! cs_agent_ | public id 8 | _ | secret 43 | checksum 6
//! ```
//!
//! All letters and digits. 43 of them carry 256 random bits. The checksum tells a mistyped token from an
//! unknown one without asking the database, and lets scanners of leaked secrets be sure.

use std::fmt;
use std::str::FromStr;

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::random;
use crate::domain::TokenKind;

/// A regular expression that finds tokens, for scanners of leaked secrets.
pub const TOKEN_PATTERN: &str = "cs_(agent|user)_[0-9A-Za-z]{8}_[0-9A-Za-z]{49}";

const PUBLIC_ID: usize = 8;
const SECRET: usize = 43;
const CHECKSUM: usize = 6;

const fn prefix(kind: TokenKind) -> &'static str {
    match kind {
        TokenKind::Agent => "cs_agent_",
        TokenKind::User => "cs_user_",
    }
}

/// The part of a token that is no secret: it finds the row, and people recognise a token by it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PublicTokenId(String);

impl PublicTokenId {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The SHA-256 of a token: all that is stored of it.
#[derive(Clone, Copy, Debug)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// As it was stored.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// To be stored.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether both are of the same token, in constant time.
    pub fn is_same(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

/// A token that was just made, to be shown once.
pub struct PlainToken {
    text: SecretString,
    public_id: PublicTokenId,
}

impl PlainToken {
    /// A new token.
    pub fn generate(kind: TokenKind) -> Self {
        let public_id = PublicTokenId(random::alphanumeric(PUBLIC_ID).to_string());
        let secret = random::alphanumeric(SECRET);
        let start = Zeroizing::new(format!("{}{}_{}", prefix(kind), public_id.0, *secret));
        let text = Zeroizing::new(format!("{}{}", *start, checksum(&start)));
        let text = text.as_str().into();
        Self { text, public_id }
    }

    /// The part to store and to show in lists.
    pub const fn public_id(&self) -> &PublicTokenId {
        &self.public_id
    }

    /// What to store instead of the token.
    pub fn hash(&self) -> TokenHash {
        hash(self.text.expose_secret())
    }

    /// The token itself, given away: it can be shown this one time.
    pub fn reveal(self) -> SecretString {
        self.text
    }
}

/// A text is not a token: wrong shape or wrong checksum. Nothing of it is repeated here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a token")]
pub struct MalformedToken;

/// A token as somebody presents it, well-formed and not yet known to be ours.
#[derive(Clone, Debug)]
pub struct PresentedToken {
    /// Whose it claims to be.
    pub kind: TokenKind,
    /// Finds the row.
    pub public_id: PublicTokenId,
    /// Has to be the same as the stored one.
    pub hash: TokenHash,
}

impl PresentedToken {
    /// Reads what was presented.
    ///
    /// # Errors
    /// [`MalformedToken`] if it cannot have come from [`PlainToken::generate`].
    pub fn parse(text: &str) -> Result<Self, MalformedToken> {
        let (kind, public_id) = shape_of(text).ok_or(MalformedToken)?;
        let (start, end) = text
            .split_at_checked(text.len() - CHECKSUM)
            .ok_or(MalformedToken)?;
        let is_intact: bool = checksum(start).as_bytes().ct_eq(end.as_bytes()).into();
        if !is_intact {
            return Err(MalformedToken);
        }
        Ok(Self {
            kind,
            public_id: PublicTokenId(public_id.to_owned()),
            hash: hash(text),
        })
    }
}

/// The kind and the public id of a text that [`TOKEN_PATTERN`] matches as a whole.
fn shape_of(text: &str) -> Option<(TokenKind, &str)> {
    let of_kind = |kind: &TokenKind| Some((*kind, text.strip_prefix(prefix(*kind))?));
    let (kind, rest) = TokenKind::ALL.iter().find_map(of_kind)?;
    let (public_id, rest) = rest.split_once('_')?;
    let is_shaped = public_id.len() == PUBLIC_ID
        && rest.len() == SECRET + CHECKSUM
        && public_id
            .bytes()
            .chain(rest.bytes())
            .all(|byte| byte.is_ascii_alphanumeric());
    is_shaped.then_some((kind, public_id))
}

/// Four bytes of SHA-256 as six letters and digits.
fn checksum(start: &str) -> String {
    let digest = Sha256::digest(start.as_bytes());
    let mut number = digest
        .iter()
        .take(4)
        .fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    let mut text = String::with_capacity(CHECKSUM);
    for _ in 0..CHECKSUM {
        text.push(random::letter(number % 62));
        number /= 62;
    }
    text
}

fn hash(text: &str) -> TokenHash {
    TokenHash(Sha256::digest(text.as_bytes()).into())
}

impl fmt::Debug for PlainToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PlainToken({})", self.public_id)
    }
}

impl fmt::Display for PublicTokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for PublicTokenId {
    type Err = MalformedToken;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_id =
            text.len() == PUBLIC_ID && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        is_id.then(|| Self(text.to_owned())).ok_or(MalformedToken)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn plain(kind: TokenKind) -> String {
        PlainToken::generate(kind)
            .reveal()
            .expose_secret()
            .to_owned()
    }

    #[rstest]
    #[case(TokenKind::Agent, 67)]
    #[case(TokenKind::User, 66)]
    fn a_token_is_recognised_when_it_is_presented(#[case] kind: TokenKind, #[case] length: usize) {
        let token = PlainToken::generate(kind);
        let (public_id, hash) = (token.public_id().clone(), token.hash());
        let text = token.reveal();
        assert_eq!(text.expose_secret().len(), length);

        let presented = PresentedToken::parse(text.expose_secret()).unwrap();
        assert_eq!(presented.kind, kind);
        assert_eq!(presented.public_id, public_id);
        assert!(presented.hash.is_same(&hash));
        assert!(
            presented
                .hash
                .is_same(&TokenHash::from_bytes(*hash.as_bytes()))
        );
        assert!(!PlainToken::generate(kind).hash().is_same(&hash));
    }

    #[test]
    fn every_single_typing_error_is_noticed() {
        let text = plain(TokenKind::Agent);
        for position in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[position] = if changed[position] == b'a' {
                b'b'
            } else {
                b'a'
            };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(PresentedToken::parse(&changed).unwrap_err(), MalformedToken);
        }
    }

    #[test]
    fn a_token_does_not_show_itself() {
        let token = PlainToken::generate(TokenKind::User);
        assert_eq!(
            format!("{token:?}"),
            format!("PlainToken({})", token.public_id())
        );
    }

    #[test]
    fn an_agents_token_cannot_be_presented_as_a_persons() {
        let text = plain(TokenKind::Agent).replace("cs_agent_", "cs_user_");
        assert!(PresentedToken::parse(&text).is_err());
    }

    #[test]
    fn a_known_token_stays_valid() {
        let start = format!("cs_agent_Ab3dEf9h_{}", "x".repeat(SECRET));
        assert_eq!(checksum(&start), "VDRGO0");
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in ".{0,100}") {
            let _ = PresentedToken::parse(&text);
        }

        #[test]
        fn what_looks_like_a_token_is_answered(text in "cs_(agent|user)_[a-z_é]{0,70}") {
            let _ = PresentedToken::parse(&text);
        }

        #[test]
        fn the_published_pattern_describes_the_shape(text in TOKEN_PATTERN) {
            prop_assert!(shape_of(&text).is_some());
            prop_assert!(shape_of(&(text.clone() + "a")).is_none());
            prop_assert!(shape_of(&text[1..]).is_none());
        }
    }
}
