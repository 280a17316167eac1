//! The resources of IT Glue as tables (sections 4 and 5 of api-facts.md), one file per area.
//!
//! Routes follow endpoints.json. Of those nobody confirmed, the ones working clients use are
//! served; index routes reported as 404 and deletes no client uses are not.

mod accounts;
mod configurations;
mod contacts;
mod documents;
mod flexible;
mod passwords;

use super::schema::Resource;
pub(super) use documents::ON_ANY_RECORD;

const AREAS: &[&[Resource]] = &[
    accounts::RESOURCES,
    contacts::RESOURCES,
    configurations::RESOURCES,
    documents::RESOURCES,
    flexible::RESOURCES,
    passwords::RESOURCES,
];

pub(super) fn all() -> impl Iterator<Item = &'static Resource> {
    AREAS.iter().flat_map(|area| area.iter())
}

/// A resource by its kind.
pub(super) fn find(kind: &str) -> Option<&'static Resource> {
    all().find(|resource| resource.kind == kind)
}

/// A resource by any of its names: kind, path segment, `type` or singular model name, as people
/// and clients write them (`flexible-assets`, `Configuration`).
pub(super) fn find_loosely(name: &str) -> Option<&'static Resource> {
    let plain = |text: &str| text.to_ascii_lowercase().replace(['-', '_', ' '], "");
    let wanted = plain(name);
    all().find(|resource| {
        [
            resource.kind,
            resource.segment,
            resource.wire,
            resource.label,
        ]
        .into_iter()
        .any(|known| plain(known) == wanted)
    })
}
