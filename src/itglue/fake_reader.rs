//! For tests of what is read: answers by path and query, and a list of what was asked.

use std::collections::BTreeMap;
use std::sync::Mutex;

use reqwest::header::HeaderMap;
use serde_json::Value;
use tokio::time::Instant;
use uuid::Uuid;

use super::answer::Answer;
use super::cache::Cache;
use super::client::Reads;
use super::read_error::ReadError;
use super::transport::Received;
use crate::domain::{
    ConnectionId, ItemClass, ItemRequest, Method, Operation, RecordId, ResourceKind, Route,
};

/// An IT Glue that knows these pages only; everything else is 404.
#[derive(Default)]
pub(super) struct FakeReader {
    pages: BTreeMap<String, (u16, Value)>,
    asked: Mutex<Vec<String>>,
    cache: Cache,
}

impl FakeReader {
    pub(super) fn with(self, target: &str, body: Value) -> Self {
        self.with_status(target, 200, body)
    }

    pub(super) fn with_status(mut self, target: &str, status: u16, body: Value) -> Self {
        self.pages.insert(target.to_owned(), (status, body));
        self
    }

    /// What was asked since the last time.
    pub(super) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

impl Reads for FakeReader {
    async fn read(&self, route: &Route) -> Result<Answer, ReadError> {
        let query: Vec<_> = route
            .query
            .iter()
            .filter(|(key, _)| key != "page[size]")
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        let mut target = route.path.clone();
        if !query.is_empty() {
            target = format!("{target}?{}", query.join("&"));
        }
        let (status, body) = self
            .pages
            .get(&target)
            .cloned()
            .unwrap_or((404, Value::Null));
        self.asked.lock().unwrap().push(target);
        Answer::of(Ok(Received {
            status,
            headers: HeaderMap::new(),
            body: Ok(body.to_string().into_bytes()),
            arrived_at: Instant::now(),
        }))
    }

    fn connection(&self) -> ConnectionId {
        ConnectionId(Uuid::from_u128(1))
    }

    fn cache(&self) -> &Cache {
        &self.cache
    }
}

/// A small catalogue.
pub(super) fn kind(name: &str) -> Option<&'static ResourceKind> {
    let known = match name {
        "organizations" => {
            r#"{"name": "organizations", "json_type": "organizations", "label": "Organization", "group": "organizations",
                "show": "/organizations/:id", "index": "/organizations", "natural_key": ["name"], "filters": {"name": "name"}}"#
        }
        "contact_types" => {
            r#"{"name": "contact_types", "json_type": "contact-types", "label": "Contact type", "group": "contacts",
                "show": "/contact_types/:id", "index": "/contact_types"}"#
        }
        "configurations" => {
            r#"{"name": "configurations", "json_type": "configurations", "label": "Configuration", "group": "configurations",
                "show": "/configurations/:id", "index": "/configurations"}"#
        }
        "contacts" => {
            r#"{"name": "contacts", "json_type": "contacts", "label": "Contact", "group": "contacts",
                "show": "/contacts/:id", "index": "/contacts", "natural_key": ["organization-id", "first-name", "last-name"],
                "filters": {"organization-id": "organization_id", "first-name": "first_name", "last-name": "last_name"},
                "references": {"organization-id": "organizations", "contact-type-id": "contact_types"}}"#
        }
        "documents" => {
            r#"{"name": "documents", "json_type": "documents", "label": "Document", "group": "documents",
                "show": "/documents/:id", "index": "/organizations/:organization_id/relationships/documents",
                "natural_key": ["organization-id", "name"], "references": {"organization-id": "organizations"}}"#
        }
        "document_sections" => {
            r#"{"name": "document_sections", "json_type": "document-sections", "label": "Section", "group": "documents",
                "show": "/documents/:document_id/relationships/sections/:id", "index": "/documents/:document_id/relationships/sections",
                "references": {"document-id": "documents"}}"#
        }
        "domains" => {
            r#"{"name": "domains", "json_type": "domains", "label": "Domain", "group": "organizations", "show": null, "index": "/domains"}"#
        }
        "flexible_assets" => {
            r#"{"name": "flexible_assets", "json_type": "flexible-assets", "label": "Flexible asset", "group": "flexible_assets",
                "show": "/flexible_assets/:id", "index": "/flexible_assets",
                "natural_key": ["organization-id", "flexible-asset-type-id", "traits"],
                "filters": {"organization-id": "organization_id", "flexible-asset-type-id": "flexible_asset_type_id"},
                "references": {"organization-id": "organizations", "flexible-asset-type-id": "flexible_asset_types"}}"#
        }
        "password_folders" => {
            r#"{"name": "password_folders", "json_type": "password-folders", "label": "Folder", "group": "passwords",
                "show": "/organizations/:organization_id/relationships/password_folders/:id",
                "index": "/organizations/:organization_id/relationships/password_folders"}"#
        }
        "passwords" => {
            r#"{"name": "passwords", "json_type": "passwords", "label": "Password", "group": "passwords",
                "show": "/passwords/:id", "index": "/passwords",
                "references": {"organization-id": "organizations", "password-folder-id": "password_folders"}}"#
        }
        _ => return None,
    };
    Some(Box::leak(Box::new(serde_json::from_str(known).unwrap())))
}

pub(super) fn create(resource: &str, attributes: &Value) -> ItemRequest {
    ItemRequest {
        route: Route {
            method: Method::Post,
            path: format!("/{resource}"),
            query: Vec::new(),
        },
        body: Some(serde_json::json!({ "data": { "attributes": attributes } })),
        resource: resource.to_owned(),
        operation: Operation::Create,
        class: ItemClass::Once,
        record_id: None,
        parent: None,
    }
}

pub(super) fn update(resource: &str, id: u64, attributes: &Value) -> ItemRequest {
    let mut request = create(resource, attributes);
    request.route.method = Method::Patch;
    request.operation = Operation::Update;
    request.class = ItemClass::Set;
    request.record_id = Some(RecordId(id));
    request
}

/// A document of one record.
pub(super) fn one(id: u64, json_type: &str, attributes: &Value) -> Value {
    serde_json::json!({ "data": { "id": id.to_string(), "type": json_type, "attributes": attributes } })
}

/// One page of a list.
pub(super) fn page(records: &[(u64, Value)], next: Option<u64>) -> Value {
    let data: Vec<_> = records
        .iter()
        .map(|(id, attributes)| one(*id, "x", attributes)["data"].clone())
        .collect();
    serde_json::json!({ "data": data, "meta": { "next-page": next } })
}
