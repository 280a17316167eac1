//! Characters that cannot be seen, or that reorder the text around them (security, V3).

use serde::{Deserialize, Serialize};

/// Default-ignorable code points: drawn as nothing.
const INVISIBLE: [(u32, u32); 17] = [
    (0x00AD, 0x00AD),
    (0x034F, 0x034F),
    (0x061C, 0x061C),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFF8),
    (0x1_BCA0, 0x1_BCA3),
    (0x1_D173, 0x1_D17A),
    (0xE_0000, 0xE_0FFF),
];

/// Visible in some way or breaking lines, but never what a reader takes them for.
const ODD: [(u32, u32); 6] = [
    (0x0000, 0x001F),
    (0x007F, 0x009F),
    (0x2028, 0x2029),
    (0xE000, 0xF8FF),
    (0xF_0000, 0xF_FFFD),
    (0x10_0000, 0x10_FFFD),
];

/// What takes a variation selector or a joiner to make an emoji. Wider than the property, on purpose
/// only where the characters themselves can be seen.
const PICTURES: [(u32, u32); 9] = [
    (0x00A9, 0x00A9),
    (0x00AE, 0x00AE),
    (0x203C, 0x2049),
    (0x2122, 0x2139),
    (0x2190, 0x2BFF),
    (0x3030, 0x303D),
    (0x3297, 0x3299),
    (0x1_F000, 0x1_F3FA),
    (0x1_F400, 0x1_FAFF),
];

/// Scripts in which joiners are part of correct spelling.
const JOINING_SCRIPTS: [(u32, u32); 6] = [
    (0x0600, 0x08FF),
    (0x0900, 0x0DFF),
    (0x1780, 0x17B3),
    (0x1820, 0x18AF),
    (0xFB50, 0xFDFF),
    (0xFE70, 0xFEFC),
];

const NON_JOINER: char = '\u{200C}';
const JOINER: char = '\u{200D}';
const BLACK_FLAG: char = '\u{1F3F4}';

/// One character that a reader cannot see for what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deceptive {
    /// How many characters stand before it.
    pub position: usize,
    /// The character.
    pub code_point: char,
    is_critical: bool,
}

impl Deceptive {
    /// Whether it raises the tier: it reorders text or cannot be seen at all.
    ///
    /// Not critical: controls, private use, line separators, and joiners within the scripts that
    /// are spelled with them.
    pub const fn is_critical(&self) -> bool {
        self.is_critical
    }

    /// What is drawn in its place: `U+202E`.
    pub fn name(&self) -> String {
        format!("U+{:04X}", u32::from(self.code_point))
    }
}

/// Every deceptive character of a text, in order.
///
/// Line breaks, tabs, and the invisible parts of well-formed emoji are not deceptive.
pub fn find(text: &str) -> Vec<Deceptive> {
    if text.bytes().all(|byte| (b' '..0x7F).contains(&byte)) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut before = None;
    let mut flag_ends_at = 0;
    let mut rest = text.chars();
    let mut position = 0;
    while let Some(character) = rest.next() {
        let after = rest.clone().next();
        if character == BLACK_FLAG {
            flag_ends_at = position + 1 + flag_tags(rest.as_str());
        }
        let is_of_flag = position < flag_ends_at;
        if !is_of_flag && let Some(is_critical) = judge(before, character, after) {
            found.push(Deceptive {
                position,
                code_point: character,
                is_critical,
            });
        }
        before = Some(character);
        position += 1;
    }
    found
}

/// Whether a character is deceptive where it stands, and if so, whether critically.
fn judge(before: Option<char>, character: char, after: Option<char>) -> Option<bool> {
    match character {
        '\t' | '\n' => None,
        '\r' if after == Some('\n') => None,
        '\u{FE0E}' | '\u{FE0F}' if before.is_some_and(takes_variation) => None,
        JOINER if before.is_some_and(takes_joiner) && after.is_some_and(is_picture) => None,
        JOINER | NON_JOINER if before.is_some_and(is_joining) && after.is_some_and(is_joining) => {
            Some(false)
        }
        _ if is_in(&INVISIBLE, character) => Some(true),
        _ if is_in(&ODD, character) => Some(false),
        _ => None,
    }
}

/// How many characters after a black flag spell a region, as in the flag of Scotland.
fn flag_tags(text: &str) -> usize {
    let letters = text
        .chars()
        .take_while(|tag| matches!(tag, '\u{E0030}'..='\u{E0039}' | '\u{E0061}'..='\u{E007A}'))
        .count();
    let is_closed = text.chars().nth(letters) == Some('\u{E007F}');
    if is_closed && (3..=6).contains(&letters) {
        letters + 1
    } else {
        0
    }
}

fn takes_variation(character: char) -> bool {
    is_picture(character) || matches!(character, '0'..='9' | '#' | '*')
}

fn takes_joiner(character: char) -> bool {
    is_picture(character) || matches!(character, '\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}')
}

fn is_picture(character: char) -> bool {
    is_in(&PICTURES, character) || character == BLACK_FLAG
}

fn is_joining(character: char) -> bool {
    is_in(&JOINING_SCRIPTS, character) && !is_in(&INVISIBLE, character)
}

fn is_in(ranges: &[(u32, u32)], character: char) -> bool {
    let code_point = u32::from(character);
    ranges
        .iter()
        .any(|(first, last)| (*first..=*last).contains(&code_point))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::plain("Dana Reyes, IT Director\n\t+1 555 0102")]
    #[case::windows_line_breaks("one\r\ntwo")]
    #[case::umlauts("Köln, 東京, Ελλάδα")]
    #[case::family("\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}")]
    #[case::heart("\u{2764}\u{FE0F}")]
    #[case::keycap("1\u{FE0F}\u{20E3}")]
    #[case::scotland("\u{1F3F4}\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}")]
    #[case::rainbow_flag("\u{1F3F3}\u{FE0F}\u{200D}\u{1F308}")]
    fn what_can_be_read_is_not_deceptive(#[case] text: &str) {
        assert_eq!(find(text), []);
    }

    #[rstest]
    #[case::joiner_in_persian(
        "\u{645}\u{6CC}\u{200C}\u{62E}\u{648}\u{627}\u{647}\u{645}",
        '\u{200C}'
    )]
    #[case::escape("\u{1B}[2J", '\u{1B}')]
    #[case::lone_return("a\rb", '\r')]
    #[case::line_separator("a\u{2028}b", '\u{2028}')]
    #[case::private_use("a\u{E123}b", '\u{E123}')]
    fn what_is_odd_but_not_hidden_is_not_critical(#[case] text: &str, #[case] expected: char) {
        let found = find(text);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].code_point, expected);
        assert!(!found[0].is_critical());
    }

    #[test]
    fn every_invisible_code_point_is_critical() {
        for (first, last) in INVISIBLE {
            for character in (first..=last).filter_map(char::from_u32) {
                let found = find(&format!("ab{character}cd"));
                assert_eq!(found.len(), 1, "{character:?}");
                assert_eq!(found[0].position, 2);
                assert!(found[0].is_critical(), "{character:?}");
            }
        }
    }

    #[test]
    fn every_bidi_control_is_named() {
        let names: Vec<String> = find("\u{202E}abc\u{2066}")
            .iter()
            .map(Deceptive::name)
            .collect();
        assert_eq!(names, ["U+202E", "U+2066"]);
    }

    #[rstest]
    #[case::no_flag("ok\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}", 6)]
    #[case::not_closed("\u{1F3F4}\u{E0067}\u{E0062}\u{E0073}", 3)]
    #[case::too_long(
        "\u{1F3F4}\u{E0061}\u{E0061}\u{E0061}\u{E0061}\u{E0061}\u{E0061}\u{E0061}\u{E007F}",
        8
    )]
    fn tags_outside_a_flag_are_critical(#[case] text: &str, #[case] count: usize) {
        let found = find(text);
        assert_eq!(found.len(), count);
        assert!(found.iter().all(Deceptive::is_critical));
    }
}
