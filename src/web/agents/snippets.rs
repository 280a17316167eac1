//! How an agent asks: lines to copy.

use leptos::prelude::*;

use crate::web::islands::CopyButton;

/// What stands for the token where it is not known.
pub const PLACEHOLDER: &str = "cs_agent_…";

/// A first request, and what to set in clients made for IT Glue.
pub fn snippets(address: &str, token: &str) -> AnyView {
    let curl =
        format!("curl -sS {address}/api/v1/permissions \\\n  -H 'Authorization: Bearer {token}'");
    let gateway = format!("Base URL  {address}/itglue\nAPI key   {token}");
    view! {
        <div class="snippets">
            {snippet("curl", "A first request: what may I do?", curl)}
            {snippet("gateway", "For clients and MCP servers made for IT Glue", gateway)}
            <p>
                "Every call with examples: "
                <a href="/api/docs" rel="external">"the API of this server"</a>
            </p>
        </div>
    }
    .into_any()
}

fn snippet(id: &'static str, title: &'static str, text: String) -> AnyView {
    view! {
        <figure class="snippet">
            <figcaption class="snippet__title">{title}</figcaption>
            <pre class="snippet__text" id=id>
                {text}
            </pre>
            <CopyButton target=id.to_owned() what="these lines".to_owned() />
        </figure>
    }
    .into_any()
}
