//! Waiting for what a worker does, and looking behind the curtain.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use super::scene::{DEADLINE, Scene};
use crate::access::open_account;
use crate::domain::{Item, ItemState, Method, Proposal, ProposalId, ProposalStatus, Route};
use crate::simulator::Received;
use crate::store::PauseKind;

impl Scene {
    /// Waits until the proposal is as described.
    pub(super) async fn until(
        &self,
        id: ProposalId,
        what: &str,
        is_so: impl Fn(&Proposal) -> bool,
    ) -> Proposal {
        let begin = tokio::time::Instant::now();
        loop {
            let proposal = self.proposal(id).await;
            if is_so(&proposal) {
                return proposal;
            }
            assert!(begin.elapsed() < DEADLINE, "not {what}: {proposal:#?}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    pub(super) async fn until_status(&self, id: ProposalId, status: ProposalStatus) -> Proposal {
        self.until(id, status.as_str(), |proposal| proposal.status == status)
            .await
    }

    /// Waits until it is applied and read back.
    pub(super) async fn until_read_back(&self, id: ProposalId) -> Item {
        let is_read = |proposal: &Proposal| {
            let is_read =
                |item: &Item| item.progress.state == ItemState::Applied && item.verified.is_some();
            proposal.items.iter().all(is_read)
        };
        let proposal = self.until(id, "applied and read back", is_read).await;
        proposal.items.into_iter().next().unwrap()
    }

    /// Waits until the connection is paused; says why.
    pub(super) async fn until_paused(&self) -> PauseKind {
        let begin = tokio::time::Instant::now();
        loop {
            if let Some(pause) = self.connection().await.pause {
                return pause.kind;
            }
            assert!(begin.elapsed() < DEADLINE, "not paused");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Waits until nothing pauses the connection.
    pub(super) async fn until_resumed(&self) {
        let begin = tokio::time::Instant::now();
        while let Some(pause) = self.connection().await.pause {
            assert!(begin.elapsed() < DEADLINE, "still paused: {pause:?}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// The writes the simulator received with this method.
    pub(super) fn received(&self, method: &str) -> Vec<Received> {
        let mut requests = self.control().requests();
        requests.retain(|request| request.method == method);
        requests
    }

    pub(super) fn applied(&self, method: &str) -> usize {
        let received = self.received(method);
        received.iter().filter(|request| request.applied).count()
    }

    /// Somebody else creates a record.
    pub(super) async fn create_elsewhere(&self, path: &str, body: Option<Value>) {
        let status = self.write_elsewhere(Method::Post, path, body).await;
        assert_eq!(status, Some(201));
    }

    /// Somebody else changes a record.
    pub(super) async fn change_elsewhere(&self, path: &str, body: Option<Value>) {
        let status = self.write_elsewhere(Method::Patch, path, body).await;
        assert_eq!(status, Some(200));
    }

    async fn write_elsewhere(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Option<u16> {
        let account = open_account(&self.vault, &self.connection().await).unwrap();
        let route = Route {
            method,
            path: path.to_owned(),
            query: Vec::new(),
        };
        let body = body.map(|body| body.to_string());
        let finish_by = tokio::time::Instant::now() + DEADLINE;
        let exclusive = self.client.open(&account).await.unwrap();
        let report = exclusive.send(&route, body.as_deref(), finish_by).await;
        report.ending.status()
    }

    pub(super) fn title(&self) -> Value {
        self.control().record("contacts", 501).unwrap()["title"].clone()
    }

    pub(super) fn locations(&self, name: &str) -> usize {
        let records = self.control().records("locations");
        records.iter().filter(|one| one["name"] == name).count()
    }

    /// The audit actions about a proposal, with how often each was written.
    pub(super) async fn audited(&self, id: ProposalId) -> BTreeMap<String, usize> {
        #[expect(clippy::disallowed_methods, reason = "a look behind the store's back")]
        let rows: Vec<String> =
            sqlx::query_scalar("SELECT action FROM audit WHERE subject_id = $1")
                .bind(id.to_string())
                .fetch_all(&self.raw().await)
                .await
                .unwrap();
        let mut counts = BTreeMap::new();
        for action in rows {
            *counts.entry(action).or_default() += 1;
        }
        counts
    }

    /// Changes the database behind the store's back.
    pub(super) async fn tamper(&self, statement: &'static str) -> u64 {
        #[expect(clippy::disallowed_methods, reason = "a look behind the store's back")]
        sqlx::query(statement)
            .execute(&self.raw().await)
            .await
            .unwrap()
            .rows_affected()
    }

    async fn raw(&self) -> sqlx::SqlitePool {
        let file = self.directory.path().join("test.db");
        let options = sqlx::sqlite::SqliteConnectOptions::new()
            .filename(file)
            .busy_timeout(Duration::from_secs(10));
        sqlx::SqlitePool::connect_with(options).await.unwrap()
    }
}
