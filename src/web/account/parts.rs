//! The parts of one's own account.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;

use super::server_fns::{ChangeName, ChangePassword, EndOtherSessions, EndSession};
use crate::domain::{OrganizationScope, Role};
use crate::web::context::{Account, SessionView};
use crate::web::handoff::Refused;
use crate::web::preferences::Preferences;
use crate::web::ui::{Field, Foreign, Input, Moment, NewPasswordField, preference_form, role_name};

/// Name, address, role.
pub fn name_form(account: &Account, refused: &Refused) -> AnyView {
    let clients = match &account.organizations {
        OrganizationScope::All => "all clients".to_owned(),
        OrganizationScope::Only(ids) => format!("{} clients", ids.len()),
    };
    let sees = (account.role != Role::Administrator)
        .then(|| view! { <p class="muted">"You see the proposals of " {clients} "."</p> });
    view! {
        <form class="card form" method="post" action=ChangeName::url()>
            <h2>"You"</h2>
            <p>{account.email.clone()} ", " {role_name(account.role).to_lowercase()}</p>
            {sees}
            <Field
                state=refused.field_or("name", &account.name)
                label="Name"
                input=Input::PersonName
                hint="Colleagues see it beside what you decide."
            />
            <p class="actions">
                <button class="button">"Save the name"</button>
            </p>
        </form>
    }
    .into_any()
}

/// The present password and a new one.
pub fn password_form(account: &Account, refused: &Refused) -> AnyView {
    view! {
        <form class="card form" method="post" action=ChangePassword::url()>
            <h2>"Password"</h2>
            <Field
                state=refused.field("current")
                label="Present password"
                input=Input::Password
            />
            <NewPasswordField
                state=refused.field("password")
                label="New password"
                shortest=account.shortest_password
            />
            <p class="muted">"Everywhere else you will be signed out."</p>
            <p class="actions">
                <button class="button">"Change the password"</button>
            </p>
        </form>
    }
    .into_any()
}

/// Whether there is a second factor, and the way to its page.
pub fn factor_card(account: &Account) -> AnyView {
    let (state, action) = match account.factor_since {
        Some(at) => (
            view! { <p>"Set up " <Moment at /> "."</p> }.into_any(),
            "Replace it, or make new recovery codes",
        ),
        None => (
            view! { <p>"You sign in with your password alone."</p> }.into_any(),
            "Set up a second factor",
        ),
    };
    let few = account.factor_since.is_some() && account.recovery_codes_left < 3;
    let few = few.then(|| {
        let left = account.recovery_codes_left;
        view! { <p class="warning">"Recovery codes left: " {left} ". Make new ones soon."</p> }
    });
    view! {
        <section class="card">
            <h2>"Second factor"</h2>
            {state}
            {few}
            <p class="actions">
                <a class="button" href="/account/factor">
                    {action}
                </a>
            </p>
        </section>
    }
    .into_any()
}

/// Theme and keys, kept in this browser.
pub fn display_card(preferences: Preferences) -> AnyView {
    view! {
        <section class="card">
            <h2>"This browser"</h2>
            {preference_form(preferences, "/account")}
        </section>
    }
    .into_any()
}

/// Where the person is signed in.
pub fn sessions_card(account: &Account) -> AnyView {
    let rows: Vec<AnyView> = account.sessions.iter().map(session).collect();
    let others = account.sessions.iter().any(|session| !session.is_this);
    let end_others = others.then(|| {
        view! {
            <form method="post" action=EndOtherSessions::url()>
                <button class="button">"Sign out everywhere else"</button>
            </form>
        }
    });
    view! {
        <section class="card" aria-labelledby="sessions">
            <h2 id="sessions">"Where you are signed in"</h2>
            <ul class="lines">{rows}</ul>
            {end_others}
        </section>
    }
    .into_any()
}

fn session(session: &SessionView) -> AnyView {
    let browser = session.browser.as_deref().map_or("Unknown", browser_name);
    let end = if session.is_this {
        view! { <strong>"this browser"</strong> }.into_any()
    } else {
        view! {
            <form method="post" action=EndSession::url()>
                <input type="hidden" name="session" value=session.id.to_string() />
                <button class="button" aria-label=format!("Sign out {browser}")>
                    "Sign out"
                </button>
            </form>
        }
        .into_any()
    };
    let address = session
        .address
        .clone()
        .map(|address| view! { " from " <Foreign text=address /> });
    view! {
        <li>
            <div>
                <p>{browser} {address}</p>
                <p class="muted">
                    "Since " <Moment at=session.created_at /> ", last used "
                    <Moment at=session.last_seen_at />
                </p>
            </div>
            {end}
        </li>
    }
    .into_any()
}

/// What a browser is called, told from the long name it gives itself.
fn browser_name(agent: &str) -> &'static str {
    let names = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("HeadlessChrome/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    let known = names.iter().find(|(mark, _)| agent.contains(mark));
    known.map_or("Another program", |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::browser_name;

    #[test]
    fn a_browser_is_called_what_people_call_it() {
        let edge = "Mozilla/5.0 AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0";
        assert_eq!(browser_name(edge), "Edge");
        assert_eq!(browser_name("curl/8.5"), "Another program");
    }
}
