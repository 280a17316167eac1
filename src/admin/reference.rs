//! How a thing is named: by its id or by its name.

use std::fmt;
use std::str::FromStr;

use crate::domain::Name;

/// A thing named by its id, or by its name as people type it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ref<Id> {
    /// By its id.
    Id(Id),
    /// By its name.
    Name(Name),
}

impl<Id> From<Name> for Ref<Id> {
    fn from(name: Name) -> Self {
        Self::Name(name)
    }
}

impl<Id: FromStr> FromStr for Ref<Id> {
    type Err = <Name as FromStr>::Err;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse() {
            Ok(id) => Ok(Self::Id(id)),
            Err(_) => text.parse().map(Self::Name),
        }
    }
}

impl<Id: fmt::Display> fmt::Display for Ref<Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Name(name) => name.fmt(f),
        }
    }
}
