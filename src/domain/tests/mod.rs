//! The life of items and proposals: tables of what may happen, and random histories of it.

mod histories;
mod resolving;
mod several;
mod steps;
mod world;
