//! A message at the top of a page: what a form did, or why it did nothing.

use leptos::prelude::*;

use crate::web::links::Done;

/// How a banner feels; its words say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// Something worked.
    Success,
    /// Something to know.
    Information,
    /// Something to look at.
    Warning,
    /// Something did not work.
    Critical,
}

impl Mood {
    /// The stable name, for style sheets.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Information => "information",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

/// A message with a title. Urgent ones are spoken at once.
#[component]
pub fn Banner(
    /// How it feels.
    mood: Mood,
    /// What it is about, in a few words.
    title: String,
    /// The rest of it.
    children: Children,
) -> impl IntoView {
    let role = match mood {
        Mood::Critical => "alert",
        Mood::Success | Mood::Information | Mood::Warning => "status",
    };
    view! {
        <div class="banner" data-mood=mood.as_str() role=role>
            <p class="banner__title">{title}</p>
            {children()}
        </div>
    }
}

/// What the form that led to this page has done; nothing, if none did.
#[component]
pub fn DoneBanner(
    /// What the address says of it.
    done: Option<Done>,
) -> impl IntoView {
    done.map(|done| {
        view! {
            <div class="banner" data-mood=Mood::Success.as_str() role="status">
                <p class="banner__title">{done.words()} "."</p>
            </div>
        }
    })
}
