//! The account a simulator starts with: a managed service provider and its clients.
//!
//! Records named in the documentation of [`simulator`](super) are the same for every seed; the
//! rest is drawn. Ids of drawn records count up from 10,001.

mod acme;
mod assets;
mod clients;
mod devices;
mod lists;
mod people;
mod writings;

use serde_json::Value;

use super::chance::Chance;
use super::clock;
use super::world::World;

/// The world for a seed.
pub(super) fn world(seed: u64) -> World {
    let mut sower = Sower {
        world: World::empty(),
        chance: Chance::new(seed),
        next_id: 10_001,
    };
    lists::sow(&mut sower);
    assets::sow_types(&mut sower);
    clients::sow(&mut sower);
    sower.world
}

/// Puts records into a new world.
struct Sower {
    world: World,
    chance: Chance,
    next_id: u64,
}

/// 2025-01-01 in milliseconds.
const BEGINNING: i64 = 1_735_689_600_000;
const DAY: u64 = 86_400_000;

impl Sower {
    /// A record with a known id. Its times are drawn from 2025 and the months after.
    fn put(&mut self, kind: &'static str, id: u64, attributes: Value) {
        let mut record = match attributes {
            Value::Object(record) => record,
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_) => {
                return;
            }
        };
        let created = self.chance.below(300 * DAY);
        let updated = created + self.chance.below(200 * DAY);
        let at = |offset: u64| clock::written(BEGINNING.saturating_add_unsigned(offset));
        record.insert("created-at".to_owned(), at(created).into());
        record.insert("updated-at".to_owned(), at(updated).into());
        if kind == "passwords" {
            record.insert("password-updated-at".to_owned(), at(created).into());
        }
        self.world.put(kind, id, record);
    }

    /// A record with the next id.
    fn add(&mut self, kind: &'static str, attributes: Value) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        self.put(kind, id, attributes);
        id
    }

    /// One of the words; empty only if there are none.
    fn word<'a>(&mut self, words: &[&'a str]) -> &'a str {
        self.chance.pick(words).copied().unwrap_or_default()
    }

    /// One of the ids; 0 only if there are none.
    fn one_of(&mut self, ids: &[u64]) -> u64 {
        self.chance.pick(ids).copied().unwrap_or_default()
    }

    /// A day at least so many days after the beginning.
    fn day(&mut self, from_days: u64) -> String {
        let offset = (from_days + self.chance.below(700)) * DAY;
        let mut time = clock::written(BEGINNING.saturating_add_unsigned(offset));
        time.truncate("2025-01-01".len());
        time
    }

    fn secret(&mut self) -> String {
        let letters: Vec<char> = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789!#%+"
            .chars()
            .collect();
        self.chance.text(18, &letters)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn everything(seed: u64) -> Vec<String> {
        let world = world(seed);
        crate::simulator::resources::all()
            .flat_map(|resource| {
                world
                    .all(resource.kind)
                    .map(|(id, record)| format!("{} {id} {record:?}", resource.kind))
                    .collect::<Vec<_>>()
            })
            .collect()
    }

    #[test]
    fn the_same_seed_gives_the_same_records() {
        assert_eq!(everything(7), everything(7));
        assert_ne!(everything(7), everything(8));
    }
}
