//! Encryption at rest: each record under a data key of its own, wrapped by the master key.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{SecretSlice, SecretString};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

use super::key_ring::{KeyFileError, KeyRing};
use super::master_key::{KeyId, MasterKey, Purpose};
use super::random;
use super::sealed::{OpenError, Parts, Place, VERSION, decrypt, encrypt};

/// The master key at hand is not the one the data was sealed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the master key is not the one this data was sealed with")]
pub struct WrongKey;

/// Seals and opens secrets. Clones share the same keys.
#[derive(Clone, Debug)]
pub struct Vault {
    keys: Arc<RwLock<Arc<KeyRing>>>,
    file: Option<Arc<PathBuf>>,
}

impl Vault {
    /// A vault with these keys.
    pub fn new(keys: KeyRing) -> Self {
        Self {
            keys: Arc::new(RwLock::new(Arc::new(keys))),
            file: None,
        }
    }

    /// A vault with the keys of this file, which it reads again when it meets a key it does not know.
    pub fn with_file(keys: KeyRing, file: &Path) -> Self {
        Self {
            file: Some(Arc::new(file.to_owned())),
            ..Self::new(keys)
        }
    }

    /// The keys at hand.
    pub fn keys(&self) -> Arc<KeyRing> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&keys)
    }

    /// Reads the key file again. Without a file nothing changes.
    ///
    /// # Errors
    /// [`KeyFileError`] if the file cannot be used or is another installation's; the keys stay as
    /// they were.
    pub fn reload(&self) -> Result<(), KeyFileError> {
        let Some(file) = &self.file else {
            return Ok(());
        };
        self.take_over(KeyRing::load(file)?, file)
    }

    /// Puts a new key in front, in the file first. The one before stays, to open what it sealed.
    ///
    /// # Errors
    /// [`KeyFileError`] if the file cannot be used; nothing has changed then.
    pub fn rotate(&self) -> Result<(), KeyFileError> {
        self.change(KeyRing::rotate)
    }

    /// Drops every key but the current one, from the file first. What the others still seal is
    /// lost, so first make sure that nothing is.
    ///
    /// # Errors
    /// [`KeyFileError`] if the file cannot be used; nothing has changed then.
    pub fn forget_older(&self) -> Result<(), KeyFileError> {
        self.change(|keys| {
            let older: Vec<KeyId> = keys.all().skip(1).map(MasterKey::id).collect();
            for id in older {
                keys.forget(id);
            }
        })
    }

    fn change(&self, change: impl FnOnce(&mut KeyRing)) -> Result<(), KeyFileError> {
        let Some(file) = &self.file else {
            let mut keys = KeyRing::clone(&self.keys());
            change(&mut keys);
            *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
            return Ok(());
        };
        let mut keys = KeyRing::load(file)?;
        change(&mut keys);
        keys.save(file)?;
        self.take_over(keys, file)
    }

    /// Keys of another installation are not taken over: under them nothing here would open again.
    fn take_over(&self, keys: KeyRing, file: &Path) -> Result<(), KeyFileError> {
        let lasting = |keys: &KeyRing| keys.sub_key(Purpose::AuditHead);
        let is_ours: bool = lasting(&keys)
            .as_slice()
            .ct_eq(lasting(&self.keys()).as_slice())
            .into();
        if !is_ours {
            return Err(KeyFileError::Another(file.to_owned()));
        }
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
        Ok(())
    }

    /// What to store beside the data, for [`Self::confirm`].
    pub fn check_value(&self) -> String {
        self.keys().current().check_value()
    }

    /// Whether one of the keys at hand is the one that this stored check value came from.
    ///
    /// # Errors
    /// [`WrongKey`] if none is.
    pub fn confirm(&self, check_value: &str) -> Result<(), WrongKey> {
        let is_ours = |keys: &KeyRing| keys.all().any(|key| key.check_value() == check_value);
        if is_ours(&self.keys()) {
            Ok(())
        } else {
            Err(WrongKey)
        }
    }

    /// Seals a text for this place, under a new data key.
    pub fn seal(&self, place: Place<'_>, plain: &str) -> Vec<u8> {
        self.seal_bytes(place, plain.as_bytes())
    }

    /// Seals bytes for this place, under a new data key.
    pub fn seal_bytes(&self, place: Place<'_>, plain: &[u8]) -> Vec<u8> {
        let data_key = Zeroizing::new(random::bytes::<32>());
        let mut sealed = self.wrap(place, &data_key);
        sealed.extend(encrypt(&data_key, plain, &place.bound(b"data", b"")));
        sealed
    }

    /// Opens a text sealed for this place.
    ///
    /// # Errors
    /// [`OpenError`] if it was not sealed by one of our keys for exactly this place, or is no text.
    pub fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<SecretString, OpenError> {
        match String::from_utf8(self.open_vec(place, sealed)?) {
            Ok(text) => Ok(text.into()),
            Err(error) => {
                error.into_bytes().zeroize();
                Err(OpenError::Malformed)
            }
        }
    }

    /// Opens bytes sealed for this place.
    ///
    /// # Errors
    /// [`OpenError`] if they were not sealed by one of our keys for exactly this place.
    pub fn open_bytes(
        &self,
        place: Place<'_>,
        sealed: &[u8],
    ) -> Result<SecretSlice<u8>, OpenError> {
        self.open_vec(place, sealed).map(SecretSlice::from)
    }

    /// Which master key sealed this.
    ///
    /// # Errors
    /// [`OpenError::Malformed`] if it is nothing this program sealed.
    pub fn key_of(sealed: &[u8]) -> Result<KeyId, OpenError> {
        Parts::of(sealed).map(|parts| parts.key_id)
    }

    /// The same record under the current master key; `None` if it already is. The text inside is not
    /// touched.
    ///
    /// # Errors
    /// [`OpenError`] if the data key cannot be unwrapped.
    pub fn rewrap(&self, place: Place<'_>, sealed: &[u8]) -> Result<Option<Vec<u8>>, OpenError> {
        let parts = Parts::of(sealed)?;
        if parts.key_id == self.keys().current().id() {
            return Ok(None);
        }
        let data_key = self.unwrap_key(place, &parts)?;
        let mut rewrapped = self.wrap(place, &data_key);
        rewrapped.extend_from_slice(parts.data);
        Ok(Some(rewrapped))
    }

    /// An HMAC-SHA-256 over the message, with the sub-key of this purpose.
    pub fn mac(&self, purpose: Purpose, message: &[u8]) -> [u8; 32] {
        hmac(&self.keys().sub_key(purpose), message)
    }

    /// Whether this is the HMAC of the message, in constant time. One that was made before a
    /// rotation counts as long as its key is there.
    pub fn is_mac(&self, purpose: Purpose, message: &[u8], presented: &[u8]) -> bool {
        let keys = self.keys();
        let mut sub_keys = keys.sub_keys(purpose);
        sub_keys.any(|key| hmac(&key, message).ct_eq(presented).into())
    }

    fn wrap(&self, place: Place<'_>, data_key: &[u8; 32]) -> Vec<u8> {
        let keys = self.keys();
        let key_id = keys.current().id();
        let bound = place.bound(b"key", &key_id.0);
        let mut sealed = vec![VERSION];
        sealed.extend(key_id.0);
        sealed.extend(encrypt(&keys.sub_key(Purpose::Wrap), data_key, &bound));
        sealed
    }

    fn unwrap_key(
        &self,
        place: Place<'_>,
        parts: &Parts<'_>,
    ) -> Result<Zeroizing<[u8; 32]>, OpenError> {
        let wrapping_key = self.wrapping_key(parts.key_id)?;
        let bound = place.bound(b"key", &parts.key_id.0);
        let data_key = Zeroizing::new(decrypt(&wrapping_key, parts.wrapped, &bound)?);
        let data_key = data_key.as_slice().try_into();
        data_key
            .map(Zeroizing::new)
            .map_err(|_| OpenError::Malformed)
    }

    fn wrapping_key(&self, id: KeyId) -> Result<Zeroizing<[u8; 32]>, OpenError> {
        let find = || Some(self.keys().find(id)?.sub_key(Purpose::Wrap));
        if let Some(key) = find() {
            return Ok(key);
        }
        self.reload().map_err(|error| {
            tracing::error!(%error, "the master key file cannot be read again");
            OpenError::UnknownKey(id)
        })?;
        find().ok_or(OpenError::UnknownKey(id))
    }

    fn open_vec(&self, place: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, OpenError> {
        let parts = Parts::of(sealed)?;
        let data_key = self.unwrap_key(place, &parts)?;
        decrypt(&data_key, parts.data, &place.bound(b"data", b""))
    }
}

fn hmac(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    Hmac::<Sha256>::new_from_slice(key)
        .expect("HMAC takes keys of every length")
        .chain_update(message)
        .finalize()
        .into_bytes()
        .into()
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;
    use uuid::Uuid;

    use super::super::sealed::HEAD;
    use super::*;

    const ROW: Uuid = Uuid::from_u128(1);
    const OTHER_ROW: Uuid = Uuid::from_u128(2);

    fn api_key_of(row: &Uuid) -> Place<'_> {
        Place::new("connections", "api_key", row)
    }

    fn vault() -> Vault {
        Vault::new(KeyRing::generate())
    }

    #[test]
    fn what_was_sealed_opens_in_its_place() {
        let vault = vault();
        let sealed = vault.seal(api_key_of(&ROW), "ITG.abc");
        let opened = vault.open(api_key_of(&ROW), &sealed).unwrap();
        assert_eq!(opened.expose_secret(), "ITG.abc");
        let empty = vault.seal(api_key_of(&ROW), "");
        assert_eq!(
            vault
                .open(api_key_of(&ROW), &empty)
                .unwrap()
                .expose_secret(),
            ""
        );
    }

    #[test]
    fn two_seals_of_the_same_text_share_nothing_but_the_key_id() {
        let vault = vault();
        let one = vault.seal(api_key_of(&ROW), "ITG.abc");
        let other = vault.seal(api_key_of(&ROW), "ITG.abc");
        let (one, other) = (one.split_at(9), other.split_at(9));
        assert_eq!(one.0, other.0);
        assert!(one.1.iter().zip(other.1).filter(|(a, b)| a == b).count() < 16);
    }

    #[test]
    fn records_that_were_swapped_do_not_open_and_others_do() {
        let vault = vault();
        let one = vault.seal(api_key_of(&ROW), "one");
        let other = vault.seal(api_key_of(&OTHER_ROW), "other");
        assert_eq!(
            vault.open(api_key_of(&ROW), &other).unwrap_err(),
            OpenError::Tampered
        );
        assert_eq!(
            vault.open(api_key_of(&OTHER_ROW), &one).unwrap_err(),
            OpenError::Tampered
        );
        for moved in [
            Place::new("connections", "webhook", &ROW),
            Place::new("connection", "sapi_key", &ROW),
            Place::new("users", "api_key", &ROW),
        ] {
            assert_eq!(vault.open(moved, &one).unwrap_err(), OpenError::Tampered);
        }
        assert!(vault.open(api_key_of(&ROW), &one).is_ok());
    }

    #[test]
    fn no_bit_can_be_changed() {
        let vault = vault();
        let sealed = vault.seal(api_key_of(&ROW), "ITG.abc");
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(vault.open(api_key_of(&ROW), &changed).is_err(), "bit {bit}");
        }
        for length in 0..sealed.len() {
            assert!(vault.open(api_key_of(&ROW), &sealed[..length]).is_err());
        }
        assert!(vault.open(api_key_of(&ROW), &sealed).is_ok());
    }

    #[test]
    fn another_master_key_opens_nothing_and_is_noticed() {
        let (vault, other) = (vault(), vault());
        let sealed = vault.seal(api_key_of(&ROW), "ITG.abc");
        let id = vault.keys().current().id();
        assert_eq!(
            other.open(api_key_of(&ROW), &sealed).unwrap_err(),
            OpenError::UnknownKey(id)
        );
        assert_eq!(other.confirm(&vault.check_value()), Err(WrongKey));
        assert_eq!(vault.confirm(&vault.check_value()), Ok(()));
    }

    #[test]
    fn a_rotation_rewraps_without_touching_the_text() {
        let mut keys = KeyRing::generate();
        let old_id = keys.current().id();
        let before = Vault::new(keys.clone());
        let sealed = before.seal(api_key_of(&ROW), "ITG.abc");
        keys.rotate();
        let after = Vault::new(keys.clone());

        assert_eq!(
            after
                .open(api_key_of(&ROW), &sealed)
                .unwrap()
                .expose_secret(),
            "ITG.abc"
        );
        assert!(after.rewrap(api_key_of(&OTHER_ROW), &sealed).is_err());
        let rewrapped = after.rewrap(api_key_of(&ROW), &sealed).unwrap().unwrap();
        assert!(rewrapped.ends_with(&sealed[HEAD..]));
        assert_eq!(after.rewrap(api_key_of(&ROW), &rewrapped), Ok(None));
        assert_eq!(Vault::key_of(&rewrapped), Ok(keys.current().id()));

        keys.forget(old_id);
        let without_old = Vault::new(keys);
        assert!(without_old.open(api_key_of(&ROW), &sealed).is_err());
        let opened = without_old.open(api_key_of(&ROW), &rewrapped).unwrap();
        assert_eq!(opened.expose_secret(), "ITG.abc");
    }

    #[test]
    fn a_running_vault_learns_of_a_rotation_from_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        let mut keys = KeyRing::load_or_create(&path).unwrap();
        let running = Vault::with_file(keys.clone(), &path);
        keys.rotate();
        keys.save(&path).unwrap();
        let sealed = Vault::new(keys.clone()).seal(api_key_of(&ROW), "ITG.abc");

        let clone = running.clone();
        assert!(clone.open(api_key_of(&ROW), &sealed).is_ok());
        assert_eq!(running.keys().current().id(), keys.current().id());
    }

    #[test]
    fn macs_differ_by_purpose_and_are_checked() {
        let vault = vault();
        let mac = vault.mac(Purpose::Cursor, b"page 2");
        assert!(vault.is_mac(Purpose::Cursor, b"page 2", &mac));
        assert!(!vault.is_mac(Purpose::Cursor, b"page 3", &mac));
        assert!(!vault.is_mac(Purpose::Cookie, b"page 2", &mac));
        assert!(!vault.is_mac(Purpose::Cursor, b"page 2", &mac[..31]));
    }
}
