//! Who gets in, each test on a file of its own and by a clock that it moves itself.

mod ground;

mod factor;
mod guessing;
mod links;
mod sessions;
mod set_up;
