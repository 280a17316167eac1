//! The rules that hold for some resources only.

use crate::simulator::refusal::{Complaint, Refusal};
use crate::simulator::render::is_synced;
use crate::simulator::schema::{Resource, Special};
use crate::simulator::world::{Record, World};
use crate::simulator::{
    attachments, documents, flexible_assets, flexible_fields, passwords, related_items,
};

use super::Draft;

/// Applies what the resource asks for beyond its attributes.
pub(super) fn apply(
    world: &mut World,
    resource: &Resource,
    draft: &mut Draft<'_>,
) -> Result<(), Refusal> {
    match resource.special {
        Special::Document => {
            documents::apply(draft);
            Ok(())
        }
        Special::Section => documents::apply_section(world, draft),
        Special::DocumentImage => documents::apply_image(world, draft),
        Special::FlexibleAsset => flexible_assets::apply(world, draft),
        Special::FlexibleAssetField => {
            flexible_fields::apply(world, draft);
            Ok(())
        }
        Special::Password => {
            passwords::apply(world, draft);
            Ok(())
        }
        Special::Attachment => attachments::apply(draft),
        Special::RelatedItem => related_items::apply(world, draft),
        Special::Plain if resource.kind == "exports" => {
            apply_export(draft);
            Ok(())
        }
        Special::Plain
        | Special::Organization
        | Special::Contact
        | Special::DocumentFolder
        | Special::FlexibleAssetType
        | Special::PasswordFolder
        | Special::Category => Ok(()),
    }
}

fn apply_export(draft: &mut Draft<'_>) {
    let url = format!("https://acme-msp.itglue.com/exports/{}/download", draft.id);
    draft.record.insert("status".to_owned(), "completed".into());
    draft.record.insert("download-url".to_owned(), url.into());
}

/// Records that came from a PSA refuse changes: organizations except to three attributes, contacts
/// and lists of categories altogether.
pub(super) fn refuse_synced(
    resource: &Resource,
    before: &Record,
    sent: &Record,
) -> Result<(), Refusal> {
    const OPEN: &[&str] = &["alert", "description", "quick-notes"];
    let is_refused = match resource.special {
        Special::Organization => sent.keys().any(|key| {
            let is_writable = resource
                .attribute(key)
                .is_some_and(|attribute| !attribute.read_only);
            is_writable && !OPEN.contains(&key.as_str())
        }),
        Special::Contact | Special::Category => true,
        Special::Plain
        | Special::Document
        | Special::Section
        | Special::DocumentImage
        | Special::DocumentFolder
        | Special::FlexibleAsset
        | Special::FlexibleAssetType
        | Special::FlexibleAssetField
        | Special::Password
        | Special::PasswordFolder
        | Special::Attachment
        | Special::RelatedItem => false,
    };
    if is_refused && is_synced(before) {
        let detail = format!("{} is synced and cannot be updated", resource.label);
        return Err(Refusal::invalid(vec![Complaint::Record(detail)]));
    }
    Ok(())
}
