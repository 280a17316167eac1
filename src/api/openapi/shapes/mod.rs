//! The shapes of types that know nothing of this document: those of the ground and of the stages.
//!
//! Closed names are read from the type. An object is written down a second time, and the compiler
//! holds it to the type: each is made from the other, member by member.

use serde_json::Value;
use utoipa::openapi::schema::{Schema, SchemaFormat, Type};
use utoipa::openapi::{Array, Object, Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

use crate::admin::{ConnectionHealth, TestResult};
use crate::diff::{Change, SegmentOp, UndoClass, ValueKind};
use crate::domain::{
    AccessLevel, ActorKind, AddressRanges, AgentId, AuditAction, ConnectionId, DecidedBy,
    DecisionVerdict, Fingerprint, FollowUp, GatewayWait, ItemState, Method, Operation,
    OrganizationId, PauseReach, PermissionGroup, Preset, ProfileId, ProposalId, ProposalStatus,
    RecordId, Resolution, ResultKind, Role, Scope, ScopeSet, SecondFactor, SettingKey, Tier,
    Timestamp, TokenId, TraitsMode, UserId, VerdictKind, WarningCode,
};
use crate::itglue::Region;
use crate::store::{Lane, PauseKind};

mod objects;

/// A text of a kind.
fn text(description: &str) -> utoipa::openapi::ObjectBuilder {
    Object::builder()
        .schema_type(Type::String)
        .description(Some(description))
}

macro_rules! closed_names {
    ($($type:ty),+ $(,)?) => {$(
        impl PartialSchema for $type {
            fn schema() -> RefOr<Schema> {
                let names = <$type>::ALL.iter().map(|one| one.as_str());
                Object::builder().schema_type(Type::String).enum_values(Some(names)).into()
            }
        }

        impl ToSchema for $type {}
    )+};
}

closed_names!(
    AccessLevel,
    ActorKind,
    AuditAction,
    Change,
    ConnectionHealth,
    DecidedBy,
    DecisionVerdict,
    FollowUp,
    ItemState,
    Lane,
    Method,
    Operation,
    PauseKind,
    PauseReach,
    PermissionGroup,
    Preset,
    ProposalStatus,
    Region,
    Resolution,
    ResultKind,
    Role,
    Scope,
    SecondFactor,
    SegmentOp,
    SettingKey,
    TestResult,
    Tier,
    TraitsMode,
    UndoClass,
    ValueKind,
    VerdictKind,
    WarningCode,
);

macro_rules! uuids {
    ($($type:ty),+ $(,)?) => {$(
        impl PartialSchema for $type {
            fn schema() -> RefOr<Schema> {
                let format = SchemaFormat::Custom("uuid".to_owned());
                Object::builder().schema_type(Type::String).format(Some(format)).into()
            }
        }

        impl ToSchema for $type {}
    )+};
}

uuids!(
    AgentId,
    ConnectionId,
    ProfileId,
    ProposalId,
    TokenId,
    UserId
);

macro_rules! record_ids {
    ($($type:ty: $text:literal),+ $(,)?) => {$(
        impl PartialSchema for $type {
            fn schema() -> RefOr<Schema> {
                text($text).pattern(Some("^[0-9]{1,20}$")).into()
            }
        }

        impl ToSchema for $type {}
    )+};
}

record_ids!(
    RecordId: "The id of a record in IT Glue.",
    OrganizationId: "The id of an organization in IT Glue.",
);

macro_rules! texts {
    ($($type:ty: $schema:expr),+ $(,)?) => {$(
        impl PartialSchema for $type {
            fn schema() -> RefOr<Schema> {
                $schema.into()
            }
        }

        impl ToSchema for $type {}
    )+};
}

texts!(
    Fingerprint: text("What a decision is bound to: everything that was shown and would be written.")
        .pattern(Some("^[0-9a-f]{64}$")),
    Timestamp: text("A point in time in UTC, to the millisecond.")
        .format(Some(SchemaFormat::Custom("date-time".to_owned()))),
    GatewayWait: Object::builder()
        .schema_type(Type::Integer)
        .minimum(Some(0))
        .maximum(Some(GatewayWait::LONGEST))
        .description(Some("How many seconds the gateway lets a held write wait for its decision.")),
    AddressRanges: Array::builder()
        .items(text("An address, or a range such as 203.0.113.0/24."))
        .description(Some("From where a token may be used; none: from everywhere.")),
);

impl PartialSchema for ScopeSet {
    fn schema() -> RefOr<Schema> {
        Array::new(Ref::from_schema_name(Scope::name())).into()
    }
}

impl ToSchema for ScopeSet {
    fn schemas(all: &mut Vec<(String, RefOr<Schema>)>) {
        all.push((Scope::name().into_owned(), Scope::schema()));
    }
}
