//! What came of trying a key out, by cause.

use leptos::prelude::*;

use crate::domain::named_enum;
use crate::web::handoff::Refused;
use crate::web::ui::{Banner, Mood};

const RESULT: &str = "trial";
const REGION: &str = "trial_region";
const ORGANIZATIONS: &str = "trial_organizations";

named_enum! {
    /// How a trial ended, as far as a person would do something else.
    pub enum Ending {
        /// The key opens the account, passwords too.
        WithPasswords = "with-passwords",
        /// The key opens the account, but no passwords.
        WithoutPasswords = "without-passwords",
        /// The key opens the account; whether it sees passwords is not known.
        Opens = "opens",
        /// The key is of another region.
        WrongRegion = "wrong-region",
        /// IT Glue refuses the key in every region.
        KeyRefused = "key-refused",
        /// The stored key does not open.
        KeyUnreadable = "key-unreadable",
        /// IT Glue asks to wait.
        RateLimited = "rate-limited",
        /// Nothing answered.
        Unreachable = "unreachable",
        /// Something answered that is no IT Glue.
        Unexpected = "unexpected",
        /// It was not tried.
        Skipped = "skipped",
    }
}

impl Ending {
    fn named(name: &str) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|ending| ending.as_str() == name)
    }
}

/// A trial, as the page after it tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// How it ended.
    pub ending: Ending,
    /// The region the key is of, where it is another one.
    pub region: Option<String>,
    /// How many organizations the key shows.
    pub organizations: Option<u64>,
}

impl Trial {
    /// As it is handed to the next page, beside what was typed.
    pub fn kept(&self) -> Vec<(String, String)> {
        let mut kept = vec![(RESULT.to_owned(), self.ending.as_str().to_owned())];
        kept.extend(self.region.clone().map(|name| (REGION.to_owned(), name)));
        let count = self.organizations.map(|count| count.to_string());
        kept.extend(count.map(|count| (ORGANIZATIONS.to_owned(), count)));
        kept
    }

    /// The trial that led to this page.
    pub fn read(refused: &Refused) -> Option<Self> {
        Some(Self {
            ending: Ending::named(refused.value(RESULT)?)?,
            region: refused.value(REGION).map(ToOwned::to_owned),
            organizations: refused
                .value(ORGANIZATIONS)
                .and_then(|count| count.parse().ok()),
        })
    }

    /// What happened, and what to do next.
    pub fn words(&self) -> (Mood, &'static str, String) {
        match self.ending {
            Ending::WithPasswords => (
                Mood::Success,
                "The key works",
                format!(
                    "It opens {}, passwords included.",
                    self.account()
                ),
            ),
            Ending::Opens => (
                Mood::Success,
                "The key works",
                format!("It opens {}.", self.account()),
            ),
            Ending::WithoutPasswords => (
                Mood::Warning,
                "The key works, without password access",
                format!(
                    "It opens {}, but no passwords: nothing over this connection can read or write \
                     them. If that is not meant, tick “Password Access” when you make the key in IT \
                     Glue.",
                    self.account()
                ),
            ),
            Ending::WrongRegion => (
                Mood::Critical,
                "The key is of another region",
                match &self.region {
                    Some(region) => format!(
                        "IT Glue knows it in {}. Choose that region.",
                        region_name(region)
                    ),
                    None => "Choose the region in which the key was made.".to_owned(),
                },
            ),
            Ending::KeyRefused => (
                Mood::Critical,
                "IT Glue refuses the key",
                "Check that you copied all of it, that it was not revoked or switched off, and \
                 that the region is the one of your account."
                    .to_owned(),
            ),
            Ending::KeyUnreadable => (
                Mood::Critical,
                "The stored key cannot be opened",
                "Rotate the key, or ask the operator to put back the master key file it was sealed \
                 with."
                    .to_owned(),
            ),
            Ending::RateLimited => (
                Mood::Warning,
                "IT Glue asks to wait",
                "Too many requests were made with this account. Nothing is known about the key; \
                 try again in five minutes."
                    .to_owned(),
            ),
            Ending::Unreachable => (
                Mood::Critical,
                "IT Glue cannot be reached",
                "Nothing answered, or not in time, so nothing is known about the key. Check the \
                 network and the firewall of this server, then try again."
                    .to_owned(),
            ),
            Ending::Unexpected => (
                Mood::Critical,
                "That does not answer like IT Glue",
                "Check the region and, if you gave one, the address.".to_owned(),
            ),
            Ending::Skipped => (
                Mood::Information,
                "The key was not tried",
                "Test the connection when IT Glue can be reached.".to_owned(),
            ),
        }
    }

    fn account(&self) -> String {
        match self.organizations {
            Some(1) => "an account with 1 organization".to_owned(),
            Some(count) => format!("an account with {count} organizations"),
            None => "the account".to_owned(),
        }
    }
}

/// What came of the trial that led to this page; `afterwards` says what became of the key.
pub fn trial_banner(refused: &Refused, afterwards: &'static str) -> Option<AnyView> {
    let (mood, title, text) = Trial::read(refused)?.words();
    let view = view! {
        <Banner mood title=title.to_owned()>
            <p>{text} " " {afterwards}</p>
        </Banner>
    };
    Some(view.into_any())
}

/// A region as it stands in a list.
pub fn region_label(region: &str) -> &'static str {
    let name = region_name(region);
    name.strip_prefix("the ").unwrap_or(name)
}

/// A region as it stands in a sentence.
pub fn region_name(region: &str) -> &'static str {
    match region {
        "us" => "the United States",
        "eu" => "the European Union",
        "au" => "Australia",
        _ => "another region",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trial_is_read_as_it_was_kept() {
        let trial = Trial {
            ending: Ending::WrongRegion,
            region: Some("eu".to_owned()),
            organizations: None,
        };
        let refused = Refused {
            typed: trial.kept(),
            ..Refused::default()
        };
        assert_eq!(Trial::read(&refused), Some(trial.clone()));
        assert!(trial.words().2.contains("the European Union"));
        assert_eq!(Trial::read(&Refused::default()), None);
    }

    #[test]
    fn every_ending_says_what_to_know() {
        for ending in Ending::ALL {
            let trial = Trial {
                ending: *ending,
                region: None,
                organizations: Some(1),
            };
            let (_, title, text) = trial.words();
            assert!(!title.ends_with('.') && text.ends_with('.'), "{text}");
        }
    }
}
