//! How a form is answered: with the page that states the result, or with the form again, what was
//! typed still in it, and what is wrong beside each field.

use std::fmt;
use std::str::FromStr;

use super::error::WebError;
use super::handoff::Refused;
use super::{context, links};

/// The field in which a person proves anew who they are.
pub const PROOF: &str = "proof";

/// Why a form was not carried out.
#[derive(Debug)]
pub enum Failure {
    /// For a reason that any page can have.
    Page(WebError),
    /// For reasons of this form.
    Form {
        /// What is wrong: name of the field, a sentence.
        errors: Vec<(String, String)>,
        /// What is wrong with the whole, and what to do.
        general: Option<String>,
    },
}

impl Failure {
    /// One field is wrong.
    pub fn field(name: &str, error: impl Into<String>) -> Self {
        Self::Form {
            errors: vec![(name.to_owned(), error.into())],
            general: None,
        }
    }

    /// The whole is wrong: what happened, what was not changed, what to do next.
    pub fn general(error: impl Into<String>) -> Self {
        Self::Form {
            errors: Vec::new(),
            general: Some(error.into()),
        }
    }
}

impl From<WebError> for Failure {
    fn from(error: WebError) -> Self {
        Self::Page(error)
    }
}

/// The fields of a form as they are read, and what is wrong with each.
#[derive(Debug, Default)]
pub struct Reading {
    errors: Vec<(String, String)>,
}

impl Reading {
    /// Reads a field. What does not fit is remembered, and the other fields are read all the same.
    pub fn field<T>(&mut self, name: &str, text: &str) -> Option<T>
    where
        T: FromStr,
        T::Err: fmt::Display,
    {
        match text.trim().parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.wrong(name, format!("This {error}."));
                None
            }
        }
    }

    /// Remembers that a field is wrong.
    pub fn wrong(&mut self, name: &str, error: impl Into<String>) {
        self.errors.push((name.to_owned(), error.into()));
    }

    /// All that is wrong.
    pub fn failure(self) -> Failure {
        Failure::Form {
            errors: self.errors,
            general: None,
        }
    }
}

/// What was typed, to be put into the form again. Never pass a secret.
pub fn typed(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    fields
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

/// A whole number between these.
pub fn number(reading: &mut Reading, name: &str, text: &str, least: u32, most: u32) -> Option<u32> {
    let number = text.trim().parse().ok();
    let number = number.filter(|number| (least..=most).contains(number));
    if number.is_none() {
        reading.wrong(name, format!("This is no number from {least} to {most}."));
    }
    number
}

/// Clauses as the stages write them, as sentences.
pub fn sentences<'a>(clauses: impl IntoIterator<Item = &'a str>) -> String {
    let sentences: Vec<String> = clauses.into_iter().map(sentence).collect();
    sentences.join(" ")
}

fn sentence(clause: &str) -> String {
    let mut letters = clause.trim_end_matches('.').chars();
    let first = letters.next().map(char::to_uppercase);
    first
        .into_iter()
        .flatten()
        .chain(letters)
        .chain(['.'])
        .collect()
}

/// What was left empty is nothing.
pub fn given(text: &str) -> Option<&str> {
    let text = text.trim();
    (!text.is_empty()).then_some(text)
}

/// Goes to the address the form led to, or back to the form at `back`.
pub async fn answer(result: Result<String, Failure>, back: &str, typed: Vec<(String, String)>) {
    let failure = match result {
        Ok(address) => return context::go(&address),
        Err(failure) => failure,
    };
    let refused = |errors, general| Refused {
        typed,
        errors,
        general,
    };
    match failure {
        Failure::Page(WebError::SignedOut) => {
            context::refuse_signed_out(back, refused(Vec::new(), None)).await;
        }
        Failure::Page(WebError::CodeDue) => context::go(&links::sign_in_code(back)),
        Failure::Page(WebError::EnrolmentDue) => context::go(&links::sign_in_factor(back)),
        Failure::Page(error) => {
            let (errors, general) = said(error);
            context::refuse(back, refused(errors, general)).await;
        }
        Failure::Form { errors, general } => {
            context::refuse(back, refused(errors, general)).await;
        }
    }
}

/// Beside the proof what is wrong with the proof, and everything else on top.
fn said(error: WebError) -> (Vec<(String, String)>, Option<String>) {
    let wording = error.wording();
    if matches!(error, WebError::StepUpRequired | WebError::PasswordWrong) {
        let text = format!("{}. {}", wording.title, wording.next);
        return (vec![(PROOF.to_owned(), text)], None);
    }
    let request = context::request_id().filter(|_| error == WebError::Unavailable);
    let request = request.map_or_else(String::new, |id| format!(" Request id: {id}."));
    (Vec::new(), Some(wording.whole() + &request))
}
