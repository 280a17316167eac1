//! One master key, and the keys derived from it.

use std::fmt;
use std::sync::Arc;

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::encoding::{base64_url, from_base64, from_hex, hex};
use super::random;

/// Which master key: 8 random bytes, shown as 16 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId(pub [u8; 8]);

/// What a sub-key is for. Each purpose has a key of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Wraps the data keys of records.
    Wrap,
    /// Digests of secret values, in fingerprints and in the audit. Outlives a rotation.
    Fingerprint,
    /// Signs heads of the audit chain. Outlives a rotation.
    AuditHead,
    /// Signs cookies that are not sessions.
    Cookie,
    /// Signs the cursors of lists.
    Cursor,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Wrap => b"countersign/v1/wrap",
            Self::Fingerprint => b"countersign/v1/fingerprint",
            Self::AuditHead => b"countersign/v1/audit-head",
            Self::Cookie => b"countersign/v1/cookie",
            Self::Cursor => b"countersign/v1/cursor",
        }
    }
}

/// 32 bytes from which every other key is derived.
#[derive(Clone)]
pub struct MasterKey {
    id: KeyId,
    bytes: Arc<Zeroizing<[u8; 32]>>,
}

impl MasterKey {
    /// A new random key.
    pub fn generate() -> Self {
        Self::new(KeyId(random::bytes()), random::bytes())
    }

    /// Which key it is.
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// What may be stored beside the data to notice a wrong key at start. It tells nothing of the key.
    pub fn check_value(&self) -> String {
        let check = self.derive(b"countersign/v1/check");
        let check = check
            .first_chunk::<16>()
            .map_or_else(String::new, |start| hex(start));
        format!("{}:{check}", self.id)
    }

    /// The sub-key for this purpose, by HKDF-SHA-256.
    pub(super) fn sub_key(&self, purpose: Purpose) -> Zeroizing<[u8; 32]> {
        self.derive(purpose.label())
    }

    /// What is derived from this key once and then kept through rotations.
    pub(super) fn lasting(&self) -> Self {
        Self::new(self.id, *self.derive(b"countersign/v1/lasting"))
    }

    /// One line of the key file, of this kind.
    pub(super) fn line(&self, kind: &str) -> Zeroizing<String> {
        let bytes = Zeroizing::new(base64_url(self.bytes.as_slice()));
        Zeroizing::new(format!("{kind}:v1:{}:{}\n", self.id, *bytes))
    }

    /// The kind of a line and the key in it.
    pub(super) fn parse_line(line: &str) -> Option<(&str, Self)> {
        let (kind, rest) = line.split_once(":v1:")?;
        let (id, bytes) = rest.split_once(':')?;
        Some((kind, Self::new(KeyId(from_hex(id)?), from_base64(bytes)?)))
    }

    fn new(id: KeyId, bytes: [u8; 32]) -> Self {
        let bytes = Arc::new(Zeroizing::new(bytes));
        Self { id, bytes }
    }

    fn derive(&self, label: &[u8]) -> Zeroizing<[u8; 32]> {
        let mut key = Zeroizing::new([0; 32]);
        Hkdf::<Sha256>::new(None, self.bytes.as_slice())
            .expand(label, key.as_mut_slice())
            .expect("32 bytes are far below the 8160 that HKDF-SHA-256 can give");
        key
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({})", self.id)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PURPOSES: [Purpose; 5] = [
        Purpose::Wrap,
        Purpose::Fingerprint,
        Purpose::AuditHead,
        Purpose::Cookie,
        Purpose::Cursor,
    ];

    #[test]
    fn each_purpose_has_a_key_of_its_own() {
        let key = MasterKey::generate();
        for (position, purpose) in PURPOSES.iter().enumerate() {
            assert_eq!(key.sub_key(*purpose), key.sub_key(*purpose));
            for other in &PURPOSES[position + 1..] {
                assert_ne!(key.sub_key(*purpose), key.sub_key(*other));
            }
        }
    }

    #[test]
    fn sub_keys_never_change_from_version_to_version() {
        let key = MasterKey::new(KeyId([1; 8]), [7; 32]);
        assert_eq!(
            hex(key.sub_key(Purpose::Wrap).as_slice()),
            "588df9332f1641beb680f15bf8f6256708025a8b8c500372d5c06960052d8e28"
        );
        assert_eq!(
            key.check_value(),
            "0101010101010101:b21df3291cbe4e2b890bf2136411e32f"
        );
    }

    #[test]
    fn a_key_does_not_show_itself() {
        let key = MasterKey::new(KeyId([1; 8]), [7; 32]);
        assert_eq!(format!("{key:?}"), "MasterKey(0101010101010101)");
    }
}
