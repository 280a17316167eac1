//! `/api/v1/admin/profiles`.

use axum::Json;
use axum::extract::State;
use axum::http::header::{ETAG, IF_MATCH, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};

use super::body::{JsonObject, Members};
use super::caller::As;
use super::reading::{self, Asked, Named};
use super::{ApiState, Listed, Problem, wire};
use crate::access::{Administrator, ProvenAdministrator};
use crate::admin::{ProfileDraft, Question, Topic, Trial};
use crate::domain::{AgentId, GroupRules, Name, Operation, PermissionGroup, Preset, ProfileId};

/// `GET /admin/profiles`: by name, with who uses them.
pub async fn list(
    As(who): As<Administrator>,
    State(state): State<ApiState>,
    asked: Asked,
) -> Result<Json<Listed<wire::ProfileOverview>>, Problem> {
    let all = state.admin.profile_overviews(&who).await?;
    let page = asked.of(all, |one| one.profile.id.to_string())?;
    Ok(Json(Listed::of(&page, wire::ProfileOverview::of)))
}

/// `POST /admin/profiles`: starts as a preset, `read-only` unless another is named.
pub async fn create(
    As(who): As<ProvenAdministrator>,
    State(state): State<ApiState>,
    object: JsonObject,
) -> Result<Response, Problem> {
    let mut members = Members::of_request(object);
    let name: Option<Name> = reading::required(&mut members, "name");
    let preset = reading::choice(&mut members, "preset", Preset::ALL);
    let name = members.finish_with(name)?;
    let preset = preset.unwrap_or(Preset::ReadOnly);
    let profile = state.admin.create_profile(&who, &name, preset).await?;
    let headers = [
        (LOCATION, format!("/api/v1/admin/profiles/{}", profile.id)),
        (ETAG, version_tag(profile.version)),
    ];
    let body = Json(wire::Profile::of(&profile));
    Ok((StatusCode::CREATED, headers, body).into_response())
}

/// `GET /admin/profiles/{id}`; the `ETag` is the version.
pub async fn show(
    As(who): As<Administrator>,
    State(state): State<ApiState>,
    Named(id): Named<ProfileId>,
) -> Result<Response, Problem> {
    let overview = state.admin.profile_overview(&who, &id).await?;
    let tag = [(ETAG, version_tag(overview.profile.version))];
    Ok((tag, Json(wire::ProfileOverview::of(&overview))).into_response())
}

/// `PATCH /admin/profiles/{id}`: name and groups, of the version that was looked at. What is not
/// mentioned stays, or is as in the `preset` that is named.
pub async fn save(
    As(who): As<Administrator>,
    State(state): State<ApiState>,
    Named(id): Named<ProfileId>,
    headers: HeaderMap,
    object: JsonObject,
) -> Result<Response, Problem> {
    let saved = state.admin.profile_overview(&who, &id).await?.profile;
    let draft = draft(Members::of_request(object), &headers, &saved.rules)?;
    let profile = state.admin.save_profile(&who, &id, draft).await?;
    let tag = [(ETAG, version_tag(profile.version))];
    Ok((tag, Json(wire::Profile::of(&profile))).into_response())
}

/// `DELETE /admin/profiles/{id}`: refused while an agent uses it.
pub async fn remove(
    As(who): As<ProvenAdministrator>,
    State(state): State<ApiState>,
    Named(id): Named<ProfileId>,
) -> Result<StatusCode, Problem> {
    state.admin.remove_profile(&who, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /admin/profiles/{id}/try`: a draft against past proposals; nothing is changed.
pub async fn try_on_history(
    As(who): As<Administrator>,
    State(state): State<ApiState>,
    Named(id): Named<ProfileId>,
    object: JsonObject,
) -> Result<Json<Trial>, Problem> {
    let saved = state.admin.profile_overview(&who, &id).await?.profile;
    let mut members = Members::of_request(object);
    let draft = reading::groups(&mut members, &saved.rules);
    members.finish()?;
    let trial = state.admin.try_profile(&who, &id, &draft).await?;
    Ok(Json(trial))
}

/// `POST /admin/profiles/{id}/what-if`: one made-up call under the saved groups and under a draft.
pub async fn what_if(
    As(who): As<Administrator>,
    State(state): State<ApiState>,
    Named(id): Named<ProfileId>,
    object: JsonObject,
) -> Result<Json<wire::WhatIf>, Problem> {
    let saved = state.admin.profile_overview(&who, &id).await?.profile;
    let mut members = Members::of_request(object);
    let draft = reading::groups(&mut members, &saved.rules);
    let question = question(&mut members);
    let question = members.finish_with(question)?;
    let answered = state.admin.what_if(&who, &id, &draft, &question).await;
    let what_if = answered.map_err(Problem::referring)?;
    Ok(Json(wire::WhatIf::of(&what_if)))
}

fn draft(
    mut members: Members,
    headers: &HeaderMap,
    saved: &GroupRules,
) -> Result<ProfileDraft, Problem> {
    let version = match matched_version(headers) {
        Some(version) => Some(version),
        None => members
            .require("version")
            .then(|| members.integer("version"))
            .flatten(),
    };
    let name = reading::optional(&mut members, "name");
    let preset = reading::choice(&mut members, "preset", Preset::ALL);
    let begun = preset.map(Preset::rules);
    let rules = reading::groups(&mut members, begun.as_ref().unwrap_or(saved));
    let reason = members.text("reason");
    let typed = groups_typed(&mut members);
    members.finish_with(version.map(|version| ProfileDraft {
        name,
        preset,
        rules,
        version,
        reason,
        typed,
    }))
}

fn groups_typed(members: &mut Members) -> Vec<PermissionGroup> {
    let texts = members.texts("typed");
    let groups: Result<Vec<_>, _> = texts.iter().map(|text| text.parse()).collect();
    groups.unwrap_or_else(|_| {
        members.error("typed", "A list of names of groups, such as `contacts`.");
        Vec::new()
    })
}

/// Either a group and an operation, or a method and a path.
fn question(members: &mut Members) -> Option<Question> {
    let agent: Option<AgentId> = reading::id(members, "agent");
    let record = reading::id(members, "record");
    let organization = reading::id(members, "organization");
    let topic = if members.has("group") || members.has("operation") {
        let group = reading::required_choice(members, "group", PermissionGroup::ALL);
        let operation = reading::required_choice(members, "operation", Operation::ALL);
        group
            .zip(operation)
            .map(|(group, operation)| Topic::Usual { group, operation })
    } else {
        let method = members.required_text("method");
        let path = members.required_text("path");
        Some(Topic::Call { method, path })
    };
    topic.map(|topic| Question {
        agent,
        topic,
        record,
        organization,
    })
}

fn version_tag(version: i64) -> String {
    format!("\"{version}\"")
}

/// The version in `If-Match`. One that is none of ours matches no version.
fn matched_version(headers: &HeaderMap) -> Option<i64> {
    let tag = headers.get(IF_MATCH)?.to_str().unwrap_or_default();
    let number = tag.trim().trim_matches('"').parse();
    Some(number.unwrap_or_default())
}
