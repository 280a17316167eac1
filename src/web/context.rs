//! The only place that knows the request behind a page: handles, cookies, status codes.
//!
//! Status codes are for pages. A form is answered with a redirect, which a status would overwrite.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum_extra::extract::cookie::{Cookie, CookieJar};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use secrecy::SecretString;

use super::error::WebError;
use super::preferences::{Keys, Preferences, Theme};
use crate::access::{Access, Administrator, Person, Proof, SignIn, SignInError, SignedIn, StepUp};
use crate::admin::Admin;
use crate::decision::Decision;
use crate::domain::{Clock, Role, UserId};
use crate::review::{Key, Review};

// What the pages show. Nothing else of the stages is theirs.
pub use crate::access::{Reviewer, Technician};
pub use crate::review::{Notice as Reading, Opened, QueuePage};
pub use crate::store::{Lane, LaneCounts, QueueCursor};

/// For a year.
const PREFERENCE_SECONDS: i64 = 365 * 24 * 60 * 60;
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
    /// What they keep in order.
    pub admin: Admin,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where this is.
    pub site: Site,
}

/// What kind of installation this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Site {
    /// Whether IT Glue is a stand-in.
    pub is_demo: bool,
    /// Whether people reach it over https.
    pub is_https: bool,
}

impl Handles {
    /// Hands itself to the page that is about to be rendered.
    pub fn provide(&self) {
        provide_context(self.clone());
    }
}

/// Who looks at a page, as far as showing it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// Who.
    pub id: UserId,
    /// Their name.
    pub name: String,
    /// What they may do.
    pub role: Role,
}

/// What every page shows around its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Surroundings {
    /// Who looks.
    pub viewer: Option<Viewer>,
    /// What kind of installation this is; unknown while nothing is connected.
    pub site: Option<Site>,
    /// How the person likes it.
    pub preferences: Preferences,
    /// The address of this page.
    pub path: String,
}

/// All handles.
pub fn handles() -> Result<Handles, WebError> {
    use_context::<Handles>().ok_or(WebError::Unavailable)
}

/// The right to look.
pub async fn reviewer() -> Result<Reviewer, WebError> {
    Ok(person().await?.reviewer()?)
}

/// The right to decide.
pub async fn technician() -> Result<Technician, WebError> {
    Ok(person().await?.technician()?)
}

/// The right to look after connections, profiles, agents and people, and to stop them.
pub async fn administrator() -> Result<Administrator, WebError> {
    Ok(person().await?.administrator()?)
}

/// Who is signed in.
pub async fn person() -> Result<Person, WebError> {
    let handles = handles()?;
    let cookie = session_cookie(handles.site).ok_or(WebError::SignedOut)?;
    Ok(handles.access.person_by_session(&cookie, address()).await?)
}

/// A page of a lane of the queue.
pub async fn queue(
    reviewer: &Reviewer,
    lane: Lane,
    from: Option<QueueCursor>,
    limit: u32,
) -> Result<QueuePage, WebError> {
    let review = handles()?.review;
    Ok(review.queue(reviewer, lane, from, limit).await?)
}

/// A proposal, its record read anew.
pub async fn open(reviewer: &Reviewer, number: Option<i64>) -> Result<Opened, WebError> {
    let key = Key::Number(number.ok_or(WebError::NotFound)?);
    Ok(handles()?.review.open(reviewer, key).await?)
}

/// Whether the technician has just proved who they are.
pub fn is_proved(technician: &Technician, opened: &Opened) -> bool {
    technician.step_up(opened.at) != StepUp::Missing
}

/// Signs a person in and gives their browser the cookie.
pub async fn sign_in(email: String, password: SecretString) -> Result<(), WebError> {
    let request = SignIn {
        email,
        password,
        address: address(),
        browser: header_text(&header::USER_AGENT),
        mark: None,
    };
    let signed_in = handles()?.access.sign_in(request).await?;
    keep_session(&signed_in)
}

/// Signs the person out, whether or not the session still lasts.
pub async fn sign_out() -> Result<(), WebError> {
    let handles = handles()?;
    match person().await {
        Ok(person) => handles.access.sign_out(&person).await?,
        Err(WebError::SignedOut) => {}
        Err(error) => return Err(error),
    }
    set_cookie(session(handles.site, "", 0));
    Ok(())
}

/// The technician, proved anew by this password; the browser gets the new cookie.
pub async fn step_up(
    technician: &Technician,
    password: &SecretString,
) -> Result<Technician, WebError> {
    let access = handles()?.access;
    let proof = Proof::Password(password.clone());
    let renewed = match access.step_up(technician.person(), proof).await {
        Err(SignInError::Refused) => return Err(WebError::PasswordWrong),
        renewed => renewed?,
    };
    keep_session(&renewed)?;
    let person = access
        .person_by_session(renewed.cookie.reveal(), address())
        .await?;
    Ok(person.technician()?)
}

/// What is shown around a page.
pub fn surroundings(person: Option<&Person>) -> Surroundings {
    Surroundings {
        viewer: person.map(|person| Viewer {
            id: person.id(),
            name: person.name().to_owned(),
            role: person.role(),
        }),
        site: handles().ok().map(|handles| handles.site),
        preferences: preferences(),
        path: path(),
    }
}

/// How the person likes it.
pub fn preferences() -> Preferences {
    let jar = cookies();
    let value = |name| jar.get(name).map(Cookie::value);
    Preferences {
        theme: value(Theme::COOKIE)
            .and_then(|text| text.parse().ok())
            .unwrap_or(Theme::System),
        keys: value(Keys::COOKIE)
            .and_then(|text| text.parse().ok())
            .unwrap_or(Keys::On),
    }
}

/// Remembers a preference in the browser.
pub fn prefer(name: &'static str, value: &'static str) {
    let is_https = handles().is_ok_and(|handles| handles.site.is_https);
    set_cookie(cookie(name, value, is_https, PREFERENCE_SECONDS));
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
        WebError::SignedOut | WebError::SignInRefused | WebError::PasswordWrong => {
            StatusCode::UNAUTHORIZED
        }
        WebError::Forbidden
        | WebError::OwnAgent
        | WebError::NotYours
        | WebError::RefusedByPolicy
        | WebError::StepUpRequired => StatusCode::FORBIDDEN,
        WebError::NotFound => StatusCode::NOT_FOUND,
        WebError::ChangedSinceShown
        | WebError::WrongState
        | WebError::RecordGone
        | WebError::Expired => StatusCode::CONFLICT,
        WebError::ReasonMissing
        | WebError::ReasonTooLong
        | WebError::NotSeen
        | WebError::NameDiffers
        | WebError::Invalid
        | WebError::ErasesRequired
        | WebError::Malformed => StatusCode::UNPROCESSABLE_ENTITY,
        WebError::Busy | WebError::Unreachable => StatusCode::SERVICE_UNAVAILABLE,
        WebError::Unavailable => StatusCode::INTERNAL_SERVER_ERROR,
    };
    if let Some(options) = use_context::<ResponseOptions>() {
        options.set_status(status);
    }
}

/// The cookie's name: with the prefix that browsers accept over https alone, or without.
const fn session_name(site: Site) -> &'static str {
    if site.is_https { "__Host-cs" } else { "cs_dev" }
}

fn session_cookie(site: Site) -> Option<String> {
    let jar = cookies();
    let value = jar.get(session_name(site))?.value();
    (!value.is_empty()).then(|| value.to_owned())
}

fn keep_session(signed_in: &SignedIn) -> Result<(), WebError> {
    let handles = handles()?;
    let left = signed_in.expires_at.millis_since(handles.clock.now()) / 1000;
    let value = signed_in.cookie.reveal();
    set_cookie(session(handles.site, value, left));
    Ok(())
}

fn session(site: Site, value: &str, seconds: i64) -> String {
    cookie(session_name(site), value, site.is_https, seconds)
}

fn cookie(name: &str, value: &str, is_https: bool, seconds: i64) -> String {
    let secure = if is_https { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
}

fn set_cookie(cookie: String) {
    let Some(options) = use_context::<ResponseOptions>() else {
        return;
    };
    if let Ok(value) = HeaderValue::try_from(cookie) {
        options.append_header(header::SET_COOKIE, value);
    }
}

fn cookies() -> CookieJar {
    use_context::<Parts>()
        .map(|parts| CookieJar::from_headers(&parts.headers))
        .unwrap_or_default()
}

fn header_text(name: &HeaderName) -> Option<String> {
    let parts = use_context::<Parts>()?;
    Some(parts.headers.get(name)?.to_str().ok()?.to_owned())
}

/// From where the request came.
fn address() -> Option<String> {
    let parts = use_context::<Parts>()?;
    let ConnectInfo(address) = parts.extensions.get::<ConnectInfo<SocketAddr>>()?;
    Some(address.ip().to_string())
}
