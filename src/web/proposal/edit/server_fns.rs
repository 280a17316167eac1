//! What the forms of an edit may ask for: to see what comes of it, and to approve that.

use leptos::prelude::*;
use secrecy::SecretString;

use super::fields;
use crate::access::Technician;
use crate::decision::{Approve, DecisionError};
use crate::domain::Fingerprint;
use crate::draft::{Editable, Edits, Given, editables, edits};
use crate::web::context;
use crate::web::context::Opened;
use crate::web::error::WebError;
use crate::web::forms::{self, Failure};
use crate::web::handoff::Refused;
use crate::web::links::{self, Done, Form};
use crate::web::proposal::confirmation::Asked;
use crate::web::proposal::server_fns::proved;

/// Looks at what comes of edits. Nothing is approved.
#[server(prefix = "/web", endpoint = "edit")]
pub async fn edit_proposal(
    number: i64,
    fingerprint: String,
    #[server(default)] at: Vec<String>,
    #[server(default)] way: Vec<String>,
    #[server(default)] value: Vec<String>,
) -> Result<(), WebError> {
    let edit = Edit {
        number,
        fingerprint,
        given: fields::read(at, &way, value)?,
    };
    edit.answer(edit.look().await, Form::Edit, Vec::new()).await;
    Ok(())
}

/// Approves what the edits make of a proposal.
#[server(prefix = "/web", endpoint = "approve_edited")]
pub async fn approve_edited(
    number: i64,
    fingerprint: String,
    edited: String,
    #[server(default)] at: Vec<String>,
    #[server(default)] way: Vec<String>,
    #[server(default)] value: Vec<String>,
    #[server(default)] reason: String,
    #[server(default)] seen: Vec<String>,
    #[server(default)] name: String,
    #[server(default)] proof: String,
) -> Result<(), WebError> {
    let edit = Edit {
        number,
        fingerprint,
        given: fields::read(at, &way, value)?,
    };
    let confirmed = Confirmed {
        edited,
        reason,
        seen,
        name,
    };
    let result = edit.approve(&confirmed, proof.into()).await;
    let typed = vec![("reason".to_owned(), confirmed.reason)];
    edit.answer(result, Form::ConfirmEdit, typed).await;
    Ok(())
}

/// The proposal as it would be with these edits.
pub async fn edited(
    technician: &Technician,
    opened: Opened,
    given: &[Given],
) -> Result<Opened, Failure> {
    let fields = editables(&opened.proposal, &opened.diffs);
    let shown = opened.proposal.fingerprint;
    let approve = approve_with(&opened, &fields, given, shown)?;
    let decision = context::handles()?.decision;
    let preview = decision.preview_edits(technician, opened.proposal.id, approve);
    let preview = preview.await.map_err(unfit)?;
    Ok(Opened {
        proposal: preview.proposal,
        diffs: preview.diffs,
        undoing: preview.undoing,
        ..opened
    })
}

/// What does not fit keeps the whole pointer, by which the field is found again.
fn unfit(error: DecisionError) -> Failure {
    let errors = match error {
        DecisionError::Invalid(errors) => errors
            .into_iter()
            .map(|error| (error.pointer, error.detail))
            .collect(),
        DecisionError::ErasesRequired(keys) => keys
            .into_iter()
            .map(|key| {
                let pointer = format!("/body/data/attributes/traits/{key}");
                (
                    pointer,
                    "It is required: keep it, or give it a value.".to_owned(),
                )
            })
            .collect(),
        error => return error.into(),
    };
    Failure::Form {
        errors,
        general: None,
    }
}

/// Edits of what was shown.
struct Edit {
    number: i64,
    fingerprint: String,
    given: Vec<Given>,
}

/// What came with the confirmation.
struct Confirmed {
    edited: String,
    reason: String,
    seen: Vec<String>,
    name: String,
}

/// What went wrong, and the fields it may be about.
struct Unfit {
    failure: Failure,
    fields: Vec<Editable>,
}

impl<E: Into<Failure>> From<E> for Unfit {
    fn from(error: E) -> Self {
        Self {
            failure: error.into(),
            fields: Vec::new(),
        }
    }
}

impl Edit {
    /// The page that shows what comes of it.
    async fn look(&self) -> Result<Vec<Editable>, Unfit> {
        let (technician, opened) = self.opened().await?;
        let fields = editables(&opened.proposal, &opened.diffs);
        if opened.proposal.fingerprint.to_string() != self.fingerprint {
            return Err(WebError::ChangedSinceShown.into());
        }
        let size: usize = self.given.iter().map(|given| given.text.len()).sum();
        if size > fields::LONGEST {
            let long = "That is more than one form takes. Leave some of it for the agent.";
            return Err(Failure::general(long).into());
        }
        match edited(&technician, opened, &self.given).await {
            Ok(_) => Ok(fields),
            Err(failure) => Err(Unfit { failure, fields }),
        }
    }

    async fn approve(
        &self,
        confirmed: &Confirmed,
        proof: SecretString,
    ) -> Result<Vec<Editable>, Unfit> {
        let (technician, opened) = self.opened().await?;
        let shown: Fingerprint = self.fingerprint.parse().map_err(|_| WebError::Malformed)?;
        let made: Fingerprint = confirmed.edited.parse().map_err(|_| WebError::Malformed)?;
        let fields = editables(&opened.proposal, &opened.diffs);
        let approve = approve_with(&opened, &fields, &self.given, shown)?;
        let opened = edited(&technician, opened, &self.given).await?;
        Asked::of(&opened).check(&opened, &confirmed.seen, &confirmed.name)?;
        let technician = proved(technician, &proof).await?;
        let approve = Approve {
            edited: Some(made),
            reason: forms::given(&confirmed.reason).map(ToOwned::to_owned),
            ..approve
        };
        let decision = context::handles()?.decision;
        let id = opened.proposal.id;
        decision.approve(&technician, id, approve).await?;
        Ok(fields)
    }

    async fn opened(&self) -> Result<(Technician, Opened), WebError> {
        let technician = context::technician().await?;
        let opened = context::open(&technician.reviewer(), Some(self.number)).await?;
        Ok((technician, opened))
    }

    /// On to what follows, or back to the form with everything that was typed.
    async fn answer(
        &self,
        result: Result<Vec<Editable>, Unfit>,
        form: Form,
        mut typed: Vec<(String, String)>,
    ) {
        let path = links::form(self.number, form);
        let confirm = links::form(self.number, Form::ConfirmEdit);
        let is_look = form == Form::Edit;
        let (Ok(fields) | Err(Unfit { fields, .. })) = &result;
        typed.extend(fields::typed(fields, &self.given));
        match result {
            Ok(_) if is_look => {
                let refused = Refused {
                    typed,
                    ..Refused::default()
                };
                context::refuse(&confirm, refused).await;
            }
            Ok(_) => context::go(&links::done(&links::proposal(self.number), Done::Approved)),
            Err(Unfit { failure, fields }) => {
                let failure = by_field(&fields, failure);
                forms::answer(Err(failure), &path, typed).await;
            }
        }
    }
}

/// What is wrong, by field.
fn by_field(editables: &[Editable], failure: Failure) -> Failure {
    match failure {
        Failure::Form { errors, general } => {
            let (errors, of_whole) = fields::told(editables, errors);
            let general = general.or(of_whole);
            Failure::Form { errors, general }
        }
        Failure::Page(error) => Failure::Page(error),
    }
}

/// The approval that these edits make.
fn approve_with(
    opened: &Opened,
    fields: &[Editable],
    given: &[Given],
    shown: Fingerprint,
) -> Result<Approve, Failure> {
    let edits = edits(&opened.proposal, fields, given).map_err(|errors| Failure::Form {
        errors: errors
            .into_iter()
            .map(|error| (error.pointer, error.detail))
            .collect(),
        general: None,
    })?;
    let Some(Edits { body, keep }) = edits else {
        let same = "You changed nothing. Approve it as it is, or change something.";
        return Err(Failure::general(same));
    };
    Ok(Approve {
        fingerprint: Some(shown),
        body,
        keep,
        ..Approve::default()
    })
}
