//! Path templates such as `/contacts/:id`: the only source of addresses.
//!
//! Invariant: what [`Template::fill`] returns consists of the template's literals, a resource name
//! the caller took from the catalogue, and numbers.

use serde::Deserialize;

use crate::domain::RecordId;

/// The longest id in a path, in digits. Any such number fits 64 bits.
const MAX_ID_DIGITS: usize = 19;

/// A path with places for a record, and for the record it is nested under.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub struct Template {
    text: String,
    segments: Vec<Segment>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    Literal(String),
    /// `:resource_type`: the kind of the record it is nested under.
    ParentKind,
    /// `:organization_id` and its like: the id of the record it is nested under.
    Parent,
    /// `:id`.
    Record,
}

/// What stood at the places of a template.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// At `:id`.
    pub record: Option<RecordId>,
    /// The kind and the id the path is nested under.
    pub parent: Option<(String, RecordId)>,
}

impl Template {
    /// The template as the catalogue writes it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it names one record.
    pub fn has_record(&self) -> bool {
        self.segments.contains(&Segment::Record)
    }

    /// Whether the kind of the parent is open: `/:resource_type/…`.
    pub fn is_polymorphic(&self) -> bool {
        self.segments.contains(&Segment::ParentKind)
    }

    /// What stands at the places, if these segments fit.
    pub fn places(&self, segments: &[&str]) -> Option<Places> {
        if segments.len() != self.segments.len() {
            return None;
        }
        let mut places = Places::default();
        let mut before = "";
        for (expected, found) in self.segments.iter().zip(segments) {
            match expected {
                Segment::Literal(text) if text == found => {}
                Segment::Literal(_) => return None,
                Segment::ParentKind if found.is_empty() => return None,
                Segment::ParentKind => {}
                Segment::Parent => places.parent = Some((before.to_owned(), parse_id(found)?)),
                Segment::Record => places.record = Some(parse_id(found)?),
            }
            before = found;
        }
        Some(places)
    }

    /// The path with its places filled. None where something is missing or does not belong.
    pub fn fill(&self, places: &Places) -> Option<String> {
        let mut path = String::new();
        let mut before = "";
        for segment in &self.segments {
            path.push('/');
            match segment {
                Segment::Literal(text) => {
                    path.push_str(text);
                    before = text;
                }
                Segment::ParentKind => {
                    let (kind, _) = places.parent.as_ref()?;
                    path.push_str(kind);
                    before = kind;
                }
                Segment::Parent => {
                    let (kind, id) = places.parent.as_ref()?;
                    if kind != before {
                        return None;
                    }
                    path.push_str(&id.to_string());
                }
                Segment::Record => path.push_str(&places.record?.to_string()),
            }
        }
        Some(path)
    }
}

impl From<String> for Template {
    fn from(text: String) -> Self {
        let segments = text
            .split('/')
            .skip(1)
            .map(|segment| match segment {
                ":resource_type" => Segment::ParentKind,
                ":id" => Segment::Record,
                place if place.starts_with(':') => Segment::Parent,
                literal => Segment::Literal(literal.to_owned()),
            })
            .collect();
        Self { text, segments }
    }
}

/// An id as it may stand in a path: digits only, no leading zero, no overflow.
pub fn parse_id(text: &str) -> Option<RecordId> {
    let is_plain = (1..=MAX_ID_DIGITS).contains(&text.len())
        && !text.starts_with('0')
        && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_plain {
        return None;
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn a_template_gives_back_what_it_was_filled_with() {
        let template =
            Template::from("/:resource_type/:resource_id/relationships/x/:id".to_owned());
        let places = Places {
            record: Some(RecordId(7)),
            parent: Some(("contacts".to_owned(), RecordId(5))),
        };
        let path = template.fill(&places).unwrap();
        assert_eq!(path, "/contacts/5/relationships/x/7");
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        assert_eq!(template.places(&segments), Some(places));
    }

    #[test]
    fn a_parent_of_another_kind_is_not_filled_in() {
        let template = Template::from("/documents/:document_id/relationships/sections".to_owned());
        let places = Places {
            record: None,
            parent: Some(("contacts".to_owned(), RecordId(5))),
        };
        assert_eq!(template.fill(&places), None);
    }

    #[rstest]
    #[case("1", Some(1))]
    #[case("1694461951918297", Some(1_694_461_951_918_297))]
    #[case("9999999999999999999", Some(9_999_999_999_999_999_999))]
    #[case("10000000000000000000", None)]
    #[case("0", None)]
    #[case("01", None)]
    #[case("", None)]
    #[case("+1", None)]
    #[case("-1", None)]
    #[case("1.0", None)]
    #[case("\u{661}", None)]
    fn ids_are_plain_numbers(#[case] text: &str, #[case] id: Option<u64>) {
        assert_eq!(parse_id(text), id.map(RecordId));
    }
}
