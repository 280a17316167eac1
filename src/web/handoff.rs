//! What goes from a form to the next page without standing in its address: the address names a
//! handle, and only the browser and the person it was made for can open it, for ten minutes.
//!
//! Kept in memory and bounded. What is lost with a restart is typed again, and a secret that was
//! never seen is made anew.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use secrecy::SecretString;

use crate::domain::{Timestamp, UserId};

const LASTS_SECONDS: i64 = 10 * 60;
/// Together; beyond it the oldest make way, those of strangers first.
const MOST: usize = 1_000;
/// Of one browser.
const MOST_OF_ONE: usize = 20;
/// Bytes of typed text that are kept of one form; longer texts are left behind.
const LONGEST: usize = 256 * 1024;
/// The same for somebody who is not signed in.
const LONGEST_OF_STRANGERS: usize = 4 * 1024;

/// What a form held that was not carried out, and why it was not. Never holds a secret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refused {
    /// What was typed: name of the field, value.
    pub typed: Vec<(String, String)>,
    /// What is wrong: name of the field, a sentence.
    pub errors: Vec<(String, String)>,
    /// What is wrong with the whole.
    pub general: Option<String>,
}

/// Secrets that the next page shows one time, and the plain facts that stand beside them.
#[derive(Debug, Default)]
pub struct Once {
    /// What each is called, and what it is.
    pub secrets: Vec<(String, SecretString)>,
    /// Whatever else the page says of them.
    pub facts: Vec<(String, String)>,
}

/// For whom something is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The random name of the browser.
    pub browser: String,
    /// Who was signed in there. What was typed while nobody was is opened by who signs in.
    pub person: Option<UserId>,
}

/// What forms hand to the next page. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Handoff(Arc<Mutex<VecDeque<Kept>>>);

#[derive(Debug)]
struct Kept {
    handle: String,
    holder: Holder,
    until: Timestamp,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Refused(Refused),
    Once(Once),
}

impl Refused {
    /// One that has nothing to say but this.
    pub fn because(general: impl Into<String>) -> Self {
        Self {
            general: Some(general.into()),
            ..Self::default()
        }
    }

    /// Whether there was a form at all.
    pub const fn is_empty(&self) -> bool {
        self.typed.is_empty() && self.errors.is_empty() && self.general.is_none()
    }

    /// What was typed into a field.
    pub fn value(&self, field: &str) -> Option<&str> {
        let (_, value) = self.typed.iter().find(|(name, _)| name == field)?;
        Some(value)
    }

    /// All that was typed into, or ticked under, fields of this name.
    pub fn values(&self, field: &str) -> Vec<String> {
        let of_field = self.typed.iter().filter(|(name, _)| name == field);
        of_field.map(|(_, value)| value.clone()).collect()
    }

    /// What is wrong with a field.
    pub fn error(&self, field: &str) -> Option<&str> {
        let (_, error) = self.errors.iter().find(|(name, _)| name == field)?;
        Some(error)
    }

    fn shortened(mut self, longest: usize) -> Self {
        let mut left = longest;
        self.typed.retain(|(name, value)| {
            let size = name.len() + value.len();
            let fits = size <= left;
            left -= if fits { size } else { 0 };
            fits
        });
        self
    }
}

impl Once {
    /// With one secret.
    pub fn secret(name: &str, secret: SecretString) -> Self {
        Self {
            secrets: vec![(name.to_owned(), secret)],
            facts: Vec::new(),
        }
    }

    /// With one more fact.
    #[must_use]
    pub fn with(mut self, name: &str, fact: impl Into<String>) -> Self {
        self.facts.push((name.to_owned(), fact.into()));
        self
    }

    /// A fact by its name.
    pub fn fact(&self, name: &str) -> Option<&str> {
        let (_, fact) = self.facts.iter().find(|(known, _)| known == name)?;
        Some(fact)
    }
}

impl Handoff {
    /// Keeps a refused form under a handle that nobody can guess.
    pub fn keep_refused(&self, handle: String, holder: Holder, refused: Refused, now: Timestamp) {
        let longest = if holder.person.is_some() {
            LONGEST
        } else {
            LONGEST_OF_STRANGERS
        };
        let content = Content::Refused(refused.shortened(longest));
        self.keep(handle, holder, content, now);
    }

    /// Keeps secrets under a handle that nobody can guess, until they are read.
    pub fn keep_once(&self, handle: String, holder: Holder, once: Once, now: Timestamp) {
        self.keep(handle, holder, Content::Once(once), now);
    }

    /// A refused form; it can be read again, so that the page can be loaded again.
    pub fn refused(&self, handle: &str, holder: &Holder, now: Timestamp) -> Option<Refused> {
        let kept = self.current(now);
        let found = kept.iter().find(|kept| kept.opens(handle, holder))?;
        match &found.content {
            Content::Refused(refused) => Some(refused.clone()),
            Content::Once(_) => None,
        }
    }

    /// Secrets; after this they are gone.
    pub fn once(&self, handle: &str, holder: &Holder, now: Timestamp) -> Option<Once> {
        let mut kept = self.current(now);
        let is_it = |kept: &Kept| {
            let is_once = matches!(kept.content, Content::Once(_));
            // Secrets go to nobody but the person they were made for.
            is_once && kept.opens(handle, holder) && kept.holder == *holder
        };
        let position = kept.iter().position(is_it)?;
        match kept.remove(position)?.content {
            Content::Once(once) => Some(once),
            Content::Refused(_) => None,
        }
    }

    fn keep(&self, handle: String, holder: Holder, content: Content, now: Timestamp) {
        let mut kept = self.current(now);
        let own = |kept: &Kept| kept.holder.browser == holder.browser;
        if kept.iter().filter(|kept| own(kept)).count() >= MOST_OF_ONE
            && let Some(oldest) = kept.iter().position(own)
        {
            kept.remove(oldest);
        }
        if kept.len() >= MOST {
            let stranger = kept.iter().position(|kept| kept.holder.person.is_none());
            kept.remove(stranger.unwrap_or(0));
        }
        kept.push_back(Kept {
            handle,
            holder,
            until: now.plus_seconds(LASTS_SECONDS),
            content,
        });
    }

    /// What still lasts.
    fn current(&self, now: Timestamp) -> MutexGuard<'_, VecDeque<Kept>> {
        // Each change is complete in itself, so one that ended early left nothing half done.
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|kept| now < kept.until);
        kept
    }
}

impl Kept {
    fn opens(&self, handle: &str, holder: &Holder) -> bool {
        let is_theirs = self.holder.person.is_none() || self.holder.person == holder.person;
        self.handle == handle && self.holder.browser == holder.browser && is_theirs
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;
    use uuid::Uuid;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    fn holder(browser: &str, person: Option<u128>) -> Holder {
        Holder {
            browser: browser.to_owned(),
            person: person.map(|number| UserId(Uuid::from_u128(number))),
        }
    }

    fn form(handoff: &Handoff, handle: &str, holder: &Holder) {
        let refused = Refused {
            typed: vec![("name".to_owned(), "Dana".to_owned())],
            errors: vec![("email".to_owned(), "This is no address.".to_owned())],
            general: None,
        };
        handoff.keep_refused(handle.to_owned(), holder.clone(), refused, NOW);
    }

    fn secret(handoff: &Handoff, handle: &str, holder: &Holder) {
        let once = Once::secret("token", "canary-in-memory".into()).with("name", "triage-bot");
        handoff.keep_once(handle.to_owned(), holder.clone(), once, NOW);
    }

    #[test]
    fn a_form_can_be_read_again_until_it_is_old() {
        let handoff = Handoff::default();
        let own = holder("b1", Some(1));
        form(&handoff, "h", &own);
        for _ in 0..2 {
            let refused = handoff.refused("h", &own, NOW).unwrap();
            assert_eq!(refused.value("name"), Some("Dana"));
            assert_eq!(refused.error("email"), Some("This is no address."));
            assert_eq!(refused.error("name"), None);
        }
        assert!(handoff.refused("h", &own, NOW.plus_seconds(599)).is_some());
        assert!(handoff.refused("h", &own, NOW.plus_seconds(600)).is_none());
    }

    #[test]
    fn a_secret_is_read_once() {
        let handoff = Handoff::default();
        let own = holder("b1", Some(1));
        secret(&handoff, "h", &own);
        assert!(handoff.refused("h", &own, NOW).is_none());
        let once = handoff.once("h", &own, NOW).unwrap();
        assert_eq!(once.fact("name"), Some("triage-bot"));
        assert_eq!(once.secrets[0].1.expose_secret(), "canary-in-memory");
        assert!(handoff.once("h", &own, NOW).is_none());
    }

    #[test]
    fn the_handle_of_another_browser_or_person_opens_nothing() {
        let handoff = Handoff::default();
        let own = holder("b1", Some(1));
        form(&handoff, "f", &own);
        secret(&handoff, "s", &own);
        for other in [
            holder("b2", Some(1)),
            holder("b1", Some(2)),
            holder("b1", None),
        ] {
            assert!(handoff.refused("f", &other, NOW).is_none());
            assert!(handoff.once("s", &other, NOW).is_none());
        }
        assert!(handoff.once("s", &own, NOW).is_some());
    }

    #[test]
    fn what_was_typed_before_signing_in_is_there_afterwards() {
        let handoff = Handoff::default();
        form(&handoff, "f", &holder("b1", None));
        secret(&handoff, "s", &holder("b1", None));
        let signed_in = holder("b1", Some(1));
        assert!(handoff.refused("f", &signed_in, NOW).is_some());
        assert!(handoff.once("s", &signed_in, NOW).is_none());
    }

    #[test]
    fn strangers_push_out_strangers() {
        let handoff = Handoff::default();
        let own = holder("b1", Some(1));
        secret(&handoff, "s", &own);
        for number in 0..2 * MOST {
            let stranger = holder(&format!("stranger{number}"), None);
            form(&handoff, &format!("f{number}"), &stranger);
        }
        assert_eq!(handoff.0.lock().unwrap().len(), MOST);
        assert!(handoff.once("s", &own, NOW).is_some());
    }

    #[test]
    fn one_browser_keeps_its_latest() {
        let handoff = Handoff::default();
        let own = holder("b1", Some(1));
        for number in 0..=MOST_OF_ONE {
            form(&handoff, &format!("f{number}"), &own);
        }
        assert!(handoff.refused("f0", &own, NOW).is_none());
        assert!(handoff.refused("f1", &own, NOW).is_some());
    }

    #[test]
    fn a_text_that_is_too_long_is_left_behind_and_the_rest_kept() {
        let handoff = Handoff::default();
        let own = holder("b1", None);
        let long = ("notes".to_owned(), "x".repeat(LONGEST_OF_STRANGERS));
        let short = ("name".to_owned(), "Dana".to_owned());
        let refused = Refused {
            typed: vec![long, short],
            ..Refused::default()
        };
        handoff.keep_refused("f".to_owned(), own.clone(), refused, NOW);
        let refused = handoff.refused("f", &own, NOW).unwrap();
        assert_eq!(refused.value("notes"), None);
        assert_eq!(refused.value("name"), Some("Dana"));
    }

    #[test]
    fn nothing_that_is_printed_shows_a_secret() {
        let handoff = Handoff::default();
        secret(&handoff, "s", &holder("b1", Some(1)));
        assert!(!format!("{handoff:?}").contains("canary-in-memory"));
    }
}
