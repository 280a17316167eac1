//! What a form about a profile has just done.

use leptos::prelude::*;

use crate::domain::named_enum;
use crate::web::ui::{Banner, Mood};

named_enum! {
    /// What was done.
    pub enum Done {
        /// The profile was added.
        Added = "added",
        /// It says something else now.
        Saved = "saved",
        /// It is gone.
        Removed = "removed",
    }
}

impl Done {
    /// Says so.
    pub fn banner(self) -> AnyView {
        let (title, text) = match self {
            Self::Added => (
                "The profile is added",
                "No agent uses it yet. Change what it says, then give it to an agent.",
            ),
            Self::Saved => (
                "The profile is saved",
                "It holds from the next request of each of its agents on, and for what waits to \
                 be sent.",
            ),
            Self::Removed => ("The profile is removed", "No agent used it."),
        };
        view! {
            <Banner mood=Mood::Success title=title.to_owned()>
                <p>{text}</p>
            </Banner>
        }
        .into_any()
    }
}
