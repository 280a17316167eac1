//! One person in the list: what they may do, and what is noteworthy about the account.

use leptos::prelude::*;

use crate::domain::{OrganizationScope, Timestamp, UserId};
use crate::web::context::UserOverview;
use crate::web::links;
use crate::web::ui::{Fact, Foreign, Moment, Mood, Sheet, StateWord, role_name};

/// Whether a person's invitation waits, and whether the account opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// They can sign in.
    Active,
    /// They have not joined yet, and still can.
    Invited(Timestamp),
    /// They have not joined, and the link has ended.
    InvitationExpired(Timestamp),
    /// Too many wrong tries.
    Closed,
    /// Switched off.
    Disabled(Timestamp),
}

impl Standing {
    /// How a person stands now.
    pub fn of(person: &UserOverview, now: Timestamp) -> Self {
        if let Some(at) = person.user.disabled_at {
            return Self::Disabled(at);
        }
        match person.invitation {
            Some(until) if now < until => Self::Invited(until),
            Some(until) => Self::InvitationExpired(until),
            None if person.is_closed => Self::Closed,
            None => Self::Active,
        }
    }

    /// What people read; nothing where there is nothing to note.
    pub fn view(self) -> Option<AnyView> {
        let (mood, word, at) = match self {
            Self::Active => return None,
            Self::Invited(until) => (
                Mood::Information,
                "Invitation open",
                Some(("until ", until)),
            ),
            Self::InvitationExpired(until) => {
                (Mood::Warning, "Invitation expired", Some(("", until)))
            }
            Self::Closed => (Mood::Warning, "Closed after too many wrong tries", None),
            Self::Disabled(at) => (Mood::Critical, "Switched off", Some(("", at))),
        };
        let at = at.map(|(words, at)| view! { " " {words} <Moment at /> });
        let view = view! {
            <p class="entry__story">
                <StateWord mood word />
                {at}
            </p>
        };
        Some(view.into_any())
    }
}

/// A person as an entry of the list.
pub fn entry(person: &UserOverview, me: UserId, now: Timestamp) -> AnyView {
    let user = &person.user;
    let own = (user.id == me).then(|| view! { " " <span class="count">"you"</span> });
    let standing = Standing::of(person, now).view();
    let (role, clients) = (role_name(user.role), clients(&user.organizations));
    let (seen, sessions) = (seen(user.last_seen_at), sessions(person.sessions));
    let factor = if user.factor_since.is_some() {
        "set up"
    } else {
        "none"
    };
    view! {
        <li class="entry">
            <div>
                <h2 class="entry__title">
                    <a class="js-row" href=links::user(&user.id.to_string())>
                        <Foreign text=user.name.clone() />
                    </a>
                    {own}
                </h2>
                <p class="muted">
                    <Foreign text=user.email.clone() />
                </p>
                {standing}
            </div>
            <Sheet>
                <Fact label="Role">{role}</Fact>
                <Fact label="Clients">{clients}</Fact>
                <Fact label="Second factor">{factor}</Fact>
                <Fact label="Last seen">{seen}</Fact>
                <Fact label="Signed in">{sessions}</Fact>
            </Sheet>
        </li>
    }
    .into_any()
}

/// The clients in a word or two.
pub fn clients(scope: &OrganizationScope) -> String {
    match scope {
        OrganizationScope::All => "all".to_owned(),
        OrganizationScope::Only(ids) if ids.len() == 1 => "1 client".to_owned(),
        OrganizationScope::Only(ids) => format!("{} clients", ids.len()),
    }
}

/// When somebody was last seen.
pub fn seen(at: Option<Timestamp>) -> AnyView {
    match at {
        Some(at) => view! { <Moment at /> }.into_any(),
        None => "never".into_any(),
    }
}

fn sessions(count: u32) -> String {
    match count {
        0 => "nowhere".to_owned(),
        1 => "in 1 browser".to_owned(),
        count => format!("in {count} browsers"),
    }
}
