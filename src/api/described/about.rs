//! The document itself.

use super::{Operation, Tag};
use crate::api::openapi::Document;

pub fn openapi() -> Operation {
    Operation::new(Tag::About, "showOpenapi", "This document")
        .text("A page to read it is at `/api/docs`.")
        .answers::<Document>(200, "OpenAPI 3.1.")
}
