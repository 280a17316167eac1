//! How an agent fares, in a word and in a sentence.

use leptos::prelude::*;

use crate::domain::{Pause, Timestamp};
use crate::web::context::AgentOverview;
use crate::web::ui::{Banner, Foreign, Moment, Mood, StateWord};

const DAY_SECONDS: i64 = 24 * 3600;
/// An agent that has not been heard of for this long is worth a look.
const SILENCE_SECONDS: i64 = 7 * DAY_SECONDS;
/// A token that ends within this time is worth renewing.
const NOTICE_SECONDS: i64 = 14 * DAY_SECONDS;

/// How an agent fares; of several things that could be said, the one to act on first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A person stopped it.
    Paused,
    /// All agents with its profile were stopped.
    ProfilePaused(Timestamp),
    /// It has no token that works.
    NoToken,
    /// Its last token ends soon.
    Expiring(Timestamp),
    /// It has a token and has never used it.
    NeverSeen,
    /// It was not heard of for a week.
    Silent(Timestamp),
    /// Nothing is to be said.
    Active,
}

impl Standing {
    /// At this time.
    pub fn of(overview: &AgentOverview, now: Timestamp) -> Self {
        if overview.details.paused_at.is_some() {
            return Self::Paused;
        }
        if let Some(at) = overview.details.profile_paused_at {
            return Self::ProfilePaused(at);
        }
        if overview.tokens == 0 {
            return Self::NoToken;
        }
        let soon = now.plus_seconds(NOTICE_SECONDS);
        let expiry = overview.expires_at.filter(|at| *at <= soon);
        match (expiry, overview.last_used_at) {
            (Some(at), _) => Self::Expiring(at),
            (None, None) => Self::NeverSeen,
            (None, Some(at)) if at.plus_seconds(SILENCE_SECONDS) < now => Self::Silent(at),
            (None, Some(_)) => Self::Active,
        }
    }

    /// The word for it.
    pub fn word(self) -> AnyView {
        let (mood, word) = self.words();
        view! { <StateWord mood word /> }.into_any()
    }

    const fn words(self) -> (Mood, &'static str) {
        match self {
            Self::Paused => (Mood::Critical, "paused"),
            Self::ProfilePaused(_) => (Mood::Critical, "profile paused"),
            Self::NoToken => (Mood::Warning, "no token"),
            Self::Expiring(_) => (Mood::Warning, "token ends soon"),
            Self::NeverSeen => (Mood::Information, "never seen"),
            Self::Silent(_) => (Mood::Warning, "silent for a week"),
            Self::Active => (Mood::Success, "active"),
        }
    }

    /// What it means and what to do, where there is something to say.
    pub fn story(self, pause: Option<&Pause>) -> Option<AnyView> {
        let (mood, _) = self.words();
        let (title, text) = match self {
            Self::Active => return None,
            Self::Paused => return Some(paused(pause)),
            Self::ProfilePaused(at) => (
                "Its profile is paused",
                view! {
                    "Since " <Moment at />
                    ", what was approved for agents with this profile waits. Nothing is lost; \
                     whoever paused it lets it go on."
                }
                .into_any(),
            ),
            Self::NoToken => (
                "It has no token that works",
                "It cannot ask for anything. Make a token and give it to the agent.".into_any(),
            ),
            Self::Expiring(at) => (
                "A token ends soon",
                view! {
                    "It ends " <Moment at />
                    ". Rotate it: the new one works at once, the old one for as long as you say."
                }
                .into_any(),
            ),
            Self::NeverSeen => (
                "It was never seen",
                "No request has come with its token yet. The lines below show how it asks."
                    .into_any(),
            ),
            Self::Silent(at) => (
                "It has been silent for a week",
                view! {
                    "Its last request came " <Moment at />
                    ". If that is not meant, look where it runs; if it is no longer used, revoke \
                     its tokens."
                }
                .into_any(),
            ),
        };
        let view = view! {
            <Banner mood title=title.to_owned()>
                <p>{text}</p>
            </Banner>
        };
        Some(view.into_any())
    }
}

fn paused(pause: Option<&Pause>) -> AnyView {
    let why = pause.map(|pause| {
        view! {
            <p>
                "Paused by "
                <Foreign text=pause.by.clone() />
                ", "
                <Moment at=pause.since />
                ": "
                <q>
                    <Foreign text=pause.reason.clone() />
                </q>
            </p>
        }
    });
    view! {
        <Banner mood=Mood::Critical title="It is paused".to_owned()>
            {why}
            <p>
                "Its requests are refused, and what was approved for it waits. Nothing is lost."
            </p>
        </Banner>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::{samples, upkeep_samples};

    fn standing(last_used_days: Option<i64>, expires_days: i64) -> Standing {
        let mut overview = upkeep_samples::agent_overview();
        let in_days = |days: i64| samples::NOW.plus_seconds(days * DAY_SECONDS);
        overview.last_used_at = last_used_days.map(|days| in_days(-days));
        overview.expires_at = Some(in_days(expires_days));
        Standing::of(&overview, samples::NOW)
    }

    #[test]
    fn what_to_act_on_first_is_said() {
        let in_days = |days: i64| samples::NOW.plus_seconds(days * DAY_SECONDS);
        assert_eq!(standing(Some(0), 90), Standing::Active);
        assert_eq!(standing(Some(8), 90), Standing::Silent(in_days(-8)));
        assert_eq!(standing(Some(8), 3), Standing::Expiring(in_days(3)));
        assert_eq!(standing(None, 90), Standing::NeverSeen);
    }

    #[test]
    fn a_pause_comes_before_everything_and_no_token_before_the_rest() {
        let mut overview = upkeep_samples::agent_overview();
        overview.tokens = 0;
        assert_eq!(Standing::of(&overview, samples::NOW), Standing::NoToken);
        overview.details.profile_paused_at = Some(samples::NOW);
        let profile_paused = Standing::ProfilePaused(samples::NOW);
        assert_eq!(Standing::of(&overview, samples::NOW), profile_paused);
        overview.details.paused_at = Some(samples::NOW);
        assert_eq!(Standing::of(&overview, samples::NOW), Standing::Paused);
    }
}
