//! Passwords that are guessed first: common words and keyboard walks, put together or repeated.
//!
//! Lists of leaked passwords hardly hold one of 15 characters; what people do to reach that length is
//! to join and to repeat what stands in them. So beside the list this looks for the parts.

use std::collections::{BTreeMap, BTreeSet};

/// So many characters may stand between and around the parts without making a password better.
const FILLERS: usize = 3;

/// One password a line; lines that begin with a hash and a space say where they come from.
const LIST: &str = include_str!("common_passwords.txt");

const WALKS: &[&str] = &[
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "qwertzuiop",
    "azertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "yxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1q2w3e4r5t6y7u8i9o0p",
    "a1b2c3d4e5f6g7h8i9j0",
    "147258369",
    "159357",
];

const WORDS: &str = "\
    123qwe 1234abcd access admin administrator account agent amanda andrew angel anthony \
    apple april arsenal ashley august austin autumn backup bailey banana barcelona baseball \
    basketball batman battery biteme boss buster butterfly change changeit changeme charlie \
    cheese chelsea chocolate client cloud company computer cookie correct customer daniel \
    database december default demo diamond documentation dragon dubsmash easy eminem enter \
    example exchange fall family february firewall flower football forever freedom friday \
    friend fuckyou gateway george ginger glue google guest hannah happy hello helpdesk home \
    horse hunter iloveyou internet itglue january jennifer jessica jesus jordan joshua july \
    june justin killer let letmein life liverpool local login london lovely love loveme \
    maggie manager march master matrix matthew merlin michael michelle microsoft monday money \
    monkey mother msp mustang mynoob my network new nicole ninja november october office \
    office365 orange pa55word pass passphrase passwort password passw0rd patrick pepper \
    please pokemon princess private purple qwerty ranger robert root router samsung saturday \
    secret secure security september server service shadow soccer spring staple starwars \
    summer sunday sunshine super superman support system teamo tech technician temp temporary \
    tennis test tester testing the this thomas thursday tigger trustno1 tuesday user welcome \
    whatever wednesday william windows winter word world yankees yellow you your zaq1zaq1";

/// Whether the text is one of those that are tried first.
pub(super) fn is_common(text: &str) -> bool {
    let letters: Vec<char> = fold(text);
    let distinct: BTreeSet<_> = letters.iter().collect();
    distinct.len() < 5 || is_listed(text) || is_repetition(&letters) || is_made_of_parts(&letters)
}

/// Whether it is on the list. Read from one end to the other: that takes less time than anything else
/// about a new password.
fn is_listed(text: &str) -> bool {
    let text = zeroize::Zeroizing::new(text.to_lowercase());
    listed().any(|listed| listed == text.as_str())
}

fn listed() -> impl Iterator<Item = &'static str> {
    LIST.lines().filter(|line| !line.starts_with("# "))
}

/// Lower case, without what people put between words.
pub(super) fn fold(text: &str) -> Vec<char> {
    text.chars()
        .flat_map(char::to_lowercase)
        .filter(|c| c.is_alphanumeric() || matches!(c, '@' | '$' | '!'))
        .collect()
}

/// Whether `word` stands somewhere in the folded text, also with digits in the place of letters.
pub(super) fn holds(letters: &[char], word: &[char]) -> bool {
    !word.is_empty()
        && letters
            .windows(word.len())
            .any(|window| stands_for(window, word))
}

/// Whether something is said twice or more, with or without digits and signs after it.
fn is_repetition(letters: &[char]) -> bool {
    let tail = letters
        .iter()
        .rev()
        .take_while(|c| !c.is_alphabetic())
        .count();
    let without_tail = letters.get(..letters.len() - tail).unwrap_or_default();
    is_periodic(letters) || is_periodic(without_tail)
}

fn is_periodic(letters: &[char]) -> bool {
    (1..=letters.len() / 2).any(|period| {
        let shifted = letters.iter().skip(period);
        shifted
            .zip(letters)
            .all(|(later, earlier)| later == earlier)
    })
}

/// Whether common parts cover the text but for a few characters: the least number of uncovered ones up
/// to each position, from left to right.
fn is_made_of_parts(letters: &[char]) -> bool {
    let mut uncovered = BTreeMap::from([(0, 0)]);
    while let Some((position, count)) = uncovered.pop_first() {
        let rest = letters.get(position..).unwrap_or_default();
        if rest.is_empty() {
            return count <= FILLERS;
        }
        let by_parts = parts_at(rest).map(|length| (position + length, count));
        for (reached, count) in by_parts.chain([(position + 1, count + 1)]) {
            let least = uncovered.entry(reached).or_insert(count);
            *least = count.min(*least);
        }
    }
    false
}

/// The lengths of the common parts that the text starts with.
fn parts_at(rest: &[char]) -> impl Iterator<Item = usize> {
    let words = WORDS.split_ascii_whitespace().filter_map(|word| {
        let word: Vec<char> = word.chars().collect();
        let start = rest.get(..word.len())?;
        stands_for(start, &word).then_some(word.len())
    });
    let walks = WALKS.iter().flat_map(|walk| {
        let forth: Vec<char> = walk.chars().collect();
        let back: Vec<char> = walk.chars().rev().collect();
        [walk_length(rest, &forth), walk_length(rest, &back)]
    });
    let same = rest.iter().take_while(|c| Some(*c) == rest.first()).count();
    let year = match rest {
        ['1', '9', a, b, ..] | ['2', '0', a, b, ..] if a.is_ascii_digit() && b.is_ascii_digit() => {
            4
        }
        _ => 0,
    };
    words.chain(walks.chain([same, year]).filter(|length| *length >= 3))
}

/// How far the text follows the walk, from wherever on it its first character stands.
fn walk_length(rest: &[char], walk: &[char]) -> usize {
    (0..walk.len())
        .filter_map(|start| walk.get(start..))
        .map(|walk| rest.iter().zip(walk).take_while(|(a, b)| a == b).count())
        .max()
        .unwrap_or(0)
}

fn stands_for(text: &[char], word: &[char]) -> bool {
    text.iter().zip(word).all(|(c, letter)| {
        c == letter
            || matches!(
                (c, letter),
                ('0', 'o')
                    | ('1' | '!', 'i' | 'l')
                    | ('3', 'e')
                    | ('4' | '@', 'a')
                    | ('5' | '$', 's')
                    | ('7', 't')
            )
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("passwordpassword")]
    #[case("P@ssw0rd-Passw0rd!")]
    #[case("Password123456789")]
    #[case("aaaaaaaaaaaaaaaaaaaa")]
    #[case("abababababababab")]
    #[case("qwertyuiopasdfghjkl")]
    #[case("1qaz2wsx3edc4rfv")]
    #[case("123456789012345")]
    #[case("Welcome to the company 2026!")]
    #[case("correcthorsebatterystaple")]
    #[case("Summer2026Summer2026")]
    #[case("Winter2026!Office365")]
    #[case("xyzXYZxyzXYZxyz1")]
    #[case("granite plover granite plover 2026!")]
    #[case("83917 48391 74839 17")]
    #[case("letmeinletmein1")]
    #[case("iloveyouforever99")]
    #[case("zyxwvutsrqponmlk")]
    fn what_is_tried_first_is_common(#[case] text: &str) {
        assert!(is_common(text), "{text}");
    }

    #[rstest]
    #[case("granite plover tangent mauve")]
    #[case("my secret garden has seven tall poplars")]
    #[case("vT7#qLw9!zRb2@Kd")]
    #[case("839174620581736")]
    #[case("password granite plover")]
    #[case("Der Mond ist aufgegangen")]
    #[case(
        "\u{6f22}\u{5b57}\u{3068}\u{304b}\u{306a}\u{3092}\u{6df7}\u{305c}\u{305f}\u{9577}\u{3044}\u{5408}\u{8a00}\u{8449}\u{3067}\u{3059}"
    )]
    fn other_texts_are_not(#[case] text: &str) {
        assert!(!is_common(text), "{text}");
    }

    /// A1
    #[test]
    fn ten_thousand_common_ones_are_listed_in_any_case() {
        let all: BTreeSet<_> = listed().collect();
        assert_eq!(all.len(), 10_000);
        assert!(all.iter().all(|listed| listed.to_lowercase() == **listed));
        assert!(listed().all(is_common));
        for text in ["TrustNo1", "mercedes", "Rolltide", "computer1"] {
            assert!(is_listed(text), "{text}");
        }
        assert!(!is_listed("granite plover tangent"));
        assert!(!is_listed("# 10,000 passwords"));
    }

    #[test]
    fn a_word_is_found_in_disguise() {
        assert!(holds(&fold("my-C0unter$ign-pw"), &fold("countersign")));
        assert!(!holds(&fold("counter and sigh"), &fold("countersign")));
        assert!(!holds(&fold("anything"), &[]));
    }
}
