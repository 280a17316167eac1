//! Under which licenses this program is used, and what it is built from.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::web::context::{self, Surroundings};
use crate::web::links;
use crate::web::ui::{Frame, loaded};

const MIT: &str = include_str!("../../../LICENSE-MIT");
const APACHE: &str = include_str!("../../../LICENSE-APACHE");
/// The packages this program is built from, as the build itself reads them.
const LOCK: &str = include_str!("../../../Cargo.lock");

/// The licenses.
#[component]
pub fn LicensesPage() -> impl IntoView {
    loaded(async {
        let person = context::person().await?;
        let around = context::surroundings(Some(&person));
        Ok(view! { <Licenses around /> }.into_any())
    })
}

/// Own licenses, and those of the packages.
#[component]
pub fn Licenses(around: Surroundings) -> impl IntoView {
    let packages = packages(LOCK);
    let count = packages.len();
    let rows = packages
        .into_iter()
        .map(|(name, version)| view! { <li>{name} " " <span class="muted">{version}</span></li> });
    let content = view! {
        <div class="heading">
            <p class="heading__path">
                <a href=links::SETTINGS>"Settings"</a>
            </p>
            <h1>"Licenses"</h1>
        </div>
        <p>"Countersign is used under the MIT license or the Apache license 2.0, as you choose."</p>
        <details class="card">
            <summary>"MIT license"</summary>
            <pre class="raw">{MIT}</pre>
        </details>
        <details class="card">
            <summary>"Apache license 2.0"</summary>
            <pre class="raw">{APACHE}</pre>
        </details>
        <details class="card">
            <summary>{format!("Built with {count} packages of others")}</summary>
            <p>
                "Each is under one or several of these licenses: MIT, Apache 2.0, BSD 3-Clause, \
                 Boost, CC0, CDLA Permissive 2.0, ISC, Unicode 3.0, Zlib. Which, and its text, is \
                 told at " <code>"crates.io/crates/"</code> " and the name."
            </p>
            <ul class="packages">{rows.collect_view()}</ul>
        </details>
    }
    .into_any();
    view! {
        <Title text="Licenses" />
        <Frame around>{content}</Frame>
    }
}

/// Name and version of every package that comes from elsewhere.
fn packages(lock: &str) -> Vec<(String, String)> {
    let value = |block: &str, key: &str| {
        let mut lines = block.lines();
        let line = lines.find_map(|line| line.strip_prefix(key)?.strip_prefix(" = \""))?;
        line.strip_suffix('"').map(ToOwned::to_owned)
    };
    lock.split("[[package]]")
        .filter(|block| value(block, "source").is_some())
        .filter_map(|block| Some((value(block, "name")?, value(block, "version")?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_packages_of_others_are_listed() {
        let packages = packages(LOCK);
        assert!(packages.iter().any(|(name, _)| name == "leptos"));
        assert!(!packages.iter().any(|(name, _)| name == "countersign"));
        assert!(packages.iter().all(|(_, version)| !version.is_empty()));
    }
}
