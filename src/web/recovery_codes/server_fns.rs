//! What the page of the recovery codes may ask for.

use leptos::prelude::*;

use crate::web::error::WebError;
use crate::web::{context, links};

/// Goes on once the codes are stored. Open to everyone: it changes nothing.
#[server(prefix = "/web", endpoint = "codes_stored")]
pub async fn codes_stored(#[server(default)] next: String) -> Result<(), WebError> {
    context::go(links::local(&next).unwrap_or("/"));
    Ok(())
}
