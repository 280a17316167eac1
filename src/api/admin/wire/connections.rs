//! Connections, and how trying one out went.

use serde::Serialize;
use utoipa::ToSchema;

use crate::admin;
use crate::admin::{ConnectionHealth, ConnectionTest, TestResult};
use crate::domain::{ConnectionId, Timestamp};
use crate::itglue::Region;
use crate::store::{ConnectionDetails, PauseKind};

/// A connection: one IT Glue account. Its key is not shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct Connection {
    id: ConnectionId,
    name: String,
    region: String,
    /// Instead of the region's own address.
    base_url: Option<String>,
    /// For telling keys apart.
    api_key_last_four: String,
    created_at: Timestamp,
    pause: Option<ConnectionPause>,
}

/// That nothing is sent over a connection for now.
#[derive(Debug, Serialize, ToSchema)]
struct ConnectionPause {
    kind: PauseKind,
    detail: String,
    since: Timestamp,
    until: Option<Timestamp>,
}

impl Connection {
    /// As it is stored.
    pub fn of(connection: &ConnectionDetails) -> Self {
        let pause = connection.pause.as_ref().map(|pause| ConnectionPause {
            kind: pause.kind,
            detail: pause.detail.clone(),
            since: pause.since,
            until: pause.until,
        });
        Self {
            id: connection.id,
            name: connection.name.clone(),
            region: connection.region.clone(),
            base_url: connection.base_url.clone(),
            api_key_last_four: connection.key_last_four.clone(),
            created_at: connection.created_at,
            pause,
        }
    }
}

/// A connection, and how it fares.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConnectionOverview {
    #[serde(flatten)]
    connection: Connection,
    health: ConnectionHealth,
    health_detail: Option<String>,
    /// How many proposals over it have not come to their end.
    waiting: u32,
    /// How many agents work over it.
    agents: u32,
    budget: Option<Budget>,
    last_success_at: Option<Timestamp>,
    /// Whether the key may list passwords, as the last test found.
    password_access: Option<bool>,
}

/// What this process has asked of IT Glue lately.
#[derive(Debug, Serialize, ToSchema)]
struct Budget {
    used: u32,
    limit: u32,
    per_seconds: u32,
}

impl ConnectionOverview {
    /// As it fares now.
    pub fn of(overview: &admin::ConnectionOverview) -> Self {
        Self {
            connection: Connection::of(&overview.connection),
            health: overview.health,
            health_detail: overview.health_detail.clone(),
            waiting: overview.waiting,
            agents: overview.agents,
            budget: overview.budget.map(|budget| Budget {
                used: budget.used,
                limit: budget.limit,
                per_seconds: budget.per_seconds,
            }),
            last_success_at: overview.last_success_at,
            password_access: overview.password_access,
        }
    }
}

/// A connection, and how trying it out went.
#[derive(Debug, Serialize, ToSchema)]
pub struct TestedConnection {
    #[serde(flatten)]
    connection: Connection,
    test: Test,
}

impl TestedConnection {
    /// As it is stored, with its test.
    pub fn of(details: &ConnectionDetails, test: &ConnectionTest) -> Self {
        Self {
            connection: Connection::of(details),
            test: Test::of(test),
        }
    }
}

/// How trying out a key went that is kept nowhere.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TriedKey)]
pub struct Tried {
    test: Test,
}

impl Tried {
    /// With its test.
    pub fn of(test: &ConnectionTest) -> Self {
        let test = Test::of(test);
        Self { test }
    }
}

/// How trying a key out went.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConnectionTest)]
pub struct Test {
    result: TestResult,
    detail: String,
    advice: &'static str,
    /// How many organizations the key shows.
    organizations: Option<u64>,
    password_access: Option<bool>,
    /// The region that the key is of, where it is another one.
    fitting_region: Option<Region>,
}

impl Test {
    /// What came of it.
    pub fn of(test: &ConnectionTest) -> Self {
        Self {
            result: test.result,
            detail: test.detail.clone(),
            advice: test.result.advice(),
            organizations: test.organizations,
            password_access: test.password_access,
            fitting_region: test.fitting_region,
        }
    }
}
