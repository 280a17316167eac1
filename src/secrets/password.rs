//! Hashes of passwords: argon2id, and never more work at once than the machine can bear.

use std::sync::Arc;

use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordVerifier, Version};
use argon2::{PasswordHasher as _, password_hash};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::new_password::{NewPassword, normalized};
use super::random;

/// One hash takes this many KiB; with two at once that is all the memory sign-ins can take.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const AT_ONCE: usize = 2;
const WAITING: usize = 20;

/// Why there is no answer about a password.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Too many wait already: try again later.
    #[error("too many passwords are being checked")]
    Busy,
    /// The stored hash is not one.
    #[error("the stored password hash is unreadable")]
    Unreadable,
    /// Hashing itself did not work.
    #[error("the password could not be hashed")]
    Hashing(#[source] password_hash::Error),
    /// The server is stopping.
    #[error("the password check was interrupted")]
    Interrupted,
}

/// Hashes and verifies passwords off the async threads. Clones share the same two places.
#[derive(Clone, Debug)]
pub struct PasswordHasher {
    admitted: Arc<Semaphore>,
    running: Arc<Semaphore>,
}

impl Default for PasswordHasher {
    fn default() -> Self {
        Self {
            admitted: Arc::new(Semaphore::new(AT_ONCE + WAITING)),
            running: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }
}

impl PasswordHasher {
    /// The hash to store, as a PHC string with the parameters in it.
    ///
    /// # Errors
    /// [`PasswordError`], `Busy` when 20 wait.
    pub async fn hash(&self, password: &NewPassword) -> Result<String, PasswordError> {
        let password: SecretString = password.expose().into();
        self.run(move || hash_now(password.expose_secret())).await
    }

    /// The hash of a password that was just verified, where [`Self::needs_rehash`] asked for it.
    ///
    /// # Errors
    /// [`PasswordError`], `Busy` when 20 wait.
    pub async fn rehash(&self, verified: &SecretString) -> Result<String, PasswordError> {
        let password = verified.clone();
        self.run(move || hash_now(&normalized(password.expose_secret())))
            .await
    }

    /// Whether this is the password. Without a hash, because there is no such account, it does the same
    /// work and says no.
    ///
    /// # Errors
    /// [`PasswordError`], `Busy` when 20 wait.
    pub async fn verify(
        &self,
        presented: &SecretString,
        hash: Option<&str>,
    ) -> Result<bool, PasswordError> {
        let presented = presented.clone();
        let exists = hash.is_some();
        let hash = hash.map_or_else(hash_of_nobody, str::to_owned);
        self.run(move || verify_now(&normalized(presented.expose_secret()), &hash))
            .await
            .map(|is_same| is_same && exists)
    }

    /// Whether the hash was made with other parameters than those in use today.
    pub fn needs_rehash(&self, hash: &str) -> bool {
        let Ok(hash) = PasswordHash::new(hash) else {
            return true;
        };
        let is_current = Params::try_from(&hash).is_ok_and(|used| {
            let used = (used.m_cost(), used.t_cost(), used.p_cost());
            used == (MEMORY_KIB, PASSES, LANES)
        });
        let is_argon2id = hash.algorithm == Algorithm::Argon2id.ident();
        let is_v19 = hash.version == Some(Version::V0x13.into());
        !(is_current && is_argon2id && is_v19)
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let admitted = Arc::clone(&self.admitted)
            .try_acquire_owned()
            .map_err(|_| PasswordError::Busy)?;
        let running = Arc::clone(&self.running)
            .acquire_owned()
            .await
            .map_err(|_| PasswordError::Interrupted)?;
        // The places go with the work: a caller that hangs up does not free them for others.
        let places: [OwnedSemaphorePermit; 2] = [admitted, running];
        tokio::task::spawn_blocking(move || {
            let _places = places;
            work()
        })
        .await
        .map_err(|_| PasswordError::Interrupted)?
    }
}

fn argon2() -> Result<Argon2<'static>, PasswordError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, Some(Params::DEFAULT_OUTPUT_LEN))
        .map_err(|error| PasswordError::Hashing(error.into()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash_now(password: &str) -> Result<String, PasswordError> {
    argon2()?
        .hash_password_with_salt(password.as_bytes(), &random::bytes::<16>())
        .map(|hash| hash.to_string())
        .map_err(PasswordError::Hashing)
}

fn verify_now(password: &str, hash: &str) -> Result<bool, PasswordError> {
    let hash = PasswordHash::new(hash).map_err(|_| PasswordError::Unreadable)?;
    match argon2()?.verify_password(password.as_bytes(), &hash) {
        Ok(()) => Ok(true),
        Err(password_hash::Error::PasswordInvalid) => Ok(false),
        Err(error) => Err(PasswordError::Hashing(error)),
    }
}

/// A well-formed hash that costs what a real one costs. Whatever it is compared with, the answer is no.
fn hash_of_nobody() -> String {
    let (salt, output) = ("A".repeat(22), "A".repeat(43));
    format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${salt}${output}")
}

#[cfg(test)]
mod tests {
    use super::super::new_password::Standing;
    use super::*;

    fn secret(text: &str) -> SecretString {
        text.into()
    }

    fn chosen(text: &str) -> NewPassword {
        let name = "Sam".parse().unwrap();
        let email = "sam@msp.example".parse().unwrap();
        NewPassword::parse(text, &name, &email, Standing::Alone).unwrap()
    }

    #[tokio::test]
    async fn the_right_password_is_told_from_the_wrong_one() {
        let hasher = PasswordHasher::default();
        let hash = hasher
            .hash(&chosen("granite plov\u{e9}r tangent"))
            .await
            .unwrap();
        for (presented, expected) in [
            ("granite plov\u{e9}r tangent", true),
            ("granite plove\u{301}r tangent", true),
            ("granite plover tangent", false),
            ("", false),
        ] {
            let verified = hasher.verify(&secret(presented), Some(&hash)).await;
            assert_eq!(verified.unwrap(), expected, "{presented}");
        }
    }

    /// A2
    #[tokio::test]
    async fn the_hash_carries_the_parameters() {
        let hasher = PasswordHasher::default();
        let hash = hasher
            .rehash(&secret("granite plover tangent"))
            .await
            .unwrap();
        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        let salt = hash.split('$').nth(4).unwrap();
        assert_eq!(salt.len(), 22);
        assert!(!hasher.needs_rehash(&hash));
        assert!(hasher.needs_rehash(&hash.replace("m=19456", "m=9216")));
        assert!(hasher.needs_rehash(&hash.replace("argon2id", "argon2i")));
        assert!(hasher.needs_rehash("nonsense"));
    }

    /// A3
    #[tokio::test]
    async fn nobody_has_a_password_and_it_costs_the_same() {
        let hasher = PasswordHasher::default();
        assert!(!hasher.verify(&secret("anything"), None).await.unwrap());
        assert!(!hasher.needs_rehash(&hash_of_nobody()));
    }

    #[tokio::test]
    async fn an_unreadable_hash_is_not_a_wrong_password() {
        let verified = PasswordHasher::default()
            .verify(&secret("x"), Some("nonsense"))
            .await;
        assert!(matches!(verified, Err(PasswordError::Unreadable)));
    }

    /// A2
    #[tokio::test]
    async fn more_than_twenty_waiting_are_turned_away() {
        let hasher = PasswordHasher::default();
        let places = Arc::clone(&hasher.running)
            .acquire_many_owned(2)
            .await
            .unwrap();
        let waiting: Vec<_> = (0..AT_ONCE + WAITING)
            .map(|_| {
                let hasher = hasher.clone();
                tokio::spawn(async move { hasher.run(|| Ok(())).await })
            })
            .collect();
        while hasher.admitted.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let turned_away = hasher.verify(&secret("x"), None).await;
        assert!(matches!(turned_away, Err(PasswordError::Busy)));

        drop(places);
        for task in waiting {
            task.await.unwrap().unwrap();
        }
        assert!(hasher.run(|| Ok(())).await.is_ok());
    }

    #[tokio::test]
    async fn a_caller_that_hangs_up_does_not_make_room_for_more_work() {
        let hasher = PasswordHasher::default();
        let (release, wait) = std::sync::mpsc::channel::<()>();
        let work = hasher.run(move || Ok(wait.recv().is_ok()));
        let hung_up = tokio::time::timeout(std::time::Duration::from_millis(20), work).await;
        assert!(hung_up.is_err());
        assert_eq!(hasher.running.available_permits(), AT_ONCE - 1);
        release.send(()).unwrap();
        let both = Arc::clone(&hasher.running).acquire_many_owned(2).await;
        assert!(both.is_ok());
    }
}
