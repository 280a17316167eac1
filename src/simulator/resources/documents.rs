//! Documents and their parts, checklists, and what can hang on any record.

use crate::simulator::schema::{
    CREATED, MY_GLUE, Nested, ORGANIZATION, Resource, Special, UPDATED, URL, Verb, bare_link, flag,
    free, number, resource, text, time,
};

pub(super) const RESOURCES: &[Resource] = &[
    // The index on the top level is reported as 404, so only the nested one is served.
    Resource {
        flat: &[
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
            bare_link("document-folder-id", "document_folders"),
            flag("restricted"),
            flag("archived"),
            flag("public"),
            flag("published").read_only(),
            free("content").read_only(),
            MY_GLUE,
            CREATED,
            UPDATED,
            URL,
        ],
        // `filter[name]` is not here on purpose: this index ignores it.
        filters: &["id", "document_folder_id"],
        show_includes: &[
            "attachments",
            "related_items",
            "recent_versions",
            "authorized_users",
        ],
        special: Special::Document,
        ..resource("documents", "documents", "Document")
    },
    Resource {
        segment: "sections",
        flat: &[],
        nested: &[Nested {
            parent: "documents",
            via: "document-id",
            verbs: &[
                Verb::List,
                Verb::Show,
                Verb::Create,
                Verb::Update,
                Verb::Delete,
            ],
        }],
        attributes: &[
            bare_link("document-id", "documents").read_only(),
            text("resource-type"),
            number("resource-id").read_only(),
            text("content"),
            text("rendered-content").read_only(),
            number("level"),
            number("duration"),
            number("reset-count"),
            number("sort"),
            number("document-gallery-id").read_only(),
            CREATED,
            UPDATED,
        ],
        sorts: &["sort", "id", "created_at", "updated_at"],
        filters: &["id", "resource_type", "document_id"],
        special: Special::Section,
        ..resource("document_sections", "document-sections", "Document Section")
    },
    Resource {
        flat: &[Verb::List],
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
            bare_link("parent-id", "document_folders"),
            free("ancestor-ids").read_only(),
            flag("restricted"),
            CREATED,
            UPDATED,
        ],
        filters: &["id", "name", "organization_id", "parent_id"],
        special: Special::DocumentFolder,
        ..resource("document_folders", "document-folders", "Document Folder")
    },
    Resource {
        flat: &[Verb::List, Verb::Show, Verb::Create, Verb::Delete],
        attributes: &[
            free("target"),
            free("image"),
            text("file-name").read_only(),
            text("inline-resource-url").read_only(),
            CREATED,
            UPDATED,
        ],
        special: Special::DocumentImage,
        ..resource("document_images", "document-images", "Document Image")
    },
    Resource {
        flat: &[
            Verb::List,
            Verb::Show,
            Verb::Update,
            Verb::UpdateMany,
            Verb::DeleteMany,
        ],
        nested: &[Nested {
            parent: "organizations",
            via: "organization-id",
            verbs: &[
                Verb::List,
                Verb::Show,
                Verb::Update,
                Verb::UpdateMany,
                Verb::DeleteMany,
            ],
        }],
        attributes: &[
            ORGANIZATION,
            text("name").required(),
            text("description"),
            time("due-date"),
            flag("completed").read_only(),
            CREATED,
            UPDATED,
            URL,
        ],
        sorts: &["completed", "created_at", "updated_at"],
        filters: &["id", "organization_id"],
        list_includes: &["checklist_tasks"],
        show_includes: &[
            "checklist_tasks",
            "attachments",
            "recent_versions",
            "related_items",
            "authorized_users",
        ],
        ..resource("checklists", "checklists", "Checklist")
    },
    // No route of their own: tasks are only seen through include=checklist_tasks.
    Resource {
        flat: &[],
        attributes: &[
            bare_link("checklist-id", "checklists"),
            text("name"),
            flag("completed"),
            number("sort"),
            CREATED,
            UPDATED,
        ],
        ..resource("checklist_tasks", "checklist-tasks", "Checklist Task")
    },
    // Both hang on a record of any kind; their routes are in `route`.
    Resource {
        flat: &[],
        attributes: &[
            text("name"),
            free("attachment"),
            text("attachment-file-name").read_only(),
            text("attachment-content-type").read_only(),
            number("attachment-file-size").read_only(),
            text("download-url").read_only(),
            CREATED,
            UPDATED,
        ],
        special: Special::Attachment,
        ..resource("attachments", "attachments", "Attachment")
    },
    Resource {
        flat: &[],
        attributes: &[
            text("destination-type"),
            number("destination-id"),
            text("destination-name").read_only(),
            text("notes"),
            text("resource-type").read_only(),
            number("resource-id").read_only(),
            CREATED,
            UPDATED,
        ],
        special: Special::RelatedItem,
        ..resource("related_items", "related-items", "Related Item")
    },
];

/// What attachments and related items allow on `/:resource_type/:resource_id/relationships`.
///
/// Deleting by id in the path is left out, as one client found that it does not exist, and so is
/// the index of related items, which the vendor's list does not have (endpoints.json).
pub(in crate::simulator) const ON_ANY_RECORD: &[(&str, &[Verb])] = &[
    (
        "attachments",
        &[
            Verb::List,
            Verb::Show,
            Verb::Create,
            Verb::Update,
            Verb::DeleteMany,
        ],
    ),
    (
        "related_items",
        &[
            Verb::Create,
            Verb::CreateMany,
            Verb::Update,
            Verb::DeleteMany,
        ],
    ),
];
