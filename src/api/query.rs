//! Reading queries: what is wrong in one is told of its member.

use std::str::FromStr;

use axum::extract::rejection::QueryRejection;

use super::Problem;
use crate::domain::{FieldError, UnknownName};

/// What is wrong with an agent.
pub const NO_AGENT: &str = "This is no id of an agent.";
/// What is wrong with an organization.
pub const NO_ORGANIZATION: &str = "This is no id of an organization.";

/// A closed name in a query.
///
/// # Errors
/// If there is no such name.
pub fn named<T: FromStr<Err = UnknownName>>(
    key: &str,
    text: Option<&str>,
) -> Result<Option<T>, Problem> {
    let parse = |text: &str| {
        text.parse()
            .map_err(|error| unfit(key, format!("{error}.")))
    };
    text.map(parse).transpose()
}

/// Anything else in a query; `wrong` says what it would have to be.
///
/// # Errors
/// If it cannot be read.
pub fn parsed<T: FromStr>(
    key: &str,
    text: Option<&str>,
    wrong: &str,
) -> Result<Option<T>, Problem> {
    let parse = |text: &str| text.parse().map_err(|_| unfit(key, wrong.to_owned()));
    text.map(parse).transpose()
}

/// A query that is not one.
pub fn unreadable(error: &QueryRejection) -> Problem {
    Problem::invalid(vec![FieldError::new("/query", error.body_text())])
}

fn unfit(key: &str, detail: String) -> Problem {
    Problem::invalid(vec![FieldError::new(format!("/query/{key}"), detail)])
}
