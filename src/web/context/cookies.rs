//! Cookies, in and out.

use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum_extra::extract::cookie::{Cookie, CookieJar};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

use super::{Renewed, Site, handles};
use crate::access::SignedIn;
use crate::web::error::WebError;
use crate::web::preferences::{Keys, Preferences, Theme};

/// For a year.
const PREFERENCE_SECONDS: i64 = 365 * 24 * 60 * 60;
/// Browsers keep nothing longer.
const MARK_SECONDS: i64 = 400 * 24 * 60 * 60;

const SESSION: &str = "cs";
const MARK: &str = "cs_mark";

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
    set_cookie(cookie(name, value, is_https, Some(PREFERENCE_SECONDS)));
}

/// The value of the session's cookie: the one that this request has just got, or the one it came
/// with.
pub(super) fn session_cookie(site: Site) -> Option<String> {
    use_context::<Renewed>()
        .and_then(|renewed| renewed.0.read())
        .or_else(|| own_session(site))
}

/// The value with which the session's cookie came.
pub(super) fn own_session(site: Site) -> Option<String> {
    own_cookie(site, SESSION)
}

/// Gives the browser the cookie of its session, and its mark, for the rest of this request too.
pub(super) fn keep_session(signed_in: &SignedIn) -> Result<(), WebError> {
    let handles = handles()?;
    let left = signed_in.expires_at.millis_since(handles.clock.now()) / 1000;
    let value = signed_in.cookie.reveal();
    set_own_cookie(handles.site, SESSION, value, Some(left));
    if let Some(mark) = &signed_in.mark {
        set_own_cookie(handles.site, MARK, mark, Some(MARK_SECONDS));
    }
    if let Some(renewed) = use_context::<Renewed>() {
        renewed.0.write(value.to_owned());
    }
    Ok(())
}

/// What says that this browser signed in before.
pub(super) fn mark(site: Site) -> Option<String> {
    own_cookie(site, MARK)
}

/// Takes the cookie of the session from the browser.
pub(super) fn drop_session(site: Site) {
    set_own_cookie(site, SESSION, "", Some(0));
}

/// The value of a cookie that only this program sets.
pub(super) fn own_cookie(site: Site, name: &str) -> Option<String> {
    let jar = cookies();
    let value = jar.get(&own_name(site, name))?.value();
    (!value.is_empty()).then(|| value.to_owned())
}

/// Sets a cookie that no other site and no script can set or read; without seconds, until the
/// browser is closed.
pub(super) fn set_own_cookie(site: Site, name: &str, value: &str, seconds: Option<i64>) {
    set_cookie(cookie(&own_name(site, name), value, site.is_https, seconds));
}

/// The cookie's name: with the prefix that browsers accept over https alone, or without.
fn own_name(site: Site, name: &str) -> String {
    if site.is_https {
        format!("__Host-{name}")
    } else {
        format!("{name}_dev")
    }
}

fn cookie(name: &str, value: &str, is_https: bool, seconds: Option<i64>) -> String {
    let secure = if is_https { "; Secure" } else { "" };
    let age = seconds.map_or_else(String::new, |seconds| format!("; Max-Age={seconds}"));
    format!("{name}={value}; Path=/{age}; HttpOnly; SameSite=Lax{secure}")
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

#[cfg(test)]
mod tests {
    use super::*;

    const fn site(is_https: bool) -> Site {
        Site {
            is_demo: false,
            is_https,
            is_factor_off: false,
            may_set_base_url: false,
        }
    }

    #[test]
    fn over_https_the_name_binds_the_cookie_to_this_host() {
        assert_eq!(own_name(site(true), "cs"), "__Host-cs");
        assert_eq!(own_name(site(false), "cs"), "cs_dev");
        assert_eq!(
            cookie("__Host-cs", "x", true, Some(60)),
            "__Host-cs=x; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure"
        );
        assert!(!cookie("cs_dev", "x", false, None).contains("Max-Age"));
    }
}
