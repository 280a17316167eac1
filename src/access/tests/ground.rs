use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use secrecy::SecretString;
use tempfile::TempDir;
use uuid::Uuid;

use crate::access::{
    Access, AccessParts, AccessSettings, Person, Proof, ProvenAdministrator, SignIn, SignInError,
    SignedIn, Unfinished,
};
use crate::admin::{Admin, AdminParts, AdminSettings, PersonRequest};
use crate::domain::{Clock, Role, SecondFactor, Timestamp, UserId};
use crate::itglue::{Client, ClientSettings};
use crate::secrets::{FactorSeed, KeyRing, PasswordHasher, Vault};
use crate::store::Store;

pub const EMAIL: &str = "sam@msp.example";
pub const PASSWORD: &str = "granite plover tangent";
pub const OTHER_PASSWORD: &str = "mauve lantern obelisk";

/// Stands where the test has put it.
#[derive(Debug)]
pub struct HandClock(AtomicI64);

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }

    fn new_id(&self) -> Uuid {
        Uuid::from_bytes(crate::secrets::random::bytes())
    }
}

pub struct Case {
    pub file: PathBuf,
    pub store: Store,
    pub access: Access,
    pub admin: Admin,
    pub operator: ProvenAdministrator,
    pub clock: Arc<HandClock>,
    vault: Vault,
    second_factor: SecondFactor,
    _folder: TempDir,
}

impl Case {
    pub async fn new(second_factor: SecondFactor) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("countersign.db");
        let store = Store::open(&file).await.unwrap();
        let vault = Vault::new(KeyRing::generate());
        let clock = Arc::new(HandClock(AtomicI64::new(1_800_000_000_000)));
        let (access, admin) = over(&store, &vault, &clock, second_factor);
        Self {
            file,
            store,
            access,
            admin,
            operator: ProvenAdministrator::operator(),
            clock,
            vault,
            second_factor,
            _folder: folder,
        }
    }

    /// As after a restart: what was only in memory is gone.
    pub async fn restart(&mut self) {
        self.store.close().await;
        self.store = Store::open(&self.file).await.unwrap();
        let (access, admin) = over(&self.store, &self.vault, &self.clock, self.second_factor);
        (self.access, self.admin) = (access, admin);
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn wait(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds * 1000, Ordering::SeqCst);
    }

    pub async fn add(&self, email: &str, role: Role) -> UserId {
        let request = PersonRequest {
            email: email.parse().unwrap(),
            name: "Sam Kim".parse().unwrap(),
            role,
            password: Some(PASSWORD.into()),
        };
        let created = self.admin.create_user(&self.operator, request).await;
        created.unwrap().user.id
    }

    pub async fn try_with(
        &self,
        email: &str,
        password: &str,
        mark: Option<&str>,
    ) -> Result<SignedIn, SignInError> {
        let request = SignIn {
            email: email.to_owned(),
            password: password.into(),
            address: None,
            browser: Some("Firefox".to_owned()),
            mark: mark.map(str::to_owned),
        };
        self.access.sign_in(request).await
    }

    pub async fn sign_in(&self) -> SignedIn {
        self.try_with(EMAIL, PASSWORD, None).await.unwrap()
    }

    pub async fn person(&self, signed_in: &SignedIn) -> Person {
        let cookie = signed_in.cookie.reveal();
        self.access.person_by_session(cookie, None).await.unwrap()
    }

    pub async fn is_open(&self, signed_in: &SignedIn) -> bool {
        let cookie = signed_in.cookie.reveal();
        self.access.person_by_session(cookie, None).await.is_ok()
    }

    pub async fn unfinished(&self, signed_in: &SignedIn) -> Unfinished {
        let cookie = signed_in.cookie.reveal();
        self.access.unfinished(cookie, None).await.unwrap()
    }

    /// The person, freshly proved by the password.
    pub async fn proved(&self, signed_in: &SignedIn) -> Person {
        let person = self.person(signed_in).await;
        let proof = Proof::Password(SecretString::from(PASSWORD));
        let renewed = self.access.step_up(&person, proof).await.unwrap();
        self.person(&renewed).await
    }

    /// What the code app shows now.
    pub fn code(&self, seed: &FactorSeed) -> String {
        seed.code_at(self.clock.now())
    }

    /// Whether these bytes stand anywhere in the files of the database.
    pub fn holds(&self, bytes: &[u8]) -> bool {
        let folder = self.file.parent().unwrap();
        std::fs::read_dir(folder).unwrap().any(|entry| {
            let text = std::fs::read(entry.unwrap().path()).unwrap();
            text.windows(bytes.len()).any(|window| window == bytes)
        })
    }
}

fn over(
    store: &Store,
    vault: &Vault,
    clock: &Arc<HandClock>,
    second_factor: SecondFactor,
) -> (Access, Admin) {
    let hasher = PasswordHasher::default();
    let access = Access::new(AccessParts {
        store: store.clone(),
        vault: vault.clone(),
        hasher: hasher.clone(),
        clock: clock.clone(),
        settings: AccessSettings {
            second_factor,
            ..AccessSettings::default()
        },
    });
    let admin = Admin::new(AdminParts {
        store: store.clone(),
        vault: vault.clone(),
        itglue: Client::new(ClientSettings::default()).unwrap(),
        hasher,
        clock: clock.clone(),
        wake: Arc::default(),
        settings: AdminSettings {
            second_factor,
            ..AdminSettings::default()
        },
    });
    (access, admin)
}

/// The seed behind the text that people type into a code app.
pub fn seed_of(base32: &str) -> FactorSeed {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits = base32.chars().fold(String::new(), |bits, letter| {
        bits + &format!("{:05b}", alphabet.find(letter).unwrap())
    });
    let bytes: Vec<u8> = (0..bits.len() / 8)
        .map(|byte| u8::from_str_radix(&bits[byte * 8..byte * 8 + 8], 2).unwrap())
        .collect();
    FactorSeed::from_bytes(&bytes).unwrap()
}
