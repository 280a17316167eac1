//! Each fault, as a client meets it.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::{Reply, Site, item};
use crate::simulator::{Fault, FaultKind};

/// Strikes a change of contact 501 with a fault.
async fn strike(site: &Site, kind: FaultKind) -> reqwest::Result<Reply> {
    site.control().fault(Fault::next(kind).on("PATCH"));
    let body = item("contacts", json!({ "title": "Struck" }));
    site.try_send(Method::PATCH, "/contacts/501", Some(body))
        .await
}

fn is_applied(site: &Site) -> bool {
    let by_log = site.control().requests().last().unwrap().applied;
    assert_eq!(by_log, site.truth("contacts", 501)["title"] == "Struck");
    by_log
}

async fn wait_until_applied(site: &Site) {
    let applied = async {
        while !site.control().requests().last().unwrap().applied {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), applied)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_reset_comes_before_or_after_the_write() {
    for (kind, applied) in [
        (FaultKind::ResetBefore, false),
        (FaultKind::ResetAfter, true),
    ] {
        let site = Site::open().await;
        let error = strike(&site, kind).await.err().unwrap();
        assert!(format!("{error:?}").contains("reset"), "{error:?}");
        assert_eq!(is_applied(&site), applied);
        assert_eq!(site.control().requests()[0].status, None);
        assert_eq!(site.get("/contacts/501").await.status, 200);
    }
}

#[tokio::test]
async fn an_error_comes_before_or_after_the_write() {
    for (kind, applied) in [
        (FaultKind::ErrorBefore { status: 500 }, false),
        (FaultKind::ErrorAfter { status: 504 }, true),
    ] {
        let site = Site::open().await;
        let reply = strike(&site, kind).await.unwrap();
        assert!(reply.status >= 500 && reply.body["message"].is_string());
        assert_eq!(is_applied(&site), applied);
    }
}

#[tokio::test]
async fn a_hanging_write_is_applied_though_the_client_left() {
    let site = Site::open().await;
    site.control()
        .fault(Fault::next(FaultKind::HangThenApply { ms: 1000 }));
    let body = json!({ "data": item("contacts", json!({ "title": "Struck" })) });
    let request = site
        .request(Method::PATCH, "/contacts/501")
        .header("content-type", "application/json")
        .timeout(Duration::from_millis(50));
    assert!(
        request
            .body(body.to_string())
            .send()
            .await
            .unwrap_err()
            .is_timeout()
    );
    assert!(!is_applied(&site));
    wait_until_applied(&site).await;
}

#[tokio::test]
async fn a_write_can_be_applied_after_the_connection_was_closed() {
    let site = Site::open().await;
    assert!(
        strike(&site, FaultKind::ApplyAfterClientLeft { ms: 1000 })
            .await
            .is_err()
    );
    assert!(!is_applied(&site));
    wait_until_applied(&site).await;
}

#[tokio::test]
async fn retry_after_is_sent_as_told() {
    for retry_after in [None, Some("7"), Some("Sat, 21 Nov 2026 20:00:00 GMT")] {
        let site = Site::open().await;
        let kind = FaultKind::TooManyRequests {
            retry_after: retry_after.map(str::to_owned),
        };
        let reply = strike(&site, kind).await.unwrap();
        let sent = reply
            .headers
            .get("retry-after")
            .map(|value| value.to_str().unwrap());
        assert_eq!((reply.status, sent), (429, retry_after));
        assert!(!is_applied(&site));
    }
}

#[tokio::test]
async fn a_slow_answer_comes_after_the_write() {
    let site = Site::open().await;
    let begin = std::time::Instant::now();
    assert_eq!(
        strike(&site, FaultKind::Slow { ms: 60 })
            .await
            .unwrap()
            .status,
        200
    );
    assert!(begin.elapsed() >= Duration::from_millis(60));
    assert!(is_applied(&site));
}

#[tokio::test]
async fn an_answer_is_cut_off_in_its_head_or_its_body() {
    for kind in [FaultKind::CutHead, FaultKind::CutBody] {
        let site = Site::open().await;
        assert!(strike(&site, kind).await.is_err());
        assert!(is_applied(&site));
    }
    let site = Site::open().await;
    site.control().fault(Fault::next(FaultKind::CutBody));
    let answer = site
        .request(Method::GET, "/contacts/501")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    assert!(answer.text().await.is_err());
}

#[tokio::test]
async fn an_answer_can_lie() {
    let site = Site::open().await;
    let reply = strike(&site, FaultKind::CreatedWithHtml).await.unwrap();
    assert_eq!(
        (reply.status, &reply.headers["content-type"]),
        (201, &"text/html".parse().unwrap())
    );
    assert!(is_applied(&site));
    let reply = strike(&site, FaultKind::WrongId).await.unwrap();
    assert_eq!((reply.status, reply.id()), (200, 99_999_999));
    let attributes = json!({ "title": "Somebody" });
    let reply = strike(&site, FaultKind::Claims { attributes })
        .await
        .unwrap();
    assert_eq!(reply.attribute("title"), &json!("Somebody"));
    assert_eq!(site.truth("contacts", 501)["title"], "Struck");
    let site = Site::open().await;
    let reply = strike(&site, FaultKind::AcceptedAndIgnored).await.unwrap();
    assert_eq!(
        (reply.status, reply.attribute("title")),
        (200, &json!("Struck"))
    );
    assert!(!is_applied(&site));
}

#[tokio::test]
async fn a_redirect_is_answered_without_a_write() {
    let site = Site::open().await;
    let kind = FaultKind::Redirect {
        location: "https://elsewhere.example/".to_owned(),
    };
    let reply = strike(&site, kind).await.unwrap();
    assert_eq!(
        (reply.status, reply.headers["location"].to_str().unwrap()),
        (307, "https://elsewhere.example/")
    );
    assert!(!is_applied(&site));
}

#[tokio::test]
async fn someone_else_is_faster_or_slower() {
    let notes = json!({ "title": "Theirs", "notes": "Theirs" });
    let site = Site::open().await;
    strike(
        &site,
        FaultKind::OtherEditor {
            attributes: notes.clone(),
        },
    )
    .await
    .unwrap();
    let record = site.truth("contacts", 501);
    assert_eq!(
        (&record["title"], &record["notes"]),
        (&json!("Struck"), &json!("Theirs"))
    );
    strike(&site, FaultKind::OtherEditorAfter { attributes: notes })
        .await
        .unwrap();
    assert_eq!(site.truth("contacts", 501)["title"], "Theirs");
    let attributes = json!({ "organization-id": 2, "name": "Theirs" });
    site.control()
        .fault(Fault::next(FaultKind::OtherEditor { attributes }));
    let ours = item("locations", json!({ "organization-id": 2, "name": "Ours" }));
    site.post("/locations", ours).await;
    let names: Vec<Value> = site
        .control()
        .records("locations")
        .iter()
        .map(|one| one["name"].clone())
        .collect();
    assert!(names.contains(&json!("Ours")) && names.contains(&json!("Theirs")));
}

#[tokio::test]
async fn a_fault_strikes_only_the_requests_it_is_meant_for() {
    let site = Site::open().await;
    site.control().fault(Fault {
        method: Some("GET".to_owned()),
        path_contains: Some("/contacts".to_owned()),
        times: 1,
        skip: 1,
        probability_percent: 100,
        kind: FaultKind::ErrorBefore { status: 500 },
    });
    assert_eq!(site.get("/locations").await.status, 200);
    assert_eq!(site.get("/contacts").await.status, 200);
    assert_eq!(site.get("/contacts").await.status, 500);
    assert_eq!(site.get("/contacts").await.status, 200);
}

#[tokio::test]
async fn faults_can_be_cleared_and_drawn_by_chance() {
    let site = Site::open().await;
    let fault = |probability_percent| Fault {
        times: 200,
        probability_percent,
        ..Fault::next(FaultKind::ErrorBefore { status: 500 })
    };
    site.control().fault(fault(50));
    let mut struck = 0;
    for _ in 0..100 {
        struck += u32::from(site.get("/platforms").await.status == 500);
    }
    assert!((20..80).contains(&struck), "{struck}");
    site.control().fault(fault(100));
    site.control().clear_faults();
    assert_eq!(site.get("/platforms").await.status, 200);
}

#[tokio::test]
async fn latency_delays_every_request() {
    let site = Site::open().await;
    site.control().set_latency(Duration::from_millis(50));
    let begin = std::time::Instant::now();
    site.get("/platforms").await;
    assert!(begin.elapsed() >= Duration::from_millis(50));
}
