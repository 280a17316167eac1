//! Fingerprints: what was shown, approved and sent is one and the same.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::encoding::{from_hex, hex};
use super::master_key::Purpose;
use super::vault::Vault;
use crate::domain::json;

/// The SHA-256 of everything an approval covers. Shown as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u8; 32]);

/// A text that is no fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a fingerprint has 64 hexadecimal digits")]
pub struct MalformedFingerprint;

/// The fingerprint of this material: SHA-256 over its canonical JSON.
pub fn fingerprint(material: &Value) -> Fingerprint {
    Fingerprint(content_hash(json::canonical(material).as_bytes()))
}

/// What stands for a secret value in the material of a fingerprint and in the audit: equal for equal
/// values, and useless for guessing without the master key.
///
/// It outlives a rotation of the master key, because the approvals that hold it do.
pub fn secret_digest(vault: &Vault, secret: &str) -> String {
    hex(&vault.mac(Purpose::Fingerprint, secret.as_bytes()))
}

/// The SHA-256 of some bytes.
pub fn content_hash(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// The hash of an audit row, given that of the row before: SHA-256(0x00 ‖ previous ‖ row).
pub fn chain_hash(previous: &[u8; 32], canonical_row: &str) -> [u8; 32] {
    Sha256::new()
        .chain_update([0])
        .chain_update(previous)
        .chain_update(canonical_row.as_bytes())
        .finalize()
        .into()
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

impl FromStr for Fingerprint {
    type Err = MalformedFingerprint;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        from_hex(text).map(Self).ok_or(MalformedFingerprint)
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::key_ring::KeyRing;
    use super::*;

    #[test]
    fn the_order_of_keys_does_not_matter_and_everything_else_does() {
        let one: Value = serde_json::from_str(r#"{"a":1,"b":[1,2]}"#).unwrap();
        let other: Value = serde_json::from_str(r#"{"b":[1,2],"a":1}"#).unwrap();
        assert_eq!(fingerprint(&one), fingerprint(&other));
        assert_ne!(
            fingerprint(&one),
            fingerprint(&json!({"a": 1, "b": [2, 1]}))
        );
        assert_ne!(
            fingerprint(&one),
            fingerprint(&json!({"a": "1", "b": [1, 2]}))
        );
    }

    #[test]
    fn a_fingerprint_has_a_known_text_and_is_read_back() {
        let shown = fingerprint(&json!({})).to_string();
        assert_eq!(
            shown,
            "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
        );
        assert_eq!(shown.parse(), Ok(fingerprint(&json!({}))));
        assert_eq!("44".parse::<Fingerprint>(), Err(MalformedFingerprint));
        assert_eq!(
            serde_json::to_string(&fingerprint(&json!({}))).unwrap(),
            format!("\"{shown}\"")
        );
    }

    #[test]
    fn a_digest_depends_on_the_secret_and_on_the_key() {
        let vault = Vault::new(KeyRing::generate());
        let digest = secret_digest(&vault, "hunter2");
        assert_eq!(digest, secret_digest(&vault, "hunter2"));
        assert_ne!(digest, secret_digest(&vault, "hunter3"));
        assert_ne!(
            digest,
            secret_digest(&Vault::new(KeyRing::generate()), "hunter2")
        );
    }

    #[test]
    fn a_digest_outlives_a_rotation() {
        let mut keys = KeyRing::generate();
        let before = secret_digest(&Vault::new(keys.clone()), "hunter2");
        let first = keys.current().id();
        keys.rotate();
        keys.forget(first);
        assert_eq!(secret_digest(&Vault::new(keys), "hunter2"), before);
    }

    #[test]
    fn the_chain_depends_on_the_row_before() {
        let first = chain_hash(&[0; 32], "{}");
        assert_eq!(first, content_hash(&[&[0][..], &[0; 32], b"{}"].concat()));
        assert_ne!(first, chain_hash(&first, "{}"));
    }
}
