//! The records of Acme Corp that tests and texts may name.

use serde_json::{Value, json};

use super::{Sower, assets};

const ACME: u64 = 2;

pub(super) fn sow(sower: &mut Sower) {
    sow_people(sower);
    sow_devices(sower);
    sow_passwords(sower);
    sow_documents(sower);
    sow_assets(sower);
    sow_checklist(sower);
    sow_hangers(sower);
}

fn sow_people(sower: &mut Sower) {
    let place = json!({
        "organization-id": ACME,
        "name": "Headquarters",
        "address-1": "1 Acme Plaza",
        "address-2": "Suite 400",
        "city": "New York",
        "postal-code": "10001",
        "region-id": 1,
        "country-id": 1,
        "phone": "555-0100",
        "primary": true,
        "psa-integration": "disabled",
        "my-glue": false,
    });
    sower.put("locations", 401, place);
    sower.put(
        "contacts",
        501,
        contact("Dana", "Reyes", "IT Manager", "disabled"),
    );
    sower.put(
        "contacts",
        502,
        contact("Sam", "Whitfield", "Controller", "enabled"),
    );
}

fn contact(first: &str, last: &str, title: &str, psa: &str) -> Value {
    let mail = format!("{first}.{last}@acme.example").to_lowercase();
    json!({
        "organization-id": ACME,
        "first-name": first,
        "last-name": last,
        "title": title,
        "contact-type-id": 42,
        "location-id": 401,
        "important": true,
        "notes": "Prefers mail",
        "contact-emails": [
            { "value": mail, "label-name": "Work", "primary": true },
            { "value": format!("{}@home.example", first.to_lowercase()), "label-name": "Home",
                "primary": false },
        ],
        "contact-phones": [
            { "value": "555-0101", "label-name": "Work", "primary": true, "extension": "12" },
        ],
        "restricted": false,
        "my-glue": false,
        "psa-integration": psa,
    })
}

fn sow_devices(sower: &mut Sower) {
    let server = json!({
        "organization-id": ACME,
        "name": "ACME-DC01",
        "hostname": "acme-dc01",
        "configuration-type-id": 51,
        "configuration-status-id": 61,
        "primary-ip": "10.2.0.10",
        "mac-address": "00:1A:2B:00:07:01",
        "default-gateway": "10.2.0.1",
        "serial-number": "SN00000701",
        "asset-tag": "ACME-0001",
        "notes": "Domain controller",
        "operating-system-id": 1,
        "manufacturer-id": 81,
        "model-id": 91,
        "location-id": 401,
        "contact-id": 501,
        "warranty-expires-at": "2027-06-30",
        "installed-at": "2024-06-30",
        "archived": false,
        "restricted": false,
        "psa-integration": "disabled",
        "my-glue": false,
    });
    sower.put("configurations", 701, server);
    for (id, name, address) in [(751, "LAN", "10.2.0.10"), (752, "iDRAC", "10.2.0.11")] {
        let interface = json!({
            "configuration-id": 701,
            "name": name,
            "ip-address": address,
            "mac-address": super::devices::mac(sower),
            "primary": id == 751,
        });
        sower.put("configuration_interfaces", id, interface);
    }
}

fn sow_passwords(sower: &mut Sower) {
    for (id, name) in [(651, "Infrastructure"), (652, "Empty")] {
        let folder = json!({ "organization-id": ACME, "name": name, "restricted": false });
        sower.put("password_folders", id, folder);
    }
    let general = json!({
        "organization-id": ACME,
        "name": "Domain Admin",
        "username": "ACME\\administrator",
        "password": "Correct-Horse-601",
        "url": "https://acme-dc01.acme.example",
        "notes": "Break glass only",
        "password-category-id": 71,
        "password-folder-id": 651,
        "otp-secret": "JBSWY3DPEHPK3PXP",
        "archived": false,
        "restricted": true,
        "my-glue": false,
    });
    sower.put("passwords", 601, general);
    sower.put(
        "passwords",
        602,
        embedded("iDRAC", "root", 701, "configurations"),
    );
    sower.put(
        "passwords",
        603,
        embedded("Password", "", 124, "flexible-asset-traits"),
    );
}

fn embedded(name: &str, user: &str, id: u64, kind: &str) -> Value {
    json!({
        "organization-id": ACME,
        "name": name,
        "username": user,
        "password": format!("Embedded-Secret-{id}"),
        "resource-id": id,
        "resource-type": kind,
        "archived": false,
        "restricted": false,
        "my-glue": false,
    })
}

fn sow_documents(sower: &mut Sower) {
    for (id, parent) in [(851, None), (852, Some(851))] {
        let name = if parent.is_some() {
            "Networking"
        } else {
            "Runbooks"
        };
        let folder = json!({ "organization-id": ACME, "name": name, "parent-id": parent });
        sower.put("document_folders", id, folder);
    }
    let sections = [
        (901, "Document::Heading", Some("Onboarding"), Some(1)),
        (
            902,
            "Document::Text",
            Some("<p>Order the laptop two weeks ahead.</p>"),
            None,
        ),
        (
            903,
            "Document::Step",
            Some("<p>Create the account.</p>"),
            None,
        ),
    ];
    let bodies: Vec<_> = sections.iter().filter_map(|section| section.2).collect();
    let mut onboarding = document("Onboarding", None, true);
    if let Some(record) = onboarding.as_object_mut() {
        record.insert("_published".to_owned(), json!(bodies));
    }
    sower.put("documents", 801, onboarding);
    for (sort, (id, kind, content, level)) in (1_u64..).zip(sections) {
        sower.put(
            "document_sections",
            id,
            section(801, sort, kind, content, level),
        );
    }
    sower.put(
        "documents",
        802,
        document("Firewall Replacement", None, false),
    );
    let text = section(802, 1, "Document::Text", Some("<p>Draft.</p>"), None);
    sower.put("document_sections", 904, text);
    sower.put("documents", 803, document("VPN Setup", Some(851), false));
}

fn document(name: &str, folder: Option<u64>, is_published: bool) -> Value {
    json!({
        "organization-id": ACME,
        "name": name,
        "document-folder-id": folder,
        "restricted": false,
        "archived": false,
        "published": is_published,
        "my-glue": false,
    })
}

fn section(
    document: u64,
    sort: u64,
    kind: &str,
    content: Option<&str>,
    level: Option<u64>,
) -> Value {
    json!({
        "document-id": document,
        "resource-type": kind,
        "content": content,
        "level": level,
        "duration": (kind == "Document::Step").then_some(10),
        "sort": sort,
    })
}

fn sow_assets(sower: &mut Sower) {
    let office = json!({
        "name": "Office 365",
        "version": "E3",
        "category": "Productivity",
        "application-server": [701],
        "location": "Headquarters",
        "seats": 42,
        "business-critical": true,
        "renewal-date": "2027-03-31",
        "importance-notes": "<p>Mail and files of the whole company.</p>",
    });
    sower.put("flexible_assets", 123, assets::asset(ACME, 21, office));
    let portal = json!({
        "vendor": "Fortinet Portal",
        "login": "it@acme.example",
        "password": 603,
        "contract": {
            "name": "contract.pdf",
            "size": 48_213,
            "url": "https://acme-msp.itglue.com/uploads/contract.pdf",
        },
        "used-by": [123],
        "notes": "Renewed every three years",
    });
    sower.put("flexible_assets", 124, assets::asset(ACME, 25, portal));
    let mail = json!({
        "type": "Office 365",
        "domain": "mail.acme.example",
        "administrators": [501],
        "webmail-url": "https://outlook.office.com",
    });
    sower.put("flexible_assets", 125, assets::asset(ACME, 22, mail));
}

fn sow_checklist(sower: &mut Sower) {
    let checklist = json!({
        "organization-id": ACME,
        "name": "Onboarding",
        "description": "For every new employee",
        "due-date": "2026-12-01",
        "completed": false,
    });
    sower.put("checklists", 951, checklist);
    for (sort, name) in (1_u64..).zip(["Create the account", "Hand over the laptop"]) {
        let task = json!({ "checklist-id": 951, "name": name, "completed": false, "sort": sort });
        sower.put("checklist_tasks", 960 + sort, task);
    }
}

/// What hangs on other records.
fn sow_hangers(sower: &mut Sower) {
    let attachment = json!({
        "name": "Rack plan",
        "attachment-file-name": "rack.pdf",
        "attachment-content-type": "application/pdf",
        "attachment-file-size": 5,
        "resource-type": "configurations",
        "resource-id": 701,
        "_content": "aGVsbG8=",
    });
    sower.put("attachments", 971, attachment);
    let related = json!({
        "destination-type": "Contact",
        "destination-id": 501,
        "notes": "Looks after it",
        "resource-type": "configurations",
        "resource-id": 701,
    });
    sower.put("related_items", 981, related);
}
