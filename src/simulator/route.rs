//! From method and path to the resource addressed and what is to be done with it.
//!
//! Segments are compared letter by letter: hyphenated spellings such as `/flexible-assets` do not
//! exist, and a path without the method asked for answers 404, as `POST …/publish` does.

use super::resources;
use super::schema::{Nested, Resource, Verb};

/// A request that has somewhere to go.
#[derive(Debug, Clone)]
pub(super) struct Route {
    pub resource: &'static Resource,
    pub parent: Option<Parent>,
    pub action: Action,
    /// What this path allows; decides whether a list in the body is fine.
    pub verbs: &'static [Verb],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    List,
    Show(u64),
    /// One or many; the body tells.
    Create,
    Update(u64),
    UpdateMany,
    Delete(u64),
    DeleteMany,
    Publish(u64),
}

/// The record in front of `/relationships/`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parent {
    pub resource: &'static Resource,
    pub id: u64,
    /// The attribute of the child that holds the id; none where a child can hang on any kind.
    pub via: Option<&'static str>,
}

impl Parent {
    pub fn kind(&self) -> &'static str {
        self.resource.kind
    }
}

/// Kinds that attachments and related items hang on, as far as they are simulated.
const CARRIERS: &[&str] = &[
    "checklists",
    "configurations",
    "contacts",
    "documents",
    "domains",
    "locations",
    "passwords",
    "flexible_assets",
];

/// The route, if there is one.
pub(super) fn find(method: &str, path: &str) -> Option<Route> {
    let segments = segments(path);
    let (place, rest) = place(&segments)?;
    let action = action(method, rest, place.resource.kind)?;
    let allowed = place.verbs.iter().any(|verb| fits(action, *verb));
    allowed.then_some(Route {
        resource: place.resource,
        parent: place.parent,
        action,
        verbs: place.verbs,
    })
}

fn segments(path: &str) -> Vec<&str> {
    let path = path.strip_prefix('/').unwrap_or(path);
    path.strip_suffix('/').unwrap_or(path).split('/').collect()
}

fn place<'a, 'b>(segments: &'a [&'b str]) -> Option<(Place, &'a [&'b str])> {
    match segments {
        [parent, id, "relationships", child, rest @ ..] => Some((nested(parent, id, child)?, rest)),
        [name, rest @ ..] => Some((flat(name)?, rest)),
        [] => None,
    }
}

struct Place {
    resource: &'static Resource,
    parent: Option<Parent>,
    verbs: &'static [Verb],
}

fn flat(segment: &str) -> Option<Place> {
    let resource = resources::all().find(|resource| resource.segment == segment)?;
    Some(Place {
        resource,
        parent: None,
        verbs: resource.flat,
    })
}

fn nested(parent: &str, id: &str, child: &str) -> Option<Place> {
    let owner = resources::all().find(|resource| resource.segment == parent)?;
    let id = id.parse().ok()?;
    if let Some((resource, nested)) = child_of(owner.kind, child) {
        let parent = Parent {
            resource: owner,
            id,
            via: Some(nested.via),
        };
        return Some(Place {
            resource,
            parent: Some(parent),
            verbs: nested.verbs,
        });
    }
    let (kind, verbs) = resources::ON_ANY_RECORD
        .iter()
        .find(|(kind, _)| *kind == child)?;
    let resource = resources::find(kind)?;
    let parent = Parent {
        resource: owner,
        id,
        via: None,
    };
    CARRIERS.contains(&owner.kind).then_some(Place {
        resource,
        parent: Some(parent),
        verbs,
    })
}

fn child_of(parent: &str, segment: &str) -> Option<(&'static Resource, &'static Nested)> {
    resources::all()
        .filter(|resource| resource.segment == segment)
        .find_map(|resource| {
            let nested = resource
                .nested
                .iter()
                .find(|nested| nested.parent == parent)?;
            Some((resource, nested))
        })
}

fn action(method: &str, rest: &[&str], kind: &str) -> Option<Action> {
    match (method, rest) {
        ("GET", []) => Some(Action::List),
        ("POST", []) => Some(Action::Create),
        ("PATCH", []) => Some(Action::UpdateMany),
        ("DELETE", []) => Some(Action::DeleteMany),
        ("GET", [id]) => Some(Action::Show(id.parse().ok()?)),
        ("PATCH", [id]) => Some(Action::Update(id.parse().ok()?)),
        ("DELETE", [id]) => Some(Action::Delete(id.parse().ok()?)),
        ("PATCH", [id, "publish"]) if kind == "documents" => {
            Some(Action::Publish(id.parse().ok()?))
        }
        _ => None,
    }
}

fn fits(action: Action, verb: Verb) -> bool {
    let wanted = match action {
        Action::List => Verb::List,
        Action::Show(_) => Verb::Show,
        Action::Create => Verb::Create,
        Action::Update(_) | Action::Publish(_) => Verb::Update,
        Action::UpdateMany => Verb::UpdateMany,
        Action::Delete(_) => Verb::Delete,
        Action::DeleteMany => Verb::DeleteMany,
    };
    verb == wanted
}

/// The record a path names, or the collection.
pub(super) struct Addressed {
    pub resource: &'static Resource,
    pub parent: Option<Parent>,
    pub id: Option<u64>,
}

/// What a path names, whatever the method.
pub(super) fn addressed(path: &str) -> Option<Addressed> {
    let segments = segments(path);
    let (place, rest) = place(&segments)?;
    let id = rest.first().and_then(|id| id.parse().ok());
    Some(Addressed {
        resource: place.resource,
        parent: place.parent,
        id,
    })
}
