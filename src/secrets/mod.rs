//! Encryption at rest, hashes of tokens and passwords, fingerprints.
//!
//! What is secret exists in memory only (S1) inside the types of `secrecy`, which neither serialise nor
//! show themselves, and which therefore cannot be part of a type that crosses to the browser:
//!
//! ```compile_fail
//! #[derive(serde::Serialize)]
//! struct View {
//!     key: secrecy::SecretString,
//! }
//! ```
//!
//! ```compile_fail
//! fn shown(token: &countersign::secrets::PlainToken) -> String {
//!     token.to_string()
//! }
//! ```
//!
//! Nothing in here knows tables, IT Glue or who is asking.

mod bodies;
mod common_passwords;
mod contents;
mod encoding;
mod factor_seed;
mod fingerprint;
mod key_ring;
mod master_key;
mod new_password;
mod one_time;
mod password;
pub mod random;
mod sealed;
mod token;
mod vault;

pub use bodies::{Bound, BoundItem, body_hash, exact_body, fingerprint_of, protect};
pub use contents::{Readings, open_asked, seal_draft};
pub use factor_seed::{FactorSeed, is_app_code};
pub use fingerprint::{content_hash, fingerprint, secret_digest};
pub use key_ring::{KeyFileError, KeyRing};
pub use master_key::{KeyId, MasterKey, Purpose};
pub use new_password::{NewPassword, Standing, WeakPassword};
pub use one_time::{OneTimeSecret, hash_of_code, hash_of_link};
pub use password::{PasswordError, PasswordHasher};
pub use random::SessionToken;
pub use sealed::{OpenError, Place};
pub use token::{
    MalformedToken, PlainToken, PresentedToken, PublicTokenId, TOKEN_PATTERN, TokenHash,
};
pub use vault::{Vault, WrongKey};
