//! What happens to every request, whichever door it is for: it gets an id, a line in the log, and
//! an answer even when the handler panics.

use std::any::Any;
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use axum::body::Body;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::header::{CONTENT_TYPE, HeaderMap};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use tower_http::request_id::RequestId;
use tracing::Instrument as _;

use super::clock::Clock;
use super::metrics::Metrics;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// What the middleware needs.
#[derive(Clone)]
pub(super) struct Observer {
    pub clock: Clock,
    pub metrics: Metrics,
    pub trusted_proxies: u8,
}

/// Marks the answer that stands in for a handler that panicked.
#[derive(Clone, Copy)]
struct Panicked;

/// Gives the request its id (never one that the client chose) and the client's true address,
/// writes the log line, and puts the id on the answer. Neither query nor headers are logged, nor
/// a path beyond the route it matched.
pub(super) async fn observe(
    State(observer): State<Observer>,
    mut request: Request,
    next: Next,
) -> Response {
    let id = observer.clock.new_id().to_string();
    // A UUID is always a valid value.
    let header = HeaderValue::try_from(&id).unwrap_or(HeaderValue::from_static("unknown"));
    request.headers_mut().insert(X_REQUEST_ID, header.clone());
    request
        .extensions_mut()
        .insert(RequestId::new(header.clone()));
    correct_address(&mut request, observer.trusted_proxies);
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("-", MatchedPath::as_str);
    let span = tracing::info_span!("request", id, %method, route);
    let start = Instant::now();

    let mut response = next.run(request).instrument(span.clone()).await;

    if response.extensions().get::<Panicked>().is_some() {
        *response.body_mut() = Body::from(internal_error(&id));
    }
    response.headers_mut().insert(X_REQUEST_ID, header);
    let status = response.status().as_u16();
    observer
        .metrics
        .answered(&method, route, status, start.elapsed());
    let latency_ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
    let is_dull = matches!(route, "/healthz" | "/readyz" | "/pkg/{*path}");
    span.in_scope(|| {
        if is_dull {
            tracing::debug!(status, latency_ms, "answered");
        } else {
            tracing::info!(status, latency_ms, "answered");
        }
    });
    response
}

/// The answer of a handler that panicked. What it said goes to the log alone.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands it over so")]
pub(super) fn on_panic(panic: Box<dyn Any + Send>) -> Response {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("without a message");
    tracing::error!(message, "a handler panicked");
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    response.extensions_mut().insert(Panicked);
    response
}

fn internal_error(request_id: &str) -> String {
    serde_json::json!({
        "type": "about:blank",
        "title": "Internal Server Error",
        "status": 500,
        "detail": "Something went wrong inside Countersign. Tell your administrator the request id.",
        "request_id": request_id,
    })
    .to_string()
}

/// Behind proxies, puts the address that the outermost trusted one saw in place of the proxy's own.
fn correct_address(request: &mut Request, trusted_proxies: u8) {
    if let Some(address) = forwarded_for(request.headers(), trusted_proxies) {
        let address = ConnectInfo(SocketAddr::new(address, 0));
        request.extensions_mut().insert(address);
    }
}

/// Each proxy appends who connected to it, so our own count from the right; what stands further
/// left is the client's word.
fn forwarded_for(headers: &HeaderMap, trusted_proxies: u8) -> Option<IpAddr> {
    let position = usize::from(trusted_proxies).checked_sub(1)?;
    let hops: Vec<&str> = headers
        .get_all(X_FORWARDED_FOR)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    hops.iter().rev().nth(position)?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(0, &["203.0.113.9"], None)]
    #[case(1, &["203.0.113.9"], Some("203.0.113.9"))]
    #[case(1, &["6.6.6.6, 203.0.113.9"], Some("203.0.113.9"))]
    #[case(2, &["6.6.6.6, 203.0.113.9, 10.0.0.1"], Some("203.0.113.9"))]
    #[case(2, &["6.6.6.6", "203.0.113.9", "10.0.0.1"], Some("203.0.113.9"))]
    #[case(2, &["203.0.113.9"], None)]
    #[case(1, &["nonsense"], None)]
    fn proxies_are_believed_from_the_right(
        #[case] trusted: u8,
        #[case] values: &[&'static str],
        #[case] address: Option<&str>,
    ) {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(X_FORWARDED_FOR, HeaderValue::from_static(value));
        }
        let address = address.map(|text| text.parse().unwrap());
        assert_eq!(forwarded_for(&headers, trusted), address);
    }
}
