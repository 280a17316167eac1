//! The one place where a key to IT Glue is opened.

use secrecy::SecretString;

use crate::itglue::{Account, ApiKey, BadApiKey, BadBaseUrl, BaseUrl, Region};
use crate::secrets::{OpenError, Place, Vault};
use crate::store::ConnectionDetails;

/// Why a connection cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The key cannot be decrypted: wrong master key, or changed by hand.
    #[error("the key of the connection cannot be opened")]
    Sealed(#[from] OpenError),
    /// What was decrypted is no key.
    #[error("the key of the connection is malformed")]
    Key(#[from] BadApiKey),
    /// The address is not one we may send a key to.
    #[error("the address of the connection is not allowed")]
    Address(#[from] BadBaseUrl),
    /// The region is unknown.
    #[error("the region of the connection is unknown")]
    Region,
}

/// Opens a connection's key, for reading and writing over it.
///
/// # Errors
/// [`AccountError`]; nothing was sent anywhere.
pub fn open_account(
    vault: &Vault,
    connection: &ConnectionDetails,
) -> Result<Account, AccountError> {
    let key: SecretString = vault.open(
        key_place(connection.id.0.as_bytes()),
        &connection.sealed_key,
    )?;
    let base_url = if let Some(text) = &connection.base_url {
        BaseUrl::parse_override(text)?
    } else {
        let region: Region = connection
            .region
            .parse()
            .map_err(|_| AccountError::Region)?;
        BaseUrl::of_region(region)
    };
    Ok(Account {
        connection: connection.id,
        base_url,
        key: ApiKey::parse(key)?,
    })
}

/// Where a connection's key is kept, for sealing and opening it.
pub fn key_place(connection: &[u8; 16]) -> Place<'_> {
    Place::new("connections", "api_key", connection)
}
