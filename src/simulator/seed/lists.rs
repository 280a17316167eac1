//! The lists records choose from, and the people of the account.

use serde_json::json;

use super::Sower;

/// Categories: kind, id, name, and whether the entry came from a PSA.
const CATEGORIES: &[(&str, u64, &str, bool)] = &[
    ("organization_types", 11, "Managed Services", false),
    ("organization_types", 12, "Break-Fix", false),
    ("organization_types", 13, "Prospect", true),
    ("organization_statuses", 31, "Active", false),
    ("organization_statuses", 32, "Inactive", false),
    ("organization_statuses", 33, "Onboarding", true),
    ("contact_types", 41, "Decision Maker", false),
    ("contact_types", 42, "Technical Contact", false),
    ("contact_types", 43, "End User", false),
    ("contact_types", 44, "Approver", true),
    ("configuration_types", 51, "Server", false),
    ("configuration_types", 52, "Workstation", false),
    ("configuration_types", 53, "Firewall", false),
    ("configuration_types", 54, "Switch", false),
    ("configuration_types", 55, "Printer", true),
    ("configuration_statuses", 61, "Active", false),
    ("configuration_statuses", 62, "Inactive", false),
    ("configuration_statuses", 63, "In Stock", true),
    ("manufacturers", 81, "Dell", false),
    ("manufacturers", 82, "HP", false),
    ("manufacturers", 83, "Fortinet", false),
    ("manufacturers", 84, "Ubiquiti", true),
];

const NAMED: &[(&str, u64, &str)] = &[
    ("password_categories", 71, "Active Directory"),
    ("password_categories", 72, "Application"),
    ("password_categories", 73, "Vendor"),
    ("password_categories", 74, "Wireless"),
    ("platforms", 1, "Windows"),
    ("platforms", 2, "macOS"),
    ("platforms", 3, "Linux"),
];

const MODELS: &[(u64, &str, u64)] = &[
    (91, "PowerEdge R650", 81),
    (92, "OptiPlex 7010", 81),
    (93, "LaserJet M507", 82),
    (94, "FortiGate 60F", 83),
    (95, "USW-Pro-48", 84),
];

const OPERATING_SYSTEMS: &[(u64, &str, u64)] = &[
    (1, "Windows Server 2022", 1),
    (2, "Windows 11 Pro", 1),
    (3, "macOS 15", 2),
    (4, "Ubuntu 24.04", 3),
];

const COUNTRIES: &[(u64, &str, &str)] = &[
    (1, "United States", "US"),
    (2, "Canada", "CA"),
    (3, "Germany", "DE"),
];

const REGIONS: &[(u64, &str, &str, u64)] = &[
    (1, "New York", "NY", 1),
    (2, "Illinois", "IL", 1),
    (3, "Ontario", "ON", 2),
    (4, "Bayern", "BY", 3),
];

const USERS: &[(u64, &str, &str, &str)] = &[
    (301, "Priya", "Nair", "Administrator"),
    (302, "Tom", "Becker", "Manager"),
    (303, "Lena", "Okafor", "Editor"),
    (304, "Marc", "Dubois", "Creator"),
];

pub(super) fn sow(sower: &mut Sower) {
    for (kind, id, name, synced) in CATEGORIES {
        sower.put(kind, *id, json!({ "name": name, "synced": synced }));
    }
    for (kind, id, name) in NAMED {
        sower.put(kind, *id, json!({ "name": name }));
    }
    for (id, name, maker) in MODELS {
        let model = json!({ "name": name, "manufacturer-id": maker, "synced": false });
        sower.put("models", *id, model);
    }
    for (id, name, platform) in OPERATING_SYSTEMS {
        sower.put(
            "operating_systems",
            *id,
            json!({ "name": name, "platform-id": platform }),
        );
    }
    for (id, name, iso) in COUNTRIES {
        sower.put("countries", *id, json!({ "name": name, "iso": iso }));
    }
    for (id, name, iso, country) in REGIONS {
        sower.put(
            "regions",
            *id,
            json!({ "name": name, "iso": iso, "country-id": country }),
        );
    }
    sow_people(sower);
}

fn sow_people(sower: &mut Sower) {
    for (id, first, last, role) in USERS {
        let user = json!({
            "first-name": first,
            "last-name": last,
            "email": format!("{}@northwind-msp.example", first.to_lowercase()),
            "role-name": role,
            "reputation": 40,
            "my-glue": false,
            "last-sign-in-at": "2026-11-02T07:58:12.000Z",
            "last-sign-in-ip": "203.0.113.24",
        });
        sower.put("users", *id, user);
    }
    for (id, name) in [
        (351, "Service Desk"),
        (352, "Projects"),
        (353, "Vault Keepers"),
    ] {
        let group = json!({
            "name": name,
            "description": format!("{name} of Northwind MSP"),
            "hide-from-my-glue": true,
        });
        sower.put("groups", id, group);
    }
}
