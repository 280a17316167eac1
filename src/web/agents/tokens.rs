//! The tokens of an agent: what is known of each, and nothing that would open anything.

use leptos::prelude::*;

use crate::domain::{AgentId, Timestamp};
use crate::web::context::TokenDetails;
use crate::web::links;
use crate::web::ui::{Fact, Foreign, Moment, Mood, Sheet, StateWord};

/// A token that ends within this time is worth renewing.
const NOTICE_SECONDS: i64 = 14 * 24 * 3600;

/// Whether a token works, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    /// It works.
    Works,
    /// It works, but not for much longer.
    EndsSoon,
    /// Its time is over.
    Expired,
    /// It was revoked.
    Revoked,
}

impl Validity {
    /// At this time.
    pub fn of(token: &TokenDetails, now: Timestamp) -> Self {
        if token.revoked_at.is_some() {
            Self::Revoked
        } else if token.expires_at <= now {
            Self::Expired
        } else if token.expires_at <= now.plus_seconds(NOTICE_SECONDS) {
            Self::EndsSoon
        } else {
            Self::Works
        }
    }

    /// Whether requests with it are answered.
    pub const fn is_live(self) -> bool {
        match self {
            Self::Works | Self::EndsSoon => true,
            Self::Expired | Self::Revoked => false,
        }
    }

    const fn words(self) -> (Mood, &'static str) {
        match self {
            Self::Works => (Mood::Success, "works"),
            Self::EndsSoon => (Mood::Warning, "ends soon"),
            Self::Expired => (Mood::Warning, "expired"),
            Self::Revoked => (Mood::Information, "revoked"),
        }
    }
}

/// All tokens: those that work, and folded those that ended.
pub fn token_list(agent: AgentId, tokens: &[TokenDetails], now: Timestamp) -> AnyView {
    let (live, ended): (Vec<&TokenDetails>, Vec<&TokenDetails>) = tokens
        .iter()
        .partition(|token| Validity::of(token, now).is_live());
    let list = |tokens: &[&TokenDetails]| {
        let entries = tokens.iter().map(|token| entry(agent, token, now));
        view! { <ul class="entries">{entries.collect_view()}</ul> }.into_any()
    };
    let works = if live.is_empty() {
        view! { <p class="muted">"No token works."</p> }.into_any()
    } else {
        list(&live)
    };
    let ended = (!ended.is_empty()).then(|| {
        view! {
            <details>
                <summary>{format!("{} ended", ended.len())}</summary>
                {list(&ended)}
            </details>
        }
    });
    view! {
        <section class="changes" aria-labelledby="tokens">
            <div class="toolbar">
                <h2 id="tokens">"Tokens"</h2>
                <a class="button" href=links::new_token(agent)>
                    "New token…"
                </a>
            </div>
            {works}
            {ended}
        </section>
    }
    .into_any()
}

fn entry(agent: AgentId, token: &TokenDetails, now: Timestamp) -> AnyView {
    let validity = Validity::of(token, now);
    let (mood, word) = validity.words();
    let actions = validity.is_live().then(|| {
        view! {
            <p class="actions">
                <a class="button" href=links::rotate_token(agent, token.id)>
                    "Rotate…"
                    <span class="visually-hidden">" token " {token.public_id.clone()}</span>
                </a>
                <a class="button" href=links::revoke_token(agent, token.id)>
                    "Revoke…"
                    <span class="visually-hidden">" token " {token.public_id.clone()}</span>
                </a>
            </p>
        }
    });
    view! {
        <li class="entry">
            <div class="entry__head">
                <h3 class="entry__title">
                    <code>{token.public_id.clone()}</code>
                </h3>
                <Foreign text=token.name.clone() />
                <StateWord mood word />
            </div>
            {token_facts(token)}
            {actions}
        </li>
    }
    .into_any()
}

/// What is known of a token.
pub fn token_facts(token: &TokenDetails) -> AnyView {
    let used = token.last_used_at.map_or_else(
        || "never".into_any(),
        |at| view! { <Moment at /> }.into_any(),
    );
    let turned_away = token.refused_at.map(|at| {
        view! {
            <Fact label="Turned away">
                <Moment at />
                ": it came from elsewhere"
            </Fact>
        }
    });
    let from = token.last_address.clone().map(|address| {
        view! {
            ", from "
            <code>{address}</code>
        }
    });
    let ranges = if token.addresses.is_everywhere() {
        "anywhere".into_any()
    } else {
        view! { <code>{token.addresses.to_string().replace(',', ", ")}</code> }.into_any()
    };
    let (end, ends_at) = match token.revoked_at {
        Some(at) => ("Revoked", at),
        None => ("Ends", token.expires_at),
    };
    let made_at = token.created_at;
    view! {
        <Sheet>
            <Fact label="Made">
                <Moment at=made_at />
            </Fact>
            <Fact label=end>
                <Moment at=ends_at />
            </Fact>
            <Fact label="Last used">{used} {from}</Fact>
            <Fact label="May come from">{ranges}</Fact>
            {turned_away}
        </Sheet>
    }
    .into_any()
}
