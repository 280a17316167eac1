//! Fingerprints: what was shown, approved and sent is one and the same.

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::encoding::hex;
use super::master_key::Purpose;
use super::vault::Vault;
use crate::domain::{Fingerprint, json};

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
    fn a_fingerprint_has_a_known_text() {
        assert_eq!(
            fingerprint(&json!({})).to_string(),
            "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
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
}
