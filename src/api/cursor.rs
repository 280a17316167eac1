//! Where pages begin. Opaque to clients; a cursor that is not ours is answered, not guessed.

use super::Problem;
use crate::domain::FieldError;
use crate::store::QueueCursor;

const DEFAULT_LIMIT: u32 = 50;
const LARGEST_LIMIT: u32 = 200;

/// A number that a page of a list starts below.
pub fn number(cursor: Option<&str>) -> Result<Option<i64>, Problem> {
    cursor
        .map(|text| text.parse().map_err(|_| not_ours()))
        .transpose()
}

/// A place in a lane of the queue.
pub fn queue(cursor: Option<&str>) -> Result<Option<QueueCursor>, Problem> {
    cursor
        .map(|text| QueueCursor::parse(text).ok_or_else(not_ours))
        .transpose()
}

/// How many entries a page holds.
pub fn limit(asked: Option<u32>) -> Result<u32, Problem> {
    match asked.unwrap_or(DEFAULT_LIMIT) {
        limit @ 1..=LARGEST_LIMIT => Ok(limit),
        _ => Err(Problem::invalid(vec![FieldError::new(
            "/query/limit",
            "1 to 200.",
        )])),
    }
}

fn not_ours() -> Problem {
    Problem::invalid(vec![FieldError::new(
        "/query/cursor",
        "Use the `next_cursor` of the page before.",
    )])
}
