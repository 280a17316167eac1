//! What the pages of profiles show.

use super::handles;
use crate::access::Administrator;
use crate::admin::{AdminError, Ref};
use crate::domain::{GroupRules, ProfileId};
use crate::web::error::WebError;

pub use crate::admin::{
    Answer, ProfileOverview, Question, TRIAL_DAYS, TRIAL_LIMIT, Tally, Topic, Trial, WhatIf,
};
pub use crate::store::ProfileDetails;

/// All profiles, and who uses them.
pub async fn profiles(by: &Administrator) -> Result<Vec<ProfileOverview>, WebError> {
    Ok(handles()?.admin.profile_overviews(by).await?)
}

/// The profile of this id or name, and who uses it.
pub async fn profile(by: &Administrator, reference: &str) -> Result<ProfileOverview, WebError> {
    let reference: Ref<ProfileId> = reference.parse().map_err(|_| WebError::NotFound)?;
    Ok(handles()?.admin.profile_overview(by, &reference).await?)
}

/// What the policy says to a made-up call, saved and draft side by side; or why there is no such
/// call.
pub async fn what_if(
    by: &Administrator,
    profile: ProfileId,
    draft: &GroupRules,
    question: &Question,
) -> Result<Result<WhatIf, String>, WebError> {
    let admin = handles()?.admin;
    match admin.what_if(by, &Ref::Id(profile), draft, question).await {
        Ok(answer) => Ok(Ok(answer)),
        Err(AdminError::NoSuchCall { detail }) => Ok(Err(detail)),
        Err(error) => Err(error.into()),
    }
}

/// What a draft would have meant for past proposals.
pub async fn try_profile(
    by: &Administrator,
    profile: ProfileId,
    draft: &GroupRules,
) -> Result<Trial, WebError> {
    let admin = handles()?.admin;
    Ok(admin.try_profile(by, &Ref::Id(profile), draft).await?)
}
