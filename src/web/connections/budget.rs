//! How much of what IT Glue allows was asked for lately.

use leptos::prelude::*;

use crate::web::context::BudgetUse;

/// A bar, and the same in words.
pub fn budget_bar(budget: Option<&BudgetUse>) -> AnyView {
    let Some(budget) = budget else {
        return "nothing asked yet".into_any();
    };
    let words = format!(
        "{} of {} requests in {}\u{a0}s",
        budget.used, budget.limit, budget.per_seconds
    );
    // Beyond this the bar changes its look; the words stay the same.
    let much = u64::from(budget.limit) * 8 / 10;
    view! {
        <span class="budget">
            <meter
                class="budget__bar"
                aria-label="Requests to IT Glue"
                min="0"
                max=budget.limit.to_string()
                high=much.to_string()
                value=budget.used.to_string()
            ></meter>
            <span>{words}</span>
        </span>
    }
    .into_any()
}
