//! One request from its arrival to its ending, with the fault that strikes it.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::time::sleep;

use super::answer::Answer;
use super::control::{self, Received};
use super::faults::FaultKind;
use super::handle::{Handled, handle};
use super::query::Query;
use super::refusal::Refusal;
use super::state::State;

/// A request as it was read.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub method: String,
    pub path: String,
    /// As in the request line, empty if there was none.
    pub query_text: String,
    pub query: Query,
    pub key: Option<String>,
    pub content_type: Option<String>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

/// How a connection goes on.
#[derive(Debug)]
pub(super) enum Ending {
    Answered(Answer),
    Reset,
    Closed,
    CutHead(Answer),
    CutBody(Answer),
}

pub(super) async fn exchange(state: Arc<State>, request: Request) -> Ending {
    let (place, fault) = state.note(Received {
        method: request.method.clone(),
        path: request.path.clone(),
        query: request.query_text.clone(),
        body: request.json(),
        status: None,
        applied: false,
        at_ms: 0,
    });
    let latency = state.lock().latency;
    if !latency.is_zero() {
        sleep(latency).await;
    }
    let ending = end(&state, &request, place, fault).await;
    if let Ending::Answered(answer) = &ending {
        let status = answer.status;
        state.note_end(place, |received| received.status = Some(status));
    }
    ending
}

async fn end(
    state: &Arc<State>,
    request: &Request,
    place: usize,
    fault: Option<FaultKind>,
) -> Ending {
    let Some(fault) = fault else {
        return Ending::Answered(carry_out(state, request, place));
    };
    match fault {
        FaultKind::ResetBefore => Ending::Reset,
        FaultKind::ErrorBefore { status } => {
            Ending::Answered(Refusal::of_the_server(status).into())
        }
        FaultKind::TooManyRequests { retry_after } => {
            Ending::Answered(Refusal::too_many_requests(retry_after).into())
        }
        FaultKind::Redirect { location } => {
            Ending::Answered(Answer::html(307, "").with_header("location", location))
        }
        FaultKind::AcceptedAndIgnored => Ending::Answered(handle(state, request, false).answer),
        FaultKind::ApplyAfterClientLeft { ms } => {
            apply_later(Arc::clone(state), request.clone(), place, ms);
            Ending::Closed
        }
        FaultKind::HangThenApply { ms } => {
            sleep(Duration::from_millis(ms)).await;
            Ending::Answered(carry_out(state, request, place))
        }
        FaultKind::OtherEditor { attributes } => {
            control::edit_addressed(state, &request.path, &attributes);
            Ending::Answered(carry_out(state, request, place))
        }
        FaultKind::ResetAfter
        | FaultKind::ErrorAfter { .. }
        | FaultKind::Slow { .. }
        | FaultKind::CutHead
        | FaultKind::CutBody
        | FaultKind::CreatedWithHtml
        | FaultKind::WrongId
        | FaultKind::Claims { .. }
        | FaultKind::OtherEditorAfter { .. } => {
            let answer = carry_out(state, request, place);
            end_after(state, request, fault, answer).await
        }
    }
}

/// Faults that strike once the request was applied.
async fn end_after(state: &State, request: &Request, fault: FaultKind, answer: Answer) -> Ending {
    match fault {
        FaultKind::ResetAfter => Ending::Reset,
        FaultKind::ErrorAfter { status } => Ending::Answered(Refusal::of_the_server(status).into()),
        FaultKind::CutHead => Ending::CutHead(answer),
        FaultKind::CutBody => Ending::CutBody(answer),
        FaultKind::CreatedWithHtml => {
            Ending::Answered(Answer::html(201, "<html><body>Created</body></html>"))
        }
        FaultKind::WrongId => Ending::Answered(with_wrong_id(answer)),
        FaultKind::Claims { attributes } => Ending::Answered(with_claims(answer, attributes)),
        FaultKind::Slow { ms } => {
            sleep(Duration::from_millis(ms)).await;
            Ending::Answered(answer)
        }
        FaultKind::OtherEditorAfter { attributes } => {
            control::edit_addressed(state, &request.path, &attributes);
            Ending::Answered(answer)
        }
        FaultKind::ResetBefore
        | FaultKind::ErrorBefore { .. }
        | FaultKind::HangThenApply { .. }
        | FaultKind::ApplyAfterClientLeft { .. }
        | FaultKind::TooManyRequests { .. }
        | FaultKind::Redirect { .. }
        | FaultKind::AcceptedAndIgnored
        | FaultKind::OtherEditor { .. } => Ending::Answered(answer),
    }
}

fn carry_out(state: &State, request: &Request, place: usize) -> Answer {
    let Handled { answer, applied } = handle(state, request, true);
    state.note_end(place, |received| received.applied = applied);
    answer
}

fn apply_later(state: Arc<State>, request: Request, place: usize, ms: u64) {
    tokio::spawn(async move {
        sleep(Duration::from_millis(ms)).await;
        carry_out(&state, &request, place);
    });
}

/// Another id in `data`, or in its first object.
fn with_wrong_id(answer: Answer) -> Answer {
    with_other_data(answer, |data| {
        if let Some(id) = data.get_mut("id") {
            *id = "99999999".into();
        }
    })
}

/// These attributes in `data`, or in its first object.
fn with_claims(answer: Answer, claimed: Value) -> Answer {
    with_other_data(answer, |data| {
        let attributes = data.get_mut("attributes").and_then(Value::as_object_mut);
        if let (Some(attributes), Value::Object(claimed)) = (attributes, claimed) {
            attributes.extend(claimed);
        }
    })
}

fn with_other_data(mut answer: Answer, change: impl FnOnce(&mut Value)) -> Answer {
    let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body) else {
        return answer;
    };
    let data = match body.get_mut("data") {
        Some(Value::Array(objects)) => objects.first_mut(),
        data => data,
    };
    if let Some(data) = data {
        change(data);
    }
    answer.body = body.to_string().into_bytes();
    answer
}
