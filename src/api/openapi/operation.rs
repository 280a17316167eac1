//! What is said of a route beside its method, its path and the right it needs.

use serde_json::Value;
use utoipa::ToSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;

use super::parameter::Parameter;
use super::problems::Kind;
use crate::domain::named_enum;

named_enum! {
    /// Where an operation stands in the document.
    pub enum Tag {
        /// What agents propose.
        Proposals = "Proposals",
        /// What agents may do.
        Permissions = "Permissions",
        /// What people decide.
        Review = "Review",
        /// IT Glue accounts.
        Connections = "Connections",
        /// Access profiles.
        Profiles = "Profiles",
        /// Agents and their tokens.
        Agents = "Agents",
        /// People and their tokens.
        People = "People",
        /// Pauses, settings, audit, restore.
        Upkeep = "Upkeep",
        /// This document.
        About = "About",
    }
}

impl Tag {
    /// What stands below it.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Proposals => {
                "An agent proposes a write, waits for what becomes of it, changes it or takes it back."
            }
            Self::Permissions => {
                "What an agent's token may do, and what would become of a request."
            }
            Self::Review => {
                "What people see and decide; the token needs the scope `read`, `decide` or `decide-critical`."
            }
            Self::Connections => "IT Glue accounts. Keys go in and never come out.",
            Self::Profiles => "What agents may do, group by group.",
            Self::Agents => "Programs that propose, and the tokens that let them in.",
            Self::People => "Those who decide and administrate, and their personal tokens.",
            Self::Upkeep => "Holding writes back, settings, the audit, and a restored database.",
            Self::About => "This document.",
        }
    }
}

/// What is said of a route. It belongs to the route where that is declared, in
/// [`Routes`](crate::api::Routes).
pub struct Operation {
    pub(super) tag: Tag,
    pub(super) id: &'static str,
    pub(super) summary: &'static str,
    pub(super) text: &'static str,
    pub(super) parameters: Vec<Parameter>,
    pub(super) body: Option<Body>,
    pub(super) answers: Vec<Answer>,
    pub(super) problems: Vec<Kind>,
}

/// What an operation takes.
pub(super) struct Body {
    pub(super) schema: Value,
    pub(super) example: Value,
    pub(super) is_required: bool,
}

/// What an operation answers when all goes well.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) text: &'static str,
    pub(super) content: Content,
    pub(super) headers: Vec<&'static str>,
    pub(super) links: Vec<Link>,
}

/// What an answer holds.
pub(super) enum Content {
    Nothing,
    Json(Shape),
    /// Server-sent events.
    Events,
}

/// A type that answers are made of: its name, and the schemas it needs.
pub(super) struct Shape {
    pub(super) name: String,
    pub(super) schemas: Vec<(String, RefOr<Schema>)>,
}

/// Where one can go on from an answer.
pub(super) struct Link {
    pub(super) to: &'static str,
    pub(super) parameter: &'static str,
    pub(super) expression: &'static str,
}

impl Operation {
    /// An operation of this id, in a few words.
    pub const fn new(tag: Tag, id: &'static str, summary: &'static str) -> Self {
        Self {
            tag,
            id,
            summary,
            text: "",
            parameters: Vec::new(),
            body: None,
            answers: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// In more words.
    #[must_use]
    pub const fn text(mut self, text: &'static str) -> Self {
        self.text = text;
        self
    }

    /// Takes these parameters; those in the path among them.
    #[must_use]
    pub fn parameters(mut self, parameters: impl IntoIterator<Item = Parameter>) -> Self {
        self.parameters.extend(parameters);
        self
    }

    /// Takes a body of this schema, such as the example.
    #[must_use]
    pub fn takes(mut self, schema: Value, example: Value) -> Self {
        self.body = Some(Body {
            schema,
            example,
            is_required: true,
        });
        self
    }

    /// The body may be left out.
    #[must_use]
    pub fn or_nothing(mut self) -> Self {
        if let Some(body) = &mut self.body {
            body.is_required = false;
        }
        self
    }

    /// Answers with this type.
    #[must_use]
    pub fn answers<T: ToSchema>(self, status: u16, text: &'static str) -> Self {
        let name = T::name().into_owned();
        let mut schemas = vec![(name.clone(), T::schema())];
        T::schemas(&mut schemas);
        self.answer(status, text, Content::Json(Shape { name, schemas }))
    }

    /// Answers without a body.
    #[must_use]
    pub fn answers_nothing(self, text: &'static str) -> Self {
        self.answer(204, text, Content::Nothing)
    }

    /// Answers with server-sent events, for as long as anybody listens.
    #[must_use]
    pub fn streams(self, text: &'static str) -> Self {
        self.answer(200, text, Content::Events)
    }

    fn answer(mut self, status: u16, text: &'static str, content: Content) -> Self {
        self.answers.push(Answer {
            status,
            text,
            content,
            headers: Vec::new(),
            links: Vec::new(),
        });
        self
    }

    /// The last answer has this header, too: one of those in `components`.
    #[must_use]
    pub fn with_header(mut self, header: &'static str) -> Self {
        if let Some(answer) = self.answers.last_mut() {
            answer.headers.push(header);
        }
        self
    }

    /// From the last answer, that operation goes on with this parameter.
    #[must_use]
    pub fn leads_to(
        mut self,
        to: &'static str,
        parameter: &'static str,
        expression: &'static str,
    ) -> Self {
        if let Some(answer) = self.answers.last_mut() {
            answer.links.push(Link {
                to,
                parameter,
                expression,
            });
        }
        self
    }

    /// Answers with these problems, beside those that its right, its path and its body bring.
    #[must_use]
    pub fn problems(mut self, kinds: &[Kind]) -> Self {
        self.problems.extend_from_slice(kinds);
        self
    }
}
