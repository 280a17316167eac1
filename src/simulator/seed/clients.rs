//! The organizations, and for each what an MSP documents.

use serde_json::{Value, json};

use super::{Sower, acme, assets, devices, people, writings};

/// A client and what has to be known to draw its records.
pub(super) struct Client {
    pub id: u64,
    pub name: &'static str,
    pub short: &'static str,
    pub domain: &'static str,
    kind: u64,
    status: u64,
    is_synced: bool,
    /// Of a region of `lists`, with its country.
    pub region: (u64, u64),
}

const ACME: u64 = 2;

const CLIENTS: &[Client] = &[
    Client {
        id: 1,
        name: "Northwind MSP",
        short: "NWMSP",
        domain: "northwind-msp.example",
        kind: 11,
        status: 31,
        is_synced: false,
        region: (1, 1),
    },
    Client {
        id: ACME,
        name: "Acme Corp",
        short: "ACME",
        domain: "acme.example",
        kind: 11,
        status: 31,
        is_synced: false,
        region: (1, 1),
    },
    Client {
        id: 3,
        name: "Globex",
        short: "GLBX",
        domain: "globex.example",
        kind: 11,
        status: 31,
        is_synced: false,
        region: (2, 1),
    },
    Client {
        id: 4,
        name: "Initech",
        short: "INIT",
        domain: "initech.example",
        kind: 12,
        status: 32,
        is_synced: false,
        region: (2, 1),
    },
    Client {
        id: 5,
        name: "Umbrella Health",
        short: "UMBR",
        domain: "umbrella-health.example",
        kind: 11,
        status: 31,
        is_synced: true,
        region: (3, 2),
    },
    Client {
        id: 6,
        name: "Stark Manufacturing",
        short: "STRK",
        domain: "stark-mfg.example",
        kind: 11,
        status: 33,
        is_synced: false,
        region: (1, 1),
    },
    Client {
        id: 1_694_461_951_918_297,
        name: "Wayne Legal",
        short: "WAYN",
        domain: "wayne-legal.example",
        kind: 12,
        status: 31,
        is_synced: false,
        region: (4, 3),
    },
];

pub(super) fn sow(sower: &mut Sower) {
    for client in CLIENTS {
        sower.put("organizations", client.id, organization(client));
    }
    for client in CLIENTS {
        if client.id == ACME {
            acme::sow(sower);
        }
        let places = people::sow_places(sower, client);
        let contacts = people::sow(sower, client, &places);
        let devices = devices::sow(sower, client, &places, &contacts);
        writings::sow(sower, client);
        assets::sow(sower, client, &devices);
    }
}

fn organization(client: &Client) -> Value {
    let psa = if client.is_synced {
        "enabled"
    } else {
        "disabled"
    };
    json!({
        "name": client.name,
        "short-name": client.short,
        "description": format!("{} is looked after by the service desk.", client.name),
        "alert": null,
        "quick-notes": format!("<p>Main domain: {}</p>", client.domain),
        "organization-type-id": client.kind,
        "organization-status-id": client.status,
        "primary": client.id == 1,
        "my-glue": false,
        "psa-integration": psa,
        "psa-id": client.is_synced.then(|| (client.id * 1000).to_string()),
    })
}
