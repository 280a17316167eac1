//! The second factor: codes of six digits that change every thirty seconds (RFC 6238, SHA-1, as every
//! code app takes them).

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha1::Sha1;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::random;
use crate::domain::Timestamp;

const STEP_MILLIS: i64 = 30_000;
const DIGITS: usize = 6;
/// RFC 4226 recommends 160 bits: as many as SHA-1 gives.
const BYTES: usize = 20;
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// What a code app and the server share.
pub struct FactorSeed(Zeroizing<[u8; BYTES]>);

impl FactorSeed {
    /// A new one.
    pub fn generate() -> Self {
        Self(Zeroizing::new(random::bytes()))
    }

    /// As it was stored; `None` if it cannot have come from [`Self::as_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes
            .try_into()
            .ok()
            .map(|bytes| Self(Zeroizing::new(bytes)))
    }

    /// To be sealed and stored.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    /// In base32, for typing.
    pub fn to_base32(&self) -> SecretString {
        let mut text = Zeroizing::new(String::with_capacity(BYTES * 8 / 5));
        for chunk in self.0.chunks(5) {
            let group = chunk
                .iter()
                .fold(0_u64, |group, byte| group << 8 | u64::from(*byte));
            text.extend((0..8).rev().map(|position| base32(group >> (position * 5))));
        }
        text.as_str().into()
    }

    /// As an address that code apps take from a picture. The label says whose account it is.
    pub fn to_uri(&self, account: &str) -> SecretString {
        let seed = self.to_base32();
        let uri = Zeroizing::new(format!(
            "otpauth://totp/Countersign:{}?secret={}&issuer=Countersign&algorithm=SHA1&digits=6&period=30",
            escape(account),
            seed.expose_secret()
        ));
        uri.as_str().into()
    }

    /// The step of time that this code belongs to, if it is the code of now, of the step before or of
    /// the one after: clocks differ. Whoever accepts it stores the step, and takes none twice.
    pub fn step_of(&self, typed: &str, now: Timestamp) -> Option<i64> {
        let code: Zeroizing<String> =
            Zeroizing::new(typed.chars().filter(|c| !c.is_whitespace()).collect());
        let present = now.as_millis().div_euclid(STEP_MILLIS);
        // Each is compared whatever the others say, so that the time taken tells nothing.
        [present - 1, present, present + 1]
            .into_iter()
            .fold(None, |found, step| {
                let is_it: bool = self.code_of(step).as_bytes().ct_eq(code.as_bytes()).into();
                if is_it { Some(step) } else { found }
            })
    }

    /// The code at this time.
    pub fn code_at(&self, now: Timestamp) -> String {
        self.code_of(now.as_millis().div_euclid(STEP_MILLIS))
            .to_string()
    }

    fn code_of(&self, step: i64) -> Zeroizing<String> {
        let digest = Hmac::<Sha1>::new_from_slice(self.as_bytes())
            .expect("HMAC takes keys of every length")
            .chain_update(step.to_be_bytes())
            .finalize()
            .into_bytes();
        let offset = usize::from(digest.last().map_or(0, |byte| byte & 15));
        let number = digest
            .iter()
            .skip(offset)
            .take(4)
            .fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
        let number = (number & 0x7fff_ffff) % 1_000_000;
        Zeroizing::new(format!("{number:0DIGITS$}"))
    }
}

/// Whether this is meant as a code of the app and not as a recovery code.
pub fn is_app_code(typed: &str) -> bool {
    let characters = || typed.chars().filter(|c| !c.is_whitespace());
    characters().count() == DIGITS && characters().all(|c| c.is_ascii_digit())
}

fn base32(group: u64) -> char {
    let position = usize::try_from(group & 31).unwrap_or(0);
    BASE32.get(position).copied().map_or('?', char::from)
}

fn escape(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'@' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}

impl fmt::Debug for FactorSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FactorSeed(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// The seed of the examples in RFC 6238, appendix B.
    fn known() -> FactorSeed {
        FactorSeed::from_bytes(b"12345678901234567890").unwrap()
    }

    const fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    /// A5: the last six of the eight digits that RFC 6238 lists for SHA-1.
    #[rstest]
    #[case(59, "287082")]
    #[case(1_111_111_109, "081804")]
    #[case(1_111_111_111, "050471")]
    #[case(1_234_567_890, "005924")]
    #[case(2_000_000_000, "279037")]
    #[case(20_000_000_000, "353130")]
    fn codes_are_those_of_the_standard(#[case] seconds: i64, #[case] code: &str) {
        assert_eq!(known().code_at(at(seconds)), code);
        assert_eq!(known().step_of(code, at(seconds)), Some(seconds / 30));
    }

    /// A5: one step before and after, no more.
    #[rstest]
    #[case(-60, false)]
    #[case(-30, true)]
    #[case(0, true)]
    #[case(30, true)]
    #[case(60, false)]
    fn a_clock_may_be_off_by_one_step(#[case] off: i64, #[case] is_taken: bool) {
        let now = 1_234_567_890;
        let code = known().code_at(at(now + off));
        let step = known().step_of(&code, at(now));
        assert_eq!(step, is_taken.then_some((now + off) / 30));
    }

    #[rstest]
    #[case("005924", true)]
    #[case(" 005 924 ", true)]
    #[case("05924", false)]
    #[case("0059240", false)]
    #[case("", false)]
    fn spaces_in_a_code_do_not_matter_and_digits_do(#[case] typed: &str, #[case] is_code: bool) {
        assert_eq!(known().step_of(typed, at(1_234_567_890)).is_some(), is_code);
        assert_eq!(is_app_code(typed), is_code);
    }

    #[test]
    fn a_seed_is_written_as_code_apps_read_it() {
        let seed = known();
        assert_eq!(
            seed.to_base32().expose_secret(),
            "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
        );
        let uri = seed.to_uri("sam+night@msp.example");
        assert_eq!(
            uri.expose_secret(),
            "otpauth://totp/Countersign:sam%2Bnight@msp.example\
             ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Countersign&algorithm=SHA1&digits=6\
             &period=30"
        );
        assert_eq!(format!("{seed:?}"), "FactorSeed(hidden)");
    }

    #[test]
    fn a_seed_comes_back_from_its_bytes() {
        let seed = FactorSeed::generate();
        let again = FactorSeed::from_bytes(seed.as_bytes()).unwrap();
        assert_eq!(again.code_at(at(1)), seed.code_at(at(1)));
        assert_ne!(FactorSeed::generate().as_bytes(), seed.as_bytes());
        assert!(FactorSeed::from_bytes(b"short").is_none());
    }
}
