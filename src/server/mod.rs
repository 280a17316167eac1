//! Puts the program together.

pub mod clock;
pub mod settings;
