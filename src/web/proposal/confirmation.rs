//! What an approval asks for on its page, and whether a form that came back holds it.
//!
//! The stage checks reason and step-up; the ticks and the typed name are this door's own, because
//! only here is a person who could tire.

use std::collections::BTreeSet;

use super::words::name_to_type;
use crate::diff::{Change, Diff};
use crate::domain::{Tier, WarningCode, pointer};
use crate::web::context::Opened;
use crate::web::error::WebError;
use crate::web::ui::{Keepable, Marks, seen_mark};

/// What one approval asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Whether it is critical: ticks, name, reason, password.
    pub is_critical: bool,
    /// The name to be typed.
    pub name: String,
}

impl Asked {
    /// What approving this asks for.
    pub fn of(opened: &Opened) -> Self {
        Self {
            is_critical: opened.proposal.tier == Tier::Critical,
            name: name_to_type(&opened.proposal.resource),
        }
    }

    /// Whether the ticks and the name are there.
    pub fn check(&self, opened: &Opened, seen: &[String], name: &str) -> Result<(), WebError> {
        if !self.is_critical {
            return Ok(());
        }
        let seen: BTreeSet<&str> = seen.iter().map(String::as_str).collect();
        if !marks_to_see(opened)
            .iter()
            .all(|mark| seen.contains(mark.as_str()))
        {
            return Err(WebError::NotSeen);
        }
        if same_name(&self.name, name) {
            Ok(())
        } else {
            Err(WebError::NameDiffers)
        }
    }
}

fn marks_to_see(opened: &Opened) -> Vec<String> {
    let of_item = |(position, diff): (usize, &Diff)| -> Vec<String> {
        diff.fields
            .iter()
            .filter(|field| field.change != Change::Unchanged)
            .map(|field| seen_mark(position, &field.pointer))
            .collect()
    };
    opened.diffs.iter().enumerate().flat_map(of_item).collect()
}

fn same_name(asked: &str, typed: &str) -> bool {
    let plain = |text: &str| {
        let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        words.join(" ")
    };
    plain(asked) == plain(typed)
}

/// What can be marked in the table of one item: seen, and kept instead of erased.
pub fn marks(opened: &Opened, diff: &Diff, kept: &[String]) -> Marks {
    let named = |code: WarningCode| -> BTreeSet<&str> {
        opened
            .proposal
            .warnings
            .iter()
            .filter(|warning| warning.code == code)
            .flat_map(|warning| warning.fields.iter().map(String::as_str))
            .collect()
    };
    let (lost, required) = (
        named(WarningCode::CannotKeep),
        named(WarningCode::ErasesRequired),
    );
    let keepable = diff
        .fields
        .iter()
        .filter(|field| field.change == Change::Erased)
        .filter_map(|field| {
            let (_, key) = pointer::split(&field.pointer)?;
            (!lost.contains(key.as_str())).then(|| Keepable {
                pointer: field.pointer.clone(),
                is_required: required.contains(key.as_str()),
                is_kept: kept.contains(&key),
                key,
            })
        })
        .collect();
    Marks {
        needs_seen: opened.proposal.tier == Tier::Critical,
        keepable,
        is_final: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::samples;

    #[test]
    fn a_critical_approval_takes_every_tick_and_the_name() {
        let opened = samples::erasing();
        let asked = Asked::of(&opened);
        let all = marks_to_see(&opened);
        assert!(!all.is_empty());
        assert_eq!(asked.name, "Acme");
        assert_eq!(asked.check(&opened, &all, " ACME "), Ok(()));
        assert_eq!(
            asked.check(&opened, &all[1..], "Acme"),
            Err(WebError::NotSeen)
        );
        assert_eq!(
            asked.check(&opened, &all, "Globex"),
            Err(WebError::NameDiffers)
        );
    }

    #[test]
    fn a_routine_approval_asks_for_nothing() {
        let opened = samples::routine();
        assert_eq!(Asked::of(&opened).check(&opened, &[], ""), Ok(()));
    }

    #[test]
    fn what_would_be_erased_can_be_kept_unless_it_cannot() {
        let opened = samples::erasing();
        let marks = marks(&opened, &opened.diffs[0], &["location".to_owned()]);
        let keys: Vec<&str> = marks.keepable.iter().map(|one| one.key.as_str()).collect();
        assert!(keys.contains(&"location"));
        assert!(!keys.contains(&"contract"), "{keys:?}");
        assert!(marks.keepable.iter().any(|one| one.is_kept));
    }
}
