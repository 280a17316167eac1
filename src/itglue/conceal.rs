//! Password fields of flexible assets, in answers that go on to agents.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::client::Reads;
use super::read_error::ReadError;
use super::schema::schema;
use super::scrub::{TRAITS, keep_traits, sounds_secret};
use crate::domain::json::Tree;
use crate::domain::{AssetSchema, FieldKind, RecordId, as_id};

/// The fields of each type that a document names; `None` where they cannot be known.
type Schemas = BTreeMap<RecordId, Option<AssetSchema>>;

/// Takes out what stands in Password fields and is not the id of an embedded password, also in earlier
/// versions of an asset. Where the fields of a type cannot be known, their names have to do.
///
/// # Errors
/// If the fields cannot be read now: the answer must not be handed out.
pub(super) async fn conceal_traits(
    reader: &impl Reads,
    document: &mut Tree<'_>,
) -> Result<(), ReadError> {
    let mut schemas = Schemas::new();
    if !note_types(document, &mut schemas) {
        return Ok(());
    }
    for (id, fields) in &mut schemas {
        *fields = schema(reader, *id).await?;
    }
    conceal(document, &schemas);
    Ok(())
}

/// Whether there are traits anywhere; notes the types of those that say theirs.
fn note_types(value: &Tree<'_>, schemas: &mut Schemas) -> bool {
    match value {
        Tree::Object(members) => {
            let mut has_traits = false;
            for (key, member) in members {
                if key == TRAITS {
                    has_traits = true;
                    schemas.extend(type_of(members).map(|id| (id, None)));
                }
                has_traits |= note_types(member, schemas);
            }
            has_traits
        }
        Tree::Array(items) => {
            let mut has_traits = false;
            for item in items {
                has_traits |= note_types(item, schemas);
            }
            has_traits
        }
        Tree::Null | Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) => false,
    }
}

fn conceal(value: &mut Tree<'_>, schemas: &Schemas) {
    match value {
        Tree::Object(members) => {
            let own = members
                .iter()
                .any(|(key, _)| key == TRAITS)
                .then(|| type_of(members))
                .flatten();
            for (key, member) in members {
                if key == TRAITS {
                    keep_traits(member, |key| is_password(key, own, schemas));
                }
                conceal(member, schemas);
            }
        }
        Tree::Array(items) => items.iter_mut().for_each(|item| conceal(item, schemas)),
        Tree::Null | Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) => {}
    }
}

/// Whether a trait is a Password field of its type; of any type in the document, where it does not say
/// its own, as in an earlier version.
fn is_password(name_key: &str, own: Option<RecordId>, schemas: &Schemas) -> bool {
    let mut kinds = schemas
        .iter()
        .filter(|(id, _)| own.is_none_or(|own| own == **id))
        .filter_map(|(_, schema)| Some(schema.as_ref()?.field(name_key)?.kind))
        .peekable();
    if kinds.peek().is_none() {
        return sounds_secret(name_key);
    }
    kinds.any(|kind| kind == FieldKind::Password)
}

/// The type that stands beside traits.
fn type_of(members: &[(Cow<'_, str>, Tree<'_>)]) -> Option<RecordId> {
    let is_type = |key: &str| matches!(key, "flexible-asset-type-id" | "flexible_asset_type_id");
    let (_, id) = members.iter().find(|(key, _)| is_type(key))?;
    as_id(&id.clone().into()).map(RecordId)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::fake_reader::{FakeReader, one, page};
    use super::*;

    const CANARY: &str = "c4n4ry";

    fn field(name_key: &str, kind: &str) -> Value {
        json!({"name": name_key, "name-key": name_key, "kind": kind, "required": false})
    }

    /// Type 3 has a Password field whose name does not tell, type 4 a text of the same key.
    fn reader() -> FakeReader {
        let fields = [
            (1, field("wifi-code", "Password")),
            (2, field("pin-board", "Text")),
        ];
        let others = [(3, field("wifi-code", "Text"))];
        let asset_type = |id: u64| one(id, "flexible-asset-types", &json!({"name": "x"}));
        FakeReader::default()
            .with("/flexible_asset_types/3", asset_type(3))
            .with("/flexible_asset_types/4", asset_type(4))
            .with(
                "/flexible_asset_types/3/relationships/flexible_asset_fields?page[number]=1",
                page(&fields, None),
            )
            .with(
                "/flexible_asset_types/4/relationships/flexible_asset_fields?page[number]=1",
                page(&others, None),
            )
    }

    async fn concealed(document: &Value) -> Value {
        let mut tree = Tree::from(document);
        conceal_traits(&reader(), &mut tree).await.unwrap();
        tree.into()
    }

    #[tokio::test]
    async fn the_fields_of_each_type_tell_what_is_a_password() {
        let asset = |kind: u64, traits: Value| json!({"id": "5", "type": "flexible-assets", "attributes": {"flexible-asset-type-id": kind, "traits": traits}});
        let traits = json!({"wifi-code": CANARY, "pin-board": "Hall", "pin": CANARY});
        let ids = json!({"wifi-code": 17, "pin": null});
        let document = json!({"data": [asset(3, traits.clone()), asset(3, ids.clone())], "included": [asset(4, traits)]});
        assert_eq!(
            concealed(&document).await,
            json!({
                "data": [asset(3, json!({"pin-board": "Hall"})), asset(3, ids)],
                "included": [asset(4, json!({"wifi-code": CANARY}))],
            })
        );
    }

    #[tokio::test]
    async fn earlier_versions_hold_no_password_either() {
        let version = |object: Value| json!({"id": "1", "type": "recent-versions", "attributes": {"object": object}});
        let traits =
            || json!({"traits": {"wifi-code": CANARY, "pin-board": "Hall", "otp": CANARY}});
        let kept = || json!({"traits": {"pin-board": "Hall"}});
        let versions = |object: Value| {
            json!([
                version(object.clone()),
                version(json!({"changes": [object]}))
            ])
        };
        let asset = json!({"id": "5", "type": "flexible-assets", "attributes": {"flexible-asset-type-id": 3, "traits": {}}});
        let document = json!({"data": asset, "included": versions(traits())});
        assert_eq!(
            concealed(&document).await,
            json!({"data": asset, "included": versions(kept())})
        );
    }

    #[tokio::test]
    async fn a_change_of_traits_from_and_to_holds_no_password_either() {
        let change = json!({"traits": [{"wifi-code": CANARY}, {"wifi-code": 17}]});
        let document = json!({
            "data": {"id": "5", "attributes": {"flexible-asset-type-id": "3", "traits": {}}},
            "included": [{"attributes": {"object-changes": change}}],
        });
        let changes = concealed(&document).await["included"][0]["attributes"].take();
        assert_eq!(
            changes,
            json!({"object-changes": {"traits": [{}, {"wifi-code": 17}]}})
        );
    }

    #[tokio::test]
    async fn without_fields_the_names_tell() {
        let asset = |traits: Value| json!({"data": {"attributes": {"flexible-asset-type-id": 9, "traits": traits}}});
        let traits = json!({"wifi-code": "x", "api-token": CANARY, "password": 17});
        assert_eq!(
            concealed(&asset(traits)).await,
            asset(json!({"wifi-code": "x", "password": 17}))
        );
    }

    #[tokio::test]
    async fn where_there_are_no_traits_nothing_is_read() {
        let reader = reader();
        let document = json!({"data": {"attributes": {"flexible-asset-type-id": 3, "name": "x"}}});
        let mut tree = Tree::from(&document);
        conceal_traits(&reader, &mut tree).await.unwrap();
        assert_eq!(Value::from(tree), document);
        assert!(reader.asked().is_empty());
    }
}
