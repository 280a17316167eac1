//! Configurations, domains, passwords and what expires.

use serde_json::json;

use super::Sower;
use super::clients::Client;

struct Model {
    kind: u64,
    prefix: &'static str,
    product: u64,
    maker: u64,
    system: Option<u64>,
}

const MODELS: &[Model] = &[
    Model {
        kind: 51,
        prefix: "SRV",
        product: 91,
        maker: 81,
        system: Some(1),
    },
    Model {
        kind: 52,
        prefix: "WS",
        product: 92,
        maker: 81,
        system: Some(2),
    },
    Model {
        kind: 53,
        prefix: "FW",
        product: 94,
        maker: 83,
        system: None,
    },
    Model {
        kind: 54,
        prefix: "SW",
        product: 95,
        maker: 84,
        system: None,
    },
];

pub(super) fn sow(
    sower: &mut Sower,
    client: &Client,
    places: &[u64],
    contacts: &[u64],
) -> Vec<u64> {
    let devices: Vec<u64> = (0..12)
        .filter_map(|index| {
            let model = MODELS.get(index % MODELS.len())?;
            Some(device(sower, client, model, index, places, contacts))
        })
        .collect();
    sow_domain(sower, client);
    sow_passwords(sower, client, &devices);
    for device in devices.iter().take(3) {
        expire(sower, client, *device);
    }
    devices
}

fn device(
    sower: &mut Sower,
    client: &Client,
    model: &Model,
    index: usize,
    places: &[u64],
    contacts: &[u64],
) -> u64 {
    let name = format!("{}-{}{:02}", client.short, model.prefix, index + 2);
    let address = format!("10.{}.0.{}", client.id % 200, index + 20);
    let configuration = json!({
        "organization-id": client.id,
        "name": name,
        "hostname": name.to_lowercase(),
        "configuration-type-id": model.kind,
        "configuration-status-id": if index == 11 { 62 } else { 61 },
        "primary-ip": address,
        "mac-address": mac(sower),
        "default-gateway": format!("10.{}.0.1", client.id % 200),
        "serial-number": format!("SN{:08}", sower.chance.below(100_000_000)),
        "asset-tag": format!("{}-{:04}", client.short, index + 100),
        "operating-system-id": model.system,
        "manufacturer-id": model.maker,
        "model-id": model.product,
        "location-id": sower.one_of(places),
        "contact-id": sower.one_of(contacts),
        "warranty-expires-at": sower.day(700),
        "installed-at": sower.day(0),
        "archived": index == 11,
        "restricted": false,
        "psa-integration": "disabled",
        "my-glue": false,
    });
    let id = sower.add("configurations", configuration);
    let interface = json!({
        "configuration-id": id,
        "name": "eth0",
        "ip-address": address,
        "mac-address": mac(sower),
        "primary": true,
    });
    sower.add("configuration_interfaces", interface);
    id
}

pub(super) fn mac(sower: &mut Sower) -> String {
    let parts: Vec<String> = (0..3)
        .map(|_| format!("{:02X}", sower.chance.below(256)))
        .collect();
    format!("00:1A:2B:{}", parts.join(":"))
}

fn sow_domain(sower: &mut Sower, client: &Client) {
    let domain = json!({
        "organization-id": client.id,
        "name": client.domain,
        "registrar-name": sower.word(&["Gandi", "Namecheap", "Cloudflare"]),
        "expires-on": sower.day(700),
    });
    let id = sower.add("domains", domain);
    let expiration = json!({
        "organization-id": client.id,
        "resource-id": id,
        "resource-name": client.domain,
        "resource-type-name": "Domain",
        "resource-attribute-name": "expires-on",
        "expiration-date": sower.day(700),
    });
    sower.add("expirations", expiration);
}

fn expire(sower: &mut Sower, client: &Client, device: u64) {
    let expiration = json!({
        "organization-id": client.id,
        "resource-id": device,
        "resource-name": format!("Configuration {device}"),
        "resource-type-name": "Configuration",
        "resource-attribute-name": "warranty-expires-at",
        "expiration-date": sower.day(700),
    });
    sower.add("expirations", expiration);
}

fn sow_passwords(sower: &mut Sower, client: &Client, devices: &[u64]) {
    let folder = json!({ "organization-id": client.id, "name": "Vendors", "restricted": false });
    let folder = sower.add("password_folders", folder);
    for (name, user, category) in [
        ("Registrar", "hostmaster", 73),
        ("Guest Wi-Fi", "guest", 74),
        ("Backup Portal", "backup", 72),
    ] {
        let password = json!({
            "organization-id": client.id,
            "name": name,
            "username": format!("{user}@{}", client.domain),
            "password": sower.secret(),
            "password-category-id": category,
            "password-folder-id": folder,
            "archived": false,
            "restricted": false,
            "my-glue": false,
        });
        sower.add("passwords", password);
    }
    for device in devices.iter().take(2) {
        let password = json!({
            "organization-id": client.id,
            "name": "Local Administrator",
            "username": "administrator",
            "password": sower.secret(),
            "password-category-id": 71,
            "resource-id": device,
            "resource-type": "configurations",
            "archived": false,
            "restricted": true,
            "my-glue": false,
        });
        sower.add("passwords", password);
    }
}
