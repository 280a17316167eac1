//! Flexible asset types with fields of every kind, and assets of them.

use serde_json::{Value, json};

use crate::simulator::flexible_fields::slug;

use super::Sower;
use super::clients::Client;

struct Field {
    name: &'static str,
    kind: &'static str,
    mark: Mark,
    /// Options of a Select, target of a Tag.
    extra: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Optional,
    Required,
    /// Required, and part of the asset's name.
    Title,
}

const fn field(name: &'static str, kind: &'static str) -> Field {
    Field {
        name,
        kind,
        mark: Mark::Optional,
        extra: "",
    }
}

impl Field {
    const fn title(mut self) -> Self {
        self.mark = Mark::Title;
        self
    }

    const fn required(mut self) -> Self {
        self.mark = Mark::Required;
        self
    }

    const fn of(mut self, extra: &'static str) -> Self {
        self.extra = extra;
        self
    }
}

const TYPES: &[(u64, &str, &str, &[Field])] = &[
    (
        21,
        "Applications",
        "cubes",
        &[
            field("Basics", "Header"),
            field("Name", "Text").title(),
            field("Version", "Text"),
            field("Category", "Select")
                .required()
                .of("Productivity\nLine of Business\nSecurity"),
            field("Application Server", "Tag").of("Configurations"),
            field("Location", "Text"),
            field("Seats", "Number"),
            field("Business Critical", "Checkbox"),
            field("Renewal Date", "Date"),
            field("Importance Notes", "Textbox"),
        ],
    ),
    (
        22,
        "Email",
        "envelope",
        &[
            field("Type", "Select")
                .required()
                .of("Office 365\nExchange\nGoogle Workspace"),
            field("Domain", "Text").title(),
            field("Administrators", "Tag").of("Contacts"),
            field("Webmail URL", "Text"),
            field("Notes", "Textbox"),
        ],
    ),
    (
        23,
        "Backup",
        "hdd-o",
        &[
            field("Solution", "Text").title(),
            field("Protected Systems", "Tag").of("Configurations"),
            field("Retention Days", "Number").required(),
            field("Quota Used", "Percent"),
            field("Last Test", "Date"),
        ],
    ),
    (
        24,
        "LAN/WAN",
        "sitemap",
        &[
            field("Network Name", "Text").title(),
            field("Subnet", "Text").required(),
            field("Firewall", "Tag").of("Configurations"),
            field("Site", "Tag").of("Locations"),
            field("DHCP", "Checkbox"),
        ],
    ),
    (
        25,
        "Vendor Access",
        "key",
        &[
            field("Vendor", "Text").title(),
            field("Login", "Text"),
            field("Password", "Password"),
            field("Contract", "Upload"),
            field("Logo", "Upload"),
            field("Used By", "Tag").of("FlexibleAssetType: 21"),
            field("Notes", "Textbox"),
        ],
    ),
];

/// Fields get ids from 2101 on for type 21, 2201 for 22, and so on, in order.
pub(super) fn sow_types(sower: &mut Sower) {
    for (id, name, icon, fields) in TYPES {
        let kind = json!({
            "name": name,
            "icon": icon,
            "description": format!("{name} of a client"),
            "enabled": true,
            "show-in-menu": true,
        });
        sower.put("flexible_asset_types", *id, kind);
        for (order, field) in (1_u64..).zip(fields.iter()) {
            sower.put(
                "flexible_asset_fields",
                id * 100 + order,
                field_record(*id, order, field),
            );
        }
    }
}

fn field_record(kind: u64, order: u64, field: &Field) -> Value {
    json!({
        "flexible-asset-type-id": kind,
        "name": field.name,
        "name-key": slug(field.name),
        "kind": field.kind,
        "order": order,
        "tag-type": (field.kind == "Tag").then_some(field.extra),
        "default-value": (field.kind == "Select").then_some(field.extra),
        "required": field.mark != Mark::Optional,
        "use-for-title": field.mark == Mark::Title,
        "show-in-list": order < 5,
        "expiration": field.name == "Renewal Date",
    })
}

pub(super) fn sow(sower: &mut Sower, client: &Client, devices: &[u64]) {
    let server = sower.one_of(devices);
    let drawn = [
        (
            21,
            json!({ "name": "Sage 50", "category": "Line of Business", "version": "31.1",
            "application-server": [server], "business-critical": true }),
        ),
        (
            21,
            json!({ "name": "Bitdefender", "category": "Security",
            "seats": 10 + sower.chance.below(90) }),
        ),
        (
            22,
            json!({ "type": "Office 365", "domain": client.domain,
            "webmail-url": "https://outlook.office.com" }),
        ),
        (
            23,
            json!({ "solution": "Veeam", "protected-systems": [server], "retention-days": 30,
            "quota-used": sower.chance.below(100), "last-test": sower.day(400) }),
        ),
        (
            24,
            json!({ "network-name": format!("{} LAN", client.short),
            "subnet": format!("10.{}.0.0/24", client.id % 200), "dhcp": true }),
        ),
    ];
    for (kind, traits) in drawn {
        sower.add("flexible_assets", asset(client.id, kind, traits));
    }
}

pub(super) fn asset(organization: u64, kind: u64, traits: Value) -> Value {
    let mut asset = json!({
        "organization-id": organization,
        "flexible-asset-type-id": kind,
        "archived": false,
        "restricted": false,
        "my-glue": false,
    });
    if let Some(asset) = asset.as_object_mut() {
        asset.insert("traits".to_owned(), traits);
    }
    asset
}
