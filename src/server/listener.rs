//! The listener and its connections: how many, how long a head may take, and an end in order.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

use super::metrics::Metrics;

/// The largest head of a request, in bytes.
const LARGEST_HEAD: usize = 16 * 1024;
/// Before accepting is tried again, when the machine has no more sockets.
const OUT_OF_SOCKETS: Duration = Duration::from_millis(100);

/// What a listener gives its clients.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Connections at a time. More are not refused: they wait to be accepted until one ends, and
    /// one that is idle ends soon.
    pub connections: usize,
    /// How long a client may take to send a head, and how long a connection may be idle.
    pub head: Duration,
}

/// Accepts connections until told to stop; those at work go on as tasks of the tracker.
pub(super) async fn accept(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    metrics: Metrics,
    stopping: CancellationToken,
    tasks: TaskTracker,
) {
    let places = Arc::new(Semaphore::new(limits.connections));
    loop {
        let accepted = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            () = stopping.cancelled() => return,
            accepted = accepted => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                let connected = metrics.connected();
                let serving = serve(stream, peer, router.clone(), limits.head, stopping.clone());
                tasks.spawn(async move {
                    let _counted = (place, connected);
                    serving.await;
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(OUT_OF_SOCKETS).await;
            }
        }
    }
}

async fn serve(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    head: Duration,
    stopping: CancellationToken,
) {
    // Without it the head and the body of an answer may wait for each other.
    let _is_set = stream.set_nodelay(true);
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    });
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(head)
            .max_header_size(LARGEST_HEAD)
            .serve_connection(TokioIo::new(stream), service)
    );
    // A client that breaks off is no event worth a line.
    let _result = tokio::select! {
        result = connection.as_mut() => result,
        () = stopping.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.as_mut().await
        }
    };
}

#[cfg(test)]
mod tests {
    use axum::routing::{get, post};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(20);

    /// A listener with these limits, until the test ends.
    async fn listening(limits: Limits) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new()
            .route("/", get(async || "here"))
            .route("/take", post(async |body: String| body));
        tokio::spawn(accept(
            listener,
            router,
            limits,
            Metrics::default(),
            CancellationToken::new(),
            TaskTracker::new(),
        ));
        address
    }

    /// What comes back until the server closes the connection, or does not within the time.
    async fn answer(mut client: TcpStream) -> Option<String> {
        let mut answer = String::new();
        let read = client.read_to_string(&mut answer);
        tokio::time::timeout(PATIENCE, read).await.ok()?.ok()?;
        Some(answer)
    }

    async fn sent(address: SocketAddr, text: &str) -> TcpStream {
        let mut client = TcpStream::connect(address).await.unwrap();
        client.write_all(text.as_bytes()).await.unwrap();
        client
    }

    #[tokio::test]
    async fn h4_a_head_of_more_than_16_kb_is_not_read() {
        let limits = Limits {
            connections: 8,
            head: PATIENCE,
        };
        let address = listening(limits).await;
        for (length, status) in [(15_000, "200"), (17_000, "431"), (200_000, "431")] {
            let padding = "a".repeat(length);
            let head =
                format!("GET / HTTP/1.1\r\nhost: x\r\nx: {padding}\r\nconnection: close\r\n\r\n");
            let mut client = TcpStream::connect(address).await.unwrap();
            // The server may have hung up before the whole was sent.
            let _sent = client.write_all(head.as_bytes()).await;
            let mut start = [0; 12];
            client.read_exact(&mut start).await.unwrap();
            assert_eq!(start, format!("HTTP/1.1 {status}").as_bytes(), "{length}");
        }
    }

    #[tokio::test]
    async fn h4_what_is_no_http_gets_an_answer_without_content() {
        let limits = Limits {
            connections: 8,
            head: PATIENCE,
        };
        let address = listening(limits).await;
        for nonsense in [
            "\0\0\0\0\r\n\r\n",
            "GET / HTTP/1.1\r\nno colon\r\n\r\n",
            "POST /take HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
            "POST /take HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
            "POST /take HTTP/1.1\r\nhost: x\r\ntransfer-encoding: gzip, chunky\r\n\r\n",
        ] {
            let answer = answer(sent(address, nonsense).await).await.unwrap();
            let (head, body) = answer.split_once("\r\n\r\n").unwrap();
            assert!(head.starts_with("HTTP/1.1 400"), "{nonsense:?}: {head}");
            assert_eq!(body, "", "{nonsense:?}");
            assert!(!head.to_ascii_lowercase().contains("server:"), "{head}");
        }
    }

    #[tokio::test]
    async fn h4_a_client_that_takes_its_time_is_let_go() {
        let limits = Limits {
            connections: 8,
            head: Duration::from_millis(100),
        };
        let address = listening(limits).await;
        for beginning in ["", "GET", "GET / HTTP/1.1\r\nhost: x\r\n"] {
            let client = sent(address, beginning).await;
            assert!(answer(client).await.is_some(), "{beginning:?}");
        }
        let drip = async {
            let mut client = sent(address, "GET / HTTP/1.1\r\n").await;
            while client.write_all(b"x: y\r\n").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let let_go = tokio::time::timeout(PATIENCE, drip).await;
        assert!(let_go.is_ok(), "a head that never ends was waited for");
    }

    #[tokio::test]
    async fn h4_more_connections_than_there_may_be_wait_and_are_served() {
        let limits = Limits {
            connections: 4,
            head: Duration::from_millis(200),
        };
        let address = listening(limits).await;
        let mut idle = Vec::new();
        for _ in 0..40 {
            idle.push(TcpStream::connect(address).await.unwrap());
        }
        let asking = sent(
            address,
            "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
        )
        .await;
        let answer = answer(asking).await.expect("the idle ones make way");
        assert!(answer.ends_with("here"), "{answer}");
        drop(idle);
    }
}
