//! Errors in IT Glue's own shapes, with their variation (section 9 of api-facts.md).
//!
//! Unconfirmed there and chosen here: the bodies of 400, 404, 413 and 415 (the usual envelope
//! without a pointer), and those of 403 and 429 (what AWS API Gateway answers).

use serde_json::{Value, json};

/// Why a request is not carried out.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Refusal {
    pub status: u16,
    pub body: Value,
    pub retry_after: Option<String>,
}

impl Refusal {
    fn new(status: u16, errors: &[Value]) -> Self {
        Self {
            status,
            body: json!({ "errors": errors }),
            retry_after: None,
        }
    }

    /// 422 for all the complaints about one record.
    pub fn invalid(complaints: Vec<Complaint>) -> Self {
        let errors: Vec<Value> = complaints.into_iter().map(Complaint::written).collect();
        Self::new(422, &errors)
    }

    /// A bad or foreign id inside a body. It does not mean that the key is dead.
    pub fn foreign_id() -> Self {
        Self::new(
            401,
            &[json!({
                "status": 401,
                "title": "Unauthorized",
                "detail": "Unauthorized resource access",
                "source": { "pointer": "id" },
            })],
        )
    }

    pub fn bulk_not_allowed(label: &str) -> Self {
        Self::new(
            422,
            &[json!({
                "status": "unprocessable_entity",
                "title": format!("bulk action not allowed for {label} using this route"),
                "source": { "pointer": "data" },
            })],
        )
    }

    pub fn missing_parameter(name: &str) -> Self {
        Self::bad_request(&format!("param is missing or the value is empty: {name}"))
    }

    pub fn bad_request(detail: &str) -> Self {
        Self::new(
            400,
            &[json!({ "status": 400, "title": "Bad Request", "detail": detail })],
        )
    }

    pub fn not_found() -> Self {
        Self::new(
            404,
            &[json!({ "status": 404, "title": "Not Found", "detail": "Resource not found" })],
        )
    }

    pub fn media_type() -> Self {
        Self::new(
            415,
            &[json!({ "status": 415, "title": "Unsupported Media Type" })],
        )
    }

    pub fn too_large() -> Self {
        Self::of_the_gateway(413, "Request Too Long")
    }

    pub fn forbidden() -> Self {
        Self::of_the_gateway(403, "Forbidden")
    }

    pub fn too_many_requests(retry_after: Option<String>) -> Self {
        Self {
            retry_after,
            ..Self::of_the_gateway(429, "Too Many Requests")
        }
    }

    /// An error of the server, as the gateway in front of it words it.
    pub fn of_the_server(status: u16) -> Self {
        let message = match status {
            504 => "Endpoint request timed out",
            503 => "Service Unavailable",
            502 => "Bad Gateway",
            _ => "Internal server error",
        };
        Self::of_the_gateway(status, message)
    }

    fn of_the_gateway(status: u16, message: &str) -> Self {
        Self {
            status,
            body: json!({ "message": message }),
            retry_after: None,
        }
    }
}

/// One thing that is wrong with a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Complaint {
    Blank(String),
    BlankTrait(String),
    MustExist(String),
    OrganizationRequired,
    UnknownTraits,
    Attribute {
        name: String,
        detail: String,
    },
    Trait {
        key: String,
        detail: String,
    },
    /// A rule about the whole record.
    Record(String),
}

impl Complaint {
    pub fn attribute(name: &str, detail: &str) -> Self {
        Self::Attribute {
            name: name.to_owned(),
            detail: detail.to_owned(),
        }
    }

    fn written(self) -> Value {
        const TITLE: &str = "Unprocessable Entity";
        match self {
            Self::Blank(name) => json!({
                "status": 422, "title": TITLE, "detail": ["can't be blank"],
                "source": { "pointer": format!("/data/attributes/{name}") },
            }),
            Self::BlankTrait(key) => json!({
                "status": 422, "title": TITLE, "detail": ["can't be blank"],
                "source": { "pointer": format!("/data/attributes/flexible-asset-traits.{key}") },
            }),
            Self::MustExist(name) => json!({
                "status": 422, "title": TITLE, "detail": "must exist",
                "source": { "pointer": format!("/data/attributes/{name}") },
            }),
            Self::OrganizationRequired => json!({
                "status": 422, "title": "Valid organization_id is required",
                "source": { "pointer": "data/attributes/organization_id" },
            }),
            Self::UnknownTraits => json!({
                "status": 422, "title": TITLE, "detail": "Request contains invalid trait keys",
                "source": { "pointer": "data/attributes/traits" },
            }),
            Self::Attribute { name, detail } => json!({
                "status": 422, "title": TITLE, "detail": detail,
                "source": { "pointer": format!("/data/attributes/{name}") },
            }),
            Self::Trait { key, detail } => json!({
                "status": 422, "title": TITLE, "detail": [detail],
                "source": { "pointer": format!("/data/attributes/flexible-asset-traits.{key}") },
            }),
            Self::Record(detail) => json!({
                "status": 422, "title": TITLE, "detail": detail,
                "source": { "pointer": "data" },
            }),
        }
    }
}
