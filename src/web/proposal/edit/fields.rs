//! What the forms of an edit hold: for each field its mark, what becomes of it, and its value.

use crate::draft::{Editable, Given, Way, mark_of};
use crate::web::error::WebError;
use crate::web::handoff::Refused;

/// So much is taken from one form.
pub const LONGEST: usize = 200 * 1024;

const WAY: &str = "way:";
const VALUE: &str = "value:";
const COUNT: &str = "fields";

/// What three lists of a form say, position by position.
///
/// # Errors
/// [`WebError::Malformed`] if they do not belong together.
pub fn read(at: Vec<String>, way: &[String], value: Vec<String>) -> Result<Vec<Given>, WebError> {
    if at.len() != way.len() || at.len() != value.len() {
        return Err(WebError::Malformed);
    }
    let ways: Result<Vec<Way>, _> = way.iter().map(|way| way.parse()).collect();
    let ways = ways.map_err(|_| WebError::Malformed)?;
    let texts = ways.into_iter().zip(value);
    let given = at.into_iter().zip(texts);
    Ok(given
        .map(|(mark, (way, text))| Given { mark, way, text })
        .collect())
}

/// For the next page: those alone that say something else than was proposed.
pub fn typed(editables: &[Editable], given: &[Given]) -> Vec<(String, String)> {
    let is_changed = |given: &&Given| {
        let editable = editables.iter().find(|one| one.mark == given.mark);
        editable.is_none_or(|editable| editable.is_changed_by(given))
    };
    let changed: Vec<&Given> = given.iter().filter(is_changed).collect();
    let mut typed = vec![(COUNT.to_owned(), changed.len().to_string())];
    for given in changed {
        typed.push((format!("{WAY}{}", given.mark), given.way.to_string()));
        typed.push((format!("{VALUE}{}", given.mark), given.text.clone()));
    }
    typed
}

/// What [`typed`] handed over, for the fields that are there.
///
/// # Errors
/// [`WebError::Malformed`] if something was left behind on the way: nothing is to be approved then.
pub fn handed_over(refused: &Refused) -> Result<Vec<Given>, WebError> {
    let mut given = Vec::new();
    for (name, way) in &refused.typed {
        let Some(mark) = name.strip_prefix(WAY) else {
            continue;
        };
        let text = refused.value(&format!("{VALUE}{mark}"));
        given.push(Given {
            mark: mark.to_owned(),
            way: way.parse().map_err(|_| WebError::Malformed)?,
            text: text.ok_or(WebError::Malformed)?.to_owned(),
        });
    }
    let count = refused.value(COUNT).and_then(|count| count.parse().ok());
    if count == Some(given.len()) {
        Ok(given)
    } else {
        Err(WebError::Malformed)
    }
}

/// What was made of a field: as it was typed, or as it was proposed.
pub fn given_of(editable: &Editable, refused: &Refused) -> Given {
    let way = refused
        .value(&format!("{WAY}{}", editable.mark))
        .and_then(|way| way.parse().ok())
        .filter(|way| editable.ways.contains(way));
    let text = refused.value(&format!("{VALUE}{}", editable.mark));
    Given {
        mark: editable.mark.clone(),
        way: way.unwrap_or_else(|| editable.proposed()),
        text: text.unwrap_or(&editable.text).to_owned(),
    }
}

/// Errors by the fields they are about; what is about none of them is about the whole.
pub fn told(
    editables: &[Editable],
    errors: Vec<(String, String)>,
) -> (Vec<(String, String)>, Option<String>) {
    let mut of_fields = Vec::new();
    let mut of_whole = Vec::new();
    for (pointer, detail) in errors {
        let mark = if editables.iter().any(|one| one.mark == pointer) {
            Some(pointer.as_str())
        } else {
            mark_of(editables, &pointer)
        };
        match mark {
            Some(mark) => of_fields.push((mark.to_owned(), sentence(&detail))),
            None => of_whole.push(sentence(&detail)),
        }
    }
    (
        of_fields,
        (!of_whole.is_empty()).then(|| of_whole.join(" ")),
    )
}

fn sentence(clause: &str) -> String {
    crate::web::forms::sentences([clause])
}
