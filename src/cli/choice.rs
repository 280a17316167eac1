//! Arguments with a closed list of values: shown in the help, and named when another one is given.

use std::str::FromStr;

use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::domain::UnknownName;

/// One of these names.
pub(super) fn one_of<T>(names: &[&'static str]) -> impl TypedValueParser<Value = T>
where
    T: FromStr<Err = UnknownName> + Clone + Send + Sync + 'static,
{
    let names = names.to_vec();
    PossibleValuesParser::new(names).try_map(|name| name.parse::<T>())
}

/// `on` or `off`.
pub(super) fn on_or_off() -> impl TypedValueParser<Value = bool> {
    PossibleValuesParser::new(["on", "off"]).map(|word| word == "on")
}
