//! Those who wait and listen, while commands run beside the server and when it is stopped.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use crate::program::{Home, Started};

/// How long something may take that happens at once. Long, because it only counts where a test fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// A request whose answer is still to come.
struct Waiting(BufReader<TcpStream>);

impl Waiting {
    fn on(server: &Started, path: &str, token: &str, headers: &str) -> Self {
        let address = server.text("address").strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
             authorization: Bearer {token}\r\n{headers}\r\n"
        )
        .unwrap();
        Self(BufReader::new(stream))
    }

    /// The rest of a line that begins so.
    fn line(&mut self, beginning: &str) -> String {
        loop {
            let mut line = String::new();
            assert_ne!(self.0.read_line(&mut line).unwrap(), 0, "no `{beginning}`");
            if let Some(rest) = line.strip_prefix(beginning) {
                return rest.trim_end().to_owned();
            }
        }
    }

    /// Everything until the server hangs up.
    fn rest(mut self) -> String {
        let mut rest = String::new();
        self.0.read_to_string(&mut rest).unwrap();
        rest
    }
}

/// A server in front of a simulator, with an agent: its token, and the token's id.
fn served(home: &Home) -> (Started, Started, String, String) {
    let simulator = home.simulator();
    let server = home.serve();
    home.connect(&simulator);
    home.json(&[
        "profile",
        "create",
        "--name",
        "All",
        "--preset",
        "full-access",
    ]);
    let agent = [
        "agent",
        "create",
        "--name",
        "bot",
        "--profile",
        "All",
        "--connection",
        "main",
    ];
    home.json(&agent);
    let token = home.json(&["agent", "token", "create", "--agent", "bot"]);
    let text = |member: &str| token[member].as_str().unwrap().to_owned();
    (simulator, server, text("token"), text("id"))
}

fn propose(server: &Started, token: &str) -> Value {
    let proposal = json!({
        "method": "PATCH", "path": "/contacts/501", "summary": "a test",
        "body": {"data": {"type": "contacts", "attributes": {"title": "Director"}}},
    });
    let (status, body) = server.propose(token, &proposal);
    assert_eq!(status, 201, "{body}");
    serde_json::from_str(&body).unwrap()
}

#[test]
fn a_stream_goes_on_after_a_restart_and_a_poll_is_answered_before() {
    let home = Home::new();
    let (_simulator, server, token, _) = served(&home);
    let mut stream = Waiting::on(&server, "/api/v1/events", &token, "");
    stream.line("id: ");
    let proposal = propose(&server, &token);
    stream.line("event: status");
    let last = stream.line("id: ");
    let data: Value = serde_json::from_str(&stream.line("data: ")).unwrap();
    assert_eq!(data["id"], proposal["id"]);
    let path = format!("/api/v1/proposals/{}", proposal["id"].as_str().unwrap());
    let mut poll = Waiting::on(&server, &path, &token, "prefer: wait=60\r\n");
    // Only what was read before the signal is answered; a request after it says that this was.
    assert_eq!(server.get("/healthz").0, 200);
    let (code, took) = server.terminate();
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(20), "{took:?}");
    assert!(poll.line("HTTP/1.1 ").starts_with("200"));
    assert!(poll.rest().contains(r#""status":"pending""#));
    assert!(!stream.rest().contains("event:"));
    let server = home.serve();
    let again = format!("last-event-id: {last}\r\n");
    let mut stream = Waiting::on(&server, "/api/v1/events", &token, &again);
    assert_eq!(stream.line("id: "), last);
    let second = propose(&server, &token);
    stream.line("event: status");
    let data: Value = serde_json::from_str(&stream.line("data: ")).unwrap();
    assert_eq!(data["id"], second["id"], "the first was heard before");
}

#[test]
fn t2_a_token_revoked_beside_the_server_hears_nothing_more() {
    let home = Home::new();
    let (_simulator, server, token, id) = served(&home);
    let mut stream = Waiting::on(&server, "/api/v1/events", &token, "");
    stream.line("id: ");
    home.json(&["agent", "token", "revoke", &id]);
    assert!(!stream.rest().contains("event:"));
    let refused = Waiting::on(&server, "/api/v1/events", &token, "").line("HTTP/1.1 ");
    assert!(refused.starts_with("401"), "{refused}");
}
