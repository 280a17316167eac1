//! Configurations, their interfaces, and the lists they choose from.

use crate::simulator::schema::{
    Attribute, CATEGORY, CREATED, FULL, MY_GLUE, Nested, ORGANIZATION, PSA, Resource, Special,
    UPDATED, URL, Verb, bare_link, date, flag, link, resource, text,
};

const NAMED: &[Attribute] = &[
    text("name").required(),
    flag("synced").read_only(),
    CREATED,
    UPDATED,
];

pub(super) const RESOURCES: &[Resource] = &[
    Resource {
        flat: FULL,
        nested: &[Nested {
            parent: "organizations",
            via: "organization-id",
            verbs: &[
                Verb::List,
                Verb::Show,
                Verb::Create,
                Verb::CreateMany,
                Verb::Update,
                Verb::DeleteMany,
            ],
        }],
        attributes: CONFIGURATION,
        filters: &[
            "id",
            "name",
            "organization_id",
            "configuration_type_id",
            "configuration_status_id",
            "contact_id",
            "serial_number",
            "mac_address",
            "asset_tag",
            "archived",
        ],
        list_includes: &["passwords", "configuration_interfaces"],
        show_includes: &[
            "passwords",
            "configuration_interfaces",
            "rmm_records",
            "recent_versions",
            "related_items",
            "authorized_users",
        ],
        ..resource("configurations", "configurations", "Configuration")
    },
    Resource {
        flat: CATEGORY,
        attributes: NAMED,
        special: Special::Category,
        ..resource(
            "configuration_types",
            "configuration-types",
            "Configuration Type",
        )
    },
    Resource {
        flat: CATEGORY,
        attributes: NAMED,
        special: Special::Category,
        ..resource(
            "configuration_statuses",
            "configuration-statuses",
            "Configuration Status",
        )
    },
    Resource {
        flat: &[
            Verb::List,
            Verb::Show,
            Verb::Create,
            Verb::CreateMany,
            Verb::Update,
            Verb::UpdateMany,
        ],
        nested: &[Nested {
            parent: "configurations",
            via: "configuration-id",
            verbs: &[
                Verb::List,
                Verb::Show,
                Verb::Create,
                Verb::CreateMany,
                Verb::Update,
            ],
        }],
        attributes: &[
            bare_link("configuration-id", "configurations").required(),
            text("name"),
            text("ip-address"),
            text("mac-address"),
            flag("primary"),
            text("notes"),
            CREATED,
            UPDATED,
        ],
        sorts: &["created_at", "updated_at"],
        filters: &["id", "ip_address"],
        ..resource(
            "configuration_interfaces",
            "configuration-interfaces",
            "Configuration Interface",
        )
    },
    Resource {
        flat: CATEGORY,
        attributes: NAMED,
        ..resource("manufacturers", "manufacturers", "Manufacturer")
    },
    Resource {
        flat: &[
            Verb::List,
            Verb::Show,
            Verb::Create,
            Verb::CreateMany,
            Verb::Update,
            Verb::UpdateMany,
        ],
        nested: &[Nested {
            parent: "manufacturers",
            via: "manufacturer-id",
            verbs: &[
                Verb::List,
                Verb::Show,
                Verb::Create,
                Verb::CreateMany,
                Verb::Update,
            ],
        }],
        attributes: &[
            link("manufacturer-id", "manufacturers", "manufacturer-name").required(),
            text("name").required(),
            flag("synced").read_only(),
            CREATED,
            UPDATED,
        ],
        ..resource("models", "models", "Model")
    },
    Resource {
        attributes: &[
            text("name"),
            link("platform-id", "platforms", "platform-name"),
            CREATED,
            UPDATED,
        ],
        ..resource("operating_systems", "operating-systems", "Operating System")
    },
    Resource {
        attributes: &[text("name"), CREATED, UPDATED],
        ..resource("platforms", "platforms", "Platform")
    },
    Resource {
        flat: &[Verb::List],
        nested: &[Nested {
            parent: "organizations",
            via: "organization-id",
            verbs: &[Verb::List],
        }],
        attributes: &[
            ORGANIZATION,
            text("name"),
            text("screenshot"),
            text("registrar-name"),
            text("notes"),
            date("expires-on"),
            CREATED,
            UPDATED,
            URL,
        ],
        sorts: &["created_at", "updated_at"],
        filters: &["id", "organization_id"],
        list_includes: &["passwords"],
        ..resource("domains", "domains", "Domain")
    },
];

const CONFIGURATION: &[Attribute] = &[
    ORGANIZATION,
    text("organization-short-name").read_only(),
    link(
        "configuration-type-id",
        "configuration_types",
        "configuration-type-name",
    )
    .required(),
    text("configuration-type-kind").read_only(),
    text("name").required(),
    link(
        "configuration-status-id",
        "configuration_statuses",
        "configuration-status-name",
    ),
    text("hostname"),
    text("primary-ip"),
    text("mac-address"),
    text("default-gateway"),
    text("serial-number"),
    text("asset-tag"),
    text("position"),
    text("installed-by"),
    text("purchased-by"),
    text("notes"),
    text("operating-system-notes"),
    link(
        "operating-system-id",
        "operating_systems",
        "operating-system-name",
    ),
    link("manufacturer-id", "manufacturers", "manufacturer-name"),
    link("model-id", "models", "model-name"),
    link("location-id", "locations", "location-name"),
    link("contact-id", "contacts", "contact-name"),
    date("warranty-expires-at"),
    date("installed-at"),
    date("purchased-at"),
    date("mitp-device-expiration-date"),
    date("mitp-end-of-life-date"),
    flag("archived"),
    flag("restricted"),
    PSA,
    MY_GLUE,
    CREATED,
    UPDATED,
    URL,
];
