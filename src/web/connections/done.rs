//! What a form about a connection has just done.

use leptos::prelude::*;

use crate::domain::named_enum;
use crate::web::ui::{Banner, Mood};

named_enum! {
    /// What was done.
    pub enum Done {
        /// The connection was added.
        Added = "added",
        /// It has a new key.
        KeyRotated = "key-rotated",
        /// It was paused.
        Paused = "paused",
        /// It sends again.
        Resumed = "resumed",
        /// It is gone.
        Removed = "removed",
    }
}

impl Done {
    /// Says so.
    pub fn banner(self) -> AnyView {
        let (title, text) = match self {
            Self::Added => (
                "The connection is added",
                "IT Glue took the key. Next, make an agent that works over it.",
            ),
            Self::KeyRotated => (
                "The new key is in use",
                "What was waiting goes on with it. Revoke the old key in IT Glue now.",
            ),
            Self::Paused => (
                "The connection is paused",
                "Nothing more is sent over it. What is approved waits.",
            ),
            Self::Resumed => ("The connection sends again", "What was waiting goes on."),
            Self::Removed => (
                "The connection is removed",
                "Its key was erased here. Revoke it in IT Glue too.",
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
