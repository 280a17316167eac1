//! The `OpenAPI` document, made from the routes and from the types that they answer with.
//!
//! A route brings its [`Operation`] where it is declared; its method, its path and the right it
//! needs are said nowhere else, and give security, 401, 403 and 404 by themselves. Answers are
//! described by the types that are serialized. The document is committed as `docs/openapi.json`.
#![expect(
    clippy::indexing_slicing,
    reason = "documents are put together from objects"
)]

mod document;
mod examples;
mod operation;
mod page;
mod parameter;
mod problem_schema;
pub mod problems;
mod request;
mod shapes;

pub use document::Document;
pub(super) use document::{Described, document};
pub use operation::{Operation, Tag};
pub use page::{PageFiles, page};
pub use parameter::{Parameter, named, paging, proposal};
pub use request::{any, choice, flag, ids, list, object, text, whole};

#[cfg(test)]
mod tests;
