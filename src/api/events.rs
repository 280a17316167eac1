//! `GET /events`: server-sent events of an agent's own proposals.
//!
//! Each event is a change of a proposal that was committed, with the number of that change as its id;
//! `Last-Event-ID` goes on right after it, over restarts of the server too.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use hyper::body::Frame;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::caller::As;
use super::{ApiState, Problem, wire};
use crate::access::Agent;
use crate::notify::{Happened, Next, Place, Subscription};

/// How long a client waits before it comes back, in milliseconds.
const RETRY_MILLIS: u32 = 2_000;

/// `GET /events`: until the client hangs up, the right ends or the server stops.
pub async fn listen(
    As(agent): As<Agent>,
    State(state): State<ApiState>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let last = headers.get("last-event-id");
    // Bytes that are no text are no id that was given out.
    let last = last.map(|value| value.to_str().unwrap_or_default());
    let subscription = state.feed.listen(agent, last).await?;
    let (sender, receiver) = mpsc::channel(1);
    tokio::spawn(tell(subscription, sender, Arc::clone(&state.public_url)));
    let headers = [
        (CONTENT_TYPE.as_str(), "text/event-stream"),
        (CACHE_CONTROL.as_str(), "no-store"),
        // nginx keeps answers back until it has a buffer full, unless it is told not to.
        ("x-accel-buffering", "no"),
    ];
    Ok((headers, Body::new(Stream(receiver))).into_response())
}

/// Writes what is heard, one event at a time, as fast as the client takes it.
async fn tell(mut subscription: Subscription, sender: mpsc::Sender<Bytes>, public_url: Arc<str>) {
    // An id without data is not an event, but the place from which the client goes on.
    let beginning = format!("retry: {RETRY_MILLIS}\nid: {}\n\n", subscription.place());
    let mut text = beginning;
    while sender.send(Bytes::from(text)).await.is_ok() {
        let next = tokio::select! {
            next = subscription.next() => next,
            () = sender.closed() => return,
        };
        text = match next {
            Ok(Next::Changed(happened)) => event(subscription.place(), &happened, &public_url),
            Ok(Next::Reset) => reset(subscription.place()),
            Ok(Next::Quiet) => ": quiet\n\n".to_owned(),
            Ok(Next::Stopping) => return,
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::info!(error, "an event stream was ended");
                return;
            }
        };
    }
}

fn event(place: Place, happened: &Happened, public_url: &str) -> String {
    let data = outline(happened, public_url);
    let name = if happened.change.is_read_back {
        "verified"
    } else {
        "status"
    };
    format!("event: {name}\nid: {place}\ndata: {data}\n\n")
}

/// The proposal as REST returns it, in the status of the event and without bodies, which may be
/// large: they are read at its address.
fn outline(happened: &Happened, public_url: &str) -> Value {
    let proposal = wire::OfAgent::of(&happened.proposal, public_url);
    let mut outline = json!(proposal);
    let Some(members) = outline.as_object_mut() else {
        return outline;
    };
    members.insert("status".to_owned(), json!(happened.change.status));
    members.insert("changed_at".to_owned(), json!(happened.change.at));
    for member in ["request", "decision", "outcome"] {
        without_bodies(members.get_mut(member));
    }
    let items = members.get_mut("items").and_then(Value::as_array_mut);
    for item in items.into_iter().flatten() {
        without_bodies(item.get_mut("request"));
        without_bodies(item.get_mut("outcome"));
    }
    outline
}

fn without_bodies(member: Option<&mut Value>) {
    if let Some(members) = member.and_then(Value::as_object_mut) {
        members.remove("body");
        members.remove("response");
    }
}

fn reset(place: Place) -> String {
    let data = json!({
        "detail": "The Last-Event-ID is not known, or no longer kept: changes may have been missed. \
            This stream begins now. Read `GET /api/v1/proposals` for where the proposals stand.",
    });
    format!("event: reset\nid: {place}\ndata: {data}\n\n")
}

/// A body that is written while it is sent.
struct Stream(mpsc::Receiver<Bytes>);

impl hyper::body::Body for Stream {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let bytes = self.0.poll_recv(context);
        bytes.map(|bytes| bytes.map(|bytes| Ok(Frame::data(bytes))))
    }
}
