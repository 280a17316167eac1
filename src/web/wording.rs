//! What people read when something went wrong: what happened, what was not changed, what to do next.

use super::error::WebError;

/// An error as a person reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wording {
    /// What failed.
    pub title: &'static str,
    /// What that means, and what was not changed.
    pub meaning: &'static str,
    /// What to do next.
    pub next: &'static str,
}

impl Wording {
    /// In one go.
    pub fn whole(&self) -> String {
        format!("{}. {} {}", self.title, self.meaning, self.next)
    }
}

impl WebError {
    /// The words for it.
    #[expect(clippy::too_many_lines, reason = "a table: one entry per error")]
    pub const fn wording(self) -> Wording {
        let (title, meaning, next) = match self {
            Self::SignedOut => (
                "You are signed out",
                "Your session has ended. Nothing was decided.",
                "Sign in again; you come back to this place.",
            ),
            Self::CodeDue => (
                "Your sign-in is not complete",
                "The password was right; a code is due. Nothing was changed.",
                "Give a code of your app.",
            ),
            Self::EnrolmentDue => (
                "Your sign-in is not complete",
                "A second factor has to be set up first. Nothing was changed.",
                "Set one up; it takes a minute.",
            ),
            Self::AccountClosed => (
                "The account is closed",
                "There were too many wrong tries today. Nothing was checked and nothing was changed.",
                "An administrator can open it, or send a link to reset the password.",
            ),
            Self::SignInRefused => (
                "E-mail and password do not fit",
                "You are not signed in.",
                "Check both and try again. An administrator can set a new password.",
            ),
            Self::Busy => (
                "Too many people sign in right now",
                "Your password was not checked. Nothing was changed.",
                "Try again in a few seconds.",
            ),
            Self::Forbidden => (
                "Your role does not include this",
                "Deciding takes the role technician or administrator. Nothing was changed.",
                "Ask an administrator of Countersign if you should have it.",
            ),
            Self::AdministratorsOnly => (
                "This is for administrators",
                "Your role is another one. Nothing was changed.",
                "Ask an administrator of Countersign to do it, or to give you the role.",
            ),
            Self::TooManyTries => (
                "Too many wrong tries",
                "The wait grows with each of them. Nothing was checked and nothing was changed.",
                "Wait a moment, then try again.",
            ),
            Self::NotFound => (
                "There is nothing at this address",
                "What it named does not exist, or the address is mistyped. Nothing was changed.",
                "Look for it from the queue.",
            ),
            Self::ChangedSinceShown => (
                "It changed since it was shown to you",
                "The proposal, the record or the policy moved meanwhile. Nothing was decided and \
                 nothing was written.",
                "Below is how it stands now. Look again, then decide.",
            ),
            Self::WrongState => (
                "This is no longer possible",
                "The proposal does not wait for this any more. Nothing was changed by you.",
                "Below is how it stands now.",
            ),
            Self::NotSettled => (
                "It may still arrive",
                "What was sent can take effect for a while yet. Nothing was changed by you.",
                "Wait until the time stated below, look again, then say what you found.",
            ),
            Self::ReasonMissing => (
                "A reason is needed",
                "Nothing was decided.",
                "Say in a sentence why, then send the form again.",
            ),
            Self::ReasonTooLong => (
                "The reason is too long",
                "At most 2,000 characters are kept. Nothing was decided.",
                "Shorten it, then send the form again.",
            ),
            Self::NotSeen => (
                "Not every changed field is marked as seen",
                "Nothing was decided.",
                "Mark each changed field, then send the form again.",
            ),
            Self::NameDiffers => (
                "The name you typed is another one",
                "Nothing was decided.",
                "Type the name as it stands beside the field. Upper and lower case do not matter.",
            ),
            Self::StepUpRequired => (
                "A proof of who you are is needed again",
                "This takes one that is at most five minutes old. Nothing was changed.",
                "Give your password or code in the form, then send it again.",
            ),
            Self::PasswordWrong => (
                "That is not right",
                "Password or code do not fit. Nothing was changed.",
                "Try again.",
            ),
            Self::OwnAgent => (
                "This proposal is yours",
                "Critical proposals are decided by somebody else than the person who made them, or \
                 who answers for the agent that did. Nothing was decided.",
                "Ask a colleague to look at it.",
            ),
            Self::NotYours => (
                "Somebody else approved this",
                "Only they or an administrator can take it back. The approval stands.",
                "Ask one of them.",
            ),
            Self::RefusedByPolicy => (
                "The policy no longer allows this",
                "The agent’s profile was changed after it proposed. Nothing was decided and \
                 nothing was written.",
                "Reject it, or ask an administrator about the profile.",
            ),
            Self::RecordGone => (
                "The record no longer exists in IT Glue",
                "There is nothing left to write to. Nothing was decided.",
                "Reject the proposal and tell the agent.",
            ),
            Self::Expired => (
                "The time to decide is over",
                "The proposal has expired. Nothing was written.",
                "The agent may propose it again.",
            ),
            Self::Unreachable => (
                "IT Glue could not be read",
                "Nobody can tell what the record holds right now, so nothing was decided and \
                 nothing was written.",
                "Try again in a moment.",
            ),
            Self::Invalid => (
                "IT Glue would not accept the result",
                "What would be written breaks a rule of this kind of record. Nothing was decided.",
                "Keep the fields that are needed, or reject it and tell the agent what is missing.",
            ),
            Self::ErasesRequired => (
                "A required field would lose its value",
                "This kind of record cannot be without it. Nothing was decided.",
                "Mark the required fields to be kept, or reject the proposal.",
            ),
            Self::Malformed => (
                "The form could not be read",
                "It did not arrive the way this page made it. Nothing was changed.",
                "Go back, reload the page and try again.",
            ),
            Self::Unavailable => (
                "Something went wrong on our side",
                "Nothing was changed by this request.",
                "Try again. If it stays, give the administrator the request id.",
            ),
        };
        Wording {
            title,
            meaning,
            next,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_says_what_failed_what_was_not_done_and_what_to_do() {
        for error in WebError::ALL {
            let wording = error.wording();
            for text in [wording.meaning, wording.next] {
                assert!(text.ends_with('.'), "{text}");
            }
            assert!(!wording.title.ends_with('.'));
            assert_eq!(error.as_str().parse(), Ok(*error));
        }
    }
}
