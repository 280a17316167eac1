//! What the document says of each route, one function a route.
#![expect(
    clippy::indexing_slicing,
    reason = "documents are put together from objects"
)]

pub mod about;
pub mod agents;
pub mod connections;
pub mod people;
pub mod permissions;
pub mod profiles;
pub mod proposals;
pub mod review;
pub mod upkeep;

use super::openapi::problems::{self, Kind};
use super::openapi::{
    Operation, Parameter, Tag, any, choice, flag, ids, list, named, object, paging, proposal, text,
    whole,
};
use super::{Listed, wire};
