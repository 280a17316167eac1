//! JSON:API around the attributes: one record, or a page of them with `meta` and `links`.

use serde_json::{Map, Value, json};

use super::passwords::Disclosure;
use super::query::Query;
use super::schema::{Resource, Special};
use super::world::{Record, World};
use super::{include, passwords, render};

/// The view of one request on the records.
pub(super) struct Reader<'a> {
    pub world: &'a World,
    pub query: &'a Query,
    pub disclosure: Disclosure,
    /// Beginning of absolute links, without the path.
    pub base_url: &'a str,
    pub path: &'a str,
}

impl Reader<'_> {
    pub fn one(&self, resource: &'static Resource, id: u64) -> Value {
        let (relationships, included) = include::of(
            self.world,
            self.query,
            resource,
            &[id],
            resource.show_includes,
            self.disclosure,
        );
        let data = object(
            self.world,
            resource,
            id,
            self.disclosure,
            relationships.for_record(id),
        );
        enclose(data, included)
    }

    /// Records that were written, in the order of the body.
    pub fn many(&self, resource: &'static Resource, ids: &[u64]) -> Value {
        let data = ids
            .iter()
            .map(|id| object(self.world, resource, *id, self.disclosure, Map::new()))
            .collect();
        enclose(Value::Array(data), Vec::new())
    }

    pub fn page(&self, resource: &'static Resource, ids: &[u64]) -> Value {
        let size = self.query.page_size();
        let number = self.query.page();
        let mut pages = ids.len().div_ceil(size).max(1);
        if resource.kind == "logs" {
            pages = pages.min(LOG_PAGES);
        }
        let shown: Vec<u64> = match number <= pages {
            true => ids
                .iter()
                .copied()
                .skip((number - 1) * size)
                .take(size)
                .collect(),
            false => Vec::new(),
        };
        let (relationships, included) = include::of(
            self.world,
            self.query,
            resource,
            &shown,
            resource.list_includes,
            self.disclosure,
        );
        let data = shown
            .iter()
            .map(|id| {
                object(
                    self.world,
                    resource,
                    *id,
                    self.disclosure,
                    relationships.for_record(*id),
                )
            })
            .collect();
        let mut body = enclose(Value::Array(data), included);
        let prev = (number > 1).then(|| number - 1);
        let next = (number < pages).then(|| number + 1);
        let meta = json!({
            "current-page": number,
            "next-page": next,
            "prev-page": prev,
            "total-pages": pages,
            "total-count": ids.len(),
            "filters": {},
        });
        let mut links = Map::new();
        let places = [
            ("self", Some(number)),
            ("first", Some(1)),
            ("prev", prev),
            ("next", next),
            ("last", Some(pages)),
        ];
        for (name, number) in places {
            if let Some(number) = number {
                links.insert(name.to_owned(), self.link(number).into());
            }
        }
        if let Some(body) = body.as_object_mut() {
            body.insert("meta".to_owned(), meta);
            body.insert("links".to_owned(), links.into());
        }
        body
    }

    fn link(&self, page: usize) -> String {
        format!(
            "{}{}?{}",
            self.base_url,
            self.path,
            self.query.for_page(page)
        )
    }
}

/// `/logs` ends after five pages.
const LOG_PAGES: usize = 5;

fn enclose(data: Value, included: Vec<Value>) -> Value {
    let mut body = Map::new();
    body.insert("data".to_owned(), data);
    if !included.is_empty() {
        body.insert("included".to_owned(), included.into());
    }
    body.into()
}

/// One resource object. Ids are strings here and numbers in attributes.
pub(super) fn object(
    world: &World,
    resource: &Resource,
    id: u64,
    disclosure: Disclosure,
    relationships: Record,
) -> Value {
    let mut attributes = render::attributes(world, resource, id);
    if resource.special == Special::Password {
        passwords::disclose(world, id, disclosure, &mut attributes);
    }
    json!({
        "id": id.to_string(),
        "type": resource.wire,
        "attributes": attributes,
        "relationships": relationships,
    })
}
