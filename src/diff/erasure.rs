//! The wipe guard: what a PATCH of traits would erase (product, "What makes it better").

use super::body;
use super::labels::{quoted_list, trait_label};
use super::traits::{erased, record_traits, writable};
use super::warnings::Assessment;
use crate::domain::{Operation, TraitsMode, WarningCode};

impl Assessment<'_> {
    /// Warns of traits that lose their value, of those that cannot be kept, and of required ones.
    pub(super) fn erasure(&mut self, mode: TraitsMode) {
        let input = self.input;
        if self.traits_are_unreadable() {
            self.facts.erased = vec!["traits".to_owned()];
            self.warn(
                WarningCode::ErasesTraits,
                "The present values could not be read. Every field left out would be erased.",
                self.facts.erased.clone(),
            );
        }
        let gone = erased(input.request, input.now());
        let (keepable, lost): (Vec<String>, Vec<String>) = gone
            .iter()
            .cloned()
            .partition(|key| writable(input.now(), key).is_some());
        let is_sent = |key: &String| {
            body::sent_traits(input.request).is_some_and(|sent| sent.values.contains_key(key))
        };
        // In a merge, what is left out is meant to stay: what cannot is named apart.
        let erased = match mode {
            TraitsMode::Replace => gone.clone(),
            TraitsMode::Merge => gone
                .iter()
                .filter(|key| keepable.contains(key) || is_sent(key))
                .cloned()
                .collect(),
        };
        if !erased.is_empty() {
            let detail = format!(
                "IT Glue replaces all fields of a flexible asset. These would lose their value: {}.",
                self.labels(&erased)
            );
            self.warn(WarningCode::ErasesTraits, detail, erased.clone());
            self.facts.erased.extend(erased);
        }
        let lost: Vec<String> = lost.into_iter().filter(|key| !is_sent(key)).collect();
        if !lost.is_empty() {
            let detail = format!(
                "Files and passwords are not taken back as they read, so these cannot be kept: {}.",
                self.labels(&lost)
            );
            self.warn(WarningCode::CannotKeep, detail, lost.clone());
            self.facts.cannot_keep = lost;
        }
        self.required(&gone);
        let writes_traits = body::sent_traits(input.request).is_some();
        if writes_traits && input.schema().is_none() {
            self.warn(
                WarningCode::SchemaUnknown,
                "The field definitions could not be read. Keys and types were not checked, and a \
                 password field would not be recognized.",
                Vec::new(),
            );
        }
    }

    fn required(&mut self, gone: &[String]) {
        let schema = self.input.schema();
        let required: Vec<String> = gone
            .iter()
            .filter(|key| {
                schema
                    .and_then(|schema| schema.field(key))
                    .is_some_and(|field| field.required)
            })
            .cloned()
            .collect();
        if !required.is_empty() {
            let detail = format!(
                "Required fields would lose their value: {}. Keep them or fill them in.",
                self.labels(&required)
            );
            self.warn(WarningCode::ErasesRequired, detail, required);
        }
    }

    fn traits_are_unreadable(&self) -> bool {
        self.input.request.operation == Operation::Update
            && body::sent_traits(self.input.request).is_some()
            && self.record().is_some_and(|r| record_traits(r).is_none())
    }

    /// The labels of traits, quoted.
    fn labels(&self, keys: &[String]) -> String {
        let schema = self.input.schema();
        let labels: Vec<String> = keys.iter().map(|key| trait_label(schema, key)).collect();
        quoted_list(labels.iter().map(String::as_str))
    }
}
