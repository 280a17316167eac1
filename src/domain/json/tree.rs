//! JSON that is looked through and written out again: its texts stay where they were read.

use std::borrow::Cow;

use serde::ser::{Serialize, Serializer};
use serde_json::{Number, Value};

/// The members of an object, in the order in which they were read; no key stands twice.
pub type Members<'a> = Vec<(Cow<'a, str>, Tree<'a>)>;

/// A value of JSON over the text that it was read from.
#[derive(Clone, Debug, PartialEq)]
pub enum Tree<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number that can be written back with the same value.
    Number(Number),
    /// A text, without escapes.
    Text(Cow<'a, str>),
    /// Items.
    Array(Vec<Tree<'a>>),
    /// Members.
    Object(Members<'a>),
}

impl<'a> Tree<'a> {
    /// A member of an object; `None` for what is no object, too.
    pub fn get(&self, key: &str) -> Option<&Self> {
        let Self::Object(members) = self else {
            return None;
        };
        let found = members.iter().find(|(name, _)| name == key);
        found.map(|(_, member)| member)
    }

    /// The same, to be changed.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Self> {
        let Self::Object(members) = self else {
            return None;
        };
        let found = members.iter_mut().find(|(name, _)| name == key);
        found.map(|(_, member)| member)
    }

    /// As JSON, in room for about so many bytes.
    ///
    /// # Panics
    /// Never: keys are texts, and writing to memory does not fail.
    pub fn written(&self, capacity: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(capacity);
        serde_json::to_writer(&mut bytes, self)
            .expect("keys are texts, and writing to memory does not fail");
        bytes
    }

    /// Its members, if it is an object.
    pub fn members_mut(&mut self) -> Option<&mut Members<'a>> {
        match self {
            Self::Object(members) => Some(members),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_) | Self::Array(_) => None,
        }
    }
}

impl Serialize for Tree<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(number) => number.serialize(serializer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Array(items) => serializer.collect_seq(items),
            Self::Object(members) => {
                serializer.collect_map(members.iter().map(|(key, member)| (key, member)))
            }
        }
    }
}

impl From<Tree<'_>> for Value {
    fn from(tree: Tree<'_>) -> Self {
        match tree {
            Tree::Null => Self::Null,
            Tree::Bool(value) => Self::Bool(value),
            Tree::Number(number) => Self::Number(number),
            Tree::Text(text) => Self::String(text.into_owned()),
            Tree::Array(items) => items.into_iter().map(Self::from).collect(),
            Tree::Object(members) => members
                .into_iter()
                .map(|(key, member)| (key.into_owned(), Self::from(member)))
                .collect(),
        }
    }
}

impl<'a> From<&'a Value> for Tree<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => Self::Number(number.clone()),
            Value::String(text) => Self::Text(Cow::Borrowed(text)),
            Value::Array(items) => Self::Array(items.iter().map(Self::from).collect()),
            Value::Object(members) => Self::Object(
                members
                    .iter()
                    .map(|(key, member)| (Cow::Borrowed(key.as_str()), Self::from(member)))
                    .collect(),
            ),
        }
    }
}
