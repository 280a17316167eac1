//! `/api/v1/admin/audit`.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use serde::Deserialize;

use super::caller::As;
use super::reading::bad_query;
use super::{ApiState, Listed, Problem, cursor};
use crate::access::Administrator;
use crate::domain::{AuditFilter, AuditRow, FieldError};

/// The query of the list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditQuery {
    limit: Option<u32>,
    cursor: Option<String>,
    action: Option<String>,
    actor: Option<String>,
    subject: Option<String>,
    subject_id: Option<String>,
    since: Option<String>,
    until: Option<String>,
}

/// `GET /admin/audit`: the newest first. A page may be short and still have a next one.
pub async fn list(
    As(who): As<Administrator>,
    State(state): State<ApiState>,
    query: Result<Query<AuditQuery>, QueryRejection>,
) -> Result<Json<Listed<AuditRow>>, Problem> {
    let query = query.map_err(|error| bad_query(&error))?.0;
    let limit = cursor::limit(query.limit).map_err(Problem::of_request)?;
    let from = cursor::number(query.cursor.as_deref()).map_err(Problem::of_request)?;
    let filter = query.filter()?;
    let page = state.admin.audit(&who, &filter, from, limit).await?;
    let next_cursor = page.next.map(|number| number.to_string());
    Ok(Json(Listed::new(page.items, next_cursor)))
}

impl AuditQuery {
    fn filter(self) -> Result<AuditFilter, Problem> {
        let mut errors = Vec::new();
        let mut refuse = |key: &str, detail: &str| {
            errors.push(FieldError::new(format!("/query/{key}"), detail));
        };
        let mut filter = AuditFilter::default();
        if let Some(text) = self.action {
            filter.action = text.parse().ok();
            if filter.action.is_none() {
                refuse("action", "An action, such as `profile.changed`.");
            }
        }
        if let Some(text) = self.actor {
            filter.actor = text.parse().ok();
            if filter.actor.is_none() {
                refuse(
                    "actor",
                    "The id of a person or agent, or a kind such as `agent`.",
                );
            }
        }
        filter.subject = match (self.subject, self.subject_id) {
            (Some(subject), Some(id)) => Some((subject, id)),
            (None, None) => None,
            (Some(_), None) => {
                refuse("subject_id", "The id of the subject belongs to it.");
                None
            }
            (None, Some(_)) => {
                refuse(
                    "subject",
                    "The kind of the subject belongs to its id, such as `agent`.",
                );
                None
            }
        };
        for (key, text, time) in [
            ("since", self.since, &mut filter.since),
            ("until", self.until, &mut filter.until),
        ] {
            let Some(text) = text else { continue };
            *time = text.parse().ok();
            if time.is_none() {
                refuse(key, "A time such as `2026-11-22T00:00:00Z`.");
            }
        }
        if errors.is_empty() {
            return Ok(filter);
        }
        Err(Problem::invalid_request(errors))
    }
}
