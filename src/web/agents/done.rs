//! What a form about an agent has just done.

use leptos::prelude::*;

use crate::domain::named_enum;
use crate::web::ui::{Banner, Mood};

named_enum! {
    /// What was done.
    pub enum Done {
        /// The agent was made.
        Added = "added",
        /// It was changed.
        Changed = "changed",
        /// It was paused.
        Paused = "paused",
        /// It may go on.
        Resumed = "resumed",
        /// One of its tokens was revoked.
        TokenRevoked = "token-revoked",
        /// It is gone.
        Removed = "removed",
    }
}

impl Done {
    /// Says so.
    pub fn banner(self) -> AnyView {
        let (title, text) = match self {
            Self::Added => (
                "The agent is made",
                "It can ask for nothing yet: make its first token.",
            ),
            Self::Changed => ("The agent is changed", "It holds from its next request on."),
            Self::Paused => (
                "The agent is paused",
                "Its next request is refused. What was approved for it waits.",
            ),
            Self::Resumed => ("The agent may go on", "What was waiting goes on."),
            Self::TokenRevoked => (
                "The token is revoked",
                "The next request with it is refused.",
            ),
            Self::Removed => (
                "The agent is removed",
                "Its tokens work no more. What it proposed stays in the history.",
            ),
        };
        view! {
            <Banner mood=Mood::Success title=title.to_owned()>
                <p>{text}</p>
            </Banner>
        }
        .into_any()
    }
}
