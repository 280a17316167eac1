//! How a route comes to be: a method, a path, the right it needs, a handler, and what is told of it.
//!
//! Invariant: [`Routes`] is the only way to add one. The right is checked before the handler and
//! without its help: whoever asks is authenticated once, and the proof travels with the request.
//! What is told of a route makes its part of the `OpenAPI` document.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::handler::Handler;
use axum::http::Method;
use axum::http::request::Parts;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::{MethodFilter, MethodRouter, on};

use super::caller::{address, token};
use super::openapi::{Described, Operation};
use super::{ApiState, Problem};
use crate::access::{Access, Administrator, Person};
use crate::domain::{Clock, named_enum};

/// Where all routes are.
const PREFIX: &str = "/api/v1";
/// The largest body IT Glue takes, and with it ours.
const LARGE_BODY: usize = 10 * 1024 * 1024;
/// More than anybody has to say about settings.
const SMALL_BODY: usize = 1024 * 1024;

named_enum! {
    /// The right that a route needs.
    pub enum Needs {
        /// None: the route says the same to everyone.
        Nobody = "nobody",
        /// The token of an agent that is not paused.
        Agent = "agent",
        /// A person who may look.
        Reviewer = "reviewer",
        /// A person who may decide.
        Technician = "technician",
        /// A person who may look after everything.
        Administrator = "administrator",
        /// The same, who has just proved who they are; the scope `admin` of a token stands for it.
        ProvenAdministrator = "proven administrator",
    }
}

/// A page that says the same to everyone, beside the routes.
pub fn page(path: &'static str, text: String) -> Router {
    let text: Arc<str> = text.into();
    let show = async move || Html(text.to_string());
    Router::new()
        .route(path, on(MethodFilter::GET, show))
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
}

/// A route, as it was declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredRoute {
    /// The method.
    pub method: Method,
    /// The whole path, its parameters in braces.
    pub path: String,
    /// The right.
    pub needs: Needs,
}

/// The routes of the API.
///
/// ```
/// # use countersign::api::{Needs, Operation, Routes, Tag};
/// let told = || Operation::new(Tag::About, "sayHello", "Hello").answers::<String>(200, "Hello.");
/// Routes::new().get("/hello", Needs::Nobody, async || "hello", told);
/// ```
///
/// A route that does not say what it needs does not build:
///
/// ```compile_fail
/// # use countersign::api::{Needs, Operation, Routes, Tag};
/// # let told = || Operation::new(Tag::About, "sayHello", "Hello").answers::<String>(200, "Hello.");
/// Routes::new().get("/hello", async || "hello", told);
/// ```
///
/// Nor does one that is not described. Its description is a function in `api::described`, where its
/// neighbors show how; then `cargo xtask openapi` writes the document anew:
///
/// ```compile_fail
/// # use countersign::api::{Needs, Routes};
/// Routes::new().get("/hello", Needs::Nobody, async || "hello");
/// ```
///
/// Nor does a router that was put together elsewhere find its way in:
///
/// ```compile_fail
/// # use countersign::api::{Needs, Routes};
/// Routes::new().merge(axum::Router::new());
/// ```
#[derive(Default)]
pub struct Routes(Vec<Entry>);

struct Entry {
    method: Method,
    path: &'static str,
    needs: Needs,
    handler: MethodRouter<ApiState>,
    told: Told,
}

/// What makes the description of a route.
type Told = fn() -> Operation;

impl Routes {
    /// None yet.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// A route that shows something.
    #[must_use]
    pub fn get<H, T>(self, path: &'static str, needs: Needs, handler: H, told: Told) -> Self
    where
        H: Handler<T, ApiState>,
        T: 'static,
    {
        let handler = on(MethodFilter::GET, handler);
        self.add(Method::GET, path, needs, handler, told)
    }

    /// A route that makes or does something.
    #[must_use]
    pub fn post<H, T>(self, path: &'static str, needs: Needs, handler: H, told: Told) -> Self
    where
        H: Handler<T, ApiState>,
        T: 'static,
    {
        let handler = on(MethodFilter::POST, handler);
        self.add(Method::POST, path, needs, handler, told)
    }

    /// A route that replaces something.
    #[must_use]
    pub fn put<H, T>(self, path: &'static str, needs: Needs, handler: H, told: Told) -> Self
    where
        H: Handler<T, ApiState>,
        T: 'static,
    {
        let handler = on(MethodFilter::PUT, handler);
        self.add(Method::PUT, path, needs, handler, told)
    }

    /// A route that changes what is named.
    #[must_use]
    pub fn patch<H, T>(self, path: &'static str, needs: Needs, handler: H, told: Told) -> Self
    where
        H: Handler<T, ApiState>,
        T: 'static,
    {
        let handler = on(MethodFilter::PATCH, handler);
        self.add(Method::PATCH, path, needs, handler, told)
    }

    /// A route that ends something.
    #[must_use]
    pub fn delete<H, T>(self, path: &'static str, needs: Needs, handler: H, told: Told) -> Self
    where
        H: Handler<T, ApiState>,
        T: 'static,
    {
        let handler = on(MethodFilter::DELETE, handler);
        self.add(Method::DELETE, path, needs, handler, told)
    }

    /// With those routes, too.
    #[must_use]
    pub fn merge(mut self, mut others: Self) -> Self {
        self.0.append(&mut others.0);
        self
    }

    /// What was declared, in that order.
    pub fn declared(&self) -> Vec<DeclaredRoute> {
        let declared = |entry: &Entry| DeclaredRoute {
            method: entry.method.clone(),
            path: format!("{PREFIX}{}", entry.path),
            needs: entry.needs,
        };
        self.0.iter().map(declared).collect()
    }

    /// The same with all that is told of each.
    pub(super) fn described(&self) -> Vec<Described> {
        let described = |entry: &Entry| Described {
            method: entry.method.clone(),
            path: format!("{PREFIX}{}", entry.path),
            needs: entry.needs,
            operation: (entry.told)(),
        };
        self.0.iter().map(described).collect()
    }

    /// The router, with each route behind its right. What was not declared is not there.
    pub(super) fn into_router(self, state: ApiState) -> Router {
        let mut paths: BTreeMap<&'static str, MethodRouter<ApiState>> = BTreeMap::new();
        for entry in self.0 {
            let gate = Gate {
                access: state.access.clone(),
                clock: Arc::clone(&state.clock),
                needs: entry.needs,
            };
            let guarded = entry
                .handler
                .route_layer(DefaultBodyLimit::max(largest_body(entry.needs)))
                .route_layer(from_fn_with_state(gate, admit));
            let path = paths.entry(entry.path).or_default();
            *path = std::mem::take(path).merge(guarded);
        }
        let router = paths
            .into_iter()
            .fold(Router::new(), |router, (path, methods)| {
                router.route(path, methods)
            });
        let v1 = router
            .fallback(async || Problem::no_route())
            .method_not_allowed_fallback(async || Problem::method_not_allowed())
            .with_state(state);
        Router::new().nest(PREFIX, v1)
    }

    fn add(
        mut self,
        method: Method,
        path: &'static str,
        needs: Needs,
        handler: MethodRouter<ApiState>,
        told: Told,
    ) -> Self {
        self.0.push(Entry {
            method,
            path,
            needs,
            handler,
            told,
        });
        self
    }
}

const fn largest_body(needs: Needs) -> usize {
    match needs {
        Needs::Agent | Needs::Reviewer | Needs::Technician => LARGE_BODY,
        Needs::Nobody | Needs::Administrator | Needs::ProvenAdministrator => SMALL_BODY,
    }
}

/// What stands before one route.
#[derive(Clone)]
struct Gate {
    access: Access,
    clock: Arc<dyn Clock>,
    needs: Needs,
}

/// Lets a request through with the proof of the right that its route needs, and no other.
async fn admit(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match gate.prove(&mut parts).await {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(problem) => problem.into_response(),
    }
}

impl Gate {
    async fn prove(&self, parts: &mut Parts) -> Result<(), Problem> {
        match self.needs {
            Needs::Nobody => {}
            Needs::Agent => {
                let agent = self.access.agent(token(parts)?, address(parts)).await?;
                parts.extensions.insert(agent);
            }
            Needs::Reviewer => {
                let reviewer = self.person(parts).await?.reviewer()?;
                parts.extensions.insert(reviewer);
            }
            Needs::Technician => {
                let technician = self.person(parts).await?.technician()?;
                parts.extensions.insert(technician);
            }
            Needs::Administrator => {
                let administrator = self.administrator(parts).await?;
                parts.extensions.insert(administrator);
            }
            Needs::ProvenAdministrator => {
                let administrator = self.administrator(parts).await?;
                let proven = administrator.proven(self.clock.now())?;
                parts.extensions.insert(proven);
            }
        }
        Ok(())
    }

    async fn administrator(&self, parts: &Parts) -> Result<Administrator, Problem> {
        Ok(self.person(parts).await?.administrator()?)
    }

    async fn person(&self, parts: &Parts) -> Result<Person, Problem> {
        let person = self.access.person_by_token(token(parts)?, address(parts));
        Ok(person.await?)
    }
}
