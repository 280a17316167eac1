//! The real program, started as an operator starts it.

mod program;

mod audit;
mod connections;
mod demo;
mod errors;
mod people;
mod serving;
