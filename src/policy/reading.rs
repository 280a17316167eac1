//! Whose records a read brings: what an agent limited to some organizations may be told.
//!
//! Invariant: a limit is never left to IT Glue, which ignores a filter it does not know and answers
//! with every record (api-facts, section 4). What [`homes`] finds in an answer is judged before
//! anything of it is handed out, and what is of nobody known is of [`TargetOrganization::Unknown`].

use std::collections::BTreeSet;

use serde_json::Value;

use super::catalogue;
use super::locate::{Located, Reach, locate};
use crate::domain::{
    OrganizationId, OrganizationScope, RecordId, ResourceKind, Route, TargetOrganization, as_id,
};

/// Where a record of an answer belongs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Home {
    /// To an organization, or nobody knows.
    Of(TargetOrganization),
    /// Where this record belongs, which has to be read for it: `("configurations", 701)`.
    WhereIs(String, RecordId),
    /// Where the record in the path does, if this one is listed under it; [`Located::siblings`] is
    /// the list to look at.
    Listed(RecordId),
}

/// As many records as IT Glue puts on one page (api-facts, section 4).
const LONGEST_PAGE: u32 = 1_000;

/// Attributes that name the record another one is a part of, and its kind.
const OWNERS: [(&str, &str); 2] = [
    ("configuration-id", "configurations"),
    ("document-id", "documents"),
];

/// IT Glue writes its paths with underscores; agents that were told otherwise write hyphens. No
/// route has one, so a hyphen in the path means one thing only. What follows `?` stays as it is.
pub fn underscored(path: &str) -> String {
    let (path, query) = path.split_at(path.find('?').unwrap_or(path.len()));
    format!("{}{query}", path.replace('-', "_"))
}

impl Located {
    /// The read as an agent of this scope may send it: a list of everything is asked for its own
    /// organizations only, where IT Glue has a filter for them. Anything else stays as it is.
    #[must_use]
    pub fn limited_to(mut self, scope: &OrganizationScope) -> Self {
        let OrganizationScope::Only(own) = scope else {
            return self;
        };
        if self.reach != Reach::Everything || own.is_empty() {
            return self;
        }
        let Some(key) = organization_filter(&self) else {
            return self;
        };
        let ids: Vec<String> = own.iter().map(ToString::to_string).collect();
        self.route
            .query
            .push((format!("filter[{key}]"), ids.join(",")));
        self.route.query.sort();
        self.organizations = own.iter().copied().collect();
        self.reach = Reach::Named;
        self
    }
}

impl Located {
    /// The list that a single record under another stands in: `None` where there is no such list,
    /// or nothing in front of it but an organization.
    pub fn siblings(&self) -> Option<Route> {
        let (parent, _) = self.parent.as_ref()?;
        self.record_id?;
        let (list, _) = self.route.path.rsplit_once('/')?;
        let list = locate("GET", &format!("{list}?page[size]={LONGEST_PAGE}")).ok()?;
        let is_under_a_record = parent != "organizations" && list.record_id.is_none();
        is_under_a_record.then_some(list.route)
    }
}

/// The filter that limits a list of this kind to organizations, if it has one.
fn organization_filter(located: &Located) -> Option<&'static str> {
    let resource = located.endpoint.resource.as_str();
    let key = match resource {
        "organizations" => "id",
        _ => "organization_id",
    };
    catalogue::read_options(resource)
        .is_some_and(|options| options.filters.contains(key))
        .then_some(key)
}

/// Where the records of this answer belong, those that came along included.
pub fn homes(located: &Located, document: &Value) -> BTreeSet<Home> {
    let mut homes = BTreeSet::new();
    if located.endpoint.account_wide {
        return homes;
    }
    let is_list = located.record_id.is_none();
    let parent = located.parent.as_ref();
    if let Some((kind, id)) = parent.filter(|(kind, _)| kind != "organizations") {
        homes.insert(Home::WhereIs(kind.clone(), *id));
    }
    for record in elements(document.get("data")) {
        match own_home(located.resource(), record) {
            Some(home) => homes.extend(home),
            // What is listed under a record belongs to it; one record's parent may be made up.
            None if is_list && parent.is_some() => {}
            None => drop(homes.insert(lone_home(located))),
        }
    }
    for record in elements(document.get("included")) {
        // What names no home hangs on a record that was looked at above.
        homes.extend(own_home(kind_of(record), record).into_iter().flatten());
    }
    homes
}

/// The home of a single record that does not say where it belongs.
fn lone_home(located: &Located) -> Home {
    match located.record_id {
        Some(id) if located.siblings().is_some() => Home::Listed(id),
        Some(_) | None => Home::Of(TargetOrganization::Unknown),
    }
}

fn elements(part: Option<&Value>) -> &[Value] {
    match part {
        Some(Value::Array(records)) => records,
        Some(Value::Null) | None => &[],
        Some(one) => std::slice::from_ref(one),
    }
}

fn kind_of(record: &Value) -> Option<&'static ResourceKind> {
    catalogue::kind_of_type(record.get("type")?.as_str()?)
}

/// The homes a record itself names; `None` where it names none and its kind has none to name.
fn own_home(kind: Option<&ResourceKind>, record: &Value) -> Option<Vec<Home>> {
    let known = |id: u64| Home::Of(TargetOrganization::Known(OrganizationId(id)));
    if kind.is_some_and(|kind| kind.name == "organizations") {
        let id = record.get("id").and_then(as_id);
        return Some(vec![
            id.map_or(Home::Of(TargetOrganization::Unknown), known),
        ]);
    }
    if let Some(id) = attribute(record, "organization-id").and_then(as_id) {
        return Some(vec![known(id)]);
    }
    if kind.is_some_and(|kind| kind.references.contains_key("organization-id")) {
        return Some(vec![Home::Of(TargetOrganization::Unknown)]);
    }
    if kind.is_some_and(|kind| kind.name == "related_items") {
        return destination(record).map(|home| vec![home]);
    }
    OWNERS.iter().find_map(|(key, owner)| {
        let id = attribute(record, key).and_then(as_id)?;
        Some(vec![Home::WhereIs((*owner).to_owned(), RecordId(id))])
    })
}

/// A related item names a record, and that record's name is told with it.
fn destination(record: &Value) -> Option<Home> {
    let model = attribute(record, "destination-type")?.as_str()?;
    let id = attribute(record, "destination-id").and_then(as_id)?;
    let unknown = Home::Of(TargetOrganization::Unknown);
    Some(
        catalogue::kind_of_model(model).map_or(unknown, |kind| match kind {
            "organizations" => Home::Of(TargetOrganization::Known(OrganizationId(id))),
            kind => Home::WhereIs(kind.to_owned(), RecordId(id)),
        }),
    )
}

/// An attribute, in either spelling.
fn attribute<'a>(record: &'a Value, key: &str) -> Option<&'a Value> {
    let attributes = record.get("attributes")?;
    attributes
        .get(key)
        .or_else(|| attributes.get(key.replace('-', "_")))
        .filter(|value| !value.is_null())
}
