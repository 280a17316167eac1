//! Locations and contacts of a client.

use serde_json::json;

use super::Sower;
use super::clients::Client;

const STREETS: &[&str] = &["Main Street", "Harbor Road", "Market Square", "Mill Lane"];
const FIRST: &[&str] = &[
    "Ana", "Ben", "Chloe", "Diego", "Emma", "Farid", "Grace", "Hugo", "Ines",
];
const LAST: &[&str] = &[
    "Adler", "Brown", "Costa", "Diaz", "Evans", "Fischer", "Gupta", "Hall",
];
const TITLES: &[&str] = &[
    "Office Manager",
    "Accountant",
    "IT Coordinator",
    "CEO",
    "Sales",
];

pub(super) fn sow_places(sower: &mut Sower, client: &Client) -> Vec<u64> {
    ["Main Office", "Warehouse"]
        .into_iter()
        .map(|name| {
            let number = 1 + sower.chance.below(400);
            let place = json!({
                "organization-id": client.id,
                "name": format!("{name} {}", client.short),
                "address-1": format!("{number} {}", sower.word(STREETS)),
                "city": "Springfield",
                "postal-code": format!("{:05}", 10_000 + sower.chance.below(80_000)),
                "region-id": client.region.0,
                "country-id": client.region.1,
                "phone": phone(sower),
                "primary": name == "Main Office" && client.id != 2,
                "psa-integration": "disabled",
                "my-glue": false,
            });
            sower.add("locations", place)
        })
        .collect()
}

pub(super) fn sow(sower: &mut Sower, client: &Client, places: &[u64]) -> Vec<u64> {
    (0..6)
        .map(|index| {
            let (first, last) = (sower.word(FIRST), sower.word(LAST));
            let mail = format!("{}.{}@{}", first, last, client.domain).to_lowercase();
            let contact = json!({
                "organization-id": client.id,
                "first-name": first,
                "last-name": last,
                "title": sower.word(TITLES),
                "contact-type-id": sower.one_of(&[41, 42, 43]),
                "location-id": sower.one_of(places),
                "important": index == 0,
                "notes": "",
                "contact-emails": [{ "value": mail, "label-name": "Work", "primary": true }],
                "contact-phones": [
                    { "value": phone(sower), "label-name": "Work", "primary": true },
                    { "value": phone(sower), "label-name": "Mobile", "primary": false },
                ],
                "restricted": false,
                "my-glue": false,
                "psa-integration": "disabled",
            });
            sower.add("contacts", contact)
        })
        .collect()
}

fn phone(sower: &mut Sower) -> String {
    format!("555-01{:02}", sower.chance.below(100))
}
