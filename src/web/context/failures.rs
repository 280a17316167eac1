//! From the errors of the stages to what stands beside a field, or on top of a form.

use crate::access::{ChangePasswordError, FactorError, LinkError, SetUpError, SignInError};
use crate::admin::{AdminError, Kind};
use crate::decision::DecisionError;
use crate::intake::IntakeError;
use crate::secrets::WeakPassword;
use crate::web::error::WebError;
use crate::web::forms::{Failure, sentences};

impl From<AdminError> for Failure {
    fn from(error: AdminError) -> Self {
        let text = told(&error);
        match error {
            AdminError::NameTaken { kind, .. } => match kind {
                Kind::Person => Self::field("email", text),
                Kind::Connection | Kind::Profile | Kind::Agent | Kind::Token => {
                    Self::field("name", text)
                }
            },
            AdminError::WeakPassword(_) => Self::field("password", text),
            AdminError::BadExpiry => Self::field("days", text),
            AdminError::BadApiKey(_) | AdminError::TestFailed(_) => Self::field("api_key", text),
            AdminError::BadBaseUrl(_) | AdminError::BaseUrlNotAllowed => {
                Self::field("base_url", text)
            }
            AdminError::NoScope | AdminError::ScopeBeyondRole { .. } => Self::field("scopes", text),
            AdminError::BadOverlap => Self::field("overlap_hours", text),
            AdminError::BadSetting { key, .. } | AdminError::SettingFixed(key) => {
                Self::field(key.as_str(), text)
            }
            AdminError::ReasonMissing | AdminError::ReasonTooLong => Self::field("reason", text),
            AdminError::StepUpRequired => WebError::StepUpRequired.into(),
            AdminError::GroupNotTyped(group) => Self::field(group.as_str(), text),
            AdminError::Missing { .. }
            | AdminError::Disabled(_)
            | AdminError::LastAdministrator(_)
            | AdminError::HasJoined(_)
            | AdminError::TokenEnded(_)
            | AdminError::InUse { .. }
            | AdminError::DemoHoldsNoKey
            | AdminError::ProfileMoved { .. }
            | AdminError::ProfileInUse(_)
            | AdminError::NoSuchCall { .. }
            | AdminError::NothingToChange
            | AdminError::Changed
            | AdminError::KeysInUse { .. } => Self::general(text),
            AdminError::KeyFile(cause) => WebError::unavailable(&cause).into(),
            AdminError::Password(cause) => WebError::unavailable(&cause).into(),
            AdminError::Account(cause) => WebError::unavailable(&cause).into(),
            AdminError::Store(cause) => WebError::unavailable(&cause).into(),
        }
    }
}

impl From<DecisionError> for Failure {
    fn from(error: DecisionError) -> Self {
        match error {
            DecisionError::Invalid(errors) => Self::Form {
                errors: errors
                    .into_iter()
                    .map(|error| (last_segment(&error.pointer), error.detail))
                    .collect(),
                general: None,
            },
            DecisionError::ChangedSinceShown { detail } => {
                let what = "It changed since it was shown to you, and nothing was decided.";
                Self::general(format!("{what} {detail}"))
            }
            DecisionError::NothingToRevert { detail } => {
                Self::general(format!("{detail} Nothing was proposed."))
            }
            DecisionError::Overtaken(labels) => Self::general(format!(
                "Others have changed {} since this revert was proposed, and it would take that \
                 away. Nothing was decided. Reject it, and propose the revert anew.",
                labels.join(", ")
            )),
            DecisionError::HeldAfterRestore => Self::general(
                "The database was restored from a backup, and nobody has accepted that yet. What \
                 looks unsent may have been sent since, so nothing was changed. Let an administrator \
                 accept it, then try again.",
            ),
            DecisionError::Revert(error) => error.into(),
            DecisionError::ReasonMissing => Self::field("reason", "Say why, in a sentence."),
            DecisionError::ReasonTooLong => Self::field("reason", "At most 2,000 characters."),
            error @ (DecisionError::NotFound
            | DecisionError::WrongState(_)
            | DecisionError::Expired
            | DecisionError::StepUpRequired
            | DecisionError::NotSettled { .. }
            | DecisionError::OwnAgent
            | DecisionError::NotYours
            | DecisionError::RefusedByPolicy(_)
            | DecisionError::ErasesRequired(_)
            | DecisionError::RecordGone
            | DecisionError::NobodyToAnswer
            | DecisionError::Unreachable { .. }
            | DecisionError::Account(_)
            | DecisionError::Secrets(_)
            | DecisionError::Store(_)) => WebError::from(error).into(),
        }
    }
}

/// The field a pointer leads to.
fn last_segment(pointer: &str) -> String {
    pointer.rsplit('/').next().unwrap_or_default().to_owned()
}

impl From<SignInError> for Failure {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Wait { seconds } => Self::general(wait(seconds)),
            SignInError::Refused
            | SignInError::Closed
            | SignInError::Busy
            | SignInError::Password(_)
            | SignInError::Factor(_)
            | SignInError::Store(_) => Self::Page(error.into()),
        }
    }
}

impl From<FactorError> for Failure {
    fn from(error: FactorError) -> Self {
        match error {
            FactorError::Refused => Self::field(
                "code",
                "That is not the code of now. Look at the app again: a new one comes every 30 \
                 seconds. The clock of the phone has to be right.",
            ),
            FactorError::Required => Self::general(
                "Your role needs a second factor. It stays as it is: set up another one to \
                 replace it.",
            ),
            FactorError::Missing => {
                Self::general("There is no second factor. Nothing was changed. Set one up first.")
            }
            FactorError::Forbidden(missing) => WebError::from(missing).into(),
            FactorError::Ended => WebError::SignedOut.into(),
            FactorError::Sealed(cause) => WebError::unavailable(&cause).into(),
            FactorError::Store(cause) => WebError::unavailable(&cause).into(),
        }
    }
}

impl From<ChangePasswordError> for Failure {
    fn from(error: ChangePasswordError) -> Self {
        match error {
            ChangePasswordError::Current(SignInError::Refused) => Self::field(
                "current",
                "That is not your password. Nothing was changed. Try again.",
            ),
            ChangePasswordError::Current(error) => error.into(),
            ChangePasswordError::Weak(reasons) => Self::field("password", weak(&reasons)),
        }
    }
}

impl From<LinkError> for Failure {
    fn from(error: LinkError) -> Self {
        match error {
            // The page says of itself that the link has ended.
            LinkError::Gone => Self::Form {
                errors: Vec::new(),
                general: None,
            },
            LinkError::Weak(reasons) => Self::field("password", weak(&reasons)),
            LinkError::Busy => WebError::Busy.into(),
            LinkError::Password(cause) => WebError::unavailable(&cause).into(),
            LinkError::Store(cause) => WebError::unavailable(&cause).into(),
        }
    }
}

impl From<SetUpError> for Failure {
    fn from(error: SetUpError) -> Self {
        match error {
            SetUpError::Closed => WebError::NotFound.into(),
            SetUpError::WrongCode => Self::field(
                "code",
                "That is not the code that was printed last, or it is older than an hour. Start \
                 the server again to get a new one.",
            ),
            SetUpError::Wait { seconds } => Self::general(wait(seconds)),
            SetUpError::Weak(reasons) => Self::field("password", weak(&reasons)),
            SetUpError::EmailTaken => Self::field(
                "email",
                "Somebody who is no administrator has this address. Use another one.",
            ),
            SetUpError::Busy => WebError::Busy.into(),
            SetUpError::Password(cause) => WebError::unavailable(&cause).into(),
            SetUpError::Store(cause) => WebError::unavailable(&cause).into(),
        }
    }
}

impl From<IntakeError> for Failure {
    fn from(error: IntakeError) -> Self {
        match error {
            IntakeError::Refused { verdict, .. } => Self::general(format!(
                "The policy refused it: {} Nothing was proposed. Change the profile of the agent, \
                 then let the agent propose it.",
                verdict.explanation
            )),
            IntakeError::TooMany { detail, .. } => Self::general(detail),
            IntakeError::Unavailable { .. } | IntakeError::RecordNotFound => Self::general(
                "IT Glue could not be read. Nothing was proposed. Look at the connection, then try \
                 again.",
            ),
            IntakeError::OtherClients => Self::general(
                "This would reach a client that is not among yours. Nothing was proposed. Let \
                 somebody do it who has the client.",
            ),
            IntakeError::UnknownEndpoint { .. }
            | IntakeError::Invalid(_)
            | IntakeError::ProposedByPerson
            | IntakeError::NotFound
            | IntakeError::WrongState(_)
            | IntakeError::HeldAfterRestore
            | IntakeError::IdempotencyKeyReused
            | IntakeError::InProgress
            | IntakeError::DuplicatePending(_)
            | IntakeError::Account(_)
            | IntakeError::Secrets(_)
            | IntakeError::Store(_) => WebError::unavailable(&error).into(),
        }
    }
}

/// Every reason, each a sentence.
fn weak(reasons: &[WeakPassword]) -> String {
    let sentences: Vec<String> = reasons
        .iter()
        .map(|reason| format!("It {reason}."))
        .collect();
    sentences.join(" ")
}

/// How long it takes until the next try is looked at.
fn wait(seconds: u32) -> String {
    let left = match seconds {
        1 => "1 second".to_owned(),
        0..120 => format!("{seconds} seconds"),
        120..7_200 => format!("{} minutes", seconds.div_ceil(60)),
        _ => format!("{} hours", seconds.div_ceil(3_600)),
    };
    format!(
        "Too many wrong tries. This one was not looked at, and nothing was changed. Try again in \
         {left}."
    )
}

/// What happened, what was not changed, what to do next.
fn told(error: &AdminError) -> String {
    sentences([&error.to_string(), "nothing was changed", &error.advice()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_is_told_in_one_unit() {
        assert!(wait(1).ends_with("in 1 second."));
        assert!(wait(10).ends_with("in 10 seconds."));
        assert!(wait(121).ends_with("in 3 minutes."));
        assert!(wait(86_400).ends_with("in 24 hours."));
    }

    #[test]
    fn every_reason_against_a_password_is_told() {
        let text = weak(&[WeakPassword::TooShort(8), WeakPassword::HoldsName]);
        assert_eq!(text.matches("It ").count(), 2);
        assert!(text.ends_with("It holds your name."));
    }

    #[test]
    fn what_an_administrator_reads_is_whole_sentences() {
        let text = told(&AdminError::LastAdministrator("sam@example.com".to_owned()));
        assert_eq!(
            text,
            "Sam@example.com is the last administrator. Nothing was changed. Add another \
             administrator first."
        );
    }
}
