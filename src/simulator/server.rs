//! The listener and its connections.
//!
//! hyper speaks HTTP/1.1; a fault that needs the bare socket makes the service fail, which gives
//! the socket back before anything was written to it.

use std::convert::Infallible;
use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use axum::extract::Query as Pairs;
use axum::http::{self, HeaderValue, header};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use super::Settings;
use super::answer::Answer;
use super::control::Control;
use super::control_http;
use super::exchange::{Ending, Request, exchange};
use super::query::Query;
use super::state::State;

/// A simulator at work.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    control: Control,
    task: JoinHandle<Infallible>,
}

/// Fills a simulator with content and lets it listen.
///
/// # Errors
/// If the address cannot be listened on.
pub async fn start(settings: Settings) -> io::Result<Running> {
    let listener = TcpListener::bind(settings.listen).await?;
    let address = listener.local_addr()?;
    let state = Arc::new(State::new(settings, format!("http://{address}")));
    let task = tokio::spawn(accept(listener, Arc::clone(&state)));
    Ok(Running {
        address,
        control: Control::new(state),
        task,
    })
}

impl Running {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address as a URL without a path.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The handle to look behind the curtain.
    pub fn control(&self) -> &Control {
        &self.control
    }

    /// Stops listening and drops all connections.
    pub async fn stop(self) {
        self.task.abort();
        // An error is what an aborted task ends with.
        let _ended = self.task.await;
    }
}

async fn accept(listener: TcpListener, state: Arc<State>) -> Infallible {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                // A client that left before it was accepted is no reason to stop.
                if let Ok((stream, _)) = accepted {
                    connections.spawn(serve(stream, Arc::clone(&state)));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

/// An ending that needs the bare socket.
type Slot = Arc<Mutex<Option<Ending>>>;

async fn serve(stream: TcpStream, state: Arc<State>) {
    // Without it the head and the body of an answer may wait for each other.
    let _is_set = stream.set_nodelay(true);
    let slot = Slot::default();
    let service =
        service_fn(|request| Box::pin(respond(request, Arc::clone(&state), Arc::clone(&slot))));
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let _result = poll_fn(|context| connection.poll_without_shutdown(context)).await;
    let stream = connection.into_parts().io.into_inner();
    let ending = slot.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(ending) = ending {
        finish(&stream, ending).await;
    }
}

async fn respond(
    request: http::Request<Incoming>,
    state: Arc<State>,
    slot: Slot,
) -> Result<http::Response<Body>, Interrupted> {
    let request = read(request).await?;
    if state.has_control && request.path.starts_with(control_http::PREFIX) {
        return Ok(response(control_http::answer(&state, &request)));
    }
    // A task of its own, since a client that leaves does not stop what it has sent.
    let ending = tokio::spawn(exchange(state, request))
        .await
        .map_err(|_| Interrupted)?;
    match ending {
        Ending::Answered(answer) => Ok(response(answer)),
        Ending::Reset | Ending::Closed | Ending::CutHead(_) | Ending::CutBody(_) => {
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(ending);
            Err(Interrupted)
        }
    }
}

/// The connection ends without a whole answer.
#[derive(Debug, thiserror::Error)]
#[error("interrupted on purpose")]
struct Interrupted;

/// More than IT Glue takes, so that too large a body is read and then refused.
const READ_LIMIT: usize = 64 * 1024 * 1024;

async fn read(request: http::Request<Incoming>) -> Result<Request, Interrupted> {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(Body::new(body), READ_LIMIT)
        .await
        .map_err(|_| Interrupted)?;
    let text = |name: http::HeaderName| {
        head.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned)
    };
    let pairs = Pairs::<Vec<(String, String)>>::try_from_uri(&head.uri)
        .map_or_else(|_| Vec::new(), |Pairs(pairs)| pairs);
    Ok(Request {
        method: head.method.as_str().to_owned(),
        path: head.uri.path().to_owned(),
        query_text: head.uri.query().unwrap_or_default().to_owned(),
        query: Query::new(pairs),
        key: text(http::HeaderName::from_static("x-api-key")),
        content_type: text(header::CONTENT_TYPE),
        body: body.to_vec(),
    })
}

fn response(answer: Answer) -> http::Response<Body> {
    let mut response = http::Response::new(Body::from(answer.body));
    *response.status_mut() = http::StatusCode::from_u16(answer.status)
        .unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(answer.content_type),
    );
    for (name, value) in answer.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    response
}

/// Ends a connection in the way asked for; dropping the socket then closes it.
async fn finish(stream: &TcpStream, ending: Ending) {
    match ending {
        Ending::Reset => {
            let _is_set = stream.set_zero_linger();
        }
        Ending::Closed | Ending::Answered(_) => {}
        Ending::CutHead(answer) => {
            let head = head(&answer);
            let half = head.len() / 2;
            send(stream, head.get(..half).unwrap_or_default().as_bytes()).await;
        }
        Ending::CutBody(answer) => {
            let half = answer.body.len() / 2;
            send(stream, head(&answer).as_bytes()).await;
            send(stream, answer.body.get(..half).unwrap_or_default()).await;
        }
    }
}

fn head(answer: &Answer) -> String {
    format!(
        "HTTP/1.1 {} OK\r\ncontent-type: {}\r\ncontent-length: {}\r\n\r\n",
        answer.status,
        answer.content_type,
        answer.body.len(),
    )
}

/// Writes what the socket takes; a client that has left misses nothing.
async fn send(stream: &TcpStream, mut bytes: &[u8]) {
    while !bytes.is_empty() && stream.writable().await.is_ok() {
        match stream.try_write(bytes) {
            Ok(count) => bytes = bytes.get(count..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(_) => return,
        }
    }
}
