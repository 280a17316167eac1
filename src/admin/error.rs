//! Why a change was not made, and what to do about it.

use crate::access::AccountError;
use crate::domain::{PermissionGroup, Role, Scope, SettingKey, named_enum};
use crate::itglue::{BadApiKey, BadBaseUrl};
use crate::secrets::{KeyFileError, PasswordError, WeakPassword};
use crate::store::StoreError;

use super::connection_test::ConnectionTest;
use super::profiles::{LONGEST_REASON, ProfileOverview};
use super::tokens::{LONGEST_OVERLAP_HOURS, LONGEST_TOKEN_DAYS};

named_enum! {
    /// The kinds of things that are kept here.
    pub enum Kind {
        /// A person.
        Person = "person",
        /// A connection.
        Connection = "connection",
        /// A profile.
        Profile = "profile",
        /// An agent.
        Agent = "agent",
        /// A token.
        Token = "token",
    }
}

/// Why a change was not made. Nothing has changed then.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// There is one of this name.
    #[error("another {kind} is named {name}")]
    NameTaken {
        /// What.
        kind: Kind,
        /// The name.
        name: String,
    },
    /// There is none of this name.
    #[error("there is no {kind} named {name}")]
    Missing {
        /// What.
        kind: Kind,
        /// The name that was asked for.
        name: String,
        /// Those that there are, where they may be told.
        known: Vec<String>,
    },
    /// The person is switched off.
    #[error("{0} is switched off")]
    Disabled(String),
    /// Nobody would be left who could administrate.
    #[error("{0} is the last administrator")]
    LastAdministrator(String),
    /// The person has a password already, so there is nothing to invite them to.
    #[error("{0} has accepted the invitation already")]
    HasJoined(String),
    /// The password would be guessed.
    #[error("the password {}", reasons(.0))]
    WeakPassword(Vec<WeakPassword>),
    /// The password could not be hashed.
    #[error("the password could not be kept")]
    Password(#[source] PasswordError),
    /// A token cannot do more than its person.
    #[error("the scope {scope} is not open to a person of the role {role}")]
    ScopeBeyondRole {
        /// The scope.
        scope: Scope,
        /// The person's role.
        role: Role,
    },
    /// A token that could do nothing.
    #[error("a token needs at least one scope")]
    NoScope,
    /// A token that lives too long, or not at all.
    #[error("a token lasts from 1 to {LONGEST_TOKEN_DAYS} days")]
    BadExpiry,
    /// Two tokens of a rotation that would both work for too long.
    #[error("the old token can go on for 0 to {LONGEST_OVERLAP_HOURS} hours")]
    BadOverlap,
    /// The token works no more.
    #[error("the token {0} has ended")]
    TokenEnded(String),
    /// It cannot be removed yet.
    #[error("the {kind} {name} cannot be removed: {}", users(*.waiting, *.agents))]
    InUse {
        /// What.
        kind: Kind,
        /// The name.
        name: String,
        /// How many open proposals need it.
        waiting: u32,
        /// How many agents need it.
        agents: u32,
    },
    /// The key file cannot be used.
    #[error(transparent)]
    KeyFile(KeyFileError),
    /// Older master keys are still needed.
    #[error("{rows} records are still sealed under older master keys")]
    KeysInUse {
        /// How many records.
        rows: u64,
    },
    /// A setting was given a value that it does not accept.
    #[error("{key} is `{value}`; accepted is {}", .key.accepted())]
    BadSetting {
        /// Which.
        key: SettingKey,
        /// The value.
        value: String,
    },
    /// The operator has given this setting.
    #[error("{0} was set by the operator when the server was started")]
    SettingFixed(SettingKey),
    /// The key cannot be one.
    #[error("this is no key of IT Glue")]
    BadApiKey(#[source] BadApiKey),
    /// The address cannot be one.
    #[error("the base URL cannot be used")]
    BadBaseUrl(#[source] BadBaseUrl),
    /// Another address than IT Glue's was not allowed at start.
    #[error("another base URL than IT Glue's own is not allowed here")]
    BaseUrlNotAllowed,
    /// The demo holds no real key.
    #[error("the demo takes connections to its own simulator only")]
    DemoHoldsNoKey,
    /// IT Glue did not answer as it should with this key.
    #[error("the connection was tried and does not work: {}", .0.detail)]
    TestFailed(ConnectionTest),
    /// The stored connection cannot be used.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// Somebody else has changed the profile since it was looked at.
    #[error("somebody else has changed the profile meanwhile")]
    ProfileMoved {
        /// How it is now.
        now: Box<ProfileOverview>,
    },
    /// More freedom for agents takes a reason.
    #[error("more freedom for agents takes a reason")]
    ReasonMissing,
    /// A reason that is too long.
    #[error("the reason is too long")]
    ReasonTooLong,
    /// More freedom for agents takes a fresh proof of who one is.
    #[error("more freedom for agents takes a fresh proof of who you are")]
    StepUpRequired,
    /// Deletes are switched on in a group of which the name was not typed.
    #[error("the name of {} was not typed", .0.label())]
    GroupNotTyped(PermissionGroup),
    /// Agents use the profile.
    #[error("the profile is used by {}", .0.join(", "))]
    ProfileInUse(Vec<String>),
    /// The call that was asked about cannot be read.
    #[error("there is no such call")]
    NoSuchCall {
        /// What is wrong with it, in whole sentences.
        detail: String,
    },
    /// No change was named.
    #[error("no change was asked for")]
    NothingToChange,
    /// Somebody else changed it at the same time.
    #[error("somebody else has changed it meanwhile")]
    Changed,
    /// The tables.
    #[error("the database could not do it")]
    Store(#[source] StoreError),
}

impl AdminError {
    /// What a person can do now.
    pub fn advice(&self) -> String {
        match self {
            Self::NameTaken { kind, .. } => match kind {
                Kind::Person => {
                    "use another e-mail address, or reset that person's password".into()
                }
                Kind::Connection | Kind::Profile | Kind::Agent | Kind::Token => {
                    "choose another name".into()
                }
            },
            Self::Missing { kind, known, .. } => missing(*kind, known),
            Self::Disabled(_) => "choose somebody who is not".into(),
            Self::LastAdministrator(_) => "add another administrator first".into(),
            Self::HasJoined(_) => "make a link to reset the password instead".into(),
            Self::WeakPassword(_) => {
                "choose a longer one that nobody would guess, or let one be made".into()
            }
            Self::Password(_) => "try again in a moment".into(),
            Self::ScopeBeyondRole { role, .. } => {
                let open = Scope::ALL.iter().filter(|scope| scope.is_open_to(*role));
                let open: Vec<_> = open.map(|scope| scope.as_str()).collect();
                format!("choose from {}", open.join(", "))
            }
            Self::NoScope => "name one, such as read".into(),
            Self::BadExpiry => "choose a number of days in between".into(),
            Self::BadOverlap => "choose a number of hours in between".into(),
            Self::TokenEnded(_) => "make a new token".into(),
            Self::InUse { agents: 0, .. } => {
                "decide what waits, or reject it, and try again".into()
            }
            Self::InUse { .. } => "give those agents another connection or remove them".into(),
            Self::KeyFile(_) => "check the master key file and its rights (mode 0600)".into(),
            Self::KeysInUse { .. } => {
                "run `countersign key rotate` again; `countersign check` counts what is left".into()
            }
            Self::BadSetting { .. } => "choose a value that is accepted".into(),
            Self::SettingFixed(_) => {
                "change it where it was set: a flag, the environment or countersign.toml".into()
            }
            Self::BadApiKey(_) => "copy it again from IT Glue: Account, Settings, API Keys".into(),
            Self::BadBaseUrl(error) => error.to_string(),
            Self::BaseUrlNotAllowed => {
                "leave it out, or set COUNTERSIGN_ALLOW_BASE_URL=1 if the key may go there".into()
            }
            Self::DemoHoldsNoKey => "start without the demo to connect your IT Glue".into(),
            Self::TestFailed(test) => test.result.advice().into(),
            Self::Account(_) => {
                "check that the master key file is the one this database was made with".into()
            }
            Self::ProfileMoved { .. } => {
                "look at how it is now, and decide again on top of that".into()
            }
            Self::ReasonMissing => "say in a sentence what it is for".into(),
            Self::ReasonTooLong => format!("use at most {LONGEST_REASON} characters"),
            Self::StepUpRequired => "prove again who you are, then save".into(),
            Self::GroupNotTyped(group) => {
                format!("type {} to let deletes be proposed there", group.label())
            }
            Self::ProfileInUse(_) => "give those agents another profile first".into(),
            Self::NoSuchCall { detail } => detail.clone(),
            Self::NothingToChange => "say what is to be different".into(),
            Self::Changed => "look at it again and repeat the change".into(),
            Self::Store(_) => "see the log, and run `countersign check`".into(),
        }
    }

    /// As the store says it, about a thing of this name.
    pub(super) fn of_store(error: StoreError, kind: Kind, name: &str) -> Self {
        match error {
            StoreError::NameTaken => Self::NameTaken {
                kind,
                name: name.to_owned(),
            },
            other => other.into(),
        }
    }
}

impl From<StoreError> for AdminError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Changed => Self::Changed,
            other => Self::Store(other),
        }
    }
}

impl From<PasswordError> for AdminError {
    fn from(error: PasswordError) -> Self {
        Self::Password(error)
    }
}

fn reasons(weak: &[WeakPassword]) -> String {
    let reasons: Vec<_> = weak.iter().map(ToString::to_string).collect();
    reasons.join(" and ")
}

fn users(waiting: u32, agents: u32) -> String {
    match (waiting, agents) {
        (waiting, 0) => format!("{waiting} proposals of it are still open"),
        (0, agents) => format!("{agents} agents work over it"),
        (waiting, agents) => {
            format!("{waiting} proposals of it are still open and {agents} agents work over it")
        }
    }
}

fn missing(kind: Kind, known: &[String]) -> String {
    match kind {
        _ if !known.is_empty() => format!("choose from {}", known.join(", ")),
        Kind::Token => "use the id that was shown when the token was made".into(),
        Kind::Person | Kind::Connection | Kind::Profile | Kind::Agent => {
            format!(
                "make one first, with `countersign {} create`",
                command(kind)
            )
        }
    }
}

const fn command(kind: Kind) -> &'static str {
    match kind {
        Kind::Person => "user",
        Kind::Connection => "connection",
        Kind::Profile => "profile",
        Kind::Agent => "agent",
        Kind::Token => "agent token",
    }
}
