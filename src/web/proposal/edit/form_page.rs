//! The form in which what is proposed is changed, field by field, and single fields are left out.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;

use super::fields::given_of;
use super::server_fns::EditProposal;
use crate::domain::Proposal;
use crate::draft::{Editable, Given, Takes, Way, can_be_edited, editables};
use crate::web::context::{AtHand, Opened, Surroundings, Viewer};
use crate::web::error::WebError;
use crate::web::handoff::Refused;
use crate::web::links;
use crate::web::proposal::agent_words::agent_words;
use crate::web::proposal::approve_page::nothing_to_decide;
use crate::web::proposal::facts::heading;
use crate::web::proposal::page::{number_of_page, reading};
use crate::web::proposal::standing::Standing;
use crate::web::proposal::warnings::warnings;
use crate::web::ui::{Foreign, FormProblems, Frame, loaded};

/// Changes what is proposed, before it is approved.
#[component]
pub fn EditPage() -> impl IntoView {
    loaded(load(number_of_page()))
}

async fn load(number: Option<i64>) -> Result<AnyView, WebError> {
    let AtHand {
        opened,
        around,
        viewer,
        refused,
        ..
    } = AtHand::of(number).await?;
    Ok(view! { <EditView opened refused around viewer /> }.into_any())
}

/// The form, or that there is nothing to edit.
#[component]
pub fn EditView(
    opened: Opened,
    refused: Refused,
    around: Surroundings,
    viewer: Viewer,
) -> impl IntoView {
    let proposal = &opened.proposal;
    let fields = editables(proposal, &opened.diffs);
    let standing = Standing::of(&viewer, &opened);
    let may_edit = matches!(standing, Standing::MayDecide { .. })
        && can_be_edited(proposal)
        && !fields.is_empty();
    let form = if may_edit {
        form(proposal, &fields, &refused)
    } else {
        nothing_to_decide(proposal)
    };
    let title = format!("Edit #{}", proposal.number);
    let content = view! {
        {heading(proposal)}
        {reading(&opened)}
        <FormProblems refused=by_place(&fields, &refused) title="Nothing was approved yet" />
        {warnings(&opened)}
        {form}
        {agent_words(proposal)}
    }
    .into_any();
    view! {
        <Title text=title />
        <Frame around has_decision=true>
            {content}
        </Frame>
    }
}

/// The same with the errors under the ids of the fields.
fn by_place(fields: &[Editable], refused: &Refused) -> Refused {
    let errors = refused.errors.iter().map(|(mark, error)| {
        let place = fields.iter().position(|field| field.mark == *mark);
        let id = place.map_or_else(|| mark.clone(), id_of);
        (id, error.clone())
    });
    Refused {
        errors: errors.collect(),
        ..refused.clone()
    }
}

fn id_of(place: usize) -> String {
    format!("value-{place}")
}

fn form(proposal: &Proposal, fields: &[Editable], refused: &Refused) -> AnyView {
    let is_one = proposal.items.len() == 1;
    let rows: Vec<AnyView> = fields
        .iter()
        .enumerate()
        .map(|(place, field)| {
            let given = given_of(field, refused);
            row(place, field, &given, refused.error(&field.mark), is_one)
        })
        .collect();
    view! {
        <form class="form" id="decision" tabindex="-1" method="post" action=EditProposal::url()>
            <input type="hidden" name="number" value=proposal.number.to_string() />
            <input type="hidden" name="fingerprint" value=proposal.fingerprint.to_string() />
            <h2>"What would be written"</h2>
            <p class="muted">
                "Nothing is approved here: the next page shows what comes of your changes."
            </p>
            {rows}
            <p class="actions">
                <button class="button button--primary">"Show what comes of it"</button>
                <a class="button" href=links::proposal(proposal.number)>
                    "Back without deciding"
                </a>
            </p>
        </form>
    }
    .into_any()
}

fn row(
    place: usize,
    field: &Editable,
    given: &Given,
    error: Option<&str>,
    is_one: bool,
) -> AnyView {
    let id = id_of(place);
    let record = (!is_one).then(|| format!("Record {}: ", field.position + 1));
    let required = field
        .is_required
        .then_some("Required: keep it, or give it a value.");
    let ways: Vec<AnyView> = field
        .ways
        .iter()
        .map(|way| choice(place, *way, *way == given.way))
        .collect();
    let error_view = error.map(|error| {
        view! {
            <p class="field__error" id=format!("{id}-error")>
                <span aria-hidden="true">"! "</span>
                {error.to_owned()}
            </p>
        }
    });
    view! {
        <fieldset class="edit">
            <legend>{record} <Foreign text=field.label.clone() /></legend>
            <p class="field__hint" id=format!("{id}-hint")>
                "Now in IT Glue: " <Foreign text=field.live.clone() /> " "
                {required.map(|text| view! { <strong>{text}</strong> })}
            </p>
            <input type="hidden" name=format!("at[{place}]") value=field.mark.clone() />
            {control(&id, place, field, given, error.is_some())}
            {error_view}
            <div class="edit__ways">{ways}</div>
        </fieldset>
    }
    .into_any()
}

const fn words(way: Way) -> &'static str {
    match way {
        Way::Write => "Write this",
        Way::LeaveOut => "Leave it out",
        Way::Keep => "Keep what the record has",
        Way::Erase => "Erase it, as proposed",
    }
}

fn choice(place: usize, way: Way, is_on: bool) -> AnyView {
    view! {
        <label class="choice">
            <input type="radio" name=format!("way[{place}]") value=way.as_str() checked=is_on />
            {words(way)}
        </label>
    }
    .into_any()
}

fn control(id: &str, place: usize, field: &Editable, given: &Given, is_wrong: bool) -> AnyView {
    let name = format!("value[{place}]");
    let described = if is_wrong {
        format!("{id}-error {id}-hint")
    } else {
        format!("{id}-hint")
    };
    let invalid = is_wrong.then_some("true");
    let label = match field.takes {
        Takes::Line | Takes::Lines => "Proposed",
        Takes::Number => "Proposed, a number",
        Takes::YesNo => "Proposed, yes or no",
        Takes::Ids => "Proposed, ids with commas between them",
        Takes::Json => "Proposed, as JSON",
        Takes::Nothing => {
            return view! {
                <input type="hidden" name=name value="" />
                <p id=id.to_owned()>"This value is not shown, and cannot be typed here."</p>
            }
            .into_any();
        }
    };
    let value = given.text.clone();
    let control = match field.takes {
        Takes::Lines | Takes::Json => view! {
            <textarea
                class="input"
                id=id.to_owned()
                name=name
                rows="6"
                dir="auto"
                aria-describedby=described
                aria-invalid=invalid
            >
                {value}
            </textarea>
        }
        .into_any(),
        Takes::YesNo => yes_no(id, name, &value, described),
        Takes::Line | Takes::Number | Takes::Ids | Takes::Nothing => view! {
            <input
                class="input"
                id=id.to_owned()
                name=name
                value=value
                dir="auto"
                autocomplete="off"
                aria-describedby=described
                aria-invalid=invalid
            />
        }
        .into_any(),
    };
    view! {
        <div class="field">
            <label for=id.to_owned()>{label}</label>
            {control}
        </div>
    }
    .into_any()
}

fn yes_no(id: &str, name: String, value: &str, described: String) -> AnyView {
    let option = |known: &'static str, words: &'static str| {
        view! {
            <option value=known selected=known == value>
                {words}
            </option>
        }
    };
    view! {
        <select class="input" id=id.to_owned() name=name aria-describedby=described>
            {option("", "Nothing")}
            {option("true", "Yes")}
            {option("false", "No")}
        </select>
    }
    .into_any()
}
