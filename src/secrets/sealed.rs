//! What a sealed record looks like.
//!
//! ```text
//! version 1 | master key id 8 | nonce 24 | data key, wrapped 48 | nonce 24 | text, encrypted
//! ```
//!
//! Both layers are XChaCha20-Poly1305. Version, table, column and row are bound to both, the key id to
//! the wrapping, which everything else hangs on. So a rotation wraps the data key anew and leaves the
//! text alone.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

use super::master_key::KeyId;
use super::random;

/// The version of this layout.
pub(super) const VERSION: u8 = 1;

const WRAPPED_KEY: usize = 24 + 32 + 16;

/// The length of what stands before the encrypted text.
#[cfg(test)]
pub(super) const HEAD: usize = 1 + 8 + WRAPPED_KEY;

/// Where a sealed record is stored. Put anywhere else, it does not open.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    table: &'a str,
    column: &'a str,
    row: &'a [u8],
}

impl<'a> Place<'a> {
    /// This column of this row; an id or a text names the row.
    pub fn new(table: &'a str, column: &'a str, row: &'a (impl AsRef<[u8]> + ?Sized)) -> Self {
        let row = row.as_ref();
        Self { table, column, row }
    }

    /// Each part with its length before it, so that no two places give the same bytes.
    pub(super) fn bound(&self, layer: &[u8], key: &[u8]) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        for part in [
            layer,
            self.table.as_bytes(),
            self.column.as_bytes(),
            self.row,
            key,
        ] {
            bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bytes.extend_from_slice(part);
        }
        bytes
    }
}

/// Why a sealed record does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// It is not something this program sealed.
    #[error("not a sealed record")]
    Malformed,
    /// The master key that sealed it is not at hand.
    #[error("sealed with the master key {0}, which is not in the key file")]
    UnknownKey(KeyId),
    /// It was changed, or sealed for another place.
    #[error("changed since it was sealed, or moved from another place")]
    Tampered,
}

/// A sealed record taken apart.
pub(super) struct Parts<'a> {
    pub(super) key_id: KeyId,
    pub(super) wrapped: &'a [u8],
    pub(super) data: &'a [u8],
}

impl<'a> Parts<'a> {
    pub(super) fn of(sealed: &'a [u8]) -> Result<Self, OpenError> {
        let parts = || {
            let (version, rest) = sealed.split_first()?;
            let (key_id, rest) = rest.split_first_chunk()?;
            let (wrapped, data) = rest.split_at_checked(WRAPPED_KEY)?;
            (*version == VERSION).then_some(Self {
                key_id: KeyId(*key_id),
                wrapped,
                data,
            })
        };
        parts().ok_or(OpenError::Malformed)
    }
}

/// A fresh nonce and what is encrypted under it.
pub(super) fn encrypt(key: &[u8; 32], plain: &[u8], bound: &[u8]) -> Vec<u8> {
    let nonce = random::bytes::<24>();
    let payload = Payload {
        msg: plain,
        aad: bound,
    };
    let encrypted = XChaCha20Poly1305::new(key.into())
        .encrypt(&XNonce::from(nonce), payload)
        .expect("a record is far below the 256 GB that one nonce can encrypt");
    [&nonce[..], &encrypted].concat()
}

/// What was encrypted by [`encrypt`] with the same key and the same bound bytes.
pub(super) fn decrypt(
    key: &[u8; 32],
    encrypted: &[u8],
    bound: &[u8],
) -> Result<Vec<u8>, OpenError> {
    let (nonce, encrypted) = encrypted
        .split_first_chunk::<24>()
        .ok_or(OpenError::Malformed)?;
    let payload = Payload {
        msg: encrypted,
        aad: bound,
    };
    XChaCha20Poly1305::new(key.into())
        .decrypt(&XNonce::from(*nonce), payload)
        .map_err(|_| OpenError::Tampered)
}
