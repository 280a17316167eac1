//! What a write changes about one record, one row per field.

use leptos::prelude::*;

use super::Foreign;
use super::foreign::pieces;
use crate::diff::{Change, Diff, Field, SegmentOp, deceptive};

/// What a technician marks in the table before approving.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// Whether each changed field is ticked as seen.
    pub needs_seen: bool,
    /// The fields that would be erased and can be kept instead.
    pub keepable: Vec<Keepable>,
    /// Whether what is kept was chosen before.
    pub is_final: bool,
}

/// A field that would be erased and can be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keepable {
    /// Where it stands in the body.
    pub pointer: String,
    /// The trait's key.
    pub key: String,
    /// Whether the record cannot be without it.
    pub is_required: bool,
    /// Whether it was already ticked.
    pub is_kept: bool,
}

/// The name under which a field of an item is marked as seen.
pub fn seen_mark(position: usize, pointer: &str) -> String {
    format!("{position}:{pointer}")
}

/// A diff as a table: erased fields first, then what changes; what stays is folded below.
#[component]
pub fn DiffTable(
    /// The diff.
    diff: Diff,
    /// Which item of the proposal it is about, from 0.
    position: usize,
    /// What is marked in it, on pages where it is.
    #[prop(optional_no_strip)]
    marks: Option<Marks>,
) -> impl IntoView {
    let (unchanged, changed): (Vec<&Field>, Vec<&Field>) = diff
        .fields
        .iter()
        .partition(|field| field.change == Change::Unchanged);
    let table = if changed.is_empty() {
        view! { <p class="diff__none">"No field would change."</p> }.into_any()
    } else {
        changed_table(&diff, &changed, position, marks.as_ref())
    };
    view! { <div class="diff">{table} {unchanged_table(&unchanged)}</div> }
}

fn changed_table(
    diff: &Diff,
    changed: &[&Field],
    position: usize,
    marks: Option<&Marks>,
) -> AnyView {
    let caption = format!("{}{}", diff.caption(), hidden_characters(changed));
    let rows: Vec<AnyView> = changed
        .iter()
        .map(|field| row(field, position, marks))
        .collect();
    view! {
        <table class="diff__table" data-marked=marks.is_some()>
            <caption>{caption}</caption>
            <thead>
                <tr>
                    <th scope="col">"Field"</th>
                    <th scope="col">"Now in IT Glue"</th>
                    <th scope="col">"Proposed"</th>
                    {marks.map(|_| view! { <th scope="col">"Your marks"</th> })}
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

/// Deceptive characters are counted where one starts to read.
fn hidden_characters(changed: &[&Field]) -> String {
    let count: usize = changed
        .iter()
        .map(|field| {
            deceptive::find(&field.display.live).len()
                + deceptive::find(&field.display.proposed).len()
        })
        .sum();
    match count {
        0 => String::new(),
        1 => "; 1 character that cannot be seen is drawn as its code".to_owned(),
        count => format!("; {count} characters that cannot be seen are drawn as their codes"),
    }
}

fn row(field: &Field, position: usize, marks: Option<&Marks>) -> AnyView {
    let (sign, word) = sign(field.change);
    view! {
        <tr class="diff__row js-field" data-change=field.change.as_str() tabindex="-1">
            <th scope="row">
                <span class="diff__sign">{sign}</span>
                " "
                <Foreign text=field.label.clone() />
                " "
                <span class="diff__change">{word}</span>
            </th>
            <td data-column="Now in IT Glue">{now(field)} {read_by_agent(field)}</td>
            <td data-column="Proposed">{proposed(field)}</td>
            {marks
                .map(|marks| {
                    view! { <td data-column="Your marks">{marked(field, position, marks)}</td> }
                })}
        </tr>
    }
    .into_any()
}

const fn sign(change: Change) -> (&'static str, &'static str) {
    match change {
        Change::Added => ("+", "added"),
        Change::Changed => ("~", "changed"),
        Change::Removed => ("−", "removed"),
        Change::Erased => ("!", "erased"),
        Change::Unchanged => ("=", "unchanged"),
    }
}

fn now(field: &Field) -> AnyView {
    match field.change {
        Change::Changed if !field.display.segments.is_empty() => words(field, SegmentOp::Delete),
        Change::Changed | Change::Removed | Change::Erased => {
            view! { <del class="diff__value">{pieces(&field.display.live)}</del> }.into_any()
        }
        Change::Added | Change::Unchanged => plain(&field.display.live),
    }
}

fn proposed(field: &Field) -> AnyView {
    match field.change {
        Change::Changed if !field.display.segments.is_empty() => words(field, SegmentOp::Insert),
        Change::Changed | Change::Added => {
            view! { <ins class="diff__value">{pieces(&field.display.proposed)}</ins> }.into_any()
        }
        Change::Erased => {
            view! { <p class="diff__lost">"Erased: left out, so IT Glue drops it"</p> }.into_any()
        }
        Change::Removed | Change::Unchanged => plain(&field.display.proposed),
    }
}

/// One side of a text, with the words marked that are on this side alone.
fn words(field: &Field, own: SegmentOp) -> AnyView {
    let mut views: Vec<AnyView> = Vec::new();
    for segment in &field.display.segments {
        let text = pieces(&segment.text);
        let view = match segment.op {
            SegmentOp::Equal => text.into_any(),
            SegmentOp::Delete if own == SegmentOp::Delete => view! { <del>{text}</del> }.into_any(),
            SegmentOp::Insert if own == SegmentOp::Insert => view! { <ins>{text}</ins> }.into_any(),
            SegmentOp::Delete | SegmentOp::Insert => continue,
        };
        views.push(view);
    }
    view! {
        <bdi dir="auto" class="diff__value">
            {views}
        </bdi>
    }
    .into_any()
}

fn plain(text: &str) -> AnyView {
    view! {
        <span class="diff__value">
            <Foreign text=text.to_owned() />
        </span>
    }
    .into_any()
}

fn read_by_agent(field: &Field) -> Option<AnyView> {
    (field.display.base != field.display.live).then(|| {
        view! {
            <p class="diff__read">
                "! moved; the agent read " <Foreign text=field.display.base.clone() />
            </p>
        }
        .into_any()
    })
}

fn marked(field: &Field, position: usize, marks: &Marks) -> AnyView {
    let seen = marks.needs_seen.then(|| {
        view! {
            <label class="choice">
                <input
                    type="checkbox"
                    name="seen[]"
                    value=seen_mark(position, &field.pointer)
                    aria-label=format!("Seen: {}", field.label)
                    required
                />
                "Seen"
            </label>
        }
    });
    let keep = marks
        .keepable
        .iter()
        .find(|keepable| field.change == Change::Erased && keepable.pointer == field.pointer)
        .map(|keepable| keep_choice(field, keepable));
    let cannot_keep = (field.change == Change::Erased && keep.is_none() && !marks.is_final)
        .then(|| view! { <p class="diff__note">"Cannot be kept"</p> });
    view! {
        {keep}
        {cannot_keep}
        {seen}
    }
    .into_any()
}

fn keep_choice(field: &Field, keepable: &Keepable) -> AnyView {
    let note = keepable
        .is_required
        .then(|| view! { <p class="diff__note">"Required: must be kept"</p> });
    view! {
        <label class="choice">
            <input
                type="checkbox"
                name="keep[]"
                value=keepable.key.clone()
                aria-label=format!("Keep: {}", field.label)
                checked=keepable.is_kept
                required=keepable.is_required
            />
            "Keep"
        </label>
        {note}
    }
    .into_any()
}

fn unchanged_table(unchanged: &[&Field]) -> Option<AnyView> {
    let title = match unchanged.len() {
        0 => return None,
        1 => "1 unchanged field".to_owned(),
        count => format!("{count} unchanged fields"),
    };
    let rows: Vec<AnyView> = unchanged
        .iter()
        .map(|field| {
            view! {
                <tr class="diff__row" data-change="unchanged">
                    <th scope="row">
                        <Foreign text=field.label.clone() />
                    </th>
                    <td data-column="Now and afterwards">
                        {plain(&field.display.live)} {read_by_agent(field)}
                    </td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let view = view! {
        <details class="diff__unchanged">
            <summary class="js-key" data-key="u">{title}</summary>
            <table class="diff__table">
                <caption class="visually-hidden">"Fields that stay as they are"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Field"</th>
                        <th scope="col">"Now and afterwards"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </details>
    };
    Some(view.into_any())
}
