//! What administrators send, read member by member.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::str::FromStr;

use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use serde::Deserialize;
use serde_json::Value;

use super::body::Members;
use super::{Problem, cursor};
use crate::admin::Ref;
use crate::domain::{
    AccessLevel, FieldError, GatewayWait, GroupRules, OrganizationId, OrganizationScope,
    PermissionGroup, UnknownName,
};
use crate::store::Page;

/// The thing that the path names, by id or by name. What is neither names nothing.
pub struct Named<Id>(pub Ref<Id>);

impl<S: Send + Sync, Id: FromStr> FromRequestParts<S> for Named<Id> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(text) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::nothing_named())?;
        text.parse().map(Self).map_err(|_| Problem::nothing_named())
    }
}

/// `limit` and `cursor` of a list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paging {
    limit: Option<u32>,
    cursor: Option<String>,
}

/// The page that a query asks for.
pub struct Asked(Paging);

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = Query::<Paging>::from_request_parts(parts, state).await;
        let Query(paging) = query.map_err(|error| bad_query(&error))?;
        Ok(Self(paging))
    }
}

impl Asked {
    /// That page of a list.
    pub fn of<T>(
        &self,
        items: Vec<T>,
        id_of: impl Fn(&T) -> String,
    ) -> Result<Page<T, String>, Problem> {
        let limit = cursor::limit(self.0.limit).map_err(Problem::of_request)?;
        let after = self.0.cursor.as_deref();
        cursor::part(items, id_of, after, limit).map_err(Problem::of_request)
    }
}

/// A query that cannot be read.
pub fn bad_query(error: &QueryRejection) -> Problem {
    Problem::invalid_request(vec![FieldError::new("/query", error.body_text())])
}

/// A text that has to be there and to be one of its kind.
pub fn required<T>(members: &mut Members, key: &str) -> Option<T>
where
    T: FromStr,
    T::Err: Display,
{
    members.require(key).then(|| optional(members, key))?
}

/// A text of a kind that may be there.
pub fn optional<T>(members: &mut Members, key: &str) -> Option<T>
where
    T: FromStr,
    T::Err: Display,
{
    match members.text(key)?.parse() {
        Ok(value) => Some(value),
        Err(error) => {
            members.error(key, &format!("This {error}."));
            None
        }
    }
}

/// A closed name that may be there; the error lists what there is.
pub fn choice<T>(members: &mut Members, key: &str, all: &[T]) -> Option<T>
where
    T: FromStr<Err = UnknownName> + Display,
{
    let text = members.text(key)?;
    let found = text.parse().ok();
    if found.is_none() {
        let names: Vec<String> = all.iter().map(|one| format!("`{one}`")).collect();
        members.error(key, &format!("One of {}.", names.join(", ")));
    }
    found
}

/// A closed name that has to be there.
pub fn required_choice<T>(members: &mut Members, key: &str, all: &[T]) -> Option<T>
where
    T: FromStr<Err = UnknownName> + Display,
{
    members.require(key).then(|| choice(members, key, all))?
}

/// Organizations: null for all, or a list of ids. Nothing where the member is not there.
pub fn organizations(members: &mut Members, key: &str) -> Option<OrganizationScope> {
    if !members.has(key) {
        return None;
    }
    let Some(value) = members.value(key) else {
        return Some(OrganizationScope::All);
    };
    let ids = ids(&value).filter(|ids| !ids.is_empty());
    if ids.is_none() {
        members.error(
            key,
            "A list of the ids of organizations, at least one; or null for all of them.",
        );
    }
    ids.map(OrganizationScope::Only)
}

/// How long the gateway waits for a decision. Nothing where the member is not there.
pub fn gateway_wait(members: &mut Members) -> Option<GatewayWait> {
    const KEY: &str = "gateway_wait_seconds";
    let seconds = members.integer(KEY)?;
    let wait = seconds.try_into().ok();
    if wait.is_none() {
        members.error(KEY, "A whole number of seconds from 0 to 60.");
    }
    wait
}

fn ids(value: &Value) -> Option<BTreeSet<OrganizationId>> {
    let id = |value: &Value| match value {
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => number.to_string().parse().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    value.as_array()?.iter().map(id).collect()
}

/// The groups of a draft over the saved ones: what is not mentioned stays as it is saved.
pub fn groups(members: &mut Members, saved: &GroupRules) -> GroupRules {
    let draft = members.object("groups", |groups| {
        let mut draft = saved.clone();
        for group in PermissionGroup::ALL {
            let rule = draft.of_mut(*group);
            groups.object(group.as_str(), |member| {
                rule.access = choice(member, "access", AccessLevel::ALL).unwrap_or(rule.access);
                rule.ask = member.flag("ask").unwrap_or(rule.ask);
                rule.delete = member.flag("delete").unwrap_or(rule.delete);
            });
        }
        draft
    });
    draft.unwrap_or_else(|| saved.clone())
}

/// A whole number of days or hours.
pub fn count(members: &mut Members, key: &str, default: u32) -> u32 {
    match members.integer(key).map(u32::try_from) {
        None => default,
        Some(Ok(number)) => number,
        Some(Err(_)) => {
            members.error(key, "This has to be a whole number that is not negative.");
            default
        }
    }
}

/// An id that may be there, as a text or as a number.
pub fn id<Id: FromStr>(members: &mut Members, key: &str) -> Option<Id> {
    let text = match members.value(key)? {
        Value::String(text) => text,
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => String::new(),
    };
    let id = text.parse().ok();
    if id.is_none() {
        members.error(key, "This has to be an id.");
    }
    id
}
