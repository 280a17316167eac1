//! The only place that knows the request behind a page: handles, cookies, status codes.
//!
//! Status codes are for pages. A form is answered with a redirect, which a status would overwrite.

mod at_hand;
mod cookies;
mod failures;
mod forms;
mod profiles;
mod rights;
mod set_up;
mod signing_in;
mod surroundings;
mod upkeep;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{HeaderName, StatusCode};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

use super::error::WebError;
use super::handoff::Handoff;
use crate::access::{Access, Technician};
use crate::admin::Admin;
use crate::decision::Decision;
use crate::domain::Clock;
use crate::intake::Intake;
use crate::review::{Key, Review};

pub use self::at_hand::AtHand;
pub use self::cookies::{prefer, preferences};
pub use self::forms::{held, hold, refuse, refuse_signed_out, refused, show_once, shown_once};
pub use self::profiles::{
    Answer, ProfileDetails, ProfileOverview, Question, TRIAL_DAYS, TRIAL_LIMIT, Tally, Topic,
    Trial, WhatIf, profile, profiles, try_profile, what_if,
};
pub use self::rights::{administrator, person, prove, proven, reviewer, step_up, technician};
pub use self::set_up::{Progress, is_set_up, is_set_up_complete, set_up_progress};
pub use self::signing_in::{
    account, change_password, confirm_factor, found, give_code, had_session, link, offer_factor,
    own_tokens, remove_factor, sign_in, sign_out, unfinished, use_link,
};
pub use self::surroundings::{ProofKind, Surroundings, Viewer, prepare, surroundings};
pub use self::upkeep::*;

// What the pages show. Nothing else of the stages is theirs.
pub use crate::access::{Account, Administrator, Enroller, LinkView, Reviewer, SessionView};
pub use crate::admin::UserOverview;
pub use crate::decision::{RevertChange, RevertPlan};
pub use crate::itglue::Region;
pub use crate::review::Known;
#[cfg(test)]
pub use crate::review::Past;
pub use crate::review::{Candidate, Notice as Reading, Opened, QueuePage, Sight, Trail};
#[cfg(test)]
pub use crate::store::Reverting;
#[cfg(test)]
pub use crate::store::UserDetails;
pub use crate::store::{HistoryCursor, HistoryEntry, HistoryFilter, PastDecision, PastRevision};
pub use crate::store::{Lane, LaneCounts, QueueCursor, QueueFilter};
pub use crate::store::{PastAttempt, PastEvidence, Said};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Everything that pages and server functions reach. The server makes it once and provides it to
/// each request.
#[derive(Clone)]
pub struct Handles {
    /// Who is asking.
    pub access: Access,
    /// What they are shown.
    pub review: Review,
    /// What they say.
    pub decision: Decision,
    /// The upkeep.
    pub admin: Admin,
    /// What agents propose; here for the sample of the set-up alone.
    pub intake: Intake,
    /// What forms hand to the next page.
    pub handoff: Handoff,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// How people and agents reach this server.
    pub address: Arc<str>,
    /// How much one token of an agent may ask for.
    pub limits: Limits,
    /// Where this is.
    pub site: Site,
}

/// What kind of installation this is.
#[expect(
    clippy::struct_excessive_bools,
    reason = "four facts that do not depend on each other"
)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Site {
    /// Whether IT Glue is a stand-in.
    pub is_demo: bool,
    /// Whether people reach it over https.
    pub is_https: bool,
    /// Whether nobody has to have a second factor.
    pub is_factor_off: bool,
    /// Whether a connection may lead to another place than IT Glue itself.
    pub may_set_base_url: bool,
}

impl Handles {
    /// Hands itself to the page that is about to be rendered.
    pub fn provide(&self) {
        provide_context(self.clone());
        provide_context(Renewed::default());
        provide_context(Prepared::default());
    }
}

/// A text that one part of a request leaves for another.
#[derive(Clone, Default)]
struct Note(Arc<Mutex<Option<String>>>);

impl Note {
    fn read(&self) -> Option<String> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn write(&self, value: String) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
    }
}

/// The value that the session's cookie got in this request, if it got one.
#[derive(Clone, Default)]
struct Renewed(Note);

/// What was looked up for the surroundings of the page: why every write is held back, if it is.
#[derive(Clone, Default)]
struct Prepared {
    pause: Note,
}

/// All handles.
pub fn handles() -> Result<Handles, WebError> {
    use_context::<Handles>().ok_or(WebError::Unavailable)
}

/// A page of a lane of the queue: what fits.
pub async fn queue(
    reviewer: &Reviewer,
    lane: Lane,
    filter: &QueueFilter,
    from: Option<QueueCursor>,
    limit: u32,
) -> Result<QueuePage, WebError> {
    let review = handles()?.review;
    Ok(review.queue(reviewer, lane, filter, from, limit).await?)
}

/// A page of the history.
pub type HistoryPage = crate::store::Page<HistoryEntry, HistoryCursor>;

/// A page of what was decided: what fits.
pub async fn history(
    reviewer: &Reviewer,
    filter: &HistoryFilter,
    from: Option<HistoryCursor>,
    limit: u32,
) -> Result<HistoryPage, WebError> {
    let review = handles()?.review;
    Ok(review.history(reviewer, filter, from, limit).await?)
}

/// Those whom a search can name.
pub async fn known(reviewer: &Reviewer) -> Result<Known, WebError> {
    Ok(handles()?.review.known(reviewer).await?)
}

/// A proposal, its record read anew.
pub async fn open(reviewer: &Reviewer, number: Option<i64>) -> Result<Opened, WebError> {
    let key = Key::Number(number.ok_or(WebError::NotFound)?);
    Ok(handles()?.review.open(reviewer, key).await?)
}

/// What a revert of the proposal with this number would do now.
pub async fn plan_revert(
    technician: &Technician,
    number: Option<i64>,
) -> Result<RevertPlan, WebError> {
    let opened = open(&technician.reviewer(), number).await?;
    let decision = handles()?.decision;
    Ok(decision.plan_revert(technician, opened.proposal.id).await?)
}

/// The address of this page, query and all.
pub fn path() -> String {
    use_context::<Parts>()
        .and_then(|parts| parts.uri.path_and_query().map(ToString::to_string))
        .unwrap_or_else(|| "/".to_owned())
}

/// The id under which the log knows this request.
pub fn request_id() -> Option<String> {
    let is_id = |text: &String| {
        text.len() <= 64
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    header_text(&REQUEST_ID).filter(is_id)
}

/// On to another page. Ends nothing: it is the last thing a page or form does.
pub fn go(path: &str) {
    leptos_axum::redirect(path);
}

/// The status code of a page that shows this error instead of its content.
pub fn answer_with(error: WebError) {
    let status = match error {
        WebError::SignedOut
        | WebError::CodeDue
        | WebError::EnrolmentDue
        | WebError::SignInRefused
        | WebError::PasswordWrong => StatusCode::UNAUTHORIZED,
        WebError::Forbidden
        | WebError::AdministratorsOnly
        | WebError::AccountClosed
        | WebError::OwnAgent
        | WebError::NotYours
        | WebError::RefusedByPolicy
        | WebError::StepUpRequired => StatusCode::FORBIDDEN,
        WebError::NotFound => StatusCode::NOT_FOUND,
        WebError::ChangedSinceShown
        | WebError::WrongState
        | WebError::NotSettled
        | WebError::RecordGone
        | WebError::Expired => StatusCode::CONFLICT,
        WebError::ReasonMissing
        | WebError::ReasonTooLong
        | WebError::NotSeen
        | WebError::NameDiffers
        | WebError::Invalid
        | WebError::ErasesRequired
        | WebError::Malformed => StatusCode::UNPROCESSABLE_ENTITY,
        WebError::TooManyTries => StatusCode::TOO_MANY_REQUESTS,
        WebError::Busy | WebError::Unreachable => StatusCode::SERVICE_UNAVAILABLE,
        WebError::Unavailable => StatusCode::INTERNAL_SERVER_ERROR,
    };
    if let Some(options) = use_context::<ResponseOptions>() {
        options.set_status(status);
    }
}

fn header_text(name: &HeaderName) -> Option<String> {
    let parts = use_context::<Parts>()?;
    Some(parts.headers.get(name)?.to_str().ok()?.to_owned())
}

/// From where the request came.
pub fn address() -> Option<String> {
    let parts = use_context::<Parts>()?;
    let ConnectInfo(address) = parts.extensions.get::<ConnectInfo<SocketAddr>>()?;
    Some(address.ip().to_string())
}
