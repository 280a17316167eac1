//! Why a change of connections, profiles, agents, people or settings was not made.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::json;

use super::Problem;
use crate::admin::{AdminError, ConnectionTest, Kind};
use crate::api::admin::wire;
use crate::domain::FieldError;
use crate::secrets::PasswordError;

/// How long a client waits that came while too many passwords were being hashed.
const BUSY: Duration = Duration::from_secs(2);

impl From<AdminError> for Problem {
    fn from(error: AdminError) -> Self {
        let detail = detail(&error);
        match error {
            AdminError::NameTaken { .. } => Self::conflict("name-taken", "Name taken", detail),
            AdminError::Missing { .. } => {
                Self::new(StatusCode::NOT_FOUND, "not-found", "Not found", detail)
            }
            AdminError::Disabled(_) => Self::conflict("disabled", "Switched off", detail),
            AdminError::LastAdministrator(_) => {
                Self::conflict("last-administrator", "Last administrator", detail)
            }
            AdminError::HasJoined(_) => Self::conflict("has-joined", "Has joined", detail),
            AdminError::TokenEnded(_) => Self::conflict("token-ended", "Token ended", detail),
            AdminError::SettingFixed(_) => Self::conflict("setting-fixed", "Setting fixed", detail),
            AdminError::Changed => Self::conflict("changed", "Changed", detail),
            AdminError::ProfileMoved { now } => Self::conflict("changed", "Changed", detail)
                .with(json!({ "now": wire::ProfileOverview::of(&now) })),
            AdminError::InUse {
                waiting, agents, ..
            } => Self::conflict("in-use", "In use", detail)
                .with(json!({ "waiting": waiting, "agents": agents })),
            AdminError::ProfileInUse(agents) => Self::conflict("in-use", "In use", detail)
                .with(json!({ "waiting": 0, "agents": agents.len(), "names": agents })),
            AdminError::TestFailed(test) => Self::test_failed(&test, detail),
            AdminError::StepUpRequired => Self::new(
                StatusCode::FORBIDDEN,
                "step-up-required",
                "Step-up required",
                detail,
            ),
            AdminError::WeakPassword(_) => unfit("/password", detail),
            AdminError::ScopeBeyondRole { .. } | AdminError::NoScope => unfit("/scopes", detail),
            AdminError::BadExpiry => unfit("/expires_days", detail),
            AdminError::BadOverlap => unfit("/overlap_hours", detail),
            AdminError::BadSetting { key, .. } => unfit(&format!("/{key}"), detail),
            AdminError::BadApiKey(_) => unfit("/api_key", detail),
            AdminError::BadBaseUrl(_)
            | AdminError::BaseUrlNotAllowed
            | AdminError::DemoHoldsNoKey => unfit("/base_url", detail),
            AdminError::ReasonMissing | AdminError::ReasonTooLong => unfit("/reason", detail),
            AdminError::GroupNotTyped(_) => unfit("/typed", detail),
            AdminError::NoSuchCall { .. } => unfit("/path", detail),
            AdminError::NothingToChange => unfit("", detail),
            AdminError::Account(_) => Self::conflict("key-unreadable", "Key unreadable", detail),
            AdminError::Password(PasswordError::Busy) => {
                let mut problem = Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "busy",
                    "Busy",
                    "Too many passwords are being hashed. Nothing was changed. Try again in a \
                     moment.",
                );
                problem.retry_after = Some(BUSY);
                problem
            }
            AdminError::KeysInUse { .. } => Self::conflict("keys-in-use", "Keys in use", detail),
            AdminError::Password(error) => Self::internal(&error),
            AdminError::KeyFile(error) => Self::internal(&error),
            AdminError::Store(error) => Self::internal(&error),
        }
    }
}

impl Problem {
    /// For things that a body names: that they are not there is an error of that member.
    pub fn referring(error: AdminError) -> Self {
        let AdminError::Missing { kind, .. } = &error else {
            return error.into();
        };
        let pointer = match kind {
            Kind::Person => "/owner",
            Kind::Connection => "/connection",
            Kind::Profile => "/profile",
            Kind::Agent => "/agent",
            Kind::Token => "/token",
        };
        unfit(pointer, detail(&error))
    }

    fn test_failed(test: &ConnectionTest, detail: String) -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "test-failed",
            "Test failed",
            detail,
        )
        .with(json!({ "test": wire::Test::of(test) }))
    }
}

fn unfit(pointer: &str, detail: String) -> Problem {
    let mut problem = Problem::invalid_request(vec![FieldError::new(pointer, detail.clone())]);
    problem.detail = detail;
    problem
}

/// What happened, that nothing changed, what to do.
fn detail(error: &AdminError) -> String {
    format!(
        "{} Nothing was changed. {}",
        sentence(&error.to_string()),
        sentence(&error.advice())
    )
}

/// With a capital and a full stop, where the text has none.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .collect();
    let end = if text.ends_with(['.', '!', '?']) {
        ""
    } else {
        "."
    };
    format!("{first}{}{end}", letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_detail_says_what_happened_what_was_not_changed_and_what_to_do() {
        let error = AdminError::NameTaken {
            kind: Kind::Profile,
            name: "Docs".to_owned(),
        };
        assert_eq!(
            detail(&error),
            "Another profile is named Docs. Nothing was changed. Choose another name."
        );
    }

    #[test]
    fn what_a_body_names_is_an_error_of_that_member() {
        let error = AdminError::Missing {
            kind: Kind::Profile,
            name: "Docs".to_owned(),
            known: vec!["Everything".to_owned()],
        };
        let problem = Problem::referring(error);
        assert_eq!(problem.status, 422);
        assert_eq!(problem.errors[0].pointer, "/profile");
    }
}
