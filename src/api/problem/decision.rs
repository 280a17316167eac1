//! Why nothing was decided.

use axum::http::StatusCode;

use super::Problem;
use crate::decision::DecisionError;
use crate::domain::FieldError;

impl From<DecisionError> for Problem {
    fn from(error: DecisionError) -> Self {
        match error {
            DecisionError::NotFound => Self::not_found(),
            DecisionError::ChangedSinceShown { detail } => Self::conflict(
                "changed-since-shown",
                "Changed since shown",
                format!("{detail} Your decision was not recorded."),
            ),
            DecisionError::WrongState(status) => Self::conflict(
                "wrong-state",
                "Wrong state",
                format!("The proposal is {status}; that is too late for this. It was not changed."),
            ),
            DecisionError::Expired => Self::conflict(
                "wrong-state",
                "Wrong state",
                "The proposal has expired. The agent can propose it again.",
            ),
            DecisionError::ReasonMissing => Self::invalid(vec![FieldError::new(
                "/reason",
                "Say why; the reason is kept with the decision.",
            )]),
            DecisionError::ReasonTooLong => Self::invalid(vec![FieldError::new(
                "/reason",
                "At most 2,000 characters.",
            )]),
            DecisionError::StepUpRequired => Self::new(
                StatusCode::FORBIDDEN,
                "step-up-required",
                "Step-up required",
                "Critical proposals, and sending a write once more, need a token with the scope \
                 `decide-critical`. Nothing was decided.",
            ),
            DecisionError::NotSettled { until } => Self::conflict(
                "wrong-state",
                "Wrong state",
                format!(
                    "What was sent may still take effect{}. Nothing was changed; say it then.",
                    until.map_or_else(String::new, |until| format!(" until {until}"))
                ),
            ),
            DecisionError::OwnAgent => Self::forbidden(
                "You proposed it, or answer for the agent that did; somebody else has to decide what is \
                 critical.",
            ),
            DecisionError::HeldAfterRestore => Self::held_after_restore(),
            DecisionError::NotYours => {
                Self::forbidden("Only the one who approved it, or an administrator, can undo it.")
            }
            DecisionError::RefusedByPolicy(verdict) => Self::refused(&verdict, None),
            DecisionError::Invalid(errors) => Self::invalid(errors),
            DecisionError::ErasesRequired(fields) => Self::invalid(
                fields
                    .into_iter()
                    .map(|field| {
                        FieldError::new(
                            "/keep",
                            format!("`{field}` is required and would be erased: keep it, or give it a value in `body`."),
                        )
                    })
                    .collect(),
            ),
            DecisionError::RecordGone => Self::new(
                StatusCode::NOT_FOUND,
                "not-found",
                "Not found",
                "IT Glue no longer has the record. Nothing was decided; reject the proposal.",
            ),
            DecisionError::NothingToRevert { detail } => Self::conflict(
                "nothing-to-revert",
                "Nothing to revert",
                format!("{detail} Nothing was proposed."),
            ),
            DecisionError::Overtaken(labels) => Self::conflict(
                "wrong-state",
                "Wrong state",
                format!(
                    "Others have changed {} since this revert was proposed, and it would take that \
                     away. Nothing was decided. Reject it, and propose the revert anew.",
                    labels.join(", ")
                ),
            ),
            DecisionError::NobodyToAnswer => Self::conflict(
                "wrong-state",
                "Wrong state",
                "A person proposed this, and no agent would answer. Reject it instead. It was not \
                 changed.",
            ),
            DecisionError::Revert(error) => error.into(),
            DecisionError::Unreachable { retry_after, cause } => {
                Self::unavailable(retry_after, &cause)
            }
            DecisionError::Account(error) => Self::internal(&error),
            DecisionError::Secrets(error) => Self::internal(&error),
            DecisionError::Store(error) => Self::internal(&error),
        }
    }
}
