//! A server for tests that says exactly what it is told to, byte by byte, or cuts the connection.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use uuid::Uuid;

use super::account::{Account, ApiKey, BaseUrl};
use crate::domain::{ConnectionId, Method, Route};

pub(super) const KEY: &str = "ITG.canary0123456789abcdef";

/// What the server does once it has read a request.
pub(super) enum Reply {
    /// Writes these bytes and keeps the connection.
    Raw(Vec<u8>),
    /// Writes these bytes and closes the connection.
    Cut(Vec<u8>),
    /// Never answers.
    Hang,
    /// Reads one byte and resets the connection.
    Reset,
}

/// One request as it arrived.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) line: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Seen {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(key, _)| key == name)?;
        Some(value)
    }

    pub(super) fn is(&self, line: &str) -> bool {
        self.line.strip_suffix(" HTTP/1.1") == Some(line)
    }
}

pub(super) struct TestServer {
    pub(super) address: SocketAddr,
    accepted: Arc<AtomicUsize>,
    seen: Arc<Mutex<Vec<Seen>>>,
}

type Handler = dyn Fn(&str) -> Reply + Send + Sync;

impl TestServer {
    /// Answers by request line, such as `GET /contacts/5`.
    pub(super) fn start(handler: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            accepted: Arc::default(),
            seen: Arc::default(),
        };
        let (accepted, seen) = (Arc::clone(&server.accepted), Arc::clone(&server.seen));
        let handler: Arc<Handler> = Arc::new(handler);
        thread::spawn(move || {
            for stream in listener.incoming() {
                accepted.fetch_add(1, Ordering::SeqCst);
                let (seen, handler) = (Arc::clone(&seen), Arc::clone(&handler));
                thread::spawn(move || serve(&stream.unwrap(), &seen, &*handler));
            }
        });
        server
    }

    pub(super) fn account(&self) -> Account {
        account_at(self.address)
    }

    /// How many connections were accepted.
    pub(super) fn accepted(&self) -> usize {
        self.accepted.load(Ordering::SeqCst)
    }

    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

pub(super) fn account_at(address: SocketAddr) -> Account {
    Account {
        connection: ConnectionId(Uuid::from_u128(1)),
        base_url: BaseUrl::parse_override(&format!("http://{address}")).unwrap(),
        key: ApiKey::parse(KEY.into()).unwrap(),
    }
}

/// An address nobody listens at.
pub(super) fn closed_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

pub(super) fn route(method: Method, path: &str) -> Route {
    Route {
        method,
        path: path.to_owned(),
        query: Vec::new(),
    }
}

/// A whole answer.
pub(super) fn answer(status: u16, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let mut bytes =
        format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\n{headers}\r\n").into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

pub(super) fn json(status: u16, body: &str) -> Reply {
    Reply::Raw(answer(
        status,
        "content-type: application/vnd.api+json\r\n",
        body.as_bytes(),
    ))
}

fn serve(stream: &TcpStream, seen: &Mutex<Vec<Seen>>, handler: &Handler) {
    let mut reader = BufReader::with_capacity(1, stream);
    let mut writer = stream;
    loop {
        let Some(line) = read_line(&mut reader) else {
            return;
        };
        let request = line.strip_suffix(" HTTP/1.1").unwrap_or(&line);
        let reply = handler(request);
        if matches!(reply, Reply::Reset) {
            // The rest stays unread in the buffer of the socket: closing it now resets.
            seen.lock().unwrap().push(Seen {
                line,
                headers: Vec::new(),
                body: Vec::new(),
            });
            return;
        }
        let mut headers = Vec::new();
        while let Some(header) = read_line(&mut reader).filter(|header| !header.is_empty()) {
            let (name, value) = header.split_once(": ").unwrap();
            headers.push((name.to_ascii_lowercase(), value.to_owned()));
        }
        let mut arrived = Seen {
            line,
            headers,
            body: Vec::new(),
        };
        let length = arrived
            .header("content-length")
            .map_or(0, |n| n.parse().unwrap());
        arrived.body = vec![0; length];
        reader.read_exact(&mut arrived.body).unwrap();
        seen.lock().unwrap().push(arrived);
        match reply {
            Reply::Raw(bytes) => writer.write_all(&bytes).unwrap_or(()),
            Reply::Cut(bytes) => return writer.write_all(&bytes).unwrap_or(()),
            Reply::Hang => thread::park(),
            Reply::Reset => return,
        }
    }
}

fn read_line(reader: &mut impl BufRead) -> Option<String> {
    let mut line = String::new();
    let length = reader.read_line(&mut line).ok()?;
    (length > 0).then(|| line.trim_end().to_owned())
}
