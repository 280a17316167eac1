//! People, their sign-ins, second factors, links and wrong tries, as the store takes and gives them.

use crate::domain::{
    LinkPurpose, OrganizationScope, Role, SessionId, SignInStage, Timestamp, UserId, named_enum,
};

/// A person to be added.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// The id.
    pub id: UserId,
    /// Lower case; the name at sign-in.
    pub email: String,
    /// What colleagues call them.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// PHC string; none: cannot sign in with a password.
    pub password_hash: Option<String>,
    /// The clients whose proposals they see and decide.
    pub organizations: OrganizationScope,
}

/// A person.
#[derive(Clone, Debug)]
pub struct UserDetails {
    /// The id.
    pub id: UserId,
    /// The name at sign-in.
    pub email: String,
    /// What colleagues call them.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// PHC string; none: they have not accepted their invitation.
    pub password_hash: Option<String>,
    /// When they were added.
    pub created_at: Timestamp,
    /// When they were switched off.
    pub disabled_at: Option<Timestamp>,
    /// When they were last seen.
    pub last_seen_at: Option<Timestamp>,
    /// The clients whose proposals they see and decide.
    pub organizations: OrganizationScope,
    /// Since when a second factor is asked for.
    pub factor_since: Option<Timestamp>,
}

/// Whether somebody has to remain who can administrate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeepAdministrator {
    /// Yes: a person asks.
    Yes,
    /// No: the operator of the machine asks, who can make another one.
    No,
}

/// A sign-in to be kept.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// The id.
    pub id: SessionId,
    /// SHA-256 of the cookie's value.
    pub secret_hash: [u8; 32],
    /// Whose.
    pub user_id: UserId,
    /// From when.
    pub created_at: Timestamp,
    /// Until when at the latest.
    pub expires_at: Timestamp,
    /// From where.
    pub address: Option<String>,
    /// With which browser.
    pub browser: Option<String>,
    /// How far it has come.
    pub stage: SignInStage,
    /// Whether the browser had signed in as this person before.
    pub is_known: bool,
    /// When the person proved who they are, beyond signing in.
    pub step_up_at: Option<Timestamp>,
}

/// A sign-in.
#[derive(Clone, Debug)]
pub struct Session {
    /// The id.
    pub id: SessionId,
    /// Whose.
    pub user: UserDetails,
    /// From when.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_seen_at: Timestamp,
    /// Until when at the latest.
    pub expires_at: Timestamp,
    /// When the person last proved who they are, beyond signing in.
    pub step_up_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// How far it has come.
    pub stage: SignInStage,
    /// Whether the browser had signed in as this person before.
    pub is_known: bool,
}

/// A sign-in as its owner sees it in a list.
#[derive(Clone, Debug)]
pub struct SessionDetails {
    /// Which.
    pub id: SessionId,
    /// Since when.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_seen_at: Timestamp,
    /// From where.
    pub address: Option<String>,
    /// With which browser.
    pub browser: Option<String>,
}

/// A session that goes on under another cookie.
#[derive(Clone, Copy, Debug)]
pub struct RenewedSession {
    /// Which.
    pub id: SessionId,
    /// SHA-256 of the new cookie's value.
    pub secret_hash: [u8; 32],
    /// Until when it lasts at the latest.
    pub expires_at: Timestamp,
}

/// Which sessions of a person are still of use: those that nothing has ended and that are neither too
/// old nor left alone for too long.
#[derive(Clone, Copy, Debug)]
pub struct Lasting {
    /// Now.
    pub at: Timestamp,
    /// Last used not before this.
    pub seen_since: Timestamp,
}

/// What a person's second factor is made of.
#[derive(Clone, Debug, Default)]
pub struct StoredFactor {
    /// The seed, sealed; none: no factor.
    pub seed: Option<Vec<u8>>,
    /// A seed that was shown and not confirmed, sealed.
    pub offered: Option<Vec<u8>>,
}

/// A second factor to be kept.
#[derive(Debug)]
pub struct NewFactor<'a> {
    /// Whose.
    pub user_id: UserId,
    /// The sealed offer that was confirmed, as it was read.
    pub offered: &'a [u8],
    /// The same seed, sealed for its place.
    pub seed: &'a [u8],
    /// The step of the code that confirmed it.
    pub step: i64,
    /// SHA-256 of the recovery codes.
    pub recovery_codes: &'a [[u8; 32]],
    /// The session that goes on; every other one ends.
    pub session: RenewedSession,
}

/// A code that can be used once.
#[derive(Clone, Copy, Debug)]
pub enum UsedCode {
    /// One of the app, by its step of time.
    Step(i64),
    /// A recovery code, by its SHA-256.
    Recovery([u8; 32]),
}

/// A link to be kept.
#[derive(Clone, Debug)]
pub struct NewLink {
    /// The id.
    pub id: uuid::Uuid,
    /// For whom.
    pub user_id: UserId,
    /// What for.
    pub purpose: LinkPurpose,
    /// SHA-256 of what stands in the link.
    pub secret_hash: [u8; 32],
    /// Until when it is valid.
    pub expires_at: Timestamp,
}

/// A link that is not used yet.
#[derive(Clone, Debug)]
pub struct LinkDetails {
    /// For whom.
    pub user: UserDetails,
    /// What for.
    pub purpose: LinkPurpose,
    /// Until when it is valid.
    pub expires_at: Timestamp,
}

named_enum! {
    /// What wrong tries are counted by.
    pub enum GuessKind {
        /// The account, for browsers that have not signed in before.
        Account = "account",
        /// The account, for browsers that have.
        Browser = "browser",
        /// The address they come from, whatever the account.
        Address = "address",
        /// The code of the first set-up, by the address they come from.
        SetUp = "setup",
    }
}

/// One counter of wrong tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GuessKey {
    /// What it counts by.
    pub kind: GuessKind,
    /// A hash of it.
    pub key: [u8; 32],
    /// Whose account it is, if there is one.
    pub user_id: Option<UserId>,
}

/// What a counter says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GuessCount {
    /// Wrong tries since the window began.
    pub failures: u32,
    /// Wrong tries in all since the last right one.
    pub total: u32,
    /// When the window began.
    pub since: Timestamp,
    /// When the last one was counted.
    pub last_at: Timestamp,
    /// When one was last found wrong: from then on the next one waits.
    pub failed_at: Option<Timestamp>,
}

/// A try that was counted as wrong before anybody looked at it.
#[derive(Clone, Copy, Debug)]
pub struct CountedGuess {
    /// The counter.
    pub key: GuessKey,
    /// What it says now.
    pub now: GuessCount,
}
