//! Records as IT Glue returns them (api-facts, sections 3 and 5), for the tests of this folder.

use serde_json::{Map, Value, json};

use crate::domain::{
    AssetField, AssetSchema, FieldKind, ItemClass, ItemRequest, Method, NamedRecord, Operation,
    OrganizationId, Record, RecordId, ResourceKind, Route, Snapshot,
};

pub(super) const CANARY: &str = "c4n4ry-Tr0ub4dor&3";

/// A kind of record, as much of the catalogue as the tests need.
pub(super) fn kind(name: &str) -> ResourceKind {
    let group = match name {
        "contact_types" => "contacts",
        "document_sections" | "document_folders" | "checklists" => "documents",
        name => name,
    };
    let mut kind = json!({
        "name": name,
        "json_type": name.replace('_', "-"),
        "label": super::labels::humanise(name.trim_end_matches('s')),
        "group": group,
        "show": format!("/{name}/:id"),
        "index": format!("/{name}"),
        "volatile": ["updated-at"],
        "read_only": ["created-at", "resource-url", "organization-name"],
    });
    let more = match name {
        "contacts" => json!({
            "natural_key": ["organization-id", "first-name", "last-name"],
            "required": ["organization-id", "first-name"],
            "read_only": ["created-at", "resource-url", "name", "organization-name",
                "contact-type-name", "location-name", "psa-integration"],
            "normalises": {"notes": "html", "first-name": "case_insensitive"},
            "references": {"organization-id": "organizations", "contact-type-id": "contact_types",
                "location-id": "locations"},
            "labels": {"contact-emails": "E-mail"},
        }),
        "flexible_assets" => json!({
            "natural_key": ["organization-id", "flexible-asset-type-id", "name"],
            "required": ["organization-id", "flexible-asset-type-id", "traits"],
            "read_only": ["created-at", "resource-url", "name", "organization-name",
                "flexible-asset-type-name"],
            "references": {"organization-id": "organizations",
                "flexible-asset-type-id": "flexible_asset_types"},
        }),
        "passwords" => json!({
            "natural_key": ["organization-id", "name"],
            "required": ["organization-id", "name"],
            "volatile": ["updated-at", "password-updated-at"],
            "secret": ["password", "otp-secret"],
            "normalises": {"password": "write_only", "otp-secret": "write_only"},
            "references": {"organization-id": "organizations",
                "password-folder-id": "password_folders"},
        }),
        "documents" => json!({
            "natural_key": ["organization-id", "name"],
            "required": ["organization-id", "name"],
            "normalises": {"content": "ignored"},
            "references": {"organization-id": "organizations",
                "document-folder-id": "document_folders"},
        }),
        "document_sections" => json!({
            "normalises": {"content": "html"},
            "required": ["resource-type"],
            "read_only": ["created-at", "resource-url", "resource-id"],
            "references": {"document-id": "documents"},
        }),
        "contact_types" | "organizations" => json!({"natural_key": ["name"], "required": ["name"]}),
        _ => json!({}),
    };
    if let (Some(kind), Value::Object(more)) = (kind.as_object_mut(), more) {
        kind.extend(more);
    }
    serde_json::from_value(kind).unwrap()
}

pub(super) fn contacts() -> ResourceKind {
    kind("contacts")
}

pub(super) fn configurations() -> ResourceKind {
    kind("configurations")
}

pub(super) fn passwords() -> ResourceKind {
    kind("passwords")
}

pub(super) fn flexible_assets() -> ResourceKind {
    kind("flexible_assets")
}

/// The type "Applications", with a field of every kind.
pub(super) fn schema() -> AssetSchema {
    let field = |name_key: &str, name: &str, kind, required| AssetField {
        name_key: name_key.to_owned(),
        name: name.to_owned(),
        kind,
        required,
        tag_type: (kind == FieldKind::Tag).then(|| "Contacts".to_owned()),
        options: match kind {
            FieldKind::Select => vec!["Office 365".to_owned(), "Exchange".to_owned()],
            _ => Vec::new(),
        },
    };
    AssetSchema {
        type_id: Some(RecordId(12)),
        type_name: Some("Applications".to_owned()),
        fields: vec![
            field("type", "Type", FieldKind::Select, true),
            field("section-one", "Section one", FieldKind::Header, true),
            field("location", "Location", FieldKind::Text, false),
            field("owner", "Owner", FieldKind::Tag, false),
            field("users", "Users", FieldKind::Number, false),
            field("uptime", "Uptime", FieldKind::Percent, false),
            field("monitored", "Monitored", FieldKind::Checkbox, false),
            field("renewal", "Renewal", FieldKind::Date, false),
            field("notes", "Notes", FieldKind::Textbox, false),
            field("admin-login", "Admin login", FieldKind::Password, false),
            field("contract", "Contract", FieldKind::Upload, false),
        ],
    }
}

pub(super) fn record(json_type: &str, id: u64, attributes: Value) -> Record {
    let Value::Object(attributes) = attributes else {
        panic!("attributes are an object");
    };
    Record {
        id: RecordId(id),
        json_type: json_type.to_owned(),
        attributes,
    }
}

pub(super) fn contact() -> Record {
    record(
        "contacts",
        501,
        json!({
            "organization-id": 2, "organization-name": "Acme",
            "name": "Dana Reyes", "first-name": "Dana", "last-name": "Reyes",
            "title": "IT Manager", "contact-type-id": 4, "contact-type-name": "Decision maker",
            "location-id": null, "location-name": null, "important": true,
            "notes": "<div>Prefers <b>email</b> after 5 pm</div>",
            "contact-emails": [{"value": "dana@acme.example", "label-name": "Work", "primary": true}],
            "contact-phones": [{"value": "5550102", "label-name": "Work", "extension": "12", "primary": true}],
            "psa-integration": "disabled", "restricted": false,
            "created-at": "2019-03-12T14:48:21.054Z", "updated-at": "2026-11-02T09:00:00.000Z",
            "resource-url": "https://acme.itglue.com/2/contacts/501"
        }),
    )
}

pub(super) fn contact_snapshot() -> Snapshot {
    let mut snapshot = Snapshot {
        record: Some(contact()),
        ..Snapshot::default()
    };
    name(&mut snapshot, "locations", 31, "Dallas HQ", 2);
    name(&mut snapshot, "organizations", 2, "Acme", 2);
    snapshot
}

pub(super) fn asset() -> Record {
    record(
        "flexible-assets",
        123,
        json!({
            "organization-id": 2, "organization-name": "Acme", "name": "Exchange",
            "flexible-asset-type-id": 12, "flexible-asset-type-name": "Applications",
            "traits": {
                "type": "Exchange", "location": "Rack 2",
                "owner": {"type": "Contacts", "values": [
                    {"id": 501, "name": "Dana Reyes", "resource-url": "https://acme.itglue.com/2/contacts/501"},
                    {"id": 502, "name": "Sam Fox", "resource-url": "https://acme.itglue.com/2/contacts/502"}]},
                "users": 50, "uptime": 99.5, "monitored": true, "renewal": "2027-01-31",
                "notes": "<p>Restart both nodes</p>", "admin-login": 9001,
                "contract": {"type": "Uploads", "values": [{"id": 7, "name": "contract.pdf", "url": "https://s3.example/x?sig=1"}]}
            },
            "archived": false,
            "created-at": "2020-01-01T00:00:00.000Z", "updated-at": "2026-11-02T09:00:00.000Z"
        }),
    )
}

pub(super) fn asset_snapshot() -> Snapshot {
    let mut snapshot = Snapshot {
        record: Some(asset()),
        schema: Some(schema()),
        ..Snapshot::default()
    };
    name(&mut snapshot, "contacts", 501, "Dana Reyes", 2);
    name(&mut snapshot, "contacts", 502, "Sam Fox", 2);
    name(&mut snapshot, "organizations", 2, "Acme", 2);
    snapshot
}

fn name(snapshot: &mut Snapshot, resource: &str, id: u64, name: &str, organization: u64) {
    let named = NamedRecord {
        name: name.to_owned(),
        organization_id: Some(OrganizationId(organization)),
    };
    snapshot.names.insert(resource, RecordId(id), named);
}

/// Remembers a record that was found, of this organization or of none.
pub(super) fn found(snapshot: &mut Snapshot, resource: &str, id: u64, organization: Option<u64>) {
    let named = NamedRecord {
        name: "Found".to_owned(),
        organization_id: organization.map(OrganizationId),
    };
    snapshot.names.insert(resource, RecordId(id), named);
}

pub(super) fn password_snapshot() -> Snapshot {
    Snapshot {
        record: Some(record(
            "passwords",
            77,
            json!({
                "organization-id": 2, "organization-name": "Acme", "name": "Domain admin",
                "username": "administrator", "url": null, "notes": "rotated monthly",
                "password-updated-at": "2026-10-01T00:00:00.000Z",
                "created-at": "2020-01-01T00:00:00.000Z", "updated-at": "2026-10-01T00:00:00.000Z"
            }),
        )),
        ..Snapshot::default()
    }
}

fn request(
    method: Method,
    resource: &str,
    operation: Operation,
    class: ItemClass,
    id: Option<u64>,
    body: Option<Value>,
) -> ItemRequest {
    ItemRequest {
        route: Route {
            method,
            path: match id {
                Some(id) => format!("/{resource}/{id}"),
                None => format!("/{resource}"),
            },
            query: Vec::new(),
        },
        body,
        resource: resource.to_owned(),
        operation,
        class,
        record_id: id.map(RecordId),
        parent: None,
    }
}

pub(super) fn patch(resource: &str, id: u64, body: Value) -> ItemRequest {
    request(
        Method::Patch,
        resource,
        Operation::Update,
        ItemClass::Set,
        Some(id),
        Some(body),
    )
}

pub(super) fn patch_contact(attributes: Value) -> ItemRequest {
    patch("contacts", 501, body("contacts", attributes))
}

pub(super) fn patch_traits(traits: Value) -> ItemRequest {
    let attributes = Map::from_iter([("traits".to_owned(), traits)]);
    patch(
        "flexible_assets",
        123,
        body("flexible-assets", Value::Object(attributes)),
    )
}

fn body(json_type: &str, attributes: Value) -> Value {
    let mut body = json!({"data": {"type": json_type}});
    body["data"]["attributes"] = attributes;
    body
}

pub(super) fn create(resource: &str, body: Value) -> ItemRequest {
    request(
        Method::Post,
        resource,
        Operation::Create,
        ItemClass::Once,
        None,
        Some(body),
    )
}

pub(super) fn delete(resource: &str, id: u64) -> ItemRequest {
    request(
        Method::Delete,
        resource,
        Operation::Delete,
        ItemClass::Remove,
        Some(id),
        None,
    )
}

pub(super) fn publish(id: u64) -> ItemRequest {
    let mut request = request(
        Method::Patch,
        "documents",
        Operation::Publish,
        ItemClass::Once,
        Some(id),
        None,
    );
    request.route.path.push_str("/publish");
    request
}

/// The record as IT Glue would show it after the write, tags and passwords in the way they read.
pub(super) fn applied(request: &ItemRequest, snapshot: &Snapshot) -> Record {
    let mut record = snapshot.record.clone().unwrap();
    for sent in super::body::sent(request) {
        let value = match sent.value {
            Value::Object(traits) if sent.attribute == "traits" => traits
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(key, value)| (key.clone(), as_read(snapshot, key, value)))
                .collect::<Map<_, _>>()
                .into(),
            value => value.clone(),
        };
        record.attributes.insert(sent.attribute, value);
    }
    record
        .attributes
        .insert("updated-at".to_owned(), json!("2026-11-21T14:02:11.000Z"));
    record
}

fn as_read(snapshot: &Snapshot, key: &str, value: &Value) -> Value {
    let field = snapshot
        .schema
        .as_ref()
        .and_then(|schema| schema.field(key));
    match field.map(|field| field.kind) {
        Some(FieldKind::Tag) => {
            let ids = super::place::any_tag_ids(value).unwrap();
            let values: Vec<Value> = ids
                .iter()
                .map(|id| json!({"id": id, "name": "x"}))
                .collect();
            json!({"type": "Contacts", "values": values})
        }
        Some(FieldKind::Password) => json!(9002),
        Some(FieldKind::Upload) => json!({"type": "Uploads", "values": [{"id": 8}]}),
        Some(FieldKind::Textbox) => json!(format!("{}\n", value.as_str().unwrap())),
        _ => value.clone(),
    }
}
