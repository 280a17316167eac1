//! The drop-in gateway `/itglue/*`, for clients made for IT Glue: their base URL points here, their
//! key is the token of an agent.
//!
//! A thin door: who asks, one stage, the answer in IT Glue's shape. Reads go through under the
//! profile, writes become proposals. Every error has the form of IT Glue's own, because that is what such clients show.

mod caller;
mod ended;
mod errors;
mod links;
mod outside;
mod parts;
mod reads;
mod writes;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::Method;
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use tokio::time::Instant;

use crate::access::Access;
use crate::intake::Intake;
use crate::reading::Reading;

use errors::Refusal;

#[cfg(fuzzing)]
pub use links::law as law_of_links;
pub use outside::in_its_shape;

/// Where the gateway is. What follows is a path of IT Glue.
pub const PREFIX: &str = "/itglue";

/// What the handlers reach.
#[derive(Clone)]
pub struct GatewayState {
    /// Finds out who asks.
    pub access: Access,
    /// Takes writes in, counts requests.
    pub intake: Intake,
    /// Reads for agents.
    pub reading: Reading,
    /// Where agents reach this server, without a slash at the end.
    pub public_url: Arc<str>,
}

impl GatewayState {
    /// The base URL of a client.
    fn base_url(&self) -> String {
        format!("{}{PREFIX}", self.public_url)
    }
}

/// The router of everything below `/itglue`.
pub fn router(state: GatewayState) -> Router {
    let paths = [PREFIX, "/itglue/", "/itglue/{*path}"];
    let router = Router::new();
    let router = paths
        .into_iter()
        .fold(router, |router, path| router.route(path, any(answer)));
    router.with_state(state)
}

/// One request, whatever it is: nothing of it is looked at before it is known who asks.
async fn answer(State(state): State<GatewayState>, request: Request) -> Response {
    let answered = match admit_and_answer(&state, request).await {
        Ok(response) => return response,
        Err(refusal) => refusal,
    };
    answered.into_response()
}

async fn admit_and_answer(state: &GatewayState, request: Request) -> Result<Response, Refusal> {
    let arrived = Instant::now();
    let (parts, body) = request.into_parts();
    let agent = caller::admit(&state.access, &parts).await?;
    state.intake.count(&agent)?;
    caller::refuse_override(&parts.headers)?;
    let path = caller::path(&parts.uri);
    match parts.method {
        Method::GET => reads::answer(state, &agent, path, &parts.headers, arrived).await,
        Method::POST | Method::PATCH | Method::DELETE => {
            writes::answer(state, agent, &parts, path, body, arrived).await
        }
        _ => Err(Refusal::method_not_allowed()),
    }
}
