//! One intended write, taken apart: where it goes, what it carries, what is known about it.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ids::{OrganizationId, RecordId};
use super::names::named_enum;
use super::resource::ItemClass;

named_enum! {
    /// The HTTP methods IT Glue knows.
    pub enum Method {
        /// Reads.
        Get = "GET",
        /// Creates.
        Post = "POST",
        /// Changes.
        Patch = "PATCH",
        /// Removes.
        Delete = "DELETE",
    }
}

named_enum! {
    /// What a write does to a record.
    pub enum Operation {
        /// Looks at it; never a proposal.
        Read = "read",
        /// Makes a new one.
        Create = "create",
        /// Changes it.
        Update = "update",
        /// Makes a document's draft visible.
        Publish = "publish",
        /// Removes it.
        Delete = "delete",
        /// Hands a password's value to an agent.
        ReadSecret = "read_secret",
    }
}

named_enum! {
    /// What becomes of a flexible asset's traits that a PATCH does not mention.
    pub enum TraitsMode {
        /// They are erased, as IT Glue does.
        Replace = "replace",
        /// They stay: the body is completed from the live record.
        Merge = "merge",
    }
}

/// An address inside IT Glue, built from the catalogue and parsed numbers, never from agents' text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Route {
    /// The method.
    pub method: Method,
    /// The canonical path: `/contacts/501`.
    pub path: String,
    /// The query, sorted by key.
    pub query: Vec<(String, String)>,
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// One write about one record: the unit that is approved, sent and verified.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ItemRequest {
    /// Where it goes.
    pub route: Route,
    /// What it carries, as IT Glue takes it.
    pub body: Option<Value>,
    /// The kind of record by its name in the catalogue: `contacts`.
    pub resource: String,
    /// What it does.
    pub operation: Operation,
    /// How often it may safely reach IT Glue.
    pub class: ItemClass,
    /// The record, where it exists already.
    pub record_id: Option<RecordId>,
    /// The record the path is nested under: `("organizations", 2)`.
    pub parent: Option<(String, RecordId)>,
}

impl ItemRequest {
    /// The attributes the body carries, if it has any.
    pub fn attributes(&self) -> Option<&serde_json::Map<String, Value>> {
        attributes_of(self.body.as_ref()?)
    }
}

/// `data.attributes` of a body; of its only element where the body is an array of one.
pub fn attributes_of(body: &Value) -> Option<&serde_json::Map<String, Value>> {
    let data = match body.get("data")? {
        Value::Array(items) => items.first()?,
        data => data,
    };
    data.get("attributes")?.as_object()
}

/// The record a proposal is about, in the words people know.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceRef {
    /// The JSON:API type: `flexible-assets`.
    #[serde(rename = "type")]
    pub json_type: String,
    /// The id; none before a create was carried out.
    pub id: Option<RecordId>,
    /// The name.
    pub name: Option<String>,
    /// The organization it belongs to.
    pub organization_id: Option<OrganizationId>,
    /// That organization's name.
    pub organization_name: Option<String>,
}

/// Which organization a write concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TargetOrganization {
    /// This one.
    Known(OrganizationId),
    /// None: a lookup list or a schema of the whole account.
    AccountWide,
    /// It could not be found out. Counts as the worst.
    Unknown,
}

#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, and none excludes another"
)]
/// What is known about a write once its body and the live record were read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The organizations of all items, several only in bulk writes; unknown also where a record is
    /// newly pointed at whose owner could not be found out.
    pub organizations: Vec<TargetOrganization>,
    /// A record is moved to, or pointed at, a record of another organization, or of nobody knows
    /// which.
    pub crosses_organizations: bool,
    /// Other organizations whose records it newly points at.
    pub pointed_at: Vec<OrganizationId>,
    /// Traits that would be erased, by key.
    pub erased: Vec<String>,
    /// Traits that cannot be kept through a PATCH, by key.
    pub cannot_keep: Vec<String>,
    /// A password, a password-kind trait or a one-time-password seed is written.
    pub writes_secret: bool,
    /// How many fields change.
    pub changed_fields: usize,
    /// How many bytes of values change.
    pub changed_bytes: usize,
    /// `restricted` or `archived` changes.
    pub restriction_changed: bool,
    /// The values hold bidirectional controls or invisible characters.
    pub deceptive_characters: bool,
    /// The agent never before had a write of this group applied.
    pub first_write_in_group: bool,
    /// How many records the write is about.
    pub items: usize,
    /// There are warnings that none of the above stands for.
    pub other_warnings: bool,
}

impl Default for Facts {
    /// One item about which nothing remarkable is known.
    fn default() -> Self {
        Self {
            organizations: Vec::new(),
            crosses_organizations: false,
            pointed_at: Vec::new(),
            erased: Vec::new(),
            cannot_keep: Vec::new(),
            writes_secret: false,
            changed_fields: 0,
            changed_bytes: 0,
            restriction_changed: false,
            deceptive_characters: false,
            first_write_in_group: false,
            items: 1,
            other_warnings: false,
        }
    }
}

impl Facts {
    /// The facts of two items of one proposal, taken together: the worse of each.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.organizations.extend(other.organizations);
        self.crosses_organizations |= other.crosses_organizations;
        self.pointed_at.extend(other.pointed_at);
        self.erased.extend(other.erased);
        self.cannot_keep.extend(other.cannot_keep);
        self.writes_secret |= other.writes_secret;
        self.changed_fields += other.changed_fields;
        self.changed_bytes += other.changed_bytes;
        self.restriction_changed |= other.restriction_changed;
        self.deceptive_characters |= other.deceptive_characters;
        self.first_write_in_group |= other.first_write_in_group;
        self.items += other.items;
        self.other_warnings |= other.other_warnings;
        self
    }
}

named_enum! {
    /// What a technician should know before deciding.
    pub enum WarningCode {
        /// Traits left out of the PATCH would be erased.
        ErasesTraits = "erases_traits",
        /// Upload or Password traits that cannot be kept through a PATCH.
        CannotKeep = "cannot_keep",
        /// A required trait would be erased: it must be kept or filled in.
        ErasesRequired = "erases_required",
        /// The record moves to, or points into, another organization.
        OtherOrganization = "other_organization",
        /// The organization could not be found out.
        OrganizationUnknown = "organization_unknown",
        /// Who may see the record changes, or it is archived.
        RestrictionChanged = "restriction_changed",
        /// The values hold characters that cannot be seen or that reorder text.
        DeceptiveCharacters = "deceptive_characters",
        /// IT Glue takes these attributes and, by all we know, ignores them.
        IgnoredByItGlue = "ignored_by_itglue",
        /// Nothing would change: the record is already as proposed.
        NoChange = "no_change",
        /// A record with the same natural key exists already.
        MayExistAlready = "may_exist_already",
        /// Fields were changed by others since, so a revert leaves them alone.
        LeftAlone = "left_alone",
        /// What these fields held before cannot be put back.
        CannotPutBack = "cannot_put_back",
        /// The record moved since the agent read it.
        Moved = "moved",
        /// The record moved between approval and sending.
        MovedSinceApproval = "moved_since_approval",
        /// The approval waited too long and must be given again.
        ApprovalTooOld = "approval_too_old",
        /// Another write on this record was applied meanwhile.
        Stale = "stale",
        /// The field definitions could not be read; types were not checked.
        SchemaUnknown = "schema_unknown",
        /// A draft becomes visible to everyone who may read the document.
        PublishesDraft = "publishes_draft",
        /// The record is synced from another system; IT Glue may refuse.
        Synced = "synced",
    }
}

/// One warning, in words, with the fields it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// The stable code.
    pub code: WarningCode,
    /// What it means here, in a sentence.
    pub detail: String,
    /// The fields it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
}

/// What is wrong with one field of what an agent or a technician sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// JSON pointer into what was sent: `/body/data/attributes/traits/type`.
    pub pointer: String,
    /// What to do about it.
    pub detail: String,
}

impl FieldError {
    /// An error about the field at this pointer.
    pub fn new(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            detail: detail.into(),
        }
    }
}
