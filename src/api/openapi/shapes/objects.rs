//! The objects among them.

use super::{
    AccessLevel, ActorKind, AuditAction, Change, OrganizationId, PartialSchema, ProposalId,
    ProposalStatus, RecordId, RefOr, ResultKind, Schema, SegmentOp, SettingKey, Timestamp,
    ToSchema, UserId, Uuid, Value, ValueKind, VerdictKind, WarningCode,
};
use crate::admin::{Tally, TouchedOrganization, Trial};
use crate::diff::{Diff, Display, Field, Segment};
use crate::domain::{
    AuditRow, Claim, Comment, Difference, FieldError, GroupRule, GroupRules, Outcome, ResourceRef,
    SettingOrigin, SettingView, Ticket, Verdict, Warning,
};
use crate::policy::Floor;
use crate::store::Reverting;

/// Describes a type by a struct of the same members, which is made from it nowhere but here.
macro_rules! objects {
    ($(
        $(#[$meta:meta])*
        $shape:ident = $type:path {
            $($(#[$of_member:meta])* $member:ident: $kind:ty,)+
            $(; $($left_out:ident),+)?
        }
    )+) => {$(
        $(#[$meta])*
        #[derive(ToSchema)]
        #[expect(dead_code, reason = "only its shape is of use, and the compiler compares that")]
        struct $shape {
            $($(#[$of_member])* $member: $kind),+
        }

        impl From<$type> for $shape {
            fn from(of: $type) -> Self {
                type Of = $type;
                let Of { $($member),+ $(, $($left_out: _),+)? } = of;
                Self { $($member),+ }
            }
        }

        impl PartialSchema for $type {
            fn schema() -> RefOr<Schema> {
                <$shape as PartialSchema>::schema()
            }
        }

        impl ToSchema for $type {
            fn schemas(all: &mut Vec<(String, RefOr<Schema>)>) {
                <$shape as ToSchema>::schemas(all);
            }
        }
    )+};
}

objects! {
    /// What the policy says, and by which rule.
    VerdictShape = Verdict {
        #[schema(rename = "verdict")]
        kind: VerdictKind,
        /// The stable name of the rule.
        rule: String,
        /// The rule in a sentence.
        explanation: String,
    }

    /// A record, in the words people know.
    ResourceShape = ResourceRef {
        /// The JSON:API type, such as `flexible-assets`.
        #[schema(rename = "type")]
        json_type: String,
        /// Null before a create was carried out.
        id: Option<RecordId>,
        name: Option<String>,
        organization_id: Option<OrganizationId>,
        organization_name: Option<String>,
    }

    /// The ticket a proposal belongs to.
    TicketShape = Ticket {
        id: String,
        url: Option<String>,
    }

    /// What a technician should know before deciding.
    WarningShape = Warning {
        code: WarningCode,
        detail: String,
        /// The fields it is about.
        #[schema(required = false)]
        fields: Vec<String>,
    }

    /// What came of a write.
    OutcomeShape = Outcome {
        result: ResultKind,
        /// What IT Glue answered.
        http_status: Option<u16>,
        resource_id: Option<RecordId>,
        /// Whether the record reads back as sent; null until it was read back.
        verified: Option<bool>,
        differences: Vec<Difference>,
        /// Labels of what somebody else changed at the same time.
        concurrent_edits: Vec<String>,
        /// IT Glue's answer, secrets taken out.
        response: Option<Value>,
        at: Option<Timestamp>,
    }

    /// A field that does not read back as it was sent.
    DifferenceShape = Difference {
        pointer: String,
        label: String,
        sent: Value,
        found: Value,
    }

    /// What is wrong with one member of what was sent.
    FieldErrorShape = FieldError {
        /// JSON pointer into what was sent.
        pointer: String,
        detail: String,
    }

    /// That somebody is on it. It keeps nobody else from deciding.
    ClaimShape = Claim {
        person: UserId,
        name: String,
        at: Timestamp,
    }

    /// What somebody said to the other technicians. No agent sees it.
    CommentShape = Comment {
        id: i64,
        person: UserId,
        name: String,
        text: String,
        at: Timestamp,
    }

    /// What a write changes about a record, field by field.
    DiffShape = Diff {
        record: ResourceRef,
        fields: Vec<Field>,
        warnings: Vec<Warning>,
        ; record_label
    }

    /// One field of a diff. Values of secrets are null.
    FieldShape = Field {
        pointer: String,
        label: String,
        kind: ValueKind,
        change: Change,
        /// As it was when it was proposed.
        base: Value,
        /// As it is now.
        live: Value,
        /// As it would be.
        proposed: Value,
        display: Display,
        secret: bool,
    }

    /// The values of a field in words.
    DisplayShape = Display {
        base: String,
        live: String,
        proposed: String,
        /// For texts: what changes, word by word.
        #[schema(required = false)]
        segments: Vec<Segment>,
    }

    /// A piece of a text that changes.
    SegmentShape = Segment {
        op: SegmentOp,
        text: String,
    }

    /// What an access profile says of one group.
    GroupRuleShape = GroupRule {
        access: AccessLevel,
        /// Whether a technician is asked before a write.
        ask: bool,
        /// Whether deletes may be proposed at all.
        delete: bool,
    }

    /// What an access profile says of each group.
    GroupRulesShape = GroupRules {
        organizations: GroupRule,
        contacts: GroupRule,
        documents: GroupRule,
        flexible_assets: GroupRule,
        flexible_asset_types: GroupRule,
        configurations: GroupRule,
        passwords: GroupRule,
    }

    /// What no access profile lifts.
    FloorShape = Floor {
        id: &'static str,
        text: &'static str,
    }

    /// A proposal that takes another one back.
    RevertingShape = Reverting {
        id: ProposalId,
        number: i64,
        status: ProposalStatus,
    }

    /// A row of the audit.
    AuditRowShape = AuditRow {
        number: i64,
        at: Timestamp,
        actor: ActorKind,
        #[schema(value_type = Option<String>, format = "uuid")]
        actor_id: Option<Uuid>,
        actor_name: Option<String>,
        /// The session or token it came with.
        #[schema(value_type = Option<String>, format = "uuid")]
        credential: Option<Uuid>,
        address: Option<String>,
        action: AuditAction,
        subject: Option<String>,
        subject_id: Option<String>,
        /// More, without secrets.
        details: Value,
        previous_hash: String,
        hash: String,
    }

    /// A setting that may change while the server runs.
    SettingShape = SettingView {
        key: SettingKey,
        default: String,
        value: String,
        origin: SettingOrigin,
    }

    /// How many proposals, and the numbers of some.
    TallyShape = Tally {
        count: u32,
        examples: Vec<i64>,
    }

    /// A client, and how many proposals would pass by themselves there.
    TouchedShape = TouchedOrganization {
        id: Option<OrganizationId>,
        name: Option<String>,
        count: u32,
    }

    /// What a draft would have meant for past proposals.
    TrialShape = Trial {
        since: Timestamp,
        looked_at: u32,
        /// Whether there were more, which were not looked at.
        is_capped: bool,
        pass_now: Tally,
        would_pass: Tally,
        refused_by_people: Tally,
        newly_refused: Tally,
        unclear: Tally,
        organizations: Vec<TouchedOrganization>,
        other_organizations: u32,
    }
}

/// Where the value of a setting comes from.
#[derive(serde::Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum OriginShape {
    /// Nobody said anything.
    Default,
    /// A flag, the environment or the file: fixed until the next start.
    Operator,
    /// An administrator.
    Dashboard {
        /// Who.
        by: String,
        /// When.
        at: Timestamp,
    },
}

impl From<SettingOrigin> for OriginShape {
    fn from(origin: SettingOrigin) -> Self {
        match origin {
            SettingOrigin::Default => Self::Default,
            SettingOrigin::Operator => Self::Operator,
            SettingOrigin::Dashboard { by, at } => Self::Dashboard { by, at },
        }
    }
}

impl PartialSchema for SettingOrigin {
    fn schema() -> RefOr<Schema> {
        OriginShape::schema()
    }
}

impl ToSchema for SettingOrigin {
    fn schemas(all: &mut Vec<(String, RefOr<Schema>)>) {
        OriginShape::schemas(all);
    }
}
