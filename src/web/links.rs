//! The addresses of the pages, made and read in one place.

use std::fmt::Display;

use leptos::prelude::GetUntracked as _;
use leptos_router::hooks::use_url;
use leptos_router::location::Url;
use leptos_router::params::ParamsMap;
use secrecy::{ExposeSecret as _, SecretString};

use super::context::{Lane, QueueCursor};
use crate::domain::{AgentId, ConnectionId, ProfileId, SignInStage, TokenId};

/// All connections.
pub const CONNECTIONS: &str = "/connections";
/// Adding a connection.
pub const ADD_CONNECTION: &str = "/connections/new";
/// What was decided.
pub const HISTORY: &str = "/history";
/// All agents.
pub const AGENTS: &str = "/agents";
/// Making an agent.
pub const ADD_AGENT: &str = "/agents/new";
/// All profiles.
pub const PROFILES: &str = "/profiles";
/// Adding a profile.
pub const ADD_PROFILE: &str = "/profiles/new";
/// What holds.
pub const SETTINGS: &str = "/settings";
/// Accepting a database that was restored from a backup.
pub const RESTORE: &str = "/restore";
/// Under which licenses this is used.
pub const LICENSES: &str = "/settings/licenses";

/// Longer addresses lead to no page of ours.
const MAX_NEXT: usize = 8_000;

/// A page with a form about one proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The proposal itself, with Undo.
    Proposal,
    /// Approving.
    Approve,
    /// Rejecting.
    Reject,
    /// Saying what became of a send.
    Resolve,
    /// Proposing to take it back.
    Revert,
    /// Sending it back to the agent.
    SendBack,
    /// Changing what is proposed.
    Edit,
    /// Approving with changes.
    ConfirmEdit,
}

/// What a form has just done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// Approved; it may still be held.
    Approved,
    /// Rejected.
    Rejected,
    /// The approval was taken back.
    Undone,
    /// It was said what became of a send.
    Resolved,
    /// The person signed out.
    SignedOut,
    /// A change was saved.
    Saved,
    /// The password is another one.
    PasswordChanged,
    /// Somebody was signed out somewhere.
    SessionEnded,
    /// There is no second factor any more.
    FactorRemoved,
    /// A person was switched off.
    UserDisabled,
    /// A person can sign in again.
    UserEnabled,
    /// Every write stopped.
    Paused,
    /// Writes go on.
    Resumed,
    /// A token was revoked.
    TokenRevoked,
    /// A restored database was accepted.
    RestoreAccepted,
    /// A revert was proposed, or stood there already.
    RevertProposed,
    /// The person is on it.
    Claimed,
    /// The person no longer is.
    Released,
    /// A comment was added.
    Commented,
    /// Sent back to the agent.
    SentBack,
    /// It was seen that a record does not show all that was approved.
    Seen,
}

impl Done {
    const ALL: [Self; 21] = [
        Self::Approved,
        Self::Rejected,
        Self::Undone,
        Self::Resolved,
        Self::SignedOut,
        Self::Saved,
        Self::PasswordChanged,
        Self::SessionEnded,
        Self::FactorRemoved,
        Self::UserDisabled,
        Self::UserEnabled,
        Self::Paused,
        Self::Resumed,
        Self::TokenRevoked,
        Self::RestoreAccepted,
        Self::RevertProposed,
        Self::Claimed,
        Self::Released,
        Self::Commented,
        Self::SentBack,
        Self::Seen,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Undone => "undone",
            Self::Resolved => "resolved",
            Self::SignedOut => "signed-out",
            Self::Saved => "saved",
            Self::PasswordChanged => "password-changed",
            Self::SessionEnded => "session-ended",
            Self::FactorRemoved => "factor-removed",
            Self::UserDisabled => "user-disabled",
            Self::UserEnabled => "user-enabled",
            Self::Paused => "paused",
            Self::Resumed => "resumed",
            Self::TokenRevoked => "token-revoked",
            Self::RestoreAccepted => "restore-accepted",
            Self::RevertProposed => "revert-proposed",
            Self::Claimed => "claimed",
            Self::Released => "released",
            Self::Commented => "commented",
            Self::SentBack => "sent-back",
            Self::Seen => "seen",
        }
    }

    /// What people read where nothing more is to be said.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Approved => "Approved",
            Self::Rejected => "Rejected",
            Self::Undone => "The approval was taken back",
            Self::Resolved => "What you found is recorded",
            Self::SignedOut => "You are signed out",
            Self::Saved => "Saved",
            Self::PasswordChanged => "The password was changed. Everywhere else you are signed out",
            Self::SessionEnded => "Signed out there",
            Self::FactorRemoved => "The second factor was taken off",
            Self::UserDisabled => "The account is switched off; its sessions and tokens have ended",
            Self::UserEnabled => "They can sign in again",
            Self::Paused => "Nothing is written any more",
            Self::Resumed => "Writes go on",
            Self::TokenRevoked => "The token is revoked",
            Self::RestoreAccepted => {
                "The restored database is accepted. What waited is looked for in IT Glue first"
            }
            Self::RevertProposed => "The revert is proposed",
            Self::Claimed => "You are on it",
            Self::Released => "You are no longer on it",
            Self::Commented => "The comment was added",
            Self::SentBack => "It was sent back to the agent",
            Self::Seen => "It is noted that you have seen it",
        }
    }

    /// What the form that led to this page did, by the page's address.
    pub fn of_page() -> Option<Self> {
        let done = query().get("done")?;
        Self::ALL.into_iter().find(|known| known.as_str() == done)
    }
}

/// The page of a proposal.
pub fn proposal(number: i64) -> String {
    format!("/p/{number}")
}

/// A page with a form about a proposal.
pub fn form(number: i64, form: Form) -> String {
    match form {
        Form::Proposal => proposal(number),
        Form::Approve => format!("/p/{number}/approve"),
        Form::Reject => format!("/p/{number}/reject"),
        Form::Resolve => format!("/p/{number}/resolve"),
        Form::Revert => format!("/p/{number}/revert"),
        Form::SendBack => format!("/p/{number}/send-back"),
        Form::Edit => format!("/p/{number}/edit"),
        Form::ConfirmEdit => format!("/p/{number}/edit/confirm"),
    }
}

/// The page that states what a form has done.
pub fn done(path: &str, done: Done) -> String {
    format!("{path}?done={}", done.as_str())
}

/// The sign-in that leads to this place afterwards.
pub fn sign_in(next: &str) -> String {
    format!("/signin?next={}", Url::escape(next))
}

/// Where a sign-in that has come this far leads: to the step that is missing, or to this place.
pub fn after_sign_in(stage: SignInStage, next: &str) -> String {
    match stage {
        SignInStage::Complete => local(next).unwrap_or("/").to_owned(),
        SignInStage::Code => sign_in_code(next),
        SignInStage::Enrolment => sign_in_factor(next),
    }
}

/// The step of the sign-in that takes a code, which leads to this place afterwards.
pub fn sign_in_code(next: &str) -> String {
    format!("/signin/code?next={}", Url::escape(next))
}

/// The step of the sign-in that sets up a second factor, which leads to this place afterwards.
pub fn sign_in_factor(next: &str) -> String {
    format!("/signin/factor?next={}", Url::escape(next))
}

/// The page of a link that somebody was given.
pub fn join(secret: &str) -> String {
    // The secrets of links are letters, digits and these two.
    let secret = Url::escape(secret).replace("%2D", "-").replace("%5F", "_");
    format!("/join/{secret}")
}

/// The same with the address of this server, to be handed over.
pub fn absolute_join(server: &str, secret: &SecretString) -> SecretString {
    let server = server.trim_end_matches('/');
    format!("{server}{}", join(secret.expose_secret())).into()
}

/// The page of a person.
pub fn user(id: &str) -> String {
    format!("/users/{}", Url::escape(id).replace("%2D", "-"))
}

/// The confirmation of something done with a person's account.
pub fn user_action(id: &str, action: &str) -> String {
    format!("{}/{}", user(id), Url::escape(action).replace("%2D", "-"))
}

/// A page of a lane of the queue.
pub fn queue(lane: Lane, from: Option<QueueCursor>) -> String {
    let from = from.map_or_else(String::new, |cursor| format!("&from={}", written(cursor)));
    format!("/queue?lane={lane}{from}")
}

fn written(cursor: QueueCursor) -> String {
    format!("{}.{}.{}", cursor.care, cursor.at, cursor.number)
}

/// Where a page of the queue begins, as [`queue`] wrote it.
pub fn read_cursor(text: &str) -> Option<QueueCursor> {
    let mut numbers = text.splitn(3, '.').map(str::parse);
    let mut next = || numbers.next()?.ok();
    Some(QueueCursor {
        care: next()?,
        at: next()?,
        number: next()?,
    })
}

/// A connection.
pub fn connection(id: ConnectionId) -> String {
    format!("{CONNECTIONS}/{id}")
}

/// A new key for a connection.
pub fn rotate_key(id: ConnectionId) -> String {
    format!("{CONNECTIONS}/{id}/key")
}

/// Confirms that a connection goes.
pub fn remove_connection(id: ConnectionId) -> String {
    format!("{CONNECTIONS}/{id}/remove")
}

/// A profile.
pub fn profile(id: ProfileId) -> String {
    format!("{PROFILES}/{id}")
}

/// Confirms that a profile gives more freedom.
pub fn save_profile(id: ProfileId) -> String {
    format!("{PROFILES}/{id}/save")
}

/// Confirms that a profile goes.
pub fn remove_profile(id: ProfileId) -> String {
    format!("{PROFILES}/{id}/remove")
}

/// An agent.
pub fn agent(id: AgentId) -> String {
    format!("{AGENTS}/{id}")
}

/// Changing an agent.
pub fn change_agent(id: AgentId) -> String {
    format!("{AGENTS}/{id}/change")
}

/// Confirms that an agent goes.
pub fn remove_agent(id: AgentId) -> String {
    format!("{AGENTS}/{id}/remove")
}

/// Making a token for an agent.
pub fn new_token(id: AgentId) -> String {
    format!("{AGENTS}/{id}/tokens/new")
}

/// Shows a token that was made, one time.
pub fn token_made(id: AgentId) -> String {
    format!("{AGENTS}/{id}/tokens/made")
}

/// A new token in the place of an old one.
pub fn rotate_token(id: AgentId, token: TokenId) -> String {
    format!("{AGENTS}/{id}/tokens/{token}/rotate")
}

/// Confirms that a token ends.
pub fn revoke_token(id: AgentId, token: TokenId) -> String {
    format!("{AGENTS}/{id}/tokens/{token}/revoke")
}

/// Changing a part of the settings.
pub fn settings_form(section: &str) -> String {
    format!("{SETTINGS}/{section}")
}

/// A page that states what a form has done, in one word of that page's own.
pub fn stating(path: &str, word: impl Display) -> String {
    format!("{path}?done={word}")
}

/// The word of [`stating`], if it is one that the page knows.
pub fn stated<T: Copy + Display>(query: &ParamsMap, known: &[T]) -> Option<T> {
    let word = query.get_str("done")?;
    known.iter().copied().find(|one| one.to_string() == word)
}

/// The query of the address of this page.
pub fn query() -> ParamsMap {
    read_query(use_url().get_untracked().search())
}

/// Reads a query. The map of the router takes percent signs off once more than they were put on,
/// so that a name like `50%20` would come out as another one.
pub fn read_query(search: &str) -> ParamsMap {
    let decode = |text: &str| Url::unescape(&text.replace('+', " "));
    search
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (decode(name), decode(value).replace('%', "%25")))
        .collect()
}

/// The address if it is one of ours: a path, and nothing that a browser would take for a host.
pub fn local(next: &str) -> Option<&str> {
    let is_path = next.starts_with('/') && !next.starts_with("//");
    let is_plain = next
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let is_page = !next.starts_with("/web/");
    (is_path && is_plain && is_page && next.len() <= MAX_NEXT).then_some(next)
}

/// One more field in the query of an address.
pub fn push(address: &mut String, key: &str, value: &str) {
    address.push(if address.contains('?') { '&' } else { '?' });
    address.push_str(key);
    address.push('=');
    // Alphanumerics alone survive it, and nobody wants to read addresses like that.
    address.push_str(&Url::escape(value).replace("%2D", "-"));
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("/p/1042", true)]
    #[case("/queue?lane=failed&from=2.5.1", true)]
    #[case("//evil.example", false)]
    #[case("/\\evil.example", false)]
    #[case("https://evil.example", false)]
    #[case("javascript:alert(1)", false)]
    #[case("/p/1\r\nSet-Cookie:x", false)]
    #[case("/\tevil", false)]
    #[case("/web/sign_out", false)]
    #[case("", false)]
    fn only_own_pages_are_gone_to(#[case] next: &str, #[case] is_local: bool) {
        assert_eq!(local(next).is_some(), is_local);
    }

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        let cursor = QueueCursor {
            care: 2,
            at: -5,
            number: 1042,
        };
        assert_eq!(read_cursor(&written(cursor)), Some(cursor));
        assert_eq!(read_cursor("2.5"), None);
        assert_eq!(read_cursor("2.5.1.1"), None);
    }

    #[rstest]
    #[case("name=50%2520&k=1", "50%20")]
    #[case("name=%2500", "%00")]
    #[case("k=2&name=100%25+sure", "100% sure")]
    #[case("name=a%26b%3Dc", "a&b=c")]
    fn a_query_is_decoded_once(#[case] search: &str, #[case] name: &str) {
        assert_eq!(read_query(search).get("name").as_deref(), Some(name));
    }
}
