//! The matrix: a group in each row, access, ask and delete in each of them.

use leptos::prelude::*;

use super::draft::{Draft, cell_field};
use super::words::{access_word, cell_word, column_word, covers, freedom_word, preset_word};
use crate::domain::{AccessLevel, GroupRules, PermissionGroup};
use crate::policy::{Cell, Column, Differences, Freedom, cell};
use crate::web::context::ProfileDetails;

/// What the cells of one group are drawn from.
struct Row<'a> {
    group: PermissionGroup,
    draft: &'a Draft,
    saved: &'a ProfileDetails,
    changes: &'a Differences,
    preset: &'a GroupRules,
}

/// One set of fields for each group.
pub fn matrix(draft: &Draft, saved: &ProfileDetails) -> AnyView {
    let changes = draft.changes(saved);
    let preset = draft.preset.rules();
    let groups: Vec<AnyView> = PermissionGroup::ALL
        .iter()
        .map(|group| {
            Row {
                group: *group,
                draft,
                saved,
                changes: &changes,
                preset: &preset,
            }
            .view()
        })
        .collect();
    view! {
        <div class="matrix">
            {groups}
            <p class="muted" id="idle">
                "Below Read/Write nothing is written, so Ask and Allow deletes have no effect there."
            </p>
        </div>
    }
    .into_any()
}

impl Row<'_> {
    fn view(&self) -> AnyView {
        let group = self.group;
        view! {
            <fieldset class="group" id=group.as_str() aria-describedby=format!("{group}-covers")>
                <legend class="group__name">{group.label()}</legend>
                <p class="group__covers" id=format!("{group}-covers")>
                    {covers(group)}
                </p>
                {self.access()}
                {self.switch(Column::Ask)}
                {self.switch(Column::Delete)}
            </fieldset>
        }
        .into_any()
    }

    fn access(&self) -> AnyView {
        let name = cell_field(self.group, Column::Access);
        let chosen = self.draft.rules.of(self.group).access;
        let options = AccessLevel::ALL.iter().map(|access| {
            view! {
                <label class="choice">
                    <input
                        type="radio"
                        name=name.clone()
                        value=access.as_str()
                        checked=*access == chosen
                    />
                    {access_word(*access)}
                </label>
            }
        });
        view! {
            <div class="group__access">
                {options.collect_view()} {self.marks(Column::Access)}
            </div>
        }
        .into_any()
    }

    fn switch(&self, column: Column) -> AnyView {
        let rule = self.draft.rules.of(self.group);
        let control = match cell(self.group, column, rule.access) {
            Cell::Locked { is_on, reason } => self.locked(column, is_on, reason),
            Cell::Open { note } => self.open(column, note, false),
            Cell::Idle { .. } => self.open(column, None, true),
        };
        view! { <div class="group__switch">{control} {self.marks(column)}</div> }.into_any()
    }

    fn open(&self, column: Column, note: Option<&'static str>, is_idle: bool) -> AnyView {
        let name = cell_field(self.group, column);
        let note_id = format!("{}-{column}-note", self.group);
        let described = match (is_idle, note) {
            (true, _) => Some("idle".to_owned()),
            (false, Some(_)) => Some(note_id.clone()),
            (false, None) => None,
        };
        let note = note.map(|note| {
            view! {
                <p class="group__note" id=note_id>
                    {note}
                </p>
            }
        });
        view! {
            <label class="choice">
                <input
                    type="checkbox"
                    name=name
                    value="on"
                    checked=self.is_on(column)
                    aria-describedby=described
                />
                {column_word(column)}
            </label>
            {note}
        }
        .into_any()
    }

    /// It can be reached and says why, and it cannot be changed. What the profile holds goes along
    /// unseen.
    fn locked(&self, column: Column, is_on: bool, reason: &'static str) -> AnyView {
        let why = format!("{}-{column}-why", self.group);
        let kept = self.is_on(column).then(
            || view! { <input type="hidden" name=cell_field(self.group, column) value="on" /> },
        );
        let state = if is_on { "on" } else { "off" };
        view! {
            <span
                class="lock"
                role="checkbox"
                tabindex="0"
                aria-checked=if is_on { "true" } else { "false" }
                aria-disabled="true"
                aria-describedby=why.clone()
            >
                <span class="lock__sign" aria-hidden="true"></span>
                {column_word(column)}
                ": locked "
                {state}
            </span>
            <p class="group__note" id=why>
                {reason}
            </p>
            {kept}
        }
        .into_any()
    }

    fn is_on(&self, column: Column) -> bool {
        let rule = self.draft.rules.of(self.group);
        match column {
            Column::Access => false,
            Column::Ask => rule.ask,
            Column::Delete => rule.delete,
        }
    }

    /// What the draft changes here, and where it leaves its preset.
    fn marks(&self, column: Column) -> AnyView {
        let before = cell_word(self.saved.rules.of(self.group), column);
        let now = cell_word(self.draft.rules.of(self.group), column);
        let usual = cell_word(self.preset.of(self.group), column);
        let change = self.changes.of(self.group, column).map(|change| {
            let words = freedom_word(change.freedom);
            let text = match (change.is_set, change.freedom) {
                (true, Freedom::Same) => format!("was {before}"),
                (true, Freedom::More | Freedom::Less) => format!("was {before}: {words}"),
                (false, _) => format!("takes effect: {words}"),
            };
            view! {
                <p class="mark" data-freedom=change.freedom.as_str()>
                    {text}
                </p>
            }
        });
        let is_locked = matches!(
            cell(self.group, column, self.draft.rules.of(self.group).access),
            Cell::Locked { .. }
        );
        let deviation = (now != usual && !is_locked).then(|| {
            let preset = preset_word(self.draft.preset);
            view! { <p class="mark" data-freedom="same">{format!("{preset}: {usual}")}</p> }
        });
        view! {
            {change}
            {deviation}
        }
        .into_any()
    }
}
