//! What is known of IT Glue's kinds of record, as far as reading and comparing them goes.
//!
//! The values come from the catalogue in `policy`; the types stand here because `diff` and the
//! client speak of them too.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::group::PermissionGroup;
use super::ids::{OrganizationId, RecordId};
use super::names::named_enum;

/// One kind of record, such as contacts.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResourceKind {
    /// The name in paths: `flexible_assets`.
    pub name: String,
    /// The JSON:API type: `flexible-assets`.
    pub json_type: String,
    /// What people call one of them: `Flexible asset`.
    pub label: String,
    /// The group that rules it.
    pub group: PermissionGroup,
    /// Where one record is read, from the catalogue: `/contacts/:id`. None: it cannot be read alone.
    pub show: Option<String>,
    /// Where records are listed: `/contacts`, `/documents/:document_id/relationships/sections`.
    pub index: Option<String>,
    /// Attributes that tell two records of this kind apart, for finding a created one again.
    #[serde(default)]
    pub natural_key: Vec<String>,
    /// The filter key for each natural-key attribute that the index accepts.
    #[serde(default)]
    pub filters: BTreeMap<String, String>,
    /// Attributes that move without anybody editing the record.
    #[serde(default)]
    pub volatile: BTreeSet<String>,
    /// Attributes that IT Glue sets itself and ignores on write.
    #[serde(default)]
    pub read_only: BTreeSet<String>,
    /// Attributes whose value is a secret.
    #[serde(default)]
    pub secret: BTreeSet<String>,
    /// Attributes that must be there on create.
    #[serde(default)]
    pub required: Vec<String>,
    /// What IT Glue makes of a written value before it reads back.
    #[serde(default)]
    pub normalises: BTreeMap<String, Normalisation>,
    /// Attributes that point to another record: `contact-type-id` → `contact_types`.
    #[serde(default)]
    pub references: BTreeMap<String, String>,
    /// Labels of attributes where "First name" from `first-name` is not good enough.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
}

named_enum! {
    /// What IT Glue does to a value between a write and the next read.
    pub enum Normalisation {
        /// HTML is sanitised and reformatted; equal when the text content is.
        Html = "html",
        /// Written, and by the facts ignored: never reads back.
        Ignored = "ignored",
        /// Never reads back: secrets and uploads.
        WriteOnly = "write_only",
        /// Compared as a set: the order of the parts has no meaning.
        Unordered = "unordered",
        /// Upper and lower case, and outer white space, do not count.
        CaseInsensitive = "case_insensitive",
    }
}

named_enum! {
    /// How often an item may safely reach IT Glue. From the catalogue, never from the agent.
    pub enum ItemClass {
        /// PATCH of absolute values on one id: repeating it changes nothing.
        Set = "set",
        /// DELETE of one id.
        Remove = "remove",
        /// Everything else: a second time would be a second effect.
        Once = "once",
        /// An approved read of a password value.
        Secret = "secret",
    }
}

/// A record as IT Glue returned it, secrets taken out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Its id.
    pub id: RecordId,
    /// The JSON:API type IT Glue named.
    #[serde(rename = "type")]
    pub json_type: String,
    /// Its attributes, keys in kebab-case, traits untouched.
    pub attributes: Map<String, Value>,
}

impl Record {
    /// The organization it belongs to, if it names one.
    pub fn organization_id(&self) -> Option<OrganizationId> {
        if self.json_type == "organizations" {
            return Some(OrganizationId(self.id.0));
        }
        as_id(self.attributes.get("organization-id")?).map(OrganizationId)
    }

    /// An attribute that is a text and not empty.
    pub fn text(&self, attribute: &str) -> Option<&str> {
        self.attributes
            .get(attribute)?
            .as_str()
            .filter(|text| !text.is_empty())
    }

    /// What people call it: its name, or what stands for one.
    pub fn display_name(&self) -> Option<String> {
        if let Some(name) = self.text("name") {
            return Some(name.to_owned());
        }
        let parts: Vec<&str> = ["first-name", "last-name"]
            .into_iter()
            .filter_map(|attribute| self.text(attribute))
            .collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }
}

/// An id, whether written as a number or as a string.
pub fn as_id(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.parse().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The fields of a flexible asset type, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetSchema {
    /// The type's id.
    pub type_id: Option<RecordId>,
    /// The type's name: "Applications".
    pub type_name: Option<String>,
    /// Its fields.
    pub fields: Vec<AssetField>,
}

impl AssetSchema {
    /// The field with this trait key.
    pub fn field(&self, name_key: &str) -> Option<&AssetField> {
        self.fields.iter().find(|field| field.name_key == name_key)
    }
}

/// One field of a flexible asset type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetField {
    /// The key inside `traits`. User data: never converted.
    pub name_key: String,
    /// What people read.
    pub name: String,
    /// What kind of value it takes.
    pub kind: FieldKind,
    /// Whether a record must have it.
    pub required: bool,
    /// For a Tag: what it points to, such as `Contacts` or `FlexibleAssetType: 12`.
    pub tag_type: Option<String>,
    /// For a Select: the options.
    pub options: Vec<String>,
}

named_enum! {
    /// The kinds of flexible-asset field (api-facts, section 5).
    pub enum FieldKind {
        /// True or false.
        Checkbox = "Checkbox",
        /// `yyyy-mm-dd`.
        Date = "Date",
        /// A heading; holds no value.
        Header = "Header",
        /// A number.
        Number = "Number",
        /// An embedded password: reads as an id, is written as a value.
        Password = "Password",
        /// A number, per hundred.
        Percent = "Percent",
        /// One of the options.
        Select = "Select",
        /// Other records: reads as objects, is written as ids.
        Tag = "Tag",
        /// One line.
        Text = "Text",
        /// Several lines, as HTML.
        Textbox = "Textbox",
        /// A file: cannot be kept through a PATCH.
        Upload = "Upload",
    }
}

/// What was read from IT Glue for one item, at one moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The record the item is about. `None` for creates.
    pub record: Option<Record>,
    /// The fields of its flexible asset type, where it has one.
    pub schema: Option<AssetSchema>,
    /// For creates: the records that already match the natural key.
    #[serde(default)]
    pub census: Vec<Record>,
    /// For creates: whether the census could be taken at all.
    #[serde(default)]
    pub census_taken: bool,
    /// For creates: the record it will belong to.
    pub parent: Option<Record>,
    /// Names of records that ids in the body or the record point to.
    #[serde(default)]
    pub names: Names,
}

/// Names IT Glue gives to records, by resource and id; and the organization each belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Names(pub BTreeMap<String, BTreeMap<RecordId, NamedRecord>>);

impl Names {
    /// What is known of the record of this kind and id.
    pub fn find(&self, resource: &str, id: RecordId) -> Option<&NamedRecord> {
        self.0.get(resource)?.get(&id)
    }

    /// Remembers a record.
    pub fn insert(&mut self, resource: &str, id: RecordId, record: NamedRecord) {
        self.0
            .entry(resource.to_owned())
            .or_default()
            .insert(id, record);
    }
}

/// The name of a record that something points to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedRecord {
    /// Its name.
    pub name: String,
    /// The organization it belongs to, if it names one.
    pub organization_id: Option<OrganizationId>,
}
