//! Fills the templates of the catalogue with parsed ids: `/documents/:document_id/…/:id`.

use crate::domain::{Method, RecordId, Route};

/// What may stand in the places of a template.
#[derive(Clone, Copy)]
pub(super) struct Places<'a> {
    /// For `:id`.
    pub(super) id: Option<RecordId>,
    /// For `:resource_type` and `:resource_id`, and for the place named after its kind.
    pub(super) parent: Option<&'a (String, RecordId)>,
    /// For all others, by attribute: `:organization_id` asks for `organization-id`.
    pub(super) attribute: &'a (dyn Fn(&str) -> Option<u64> + Sync),
}

/// The route a template stands for; `None` if one of its places stays empty.
pub(super) fn fill(template: &str, places: &Places<'_>) -> Option<Route> {
    let mut path = String::new();
    for segment in template.split('/').skip(1) {
        path.push('/');
        match segment.strip_prefix(':') {
            Some(place) => path.push_str(&places.find(place)?),
            None => path.push_str(segment),
        }
    }
    Some(Route {
        method: Method::Get,
        path,
        query: Vec::new(),
    })
}

/// The attributes that name the records a template is nested under: `document-id`.
pub(super) fn parent_attributes(template: &str) -> impl Iterator<Item = String> {
    template
        .split('/')
        .filter_map(|segment| segment.strip_prefix(':'))
        .filter(|place| !matches!(*place, "id" | "resource_type" | "resource_id"))
        .map(|place| place.replace('_', "-"))
}

impl Places<'_> {
    fn find(&self, place: &str) -> Option<String> {
        match (place, self.parent) {
            ("id", _) => self.id.map(|id| id.to_string()),
            ("resource_type", parent) => parent.map(|(kind, _)| kind.clone()),
            ("resource_id", parent) => parent.map(|(_, id)| id.to_string()),
            (place, Some((kind, id))) if is_named_after(place, kind) => Some(id.to_string()),
            (place, _) => (self.attribute)(&place.replace('_', "-")).map(|id| id.to_string()),
        }
    }
}

/// Whether a place such as `organization_id` takes a record of this kind: `organizations`.
fn is_named_after(place: &str, kind: &str) -> bool {
    let Some(singular) = place.strip_suffix("_id") else {
        return false;
    };
    let is_plural = |ending: &str, plural: &str| {
        let stem = singular.strip_suffix(ending);
        stem.is_some_and(|stem| kind.strip_prefix(stem) == Some(plural))
    };
    is_plural("", "s") || is_plural("y", "ies")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("/contacts/:id", None, Some("/contacts/5"))]
    #[case(
        "/documents/:document_id/relationships/sections/:id",
        Some("documents"),
        Some("/documents/9/relationships/sections/5")
    )]
    #[case(
        "/countries/:country_id/relationships/regions/:id",
        Some("countries"),
        Some("/countries/9/relationships/regions/5")
    )]
    #[case(
        "/:resource_type/:resource_id/relationships/attachments/:id",
        Some("passwords"),
        Some("/passwords/9/relationships/attachments/5")
    )]
    #[case(
        "/organizations/:organization_id/relationships/password_folders/:id",
        None,
        Some("/organizations/2/relationships/password_folders/5")
    )]
    #[case(
        "/documents/:document_id/relationships/sections/:id",
        Some("organizations"),
        None
    )]
    #[case("/documents/:document_id/relationships/sections/:id", None, None)]
    fn places_are_filled_with_what_belongs_there(
        #[case] template: &str,
        #[case] parent: Option<&str>,
        #[case] path: Option<&str>,
    ) {
        let parent = parent.map(|kind| (kind.to_owned(), RecordId(9)));
        let places = Places {
            id: Some(RecordId(5)),
            parent: parent.as_ref(),
            attribute: &|name| (name == "organization-id").then_some(2),
        };
        let route = fill(template, &places);
        assert_eq!(route.map(|route| route.path).as_deref(), path);
    }

    #[test]
    fn without_an_id_there_is_no_route() {
        let places = Places {
            id: None,
            parent: None,
            attribute: &|_| None,
        };
        assert_eq!(fill("/contacts/:id", &places), None);
        assert!(fill("/contacts", &places).is_some());
    }
}
