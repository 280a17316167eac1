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
            &relationships.for_record(id),
        );
        enclose(data, included)
    }

    /// Records that were written, in the order of the body.
    pub fn many(&self, resource: &'static Resource, ids: &[u64]) -> Value {
        let data = ids
            .iter()
            .map(|id| object(self.world, resource, *id, self.disclosure, &Map::new()))
            .collect();
        enclose(Value::Array(data), Vec::new())
    }

    pub fn page(&self, resource: &'static Resource, ids: &[u64]) -> Value {
        let page = Page::new(self.query, resource, ids.len());
        let shown = page.of(ids);
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
                let relationships = relationships.for_record(*id);
                object(self.world, resource, *id, self.disclosure, &relationships)
            })
            .collect();
        let mut body = enclose(Value::Array(data), included);
        if let Some(body) = body.as_object_mut() {
            body.insert("meta".to_owned(), page.meta());
            body.insert("links".to_owned(), self.links(&page).into());
        }
        body
    }

    fn links(&self, page: &Page) -> Record {
        let places = [
            ("self", Some(page.number)),
            ("first", Some(1)),
            ("prev", page.prev()),
            ("next", page.next()),
            ("last", Some(page.last)),
        ];
        places
            .into_iter()
            .filter_map(|(name, number)| Some((name.to_owned(), self.link(number?).into())))
            .collect()
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

/// One page of an index.
struct Page {
    number: usize,
    size: usize,
    last: usize,
    total: usize,
}

/// `/logs` ends after five pages.
const LOG_PAGES: usize = 5;

impl Page {
    fn new(query: &Query, resource: &Resource, total: usize) -> Self {
        let size = query.page_size();
        let pages = total.div_ceil(size).max(1);
        let last = if resource.kind == "logs" {
            pages.min(LOG_PAGES)
        } else {
            pages
        };
        Self {
            number: query.page(),
            size,
            last,
            total,
        }
    }

    fn of(&self, ids: &[u64]) -> Vec<u64> {
        if self.number > self.last {
            return Vec::new();
        }
        ids.iter()
            .copied()
            .skip((self.number - 1) * self.size)
            .take(self.size)
            .collect()
    }

    fn prev(&self) -> Option<usize> {
        (self.number > 1).then(|| self.number - 1)
    }

    fn next(&self) -> Option<usize> {
        (self.number < self.last).then(|| self.number + 1)
    }

    fn meta(&self) -> Value {
        json!({
            "current-page": self.number,
            "next-page": self.next(),
            "prev-page": self.prev(),
            "total-pages": self.last,
            "total-count": self.total,
            "filters": {},
        })
    }
}

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
    relationships: &Record,
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
