//! A proposed write, taken apart: its final body, what it changes and what is remarkable about it.

use serde_json::Value;

use super::changes::Input;
use super::{census, organizations, schema, secrets, traits, warnings, watched};
use crate::domain::{
    Facts, FieldError, ItemRequest, Operation, ResourceKind, ResourceRef, Snapshot, TraitsMode,
    Warning,
};

/// A write, ready to be stored. Only `request` may hold secrets, at `secret_pointers`.
#[derive(Clone, Debug, PartialEq)]
pub struct Prepared {
    /// What would be sent: with the body completed from the record, if that was asked for.
    pub request: ItemRequest,
    /// The record it is about.
    pub resource: ResourceRef,
    /// What must still be so when it is sent; see [`watched`](super::watched()).
    pub watched: Value,
    /// For creates: what tells the record apart, where the catalogue knows.
    pub natural_key: Option<Value>,
    /// Pointers into the body whose values are secrets.
    pub secret_pointers: Vec<String>,
    /// What the tier is judged by.
    pub facts: Facts,
    /// What a technician should know.
    pub warnings: Vec<Warning>,
}

/// Takes a write apart: when it is proposed, and anew whenever the live record has moved. For a
/// merge, `request` is what the agent sent, not the body that an earlier call completed.
///
/// # Errors
/// One [`FieldError`] per attribute or trait that does not fit; none of them repeats a value.
pub fn prepare(
    kind: &ResourceKind,
    request: &ItemRequest,
    snapshot: &Snapshot,
    mode: TraitsMode,
) -> Result<Prepared, Vec<FieldError>> {
    let schema = snapshot.schema.as_ref();
    let errors = schema::check(kind, request, schema);
    if !errors.is_empty() {
        return Err(errors);
    }
    let request = match mode {
        TraitsMode::Replace => request.clone(),
        TraitsMode::Merge => traits::merge(request, snapshot),
    };
    let secret_pointers = secrets::secret_pointers(kind, &request, schema);
    let input = Input {
        kind,
        request: &request,
        base: snapshot,
        live: None,
        secret_pointers: &secret_pointers,
    };
    let reach = organizations::reach(kind, &request, snapshot);
    let (facts, warnings) = warnings::assess(&input, reach, mode);
    Ok(Prepared {
        resource: organizations::resource_ref(kind, &request, snapshot),
        watched: watched::watched(kind, &request, snapshot),
        natural_key: match request.operation {
            Operation::Create => census::natural_key(kind, &request),
            Operation::Read
            | Operation::Update
            | Operation::Publish
            | Operation::Delete
            | Operation::ReadSecret => None,
        },
        secret_pointers,
        facts,
        warnings,
        request,
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;
    use crate::diff::fixtures;
    use crate::domain::{
        OrganizationId, Record, RecordId, TargetOrganization, WarningCode, WarningCode::*,
    };

    fn codes(prepared: &Prepared) -> Vec<WarningCode> {
        prepared
            .warnings
            .iter()
            .map(|warning| warning.code)
            .collect()
    }

    fn fields_of(prepared: &Prepared, code: WarningCode) -> Vec<&str> {
        prepared
            .warnings
            .iter()
            .filter(|warning| warning.code == code)
            .flat_map(|warning| warning.fields.iter().map(String::as_str))
            .collect()
    }

    fn prepare_contact(attributes: Value) -> Prepared {
        let request = fixtures::patch_contact(attributes);
        let snapshot = fixtures::contact_snapshot();
        prepare(
            &fixtures::contacts(),
            &request,
            &snapshot,
            TraitsMode::Replace,
        )
        .unwrap()
    }

    fn prepare_traits(traits: Value, mode: TraitsMode) -> Prepared {
        let request = fixtures::patch_traits(traits);
        prepare(
            &fixtures::flexible_assets(),
            &request,
            &fixtures::asset_snapshot(),
            mode,
        )
        .unwrap()
    }

    #[test]
    fn an_ordinary_change_is_unremarkable() {
        let prepared = prepare_contact(json!({"title": "IT Director", "location_id": "31"}));
        assert_eq!(prepared.warnings, []);
        assert_eq!(
            prepared.facts,
            Facts {
                organizations: vec![TargetOrganization::Known(OrganizationId(2))],
                changed_fields: 2,
                changed_bytes: "IT Director".len() + "31".len(),
                ..Facts::default()
            }
        );
        assert_eq!(prepared.resource.name.as_deref(), Some("Dana Reyes"));
        assert_eq!(prepared.resource.organization_name.as_deref(), Some("Acme"));
        assert_eq!(prepared.natural_key, None);
    }

    #[test]
    fn a_patch_of_two_traits_would_erase_the_others() {
        let prepared = prepare_traits(
            json!({"location": "Rack 3", "notes": null}),
            TraitsMode::Replace,
        );
        assert_eq!(
            fields_of(&prepared, ErasesTraits),
            [
                "type",
                "owner",
                "users",
                "uptime",
                "monitored",
                "renewal",
                "notes",
                "admin-login",
                "contract"
            ]
        );
        assert_eq!(fields_of(&prepared, ErasesRequired), ["type"]);
        assert_eq!(
            fields_of(&prepared, CannotKeep),
            ["admin-login", "contract"]
        );
        assert_eq!(prepared.facts.erased.len(), 9);
        assert!(prepared.facts.writes_secret, "a password is deleted");
        assert!(!prepared.facts.other_warnings);
        assert!(prepared.warnings[0].detail.contains("“Owner”"));
    }

    #[test]
    fn a_merge_completes_the_body_from_the_record() {
        let prepared = prepare_traits(json!({"location": "Rack 3"}), TraitsMode::Merge);
        assert_eq!(
            prepared.request.attributes().unwrap()["traits"],
            json!({
                "type": "Exchange", "location": "Rack 3", "owner": [501, 502], "users": 50,
                "uptime": 99.5, "monitored": true, "renewal": "2027-01-31",
                "notes": "<p>Restart both nodes</p>"
            })
        );
        assert_eq!(codes(&prepared), [CannotKeep]);
        assert_eq!(prepared.facts.cannot_keep, ["admin-login", "contract"]);
        assert_eq!(prepared.facts.erased, Vec::<String>::new());
    }

    #[test]
    fn a_merge_respects_what_is_cleared_on_purpose() {
        let prepared = prepare_traits(json!({"location": null}), TraitsMode::Merge);
        assert_eq!(prepared.facts.erased, ["location"]);
        let traits = &prepared.request.attributes().unwrap()["traits"];
        assert_eq!(traits["location"], Value::Null);
        assert_eq!(traits["type"], "Exchange");
    }

    #[test]
    fn a_patch_without_traits_erases_none() {
        let request = fixtures::patch(
            "flexible_assets",
            123,
            json!({"data": {"type": "flexible-assets", "attributes": {"archived": true}}}),
        );
        let kind = fixtures::flexible_assets();
        let snapshot = fixtures::asset_snapshot();
        let prepared = prepare(&kind, &request, &snapshot, TraitsMode::Merge).unwrap();
        assert_eq!(prepared.request, request);
        assert_eq!(codes(&prepared), [RestrictionChanged]);
        assert!(prepared.facts.restriction_changed);
        assert_eq!(prepared.facts.changed_fields, 1);
    }

    #[test]
    fn traits_that_cannot_be_read_count_as_erased() {
        let mut snapshot = fixtures::asset_snapshot();
        snapshot
            .record
            .as_mut()
            .unwrap()
            .attributes
            .remove("traits");
        let request = fixtures::patch_traits(json!({"type": "Exchange"}));
        let kind = fixtures::flexible_assets();
        let prepared = prepare(&kind, &request, &snapshot, TraitsMode::Merge).unwrap();
        assert_eq!(codes(&prepared), [ErasesTraits]);
        assert_eq!(prepared.facts.erased, ["traits"]);
    }

    #[test]
    fn without_a_schema_nobody_can_rule_out_a_password() {
        let mut snapshot = fixtures::asset_snapshot();
        snapshot.schema = None;
        let request = fixtures::patch_traits(json!({"whatever": 4}));
        let kind = fixtures::flexible_assets();
        let prepared = prepare(&kind, &request, &snapshot, TraitsMode::Merge).unwrap();
        assert!(codes(&prepared).contains(&SchemaUnknown));
        assert!(prepared.facts.writes_secret && prepared.facts.other_warnings);
        assert_eq!(
            prepared.request.attributes().unwrap()["traits"]["owner"],
            json!([501, 502])
        );
    }

    #[rstest]
    #[case::written(json!({"password": "x"}))]
    #[case::deleted(json!({"password": null}))]
    #[case::one_time_seed(json!({"otp_secret": "JBSWY3DPEHPK3PXP"}))]
    fn a_password_is_a_secret_however_it_is_touched(#[case] attributes: Value) {
        let body = json!({"data": {"type": "passwords", "attributes": attributes}});
        let request = fixtures::patch("passwords", 77, body);
        let snapshot = fixtures::password_snapshot();
        let prepared = prepare(
            &fixtures::passwords(),
            &request,
            &snapshot,
            TraitsMode::Replace,
        )
        .unwrap();
        assert!(prepared.facts.writes_secret);
        assert_eq!(prepared.facts.changed_fields, 1);
        assert_eq!(prepared.facts.changed_bytes, 0);
        assert_eq!(
            prepared.watched,
            json!({"id": "77", "attributes": {
                "organization-id": 2, "password-updated-at": "2026-10-01"}})
        );
    }

    #[rstest]
    #[case::other_client(json!({"organization-id": 3}), OtherOrganization)]
    #[case::nobody_knows_whose(json!({"location-id": 99}), OtherOrganization)]
    #[case::restricted(json!({"restricted": true}), RestrictionChanged)]
    #[case::archived(json!({"archived": "true"}), RestrictionChanged)]
    #[case::bidi(json!({"title": "IT \u{202E}rotceriD"}), DeceptiveCharacters)]
    #[case::zero_width(json!({"title": "IT\u{200B} Director"}), DeceptiveCharacters)]
    #[case::key(json!({"ti\u{2066}tle": "x"}), DeceptiveCharacters)]
    #[case::deep(json!({"contact-emails": [{"value": "a\u{200B}@acme.example"}]}), DeceptiveCharacters)]
    #[case::read_only(json!({"resource_url": "https://evil.example"}), IgnoredByItGlue)]
    #[case::drawing(json!({"notes": "<p>x<svg></svg></p>"}), IgnoredByItGlue)]
    #[case::nothing(json!({"title": "IT Manager", "contact_type_id": "4"}), NoChange)]
    fn what_is_remarkable_is_said(#[case] attributes: Value, #[case] code: WarningCode) {
        let prepared = prepare_contact(attributes);
        assert_eq!(codes(&prepared), [code]);
        let facts = &prepared.facts;
        let stands_for_it = match code {
            OtherOrganization => facts.crosses_organizations,
            RestrictionChanged => facts.restriction_changed,
            DeceptiveCharacters => facts.deceptive_characters,
            _ => facts.other_warnings,
        };
        assert!(stands_for_it);
    }

    #[test]
    fn an_echoed_record_is_no_warning() {
        let prepared = prepare_contact(Value::Object(fixtures::contact().attributes));
        assert_eq!(codes(&prepared), [NoChange]);
    }

    #[rstest]
    #[case::contact("contacts", json!({"title": "x"}), true)]
    #[case::organization("organizations", json!({"name": "x"}), true)]
    #[case::open_fields("organizations", json!({"quick_notes": "x"}), false)]
    fn synced_records_may_refuse(#[case] name: &str, #[case] sent: Value, #[case] expected: bool) {
        let mut snapshot = fixtures::contact_snapshot();
        let record = snapshot.record.as_mut().unwrap();
        record
            .attributes
            .insert("psa-integration".to_owned(), json!("enabled"));
        let request = fixtures::patch(name, 501, json!({"data": {"attributes": sent}}));
        let prepared = prepare(
            &fixtures::kind(name),
            &request,
            &snapshot,
            TraitsMode::Replace,
        )
        .unwrap();
        assert_eq!(codes(&prepared).contains(&Synced), expected);
    }

    #[test]
    fn publishing_makes_a_draft_visible() {
        let snapshot = Snapshot {
            record: Some(fixtures::record(
                "documents",
                42,
                json!({"organization-id": 2, "name": "Runbook", "published": false}),
            )),
            ..Snapshot::default()
        };
        let kind = fixtures::kind("documents");
        let prepared = prepare(
            &kind,
            &fixtures::publish(42),
            &snapshot,
            TraitsMode::Replace,
        )
        .unwrap();
        assert_eq!(codes(&prepared), [PublishesDraft]);
        assert_eq!(prepared.facts.changed_fields, 1);
        assert_eq!(
            prepared.watched,
            json!({"id": "42", "attributes": {"organization-id": 2, "published": false}})
        );
    }

    #[test]
    fn the_content_of_a_document_is_ignored() {
        let body = json!({"data": {"attributes": {"name": "Runbook", "organization-id": 2, "content": "<p>x</p>"}}});
        let kind = fixtures::kind("documents");
        let request = fixtures::create("documents", body);
        let prepared = prepare(&kind, &request, &Snapshot::default(), TraitsMode::Replace).unwrap();
        assert_eq!(fields_of(&prepared, IgnoredByItGlue), ["content"]);
    }

    #[test]
    fn a_namesake_may_be_the_same_record() {
        let mut namesake: Record = fixtures::contact();
        namesake.id = RecordId(777);
        let snapshot = Snapshot {
            census: vec![namesake],
            census_taken: true,
            ..Snapshot::default()
        };
        let request = |name: &str| {
            let mut request = fixtures::create(
                "contacts",
                json!({"data": {"attributes": {"first_name": name, "last_name": "Reyes"}}}),
            );
            request.parent = Some(("organizations".to_owned(), RecordId(2)));
            request
        };
        let kind = fixtures::contacts();
        let dana = prepare(&kind, &request("DANA"), &snapshot, TraitsMode::Replace).unwrap();
        assert_eq!(codes(&dana), [MayExistAlready]);
        assert_eq!(
            dana.natural_key.unwrap()["attributes"],
            json!({"organization-id": 2, "first-name": "dana", "last-name": "Reyes"})
        );
        let alex = prepare(&kind, &request("Alex"), &snapshot, TraitsMode::Replace).unwrap();
        assert_eq!(codes(&alex), []);
        assert_eq!(
            alex.facts.organizations,
            [TargetOrganization::Known(OrganizationId(2))]
        );
    }

    #[test]
    fn what_does_not_fit_is_refused_with_every_reason() {
        let request = fixtures::patch_traits(json!({"colour": 1, "monitored": 1}));
        let kind = fixtures::flexible_assets();
        let errors = prepare(
            &kind,
            &request,
            &fixtures::asset_snapshot(),
            TraitsMode::Merge,
        );
        assert_eq!(errors.unwrap_err().len(), 2);
    }
}
