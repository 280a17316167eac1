//! Connections to IT Glue. A key goes in here and never comes out again.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use super::connection_test::{ConnectionTest, Place};
use super::{Admin, AdminError, Kind, Ref};
use crate::access::{AccountError, Administrator, ProvenAdministrator, key_place, open_account};
use crate::domain::{AuditAction, ConnectionId, Name};
use crate::itglue::{Account, ApiKey, BaseUrl, Region};
use crate::store::{
    ConnectionDetails, ConnectionNotes, ConnectionPause, NewConnection, PauseKind, Removal,
};

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

/// A connection that was added or given another key, and how trying it out went.
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

impl Admin {
    /// Tries a key out; nothing is kept.
    ///
    /// # Errors
    /// [`AdminError`]; that the test ended badly is no error but its result.
    pub async fn try_key(
        &self,
        _by: &Administrator,
        trial: KeyTrial,
    ) -> Result<ConnectionTest, AdminError> {
        let (base_url, place) = self.address(trial.region, trial.base_url.as_deref())?;
        let account = Account {
            connection: ConnectionId(self.0.clock.new_id()),
            base_url,
            key: parsed(&trial.api_key)?,
        };
        let test = ConnectionTest::run(&self.0.itglue, &account, place).await;
        self.0.itglue.forget(account.connection);
        Ok(test)
    }

    /// Adds a connection, after it was tried out with small reads. The key is sealed before it is
    /// stored.
    ///
    /// # Errors
    /// [`AdminError`], `TestFailed` with the cause among them.
    pub async fn create_connection(
        &self,
        by: &ProvenAdministrator,
        request: ConnectionRequest,
    ) -> Result<CreatedConnection, AdminError> {
        let id = ConnectionId(self.0.clock.new_id());
        let (base_url, place) = self.address(request.region, request.base_url.as_deref())?;
        let account = Account {
            connection: id,
            base_url,
            key: parsed(&request.api_key)?,
        };
        self.refuse_taken(&request.name).await?;
        let test = self.tried(&account, place, request.no_test).await?;
        let connection = NewConnection {
            id,
            name: request.name.as_str().to_owned(),
            region: request.region.as_str().to_owned(),
            base_url: request
                .base_url
                .is_some()
                .then(|| account.base_url.as_str().to_owned()),
            sealed_key: self.sealed(id, &request.api_key),
            key_last_four: last_four(&account.key),
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
        let account = match open_account(&self.0.vault, &connection) {
            Ok(account) => account,
            Err(error) => return Ok((connection, ConnectionTest::unreadable(&error))),
        };
        let place = place_of(&connection)?;
        let test = ConnectionTest::run(&self.0.itglue, &account, place).await;
        if !test.is_ok() {
            return Ok((connection, test));
        }
        let connection = self.noted(connection, &test).await?;
        let kind = connection.pause.as_ref().map(|pause| pause.kind);
        if kind == Some(PauseKind::KeyRefused) {
            return Ok((self.resume_sending(by, connection, None).await?, test));
        }
        Ok((connection, test))
    }

    /// Puts a new key in the place of the old one, after it was tried out. What waits goes on with
    /// the new one.
    ///
    /// # Errors
    /// [`AdminError`], `TestFailed` with the cause among them.
    pub async fn rotate_key(
        &self,
        by: &ProvenAdministrator,
        reference: &Ref<ConnectionId>,
        api_key: SecretString,
        no_test: bool,
    ) -> Result<CreatedConnection, AdminError> {
        let connection = self.connection_of(reference).await?;
        let place = place_of(&connection)?;
        let base_url = match (&connection.base_url, place) {
            (Some(text), _) => BaseUrl::parse_override(text).map_err(AdminError::BadBaseUrl)?,
            (None, Place::Region { region, hosts }) => hosts(region),
            (None, Place::Here) => return Err(AdminError::BaseUrlNotAllowed),
        };
        if self.0.settings.is_demo && !base_url.as_str().starts_with("http://") {
            return Err(AdminError::DemoHoldsNoKey);
        }
        let account = Account {
            connection: connection.id,
            base_url,
            key: parsed(&api_key)?,
        };
        let test = self.tried(&account, place, no_test).await?;
        let sealed_key = self.sealed(connection.id, &api_key);
        let key_last_four = last_four(&account.key);
        let details = json!({ "name": connection.name, "test": test.result });
        let event = self
            .event(by, AuditAction::KeyRotated, details)
            .on("connection", connection.id);
        self.0
            .store
            .rotate_key(connection.id, &sealed_key, &key_last_four, &event)
            .await?;
        self.0.wake.notify_one();
        let was_refused = |pause: &ConnectionPause| pause.kind == PauseKind::KeyRefused;
        let connection = ConnectionDetails {
            sealed_key,
            key_last_four,
            pause: connection.pause.filter(|pause| !was_refused(pause)),
            ..connection
        };
        let connection = self.noted(connection, &test).await?;
        Ok(CreatedConnection { connection, test })
    }

    /// Removes a connection and erases its key. Its name can be used again.
    ///
    /// # Errors
    /// [`AdminError::InUse`] while proposals wait or agents work over it.
    pub async fn remove_connection(
        &self,
        by: &ProvenAdministrator,
        reference: &Ref<ConnectionId>,
    ) -> Result<(), AdminError> {
        let connection = self.connection_of(reference).await?;
        let event = self
            .event(
                by,
                AuditAction::ConnectionRemoved,
                json!({ "name": connection.name }),
            )
            .on("connection", connection.id);
        match self
            .0
            .store
            .remove_connection(connection.id, &event)
            .await?
        {
            Removal::Done => Ok(()),
            Removal::InUse(uses) => Err(AdminError::InUse {
                kind: Kind::Connection,
                name: connection.name,
                waiting: uses.waiting,
                agents: uses.agents,
            }),
        }
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
        reason: Option<&str>,
    ) -> Result<ConnectionDetails, AdminError> {
        let connection = self.connection_of(reference).await?;
        self.resume_sending(by, connection, reason).await
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
        reason: Option<&str>,
    ) -> Result<ConnectionDetails, AdminError> {
        let kind = connection.pause.as_ref().map(|pause| pause.kind);
        let was = kind.map(PauseKind::as_str);
        let details = json!({ "name": connection.name, "was": was, "reason": reason });
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

    /// Where a key would go, and where else it may be tried.
    fn address(
        &self,
        region: Region,
        base_url: Option<&str>,
    ) -> Result<(BaseUrl, Place), AdminError> {
        let settings = &self.0.settings;
        let Some(text) = base_url else {
            if settings.is_demo {
                return Err(AdminError::DemoHoldsNoKey);
            }
            let hosts = BaseUrl::of_region;
            return Ok((hosts(region), Place::Region { region, hosts }));
        };
        if !settings.allow_base_url {
            return Err(AdminError::BaseUrlNotAllowed);
        }
        let base_url = BaseUrl::parse_override(text).map_err(AdminError::BadBaseUrl)?;
        // Plain http is taken for this machine only, and the simulator speaks nothing else.
        if settings.is_demo && !base_url.as_str().starts_with("http://") {
            return Err(AdminError::DemoHoldsNoKey);
        }
        Ok((base_url, Place::Here))
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

    async fn tried(
        &self,
        account: &Account,
        place: Place,
        no_test: bool,
    ) -> Result<ConnectionTest, AdminError> {
        if no_test {
            return Ok(ConnectionTest::skipped());
        }
        let test = ConnectionTest::run(&self.0.itglue, account, place).await;
        if test.is_ok() {
            Ok(test)
        } else {
            Err(AdminError::TestFailed(test))
        }
    }

    fn sealed(&self, id: ConnectionId, key: &SecretString) -> Vec<u8> {
        self.0
            .vault
            .seal(key_place(&id.0), key.expose_secret().trim())
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
        let connection = ConnectionDetails {
            id: connection.id,
            name: connection.name,
            region: connection.region,
            base_url: connection.base_url,
            sealed_key: connection.sealed_key,
            key_last_four: connection.key_last_four,
            created_at: event.at,
            pause: None,
            notes: ConnectionNotes::default(),
        };
        let connection = self.noted(connection, &test).await?;
        Ok(CreatedConnection { connection, test })
    }

    /// Notes what a test that went well has found.
    async fn noted(
        &self,
        mut connection: ConnectionDetails,
        test: &ConnectionTest,
    ) -> Result<ConnectionDetails, AdminError> {
        if test.is_ok() {
            let now = self.0.clock.now();
            let access = test.password_access;
            self.0.store.note_test(connection.id, now, access).await?;
            connection.notes = ConnectionNotes {
                tested_at: Some(now),
                last_success_at: Some(now),
                password_access: access.or(connection.notes.password_access),
            };
        }
        Ok(connection)
    }
}

/// A stored connection with an address of its own is tried there alone.
fn place_of(connection: &ConnectionDetails) -> Result<Place, AdminError> {
    if connection.base_url.is_some() {
        return Ok(Place::Here);
    }
    Ok(Place::Region {
        region: connection.region.parse().map_err(AccountError::Region)?,
        hosts: BaseUrl::of_region,
    })
}

fn parsed(key: &SecretString) -> Result<ApiKey, AdminError> {
    let key = SecretString::from(key.expose_secret().trim());
    ApiKey::parse(key).map_err(AdminError::BadApiKey)
}

fn last_four(key: &ApiKey) -> String {
    key.last_four().unwrap_or_default().to_owned()
}
