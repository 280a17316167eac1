//! How a connection does, in a word and in a sentence.

use leptos::prelude::*;

use crate::domain::Pause;
use crate::web::context::{ConnectionHealth, ConnectionOverview, PauseKind};
use crate::web::ui::{Banner, Foreign, Moment, Mood, StateWord};

/// The word for how it does.
pub fn health_word(overview: &ConnectionOverview) -> AnyView {
    let (mood, word) = words(overview);
    view! { <StateWord mood word /> }.into_any()
}

fn words(overview: &ConnectionOverview) -> (Mood, &'static str) {
    match overview.health {
        ConnectionHealth::Working => (Mood::Success, "works"),
        ConnectionHealth::Untested => (Mood::Information, "not tried yet"),
        ConnectionHealth::KeyUnreadable => (Mood::Critical, "key cannot be opened"),
        ConnectionHealth::KeyRefused => (Mood::Critical, "key refused"),
        ConnectionHealth::RateLimited => (Mood::Warning, "asked to wait"),
        ConnectionHealth::Unreachable if is_held_back(overview) => {
            (Mood::Critical, "held back: no clear answers")
        }
        ConnectionHealth::Unreachable => (Mood::Critical, "cannot be reached"),
        ConnectionHealth::Paused => (Mood::Warning, "paused"),
    }
}

/// Whether too many sends in a row ended unclear.
fn is_held_back(overview: &ConnectionOverview) -> bool {
    let pause = overview.connection.pause.as_ref();
    pause.is_some_and(|pause| pause.kind == PauseKind::Breaker)
}

/// What stands in the way, what that means for what waits, and what to do. Nothing while it works.
pub fn health_story(overview: &ConnectionOverview, pause: Option<&Pause>) -> Option<AnyView> {
    let (mood, word) = words(overview);
    let (meaning, next) = match overview.health {
        ConnectionHealth::Working => return None,
        ConnectionHealth::Untested => (
            "IT Glue has not answered over this connection yet.",
            "Test it below.",
        ),
        ConnectionHealth::KeyUnreadable => (
            "The stored key does not open with the master key of this server. Nothing is sent over \
             this connection; every other one goes on, and what is approved waits.",
            "Rotate the key, or ask the operator to put back the master key file it was sealed \
             with.",
        ),
        ConnectionHealth::KeyRefused => (
            "IT Glue refuses the key: it was revoked, switched off after 90 days without use, or \
             is of another region. Nothing is sent, and what is approved waits.",
            "Rotate the key. The old one is tried again every minute, in case it was switched on \
             again.",
        ),
        ConnectionHealth::RateLimited => (
            "IT Glue asked to wait. What is approved is sent afterwards, by itself.",
            "Nothing is to be done, unless other programs use up the same account.",
        ),
        ConnectionHealth::Unreachable if is_held_back(overview) => (
            "Several sends in a row ended without a clear answer, so nothing more is sent. What is \
             approved waits.",
            "Look at the proposals that need a look, test the connection, then resume it.",
        ),
        ConnectionHealth::Unreachable => (
            "IT Glue does not answer, or not in time. What is approved waits.",
            "Check the network and the status page of IT Glue, then test the connection.",
        ),
        ConnectionHealth::Paused => (
            "Nothing is sent over this connection. What is approved waits and is not lost.",
            "Resume it below once the reason is gone.",
        ),
    };
    let why = why(overview, pause);
    let view = view! {
        <Banner mood title=capitalized(word)>
            {why}
            <p>{meaning} " " {next}</p>
        </Banner>
    };
    Some(view.into_any())
}

/// By whom, since when, until when, and why, as far as that is known.
fn why(overview: &ConnectionOverview, pause: Option<&Pause>) -> Option<AnyView> {
    if let Some(pause) = pause {
        let view = view! {
            <p>
                "Paused by "
                <Foreign text=pause.by.clone() />
                ", "
                <Moment at=pause.since />
                ": "
                <q>
                    <Foreign text=pause.reason.clone() />
                </q>
            </p>
        };
        return Some(view.into_any());
    }
    if let Some(stop) = &overview.connection.pause {
        let until = stop.until.map(|at| view! { ", until " <Moment at /> });
        let view = view! {
            <p>
                "Since " <Moment at=stop.since /> {until} ": " <Foreign text=stop.detail.clone() />
            </p>
        };
        return Some(view.into_any());
    }
    let detail = overview.health_detail.clone()?;
    Some(view! { <p><Foreign text=detail /></p> }.into_any())
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
