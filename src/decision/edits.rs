//! What a technician changes before approving: put into what was asked for, and held to what was
//! shown.

use serde_json::Value;

use super::approve::Approve;
use super::error::DecisionError;
use crate::diff::Prepared;
use crate::domain::{
    FieldError, Item, ItemRequest, Proposal, ProposalContent, TraitsMode, pointer,
};
use crate::draft::{Asked, Draft, in_whole, part_of, put_back_hidden, target_key};
use crate::policy::Classified;

/// What was asked for, as the technician wants it.
pub(super) struct Edited {
    pub(super) asked: Asked,
    /// Where values stand that were hidden when they were shown: place of the item, and pointer.
    restored: Vec<(usize, String)>,
}

/// What was asked for, as the technician wants it. `exact` are the items' bodies as they would be
/// sent.
pub(super) fn with_edits(
    mut asked: Asked,
    proposal: &Proposal,
    approve: &Approve,
    exact: &[Option<Value>],
) -> Result<Edited, DecisionError> {
    let mut restored = Vec::new();
    if let Some(body) = &approve.body {
        let mut body = body.clone();
        let pointers = proposal.items.iter().map(|item| &*item.secret_pointers);
        let shown: Vec<(Option<&Value>, &[String])> =
            exact.iter().map(Option::as_ref).zip(pointers).collect();
        restored = put_back_hidden(&mut body, &shown);
        if asked.traits == TraitsMode::Merge {
            leave_merged(&mut body, asked.body.as_ref(), exact);
        }
        asked.body = Some(body);
    }
    if !approve.keep.is_empty() {
        if proposal.items.len() != 1 {
            return Err(DecisionError::Invalid(vec![FieldError::new(
                "/keep",
                "Fields can be kept in proposals about one record; edit the body instead.",
            )]));
        }
        asked.keep.clone_from(&approve.keep);
    }
    for (position, pointer) in approve.omit.iter().enumerate() {
        let is_omitted = asked
            .body
            .as_mut()
            .is_some_and(|body| take_shown(body, pointer));
        if !is_omitted {
            return Err(DecisionError::Invalid(vec![FieldError::new(
                format!("/omit/{position}"),
                "The body has nothing at this pointer.",
            )]));
        }
    }
    Ok(Edited { asked, restored })
}

/// Traits that only the merge brought into what was shown, and that the technician left as they
/// were, stay the merge's: should somebody change them in IT Glue before the write, that stays.
fn leave_merged(edited: &mut Value, asked: Option<&Value>, exact: &[Option<Value>]) {
    for (position, exact) in exact.iter().enumerate() {
        let own = asked.and_then(|body| body.pointer(&traits_of(body, position)));
        let merged = exact
            .as_ref()
            .and_then(|body| body.pointer(&traits_of(body, 0)));
        let pointer = traits_of(edited, position);
        let Some(traits) = edited.pointer_mut(&pointer).and_then(Value::as_object_mut) else {
            continue;
        };
        traits.retain(|key, value| {
            let is_own = own.is_some_and(|own| own.get(key).is_some());
            is_own || merged.and_then(|merged| merged.get(key)) != Some(value)
        });
    }
}

fn traits_of(body: &Value, position: usize) -> String {
    in_whole(body, position, "/attributes/traits")
}

/// Takes a value away that is named as it was shown: in the diff of one record or of several, or in
/// the body. The agent may have written the name of an attribute, and one record, in another way.
fn take_shown(body: &mut Value, shown: &str) -> bool {
    let (named, pointer) = item_of(shown);
    let count = body
        .get("data")
        .and_then(Value::as_array)
        .map_or(1, Vec::len);
    let position = named.unwrap_or(0);
    let part = part_of(pointer);
    // Of several, one has to be named.
    let is_known = position < count && (named.is_some() || count == 1);
    if !is_known || !part.starts_with('/') {
        return false;
    }
    let pointer = in_whole(body, position, part);
    let Some((holder, key)) = pointer::split(&pointer) else {
        return false;
    };
    let is_attribute = holder.ends_with("/attributes");
    let members = body.pointer_mut(holder).and_then(Value::as_object_mut);
    members.is_some_and(|members| {
        let is_meant = |known: &&String| {
            **known == key || is_attribute && known.replace('_', "-") == key.replace('_', "-")
        };
        let known = members.keys().find(is_meant).cloned();
        known.is_some_and(|known| members.remove(&known).is_some())
    })
}

/// The item that a pointer names, if it names one, and the pointer into its body.
fn item_of(shown: &str) -> (Option<usize>, &str) {
    let of_one = ["/items/", "/data/"].into_iter().find_map(|list| {
        let rest = shown.strip_prefix(list)?;
        let (position, pointer) = rest.split_at(rest.find('/')?);
        Some((Some(position.parse().ok()?), pointer))
    });
    of_one.unwrap_or((None, shown))
}

/// An edit changes what is written into records, and not which: neither how many nor their order.
pub(super) fn keeps_its_records(
    proposal: &Proposal,
    classified: &Classified,
) -> Result<(), DecisionError> {
    let is_kept = |(item, edited): (&Item, &ItemRequest)| {
        let proposed = &item.request;
        proposed.route == edited.route
            && proposed.operation == edited.operation
            && proposed.record_id == edited.record_id
            && proposed.parent == edited.parent
    };
    let are_kept = proposal.items.len() == classified.items.len()
        && proposal.items.iter().zip(&classified.items).all(is_kept);
    are_kept.then_some(()).ok_or_else(other_records)
}

/// The same of records that are made, which their natural keys tell apart: a hidden value would
/// end up in another.
pub(super) fn keeps_their_order(proposal: &Proposal, draft: &Draft) -> Result<(), DecisionError> {
    let connection = proposal.connection.id;
    let took_the_place_of_another = |(item, edited): (&Item, &Prepared)| {
        let key = target_key(connection, edited);
        key != item.target_key && proposal.items.iter().any(|other| other.target_key == key)
    };
    let mut items = proposal.items.iter().zip(&draft.items);
    if items.any(took_the_place_of_another) {
        return Err(other_records());
    }
    Ok(())
}

fn other_records() -> DecisionError {
    DecisionError::Invalid(vec![FieldError::new(
        "/body/data",
        "An edit keeps the records of the proposal and their order; it adds, removes and exchanges \
         none.",
    )])
}

/// A value that was hidden from people stays where it is hidden, and does not become one that
/// everybody reads.
pub(super) fn hidden_stays_hidden(draft: &Draft, edited: &Edited) -> Result<(), DecisionError> {
    let errors: Vec<FieldError> = edited
        .restored
        .iter()
        .filter(|(position, pointer)| {
            let item = draft.items.get(*position);
            item.is_none_or(|item| !item.secret_pointers.contains(pointer))
        })
        .map(|(_, pointer)| {
            let detail = "What was hidden here would be shown after this edit; give the value, or \
                          leave it out.";
            FieldError::new(format!("/body{pointer}"), detail)
        })
        .collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(DecisionError::Invalid(errors))
    }
}

/// What was looked at is what is approved, though something else may have moved meanwhile.
pub(super) fn are_still_as_shown(
    approve: &Approve,
    edited: Option<&ProposalContent>,
) -> Result<(), DecisionError> {
    let made = edited.map(|content| content.fingerprint);
    if approve.edited.is_none() || approve.edited == made {
        return Ok(());
    }
    Err(DecisionError::ChangedSinceShown {
        detail: "What comes of the edits is no longer what was shown; look at them again."
            .to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[rstest]
    #[case::as_written("/data/attributes/first_name", true)]
    #[case::as_shown("/data/attributes/first-name", true)]
    #[case::in_a_list_of_one("/data/0/attributes/first-name", true)]
    #[case::of_the_only_item("/items/0/data/attributes/first-name", true)]
    #[case::a_trait("/data/attributes/traits/a_b", true)]
    #[case::a_trait_of_another_name("/data/attributes/traits/a-b", false)]
    #[case::not_there("/data/attributes/title", false)]
    #[case::another_item("/items/1/data/attributes/first-name", false)]
    #[case::no_pointer("first-name", false)]
    #[case::the_whole("", false)]
    fn what_is_shown_is_found(
        #[case] pointer: &str,
        #[case] is_found: bool,
        #[values(false, true)] is_list: bool,
    ) {
        let part = json!({"attributes": {"first_name": "Ann", "traits": {"a_b": 1}}});
        let data = if is_list { json!([part]) } else { part };
        let mut body = json!({ "data": data });
        let whole = body.clone();
        assert_eq!(take_shown(&mut body, pointer), is_found, "{whole}");
        assert_eq!(body != whole, is_found, "{body}");
    }

    #[test]
    fn of_several_each_is_named_by_its_place() {
        let part = |title: &str| json!({"attributes": {"title": title, "notes": "n"}});
        let mut body = json!({"data": [part("one"), part("two")]});
        assert!(
            !take_shown(&mut body, "/data/attributes/title"),
            "of which?"
        );
        assert!(!take_shown(&mut body, "/items/2/data/attributes/title"));
        assert!(take_shown(&mut body, "/items/1/data/attributes/title"));
        assert!(take_shown(&mut body, "/items/1/data/0/attributes/notes"));
        assert!(take_shown(&mut body, "/data/0/attributes/notes"));
        let left = json!({"data": [{"attributes": {"title": "one"}}, {"attributes": {}}]});
        assert_eq!(body, left);
    }

    #[test]
    fn what_a_merge_brought_stays_the_merges() {
        let of = |traits: Value| json!({"data": {"attributes": {"traits": traits}}});
        let asked = of(json!({"place": "B"}));
        let exact = [Some(of(json!({"place": "B", "name": "N", "seats": 3})))];
        let mut edited = of(json!({"place": "C", "name": "N", "seats": 4}));
        leave_merged(&mut edited, Some(&asked), &exact);
        assert_eq!(edited, of(json!({"place": "C", "seats": 4})));
    }
}
