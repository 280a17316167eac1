//! From a stored connection to an account that IT Glue can be asked with.

use crate::domain::UnknownName;
use crate::itglue::{Account, ApiKey, BadApiKey, BadBaseUrl, BaseUrl, Region};
use crate::secrets::{OpenError, Place, Vault};
use crate::store::ConnectionDetails;

/// Why a stored connection cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// The sealed key does not open: another master key, or the row was changed.
    #[error("the stored key of the connection cannot be opened")]
    Sealed(#[from] OpenError),
    /// What was sealed is no key.
    #[error("the stored key of the connection is no key")]
    Key(#[from] BadApiKey),
    /// The region is none we know.
    #[error("the region of the connection is unknown")]
    Region(#[from] UnknownName),
    /// The address is none we would send a key to.
    #[error("the address of the connection cannot be used")]
    BaseUrl(#[from] BadBaseUrl),
}

/// Where the key of this connection is sealed.
pub fn key_place(connection: &uuid::Uuid) -> Place<'_> {
    Place::new("connections", "api_key", connection)
}

/// Opens the key of a connection. Nothing else in the program does.
///
/// # Errors
/// [`AccountError`] if the key does not open or the row names no usable address.
pub fn open_account(
    vault: &Vault,
    connection: &ConnectionDetails,
) -> Result<Account, AccountError> {
    let base_url = match &connection.base_url {
        Some(text) => BaseUrl::parse_override(text)?,
        None => BaseUrl::of_region(connection.region.parse::<Region>()?),
    };
    let key = vault.open(key_place(&connection.id.0), &connection.sealed_key)?;
    Ok(Account {
        connection: connection.id,
        base_url,
        key: ApiKey::parse(key)?,
    })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::{ConnectionId, Timestamp};
    use crate::secrets::KeyRing;

    fn connection(vault: &Vault, sealed_for: u128) -> ConnectionDetails {
        let sealed_for = Uuid::from_u128(sealed_for);
        ConnectionDetails {
            id: ConnectionId(Uuid::from_u128(1)),
            name: "main".to_owned(),
            region: "eu".to_owned(),
            base_url: None,
            sealed_key: vault.seal(key_place(&sealed_for), "ITG.abc"),
            key_last_four: String::new(),
            created_at: Timestamp::from_millis(0),
            pause: None,
            notes: crate::store::ConnectionNotes::default(),
        }
    }

    #[test]
    fn a_connection_opens_as_the_account_of_its_region() {
        let vault = Vault::new(KeyRing::generate());
        let account = open_account(&vault, &connection(&vault, 1)).unwrap();
        assert_eq!(account.base_url.as_str(), "https://api.eu.itglue.com");
        assert!(!format!("{account:?}").contains("ITG.abc"));
    }

    #[test]
    fn the_key_of_another_connection_does_not_open() {
        let vault = Vault::new(KeyRing::generate());
        let error = open_account(&vault, &connection(&vault, 2)).unwrap_err();
        assert_eq!(error, AccountError::Sealed(OpenError::Tampered));
    }

    #[test]
    fn an_address_that_no_key_may_go_to_is_refused() {
        let vault = Vault::new(KeyRing::generate());
        let changed = ConnectionDetails {
            base_url: Some("http://evil.example".to_owned()),
            ..connection(&vault, 1)
        };
        let error = open_account(&vault, &changed).unwrap_err();
        assert_eq!(error, AccountError::BaseUrl(BadBaseUrl::Scheme));
    }
}
