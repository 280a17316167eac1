//! Method and path, matched against the catalogue.
//!
//! Invariant: the route of a [`Located`] is a filled template of its endpoint; nothing of the
//! agent's path is in it but parsed numbers and a kind that the catalogue lists.

use super::catalogue::{self, Endpoint};
use super::path::{self, Address};
use super::query::{self, ReadQuery};
use super::rejection::Rejection;
use super::template::Places;
use crate::domain::{
    GroupSet, Method, Operation, OrganizationId, PermissionGroup, RecordId, ResourceKind, Route,
};

/// A request of which method and path are understood; the body, if any, was not looked at.
#[derive(Clone, Debug)]
pub struct Located {
    /// The route of the catalogue.
    pub endpoint: &'static Endpoint,
    /// The canonical address of the whole request; for a read, what is sent.
    pub route: Route,
    /// The groups it needs. Empty for what is denied.
    pub groups: GroupSet,
    /// What it does.
    pub operation: Operation,
    /// The record the path names.
    pub record_id: Option<RecordId>,
    /// The record the path is nested under: `("organizations", 2)`.
    pub parent: Option<(String, RecordId)>,
    /// The organization the path is nested under, or is.
    pub organization_in_path: Option<OrganizationId>,
    /// Every organization that path, filter or body name.
    pub organizations: Vec<OrganizationId>,
    /// How far the address alone tells whose records are concerned.
    pub reach: Reach,
}

/// Whose records a request concerns, as far as its address tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Those of the organizations it names.
    Named,
    /// A lookup list or schema of the whole account.
    AccountWide,
    /// Those of the organization one record belongs to; known once that record was read.
    OneRecord,
    /// Those of every organization.
    Everything,
}

impl Located {
    /// The kind of record. None for what is denied.
    pub fn resource(&self) -> Option<&'static ResourceKind> {
        catalogue::resource(&self.endpoint.resource)
    }

    /// The group that rules it first.
    pub fn group(&self) -> Option<PermissionGroup> {
        self.endpoint.groups.first().copied()
    }

    /// Whether it changes anything in IT Glue.
    pub fn is_write(&self) -> bool {
        match self.operation {
            Operation::Read | Operation::ReadSecret => false,
            Operation::Create | Operation::Update | Operation::Publish | Operation::Delete => true,
        }
    }

    /// Whether it is a write to a password, or reaches one from another kind of record.
    pub fn writes_password(&self) -> bool {
        let is_own_group = self.group() == Some(PermissionGroup::Passwords);
        self.is_write()
            && (self.endpoint.resource == "passwords"
                || (self.groups.contains(PermissionGroup::Passwords) && !is_own_group))
    }

    pub(super) fn needs_also(&mut self, groups: GroupSet) {
        self.groups = groups.iter().fold(self.groups, GroupSet::with);
    }

    pub(super) fn names(&mut self, organization: OrganizationId) {
        if !self.organizations.contains(&organization) {
            self.organizations.push(organization);
        }
    }
}

/// Matches method and path against the catalogue, without a body.
///
/// # Errors
/// [`Rejection`] if no route fits, or the query asks for something unknown or unclear.
pub fn locate(method: &str, path: &str) -> Result<Located, Rejection> {
    let method = path::parse_method(method)?;
    let address = path::parse_path(path)?;
    let (endpoint, places) = find(method, &address)?;
    let read = match method {
        _ if endpoint.is_sealed() => ReadQuery::default(),
        Method::Get => query::of_read(endpoint, address.query).map_err(Rejection::InvalidQuery)?,
        Method::Post | Method::Patch | Method::Delete => {
            query::of_write(endpoint, address.query).map_err(Rejection::Invalid)?;
            ReadQuery::default()
        }
    };
    let path = endpoint
        .path
        .fill(&places)
        .ok_or_else(|| Rejection::unknown("The path cannot be written back."))?;
    Ok(assemble(endpoint, path, places, read))
}

fn assemble(endpoint: &'static Endpoint, path: String, places: Places, read: ReadQuery) -> Located {
    let organization_in_path = organization_of(endpoint, &places);
    let reach = reach(endpoint, &places, read.organizations.is_some());
    let operation = if read.shows_password {
        Operation::ReadSecret
    } else {
        endpoint.operation
    };
    let mut located = Located {
        endpoint,
        route: Route {
            method: endpoint.method,
            path,
            query: read.query,
        },
        groups: endpoint.group_set(),
        operation,
        record_id: places.record,
        parent: places.parent,
        organization_in_path,
        organizations: read.organizations.unwrap_or_default(),
        reach,
    };
    located.needs_also(read.groups);
    if endpoint.path.is_polymorphic()
        && let Some((kind, _)) = &located.parent
    {
        located.needs_also(catalogue::groups_of_parent(kind));
    }
    if let Some(organization) = organization_in_path {
        located.names(organization);
    }
    located
}

fn organization_of(endpoint: &Endpoint, places: &Places) -> Option<OrganizationId> {
    let id = match &places.parent {
        Some((kind, id)) if kind == "organizations" => Some(*id),
        None if endpoint.resource == "organizations" => places.record,
        Some(_) | None => None,
    };
    id.map(|id| OrganizationId(id.0))
}

/// A path nested under an organization proves nothing about the one record it names: IT Glue may
/// look only at the last id.
fn reach(endpoint: &Endpoint, places: &Places, is_filtered: bool) -> Reach {
    let is_organization = endpoint.resource == "organizations";
    let is_under_organization =
        matches!(&places.parent, Some((kind, _)) if kind == "organizations");
    if endpoint.account_wide {
        return Reach::AccountWide;
    }
    if places.record.is_some() && !is_organization {
        return Reach::OneRecord;
    }
    if is_filtered || is_under_organization || (is_organization && places.record.is_some()) {
        return Reach::Named;
    }
    if places.parent.is_some() || endpoint.method != Method::Get {
        return Reach::OneRecord;
    }
    Reach::Everything
}

fn find(method: Method, address: &Address<'_>) -> Result<(&'static Endpoint, Places), Rejection> {
    let mut other_methods = Vec::new();
    for endpoint in catalogue::endpoints() {
        let Some(places) = places_in(endpoint, &address.segments) else {
            continue;
        };
        if endpoint.method == method {
            return Ok((endpoint, places));
        }
        other_methods.push(endpoint.method.as_str());
    }
    Err(Rejection::unknown(why_unknown(
        method,
        address,
        &other_methods,
    )))
}

fn places_in(endpoint: &Endpoint, segments: &[&str]) -> Option<Places> {
    let places = endpoint.path.places(segments)?;
    let is_listed = match &places.parent {
        Some((kind, _)) if endpoint.path.is_polymorphic() => endpoint.resource_types.contains(kind),
        _ => true,
    };
    is_listed.then_some(places)
}

fn why_unknown(method: Method, address: &Address<'_>, other_methods: &[&str]) -> String {
    let path = format!("/{}", address.segments.join("/"));
    if !other_methods.is_empty() {
        return format!(
            "IT Glue has no {method} {path}; it takes {}.",
            other_methods.join(", ")
        );
    }
    if path.contains('-') {
        return format!(
            "{path} is not an endpoint of IT Glue; its paths are written with underscores: {}.",
            path.replace('-', "_")
        );
    }
    format!("{path} is not an endpoint of IT Glue that Countersign knows.")
}
