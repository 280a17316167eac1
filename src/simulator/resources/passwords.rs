//! Passwords, their folders and categories.

use crate::simulator::schema::{
    CATEGORY, CREATED, FULL, MY_GLUE, Nested, ORGANIZATION, Resource, Special, UPDATED, URL, Verb,
    bare_link, flag, free, link, number, resource, text, time,
};

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
            ],
        }],
        // `password` and `otp-secret` can be written; whether `password` is shown is decided in
        // `passwords`.
        attributes: &[
            ORGANIZATION,
            text("name").required(),
            text("username"),
            text("password").required(),
            text("url"),
            text("notes"),
            link(
                "password-category-id",
                "password_categories",
                "password-category-name",
            ),
            bare_link("password-folder-id", "password_folders"),
            number("resource-id"),
            text("resource-type"),
            text("cached-resource-type-name").read_only(),
            text("cached-resource-name").read_only(),
            text("otp-secret"),
            flag("otp-enabled").read_only(),
            free("autofill-selectors"),
            flag("restricted"),
            flag("archived"),
            time("password-updated-at").read_only(),
            number("updated-by").read_only(),
            text("updated-by-type").read_only(),
            number("vault-id").read_only(),
            text("parent-url").read_only(),
            flag("personal").read_only(),
            flag("is-live").read_only(),
            flag("rotation-permitted").read_only(),
            MY_GLUE,
            CREATED,
            UPDATED,
            URL,
        ],
        sorts: &["name", "username", "id", "created_at", "updated_at"],
        filters: &[
            "id",
            "name",
            "organization_id",
            "password_category_id",
            "url",
            "cached_resource_name",
            "archived",
        ],
        show_includes: &[
            "recent_versions",
            "related_items",
            "attachments",
            "authorized_users",
        ],
        special: Special::Password,
        ..resource("passwords", "passwords", "Password")
    },
    Resource {
        flat: &[Verb::UpdateMany],
        nested: &[Nested {
            parent: "organizations",
            via: "organization-id",
            verbs: &[
                Verb::List,
                Verb::Show,
                Verb::Create,
                Verb::Update,
                Verb::DeleteMany,
            ],
        }],
        attributes: &[
            ORGANIZATION,
            text("name").required(),
            flag("restricted"),
            bare_link("parent-id", "password_folders"),
            free("ancestor-ids").read_only(),
            CREATED,
            UPDATED,
        ],
        sorts: &["created_at", "updated_at"],
        list_includes: &["ancestors"],
        show_includes: &["ancestors"],
        special: Special::PasswordFolder,
        ..resource("password_folders", "password-folders", "Password Folder")
    },
    Resource {
        flat: CATEGORY,
        attributes: &[text("name").required(), CREATED, UPDATED],
        ..resource(
            "password_categories",
            "password-categories",
            "Password Category",
        )
    },
];
