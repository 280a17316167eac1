//! Where time and ids come from: handed in, so that tests can set them.

use uuid::Uuid;

use super::time::Timestamp;

/// The time of day and new ids. The one real implementation stands in `server/clock.rs`.
pub trait Clock: Send + Sync {
    /// The time, which never runs backwards.
    fn now(&self) -> Timestamp;

    /// An id nobody has used; later ones sort after earlier ones.
    fn new_id(&self) -> Uuid;
}
