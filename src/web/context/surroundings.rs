//! What every page shows around its content.

use leptos::prelude::use_context;

use super::{Prepared, Site, handles, path, person, preferences};
use crate::access::Person;
use crate::domain::{Role, UserId};
use crate::web::preferences::Preferences;

/// Who looks at a page, as far as showing it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// Who.
    pub id: UserId,
    /// Their name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// How they prove anew who they are.
    pub proof: ProofKind,
    /// Whether they have just done so.
    pub is_fresh: bool,
}

/// What a person gives to prove anew who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofKind {
    /// The password.
    Password,
    /// A code of their second factor.
    Code,
}

/// What every page shows around its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Surroundings {
    /// Who looks.
    pub viewer: Option<Viewer>,
    /// What kind of installation this is; unknown while nothing is connected.
    pub site: Option<Site>,
    /// Why every write is held back, if it is.
    pub pause: Option<String>,
    /// How the person likes it.
    pub preferences: Preferences,
    /// Whether nothing is sent, because the database was restored from a backup.
    pub is_held_after_restore: bool,
    /// The address of this page.
    pub path: String,
}

/// Looks up what is shown around the page that is about to be made. What cannot be looked up is
/// not shown; the page itself says what is wrong.
pub async fn prepare() {
    let (Ok(handles), Ok(person)) = (handles(), person().await) else {
        return;
    };
    let Ok(reviewer) = person.reviewer() else {
        return;
    };
    if let Ok(Some(reason)) = handles.review.pause(&reviewer).await
        && let Some(prepared) = use_context::<Prepared>()
    {
        prepared.pause.write(reason);
    }
}

/// What is shown around a page.
pub fn surroundings(person: Option<&Person>) -> Surroundings {
    Surroundings {
        viewer: person.map(viewer),
        site: handles().ok().map(|handles| handles.site),
        pause: use_context::<Prepared>().and_then(|prepared| prepared.pause.read()),
        preferences: preferences(),
        is_held_after_restore: handles().is_ok_and(|handles| handles.admin.is_held_after_restore()),
        path: path(),
    }
}

fn viewer(person: &Person) -> Viewer {
    Viewer {
        id: person.id(),
        name: person.name().to_owned(),
        role: person.role(),
        proof: if person.has_factor() {
            ProofKind::Code
        } else {
            ProofKind::Password
        },
        is_fresh: handles().is_ok_and(|handles| person.is_fresh(handles.clock.now())),
    }
}
