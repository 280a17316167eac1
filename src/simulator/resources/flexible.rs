//! Flexible assets, their types and fields.

use crate::simulator::schema::{
    CREATED, MY_GLUE, Nested, ORGANIZATION, Resource, Special, UPDATED, URL, Verb, bare_link, flag,
    free, link, number, resource, text,
};

pub(super) const RESOURCES: &[Resource] = &[
    // Many at once are created on the nested route only; its index is reported as 404.
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
        nested: &[Nested {
            parent: "organizations",
            via: "organization-id",
            verbs: &[Verb::Create, Verb::CreateMany],
        }],
        attributes: &[
            ORGANIZATION,
            link(
                "flexible-asset-type-id",
                "flexible_asset_types",
                "flexible-asset-type-name",
            )
            .required(),
            text("name").read_only(),
            free("traits"),
            flag("archived"),
            flag("restricted").read_only(),
            MY_GLUE,
            CREATED,
            UPDATED,
            URL,
        ],
        sorts: &["name", "created_at", "updated_at"],
        filters: &["flexible_asset_type_id", "name", "organization_id"],
        list_includes: &["passwords"],
        show_includes: &[
            "passwords",
            "attachments",
            "recent_versions",
            "related_items",
            "authorized_users",
        ],
        special: Special::FlexibleAsset,
        ..resource("flexible_assets", "flexible-assets", "Flexible Asset")
    },
    Resource {
        flat: &[Verb::List, Verb::Show, Verb::Create, Verb::Update],
        attributes: &[
            text("name").required(),
            text("icon"),
            text("description"),
            flag("enabled"),
            flag("show-in-menu"),
            CREATED,
            UPDATED,
        ],
        filters: &["id", "name", "icon", "enabled"],
        list_includes: &["flexible_asset_fields"],
        show_includes: &["flexible_asset_fields"],
        special: Special::FlexibleAssetType,
        ..resource(
            "flexible_asset_types",
            "flexible-asset-types",
            "Flexible Asset Type",
        )
    },
    Resource {
        flat: &[
            Verb::Show,
            Verb::Create,
            Verb::CreateMany,
            Verb::Update,
            Verb::UpdateMany,
            Verb::Delete,
        ],
        nested: &[Nested {
            parent: "flexible_asset_types",
            via: "flexible-asset-type-id",
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
            bare_link("flexible-asset-type-id", "flexible_asset_types").required(),
            text("name").required(),
            text("kind").required(),
            number("order"),
            text("hint"),
            number("decimals"),
            text("tag-type"),
            flag("required"),
            flag("use-for-title"),
            flag("expiration"),
            flag("show-in-list"),
            text("default-value"),
            text("name-key").read_only(),
            CREATED,
            UPDATED,
        ],
        sorts: &["created_at", "updated_at"],
        special: Special::FlexibleAssetField,
        ..resource(
            "flexible_asset_fields",
            "flexible-asset-fields",
            "Flexible Asset Field",
        )
    },
];
