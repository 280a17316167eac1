//! Values that can be found again in whatever form they were written down.

use std::collections::BTreeSet;
use std::fmt::Write as _;

const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/// A part of a value that is long enough not to stand anywhere by chance.
const PART: usize = 16;

/// A secret that was planted.
pub struct Canary {
    /// What it was planted as.
    pub name: &'static str,
    /// Forty characters, some of which URLs and JSON escape.
    pub value: String,
    needles: BTreeSet<Vec<u8>>,
}

/// Where secrets are looked for.
#[derive(Default)]
pub struct Haystack(Vec<(String, Vec<u8>)>);

impl Canary {
    /// A value of its own.
    pub fn random(name: &'static str) -> Self {
        let mut value = letters(19);
        value.push_str("&\"");
        value.push_str(&letters(19));
        Self {
            value: value.clone(),
            ..Self::of(name, value.as_bytes())
        }
    }

    /// A value of its own that a code app takes as its seed.
    pub fn seed(name: &'static str) -> Self {
        let letters = letters(32).to_uppercase();
        let value: String = letters.replace(['0', '1', '8', '9'], "A");
        Self {
            value: value.clone(),
            ..Self::of(name, value.as_bytes())
        }
    }

    /// A value that somebody else made.
    pub fn of(name: &'static str, bytes: &[u8]) -> Self {
        let mut needles = BTreeSet::new();
        for form in [hex(bytes), hex(bytes).to_uppercase()] {
            needles.insert(form.into_bytes());
        }
        for skipped in 0..3 {
            for alphabet in [b"+/", b"-_"] {
                needles.insert(base64(&bytes[skipped..], *alphabet).into_bytes());
            }
        }
        // Raw, and between the characters that are escaped: in URLs, in JSON, in HTML.
        for part in bytes.split(|letter| !letter.is_ascii_alphanumeric()) {
            if part.len() >= PART {
                needles.insert(part[..PART].to_vec());
                needles.insert(part[part.len() - PART..].to_vec());
            }
        }
        needles.insert(bytes.to_vec());
        Self {
            name,
            value: String::new(),
            needles,
        }
    }
}

impl Haystack {
    /// One more place.
    pub fn add(&mut self, place: &str, content: &[u8]) {
        self.0.push((place.to_owned(), content.to_vec()));
    }

    /// Where the secret stands, with what stands around it.
    pub fn search(&self, canary: &Canary) -> Vec<String> {
        let mut found = Vec::new();
        for (place, content) in &self.0 {
            let at = canary
                .needles
                .iter()
                .find_map(|needle| position(content, needle));
            if let Some(at) = at {
                let around = &content[at.saturating_sub(120)..content.len().min(at + 120)];
                let around = String::from_utf8_lossy(around);
                found.push(format!("{} stands in {place}: …{around}…", canary.name));
            }
        }
        found
    }

    /// Every place where this stands.
    pub fn places_of(&self, text: &[u8]) -> Vec<&str> {
        let holds = |(_, content): &&(String, Vec<u8>)| position(content, text).is_some();
        self.0
            .iter()
            .filter(holds)
            .map(|(place, _)| place.as_str())
            .collect()
    }
}

fn position(content: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let mut from = 0;
    while let Some(offset) = content[from..].iter().position(|byte| *byte == first) {
        let at = from + offset;
        if content[at..].starts_with(needle) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

fn letters(count: usize) -> String {
    let bytes: [u8; 32] = countersign::secrets::random::bytes();
    let letter = |byte: &u8| char::from(LETTERS[usize::from(*byte) % LETTERS.len()]);
    bytes.iter().take(count).map(letter).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// Without the last characters, which depend on what follows.
fn base64(bytes: &[u8], last_two: [u8; 2]) -> String {
    let alphabet: Vec<u8> = LETTERS.iter().copied().chain(last_two).collect();
    let mut text = String::new();
    for chunk in bytes.chunks_exact(3) {
        let group = chunk
            .iter()
            .fold(0_u32, |group, byte| group << 8 | u32::from(*byte));
        for position in 0..4 {
            let six_bits = usize::try_from(group >> (18 - 6 * position) & 63).unwrap();
            text.push(char::from(alphabet[six_bits]));
        }
    }
    text
}

#[test]
fn a_secret_is_found_in_every_form() {
    let canary = Canary::of("test", b"abcdefghijklmnopqrs&\"ABCDEFGHIJKLMNOPQRS");
    for content in [
        "x abcdefghijklmnopqrs&\"ABCDEFGHIJKLMNOPQRS x",
        r#"{"a":"abcdefghijklmnopqrs&\"ABCDEFGHIJKLMNOPQRS"}"#,
        "a=abcdefghijklmnopqrs%26%22ABCDEFGHIJKLMNOPQRS",
        "<p>abcdefghijklmnopqrs&amp;&quot;",
        "YWJjZGVmZ2hpamtsbW5vcHFycyYiQUJDREVGR0hJSktMTU5PUFFSUw==",
        "eHhhYmNkZWZnaGlqa2xtbm9wcXJzJiJBQkNERUZHSElKS0xNTk9QUVJT",
        "6162636465666768696a6b6c6d6e6f707172732622414243444546474849\
         4a4b4c4d4e4f50515253",
    ] {
        let mut haystack = Haystack::default();
        haystack.add("there", content.as_bytes());
        assert_eq!(haystack.search(&canary).len(), 1, "{content}");
    }
    let mut haystack = Haystack::default();
    haystack.add("there", b"abcdefghijklmno ABCDEFGHIJKLMNO");
    assert!(haystack.search(&canary).is_empty());
}
