//! What the audit keeps: who did what to what, when, from where.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::ids::{AgentId, SessionId, TokenId, UserId};
use super::names::{UnknownName, named_enum};
use super::time::Timestamp;

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Actor {
    /// A person, in the browser or with a token.
    Person {
        /// Who.
        id: UserId,
        /// The sign-in, if it was the browser.
        session: Option<SessionId>,
        /// The token, if it was one.
        token: Option<TokenId>,
    },
    /// An agent.
    Agent {
        /// Which.
        id: AgentId,
        /// With which token.
        token: TokenId,
    },
    /// The operator of the machine, on the command line.
    Operator,
    /// The rules, in place of a person.
    Policy,
    /// The program: replay, expiry.
    Worker,
    /// Somebody who could not say who they are.
    Nobody,
}

named_enum! {
    /// The kinds of those who act.
    pub enum ActorKind {
        /// A person.
        Person = "person",
        /// An agent.
        Agent = "agent",
        /// The operator of the machine.
        Operator = "operator",
        /// The rules.
        Policy = "policy",
        /// The program.
        Worker = "worker",
        /// Somebody unknown.
        Nobody = "nobody",
    }
}

impl Actor {
    /// What kind it is.
    pub const fn kind(&self) -> ActorKind {
        match self {
            Self::Person { .. } => ActorKind::Person,
            Self::Agent { .. } => ActorKind::Agent,
            Self::Operator => ActorKind::Operator,
            Self::Policy => ActorKind::Policy,
            Self::Worker => ActorKind::Worker,
            Self::Nobody => ActorKind::Nobody,
        }
    }

    /// The id of the person or agent.
    pub const fn id(&self) -> Option<Uuid> {
        match self {
            Self::Person { id, .. } => Some(id.0),
            Self::Agent { id, .. } => Some(id.0),
            Self::Operator | Self::Policy | Self::Worker | Self::Nobody => None,
        }
    }

    /// The person, if it is one.
    pub const fn person(&self) -> Option<UserId> {
        match self {
            Self::Person { id, .. } => Some(*id),
            Self::Agent { .. } | Self::Operator | Self::Policy | Self::Worker | Self::Nobody => {
                None
            }
        }
    }

    /// The id of the session or token it came with.
    pub const fn credential(&self) -> Option<Uuid> {
        match self {
            Self::Person {
                session: Some(session),
                ..
            } => Some(session.0),
            Self::Person {
                token: Some(token), ..
            }
            | Self::Agent { token, .. } => Some(token.0),
            Self::Person { .. } | Self::Operator | Self::Policy | Self::Worker | Self::Nobody => {
                None
            }
        }
    }
}

named_enum! {
    /// What was done.
    pub enum AuditAction {
        /// A person signed in.
        SignedIn = "user.signed_in",
        /// The password was right; the sign-in is not complete without the second factor.
        PasswordAccepted = "user.password_accepted",
        /// A sign-in that did not work.
        SignInFailed = "user.sign_in_failed",
        /// A person signed out.
        SignedOut = "user.signed_out",
        /// A person proved again who they are.
        SteppedUp = "user.stepped_up",
        /// Too many wrong tries: nothing more is looked at until somebody opens the account.
        AccountClosed = "user.closed",
        /// A person was added.
        UserCreated = "user.created",
        /// A person was invited by a link.
        UserInvited = "user.invited",
        /// An invited person chose a password.
        UserJoined = "user.joined",
        /// Name, role or clients of a person were changed.
        UserChanged = "user.changed",
        /// A person was switched off.
        UserDisabled = "user.disabled",
        /// A person was switched on, or a closed account opened.
        UserEnabled = "user.enabled",
        /// A person was signed out, in one browser or in several.
        SessionsEnded = "user.sessions_ended",
        /// A person chose another password.
        PasswordChanged = "user.password_changed",
        /// A password was set anew.
        PasswordReset = "user.password_reset",
        /// A link was made by which a person chooses another password.
        ResetLinkCreated = "user.reset_link_created",
        /// A person set up a second factor.
        FactorSet = "user.factor_set",
        /// A person removed their second factor.
        FactorRemoved = "user.factor_removed",
        /// Somebody else took the second factor off a person.
        FactorReset = "user.factor_reset",
        /// A person got new recovery codes.
        RecoveryCodesRenewed = "user.recovery_codes_renewed",
        /// A code was printed that opens the first set-up.
        SetUpCodeIssued = "setup.code_issued",
        /// A wrong code was given at the first set-up.
        SetUpCodeRefused = "setup.code_refused",
        /// The first administrator was made.
        SetUp = "setup.done",
        /// A token was made.
        TokenCreated = "token.created",
        /// A token was revoked.
        TokenRevoked = "token.revoked",
        /// A token was replaced by a new one.
        TokenRotated = "token.rotated",
        /// A token was presented from an address that it does not work from.
        TokenRefused = "token.refused",
        /// A connection was added.
        ConnectionCreated = "connection.created",
        /// A connection got another key.
        KeyRotated = "connection.key_rotated",
        /// A connection was removed.
        ConnectionRemoved = "connection.removed",
        /// A connection was paused.
        ConnectionPaused = "connection.paused",
        /// A connection works again.
        ConnectionResumed = "connection.resumed",
        /// A profile was added.
        ProfileCreated = "profile.created",
        /// A profile was changed.
        ProfileChanged = "profile.changed",
        /// A profile was removed.
        ProfileRemoved = "profile.removed",
        /// An agent was added.
        AgentCreated = "agent.created",
        /// An agent was changed.
        AgentChanged = "agent.changed",
        /// An agent was removed.
        AgentRemoved = "agent.removed",
        /// An agent was paused.
        AgentPaused = "agent.paused",
        /// An agent may go on.
        AgentResumed = "agent.resumed",
        /// The audit was copied out.
        AuditExported = "audit.exported",
        /// A backup was made.
        BackedUp = "backup.made",
        /// A database that was restored from a backup was accepted as the truth.
        RestoreAccepted = "restore.accepted",
        /// Writes were held back: all of them, those of a profile, those for a client.
        WritesPaused = "writes.paused",
        /// Writes that were held back may go on.
        WritesResumed = "writes.resumed",
        /// Settings were changed.
        SettingsChanged = "settings.changed",
        /// The master key was replaced by a new one.
        MasterKeyRotated = "master_key.rotated",
        /// Older master keys were dropped.
        MasterKeysDropped = "master_key.dropped",
        /// A request was refused by the policy.
        Refused = "proposal.refused",
        /// A proposal was stored.
        Proposed = "proposal.created",
        /// A person proposed to take a proposal back.
        RevertProposed = "proposal.revert_proposed",
        /// An agent changed its proposal.
        Revised = "proposal.revised",
        /// An agent took its proposal back.
        Withdrawn = "proposal.withdrawn",
        /// Nobody decided in time.
        Expired = "proposal.expired",
        /// A person looked at a critical proposal.
        Viewed = "proposal.viewed",
        /// The live record moved; the proposal was put together anew.
        Rebuilt = "proposal.rebuilt",
        /// A person said that they are on it.
        ClaimTaken = "proposal.claimed",
        /// A person is no longer on it.
        ClaimReleased = "proposal.claim_released",
        /// A person said something about it to the others.
        Commented = "proposal.commented",
        /// A proposal was approved.
        Approved = "proposal.approved",
        /// A proposal was rejected.
        Rejected = "proposal.rejected",
        /// A proposal was sent back to the agent.
        SentBack = "proposal.sent_back",
        /// An approval was undone.
        Undone = "proposal.undone",
        /// The time in which an approval can be undone is over; it waits to be written.
        HoldEnded = "proposal.hold_ended",
        /// An approved proposal went back to people: the record moved, or it waited too long.
        Returned = "proposal.returned",
        /// The worker took an item up.
        Claimed = "item.claimed",
        /// The worker let go of an item without sending it.
        Released = "item.released",
        /// A send permit was used up; bytes may leave.
        Intended = "item.intended",
        /// A send ended.
        Ended = "item.ended",
        /// IT Glue was read to find out what became of a send.
        Evidence = "item.evidence",
        /// A person said what became of a send, or gave up the rest of a proposal.
        Resolved = "item.resolved",
        /// A record was read back after its write.
        ReadBack = "item.read_back",
        /// A person has seen that it does not read back as approved.
        DifferenceSeen = "proposal.difference_seen",
        /// Stored bytes no longer match the approval; nothing was sent.
        Tampered = "item.tampered",
        /// An interrupted item was found at start.
        Recovered = "item.recovered",
        /// A password's value was handed to an agent, once.
        SecretHandedOut = "proposal.secret_handed_out",
        /// Nobody collected a password's value in time.
        SecretNotCollected = "proposal.secret_not_collected",
        /// The secrets of an ended proposal were erased.
        SecretsErased = "proposal.secrets_erased",
    }
}

/// One thing worth remembering, before it has a number and a hash.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditEvent {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// From where, if it came over the network.
    pub address: Option<String>,
    /// What.
    pub action: AuditAction,
    /// To what: kind and id, such as `("proposal", …)`.
    pub subject: Option<(&'static str, String)>,
    /// More, without secrets.
    pub details: Value,
}

impl AuditEvent {
    /// An event without details.
    pub const fn new(at: Timestamp, actor: Actor, action: AuditAction) -> Self {
        Self {
            at,
            actor,
            address: None,
            action,
            subject: None,
            details: Value::Null,
        }
    }

    /// Says what it was done to.
    #[must_use]
    pub fn on(mut self, kind: &'static str, id: impl std::fmt::Display) -> Self {
        self.subject = Some((kind, id.to_string()));
        self
    }

    /// Says more.
    #[must_use]
    pub fn with(mut self, details: Value) -> Self {
        self.details = details;
        self
    }

    /// Says from where.
    #[must_use]
    pub fn from(mut self, address: Option<String>) -> Self {
        self.address = address;
        self
    }
}

/// A row of the audit as it was written, for people to read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditRow {
    /// Its number in the chain.
    pub number: i64,
    /// When.
    pub at: Timestamp,
    /// Who, by kind.
    pub actor: ActorKind,
    /// Which person or agent.
    pub actor_id: Option<Uuid>,
    /// What that person or agent is called now.
    pub actor_name: Option<String>,
    /// The session or token it came with.
    pub credential: Option<Uuid>,
    /// From where.
    pub address: Option<String>,
    /// What.
    pub action: AuditAction,
    /// To what kind of thing.
    pub subject: Option<String>,
    /// To which of them.
    pub subject_id: Option<String>,
    /// More, without secrets.
    pub details: Value,
    /// The hash of the row before it, in hexadecimal digits.
    pub previous_hash: String,
    /// The hash of this row, in hexadecimal digits.
    pub hash: String,
}

/// Whose rows of the audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditActor {
    /// Those of everyone of this kind.
    Kind(ActorKind),
    /// Those of this person or agent.
    Id(Uuid),
}

impl std::str::FromStr for AuditActor {
    type Err = UnknownName;

    /// Reads a kind, or the id of a person or agent.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse() {
            Ok(id) => Ok(Self::Id(id)),
            Err(_) => text.parse().map(Self::Kind),
        }
    }
}

/// Which rows of the audit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Of this action.
    pub action: Option<AuditAction>,
    /// By them.
    pub actor: Option<AuditActor>,
    /// About this thing, by kind and id.
    pub subject: Option<(String, String)>,
    /// Not before.
    pub since: Option<Timestamp>,
    /// Not after.
    pub until: Option<Timestamp>,
}

impl AuditFilter {
    /// Whether every row is asked for.
    pub fn asks_for_nothing(&self) -> bool {
        *self == Self::default()
    }
}
