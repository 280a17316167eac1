//! Just enough HTML to show it as text and to tell whether two pieces say the same.
//!
//! Nothing here makes HTML safe; what it returns is text and shown as text.

/// A piece of HTML.
enum Token<'a> {
    Text(&'a str),
    Tag { name: String, inside: &'a str },
}

/// The text a reader would see, white space left out: for comparing what was sent with what was
/// read back.
pub(super) fn bare_text(html: &str) -> String {
    let mut text = String::new();
    for token in tokens(html) {
        if let Token::Text(raw) = token {
            text.extend(unescape(raw).chars().filter(|c| !c.is_whitespace()));
        }
    }
    text
}

/// The text together with the marks, links and images that carry meaning: stricter than
/// [`bare_text`], but not troubled by reformatting.
pub(super) fn skeleton(html: &str) -> String {
    let mut text = String::new();
    for token in tokens(html) {
        match token {
            Token::Text(raw) => text.extend(unescape(raw).chars().filter(|c| !c.is_whitespace())),
            Token::Tag { name, inside } => {
                let name = match name.trim_start_matches('/') {
                    "b" => name.replace('b', "strong"),
                    "i" => name.replace('i', "em"),
                    "p" | "div" | "span" | "br" | "tbody" | "thead" | "html" | "body" => continue,
                    _ => name,
                };
                text.push('\u{0}');
                text.push_str(&name);
                for attribute in ["href", "src"] {
                    if let Some(target) = attribute_of(inside, attribute) {
                        text.push(' ');
                        text.push_str(&unescape(target));
                    }
                }
                text.push('\u{0}');
            }
        }
    }
    text
}

/// The text with its lines, list marks and the targets of its links and images.
pub(super) fn readable(html: &str) -> String {
    let mut lines = Lines::default();
    let mut open_links = Vec::new();
    for token in tokens(html) {
        match token {
            Token::Text(raw) => lines.write(&unescape(raw)),
            Token::Tag { name, inside } => match name.as_str() {
                "a" => open_links.push(attribute_of(inside, "href").map(unescape)),
                "/a" => {
                    if let Some(Some(target)) = open_links.pop() {
                        lines.write(&format!(" <{target}>"));
                    }
                }
                "img" => {
                    let source = attribute_of(inside, "src").map(unescape);
                    lines.write(&format!(" [image {}] ", source.unwrap_or_default()));
                }
                "svg" => lines.write(" [drawing] "),
                "li" => {
                    lines.end();
                    lines.write("- ");
                }
                "td" | "th" => lines.write(" "),
                name if is_block(name.trim_start_matches('/')) => lines.end(),
                _ => {}
            },
        }
    }
    lines.finish()
}

/// Whether it holds a drawing, which IT Glue strips without a word (api-facts, section 8).
pub(super) fn has_svg(html: &str) -> bool {
    tokens(html).any(|token| matches!(token, Token::Tag { name, .. } if name == "svg"))
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "br"
            | "ul"
            | "ol"
            | "table"
            | "tr"
            | "pre"
            | "hr"
            | "blockquote"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
    )
}

#[derive(Default)]
struct Lines {
    text: String,
    current: String,
}

impl Lines {
    fn write(&mut self, text: &str) {
        for character in text.chars() {
            if !matches!(character, ' ' | '\t' | '\n' | '\r') {
                self.current.push(character);
            } else if !self.current.is_empty() && !self.current.ends_with(' ') {
                self.current.push(' ');
            }
        }
    }

    fn end(&mut self) {
        let line = self.current.trim_end();
        if !line.is_empty() {
            if !self.text.is_empty() {
                self.text.push('\n');
            }
            self.text.push_str(line);
        }
        self.current.clear();
    }

    fn finish(mut self) -> String {
        self.end();
        self.text
    }
}

fn tokens(html: &str) -> impl Iterator<Item = Token<'_>> {
    // Behind the last bracket there is no tag: knowing that keeps the search for ends linear.
    let (mut rest, mut plain) = html.split_at(html.rfind('>').map_or(0, |end| end + 1));
    std::iter::from_fn(move || {
        if rest.is_empty() {
            let text = std::mem::take(&mut plain);
            return (!text.is_empty()).then_some(Token::Text(text));
        }
        let length = tag_length(rest);
        let is_tag = length.is_some();
        let (piece, tail) = rest.split_at(length.unwrap_or_else(|| text_length(rest)));
        rest = tail;
        Some(if is_tag {
            tag(piece)
        } else {
            Token::Text(piece)
        })
    })
}

fn tag(piece: &str) -> Token<'_> {
    let inside = piece.trim_start_matches('<').trim_end_matches('>');
    let name = inside
        .chars()
        .enumerate()
        .take_while(|(position, c)| c.is_ascii_alphanumeric() || *position == 0)
        .map(|(_, c)| c.to_ascii_lowercase())
        .collect();
    Token::Tag { name, inside }
}

/// How long the tag or comment is that starts here, if one does.
fn tag_length(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('<')?;
    if inside.starts_with("!--") {
        return Some(text.find("-->").map_or(text.len(), |end| end + 3));
    }
    let starts_a_tag = inside
        .strip_prefix('/')
        .unwrap_or(inside)
        .starts_with(|c: char| c.is_ascii_alphabetic() || c == '!');
    if !starts_a_tag {
        return None;
    }
    text.find('>').map(|end| end + 1)
}

/// How far the next tag or comment is.
fn text_length(text: &str) -> usize {
    text.match_indices('<')
        .map(|(position, _)| position)
        .find(|position| *position > 0 && text.get(*position..).and_then(tag_length).is_some())
        .unwrap_or(text.len())
}

/// The value of an attribute inside a tag.
fn attribute_of<'a>(inside: &'a str, name: &str) -> Option<&'a str> {
    let lower = inside.to_ascii_lowercase();
    let position = lower
        .match_indices(name)
        .map(|(position, _)| position)
        .find(|position| {
            let starts_a_word = lower
                .get(..*position)
                .is_some_and(|before| before.ends_with(char::is_whitespace));
            let is_assigned = lower
                .get(position + name.len()..)
                .is_some_and(|after| after.trim_start().starts_with('='));
            starts_a_word && is_assigned
        })?;
    let value = inside.get(position + name.len()..)?.trim_start();
    let value = value.strip_prefix('=')?.trim_start();
    match value.chars().next()? {
        quote @ ('"' | '\'') => value.get(1..)?.split(quote).next(),
        _ => value.split(char::is_whitespace).next(),
    }
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let entity = after
            .split_once(';')
            .and_then(|(name, tail)| Some((character_of(name)?, tail)));
        if let Some((character, tail)) = entity {
            out.push(character);
            rest = tail;
        } else {
            out.push('&');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

fn character_of(entity: &str) -> Option<char> {
    match entity {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some('\u{A0}'),
        _ => {
            let number = entity.strip_prefix('#')?;
            let code_point = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code_point)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::paragraphs("<p>One</p>\n<p>Two &amp; three</p>", "One\nTwo & three")]
    #[case::list("<ul><li>a</li><li>b</li></ul>", "- a\n- b")]
    #[case::link(
        r#"See <a class="x" href="https://acme.example/?a=1&amp;b=2">here</a>."#,
        "See here <https://acme.example/?a=1&b=2>."
    )]
    #[case::image(
        r"<p>Rack<img src='https://x.example/1.png'></p>",
        "Rack [image https://x.example/1.png]"
    )]
    #[case::not_a_tag("a < b and 1 <2", "a < b and 1 <2")]
    #[case::never_closed("a <b c", "a <b c")]
    #[case::comment("a<!-- hidden <b> -->b", "ab")]
    fn html_is_shown_as_text(#[case] html: &str, #[case] text: &str) {
        assert_eq!(readable(html), text);
    }

    #[test]
    fn reformatting_changes_neither_text_nor_skeleton() {
        let sent = "<div>Restart <b>both</b> nodes</div>";
        let found = "<p>\n  Restart <strong>both</strong> nodes\n</p>";
        assert_eq!(bare_text(sent), bare_text(found));
        assert_eq!(skeleton(sent), skeleton(found));
    }

    #[test]
    fn another_link_is_another_skeleton() {
        let one = r#"<a href="https://acme.example">x</a>"#;
        let other = r#"<a href="https://evil.example">x</a>"#;
        assert_eq!(bare_text(one), bare_text(other));
        assert_ne!(skeleton(one), skeleton(other));
    }

    proptest! {
        #[test]
        fn any_text_is_survived(html in ".*") {
            readable(&html);
            skeleton(&html);
            bare_text(&html);
        }
    }
}
