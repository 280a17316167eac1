//! Keys are tried before they are kept, and each cause has a name.

use std::sync::OnceLock;

use super::super::connection_test::{ConnectionTest, Place, TestResult};
use super::*;
use crate::domain::{ConnectionId, PauseScope};
use crate::itglue::{Account, ApiKey, BaseUrl};
use crate::simulator::{self, DEMO_API_KEY, Fault, FaultKind};
use crate::store::{ConnectionPause, PauseKind};

fn quick() -> Client {
    Client::new(ClientSettings {
        rate: "100000/1s".parse().unwrap(),
        ..ClientSettings::default()
    })
    .unwrap()
}

async fn simulator(is_rejecting: bool) -> simulator::Running {
    let settings = simulator::Settings::default();
    let running = simulator::start(settings).await.unwrap();
    running.control().reject_key(is_rejecting);
    running
}

fn account(base_url: &str) -> Account {
    Account {
        connection: ConnectionId(Standing.new_id()),
        base_url: BaseUrl::parse_override(base_url).unwrap(),
        key: ApiKey::parse(DEMO_API_KEY.into()).unwrap(),
    }
}

#[tokio::test]
async fn o1_a_key_of_another_region_is_tried_once_with_each_and_the_fitting_one_is_named() {
    static HOSTS: OnceLock<[String; 3]> = OnceLock::new();
    fn host(region: Region) -> BaseUrl {
        let [us, eu, au] = HOSTS.get().unwrap();
        let address = match region {
            Region::Us => us,
            Region::Eu => eu,
            Region::Au => au,
        };
        BaseUrl::parse_override(address).unwrap()
    }
    let (us, eu, au) = (
        simulator(true).await,
        simulator(true).await,
        simulator(false).await,
    );
    HOSTS
        .set([us.base_url(), eu.base_url(), au.base_url()])
        .unwrap();
    let place = Place::Region {
        region: Region::Us,
        hosts: host,
    };
    let client = quick();
    let test = ConnectionTest::run(&client, &account(&us.base_url()), place).await;
    assert_eq!(test.result, TestResult::WrongRegion, "{}", test.detail);
    assert_eq!(test.fitting_region, Some(Region::Au));
    let asked = [&us, &eu, &au].map(|host| host.control().requests().len());
    assert_eq!(asked, [1, 1, 1]);

    au.control().reject_key(true);
    let test = ConnectionTest::run(&client, &account(&us.base_url()), place).await;
    assert_eq!(test.result, TestResult::KeyRefused);
    assert_eq!(test.fitting_region, None);
}

#[tokio::test]
async fn s6_a_key_for_an_address_of_its_own_goes_nowhere_else() {
    let (own, other) = (simulator(true).await, simulator(false).await);
    let mut case = Case::new().await;
    case.admin.0.settings.allow_base_url = true;
    let trial = KeyTrial {
        region: Region::Us,
        base_url: Some(own.base_url()),
        api_key: DEMO_API_KEY.into(),
    };
    let test = case.admin.try_key(&case.operator, trial).await.unwrap();
    assert_eq!(test.result, TestResult::KeyRefused);
    assert_eq!(test.fitting_region, None);
    assert_eq!(own.control().requests().len(), 1);
    assert_eq!(other.control().requests().len(), 0);
}

#[tokio::test]
async fn each_cause_has_its_name() {
    let it_glue = simulator(false).await;
    let client = quick();
    let try_it = async || {
        let account = account(&it_glue.base_url());
        ConnectionTest::run(&client, &account, Place::Here).await
    };
    let test = try_it().await;
    assert_eq!(
        (test.result, test.password_access),
        (TestResult::Ok, Some(true))
    );
    assert!(test.organizations.is_some_and(|count| count > 0));

    let forbidden = FaultKind::ErrorBefore { status: 403 };
    it_glue.control().fault(Fault {
        path_contains: Some("/passwords".to_owned()),
        ..Fault::next(forbidden)
    });
    let test = try_it().await;
    assert_eq!(
        (test.result, test.password_access),
        (TestResult::Ok, Some(false))
    );
    let limited = FaultKind::TooManyRequests { retry_after: None };
    it_glue.control().fault(Fault::next(limited));
    assert_eq!(try_it().await.result, TestResult::RateLimited);
    for request in it_glue.control().requests() {
        let is_hidden = request.query.contains("show_password=false");
        assert!(is_hidden || request.path != "/passwords");
    }

    let nobody = account("http://127.0.0.1:9");
    let test = ConnectionTest::run(&client, &nobody, Place::Here).await;
    assert_eq!(test.result, TestResult::Unreachable);
}

#[tokio::test]
async fn s2_a_changed_bit_in_one_key_stops_that_connection_alone() {
    let case = Case::new().await;
    let by = &case.operator;
    let main = case.connection("main").await;
    case.connection("other").await;
    let store = &case.admin.0.store;
    let column = crate::store::SealedColumn::ConnectionKeys;
    let rows = store.sealed_otherwise(column, [0; 8], 0, 10).await.unwrap();
    let row = rows.into_iter().find(|row| row.id == main.0).unwrap();
    let mut flipped = row.sealed.clone();
    *flipped.last_mut().unwrap() ^= 1;
    store
        .replace_sealed(column, &[(row, flipped)])
        .await
        .unwrap();

    let overviews = case.admin.connection_overviews(by).await.unwrap();
    let healths: Vec<_> = overviews.iter().map(|one| one.health).collect();
    assert_eq!(
        healths,
        [ConnectionHealth::KeyUnreadable, ConnectionHealth::Untested]
    );
    assert!(overviews[0].health_detail.is_some());
    let (_, test) = case
        .admin
        .test_connection(by, &Ref::Id(main))
        .await
        .unwrap();
    assert_eq!(test.result, TestResult::KeyUnreadable);
    let key = "ITG.fedcba9876543210".into();
    case.admin
        .rotate_key(by, &Ref::Id(main), key, true)
        .await
        .unwrap();
    let overview = case.admin.connection_overview(by, &Ref::Id(main)).await;
    assert_eq!(overview.unwrap().health, ConnectionHealth::Untested);
}

#[tokio::test]
async fn a_new_key_ends_the_pause_of_the_old_one_and_no_other() {
    let case = Case::new().await;
    let by = &case.operator;
    let id = case.connection("main").await;
    let refused = ConnectionPause {
        kind: PauseKind::KeyRefused,
        detail: "IT Glue refuses the key".to_owned(),
        since: Standing.now(),
        until: None,
    };
    let event = case
        .admin
        .event(by, AuditAction::ConnectionPaused, Value::Null);
    let store = &case.admin.0.store;
    store.pause_connection(id, &refused, &event).await.unwrap();
    let rotate = async || {
        let key = "ITG.fedcba9876543210".into();
        let rotated = case.admin.rotate_key(by, &Ref::Id(id), key, true).await;
        assert_eq!(rotated.unwrap().connection.key_last_four, "3210");
        store.connection(id).await.unwrap().unwrap().pause
    };
    assert_eq!(rotate().await, None);
    let scope = PauseScope::Connection(id);
    case.admin.pause(by, scope, "The key leaked").await.unwrap();
    assert_eq!(rotate().await.unwrap().kind, PauseKind::Operator);
}

#[tokio::test]
async fn a_connection_is_removed_once_nothing_needs_it() {
    let case = Case::new().await;
    let by = &case.operator;
    let id = case.connection("main").await;
    case.agent("bot").await;
    let refused = case.admin.remove_connection(by, &Ref::Id(id)).await;
    let Err(AdminError::InUse {
        agents, waiting, ..
    }) = refused
    else {
        panic!("{refused:?}");
    };
    assert_eq!((agents, waiting), (1, 0));
    let bot = name("bot").into();
    case.admin.remove_agent(by, &bot).await.unwrap();
    case.admin
        .remove_connection(by, &Ref::Id(id))
        .await
        .unwrap();
    assert!(case.admin.list_connections(by).await.unwrap().is_empty());
    let removed = case.admin.0.store.connection(id).await.unwrap().unwrap();
    assert!(removed.sealed_key.is_empty(), "the key is erased");
    case.connection("main").await;
    case.agent("bot").await;
}
