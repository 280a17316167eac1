//! Whose records an answer holds, for agents that are limited to some organizations.

use crate::access::Agent;
use crate::domain::json::{self, JsonError};
use crate::domain::{Facts, OrganizationScope, RecordId, TargetOrganization};
use crate::itglue::{ReadError, Reads};
use crate::policy::{Home, Located, catalogue, homes};

/// How many records are read to find out where others belong. What is beyond that stays unknown.
const MOST_READS: usize = 20;

/// What the policy has to know of an answer; `None` for an agent that may read everywhere.
///
/// # Errors
/// If a record that others belong to cannot be read now.
pub(super) async fn facts(
    reader: &impl Reads,
    agent: &Agent,
    located: &Located,
    document: &[u8],
) -> Result<Option<Facts>, ReadError> {
    if agent.details().organizations == OrganizationScope::All || located.endpoint.account_wide {
        return Ok(None);
    }
    let unintelligible = |error: JsonError| ReadError::Unintelligible {
        detail: error.to_string(),
    };
    let document = json::parse_unfolded(document).map_err(unintelligible)?;
    let mut organizations = Vec::new();
    for (position, home) in homes(located, &document).into_iter().enumerate() {
        let organization = match home {
            Home::Of(organization) => organization,
            Home::WhereIs(..) | Home::Listed(_) if position >= MOST_READS => {
                TargetOrganization::Unknown
            }
            Home::WhereIs(kind, id) => match catalogue::route_to(&kind, id, None) {
                Some(route) => organization_of(reader.read(&route).await)?,
                None => TargetOrganization::Unknown,
            },
            // The record in the path is a home of its own, so there is nothing to add.
            Home::Listed(id) if is_listed(reader, located, id).await? => continue,
            Home::Listed(_) => TargetOrganization::Unknown,
        };
        if !organizations.contains(&organization) {
            organizations.push(organization);
        }
    }
    Ok(Some(Facts {
        organizations,
        ..Facts::default()
    }))
}

/// Whether a record stands in the list that its path claims, on the first page, which is long.
async fn is_listed(
    reader: &impl Reads,
    located: &Located,
    id: RecordId,
) -> Result<bool, ReadError> {
    let Some(list) = located.siblings() else {
        return Ok(false);
    };
    match reader.read(&list).await.and_then(|answer| answer.records()) {
        Ok(records) => Ok(records.iter().any(|record| record.id == id)),
        Err(error) if error.is_passing() => Err(error),
        Err(_) => Ok(false),
    }
}

fn organization_of(
    read: Result<crate::itglue::Answer, ReadError>,
) -> Result<TargetOrganization, ReadError> {
    match read.and_then(|answer| answer.record()) {
        Ok(record) => Ok(record
            .organization_id()
            .map_or(TargetOrganization::Unknown, TargetOrganization::Known)),
        Err(error) if error.is_passing() => Err(error),
        Err(_) => Ok(TargetOrganization::Unknown),
    }
}
