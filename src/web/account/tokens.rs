//! The tokens of a person's own programs.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;

use super::server_fns::RevokeToken;
use crate::web::context::TokenDetails;
use crate::web::ui::{Foreign, Moment};

/// The tokens that work, each with a way to end it; nothing, if there are none.
pub fn tokens_card(tokens: &[TokenDetails]) -> Option<AnyView> {
    if tokens.is_empty() {
        return None;
    }
    let rows: Vec<AnyView> = tokens.iter().map(token).collect();
    let view = view! {
        <section class="card" aria-labelledby="tokens">
            <h2 id="tokens">"Your tokens"</h2>
            <p class="muted">
                "With these, programs act in your name. An administrator makes them."
            </p>
            <ul class="lines">{rows}</ul>
        </section>
    };
    Some(view.into_any())
}

fn token(token: &TokenDetails) -> AnyView {
    let used = match token.last_used_at {
        Some(at) => view! { ", last used " <Moment at /> }.into_any(),
        None => ", never used".into_any(),
    };
    view! {
        <li>
            <div>
                <p>
                    <Foreign text=token.name.clone() />
                    " "
                    <code>{token.public_id.clone()}</code>
                </p>
                <p class="muted">
                    "May " {token.scopes.to_string()} "; until " <Moment at=token.expires_at /> {used}
                </p>
            </div>
            <form method="post" action=RevokeToken::url()>
                <input type="hidden" name="token" value=token.id.to_string() />
                <button class="button" aria-label=format!("Revoke {}", token.name)>
                    "Revoke"
                </button>
            </form>
        </li>
    }
    .into_any()
}
