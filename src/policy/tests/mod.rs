//! Tables and properties over the whole policy.

mod bodies;
mod catalogue;
mod floors;
mod freedom;
mod groups;
mod items;
mod properties;
mod reading;
mod related;
mod scope;
mod smuggling;
mod support;
mod tiers;
