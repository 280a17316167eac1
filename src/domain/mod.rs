//! The words of the trade as types: proposals and their states, groups, profiles, tiers, records.
//!
//! Nothing in here does I/O, asks a clock or draws a random number, and nothing in here can hold a
//! secret in clear, so everything may cross to the browser.

mod addresses;
mod audit;
mod clients;
mod clock;
mod crash_point;
mod fingerprint;
mod gateway_wait;
mod group;
mod ids;
pub mod json;
mod labels;
mod lifecycle;
mod live;
mod names;
mod pause;
mod people;
pub mod pointer;
mod profile;
mod proposal;
mod resolution;
mod resource;
mod teamwork;
mod time;
mod verdict;
mod write;

#[cfg(test)]
mod tests;

pub(crate) use names::named_enum;

pub use addresses::{AddressRanges, BadAddressRange};
pub use audit::{Actor, ActorKind, AuditAction, AuditActor, AuditEvent, AuditFilter, AuditRow};
pub use clients::{BadClients, Clients};
pub use clock::Clock;
pub use crash_point::CrashPoint;
pub use fingerprint::Fingerprint;
pub use gateway_wait::{BadGatewayWait, GatewayWait};
pub use group::{AccessLevel, GroupSet, PermissionGroup};
pub use ids::{
    AgentId, ConnectionId, ItemId, OrganizationId, ProfileId, ProposalId, RecordId, SessionId,
    TokenId, UserId,
};
pub use labels::{Email, InvalidEmail, InvalidName, Name, PersonName};
pub use lifecycle::{
    COLLECT_SECONDS, ItemEvent, ItemState, Progress, ProposalStatus, TransitionError,
    UnresolvedReason,
};
pub use live::{
    FixedSettings, LiveSettings, SettingKey, SettingOrigin, SettingView, duration_seconds,
};
pub use names::UnknownName;
pub use pause::{BadPauseScope, Pause, PauseReach, PauseScope};
pub use people::{LinkPurpose, Role, Scope, ScopeSet, SecondFactor, SignInStage, TokenKind};
pub use profile::{GroupRule, GroupRules, OrganizationScope, Preset};
pub use proposal::{
    AgentRef, ConnectionRef, DecidedBy, Decision, DecisionVerdict, Difference, Item, NewItem,
    Outcome, Proposal, ProposalContent, ProposedWrite, ResultKind, Reversal, Ticket,
};
pub use resolution::{Case, FollowUp, NoRuling, Resolution, Ruling, Word};
pub use resource::{
    AssetField, AssetSchema, FieldKind, ItemClass, NamedRecord, Names, Normalisation, Record,
    ResourceKind, Snapshot, as_id,
};
pub use teamwork::{BadComment, Claim, Comment, CommentText};
pub use time::Timestamp;
pub use verdict::{Judgement, Tier, Verdict, VerdictKind};
pub use write::{
    Facts, FieldError, ItemRequest, Method, Operation, ResourceRef, Route, TargetOrganization,
    TraitsMode, Warning, WarningCode, attributes_of,
};
