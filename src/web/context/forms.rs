//! What is handed from a form to the next page: typed values and reasons, or secrets shown once.

use super::cookies::{own_cookie, set_own_cookie};
use super::{Handles, Site, go, handles, path, person};
use crate::secrets::random;
use crate::web::error::WebError;
use crate::web::handoff::{Holder, Once, Refused};
use crate::web::links;

/// Which browser it is, signed in or not; gone when it is closed, and when somebody signs out.
const BROWSER: &str = "cs_forms";
/// Letters and digits of a handle: more than 128 bits.
const HANDLE: usize = 22;

/// Back to the form at this address, with what was typed and why it was refused.
pub async fn refuse(path: &str, refused: Refused) {
    go(&again(path, refused).await);
}

/// To the sign-in, which leads back to the form at this address with what was typed.
pub async fn refuse_signed_out(path: &str, refused: Refused) {
    go(&links::sign_in(&again(path, refused).await));
}

/// To the page at this address, which can show these secrets one time.
pub async fn show_once(path: &str, once: Once) -> Result<(), WebError> {
    let address = kept(path, "once", once, |handles, handle, holder, once| {
        let now = handles.clock.now();
        handles.handoff.keep_once(handle, holder, once, now);
    })
    .await?;
    go(&address);
    Ok(())
}

/// Keeps secrets for the next form of this person, and gives the handle that it has to hold.
pub async fn hold(once: Once) -> Result<String, WebError> {
    let (handles, holder) = holder().await?;
    let handle = random::alphanumeric(HANDLE).to_string();
    let now = handles.clock.now();
    handles.handoff.keep_once(handle.clone(), holder, once, now);
    Ok(handle)
}

/// The secrets that were kept under this handle for a form of this person. They are gone afterwards.
pub async fn held(handle: &str) -> Option<Once> {
    let (handles, holder) = holder().await.ok()?;
    handles.handoff.once(handle, &holder, handles.clock.now())
}

/// What the form that led to this page held, and why it was refused; nothing if none did. Of a form
/// that could not even be read, the address says so in a way of its own.
pub async fn refused() -> Refused {
    let kept = read("form", |handles, handle, holder| {
        handles.handoff.refused(handle, holder, handles.clock.now())
    });
    let is_unreadable = query_value("__err").is_some();
    let unreadable = || Refused::because(WebError::Malformed.wording().whole());
    match kept.await {
        None if is_unreadable => unreadable(),
        kept => kept.unwrap_or_default(),
    }
}

/// The secrets that this page may show, now and never again.
pub async fn shown_once() -> Option<Once> {
    read("once", |handles, handle, holder| {
        handles.handoff.once(handle, holder, handles.clock.now())
    })
    .await
}

/// From now on this is another browser: what was kept for it opens nothing any more.
pub(super) fn forget(site: Site) {
    set_own_cookie(site, BROWSER, "", Some(0));
}

/// The address of the form with what was typed; without it, if it cannot be kept.
async fn again(path: &str, refused: Refused) -> String {
    let keep = |handles: &Handles, handle, holder, refused| {
        let now = handles.clock.now();
        handles.handoff.keep_refused(handle, holder, refused, now);
    };
    kept(path, "form", refused, keep)
        .await
        .unwrap_or_else(|_| path.to_owned())
}

async fn kept<T>(
    path: &str,
    key: &str,
    content: T,
    keep: impl FnOnce(&Handles, String, Holder, T),
) -> Result<String, WebError> {
    let (handles, holder) = holder().await?;
    let handle = random::alphanumeric(HANDLE).to_string();
    let joint = if path.contains('?') { '&' } else { '?' };
    let address = format!("{path}{joint}{key}={handle}");
    keep(&handles, handle, holder, content);
    Ok(address)
}

async fn read<T>(key: &str, open: impl FnOnce(&Handles, &str, &Holder) -> Option<T>) -> Option<T> {
    let handles = handles().ok()?;
    let handle = query_value(key)?;
    let holder = Holder {
        browser: own_cookie(handles.site, BROWSER)?,
        person: person().await.ok().map(|person| person.id()),
    };
    open(&handles, &handle, &holder)
}

/// Who this is, for what is kept; a browser without a name gets one.
async fn holder() -> Result<(Handles, Holder), WebError> {
    let handles = handles()?;
    let browser = own_cookie(handles.site, BROWSER).unwrap_or_else(|| {
        let made = random::alphanumeric(HANDLE).to_string();
        set_own_cookie(handles.site, BROWSER, &made, None);
        made
    });
    let holder = Holder {
        browser,
        person: person().await.ok().map(|person| person.id()),
    };
    Ok((handles, holder))
}

/// Handles are letters and digits, so nothing in them is escaped.
fn query_value(key: &str) -> Option<String> {
    let path = path();
    let (_, query) = path.split_once('?')?;
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(name, _)| *name == key)?;
    Some(value.to_owned())
}
