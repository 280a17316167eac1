//! Editing what was proposed, field by field: what a form offers, and the body that comes of it.
//!
//! Nothing is decided here: the body is taken apart and judged like one that an agent proposes.

use serde_json::{Value, json};

use super::Asked;
use crate::diff::{Change, Diff, Field, HIDDEN, ValueKind};
use crate::domain::{
    FieldError, Item, Operation, Proposal, TraitsMode, WarningCode, as_id, json, named_enum,
    pointer,
};

/// Longer texts are not for a form.
const LONGEST: usize = 32 * 1024;
const TRAITS: &str = "/attributes/traits";

named_enum! {
    /// What becomes of a field.
    pub enum Way {
        /// The value in the form is written.
        Write = "write",
        /// It is left out: the record keeps what it has.
        LeaveOut = "leave_out",
        /// It would be erased, and is kept.
        Keep = "keep",
        /// It is erased, as was proposed.
        Erase = "erase",
    }
}

/// What a field of the form takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// A line of text.
    Line,
    /// Several lines.
    Lines,
    /// A number.
    Number,
    /// Yes, no, or nothing.
    YesNo,
    /// Ids of records, with commas between them.
    Ids,
    /// JSON.
    Json,
    /// Nothing: a hidden value, a file, a text that is too long.
    Nothing,
}

/// A field of a proposal that can be changed before it is approved.
#[derive(Clone, Debug, PartialEq)]
pub struct Editable {
    /// Its item and its place in that item's body, as `mark` writes them.
    pub mark: String,
    /// The place of its item.
    pub position: usize,
    /// What people call it.
    pub label: String,
    /// What the record holds now, in words.
    pub live: String,
    /// What it takes.
    pub takes: Takes,
    /// What is proposed, as the form shows it.
    pub text: String,
    /// What can become of it; the first is what was proposed.
    pub ways: Vec<Way>,
    /// Whether the record cannot be without it.
    pub is_required: bool,
    pointer: String,
    /// Whether leaving it out would erase it, so that it has to be kept by its key.
    has_to_be_kept: bool,
}

/// What a person made of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// Which field.
    pub mark: String,
    /// What becomes of it.
    pub way: Way,
    /// What stood in it.
    pub text: String,
}

/// What an approval is given with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edits {
    /// The body in place of the proposed one.
    pub body: Option<Value>,
    /// Erased traits to keep, by key.
    pub keep: Vec<String>,
}

/// The name of a field: the place of its item, and its pointer in that item's body.
pub fn mark(position: usize, pointer: &str) -> String {
    format!("{position}:{pointer}")
}

/// Whether there is anything in a proposal that could be edited.
pub fn can_be_edited(proposal: &Proposal) -> bool {
    matches!(proposal.operation, Operation::Create | Operation::Update)
        && proposal
            .items
            .iter()
            .all(|item| item.request.body.is_some())
}

/// What a form offers of a proposal: each field that changes, item by item.
pub fn editables(proposal: &Proposal, diffs: &[Diff]) -> Vec<Editable> {
    let named = |code: WarningCode, key: &str| {
        let of_code = |warning: &&crate::domain::Warning| warning.code == code;
        let mut warnings = proposal.warnings.iter().filter(of_code);
        warnings.any(|warning| warning.fields.iter().any(|field| field == key))
    };
    let mut found = Vec::new();
    for (position, (item, diff)) in proposal.items.iter().zip(diffs).enumerate() {
        for field in &diff.fields {
            if field.change == Change::Unchanged {
                continue;
            }
            let key = trait_key(&field.pointer);
            let is = |code| key.as_deref().is_some_and(|key| named(code, key));
            let may_keep = proposal.items.len() == 1 && !is(WarningCode::CannotKeep);
            let mut editable = editable(item, position, field, may_keep);
            editable.is_required = is(WarningCode::ErasesRequired);
            found.push(editable);
        }
    }
    found
}

/// What comes of it.
///
/// # Errors
/// One [`FieldError`] per field that does not fit; its pointer is the field's mark. Without one, if
/// nothing would be another.
pub fn edits(
    proposal: &Proposal,
    editables: &[Editable],
    given: &[Given],
) -> Result<Option<Edits>, Vec<FieldError>> {
    let mut bodies: Vec<Value> = proposal
        .items
        .iter()
        .map(|item| item.request.body.clone().unwrap_or_default())
        .collect();
    let mut made = Edits::default();
    let (mut errors, mut is_another) = (Vec::new(), false);
    for given in given {
        let Some(editable) = editables.iter().find(|one| one.mark == given.mark) else {
            errors.push(FieldError::new(&*given.mark, "This is no longer proposed."));
            continue;
        };
        let Some(body) = bodies.get_mut(editable.position) else {
            continue;
        };
        match editable.apply(given, body, &mut made.keep) {
            Ok(changed) => is_another |= changed,
            Err(detail) => errors.push(FieldError::new(&*given.mark, detail)),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    if is_another {
        made.body = Some(whole(proposal, bodies));
    }
    Ok((made != Edits::default()).then_some(made))
}

/// The mark of the field that an error about a body points to, if it is one of these.
pub fn mark_of<'a>(editables: &'a [Editable], pointer: &str) -> Option<&'a str> {
    let pointer = pointer.strip_prefix("/body").unwrap_or(pointer);
    let is_meant = |editable: &&Editable| {
        let rest = part_of(&editable.pointer);
        pointer == format!("/data{rest}") || pointer == format!("/data/{}{rest}", editable.position)
    };
    let found = editables.iter().find(is_meant)?;
    Some(&found.mark)
}

/// Puts back what was hidden in the bodies that were shown: what still stands as hidden is what was
/// proposed. `exact` are the items' bodies as they would be sent, with their secret pointers. Says
/// what was put back: place of the item, and pointer into its body.
pub fn put_back_hidden(
    body: &mut Value,
    exact: &[(Option<&Value>, &[String])],
) -> Vec<(usize, String)> {
    let mut restored = Vec::new();
    for (position, (exact, pointers)) in exact.iter().enumerate() {
        for pointer in *pointers {
            let place = in_whole(body, position, part_of(pointer));
            let secret = exact.and_then(|exact| exact.pointer(pointer));
            if let (Some(shown), Some(secret)) = (body.pointer_mut(&place), secret)
                && *shown == HIDDEN
            {
                *shown = secret.clone();
                restored.push((position, pointer.clone()));
            }
        }
    }
    restored
}

fn editable(item: &Item, position: usize, field: &Field, may_keep: bool) -> Editable {
    let body = item.request.body.as_ref();
    let sent = body.and_then(|body| body.pointer(&field.pointer));
    let value = sent.cloned().unwrap_or_default();
    let is_hidden = field.secret || matches!(field.kind, ValueKind::Upload | ValueKind::Secret);
    let (takes, text) = if is_hidden {
        (Takes::Nothing, String::new())
    } else {
        shown(field.kind, &value)
    };
    let is_erased = sent.is_none();
    // A trait that a PATCH leaves out is erased.
    let has_to_be_kept = item.request.operation == Operation::Update
        && trait_key(&field.pointer).is_some()
        && field.change != Change::Added;
    let mut ways = vec![if is_erased { Way::Erase } else { Way::Write }];
    if is_erased && may_keep {
        ways.push(Way::Keep);
    }
    if is_erased && takes != Takes::Nothing {
        ways.push(Way::Write);
    }
    if !is_erased && (may_keep && !is_hidden || !has_to_be_kept) {
        ways.push(Way::LeaveOut);
    }
    Editable {
        mark: mark(position, &field.pointer),
        label: field.label.clone(),
        live: field.display.live.clone(),
        takes,
        text,
        ways,
        is_required: false,
        position,
        pointer: field.pointer.clone(),
        has_to_be_kept,
    }
}

impl Editable {
    /// What was proposed.
    pub fn proposed(&self) -> Way {
        self.ways.first().copied().unwrap_or(Way::Write)
    }

    /// Whether this says anything but what was proposed.
    pub fn is_changed_by(&self, given: &Given) -> bool {
        given.way != self.proposed()
            || self.takes != Takes::Nothing && lines(&given.text) != lines(&self.text)
    }

    /// Whether the body is another for it.
    fn apply(
        &self,
        given: &Given,
        body: &mut Value,
        keep: &mut Vec<String>,
    ) -> Result<bool, String> {
        if !self.ways.contains(&given.way) {
            return Err("This cannot be done with this field.".to_owned());
        }
        let is_typed = self.takes != Takes::Nothing && lines(&given.text) != lines(&self.text);
        let key = trait_key(&self.pointer);
        match given.way {
            Way::Write if self.takes == Takes::Nothing => Ok(false),
            Way::Write if !is_typed && self.proposed() == Way::Write => Ok(false),
            Way::Write => {
                let value = self.read(&given.text)?;
                Ok(pointer::put(body, &self.pointer, value))
            }
            Way::LeaveOut | Way::Keep | Way::Erase if is_typed => {
                Err("You changed the value, but chose not to write it.".to_owned())
            }
            Way::Erase => Ok(false),
            Way::Keep => {
                keep.extend(key);
                Ok(false)
            }
            Way::LeaveOut => {
                keep.extend(key.filter(|_| self.has_to_be_kept));
                Ok(pointer::take(body, &self.pointer))
            }
        }
    }

    fn read(&self, text: &str) -> Result<Value, String> {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Ok(Value::Null);
        }
        match self.takes {
            Takes::Line | Takes::Lines => Ok(Value::from(lines(text))),
            Takes::Number => serde_json::from_str::<serde_json::Number>(trimmed)
                .map(Value::from)
                .map_err(|_| "This takes a number.".to_owned()),
            Takes::YesNo => match trimmed {
                "true" => Ok(Value::Bool(true)),
                "false" => Ok(Value::Bool(false)),
                _ => Err("This takes yes or no.".to_owned()),
            },
            Takes::Ids => {
                let ids = trimmed.split(',').map(|id| id.trim().parse::<u64>());
                let ids: Result<Vec<u64>, _> = ids.collect();
                ids.map(Value::from)
                    .map_err(|_| "This takes ids with commas between them.".to_owned())
            }
            Takes::Json => json::parse(trimmed.as_bytes()).map_err(|error| format!("{error}.")),
            Takes::Nothing => Err("This cannot be changed here.".to_owned()),
        }
    }
}

/// How a value stands in a form.
fn shown(kind: ValueKind, value: &Value) -> (Takes, String) {
    let line = |text: &str| {
        let is_long = kind == ValueKind::Html || text.contains('\n') || text.len() > 80;
        let takes = if is_long { Takes::Lines } else { Takes::Line };
        (takes, text.to_owned())
    };
    let (takes, text) = match value {
        Value::Null => match kind {
            ValueKind::Boolean => (Takes::YesNo, String::new()),
            ValueKind::Number => (Takes::Number, String::new()),
            ValueKind::Tags => (Takes::Ids, String::new()),
            ValueKind::List | ValueKind::Children => (Takes::Json, String::new()),
            ValueKind::Html
            | ValueKind::Text
            | ValueKind::Date
            | ValueKind::Select
            | ValueKind::Reference
            | ValueKind::Upload
            | ValueKind::Secret => line(""),
        },
        Value::String(text) => line(text),
        Value::Bool(yes) => (Takes::YesNo, yes.to_string()),
        Value::Number(number) => (Takes::Number, number.to_string()),
        Value::Array(ids)
            if kind == ValueKind::Tags && ids.iter().all(|id| as_id(id).is_some()) =>
        {
            let ids: Vec<String> = ids
                .iter()
                .filter_map(as_id)
                .map(|id| id.to_string())
                .collect();
            (Takes::Ids, ids.join(", "))
        }
        Value::Array(_) | Value::Object(_) => {
            let text = serde_json::to_string_pretty(value);
            (Takes::Json, text.unwrap_or_default())
        }
    };
    if text.len() > LONGEST {
        return (Takes::Nothing, String::new());
    }
    (takes, text)
}

/// Browsers send line breaks as two characters.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// The bodies as one, in a shape that the path takes: as it is for one record, or as a list that
/// names each record.
fn whole(proposal: &Proposal, bodies: Vec<Value>) -> Value {
    if let ([body], [item]) = (bodies.as_slice(), proposal.items.as_slice())
        && is_taken_apart_the_same(proposal, item, body)
    {
        return body.clone();
    }
    let parts: Vec<Value> = bodies
        .into_iter()
        .zip(&proposal.items)
        .filter_map(|(mut body, item)| {
            let mut part = match body.get_mut("data")?.take() {
                Value::Array(parts) => parts.into_iter().next()?,
                part => part,
            };
            if let Some(id) = item.request.record_id {
                part.get_mut("attributes")?
                    .as_object_mut()?
                    .insert("id".to_owned(), json!(id.0));
            }
            Some(part)
        })
        .collect();
    json!({ "data": parts })
}

fn is_taken_apart_the_same(proposal: &Proposal, item: &Item, body: &Value) -> bool {
    let asked = Asked {
        method: proposal.request.method,
        path: proposal.request.path.clone(),
        body: Some(body.clone()),
        traits: TraitsMode::Replace,
        keep: Vec::new(),
    };
    asked.classify().is_ok_and(|classified| {
        matches!(classified.items.as_slice(), [one]
            if one.record_id == item.request.record_id && one.route == item.request.route)
    })
}

/// Where a part of an item stands in the body of all items.
pub fn in_whole(body: &Value, position: usize, part: &str) -> String {
    if body.get("data").is_some_and(Value::is_array) {
        format!("/data/{position}{part}")
    } else {
        format!("/data{part}")
    }
}

/// What follows `/data`, or the one element of it, in a pointer into the body of one item.
pub fn part_of(pointer: &str) -> &str {
    let rest = pointer.strip_prefix("/data").unwrap_or(pointer);
    let of_list = rest.strip_prefix("/0");
    of_list
        .filter(|of_list| of_list.starts_with('/'))
        .unwrap_or(rest)
}

/// The key of a trait, if the pointer leads to one.
fn trait_key(pointer: &str) -> Option<String> {
    let (holder, key) = pointer::split(pointer)?;
    (part_of(holder) == TRAITS).then_some(key)
}
