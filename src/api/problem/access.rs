//! Why somebody is not let in.

use axum::http::StatusCode;

use super::Problem;
use crate::access::{AccessError, Forbidden};

impl From<AccessError> for Problem {
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::Unauthenticated | AccessError::Unfinished(_) => Self::unauthenticated(),
            AccessError::AgentPaused => Self::new(
                StatusCode::FORBIDDEN,
                "agent-paused",
                "Agent paused",
                "An administrator has paused this agent. What waits is kept.",
            ),
            AccessError::WrongKind => {
                Self::forbidden("Tokens of this kind have no rights at this address.")
            }
            AccessError::Store(error) => Self::internal(&error),
        }
    }
}

impl From<Forbidden> for Problem {
    fn from(missing: Forbidden) -> Self {
        match missing {
            Forbidden::Role(role) => Self::forbidden(format!("This needs the role {role}.")),
            Forbidden::Scope(scope) => {
                Self::forbidden(format!("This needs a token with the scope `{scope}`."))
            }
            Forbidden::StepUp => Self::new(
                StatusCode::FORBIDDEN,
                "step-up-required",
                "Step-up required",
                "Prove again who you are, then repeat this.",
            ),
        }
    }
}
