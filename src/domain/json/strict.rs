//! The reader: one way to read a text, or none.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

use super::numbers::refuse_inexact_numbers;
use super::tree::{Members, Tree};
use super::{JsonError, MAX_DEPTH};

/// Up to so many keys are compared with each other; of more, a set is kept.
const FEW_KEYS: usize = 32;
/// Room for so many members is made at first.
const USUAL_MEMBERS: usize = 8;

pub(super) fn read(bytes: &[u8], folds_keys: bool) -> Result<Tree<'_>, JsonError> {
    let malformed = |error: &dyn fmt::Display| JsonError::Malformed(error.to_string());
    let text = std::str::from_utf8(bytes).map_err(|error| malformed(&error))?;
    let has_decimals = Cell::new(false);
    let strict = Strict {
        depth: 0,
        folds_keys,
        has_decimals: &has_decimals,
    };
    let mut reader = serde_json::Deserializer::from_str(text);
    let tree = strict
        .deserialize(&mut reader)
        .and_then(|tree| reader.end().map(|()| tree))
        .map_err(|error| malformed(&error))?;
    // A whole number of 64 bits is kept as it is; the parser makes a decimal of every other one.
    if has_decimals.get() {
        refuse_inexact_numbers(bytes)?;
    }
    Ok(tree)
}

#[derive(Clone, Copy)]
struct Strict<'c> {
    depth: usize,
    folds_keys: bool,
    /// Set when a number is met that is not a whole one of 64 bits.
    has_decimals: &'c Cell<bool>,
}

impl Strict<'_> {
    fn deeper<E: Error>(self) -> Result<Self, E> {
        if self.depth >= MAX_DEPTH {
            return Err(E::custom(format_args!(
                "nested deeper than {MAX_DEPTH} levels"
            )));
        }
        Ok(Self {
            depth: self.depth + 1,
            ..self
        })
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Tree<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Tree<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Tree<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without duplicate keys")
    }

    fn visit_unit<E>(self) -> Result<Tree<'de>, E> {
        Ok(Tree::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Tree<'de>, E> {
        Ok(Tree::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Tree<'de>, E> {
        Ok(Tree::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Tree<'de>, E> {
        Ok(Tree::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Tree<'de>, E> {
        self.has_decimals.set(true);
        Number::from_f64(value)
            .map(Tree::Number)
            .ok_or_else(|| E::custom("a number that is not finite"))
    }

    fn visit_borrowed_str<E: Error>(self, value: &'de str) -> Result<Tree<'de>, E> {
        Text.visit_borrowed_str(value).map(Tree::Text)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Tree<'de>, E> {
        Text.visit_str(value).map(Tree::Text)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Tree<'de>, A::Error> {
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(self.deeper()?)? {
            array.push(item);
        }
        Ok(Tree::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Tree<'de>, A::Error> {
        let mut object = Members::with_capacity(USUAL_MEMBERS);
        let mut keys = Keys::new(self.folds_keys);
        while let Some(key) = members.next_key_seed(Text)? {
            if !keys.are_joined_by(&key, &object) {
                return Err(A::Error::custom(if self.folds_keys {
                    format!("the key `{key}` stands twice (`-` and `_` count as the same)")
                } else {
                    format!("the key `{key}` stands twice")
                }));
            }
            let value = members.next_value_seed(self.deeper()?)?;
            object.push((key, value));
        }
        Ok(Tree::Object(object))
    }
}

/// A text, left where it stands unless it is written with escapes.
struct Text;

impl<'de> DeserializeSeed<'de> for Text {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Text {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(value.to_owned()))
    }
}

/// The keys of one object.
struct Keys {
    fold: bool,
    many: HashSet<String>,
}

impl Keys {
    fn new(fold: bool) -> Self {
        Self {
            fold,
            many: HashSet::new(),
        }
    }

    /// Whether a key is another one than those before.
    fn are_joined_by(&mut self, key: &str, before: &Members<'_>) -> bool {
        let fold = self.fold;
        if before.len() < FEW_KEYS {
            return !before.iter().any(|(other, _)| is_same(key, other, fold));
        }
        let kept = |key: &str| {
            if fold {
                key.replace('_', "-")
            } else {
                key.to_owned()
            }
        };
        if self.many.is_empty() {
            self.many.extend(before.iter().map(|(key, _)| kept(key)));
        }
        self.many.insert(kept(key))
    }
}

fn is_same(one: &str, other: &str, fold: bool) -> bool {
    let folded = |byte: u8| if byte == b'_' { b'-' } else { byte };
    one.len() == other.len()
        && (one == other || fold && one.bytes().map(folded).eq(other.bytes().map(folded)))
}
