//! Reads lists page by page, up to a limit.

use super::client::Reads;
use super::read_error::ReadError;
use crate::domain::{Record, Route};

/// Records on one page. IT Glue gives 50 by itself and up to 1,000 (api-facts, section 4), but
/// lists of documents hold every document's text, and a page must stay below 10 MB.
const PAGE_SIZE: usize = 250;

/// The records of a list.
pub(super) struct Listing {
    pub(super) records: Vec<Record>,
    /// False if there are more pages than may be read.
    pub(super) is_complete: bool,
}

/// Reads the pages of a list and keeps the records that fit.
pub(super) async fn list(
    reader: &impl Reads,
    route: &Route,
    max_pages: u64,
    fits: impl Fn(&Record) -> bool + Send,
) -> Result<Listing, ReadError> {
    let mut listing = Listing {
        records: Vec::new(),
        is_complete: false,
    };
    for page in 1..=max_pages {
        let answer = reader.read(&of_page(route, page)).await?;
        let records = answer.records()?;
        let is_full = records.len() >= PAGE_SIZE;
        listing.records.extend(records.into_iter().filter(&fits));
        // An answer that does not say anything about pages ends where a page is not full.
        let has_more = match answer.body.get("meta") {
            Some(meta) if meta.get("next-page").is_some() => answer.next_page().is_some(),
            Some(_) | None => is_full,
        };
        if !has_more {
            listing.is_complete = true;
            break;
        }
    }
    Ok(listing)
}

fn of_page(route: &Route, page: u64) -> Route {
    let mut route = route.clone();
    route
        .query
        .push(("page[number]".to_owned(), page.to_string()));
    route
        .query
        .push(("page[size]".to_owned(), PAGE_SIZE.to_string()));
    route.query.sort();
    route
}
