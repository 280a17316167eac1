//! What must hold for whatever an agent sends.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::fixtures::{self, CANARY};
use super::place::{Closeness, is_empty};
use super::traits::{erased, record_traits, writable};
use super::watched::reads_as_sent;
use super::{Change, drifted, fields, keep, prepare, redact, verify, watched};
use crate::domain::{ItemRequest, Snapshot, TraitsMode};

/// A value that fits the field of this key.
fn fitting(key: &'static str) -> BoxedStrategy<Value> {
    match key {
        "type" => prop_oneof![Just(json!("Office 365")), Just(json!("Exchange"))].boxed(),
        "owner" => prop::collection::vec(1_u64..2_000_000_000_000_000, 0..4)
            .prop_map(|ids| json!(ids))
            .boxed(),
        "users" => prop_oneof![
            any::<i32>().prop_map(|n| json!(n)),
            any::<i32>().prop_map(|n| json!(n.to_string()))
        ]
        .boxed(),
        "uptime" => (0_u8..=100).prop_map(|n| json!(f64::from(n) / 2.0)).boxed(),
        "monitored" => any::<bool>().prop_map(|on| json!(on)).boxed(),
        "renewal" => (1_u8..=12, 1_u8..=28)
            .prop_map(|(month, day)| json!(format!("2027-{month:02}-{day:02}")))
            .boxed(),
        "admin-login" => Just(json!(CANARY)).boxed(),
        "contract" => Just(json!({"content": "QUJD", "file_name": "a.pdf"})).boxed(),
        _ => "[a-zA-Z<>&/ é\u{202e}]{0,30}"
            .prop_map(|text| json!(text))
            .boxed(),
    }
}

const KEYS: [&str; 10] = [
    "type",
    "location",
    "owner",
    "users",
    "uptime",
    "monitored",
    "renewal",
    "notes",
    "admin-login",
    "contract",
];

fn traits() -> impl Strategy<Value = Map<String, Value>> {
    let maybe = |key: &'static str| {
        let value = prop_oneof![1 => Just(None), 1 => Just(Some(Value::Null)), 3 => fitting(key).prop_map(Some)];
        value.prop_map(move |value| Some((key.to_owned(), value?)))
    };
    let all: Vec<_> = KEYS.iter().map(|key| maybe(key).boxed()).collect();
    all.prop_map(|entries| entries.into_iter().flatten().collect())
}

/// A flexible asset that holds these traits, in the way they read.
fn snapshot_of(traits: Map<String, Value>) -> Snapshot {
    let mut snapshot = fixtures::asset_snapshot();
    let request = fixtures::patch_traits(Value::Object(traits));
    snapshot.record = Some(fixtures::applied(&request, &snapshot));
    snapshot
}

fn sent_traits(request: &ItemRequest) -> Map<String, Value> {
    let traits = request
        .attributes()
        .and_then(|attributes| attributes.get("traits"));
    traits
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default()
}

proptest! {
    #[test]
    fn a_merge_never_loses_a_trait_that_can_be_kept(present in traits(), sent in traits()) {
        let snapshot = snapshot_of(present);
        let request = fixtures::patch_traits(Value::Object(sent.clone()));
        let merged = prepare(&fixtures::flexible_assets(), &request, &snapshot, TraitsMode::Merge)
            .map_err(|errors| TestCaseError::fail(format!("{errors:?}")))?;
        let body = sent_traits(&merged.request);
        let present = record_traits(snapshot.record.as_ref().unwrap()).unwrap();
        for (key, value) in present.iter().filter(|(_, value)| !is_empty(value)) {
            let is_there = body.contains_key(key);
            let is_told = merged.facts.cannot_keep.contains(key);
            prop_assert!(is_there || is_told, "{} {}", key, value);
        }
        for (key, value) in &sent {
            prop_assert_eq!(body.get(key), Some(value));
        }
        let again = prepare(&fixtures::flexible_assets(), &merged.request, &snapshot, TraitsMode::Merge);
        prop_assert_eq!(again.unwrap().request, merged.request);
    }

    #[test]
    fn what_is_kept_is_not_erased(present in traits(), sent in traits()) {
        let snapshot = snapshot_of(present);
        let request = fixtures::patch_traits(Value::Object(sent));
        let (keepable, lost): (Vec<String>, Vec<String>) = erased(&request, &snapshot)
            .into_iter()
            .partition(|key| writable(&snapshot, key).is_some());
        let kept = keep(&request, &snapshot, &keepable).unwrap();
        prop_assert_eq!(erased(&kept, &snapshot), lost);
        let kind = fixtures::flexible_assets();
        prop_assert!(prepare(&kind, &kept, &snapshot, TraitsMode::Replace).is_ok());
    }

    #[test]
    fn nothing_changes_where_the_same_is_sent(present in traits()) {
        let mut present = present;
        present.remove("admin-login");
        present.remove("contract");
        let snapshot = snapshot_of(present.clone());
        let request = fixtures::patch_traits(Value::Object(present));
        let kind = fixtures::flexible_assets();
        let diff = fields(&kind, &request, &snapshot, Some(&snapshot), &[]);
        for field in &diff.fields {
            // The fixture reads text boxes back with a line break more.
            prop_assert!(field.change == Change::Unchanged || field.label == "Notes", "{:?}", field);
        }
        prop_assert!(reads_as_sent(&kind, &request, &snapshot, Closeness::Skeleton));
        prop_assert_eq!(diff.warnings, vec![]);
    }

    #[test]
    fn what_was_applied_is_verified(present in traits(), sent in traits()) {
        let snapshot = snapshot_of(present);
        let request = fixtures::patch_traits(Value::Object(sent));
        let after = fixtures::applied(&request, &snapshot);
        let kind = fixtures::flexible_assets();
        let result = verify(&kind, &request, snapshot.record.as_ref(), &after, snapshot.schema.as_ref());
        prop_assert!(result.verified, "{:?}", result.differences);
        prop_assert_eq!(result.concurrent_edits, Vec::<String>::new());
    }

    #[test]
    fn no_secret_leaves(present in traits(), sent in traits(), mode in prop_oneof![Just(TraitsMode::Replace), Just(TraitsMode::Merge)]) {
        let mut sent = sent;
        sent.insert("admin-login".to_owned(), json!(CANARY));
        let mut snapshot = snapshot_of(present);
        // As if the password itself were read in place of its id.
        let record = snapshot.record.as_mut().unwrap();
        record.attributes["traits"]["admin-login"] = json!(CANARY);
        let request = fixtures::patch_traits(Value::Object(sent));
        assert_no_canary(&fixtures::flexible_assets(), &request, &snapshot, mode)?;
        snapshot.schema = None;
        let Value::Object(mut by_name) = json!({"admin-password": CANARY}) else { unreachable!() };
        by_name.append(&mut sent_traits(&request));
        by_name.remove("admin-login");
        let request = fixtures::patch_traits(Value::Object(by_name));
        snapshot.record.as_mut().unwrap().attributes["traits"]["admin-login"] = json!(9001);
        assert_no_canary(&fixtures::flexible_assets(), &request, &snapshot, mode)?;
    }

    #[test]
    fn no_password_leaves(username in ".{0,20}") {
        let attributes = json!({"username": username, "Password": CANARY, "otp_secret": CANARY});
        let body = json!({"data": {"type": "passwords", "attributes": attributes}});
        let request = fixtures::patch("passwords", 77, body.clone());
        assert_no_canary(&fixtures::passwords(), &request, &fixtures::password_snapshot(), TraitsMode::Replace)?;
        let mut create = fixtures::create("passwords", body);
        create.body.as_mut().unwrap()["data"]["attributes"]["name"] = json!("x");
        create.body.as_mut().unwrap()["data"]["attributes"]["organization-id"] = json!(2);
        assert_no_canary(&fixtures::passwords(), &create, &Snapshot::default(), TraitsMode::Replace)?;
    }
}

fn assert_no_canary(
    kind: &crate::domain::ResourceKind,
    request: &ItemRequest,
    snapshot: &Snapshot,
    mode: TraitsMode,
) -> Result<(), TestCaseError> {
    let prepared = prepare(kind, request, snapshot, mode)
        .map_err(|errors| TestCaseError::fail(format!("{errors:?}")))?;
    let pointers = &prepared.secret_pointers;
    let now = watched(kind, &prepared.request, snapshot);
    prop_assert!(!drifted(&prepared.watched, &now));
    let diff = fields(kind, &prepared.request, snapshot, Some(snapshot), &[]);
    let after = fixtures::record("x", 1, json!({}));
    let result = verify(
        kind,
        &prepared.request,
        snapshot.record.as_ref(),
        &after,
        snapshot.schema.as_ref(),
    );
    let redacted = redact(prepared.request.body.as_ref().unwrap(), pointers);
    let shown = format!(
        "{:?} {:?} {:?} {:?} {:?} {:?} {:?} {redacted}",
        prepared.watched,
        prepared.warnings,
        prepared.facts,
        prepared.natural_key,
        prepared.resource,
        serde_json::to_string(&diff),
        serde_json::to_string(&result),
    );
    prop_assert!(!shown.contains(CANARY), "{}", shown);
    Ok(())
}
