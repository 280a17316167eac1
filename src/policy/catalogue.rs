//! The endpoint catalogue: which routes IT Glue has, which groups rule them, and what is known of
//! each kind of record. The data stands in `catalogue.json`.
//!
//! Invariant: the routes returned here are filled templates of the catalogue.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;

use super::template::{Places, Template};
use crate::domain::{
    GroupSet, ItemClass, Method, Operation, PermissionGroup, RecordId, ResourceKind, Route,
};

/// One route of IT Glue.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoint {
    /// The method.
    pub method: Method,
    /// The path: `/contacts/:id`.
    pub path: Template,
    /// The kind of record by its name: `contacts`.
    pub resource: String,
    /// The groups it always needs, the one that rules it first. Empty where `denied`.
    #[serde(default)]
    pub groups: Vec<PermissionGroup>,
    /// No group fits and no profile can allow it.
    #[serde(default)]
    pub denied: bool,
    /// Why it is denied.
    #[serde(default)]
    pub reason: Option<String>,
    /// What it does.
    pub operation: Operation,
    /// Whether the body is about one record or about several.
    #[serde(default)]
    pub form: Form,
    /// For bulk forms: the route for one of the records. None: an array of one is sent.
    #[serde(default)]
    pub each: Option<Template>,
    /// Whether a create also takes an array.
    #[serde(default)]
    pub bulk_create: bool,
    /// How often an item may safely reach IT Glue; nothing for reads.
    #[serde(default)]
    pub class: Option<ItemClass>,
    /// What may stand at `:resource_type`.
    #[serde(default)]
    pub resource_types: BTreeSet<String>,
    /// Children that may be created along with the record, spelled as they are sent.
    #[serde(default)]
    pub relationships: Vec<String>,
    /// The records belong to the whole account, not to an organization.
    #[serde(default)]
    pub account_wide: bool,
    /// How well the route is attested.
    pub confidence: String,
    /// What is odd about it.
    #[serde(default)]
    pub note: Option<String>,
}

/// What a write's body is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// One record.
    #[default]
    Single,
    /// The records of an array, each named by its id.
    Bulk,
}

/// What a read of one kind of record may ask for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadOptions {
    /// Filter keys with `_`; nested ones dotted: `exclude.id`.
    #[serde(default)]
    pub filters: BTreeSet<String>,
    /// What a list may include.
    #[serde(default)]
    pub includes: BTreeSet<String>,
    /// What one record may include.
    #[serde(default)]
    pub show_includes: BTreeSet<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalogue {
    resources: Vec<ResourceKind>,
    endpoints: Vec<Endpoint>,
    parents: BTreeMap<String, BTreeSet<PermissionGroup>>,
    models: BTreeMap<String, String>,
    queries: BTreeMap<String, ReadOptions>,
    includes: BTreeMap<String, Option<PermissionGroup>>,
    never_includes: BTreeSet<String>,
}

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    serde_json::from_str(include_str!("catalogue.json"))
        .expect("the catalogue is part of the program, and a test reads it")
});

impl Endpoint {
    /// The groups it always needs.
    pub fn group_set(&self) -> GroupSet {
        self.groups.iter().copied().collect()
    }

    /// Whether nobody's profile can allow it: denied, or the delete of an organization.
    pub fn is_sealed(&self) -> bool {
        self.denied || self.deletes_organizations()
    }

    /// Whether it deletes organizations, one or many.
    pub fn deletes_organizations(&self) -> bool {
        self.resource == "organizations" && self.operation == Operation::Delete
    }

    /// Whether it takes a body.
    pub fn takes_body(&self) -> bool {
        match self.operation {
            Operation::Create | Operation::Update => true,
            Operation::Delete => self.form == Form::Bulk,
            Operation::Read | Operation::ReadSecret | Operation::Publish => false,
        }
    }
}

/// Every route.
pub fn endpoints() -> &'static [Endpoint] {
    &CATALOGUE.endpoints
}

/// Every kind of record.
pub fn resources() -> &'static [ResourceKind] {
    &CATALOGUE.resources
}

/// The kind of record of this name: `contacts`.
pub fn resource(name: &str) -> Option<&'static ResourceKind> {
    resources().iter().find(|kind| kind.name == name)
}

/// Where one record of this kind is read. None where IT Glue has no such route, or where the
/// record it is nested under would be needed and is not given.
pub fn route_to(
    resource_name: &str,
    id: RecordId,
    parent: Option<&(String, RecordId)>,
) -> Option<Route> {
    let template = resource(resource_name)?.show.as_deref()?;
    read_route(template, Some(id), parent)
}

/// Where records of this kind are listed, under this parent where the route asks for one.
pub fn index_route(resource_name: &str, parent: Option<&(String, RecordId)>) -> Option<Route> {
    let template = resource(resource_name)?.index.as_deref()?;
    read_route(template, None, parent)
}

/// The groups that rule a record something is nested under or points to: `ssl_certificates`.
pub(super) fn groups_of_parent(name: &str) -> GroupSet {
    CATALOGUE
        .parents
        .get(name)
        .map(|groups| groups.iter().copied().collect())
        .unwrap_or_default()
}

/// The kind behind IT Glue's name of a model, such as `Password` or `Flexible Asset`.
pub(super) fn kind_of_model(model: &str) -> Option<&'static str> {
    let folded: String = model
        .chars()
        .filter(char::is_ascii_alphabetic)
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    CATALOGUE.models.get(&folded).map(String::as_str)
}

/// The groups behind IT Glue's name of a model.
pub(super) fn groups_of_model(model: &str) -> Option<GroupSet> {
    kind_of_model(model).map(groups_of_parent)
}

/// The groups behind a kind of record as an answer names it, also in the plural: `flexible-assets`.
pub(super) fn groups_of_named(kind: &str) -> Option<GroupSet> {
    groups_of_model(kind).or_else(|| groups_of_model(kind.strip_suffix('s')?))
}

/// The kind of record behind the type of a record, in either spelling: `flexible-assets`.
pub(super) fn kind_of_type(json_type: &str) -> Option<&'static ResourceKind> {
    let json_type = json_type.replace('_', "-");
    resources().iter().find(|kind| kind.json_type == json_type)
}

/// What a read of this kind of record may ask for.
pub(super) fn read_options(resource_name: &str) -> Option<&'static ReadOptions> {
    CATALOGUE.queries.get(resource_name)
}

/// The group a name in `include` leads to; none for what stays within the record's own group.
pub(super) fn group_of_include(name: &str) -> Option<PermissionGroup> {
    CATALOGUE.includes.get(name).copied().flatten()
}

/// Whether a name in `include` hands out who has access to what.
pub(super) fn is_never_included(name: &str) -> bool {
    CATALOGUE.never_includes.contains(name)
}

fn read_route(
    template: &str,
    record: Option<RecordId>,
    parent: Option<&(String, RecordId)>,
) -> Option<Route> {
    let endpoint = endpoints()
        .iter()
        .find(|endpoint| endpoint.method == Method::Get && endpoint.path.as_str() == template)?;
    if endpoint.path.is_polymorphic() && !endpoint.resource_types.contains(&parent?.0) {
        return None;
    }
    let path = endpoint.path.fill(&Places {
        record,
        parent: parent.cloned(),
    })?;
    let query = match endpoint.resource.as_str() {
        // A show without it hands out the value (api-facts, section 7).
        "passwords" => vec![("show_password".to_owned(), "false".to_owned())],
        _ => Vec::new(),
    };
    Some(Route {
        method: Method::Get,
        path,
        query,
    })
}
