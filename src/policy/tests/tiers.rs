//! The table of tiers, row by row, and content that always asks.

use rstest::rstest;

use super::support::{OPEN, judged, located};
use crate::domain::{Facts, TargetOrganization, Tier, VerdictKind};

fn quiet() -> Facts {
    Facts::default()
}

#[rstest]
#[case("PATCH", "/passwords/5", Tier::Critical)]
#[case("GET", "/passwords/5?show_password=true", Tier::Critical)]
#[case("DELETE", "/contacts/5", Tier::Critical)]
#[case("POST", "/flexible_asset_types", Tier::Critical)]
#[case("PATCH", "/flexible_asset_fields/5", Tier::Critical)]
#[case("PATCH", "/configurations/5", Tier::Elevated)]
#[case("PATCH", "/organizations/5", Tier::Elevated)]
#[case("POST", "/locations", Tier::Elevated)]
#[case("POST", "/configurations/5/relationships/attachments", Tier::Elevated)]
#[case("PATCH", "/contacts/5", Tier::Routine)]
#[case("PATCH", "/documents/5/publish", Tier::Routine)]
#[case("PATCH", "/flexible_assets/5", Tier::Routine)]
#[case("POST", "/password_categories", Tier::Routine)]
#[case("GET", "/passwords/5", Tier::Routine)]
#[case("GET", "/configurations/5", Tier::Routine)]
#[case("GET", "/flexible_asset_types", Tier::Routine)]
fn the_kind_of_request_sets_the_least_tier(
    #[case] method: &str,
    #[case] path: &str,
    #[case] tier: Tier,
) {
    let located = located(method, path);
    assert_eq!(judged(&OPEN, &located, None).tier, tier);
    assert_eq!(judged(&OPEN, &located, Some(&quiet())).tier, tier);
}

#[rstest]
#[case::erased(Facts { erased: vec!["a".to_owned()], ..quiet() }, Tier::Critical)]
#[case::cannot_keep(Facts { cannot_keep: vec!["a".to_owned()], ..quiet() }, Tier::Critical)]
#[case::crosses(Facts { crosses_organizations: true, ..quiet() }, Tier::Critical)]
#[case::secret(Facts { writes_secret: true, ..quiet() }, Tier::Critical)]
#[case::restriction(Facts { restriction_changed: true, ..quiet() }, Tier::Critical)]
#[case::deceptive(Facts { deceptive_characters: true, ..quiet() }, Tier::Critical)]
#[case::unknown(Facts { organizations: vec![TargetOrganization::AccountWide, TargetOrganization::Unknown], ..quiet() }, Tier::Critical)]
#[case::fields(Facts { changed_fields: 11, ..quiet() }, Tier::Elevated)]
#[case::ten_fields(Facts { changed_fields: 10, ..quiet() }, Tier::Routine)]
#[case::bytes(Facts { changed_bytes: 10_001, ..quiet() }, Tier::Elevated)]
#[case::ten_kilobytes(Facts { changed_bytes: 10_000, ..quiet() }, Tier::Routine)]
#[case::first(Facts { first_write_in_group: true, ..quiet() }, Tier::Elevated)]
#[case::several(Facts { items: 2, ..quiet() }, Tier::Elevated)]
#[case::warnings(Facts { other_warnings: true, ..quiet() }, Tier::Elevated)]
#[case::quiet(quiet(), Tier::Routine)]
fn what_is_written_raises_it(#[case] facts: Facts, #[case] tier: Tier) {
    let located = located("PATCH", "/flexible_assets/5");
    assert_eq!(judged(&OPEN, &located, Some(&facts)).tier, tier);
}

#[rstest]
#[case::erased(Facts { erased: vec!["a".to_owned()], ..quiet() }, "content.erases_traits")]
#[case::cannot_keep(Facts { cannot_keep: vec!["a".to_owned()], ..quiet() }, "content.erases_traits")]
#[case::crosses(Facts { crosses_organizations: true, ..quiet() }, "content.other_organization")]
#[case::deceptive(Facts { deceptive_characters: true, ..quiet() }, "content.deceptive_characters")]
#[case::secret(Facts { writes_secret: true, ..quiet() }, "floor.password_write")]
fn dangerous_content_asks_even_where_asking_is_off(#[case] facts: Facts, #[case] rule: &str) {
    let located = located("PATCH", "/flexible_assets/5");
    let verdict = judged(&OPEN, &located, Some(&facts)).verdict;
    assert_eq!(verdict.kind, VerdictKind::NeedsApproval);
    assert_eq!(verdict.rule, rule);
    let mut asking = OPEN;
    asking.flexible_assets.ask = true;
    let verdict = judged(&asking, &located, Some(&facts)).verdict;
    assert_eq!(verdict.kind, VerdictKind::NeedsApproval);
    if !rule.starts_with("floor") {
        assert_eq!(verdict.rule, "flexible_assets.ask");
    }
}

#[test]
fn a_plain_read_is_routine_whatever_was_read() {
    let facts = Facts {
        deceptive_characters: true,
        organizations: vec![TargetOrganization::Unknown],
        first_write_in_group: true,
        writes_secret: true,
        ..quiet()
    };
    let judgement = judged(&OPEN, &located("GET", "/contacts/5"), Some(&facts));
    assert_eq!(judgement.tier, Tier::Routine);
    assert_eq!(judgement.verdict.kind, VerdictKind::Allowed);
}

#[test]
fn what_else_is_critical_does_not_ask_by_itself() {
    let facts = Facts {
        restriction_changed: true,
        ..quiet()
    };
    let judgement = judged(&OPEN, &located("PATCH", "/contacts/5"), Some(&facts));
    assert_eq!(judgement.verdict.kind, VerdictKind::Allowed);
    assert_eq!(judgement.tier, Tier::Critical);
}

#[test]
fn explanations_are_whole_sentences() {
    let requests = [
        ("PATCH", "/contacts/5"),
        ("DELETE", "/organizations/5"),
        ("GET", "/users"),
        ("PATCH", "/passwords/5"),
    ];
    for (method, path) in requests {
        let explanation = judged(&OPEN, &located(method, path), None)
            .verdict
            .explanation;
        assert!(explanation.ends_with('.'), "{explanation}");
        assert!(explanation.chars().next().unwrap().is_uppercase());
    }
}
