//! The first page of the queue with a hundred thousand stored proposals, against a thousand.

use std::time::Instant;

use countersign::access::SignIn;
use reqwest::StatusCode;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{AssertSqlSafe, SqlitePool};

use crate::figures::{Aim, Figure, median, millis, percentile};
use crate::ground::{EMAIL, Ground, PASSWORD, Served};

const MANY: u32 = 100_000;
const FEW: u32 = 1_000;
const ROUNDS: usize = 7;
const PER_ROUND: usize = 200;
/// On loopback, where there is no https.
const COOKIE: &str = "cs_dev";

/// A server, and the cookie of a technician who has signed in.
struct Queue {
    served: Served,
    cookie: String,
}

pub async fn measure() -> Vec<Figure> {
    let many = Queue::filled(MANY).await;
    let few = Queue::filled(FEW).await;
    many.round().await;
    few.round().await;
    let (mut measured, mut baseline) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        measured.push(many.round().await);
        baseline.push(few.round().await);
    }
    many.served.stop().await;
    few.served.stop().await;
    let figure = |name, percent| {
        let of = |rounds: &[Vec<f64>]| {
            let of_rounds: Vec<f64> = rounds.iter().map(|one| percentile(one, percent)).collect();
            median(&of_rounds)
        };
        Figure::new(name, "ms", of(&measured)).against(of(&baseline))
    };
    vec![
        figure("queue page, median, 100,000 stored", 50),
        figure("queue page, p99, 100,000 stored", 99).aiming(Aim::AtMost(1.2)),
    ]
}

impl Queue {
    async fn filled(count: u32) -> Self {
        let served = filled(count).await;
        let request = SignIn {
            email: EMAIL.to_owned(),
            password: PASSWORD.into(),
            address: None,
            browser: None,
            mark: None,
        };
        let access = &served.server.state().access;
        let signed_in = access.sign_in(request).await.unwrap();
        Self {
            cookie: format!("{COOKIE}={}", signed_in.cookie.reveal()),
            served,
        }
    }

    async fn round(&self) -> Vec<f64> {
        let mut times = Vec::new();
        for _ in 0..PER_ROUND {
            let start = Instant::now();
            self.open().await;
            times.push(millis(start.elapsed()));
        }
        times
    }

    async fn open(&self) {
        let request = self
            .served
            .ground
            .http
            .get(format!("{}/queue", self.served.address()))
            .header("cookie", &self.cookie);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        let page = answer.text().await.unwrap();
        assert!(page.contains("Dana Reyes"), "{page}");
    }
}

/// A server with so many proposals, every second one still waiting.
async fn filled(count: u32) -> Served {
    let served = Ground::prepare().await.serve().await;
    let request = served.ground.propose(&served.address(), 0);
    assert_eq!(request.send().await.unwrap().status(), StatusCode::CREATED);
    let options = SqliteConnectOptions::new().filename(served.ground.database());
    let pool = SqlitePoolOptions::new()
        .connect_with(options)
        .await
        .unwrap();
    fill(&pool, count).await;
    pool.close().await;
    served
}

async fn fill(pool: &SqlitePool, count: u32) {
    let proposals = copies(
        pool,
        "proposals",
        &[
            ("id", "CAST(printf('%016d', n) AS BLOB)"),
            ("number", "n"),
            ("status", "iif(n % 2, 'pending', 'applied')"),
            ("care", "n % 3"),
            ("expires_at", "expires_at + n"),
            ("updated_at", "updated_at + n"),
        ],
        count,
    )
    .await;
    let items = copies(
        pool,
        "items",
        &[
            ("id", "CAST(printf('%016d', n) AS BLOB)"),
            ("proposal_id", "CAST(printf('%016d', n) AS BLOB)"),
            ("state", "iif(n % 2, 'none', 'applied')"),
            ("verified", "iif(n % 2, NULL, 1)"),
            ("ended_at", "iif(n % 2, NULL, pre_read_at)"),
            ("target_key", "target_key || n"),
        ],
        count,
    )
    .await;
    let mut tx = pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
    for statement in [proposals, items] {
        #[expect(
            clippy::disallowed_methods,
            reason = "fills the tables faster than the program is meant to"
        )]
        sqlx::query(AssertSqlSafe(statement))
            .execute(&mut *tx)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
}

/// The statement that copies the one row of a table, each time with other values in some columns.
async fn copies(pool: &SqlitePool, table: &str, other: &[(&str, &str)], count: u32) -> String {
    #[expect(
        clippy::disallowed_methods,
        reason = "pragmas describe no columns, so the checked macros cannot take them"
    )]
    let columns: Vec<String> = sqlx::query_scalar("SELECT name FROM pragma_table_info($1)")
        .bind(table)
        .fetch_all(pool)
        .await
        .unwrap();
    let value = |column: &String| {
        let found = other.iter().find(|(name, _)| name == column);
        found.map_or(column.as_str(), |(_, value)| value).to_owned()
    };
    let values: Vec<String> = columns.iter().map(value).collect();
    format!(
        "WITH RECURSIVE numbers (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count})
        INSERT INTO {table} ({})
        SELECT {}
        FROM numbers CROSS JOIN (SELECT * FROM {table} LIMIT 1)",
        columns.join(", "),
        values.join(", "),
    )
}
