//! The parts of the settings, and the words for each setting.

use crate::domain::{SettingKey, named_enum};

named_enum! {
    /// Settings that are changed together.
    pub enum Section {
        /// How long things wait.
        Approvals = "approvals",
        /// How long people stay signed in.
        Sessions = "sessions",
    }
}

named_enum! {
    /// What a form has just done.
    pub enum Done {
        /// Settings were changed.
        Saved = "saved",
    }
}

impl Section {
    /// Its heading.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Approvals => "Approvals",
            Self::Sessions => "Sessions",
        }
    }

    /// What belongs to it.
    pub const fn keys(self) -> &'static [SettingKey] {
        match self {
            Self::Approvals => &[SettingKey::HoldSeconds, SettingKey::ProposalTtl],
            Self::Sessions => &[SettingKey::SessionIdleMinutes, SettingKey::SessionHours],
        }
    }
}

/// What a setting is called.
pub const fn label(key: SettingKey) -> &'static str {
    match key {
        SettingKey::HoldSeconds => "Hold before writing, in seconds",
        SettingKey::ProposalTtl => "Time to decide",
        SettingKey::SessionIdleMinutes => "Sign out after so many minutes without use",
        SettingKey::SessionHours => "Sign out after so many hours at the latest",
    }
}

/// What it does.
pub const fn meaning(key: SettingKey) -> &'static str {
    match key {
        SettingKey::HoldSeconds => {
            "How long an approval can be undone before it is written; three times as long where it \
             is critical."
        }
        SettingKey::ProposalTtl => {
            "How long a proposal waits for a decision, unless the agent says less. Then it \
             expires, and nothing is written."
        }
        SettingKey::SessionIdleMinutes => "Holds for sessions that are open already, too.",
        SettingKey::SessionHours => "However much the session is used.",
    }
}

/// Where an operator sets it.
pub fn variable(key: SettingKey) -> String {
    format!("COUNTERSIGN_{}", key.as_str().to_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_has_its_place() {
        for key in SettingKey::ALL {
            let of = Section::ALL.iter().filter(|one| one.keys().contains(key));
            assert_eq!(of.count(), 1, "{key}");
            assert!(meaning(*key).ends_with('.'));
        }
    }
}
