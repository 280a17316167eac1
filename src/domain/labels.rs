//! Texts that people give: e-mail addresses and the names of people and things.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Why a text is not a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidName {
    /// Nothing but white space.
    #[error("is empty")]
    Empty,
    /// Longer than this many characters.
    #[error("is longer than {0} characters")]
    TooLong(usize),
    /// A character that cannot be seen, or that changes how its neighbors are shown.
    #[error("holds a character that cannot be shown")]
    Unprintable,
}

/// A text is not an e-mail address that Countersign accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not an e-mail address such as `sam@example.com`")]
pub struct InvalidEmail;

macro_rules! parsed_text {
    ($(#[$doc:meta])* $name:ident, $error:ty, $parse:path) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = $error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $parse(text).map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = $error;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
    };
}

parsed_text!(
    /// An e-mail address, lower-cased: what a person signs in with.
    Email, InvalidEmail, parse_email
);
parsed_text!(
    /// A person's name: 1 to 100 characters, trimmed.
    PersonName, InvalidName, parse_person_name
);
parsed_text!(
    /// The name of an agent, a connection or a profile: 1 to 60 printable characters, trimmed.
    Name, InvalidName, parse_name
);

impl Email {
    /// What stands before the `@`.
    pub fn local_part(&self) -> &str {
        self.0.split_once('@').map_or("", |(local, _)| local)
    }
}

fn parse_person_name(text: &str) -> Result<String, InvalidName> {
    parse_shown_text(text, 100, is_hidden)
}

fn parse_name(text: &str) -> Result<String, InvalidName> {
    // Joiners are part of how some people's names are written; in the name of a thing they would
    // only make two names look the same.
    parse_shown_text(text, 60, |c| {
        is_hidden(c) || matches!(c, '\u{200c}' | '\u{200d}')
    })
}

fn parse_shown_text(
    text: &str,
    max_characters: usize,
    is_refused: impl Fn(char) -> bool,
) -> Result<String, InvalidName> {
    let text = text.trim();
    if text.is_empty() {
        return Err(InvalidName::Empty);
    }
    if text.chars().count() > max_characters {
        return Err(InvalidName::TooLong(max_characters));
    }
    if text.chars().any(is_refused) {
        return Err(InvalidName::Unprintable);
    }
    Ok(text.to_owned())
}

/// Controls, line separators, bidi controls, zero-width characters, tags, private use.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{e000}'..='\u{f8ff}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e0fff}'
                | '\u{f0000}'..='\u{10ffff}'
        )
}

fn parse_email(text: &str) -> Result<String, InvalidEmail> {
    let text = text.trim().to_ascii_lowercase();
    let (local, domain) = text.split_once('@').ok_or(InvalidEmail)?;
    let is_local = (1..=64).contains(&local.len())
        && local
            .split('.')
            .all(|atom| !atom.is_empty() && atom.bytes().all(is_of_atom));
    let is_domain = domain.split('.').all(is_label);
    if text.len() <= 254 && is_local && is_domain {
        Ok(text)
    } else {
        Err(InvalidEmail)
    }
}

const fn is_of_atom(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'!' | b'#'
                | b'$'
                | b'%'
                | b'&'
                | b'\''
                | b'*'
                | b'+'
                | b'-'
                | b'/'
                | b'='
                | b'?'
                | b'^'
                | b'_'
                | b'`'
                | b'{'
                | b'|'
                | b'}'
                | b'~'
        )
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(" Sam@Example.COM ", "sam@example.com")]
    #[case("sam.o'neil+it@msp.example", "sam.o'neil+it@msp.example")]
    #[case("admin@localhost", "admin@localhost")]
    fn an_address_is_kept_in_lower_case(#[case] text: &str, #[case] kept: &str) {
        assert_eq!(text.parse::<Email>().unwrap().as_str(), kept);
    }

    #[rstest]
    #[case("")]
    #[case("sam")]
    #[case("@example.com")]
    #[case("sam@")]
    #[case("sam@a@example.com")]
    #[case("sam smith@example.com")]
    #[case(".sam@example.com")]
    #[case("sam@example..com")]
    #[case("sam@-example.com")]
    #[case("sam@example.com\r\nBcc: x@example.com")]
    #[case("s\u{e4}m@example.com")]
    fn what_is_no_address_is_refused(#[case] text: &str) {
        assert_eq!(text.parse::<Email>(), Err(InvalidEmail));
    }

    #[test]
    fn names_are_trimmed_and_bounded() {
        assert_eq!(
            " Zo\u{eb} M. ".parse::<PersonName>().unwrap().as_str(),
            "Zo\u{eb} M."
        );
        assert_eq!("\t ".parse::<PersonName>(), Err(InvalidName::Empty));
        assert!("\u{e9}".repeat(100).parse::<PersonName>().is_ok());
        assert_eq!(
            "a".repeat(101).parse::<PersonName>(),
            Err(InvalidName::TooLong(100))
        );
        assert_eq!(
            "a".repeat(61).parse::<Name>(),
            Err(InvalidName::TooLong(60))
        );
    }

    #[rstest]
    #[case("triage\nbot")]
    #[case("triage\u{202e}bot")]
    #[case("triage\u{200b}bot")]
    #[case("triage\u{e0041}bot")]
    #[case("triage\u{1b}[31m")]
    fn hidden_characters_are_refused_in_every_name(#[case] text: &str) {
        assert_eq!(text.parse::<Name>(), Err(InvalidName::Unprintable));
        assert_eq!(text.parse::<PersonName>(), Err(InvalidName::Unprintable));
    }

    #[test]
    fn joiners_belong_to_people_only() {
        let text = "\u{645}\u{6cc}\u{200c}\u{631}";
        assert!(text.parse::<PersonName>().is_ok());
        assert_eq!(text.parse::<Name>(), Err(InvalidName::Unprintable));
    }

    #[test]
    fn a_name_from_json_is_parsed_too() {
        assert!(serde_json::from_str::<Name>(r#""a\u0000b""#).is_err());
    }
}
