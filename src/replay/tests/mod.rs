//! The worker against the simulator, over real HTTP and a real database file.

mod endings;
mod full_disk;
mod looking;
mod pauses;
mod recovery;
mod rules;
mod scene;
mod secrets;
mod unclear;
mod unreadable;
mod writes;
