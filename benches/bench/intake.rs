//! Proposals taken in per second, against a bare handler that does one durable insert.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use crate::figures::{Aim, Figure, median};
use crate::ground::{Ground, Served, client};

const CONCURRENCY: usize = 16;
const ROUNDS: usize = 7;
const PER_ROUND: usize = 600;

pub async fn measure() -> Vec<Figure> {
    let served = Arc::new(Ground::prepare().await.serve().await);
    let bare = Arc::new(Bare::serve(&served.ground.path()).await);
    // Prepared statements, caches, connections.
    run(&served, 0).await;
    run_bare(&bare, &served, 0).await;

    let (mut measured, mut baseline) = (Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        measured.push(run(&served, round).await);
        baseline.push(run_bare(&bare, &served, round).await);
    }
    let figure = Figure::new("intake", "1/s", median(&measured))
        .against(median(&baseline))
        .aiming(Aim::AtLeast(0.7));
    vec![figure]
}

async fn run(served: &Arc<Served>, round: usize) -> f64 {
    let served = Arc::clone(served);
    let address = served.address();
    per_second(round, move |number| served.ground.propose(&address, number)).await
}

async fn run_bare(bare: &Arc<Bare>, served: &Arc<Served>, round: usize) -> f64 {
    let (bare, served) = (Arc::clone(bare), Arc::clone(served));
    per_second(round, move |number| {
        let body = served.ground.proposal(number);
        bare.http.post(&bare.url).json(&body)
    })
    .await
}

/// Sends the requests of a round, so many at a time; each has to be answered 201.
pub async fn per_second(
    round: usize,
    request: impl Fn(usize) -> RequestBuilder + Send + Sync + 'static,
) -> f64 {
    let first = round * PER_ROUND;
    let start = Instant::now();
    send(first, first + PER_ROUND, request).await;
    let count = f64::from(u32::try_from(PER_ROUND).unwrap());
    count / start.elapsed().as_secs_f64()
}

/// Sends requests from the first number up to the second.
pub async fn send(
    first: usize,
    end: usize,
    request: impl Fn(usize) -> RequestBuilder + Send + Sync + 'static,
) {
    let request = Arc::new(request);
    let next = Arc::new(AtomicUsize::new(first));
    let mut clients = tokio::task::JoinSet::new();
    for _ in 0..CONCURRENCY {
        let (request, next) = (Arc::clone(&request), Arc::clone(&next));
        clients.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= end {
                    return;
                }
                let answer = request(number).send().await.unwrap();
                let status = answer.status();
                let text = answer.text().await.unwrap();
                assert_eq!(status, StatusCode::CREATED, "{text}");
            }
        });
    }
    clients.join_all().await;
}

/// A handler that does nothing but keep what it is sent.
struct Bare {
    url: String,
    http: reqwest::Client,
}

impl Bare {
    async fn serve(folder: &Path) -> Self {
        let options = SqliteConnectOptions::new()
            .filename(folder.join("bare.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let one_writer = SqlitePoolOptions::new().max_connections(1);
        let pool = one_writer.connect_with(options).await.unwrap();
        create_table(&pool).await;
        let router = Router::new().route("/", post(keep)).with_state(pool);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            url,
            http: client(),
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the tables of a benchmark are not those of the program"
)]
async fn create_table(pool: &SqlitePool) {
    sqlx::query("CREATE TABLE kept (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT")
        .execute(pool)
        .await
        .unwrap();
}

#[expect(
    clippy::disallowed_methods,
    reason = "the tables of a benchmark are not those of the program"
)]
async fn keep(
    State(pool): State<SqlitePool>,
    Json(body): Json<Value>,
) -> (StatusCode, Json<Value>) {
    let mut tx = pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let kept = sqlx::query("INSERT INTO kept (body) VALUES ($1)")
        .bind(body.to_string())
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    (
        StatusCode::CREATED,
        Json(json!({ "id": kept.last_insert_rowid() })),
    )
}
