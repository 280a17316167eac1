//! What a technician should know before deciding. What is lost comes first.

use leptos::prelude::*;

use crate::domain::{Warning, WarningCode};
use crate::web::context::Opened;
use crate::web::ui::Foreign;

/// The warnings of a proposal and those that the live record adds; nothing if there are none.
pub fn warnings(opened: &Opened) -> Option<AnyView> {
    let sorted = sorted(opened);
    if sorted.is_empty() {
        return None;
    }
    let rows: Vec<AnyView> = sorted
        .into_iter()
        .map(|warning| {
            let (title, is_critical) = words(warning.code);
            let weight = if is_critical { "critical" } else { "warning" };
            view! {
                <li class="warning" data-code=warning.code.as_str() data-weight=weight>
                    <strong>"! " {title}</strong>
                    " "
                    <Foreign text=warning.detail.clone() />
                </li>
            }
            .into_any()
        })
        .collect();
    let view = view! {
        <section aria-labelledby="warnings">
            <h2 id="warnings">"Before you decide"</h2>
            <ul class="warnings">{rows}</ul>
        </section>
    };
    Some(view.into_any())
}

fn sorted(opened: &Opened) -> Vec<&Warning> {
    let mut all: Vec<&Warning> = opened.proposal.warnings.iter().collect();
    for warning in opened.diffs.iter().flat_map(|diff| &diff.warnings) {
        if !all.contains(&warning) {
            all.push(warning);
        }
    }
    all.sort_by_key(|warning| rank(warning.code));
    all
}

/// What is lost, then what reaches too far, then what deceives, then the rest.
const fn rank(code: WarningCode) -> u8 {
    match code {
        WarningCode::ErasesTraits => 0,
        WarningCode::ErasesRequired => 1,
        WarningCode::CannotKeep => 2,
        WarningCode::OtherOrganization | WarningCode::OrganizationUnknown => 3,
        WarningCode::RestrictionChanged | WarningCode::PublishesDraft => 4,
        WarningCode::DeceptiveCharacters => 5,
        WarningCode::Moved
        | WarningCode::MovedSinceApproval
        | WarningCode::Stale
        | WarningCode::LeftAlone
        | WarningCode::CannotPutBack => 6,
        WarningCode::MayExistAlready | WarningCode::ApprovalTooOld => 7,
        WarningCode::NoChange
        | WarningCode::IgnoredByItGlue
        | WarningCode::SchemaUnknown
        | WarningCode::Synced => 8,
    }
}

/// A title, and whether it weighs as much as the critical tier.
const fn words(code: WarningCode) -> (&'static str, bool) {
    match code {
        WarningCode::ErasesTraits => ("Erases fields.", true),
        WarningCode::ErasesRequired => ("Erases what is required.", true),
        WarningCode::CannotKeep => ("Cannot be kept.", true),
        WarningCode::OtherOrganization => ("Reaches another client, or may.", true),
        WarningCode::OrganizationUnknown => ("Client unknown.", true),
        WarningCode::RestrictionChanged => ("Changes who sees it.", true),
        WarningCode::DeceptiveCharacters => ("Characters that deceive.", true),
        WarningCode::PublishesDraft => ("Publishes a draft.", false),
        WarningCode::LeftAlone => ("Left alone.", false),
        WarningCode::CannotPutBack => ("Cannot be put back.", false),
        WarningCode::Moved => ("Moved.", false),
        WarningCode::MovedSinceApproval => ("Moved since it was approved.", false),
        WarningCode::ApprovalTooOld => ("Approved too long ago.", false),
        WarningCode::Stale => ("Another write came first.", false),
        WarningCode::MayExistAlready => ("May exist already.", false),
        WarningCode::NoChange => ("Changes nothing.", false),
        WarningCode::IgnoredByItGlue => ("Ignored by IT Glue.", false),
        WarningCode::SchemaUnknown => ("Fields unknown.", false),
        WarningCode::Synced => ("Synced from elsewhere.", false),
    }
}
