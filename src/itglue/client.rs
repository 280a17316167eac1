//! The way to IT Glue: one per server, shared by all connections.

use std::collections::{HashMap, HashSet};
use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::account::Account;
use super::answer::{Answer, Arrived, Disclosed};
use super::budget::{Budget, BudgetExhausted, BudgetUse, Purpose, Rate};
use super::cache::Cache;
use super::conceal::conceal_traits;
use super::exclusive::Exclusive;
use super::read_error::ReadError;
use super::transport::{self, Failure, Received};
use crate::domain::json::Tree;
use crate::domain::{ConnectionId, Method, RecordId, Route};

/// How the client behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientSettings {
    /// How long one request may take, from connecting to the last byte of the answer.
    pub request_timeout: Duration,
    /// How long connecting may take.
    pub connect_timeout: Duration,
    /// How long a read waits for the budget.
    pub budget_wait: Duration,
    /// What IT Glue allows each connection.
    pub rate: Rate,
}

impl Default for ClientSettings {
    fn default() -> Self {
        Self {
            request_timeout: Duration::from_secs(40),
            connect_timeout: Duration::from_secs(10),
            budget_wait: Duration::from_secs(5),
            rate: Rate::default(),
        }
    }
}

/// Why the client cannot be made: the certificates of the platform could not be loaded.
#[derive(Debug, thiserror::Error)]
#[error("the HTTPS client cannot be set up")]
pub struct StartError(#[from] reqwest::Error);

/// The client. Cheap to clone; clones share connections, budgets and caches.
#[derive(Clone, Debug)]
pub struct Client(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    settings: ClientSettings,
    http: reqwest::Client,
    budgets: Mutex<HashMap<ConnectionId, Arc<Budget>>>,
    answered: Mutex<HashSet<ConnectionId>>,
    cache: Cache,
}

impl Client {
    /// A client with full caches of nothing and empty budgets.
    ///
    /// # Errors
    /// [`StartError`] if TLS cannot be set up.
    pub fn new(settings: ClientSettings) -> Result<Self, StartError> {
        Ok(Self(Arc::new(Shared {
            settings,
            http: transport::shared(settings.connect_timeout)?,
            budgets: Mutex::default(),
            answered: Mutex::default(),
            cache: Cache::default(),
        })))
    }

    /// What this connection has left. Made, empty, at its first mention.
    pub fn budget(&self, connection: ConnectionId) -> Arc<Budget> {
        let mut budgets = self
            .0
            .budgets
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let budget = budgets
            .entry(connection)
            .or_insert_with(|| Arc::new(Budget::new(self.0.settings.rate)));
        Arc::clone(budget)
    }

    /// What this process has asked over this connection lately; `None` if it never did.
    pub fn budget_use(&self, connection: ConnectionId) -> Option<BudgetUse> {
        let budgets = self.0.budgets.lock();
        let budgets = budgets.unwrap_or_else(PoisonError::into_inner);
        budgets.get(&connection).map(|budget| budget.usage())
    }

    /// The connections over which IT Glue has answered as it should since this was last asked.
    pub fn take_answered(&self) -> HashSet<ConnectionId> {
        std::mem::take(&mut self.answered())
    }

    pub(super) fn note_answer<T>(
        &self,
        connection: ConnectionId,
        answer: Result<T, ReadError>,
    ) -> Result<T, ReadError> {
        if answer.is_ok() {
            self.answered().insert(connection);
        }
        answer
    }

    fn answered(&self) -> MutexGuard<'_, HashSet<ConnectionId>> {
        let answered = self.0.answered.lock();
        answered.unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets the budget of a connection that was only tried out.
    pub fn forget(&self, connection: ConnectionId) {
        let budgets = self.0.budgets.lock();
        let mut budgets = budgets.unwrap_or_else(PoisonError::into_inner);
        budgets.remove(&connection);
        self.answered().remove(&connection);
    }

    /// Reads of one account, over shared connections.
    pub fn session(&self, account: &Account, purpose: Purpose) -> Session {
        Session {
            client: self.clone(),
            account: account.clone(),
            tokens: self.tokens(account.connection, purpose, 0),
        }
    }

    /// One read for an agent.
    ///
    /// # Errors
    /// [`ReadError`] says what to do next.
    pub async fn read(&self, account: &Account, route: &Route) -> Result<Answer, ReadError> {
        self.session(account, Purpose::Intake).read(route).await
    }

    /// A connection for one item: its preflight read and then its write.
    ///
    /// Nothing is connected yet. The caller took three requests from the budget before: for the
    /// first read, the write, and the read back.
    ///
    /// # Errors
    /// [`ReadError::Unavailable`] if TLS cannot be set up.
    pub async fn open(&self, account: &Account) -> Result<Exclusive, ReadError> {
        let settings = self.0.settings;
        let owned = account.clone();
        let built = tokio::task::spawn_blocking(move || {
            transport::exclusive(settings.connect_timeout, &owned)
        });
        let unavailable = |detail: String| ReadError::Unavailable { detail };
        let http = built
            .await
            .map_err(|error| unavailable(error.to_string()))?
            .map_err(|error| unavailable(error.to_string()))?;
        Ok(Exclusive {
            http,
            account: account.clone(),
            tokens: self.tokens(account.connection, Purpose::Replay, 1),
            client: self.clone(),
        })
    }

    pub(super) fn cache(&self) -> &Cache {
        &self.0.cache
    }

    pub(super) fn request_timeout(&self) -> Duration {
        self.0.settings.request_timeout
    }

    fn tokens(&self, connection: ConnectionId, purpose: Purpose, prepaid: u32) -> Tokens {
        Tokens {
            budget: self.budget(connection),
            purpose,
            wait: self.0.settings.budget_wait,
            prepaid: AtomicU32::new(prepaid),
        }
    }
}

/// Something that reads from one account.
pub trait Reads: Sync {
    /// Reads; takes one request of the budget.
    ///
    /// # Errors
    /// [`ReadError`] says what to do next.
    fn read(&self, route: &Route) -> impl Future<Output = Result<Answer, ReadError>> + Send;

    /// Which connection it belongs to.
    fn connection(&self) -> ConnectionId;

    /// What was read a moment ago.
    fn cache(&self) -> &Cache;
}

/// Reads of one account, over shared connections.
#[derive(Debug)]
pub struct Session {
    client: Client,
    account: Account,
    tokens: Tokens,
}

impl Session {
    /// The same, with that many reads whose budget was taken before.
    #[must_use]
    pub fn prepaid(mut self, reads: u32) -> Self {
        self.tokens.prepaid = AtomicU32::new(reads);
        self
    }

    async fn try_read(&self, route: &Route) -> Result<Received, Failure> {
        let finish_by = Instant::now() + self.client.request_timeout();
        transport::read(&self.client.0.http, &self.account, route, finish_by).await
    }
}

impl Session {
    /// A read whose answer goes on to an agent, with what it asked to come along, as JSON.
    /// Secrets are taken out of it, and out of Password fields of flexible assets by the fields of their
    /// types; whoever hands it on may `adapt` it before it is written.
    ///
    /// # Errors
    /// [`ReadError`] says what to do next.
    pub async fn relay(
        &self,
        route: &Route,
        adapt: impl FnOnce(&mut Tree<'_>) + Send,
    ) -> Result<Vec<u8>, ReadError> {
        let arrived = Arrived::of(self.received(route).await?);
        let whole = arrived
            .as_ref()
            .map_err(ReadError::clone)
            .and_then(Arrived::whole);
        let mut document = self.client.note_answer(self.account.connection, whole)?;
        conceal_traits(self, &mut document).await?;
        adapt(&mut document);
        let length = arrived.as_ref().map_or(0, Arrived::length);
        Ok(document.written(length))
    }

    /// The value of a password that a technician has approved to be handed out. Never repeated.
    ///
    /// # Errors
    /// [`ReadError`] says what to do next.
    pub async fn disclose(&self, route: &Route) -> Result<Disclosed, ReadError> {
        self.tokens.take_one().await?;
        let finish_by = Instant::now() + self.client.request_timeout();
        let http = &self.client.0.http;
        let received = transport::disclose(http, &self.account, route, finish_by).await;
        Answer::disclosed(received)
    }

    /// Whether a password has this value, told without the value leaving here. `None`: IT Glue does
    /// not show it, because the key lacks Password Access. Never repeated.
    ///
    /// # Errors
    /// [`ReadError`], if trying later may tell.
    pub async fn has_password(&self, id: RecordId, value: &str) -> Result<Option<bool>, ReadError> {
        let route = Route {
            method: Method::Get,
            path: format!("/passwords/{id}"),
            query: vec![("show_password".to_owned(), "true".to_owned())],
        };
        match self.disclose(&route).await {
            Ok(disclosed) => Ok(Some(disclosed.holds(value))),
            Err(
                ReadError::KeyRefused { .. }
                | ReadError::ForbiddenRecord { .. }
                | ReadError::Refused { .. }
                | ReadError::Unintelligible { .. },
            ) => Ok(None),
            Err(
                error @ (ReadError::NotFound
                | ReadError::RateLimited { .. }
                | ReadError::BudgetExhausted { .. }
                | ReadError::Unavailable { .. }
                | ReadError::NoAddress { .. }),
            ) => Err(error),
        }
    }

    async fn received(&self, route: &Route) -> Result<Result<Received, Failure>, BudgetExhausted> {
        self.tokens.take_one().await?;
        let mut received = self.try_read(route).await;
        // A kept connection may have been closed by the other side just now.
        let is_worth_repeating =
            matches!(received, Err(Failure::NotConnected(_) | Failure::Lost(_)));
        if is_worth_repeating && self.tokens.try_take_one() {
            received = self.try_read(route).await;
        }
        Ok(received)
    }
}

impl Reads for Session {
    async fn read(&self, route: &Route) -> Result<Answer, ReadError> {
        let answer = Answer::of(self.received(route).await?);
        self.client.note_answer(self.account.connection, answer)
    }

    fn connection(&self) -> ConnectionId {
        self.account.connection
    }

    fn cache(&self) -> &Cache {
        self.client.cache()
    }
}

/// Requests a reader may make: first those paid for in advance, then from the budget.
#[derive(Debug)]
pub(super) struct Tokens {
    budget: Arc<Budget>,
    purpose: Purpose,
    wait: Duration,
    prepaid: AtomicU32,
}

impl Tokens {
    pub(super) async fn take_one(&self) -> Result<(), BudgetExhausted> {
        if self.take_prepaid() {
            return Ok(());
        }
        self.budget.take(1, self.purpose, self.wait).await
    }

    fn try_take_one(&self) -> bool {
        self.take_prepaid() || self.budget.try_take(1, self.purpose).is_ok()
    }

    fn take_prepaid(&self) -> bool {
        let less_one = |left: u32| left.checked_sub(1);
        self.prepaid
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less_one)
            .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::super::test_server::{
        KEY, Reply, TestServer, account_at, answer, closed_address, json, route,
    };
    use super::*;

    const CONTACT: &str = r#"{"data":{"id":"5","type":"contacts","attributes":{"name":"A"}}}"#;

    fn client() -> Client {
        Client::new(ClientSettings {
            rate: "100000/1s".parse().unwrap(),
            ..ClientSettings::default()
        })
        .unwrap()
    }

    fn contact() -> Route {
        route(Method::Get, "/contacts/5")
    }

    #[tokio::test]
    async fn reads_share_connections() {
        let server = TestServer::start(|_| json(200, CONTACT));
        let (client, account) = (client(), server.account());
        for _ in 0..3 {
            client.read(&account, &contact()).await.unwrap();
        }
        assert_eq!(server.seen().len(), 3);
        assert_eq!(server.accepted(), 1);
    }

    #[tokio::test]
    async fn a_password_is_read_without_its_value() {
        let body = r#"{"data":{"id":"5","type":"passwords","attributes":{"password":"c4n4ry"}},"included":[]}"#;
        let server = TestServer::start(move |_| json(200, body));
        let answer = client()
            .read(&server.account(), &route(Method::Get, "/passwords/5"))
            .await
            .unwrap();
        assert!(server.seen()[0].is("GET /passwords/5?show_password=false"));
        assert!(!format!("{answer:?}").contains("c4n4ry"));
        assert_eq!(answer.body.get("included"), None);
    }

    #[tokio::test]
    async fn a_redirected_read_does_not_carry_the_key_away() {
        let elsewhere = TestServer::start(|_| json(200, CONTACT));
        let location = format!("location: http://{}/contacts/5\r\n", elsewhere.address);
        let server = TestServer::start(move |_| Reply::Raw(answer(307, &location, b"")));
        let error = client()
            .read(&server.account(), &contact())
            .await
            .unwrap_err();
        assert!(
            matches!(error, ReadError::Unintelligible { .. }),
            "{error:?}"
        );
        assert_eq!(elsewhere.accepted(), 0);
    }

    #[tokio::test]
    async fn a_read_that_lost_its_connection_is_repeated_once() {
        let count = AtomicUsize::new(0);
        let server = TestServer::start(move |_| match count.fetch_add(1, Ordering::SeqCst) {
            0 => Reply::Cut(Vec::new()),
            _ => json(200, CONTACT),
        });
        client().read(&server.account(), &contact()).await.unwrap();
        assert_eq!(server.seen().len(), 2);

        let server = TestServer::start(|_| Reply::Cut(Vec::new()));
        let error = client()
            .read(&server.account(), &contact())
            .await
            .unwrap_err();
        assert!(matches!(error, ReadError::Unavailable { .. }), "{error:?}");
        assert_eq!(server.seen().len(), 2);
    }

    #[tokio::test]
    async fn an_error_names_neither_key_nor_address() {
        let address = closed_address();
        let error = client()
            .read(&account_at(address), &contact())
            .await
            .unwrap_err();
        let ReadError::Unavailable { detail } = &error else {
            panic!("{error:?}");
        };
        assert!(
            !detail.contains(KEY) && !detail.contains("/contacts"),
            "{detail}"
        );
    }

    #[tokio::test]
    async fn a_compressed_answer_is_read() {
        let body = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xab\x56\x4a\x49\x2c\x49\x54\xb2\xaa\x56\xca\x4c\x51\xb2\x52\x32\x55\xd2\x51\x2a\xa9\x2c\x48\x05\x32\x93\xf3\xf3\x4a\x12\x93\x4b\x8a\x95\x6a\x6b\x01\x49\xe3\xba\xf7\x25\x00\x00\x00";
        let encoding = "content-encoding: gzip\r\n";
        let server = TestServer::start(move |_| Reply::Raw(answer(200, encoding, body)));
        let answer = client().read(&server.account(), &contact()).await.unwrap();
        assert_eq!(answer.record().unwrap().json_type, "contacts");
        assert_eq!(server.seen()[0].header("accept-encoding"), Some("gzip"));
    }

    #[tokio::test]
    async fn too_much_is_unintelligible() {
        let server = TestServer::start(|_| json(200, &format!("\"{}\"", "x".repeat(11 << 20))));
        let error = client()
            .read(&server.account(), &contact())
            .await
            .unwrap_err();
        assert!(
            matches!(error, ReadError::Unintelligible { .. }),
            "{error:?}"
        );
    }

    #[tokio::test]
    async fn a_read_without_budget_is_not_sent() {
        let server = TestServer::start(|_| json(200, CONTACT));
        let client = Client::new(ClientSettings::default()).unwrap();
        let account = server.account();
        let _ = client
            .budget(account.connection)
            .try_take(1, Purpose::Replay);
        let client = Client::new(ClientSettings {
            rate: "1/86400s".parse().unwrap(),
            ..ClientSettings::default()
        })
        .unwrap();
        let error = client.read(&account, &contact()).await.unwrap_err();
        assert!(
            matches!(error, ReadError::BudgetExhausted { .. }),
            "{error:?}"
        );
        assert_eq!(server.accepted(), 0);
        let session = client.session(&account, Purpose::Replay).prepaid(1);
        session.read(&contact()).await.unwrap();
        assert!(session.read(&contact()).await.is_err());
    }
}
