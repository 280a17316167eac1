//! What stands around every page: where one is, what mode this is, who one is.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;

use super::Foreign;
use crate::domain::Role;
use crate::web::context::{Site, Surroundings, Viewer};
use crate::web::islands::Shortcuts;
use crate::web::links;
use crate::web::preferences::{Keys, Prefer, Preferences, Theme};
use crate::web::sign_in::SignOut;

/// Header, status line, the page itself, and the keys.
#[component]
pub fn Frame(
    /// What is shown around it.
    around: Surroundings,
    /// How many proposals wait, where that is known.
    #[prop(optional)]
    waiting: Option<u32>,
    /// Whether there is a decision to skip to.
    #[prop(optional)]
    has_decision: bool,
    /// The content.
    children: Children,
) -> impl IntoView {
    let Surroundings {
        viewer,
        site,
        pause,
        preferences,
        is_held_after_restore,
        path,
    } = around;
    let restored = viewer
        .as_ref()
        .filter(|_| is_held_after_restore)
        .map(restore_warning);
    let skip_to_decision =
        has_decision.then(|| view! { <a class="skip" href="#decision">"Skip to decision"</a> });
    view! {
        <a class="skip" href="#content">"Skip to content"</a>
        {skip_to_decision}
        <header>
            <div class="frame">
                <a class="frame__brand" href="/">"Countersign"</a>
                {viewer.as_ref().map(|viewer| navigation(viewer, &path, waiting))}
                {account(viewer.as_ref(), preferences, &path)}
            </div>
            {site.map(|site| status_line(site, pause, viewer.as_ref()))}
        </header>
        {site.and_then(|site| factor_warning(site, viewer.as_ref()))}
        {restored}
        <main class="page" id="content" tabindex="-1">
            {children()}
        </main>
        {viewer.map(|_| keys(preferences.keys))}
    }
}

/// A page that stands in the header.
struct Place {
    path: &'static str,
    word: &'static str,
    for_administrators: bool,
}

/// The pages of the header, in order.
const PLACES: &[Place] = &[
    Place {
        path: "/queue",
        word: "Queue",
        for_administrators: false,
    },
    Place {
        path: links::HISTORY,
        word: "History",
        for_administrators: false,
    },
    Place {
        path: "/agents",
        word: "Agents",
        for_administrators: true,
    },
    Place {
        path: "/profiles",
        word: "Profiles",
        for_administrators: true,
    },
    Place {
        path: "/connections",
        word: "Connections",
        for_administrators: true,
    },
    Place {
        path: "/users",
        word: "Users",
        for_administrators: true,
    },
    Place {
        path: "/settings",
        word: "Settings",
        for_administrators: true,
    },
];

fn navigation(viewer: &Viewer, path: &str, waiting: Option<u32>) -> AnyView {
    let links: Vec<AnyView> = PLACES
        .iter()
        .filter(|place| !place.for_administrators || viewer.role.may_administer())
        .map(|place| {
            let is_current = is_below(path, place.path).then_some("page");
            let count = waiting
                .filter(|_| place.path == "/queue")
                .map(|count| view! { " " <span class="count">{capped(count)}</span> });
            view! {
                <a href=place.path aria-current=is_current>
                    {place.word}
                    {count}
                </a>
            }
            .into_any()
        })
        .collect();
    view! {
        <nav class="frame__places" aria-label="Places">
            {links}
        </nav>
    }
    .into_any()
}

/// Whether an address is that of a place or of something in it.
fn is_below(path: &str, place: &str) -> bool {
    path.strip_prefix(place)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
}

/// A count of a lane; the store counts no further than five hundred.
pub fn capped(count: u32) -> String {
    match count {
        0..500 => count.to_string(),
        _ => "500+".to_owned(),
    }
}

/// The line that is always there: what mode this is, and the way to stop it.
fn status_line(site: Site, pause: Option<String>, viewer: Option<&Viewer>) -> AnyView {
    let is_administrator = viewer.is_some_and(|viewer| viewer.role.may_administer());
    let action = if pause.is_some() {
        "Resume…"
    } else {
        "Pause all writes…"
    };
    let action = is_administrator.then(|| {
        view! {
            <a class="status-line__action" href="/pause">
                {action}
            </a>
        }
    });
    let demo = site.is_demo.then(|| {
        view! {
            <p>
                <strong>"DEMO"</strong>
                " IT Glue is a stand-in here. Nothing leaves this machine."
            </p>
        }
    });
    let mode = match (&pause, site.is_demo) {
        (Some(_), _) => "paused",
        (None, true) => "demo",
        (None, false) => "live",
    };
    let state = match pause {
        Some(reason) => view! {
            <p>
                <strong>"PAUSED"</strong>
                " Nothing is written to IT Glue: "
                <Foreign text=reason />
            </p>
        }
        .into_any(),
        None if site.is_demo => ().into_any(),
        None => view! {
            <p>
                <strong>"LIVE"</strong>
                " What is approved here is written to IT Glue."
            </p>
        }
        .into_any(),
    };
    view! {
        <div class="status-line" data-mode=mode>
            {demo}
            {state}
            {action}
        </div>
    }
    .into_any()
}

/// That passwords alone let people in is a choice somebody made, and nobody should forget it. The
/// demo says on its own line what it is.
fn factor_warning(site: Site, viewer: Option<&Viewer>) -> Option<AnyView> {
    let is_told = viewer.is_some_and(|viewer| viewer.role.may_administer());
    (site.is_factor_off && !site.is_demo && is_told).then(|| {
        view! {
            <aside class="notice-line" aria-label="Second factor">
                <strong>"Second factor off."</strong>
                " Passwords alone open Countersign, because COUNTERSIGN_SECOND_FACTOR is off."
            </aside>
        }
        .into_any()
    })
}

/// Why the worker stands still, for everybody; the way to end it, for administrators.
fn restore_warning(viewer: &Viewer) -> AnyView {
    let way = if viewer.role.may_administer() {
        view! {
            <a class="notice-line__action" href=links::RESTORE>
                "Look at it and accept it…"
            </a>
        }
        .into_any()
    } else {
        "An administrator has to accept it.".into_any()
    };
    view! {
        <aside class="notice-line" aria-label="Restored database">
            <strong>"Nothing is sent to IT Glue."</strong>
            " The database was restored from a backup, so it may show as waiting what was written \
            since. Until somebody answers for it, approved writes wait. "
            {way}
        </aside>
    }
    .into_any()
}

fn account(viewer: Option<&Viewer>, preferences: Preferences, path: &str) -> AnyView {
    let name = viewer.map_or_else(|| "Display".to_owned(), |viewer| viewer.name.clone());
    let role = viewer.map(|viewer| view! { <p class="account__role">{role_name(viewer.role)} ": " {role_word(viewer.role)}</p> });
    let sign_out = viewer.map(|_| {
        view! {
            <form method="post" action=SignOut::url()>
                <button class="button">"Sign out"</button>
            </form>
        }
    });
    let link = viewer.map(|_| view! { <a href="/account">"Account"</a> });
    view! {
        <details class="account">
            <summary>{name}</summary>
            <div class="account__menu">
                {role} {link} {preference_form(preferences, path)} {sign_out}
            </div>
        </details>
    }
    .into_any()
}

/// Theme and keys, as a form that leads back to this address.
pub fn preference_form(preferences: Preferences, path: &str) -> AnyView {
    let themes = Theme::ALL.iter().map(|theme| {
        choice(
            "theme",
            theme.as_str(),
            theme.words(),
            *theme == preferences.theme,
        )
    });
    let keys = Keys::ALL.iter().map(|keys| {
        choice(
            "keys",
            keys.as_str(),
            keys.words(),
            *keys == preferences.keys,
        )
    });
    view! {
        <form class="account__preferences" method="post" action=Prefer::url()>
            <fieldset>
                <legend>"Theme"</legend>
                {themes.collect_view()}
            </fieldset>
            <fieldset>
                <legend>"Single-key shortcuts"</legend>
                {keys.collect_view()}
            </fieldset>
            <input type="hidden" name="next" value=path.to_owned() />
            <button class="button">"Apply"</button>
        </form>
    }
    .into_any()
}

fn choice(name: &'static str, value: &'static str, words: &'static str, is_on: bool) -> AnyView {
    view! {
        <label class="choice">
            <input type="radio" name=name value=value checked=is_on />
            {words}
        </label>
    }
    .into_any()
}

/// What a role is called.
pub const fn role_name(role: Role) -> &'static str {
    match role {
        Role::Auditor => "Auditor",
        Role::Technician => "Technician",
        Role::Administrator => "Administrator",
    }
}

/// What a role means.
pub const fn role_word(role: Role) -> &'static str {
    match role {
        Role::Auditor => "sees everything, decides nothing",
        Role::Technician => "decides on proposals",
        Role::Administrator => "decides, and looks after connections, profiles, agents and people",
    }
}

fn keys(keys: Keys) -> Option<AnyView> {
    let list = [
        ("j, k", "next, previous proposal in the queue"),
        ("n, p", "next, previous changed field"),
        ("a, r", "to Approve, to Reject; Enter decides"),
        ("b, e", "to Send back, to Edit"),
        (
            "c",
            "to Claim or Release it, in the queue the one you are at",
        ),
        ("m", "to Add a comment"),
        ("z", "to Undo, while it is held"),
        ("s", "to Say what became of a write"),
        ("u", "to the unchanged fields"),
        ("l", "to Reload"),
        ("?", "to this list"),
    ];
    let rows = list.map(|(key, what)| view! { <dt>{key}</dt> <dd>{what}</dd> });
    (keys == Keys::On).then(|| {
        view! {
            <footer class="keys">
                <details>
                    <summary class="js-key" data-key="?">"Keyboard"</summary>
                    <p>"Keys move the focus and decide nothing by themselves."</p>
                    <dl class="keys__list">{rows.into_iter().collect_view()}</dl>
                </details>
                <Shortcuts />
            </footer>
        }
        .into_any()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::samples;

    fn framed(role: Role, site: Site) -> String {
        let around = Surroundings {
            site: Some(site),
            ..samples::around(role, "/queue?lane=done")
        };
        Owner::new().with(|| view! { <Frame around>"content"</Frame> }.to_html())
    }

    const OFF: Site = Site {
        is_demo: false,
        is_https: true,
        is_factor_off: true,
        may_set_base_url: false,
    };

    /// A5.
    #[test]
    fn administrators_are_told_that_the_second_factor_is_off() {
        let warning = "COUNTERSIGN_SECOND_FACTOR";
        assert!(framed(Role::Administrator, OFF).contains(warning));
        assert!(!framed(Role::Technician, OFF).contains(warning));
        let demo = Site {
            is_demo: true,
            ..OFF
        };
        assert!(!framed(Role::Administrator, demo).contains(warning));
        let on = Site {
            is_factor_off: false,
            ..OFF
        };
        assert!(!framed(Role::Administrator, on).contains(warning));
    }

    #[test]
    fn whoever_is_signed_in_is_told_that_a_restored_database_holds_everything_back() {
        let around = |viewer| Surroundings {
            viewer,
            is_held_after_restore: true,
            ..samples::around(Role::Technician, "/queue")
        };
        let shown = |viewer| {
            let around = around(viewer);
            Owner::new().with(|| view! { <Frame around>"content"</Frame> }.to_html())
        };
        let told = "restored from a backup";
        let technician = shown(Some(samples::viewer(Role::Technician)));
        assert!(technician.contains(told) && !technician.contains("href=\"/restore\""));
        assert!(technician.contains("An administrator has to accept it"));
        let administrator = shown(Some(samples::viewer(Role::Administrator)));
        assert!(administrator.contains(told) && administrator.contains("href=\"/restore\""));
        assert!(!shown(None).contains(told));
    }

    #[test]
    fn a_pause_is_told_to_everybody_and_ended_by_administrators() {
        let around = |role| Surroundings {
            site: Some(OFF),
            pause: Some("An agent runs wild".to_owned()),
            ..samples::around(role, "/queue")
        };
        let framed = |role| {
            let around = around(role);
            Owner::new().with(|| view! { <Frame around>"content"</Frame> }.to_html())
        };
        let html = framed(Role::Technician);
        assert!(html.contains("PAUSED") && html.contains("An agent runs wild"));
        assert!(!html.contains("LIVE") && !html.contains("href=\"/pause\""));
        assert!(super::tests::framed(Role::Administrator, OFF).contains("Pause all writes"));
    }

    #[test]
    fn the_place_one_is_in_is_marked() {
        let html = framed(Role::Technician, OFF);
        assert!(
            html.contains("href=\"/queue\" aria-current=\"page\""),
            "{html}"
        );
        assert!(is_below("/agents/7?done=x", "/agents"));
        assert!(!is_below("/agentsmith", "/agents"));
    }
}
