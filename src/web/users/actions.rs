//! What can be done with a person's account, beside changing what they may do.

use super::card::Standing;
use crate::domain::named_enum;

named_enum! {
    /// One thing to be done with an account.
    pub enum UserAction {
        /// Switching on, or opening.
        Enable = "enable",
        /// A link: to join, or to choose another password.
        Link = "link",
        /// Taking the second factor off.
        ResetFactor = "reset-factor",
        /// Signing out everywhere.
        EndSessions = "end-sessions",
        /// Switching off.
        Disable = "disable",
    }
}

/// How an action is put to the administrator who is about to do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActionWords {
    /// What it is.
    pub title: &'static str,
    /// What comes of it.
    pub effect: &'static str,
    /// What the button says.
    pub button: &'static str,
    /// Whether it takes something away at once.
    pub is_harsh: bool,
}

impl UserAction {
    /// The words, which depend on how the person stands.
    pub const fn words(self, standing: Standing) -> ActionWords {
        match (self, standing) {
            (Self::Link, Standing::Invited(_) | Standing::InvitationExpired(_)) => ActionWords {
                title: "Make another invitation",
                effect: "The earlier link no longer works. The new one is shown once, to be handed \
                         over.",
                button: "Make the link",
                is_harsh: false,
            },
            (Self::Link, _) => ActionWords {
                title: "Make a link to reset the password",
                effect: "It is shown once, to be handed over. When it is used, every session of \
                         this account ends, and an account that was closed opens.",
                button: "Make the link",
                is_harsh: false,
            },
            (Self::ResetFactor, _) => ActionWords {
                title: "Take the second factor off",
                effect: "For a lost phone. Every session of this account ends. If the role needs a \
                         second factor, the next sign-in asks to set up a new one.",
                button: "Take the second factor off",
                is_harsh: true,
            },
            (Self::EndSessions, _) => ActionWords {
                title: "Sign out everywhere",
                effect: "Every browser is signed out at once. They can sign in again.",
                button: "Sign out everywhere",
                is_harsh: true,
            },
            (Self::Disable, _) => ActionWords {
                title: "Switch the account off",
                effect: "Every session and token of this account ends at once, and nobody can sign \
                         in with it. What they decided stays in the history.",
                button: "Switch the account off",
                is_harsh: true,
            },
            (Self::Enable, Standing::Closed) => ActionWords {
                title: "Open the account",
                effect: "It was closed after too many wrong tries. They can sign in again with \
                         their password.",
                button: "Open the account",
                is_harsh: false,
            },
            (Self::Enable, _) => ActionWords {
                title: "Switch the account on",
                effect: "They can sign in again with their password and second factor.",
                button: "Switch the account on",
                is_harsh: false,
            },
        }
    }

    /// What there is to do with a person who stands like this.
    pub fn of(standing: Standing, has_factor: bool, sessions: u32) -> Vec<Self> {
        let is_on = !matches!(standing, Standing::Disabled(_));
        let is_open = |action: &Self| match action {
            Self::Enable => !is_on || standing == Standing::Closed,
            Self::Link | Self::Disable => is_on,
            Self::ResetFactor => has_factor,
            Self::EndSessions => sessions > 0,
        };
        Self::ALL.iter().copied().filter(is_open).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;

    #[test]
    fn only_what_makes_sense_is_offered() {
        let at = Timestamp::from_millis(0);
        assert_eq!(
            UserAction::of(Standing::Disabled(at), false, 0),
            [UserAction::Enable]
        );
        assert_eq!(
            UserAction::of(Standing::Invited(at), false, 0),
            [UserAction::Link, UserAction::Disable]
        );
        assert!(UserAction::of(Standing::Closed, true, 1).contains(&UserAction::Enable));
        assert!(!UserAction::of(Standing::Active, true, 1).contains(&UserAction::Enable));
    }
}
