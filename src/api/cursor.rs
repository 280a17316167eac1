//! Where pages begin. Opaque to clients; a cursor that is not ours is answered, not guessed.

use super::Problem;
use crate::domain::FieldError;
use crate::store::{HistoryCursor, Page, QueueCursor};

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

/// A place in the history.
pub fn history(cursor: Option<&str>) -> Result<Option<HistoryCursor>, Problem> {
    cursor
        .map(|text| HistoryCursor::parse(text).ok_or_else(not_ours))
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

/// A page of a list that is short enough to be read whole, from after the entry of this id.
pub fn part<T>(
    items: Vec<T>,
    id_of: impl Fn(&T) -> String,
    after: Option<&str>,
    limit: u32,
) -> Result<Page<T, String>, Problem> {
    let start = match after {
        None => 0,
        Some(id) => {
            1 + items
                .iter()
                .position(|item| id_of(item) == id)
                .ok_or_else(not_ours)?
        }
    };
    let mut rest = items.into_iter().skip(start);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let items: Vec<T> = rest.by_ref().take(limit).collect();
    let next = rest.next().and(items.last()).map(id_of);
    Ok(Page { items, next })
}

fn not_ours() -> Problem {
    Problem::invalid(vec![FieldError::new(
        "/query/cursor",
        "Use the `next_cursor` of the page before.",
    )])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(after: Option<&str>, limit: u32) -> Option<(Vec<u8>, Option<String>)> {
        let page = part(vec![1_u8, 2, 3], ToString::to_string, after, limit).ok()?;
        Some((page.items, page.next))
    }

    #[test]
    fn a_short_list_is_given_in_pages_to_its_end() {
        assert_eq!(page(None, 2), Some((vec![1, 2], Some("2".to_owned()))));
        assert_eq!(page(Some("2"), 2), Some((vec![3], None)));
        assert_eq!(page(Some("3"), 2), Some((vec![], None)));
        assert_eq!(page(None, 3), Some((vec![1, 2, 3], None)));
        assert_eq!(page(Some("4"), 2), None);
    }
}
