//! People and places.

use crate::simulator::schema::{
    CATEGORY, CREATED, FULL, MY_GLUE, Nested, ORGANIZATION, PSA, READ, Resource, Special, UPDATED,
    URL, Verb, bare_link, channels, flag, link, resource, text,
};

const VERSIONED: &[&str] = &[
    "passwords",
    "recent_versions",
    "related_items",
    "authorized_users",
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
                Verb::Delete,
                Verb::DeleteMany,
            ],
        }],
        attributes: &[
            ORGANIZATION,
            text("first-name").required(),
            text("last-name"),
            text("name").read_only(),
            text("title"),
            link("contact-type-id", "contact_types", "contact-type-name"),
            link("location-id", "locations", "location-name"),
            flag("important"),
            text("notes"),
            channels("contact-emails"),
            channels("contact-phones"),
            flag("restricted").read_only(),
            MY_GLUE,
            PSA,
            CREATED,
            UPDATED,
            URL,
        ],
        sorts: &["first_name", "last_name", "id", "created_at", "updated_at"],
        filters: &[
            "id",
            "first_name",
            "last_name",
            "title",
            "contact_type_id",
            "important",
            "primary_email",
            "organization_id",
        ],
        list_includes: &["passwords"],
        show_includes: VERSIONED,
        special: Special::Contact,
        ..resource("contacts", "contacts", "Contact")
    },
    Resource {
        flat: CATEGORY,
        attributes: &[
            text("name").required(),
            flag("synced").read_only(),
            CREATED,
            UPDATED,
        ],
        special: Special::Category,
        ..resource("contact_types", "contact-types", "Contact Type")
    },
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
                Verb::Delete,
            ],
        }],
        attributes: &[
            ORGANIZATION,
            text("name").required(),
            text("address-1"),
            text("address-2"),
            text("city"),
            text("postal-code"),
            link("region-id", "regions", "region-name"),
            link("country-id", "countries", "country-name"),
            text("phone"),
            text("fax"),
            text("formatted-phone").read_only(),
            text("formatted-fax").read_only(),
            text("notes"),
            flag("primary"),
            PSA,
            MY_GLUE,
            CREATED,
            UPDATED,
            URL,
        ],
        filters: &[
            "id",
            "name",
            "city",
            "region_id",
            "country_id",
            "organization_id",
        ],
        list_includes: &["passwords"],
        show_includes: VERSIONED,
        ..resource("locations", "locations", "Location")
    },
    Resource {
        flat: READ,
        attributes: &[text("name"), text("iso"), CREATED, UPDATED],
        filters: &["id", "name", "iso"],
        ..resource("countries", "countries", "Country")
    },
    Resource {
        flat: READ,
        nested: &[Nested {
            parent: "countries",
            via: "country-id",
            verbs: READ,
        }],
        attributes: &[
            text("name"),
            text("iso"),
            bare_link("country-id", "countries"),
            CREATED,
            UPDATED,
        ],
        filters: &["id", "name", "iso", "country_id"],
        ..resource("regions", "regions", "Region")
    },
];
