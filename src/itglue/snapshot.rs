//! Everything a proposal needs to be judged and shown, read at one moment.

use super::client::Reads;
use super::names::{names, organization_of};
use super::preflight::{Subject, preflight, read_parent, schema_of};
use super::read_error::ReadError;
use crate::domain::{ItemRequest, Record, RecordId, ResourceKind, ResourceRef, Snapshot};

/// The kinds of record by their names in the catalogue.
pub trait Kinds: Sync {
    /// The kind of this name: `contacts`.
    fn kind(&self, name: &str) -> Option<&ResourceKind>;
}

impl<F> Kinds for F
where
    F: Fn(&str) -> Option<&'static ResourceKind> + Sync,
{
    fn kind(&self, name: &str) -> Option<&ResourceKind> {
        self(name)
    }
}

/// Reads the record an item is about (for a create: its parent and the census), the schema of a
/// flexible asset, and the names of what its ids point to.
///
/// A record that names no organization, such as a section, brings its parent along, which does.
///
/// # Errors
/// [`ReadError`] says what to do next; [`ReadError::NotFound`] is the record or, for a create, the
/// record it would belong to. A name or a schema that cannot be read stays unknown instead.
pub async fn snapshot(
    reader: &impl Reads,
    kinds: &impl Kinds,
    request: &ItemRequest,
) -> Result<Snapshot, ReadError> {
    let subject = Subject::of(kinds, request)?;
    let mut snapshot = preflight(reader, kinds, request).await?;
    if let Some(record) = &snapshot.record {
        snapshot.schema = schema_of(reader, &subject, Some(record)).await?;
        if record.organization_id().is_none()
            && let Some((resource, id)) = subject.parent(Some(record))
        {
            let parent = read_parent(reader, kinds, &resource, id).await;
            snapshot.parent = parent.or_else(ReadError::or_unknown)?;
        }
    }
    snapshot.names = names(reader, kinds, &subject, &snapshot).await?;
    Ok(snapshot)
}

/// What to call the record of an item, after its snapshot.
pub fn resource_ref(
    kind: &ResourceKind,
    request: &ItemRequest,
    snapshot: &Snapshot,
) -> ResourceRef {
    let subject = Subject { kind, request };
    let organization_id = organization_of(&subject, snapshot);
    let organization = organization_id
        .and_then(|id| snapshot.names.find("organizations", RecordId(id.0)))
        .map(|organization| organization.name.clone());
    let present = snapshot.record.as_ref().and_then(Record::display_name);
    ResourceRef {
        json_type: kind.json_type.clone(),
        id: request.record_id,
        name: present.or_else(|| proposed_name(request)),
        organization_id,
        organization_name: organization,
    }
}

/// What a record that is not there yet will be called.
fn proposed_name(request: &ItemRequest) -> Option<String> {
    let attributes = request.attributes()?.iter();
    let folded = attributes.map(|(key, value)| (key.replace('_', "-"), value.clone()));
    let proposed = Record {
        id: RecordId(0),
        json_type: String::new(),
        attributes: folded.collect(),
    };
    proposed.display_name()
}
