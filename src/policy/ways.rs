//! The route for something that is to be done to a record, found in the catalogue.

use super::catalogue::{self, Form};
use super::template::Places;
use crate::domain::{Method, Operation, RecordId};

/// A route for an operation on records of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// The method.
    pub method: Method,
    /// The path.
    pub path: String,
    /// Whether the body is an array that names each record by its id.
    pub is_array: bool,
}

/// The way to do this to one record, under this parent where the route asks for one. A route that
/// names the record alone comes before one below a parent, and that before one for several.
/// `None`: IT Glue has none, or nobody may go it.
pub fn way_to(
    operation: Operation,
    resource: &str,
    record: Option<RecordId>,
    parent: Option<&(String, RecordId)>,
) -> Option<Way> {
    let mut ways: Vec<(bool, bool, Way)> = catalogue::endpoints()
        .iter()
        .filter(|endpoint| endpoint.resource == resource && endpoint.operation == operation)
        .filter(|endpoint| !endpoint.is_sealed())
        .filter_map(|endpoint| {
            let fits = !endpoint.path.is_polymorphic()
                || parent.is_some_and(|(kind, _)| endpoint.resource_types.contains(kind));
            let path = endpoint.path.fill(&Places {
                record,
                parent: parent.cloned(),
            });
            let path = path.filter(|_| fits)?;
            let is_array = endpoint.form == Form::Bulk;
            let way = Way {
                method: endpoint.method,
                path,
                is_array,
            };
            let is_below = endpoint.path.as_str().contains("/relationships/");
            Some((is_array, is_below, way))
        })
        .collect();
    ways.sort_by_key(|(is_array, is_below, _)| (*is_array, *is_below));
    ways.into_iter().map(|(_, _, way)| way).next()
}

/// The way to do this to several records of one kind at once.
pub fn way_to_several(
    operation: Operation,
    resource: &str,
    parent: Option<&(String, RecordId)>,
) -> Option<Way> {
    let takes_several = |endpoint: &&catalogue::Endpoint| match operation {
        Operation::Create => endpoint.bulk_create,
        Operation::Update | Operation::Delete => endpoint.form == Form::Bulk,
        Operation::Read | Operation::Publish | Operation::ReadSecret => false,
    };
    catalogue::endpoints()
        .iter()
        .filter(|endpoint| endpoint.resource == resource && endpoint.operation == operation)
        .filter(|endpoint| !endpoint.is_sealed() && !endpoint.path.is_polymorphic())
        .filter(takes_several)
        .find_map(|endpoint| {
            let path = endpoint.path.fill(&Places {
                record: None,
                parent: parent.cloned(),
            })?;
            Some(Way {
                method: endpoint.method,
                path,
                is_array: true,
            })
        })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::alone("contacts", Operation::Delete, Some("DELETE /contacts/7"))]
    #[case::never("organizations", Operation::Delete, None)]
    #[case::kept_for_good("contact_types", Operation::Delete, None)]
    #[case::anew("flexible_assets", Operation::Create, Some("POST /flexible_assets"))]
    #[case::not_by_request("checklists", Operation::Create, None)]
    fn the_way_is_one_of_the_catalogue(
        #[case] resource: &str,
        #[case] operation: Operation,
        #[case] expected: Option<&str>,
    ) {
        let record = (operation != Operation::Create).then_some(RecordId(7));
        let way = way_to(operation, resource, record, None);
        let way = way.map(|way| format!("{} {}", way.method, way.path));
        assert_eq!(way.as_deref(), expected);
    }

    #[test]
    fn a_record_below_another_is_reached_through_it() {
        let parent = ("documents".to_owned(), RecordId(5));
        let way = |parent| way_to(Operation::Create, "document_sections", None, parent);
        assert_eq!(
            way(Some(&parent)).unwrap().path,
            "/documents/5/relationships/sections"
        );
        assert_eq!(way(None), None);
    }

    #[test]
    fn several_go_together_where_it_glue_takes_them() {
        let way = |operation| way_to_several(operation, "contacts", None).map(|way| way.path);
        assert_eq!(way(Operation::Create).as_deref(), Some("/contacts"));
        assert_eq!(way(Operation::Delete).as_deref(), Some("/contacts"));
        assert_eq!(
            way_to_several(Operation::Create, "flexible_assets", None),
            None
        );
    }
}
