//! What a person's word makes of each state.

use rstest::rstest;

use crate::domain::{
    Case, FollowUp, ItemClass, ItemEvent, ItemState, NoRuling, Progress, ProposalStatus,
    Resolution, Word,
};

const WORDS: [Word; 5] = [
    Word::Applied,
    Word::SendAgain,
    Word::Close,
    Word::GiveUp,
    Word::SkipRest,
];

fn item(state: ItemState) -> Progress {
    let sends = match state {
        ItemState::Sending | ItemState::Uncertain | ItemState::Unresolved => 1,
        _ => 0,
    };
    Progress {
        state,
        sends,
        permits: u32::from(matches!(state, ItemState::Queued | ItemState::Preparing)),
        ..Progress::new(ItemClass::Once)
    }
}

fn items(names: &str) -> Vec<Progress> {
    names
        .split_whitespace()
        .map(|name| item(name.parse().unwrap()))
        .collect()
}

const fn case(items: &[Progress], position: usize) -> Case<'_> {
    Case {
        items,
        position,
        is_settled: true,
        reading_agrees: false,
    }
}

#[rstest]
#[case(Word::Applied, ItemState::Applied, 0)]
#[case(Word::SendAgain, ItemState::Queued, 1)]
#[case(Word::Close, ItemState::GivenUp, 0)]
#[case(Word::GiveUp, ItemState::GivenUp, 0)]
fn an_unresolved_item_goes_where_the_person_says(
    #[case] word: Word,
    #[case] state: ItemState,
    #[case] permits: u32,
) {
    let items = items("unresolved");
    let (_, to) = case(&items, 0).rule(word).unwrap().item.unwrap();
    assert_eq!((to.state, to.permits), (state, permits));
}

/// A word about anything else would be a second send, or a second end.
#[test]
fn nothing_but_an_unresolved_item_is_resolved() {
    for state in ItemState::ALL {
        if *state == ItemState::Unresolved {
            continue;
        }
        let items = [item(*state)];
        for word in WORDS.iter().filter(|word| **word != Word::SkipRest) {
            assert_eq!(
                case(&items, 0).rule(*word),
                Err(NoRuling::NotUnresolved(*state)),
                "{word:?} in {state}"
            );
        }
    }
    assert_eq!(case(&[], 0).rule(Word::GiveUp), Err(NoRuling::NoSuchItem));
}

#[rstest]
#[case(Word::SendAgain)]
#[case(Word::Close)]
fn not_there_counts_only_once_nothing_can_arrive_any_more(#[case] word: Word) {
    let items = items("unresolved");
    let case = Case {
        is_settled: false,
        ..case(&items, 0)
    };
    assert_eq!(case.rule(word), Err(NoRuling::NotSettled));
    assert!(case.rule(Word::Applied).is_ok());
    assert!(case.rule(Word::GiveUp).is_ok());
}

#[test]
fn a_write_is_called_failed_only_if_reading_agrees_or_it_never_left() {
    let sent = items("unresolved");
    let agrees = Case {
        reading_agrees: true,
        ..case(&sent, 0)
    };
    let end = |case: Case<'_>, word| case.rule(word).unwrap().item.unwrap().0;
    assert_eq!(end(agrees, Word::Close), ItemEvent::LeftByPerson);
    assert_eq!(end(agrees, Word::GiveUp), ItemEvent::GivenUpByPerson);
    let unsent = [Progress {
        sends: 0,
        ..sent[0]
    }];
    assert_eq!(end(case(&unsent, 0), Word::Close), ItemEvent::LeftByPerson);
    assert_eq!(end(case(&unsent, 0), Word::GiveUp), ItemEvent::LeftByPerson);
}

#[rstest]
#[case("applied unresolved queued queued", 1, Some(vec![2, 3]))]
#[case("applied failed queued", 1, Some(vec![2]))]
#[case("applied failed", 1, Some(vec![]))]
#[case("applied given_up queued", 0, Some(vec![2]))]
#[case("applied unresolved", 1, None)]
fn what_still_waits_is_skipped(
    #[case] names: &str,
    #[case] position: usize,
    #[case] skipped: Option<Vec<usize>>,
) {
    let items = items(names);
    let ruling = case(&items, position).rule(Word::SkipRest);
    assert_eq!(ruling.ok().map(|ruling| ruling.skipped), skipped);
}

/// What was sent and came back to the queue may have had an effect: it is not called skipped.
#[test]
fn what_may_have_been_sent_is_not_skipped() {
    let mut items = items("failed queued");
    items[1].returns = 1;
    let refused = case(&items, 0).rule(Word::SkipRest);
    assert_eq!(refused, Err(NoRuling::NothingLeft), "it has to go on");
    items.push(after_it());
    let ruling = case(&items, 0).rule(Word::SkipRest).unwrap();
    assert_eq!(ruling.skipped, [2]);
    assert!(
        !ruling.leaves_rest,
        "the proposal stays open for what was sent"
    );
}

fn after_it() -> Progress {
    Progress {
        state: ItemState::Queued,
        permits: 1,
        ..Progress::new(ItemClass::Set)
    }
}

#[rstest]
#[case("unresolved", 0, Word::Close, "failed", ProposalStatus::Failed)]
#[case(
    "applied unresolved",
    1,
    Word::Close,
    "applied failed",
    ProposalStatus::PartlyApplied
)]
#[case(
    "applied unresolved",
    1,
    Word::GiveUp,
    "applied given_up",
    ProposalStatus::ClosedUnknown
)]
#[case(
    "applied unresolved",
    1,
    Word::Applied,
    "applied applied",
    ProposalStatus::Applied
)]
#[case(
    "applied unresolved queued",
    1,
    Word::Close,
    "applied failed queued",
    ProposalStatus::NeedsAttention
)]
#[case(
    "applied unresolved queued",
    1,
    Word::Applied,
    "applied applied queued",
    ProposalStatus::Applying
)]
#[case(
    "applied unresolved queued",
    1,
    Word::SendAgain,
    "applied queued queued",
    ProposalStatus::Applying
)]
#[case(
    "applied failed queued",
    2,
    Word::SkipRest,
    "applied failed skipped",
    ProposalStatus::PartlyApplied
)]
#[case(
    "applied failed",
    1,
    Word::SkipRest,
    "applied failed",
    ProposalStatus::PartlyApplied
)]
#[case(
    "applied unresolved queued",
    2,
    Word::SkipRest,
    "applied unresolved skipped",
    ProposalStatus::NeedsAttention
)]
fn the_proposal_follows(
    #[case] names: &str,
    #[case] position: usize,
    #[case] word: Word,
    #[case] expected: &str,
    #[case] status: ProposalStatus,
) {
    let mut items = items(names);
    let case = Case {
        reading_agrees: true,
        ..case(&items, position)
    };
    let ruling = case.rule(word).unwrap();
    if let Some((_, to)) = ruling.item {
        items[position] = to;
    }
    for skipped in &ruling.skipped {
        items[*skipped] = items[*skipped].step(ItemEvent::Skipped).unwrap();
    }
    let states: Vec<ItemState> = items.iter().map(|item| item.state).collect();
    let names: Vec<&str> = states.iter().map(|state| state.as_str()).collect();
    assert_eq!(names.join(" "), expected);
    let now = if ruling.leaves_rest {
        ProposalStatus::without_the_rest(&states)
    } else {
        ProposalStatus::of_items(&states)
    };
    assert_eq!(now, status);
}

#[test]
fn a_word_is_made_of_parts_that_belong_together() {
    for word in WORDS {
        assert_eq!(Word::of(word.resolution(), word.then()), Some(word));
    }
    assert_eq!(Word::of(Resolution::NotApplied, None), None);
    assert_eq!(Word::of(Resolution::GiveUp, Some(FollowUp::Close)), None);
}

#[test]
fn the_rest_goes_on_past_what_did_not_end_well_and_past_nothing_else() {
    let at = |state| Progress {
        state,
        ..Progress::new(ItemClass::Set)
    };
    let states = |middle| [at(ItemState::Applied), at(middle), at(ItemState::Queued)];
    for middle in ItemState::ALL {
        let items = states(*middle);
        let case = Case {
            items: &items,
            position: 1,
            is_settled: true,
            reading_agrees: false,
        };
        let is_over = matches!(middle, ItemState::Failed | ItemState::GivenUp);
        match case.rule(Word::Resume) {
            Ok(ruling) => assert!(is_over && ruling.passes_over && !ruling.leaves_rest),
            Err(refusal) => assert!(!is_over, "{middle}: {refusal}"),
        }
    }
    let ended = [at(ItemState::Applied), at(ItemState::Failed)];
    let case = Case {
        items: &ended,
        position: 1,
        is_settled: true,
        reading_agrees: false,
    };
    assert_eq!(case.rule(Word::Resume), Err(NoRuling::NothingLeft));
}

#[rstest]
#[case::goes_on(ItemState::Failed, ItemState::Queued, ProposalStatus::Applying)]
#[case::in_hand(ItemState::GivenUp, ItemState::Sending, ProposalStatus::Applying)]
#[case::in_part(ItemState::Failed, ItemState::Applied, ProposalStatus::PartlyApplied)]
#[case::nobody_knows(ItemState::GivenUp, ItemState::Applied, ProposalStatus::ClosedUnknown)]
#[case::another_failed(ItemState::Failed, ItemState::Failed, ProposalStatus::NeedsAttention)]
fn a_proposal_stands_where_its_rest_stands(
    #[case] passed: ItemState,
    #[case] last: ItemState,
    #[case] status: ProposalStatus,
) {
    let items = [(ItemState::Applied, false), (passed, true), (last, false)];
    assert_eq!(ProposalStatus::past_some(&items), status);
}
