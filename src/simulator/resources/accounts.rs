//! Organizations and what belongs to the account as a whole.

use crate::simulator::schema::{
    CATEGORY, CREATED, MY_GLUE, Nested, ORGANIZATION, PSA, READ, Resource, Special, UPDATED, URL,
    Verb, bare_link, flag, free, link, number, resource, text, time,
};

pub(super) const RESOURCES: &[Resource] = &[
    Resource {
        flat: &[
            Verb::List,
            Verb::Show,
            Verb::Create,
            Verb::Update,
            Verb::UpdateMany,
            Verb::Delete,
            Verb::DeleteMany,
        ],
        attributes: &[
            text("name").required(),
            text("alert"),
            text("description"),
            text("quick-notes"),
            text("short-name"),
            link(
                "organization-type-id",
                "organization_types",
                "organization-type-name",
            ),
            link(
                "organization-status-id",
                "organization_statuses",
                "organization-status-name",
            ),
            flag("primary"),
            text("logo"),
            bare_link("parent-id", "organizations"),
            MY_GLUE,
            PSA,
            text("psa-id").read_only(),
            CREATED,
            UPDATED,
            URL,
        ],
        sorts: &[
            "name",
            "id",
            "created_at",
            "updated_at",
            "short_name",
            "organization_status_name",
            "organization_type_name",
            "my_glue_account_id",
        ],
        filters: &[
            "id",
            "name",
            "organization_type_id",
            "organization_status_id",
            "created_at",
            "updated_at",
            "psa_id",
            "primary",
        ],
        special: Special::Organization,
        ..resource("organizations", "organizations", "Organization")
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
        ..resource(
            "organization_types",
            "organization-types",
            "Organization Type",
        )
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
        ..resource(
            "organization_statuses",
            "organization-statuses",
            "Organization Status",
        )
    },
    Resource {
        flat: &[Verb::List, Verb::Show, Verb::Update],
        attributes: &[
            text("first-name"),
            text("last-name"),
            text("name").read_only(),
            text("email").read_only(),
            text("role-name").read_only(),
            number("reputation").read_only(),
            MY_GLUE,
            time("last-sign-in-at").read_only(),
            text("last-sign-in-ip").read_only(),
            text("avatar"),
            CREATED,
            UPDATED,
        ],
        filters: &["id", "name", "email", "role_name"],
        ..resource("users", "users", "User")
    },
    Resource {
        flat: &[
            Verb::List,
            Verb::Show,
            Verb::Create,
            Verb::Update,
            Verb::UpdateMany,
            Verb::Delete,
        ],
        attributes: &[
            text("name").required(),
            text("description"),
            flag("hide-from-my-glue"),
            CREATED,
            UPDATED,
        ],
        ..resource("groups", "groups", "Group")
    },
    Resource {
        flat: &[Verb::List],
        attributes: &[
            text("event").read_only(),
            text("resource-type").read_only(),
            number("resource-id").read_only(),
            text("resource-name").read_only(),
            link("organization-id", "organizations", "organization-name").read_only(),
            link("user-id", "users", "user-name").read_only(),
            CREATED,
        ],
        sorts: &["created_at"],
        filters: &[
            "created_at",
            "organization_id",
            "user_id",
            "resource_type",
            "resource_id",
        ],
        ..resource("logs", "logs", "Log")
    },
    Resource {
        flat: &[Verb::List],
        attributes: &[
            link("user-id", "users", "user-name").read_only(),
            link("organization-id", "organizations", "organization-name").read_only(),
            text("resource-type").read_only(),
            text("date").read_only(),
            number("created").read_only(),
            number("viewed").read_only(),
            number("edited").read_only(),
            number("deleted").read_only(),
        ],
        sorts: &["id"],
        filters: &["user_id", "organization_id", "resource_type", "date"],
        ..resource("user_metrics", "user-metrics", "User Metric")
    },
    Resource {
        flat: &[Verb::List, Verb::Show, Verb::Create, Verb::Delete],
        attributes: &[
            bare_link("organization-id", "organizations"),
            flag("include-logs"),
            text("status").read_only(),
            text("download-url").read_only(),
            CREATED,
            UPDATED,
        ],
        ..resource("exports", "exports", "Export")
    },
    Resource {
        flat: READ,
        nested: &[Nested {
            parent: "organizations",
            via: "organization-id",
            verbs: READ,
        }],
        attributes: &[
            ORGANIZATION,
            number("resource-id").read_only(),
            text("resource-name").read_only(),
            text("resource-type-name").read_only(),
            text("resource-attribute-name").read_only(),
            text("description").read_only(),
            free("expiration-date").read_only(),
            CREATED,
            UPDATED,
        ],
        sorts: &[
            "id",
            "organization_id",
            "expiration_date",
            "created_at",
            "updated_at",
        ],
        filters: &[
            "id",
            "resource_id",
            "resource_name",
            "resource_type_name",
            "organization_id",
        ],
        ..resource("expirations", "expirations", "Expiration")
    },
];
