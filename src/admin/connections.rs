//! Connections to IT Glue. A key goes in here and never comes out again.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use super::connection_test::ConnectionTest;
use super::{Admin, AdminError, Kind, Ref};
use crate::access::{Administrator, ProvenAdministrator, key_place, open_account};
use crate::domain::{AuditAction, ConnectionId, Name, Timestamp, named_enum};
use crate::itglue::{Account, ApiKey, BaseUrl, BudgetUse, Region};
use crate::store::{ConnectionDetails, ConnectionPause, NewConnection, PauseKind};

/// A connection to be added.
#[derive(Debug)]
pub struct ConnectionRequest {
    /// Its name.
    pub name: Name,
    /// Where IT Glue keeps the account.
    pub region: Region,
    /// Another address than the region's.
    pub base_url: Option<String>,
    /// The key.
    pub api_key: SecretString,
    /// Whether it is added without being tried out.
    pub no_test: bool,
}

/// A connection that was added, and how trying it out went.
#[derive(Debug)]
pub struct CreatedConnection {
    /// The connection.
    pub connection: ConnectionDetails,
    /// How it went.
    pub test: ConnectionTest,
}

/// A key to be tried out before anything is kept.
#[derive(Debug)]
pub struct KeyTrial {
    /// Where IT Glue keeps the account.
    pub region: Region,
    /// Another address than the region's.
    pub base_url: Option<String>,
    /// The key.
    pub api_key: SecretString,
}

/// A connection, and how it fares.
#[derive(Clone, Debug)]
pub struct ConnectionOverview {
    /// The connection.
    pub connection: ConnectionDetails,
    /// How it is.
    pub health: ConnectionHealth,
    /// In a few words, where there is more to say.
    pub health_detail: Option<String>,
    /// How many proposals over it are open.
    pub waiting: u32,
    /// How many agents work over it.
    pub agents: u32,
    /// What this process has asked of IT Glue lately.
    pub budget: Option<BudgetUse>,
    /// When IT Glue last answered as it should.
    pub last_success_at: Option<Timestamp>,
    /// Whether the key may read the values of passwords, as the last test found.
    pub password_access: Option<bool>,
}

named_enum! {
    /// How a connection is.
    pub enum ConnectionHealth {
        /// Nothing stands in the way.
        Working = "working",
        /// It was never tried out.
        Untested = "untested",
        /// The stored key cannot be opened; every other connection goes on.
        KeyUnreadable = "key_unreadable",
        /// IT Glue refuses the key.
        KeyRefused = "key_refused",
        /// IT Glue asked to wait.
        RateLimited = "rate_limited",
        /// IT Glue has not answered clearly for a while.
        Unreachable = "unreachable",
        /// A person paused it.
        Paused = "paused",
    }
}

impl Admin {
    /// Tries a key out; nothing is kept.
    ///
    /// # Errors
    /// [`AdminError`]; that the test ended badly is no error but its result.
    pub async fn try_key(
        &self,
        _by: &Administrator,
        _trial: KeyTrial,
    ) -> Result<ConnectionTest, AdminError> {
        unimplemented!()
    }

    /// All connections, by name, and how each fares.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn connection_overviews(
        &self,
        _by: &Administrator,
    ) -> Result<Vec<ConnectionOverview>, AdminError> {
        unimplemented!()
    }

    /// One connection, and how it fares.
    ///
    /// # Errors
    /// [`AdminError`], `Missing` among them.
    pub async fn connection_overview(
        &self,
        _by: &Administrator,
        _reference: &Ref<ConnectionId>,
    ) -> Result<ConnectionOverview, AdminError> {
        unimplemented!()
    }

    /// Puts a new key in the place of the old one, after it was tried out. What waits goes on with
    /// the new one.
    ///
    /// # Errors
    /// [`AdminError`], `TestFailed` with the cause among them.
    pub async fn rotate_key(
        &self,
        _by: &ProvenAdministrator,
        _reference: &Ref<ConnectionId>,
        _api_key: SecretString,
        _no_test: bool,
    ) -> Result<CreatedConnection, AdminError> {
        unimplemented!()
    }

    /// Removes a connection and erases its key. Its name can be used again.
    ///
    /// # Errors
    /// [`AdminError::InUse`] while proposals wait or agents work over it.
    pub async fn remove_connection(
        &self,
        _by: &ProvenAdministrator,
        _reference: &Ref<ConnectionId>,
    ) -> Result<(), AdminError> {
        unimplemented!()
    }

    /// Adds a connection, after it was tried out with one small read. The key is sealed before it
    /// is stored.
    ///
    /// # Errors
    /// [`AdminError`], `TestFailed` with the cause among them.
    pub async fn create_connection(
        &self,
        by: &ProvenAdministrator,
        request: ConnectionRequest,
    ) -> Result<CreatedConnection, AdminError> {
        let id = ConnectionId(self.0.clock.new_id());
        let base_url = self.base_url(&request)?;
        let key = SecretString::from(request.api_key.expose_secret().trim());
        let api_key = ApiKey::parse(key.clone()).map_err(AdminError::BadApiKey)?;
        let key_last_four = api_key.last_four().unwrap_or_default().to_owned();
        let account = Account {
            connection: id,
            base_url,
            key: api_key,
        };
        self.refuse_taken(&request.name).await?;
        let test = if request.no_test {
            ConnectionTest::skipped()
        } else {
            match ConnectionTest::run(&self.0.itglue, &account).await {
                test if test.is_ok() => test,
                test => return Err(AdminError::TestFailed(test)),
            }
        };
        let connection = NewConnection {
            id,
            name: request.name.as_str().to_owned(),
            region: request.region.as_str().to_owned(),
            base_url: request
                .base_url
                .is_some()
                .then(|| account.base_url.as_str().to_owned()),
            sealed_key: self.0.vault.seal(key_place(&id.0), key.expose_secret()),
            key_last_four,
        };
        self.keep(by, connection, test).await
    }

    /// All connections, by name.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn list_connections(
        &self,
        _by: &Administrator,
    ) -> Result<Vec<ConnectionDetails>, AdminError> {
        Ok(self.0.store.connections().await?)
    }

    /// Tries a connection out. One that was paused because its key was refused works again if the
    /// key is taken now.
    ///
    /// # Errors
    /// [`AdminError`]; that the test ended badly is no error but its result.
    pub async fn test_connection(
        &self,
        by: &Administrator,
        reference: &Ref<ConnectionId>,
    ) -> Result<(ConnectionDetails, ConnectionTest), AdminError> {
        let connection = self.connection_of(reference).await?;
        let account = open_account(&self.0.vault, &connection)?;
        let test = ConnectionTest::run(&self.0.itglue, &account).await;
        let kind = connection.pause.as_ref().map(|pause| pause.kind);
        if test.is_ok() && kind == Some(PauseKind::KeyRefused) {
            return Ok((self.resume_sending(by, connection).await?, test));
        }
        Ok((connection, test))
    }

    /// Stops sending over a connection.
    ///
    /// # Errors
    /// [`AdminError`], `Missing` among them.
    pub async fn pause_connection(
        &self,
        by: &Administrator,
        reference: &Ref<ConnectionId>,
        reason: Option<&str>,
    ) -> Result<ConnectionDetails, AdminError> {
        let connection = self.connection_of(reference).await?;
        let is_paused = |pause: &ConnectionPause| pause.kind == PauseKind::Operator;
        if connection.pause.as_ref().is_some_and(is_paused) {
            return Ok(connection);
        }
        let detail = reason.unwrap_or("paused by an administrator").to_owned();
        let details = json!({ "name": connection.name, "reason": reason });
        let event = self
            .event(by, AuditAction::ConnectionPaused, details)
            .on("connection", connection.id);
        let pause = ConnectionPause {
            kind: PauseKind::Operator,
            detail,
            since: event.at,
            until: None,
        };
        self.0
            .store
            .pause_connection(connection.id, &pause, &event)
            .await?;
        Ok(ConnectionDetails {
            pause: Some(pause),
            ..connection
        })
    }

    /// Lets a connection send again, whatever it was paused for.
    ///
    /// # Errors
    /// [`AdminError`], `Missing` among them.
    pub async fn resume_connection(
        &self,
        by: &ProvenAdministrator,
        reference: &Ref<ConnectionId>,
    ) -> Result<ConnectionDetails, AdminError> {
        let connection = self.connection_of(reference).await?;
        self.resume_sending(by, connection).await
    }

    pub(super) async fn connection_of(
        &self,
        reference: &Ref<ConnectionId>,
    ) -> Result<ConnectionDetails, AdminError> {
        let mut connections = self.0.store.connections().await?;
        let position = connections.iter().position(|connection| match reference {
            Ref::Id(id) => connection.id == *id,
            Ref::Name(name) => connection.name == name.as_str(),
        });
        if let Some(position) = position {
            return Ok(connections.swap_remove(position));
        }
        Err(AdminError::Missing {
            kind: Kind::Connection,
            name: reference.to_string(),
            known: connections.into_iter().map(|one| one.name).collect(),
        })
    }

    async fn resume_sending(
        &self,
        by: &Administrator,
        connection: ConnectionDetails,
    ) -> Result<ConnectionDetails, AdminError> {
        let kind = connection.pause.as_ref().map(|pause| pause.kind);
        let details = json!({ "name": connection.name, "was": kind.map(PauseKind::as_str) });
        let event = self
            .event(by, AuditAction::ConnectionResumed, details)
            .on("connection", connection.id);
        self.0
            .store
            .resume_connection(connection.id, &event)
            .await?;
        self.0.wake.notify_one();
        Ok(ConnectionDetails {
            pause: None,
            ..connection
        })
    }

    fn base_url(&self, request: &ConnectionRequest) -> Result<BaseUrl, AdminError> {
        let settings = &self.0.settings;
        let Some(text) = &request.base_url else {
            if settings.is_demo {
                return Err(AdminError::DemoHoldsNoKey);
            }
            return Ok(BaseUrl::of_region(request.region));
        };
        if !settings.allow_base_url {
            return Err(AdminError::BaseUrlNotAllowed);
        }
        let base_url = BaseUrl::parse_override(text).map_err(AdminError::BadBaseUrl)?;
        // Plain http is taken for this machine only, and the simulator speaks nothing else.
        if settings.is_demo && !base_url.as_str().starts_with("http://") {
            return Err(AdminError::DemoHoldsNoKey);
        }
        Ok(base_url)
    }

    /// Before the key is sent anywhere.
    async fn refuse_taken(&self, name: &Name) -> Result<(), AdminError> {
        let connections = self.0.store.connections().await?;
        if connections.iter().all(|one| one.name != name.as_str()) {
            return Ok(());
        }
        Err(AdminError::NameTaken {
            kind: Kind::Connection,
            name: name.to_string(),
        })
    }

    async fn keep(
        &self,
        by: &ProvenAdministrator,
        connection: NewConnection,
        test: ConnectionTest,
    ) -> Result<CreatedConnection, AdminError> {
        let details = json!({
            "name": connection.name,
            "region": connection.region,
            "base_url": connection.base_url,
            "test": test.result,
        });
        let event = self
            .event(by, AuditAction::ConnectionCreated, details)
            .on("connection", connection.id);
        self.0
            .store
            .create_connection(&connection, &event)
            .await
            .map_err(|error| AdminError::of_store(error, Kind::Connection, &connection.name))?;
        Ok(CreatedConnection {
            connection: ConnectionDetails {
                id: connection.id,
                name: connection.name,
                region: connection.region,
                base_url: connection.base_url,
                sealed_key: connection.sealed_key,
                key_last_four: connection.key_last_four,
                created_at: event.at,
                pause: None,
            },
            test,
        })
    }
}
