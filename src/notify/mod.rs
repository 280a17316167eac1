//! Tells agents what becomes of their proposals, while they listen.
//!
//! Nothing is kept here: what is told was committed before, and where somebody stopped listening is
//! told by what they heard last. Another agent's proposals are never looked at.

mod feed;
mod place;
mod subscription;

pub use feed::{Feed, FeedError, FeedParts};
pub use place::Place;
pub use subscription::{Happened, Next, Subscription};
