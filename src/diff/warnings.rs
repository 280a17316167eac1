//! What a technician should know before deciding: the warnings, and the facts behind the tier.

use serde_json::Value;

use super::body;
use super::census;
use super::changes::{Change, Input, Row};
use super::deceptive::{self, Deceptive};
use super::html;
use super::labels::{attribute_label, quoted_list};
use super::organizations::Reach;
use super::place::Place;
use super::secrets::touches_secret;
use crate::domain::{
    Facts, ItemClass, Normalisation, Operation, Record, TargetOrganization, TraitsMode, Warning,
    WarningCode, json::canonical, pointer,
};

/// Attributes that decide who sees a record.
const RESTRICTIONS: [&str; 3] = ["archived", "public", "restricted"];

/// What a synced organization still takes (api-facts, section 5).
const OPEN_WHEN_SYNCED: [&str; 3] = ["alert", "description", "quick-notes"];

/// Judges a write by what it would change.
pub(super) fn assess(input: &Input<'_>, reach: Reach, mode: TraitsMode) -> (Facts, Vec<Warning>) {
    let rows = input.rows();
    let mut assessment = Assessment {
        input,
        warnings: Vec::new(),
        facts: counted(input, &rows),
    };
    assessment.erasure(mode);
    assessment.organizations(reach);
    assessment.restriction();
    assessment.deception();
    assessment.ignored();
    assessment.circumstances(&rows);
    let Assessment {
        mut facts,
        warnings,
        ..
    } = assessment;
    facts.other_warnings = warnings
        .iter()
        .any(|warning| !has_fact(warning.code, &facts));
    (facts, warnings)
}

/// Whether one of the facts stands for this warning.
const fn has_fact(code: WarningCode, facts: &Facts) -> bool {
    match code {
        WarningCode::ErasesTraits
        | WarningCode::ErasesRequired
        | WarningCode::CannotKeep
        | WarningCode::OtherOrganization
        | WarningCode::OrganizationUnknown
        | WarningCode::RestrictionChanged => true,
        WarningCode::DeceptiveCharacters => facts.deceptive_characters,
        WarningCode::IgnoredByItGlue
        | WarningCode::NoChange
        | WarningCode::LeftAlone
        | WarningCode::CannotPutBack
        | WarningCode::MayExistAlready
        | WarningCode::Moved
        | WarningCode::MovedSinceApproval
        | WarningCode::ApprovalTooOld
        | WarningCode::Stale
        | WarningCode::SchemaUnknown
        | WarningCode::PublishesDraft
        | WarningCode::Synced => false,
    }
}

fn counted(input: &Input<'_>, rows: &[Row<'_>]) -> Facts {
    let changed = rows.iter().filter(|row| row.change != Change::Unchanged);
    Facts {
        writes_secret: touches_secret(input.kind, input.request, input.schema())
            || changed
                .clone()
                .any(|row| row.secret && row.change == Change::Erased),
        changed_fields: changed.clone().count(),
        // The size of a secret would say something about it.
        changed_bytes: changed
            .filter(|row| !row.secret)
            .map(|row| size(&row.live).max(size(&row.proposed)))
            .sum(),
        ..Facts::default()
    }
}

fn size(value: &Value) -> usize {
    match value {
        Value::Null => 0,
        Value::String(text) => text.len(),
        value => canonical(value).len(),
    }
}

/// A judgement in the making.
pub(super) struct Assessment<'a> {
    pub input: &'a Input<'a>,
    pub facts: Facts,
    pub warnings: Vec<Warning>,
}

impl Assessment<'_> {
    pub(super) fn warn(
        &mut self,
        code: WarningCode,
        detail: impl Into<String>,
        fields: Vec<String>,
    ) {
        self.warnings.push(Warning {
            code,
            detail: detail.into(),
            fields,
        });
    }

    fn organizations(&mut self, reach: Reach) {
        self.facts.crosses_organizations = reach.crosses();
        if self.facts.crosses_organizations {
            let code = WarningCode::OtherOrganization;
            self.warn(code, reach.words(), reach.fields());
        }
        if reach.targets.contains(&TargetOrganization::Unknown) {
            self.warn(
                WarningCode::OrganizationUnknown,
                "It could not be found out which organization this concerns.",
                Vec::new(),
            );
        }
        // What may be anybody's is nobody's who is limited to some organizations.
        let unknown = reach
            .points_at_unknown()
            .then_some(TargetOrganization::Unknown);
        self.facts.organizations = reach.targets;
        self.facts.organizations.extend(unknown);
        self.facts.pointed_at = reach.pointed_at;
    }

    fn restriction(&mut self) {
        let changed: Vec<String> = body::sent(self.input.request)
            .into_iter()
            .filter(|sent| RESTRICTIONS.contains(&sent.attribute.as_str()))
            .filter(|sent| {
                let present = self
                    .record()
                    .and_then(|r| r.attributes.get(&sent.attribute));
                is_on(sent.value) != present.is_some_and(is_on)
            })
            .map(|sent| sent.attribute)
            .collect();
        self.facts.restriction_changed = !changed.is_empty();
        if !changed.is_empty() {
            let labels: Vec<String> = changed
                .iter()
                .map(|attribute| attribute_label(self.input.kind, attribute))
                .collect();
            let detail = format!(
                "Who may see the record changes: {}.",
                quoted_list(labels.iter().map(String::as_str))
            );
            self.warn(WarningCode::RestrictionChanged, detail, changed);
        }
    }

    fn deception(&mut self) {
        let mut found: Vec<(String, Deceptive)> = Vec::new();
        if let Some(body) = &self.input.request.body {
            collect_deceptive(body, "", self.input.secret_pointers, &mut found);
        }
        if found.is_empty() {
            return;
        }
        self.facts.deceptive_characters = found.iter().any(|(_, hit)| hit.is_critical());
        let mut names: Vec<String> = found.iter().map(|(_, hit)| hit.name()).collect();
        names.sort_unstable();
        names.dedup();
        let detail = format!(
            "{} characters that cannot be seen or that reorder text: {}.",
            found.len(),
            names.join(", ")
        );
        let mut fields: Vec<String> = found.into_iter().map(|(pointer, _)| pointer).collect();
        fields.dedup();
        self.warn(WarningCode::DeceptiveCharacters, detail, fields);
    }

    fn ignored(&mut self) {
        let input = self.input;
        let mut fields: Vec<String> = body::sent(input.request)
            .into_iter()
            .filter(|sent| self.is_ignored(&sent.attribute, sent.value))
            .map(|sent| sent.attribute)
            .collect();
        if let Some(traits) = body::sent_traits(input.request) {
            fields.extend(
                traits
                    .values
                    .iter()
                    .filter(|(key, value)| {
                        let place = Place::of_trait(input.schema(), key);
                        place.is_html(input.kind) && value.as_str().is_some_and(html::has_svg)
                    })
                    .map(|(key, _)| key.clone()),
            );
        }
        if !fields.is_empty() {
            let detail = format!(
                "IT Glue takes this and, by all we know, does not store it: {}.",
                quoted_list(fields.iter().map(String::as_str))
            );
            self.warn(WarningCode::IgnoredByItGlue, detail, fields);
        }
    }

    fn is_ignored(&self, attribute: &str, value: &Value) -> bool {
        let kind = self.input.kind;
        let place = Place::Attribute(attribute.to_owned());
        let present = self.record().and_then(|r| r.attributes.get(attribute));
        // Clients echo whole records: what reads the same is not lost.
        let is_echo = present.is_some_and(|present| place.same(kind, present, value));
        let is_document_text = kind.name == "documents" && attribute == "content";
        let has_drawing = || {
            let may_be_html = place.is_html(kind) || attribute == "content";
            may_be_html && value.as_str().is_some_and(html::has_svg)
        };
        (kind.read_only.contains(attribute) && !is_echo)
            || kind.normalises.get(attribute) == Some(&Normalisation::Ignored)
            || is_document_text
            || has_drawing()
    }

    fn circumstances(&mut self, rows: &[Row<'_>]) {
        let input = self.input;
        let request = input.request;
        let changes_nothing = rows.iter().all(|row| row.change == Change::Unchanged);
        if request.class == ItemClass::Set && changes_nothing && input.base.record.is_some() {
            self.warn(
                WarningCode::NoChange,
                "The record is already as proposed.",
                Vec::new(),
            );
        }
        if self.record().is_some_and(is_synced) && !self.is_open_when_synced() {
            self.warn(
                WarningCode::Synced,
                "The record is synced from another system; IT Glue may refuse the write.",
                Vec::new(),
            );
        }
        if request.operation == Operation::Publish {
            self.warn(
                WarningCode::PublishesDraft,
                "The draft becomes visible to everyone who may read the document.",
                Vec::new(),
            );
        }
        if request.operation == Operation::Create {
            let namesakes = census::namesakes(input.kind, request, input.now());
            if !namesakes.is_empty() {
                let ids: Vec<String> = namesakes.iter().map(|r| format!("#{}", r.id)).collect();
                let detail = format!("It may be there already: {}.", ids.join(", "));
                self.warn(WarningCode::MayExistAlready, detail, Vec::new());
            }
        }
    }

    fn is_open_when_synced(&self) -> bool {
        let request = self.input.request;
        matches!(request.operation, Operation::Read | Operation::ReadSecret)
            || (self.input.kind.name == "organizations"
                && request.operation == Operation::Update
                && body::sent(request)
                    .iter()
                    .all(|sent| OPEN_WHEN_SYNCED.contains(&sent.attribute.as_str())))
    }

    pub(super) fn record(&self) -> Option<&Record> {
        self.input.now().record.as_ref()
    }
}

fn is_synced(record: &Record) -> bool {
    let is_enabled = |value: &Value| match value {
        Value::String(text) => text == "enabled",
        value => is_on(value),
    };
    record.attributes.get("synced").is_some_and(is_on)
        || record
            .attributes
            .get("psa-integration")
            .is_some_and(is_enabled)
}

fn is_on(value: &Value) -> bool {
    match value {
        Value::Bool(is_on) => *is_on,
        Value::Number(number) => number.as_i64() == Some(1),
        Value::String(text) => matches!(text.to_ascii_lowercase().as_str(), "true" | "1" | "yes"),
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    }
}

/// Looks through every key and every text but the secrets, of which nothing may be said.
fn collect_deceptive(
    value: &Value,
    pointer: &str,
    secrets: &[String],
    found: &mut Vec<(String, Deceptive)>,
) {
    if secrets.iter().any(|secret| secret == pointer) {
        return;
    }
    match value {
        Value::String(text) => {
            found.extend(
                deceptive::find(text)
                    .into_iter()
                    .map(|hit| (pointer.to_owned(), hit)),
            );
        }
        Value::Array(items) => {
            for (position, item) in items.iter().enumerate() {
                collect_deceptive(item, &format!("{pointer}/{position}"), secrets, found);
            }
        }
        Value::Object(members) => {
            for (key, member) in members {
                let pointer = pointer::member(pointer, key);
                found.extend(
                    deceptive::find(key)
                        .into_iter()
                        .map(|hit| (pointer.clone(), hit)),
                );
                collect_deceptive(member, &pointer, secrets, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
