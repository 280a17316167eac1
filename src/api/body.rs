//! Strict JSON bodies: media type, size, one meaning.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use serde_json::{Map, Value};

use super::Problem;
use crate::domain::{FieldError, json};

/// A body that is a JSON object.
pub struct JsonObject(pub Map<String, Value>);

impl<S: Send + Sync> FromRequest<S> for JsonObject {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let headers = request.headers();
        let is_json = headers
            .get(CONTENT_TYPE)
            .is_some_and(|value| is_json(value.as_bytes()));
        if !is_json || headers.contains_key(CONTENT_ENCODING) {
            return Err(Problem::unsupported_media_type());
        }
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| {
                if rejection.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
                    Problem::too_large()
                } else {
                    Problem::malformed("The body could not be read to its end.")
                }
            })?;
        match json::parse(&bytes).map_err(|error| Problem::malformed(format!("{error}.")))? {
            Value::Object(members) => Ok(Self(members)),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_) => Err(Problem::malformed("The body has to be a JSON object.")),
        }
    }
}

/// A body that is a JSON object, or none at all, which says as much as an empty one.
pub struct OptionalObject(pub JsonObject);

impl<S: Send + Sync> FromRequest<S> for OptionalObject {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let headers = request.headers();
        let is_empty = !headers.contains_key(CONTENT_TYPE)
            && !headers.contains_key(TRANSFER_ENCODING)
            && headers
                .get(CONTENT_LENGTH)
                .is_none_or(|length| length.as_bytes() == b"0");
        if is_empty {
            return Ok(Self(JsonObject(Map::new())));
        }
        JsonObject::from_request(request, state).await.map(Self)
    }
}

/// `application/json`, `application/vnd.api+json`, with or without parameters.
fn is_json(content_type: &[u8]) -> bool {
    let text = String::from_utf8_lossy(content_type).to_ascii_lowercase();
    let essence = text.split(';').next().unwrap_or_default().trim();
    essence == "application/json"
        || essence.starts_with("application/") && essence.ends_with("+json")
}

/// Takes the members of an object apart, and notes one error per member that does not fit.
pub struct Members {
    left: Map<String, Value>,
    errors: Vec<FieldError>,
    prefix: String,
    refusal: fn(Vec<FieldError>) -> Problem,
}

impl Members {
    /// Of a proposal or a decision.
    pub fn of(object: JsonObject) -> Self {
        Self::refused_by(Problem::invalid, object)
    }

    /// Of any other request.
    pub fn of_request(object: JsonObject) -> Self {
        Self::refused_by(Problem::invalid_request, object)
    }

    fn refused_by(
        refusal: fn(Vec<FieldError>) -> Problem,
        JsonObject(members): JsonObject,
    ) -> Self {
        Self {
            left: members,
            errors: Vec::new(),
            prefix: String::new(),
            refusal,
        }
    }

    fn within(&self, members: Map<String, Value>, key: &str) -> Self {
        Self {
            left: members,
            errors: Vec::new(),
            prefix: format!("{}/{key}", self.prefix),
            refusal: self.refusal,
        }
    }

    /// Whether the member is there, even if it is null.
    pub fn has(&self, key: &str) -> bool {
        self.left.contains_key(key)
    }

    /// Whether the member is there with a value; that it is not is noted.
    pub fn require(&mut self, key: &str) -> bool {
        let is_there = self.left.get(key).is_some_and(|value| !value.is_null());
        if !is_there {
            self.left.remove(key);
            self.error(key, "This is required.");
        }
        is_there
    }

    /// A text that has to be there.
    pub fn required_text(&mut self, key: &str) -> String {
        match self.left.remove(key) {
            Some(Value::String(text)) => text,
            Some(Value::Null) | None => {
                self.error(key, "This is required.");
                String::new()
            }
            Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
                self.error(key, "This has to be a text.");
                String::new()
            }
        }
    }

    /// A text that may be there.
    pub fn text(&mut self, key: &str) -> Option<String> {
        match self.left.remove(key) {
            Some(Value::String(text)) => Some(text),
            Some(Value::Null) | None => None,
            Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
                self.error(key, "This has to be a text.");
                None
            }
        }
    }

    /// A whole number that may be there.
    pub fn integer(&mut self, key: &str) -> Option<i64> {
        match self.left.remove(key) {
            Some(Value::Null) | None => None,
            Some(value) => {
                let number = value.as_i64();
                if number.is_none() {
                    self.error(key, "This has to be a whole number.");
                }
                number
            }
        }
    }

    /// Yes or no, if it is there.
    pub fn flag(&mut self, key: &str) -> Option<bool> {
        match self.left.remove(key) {
            Some(Value::Bool(flag)) => Some(flag),
            Some(Value::Null) | None => None,
            Some(Value::String(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
                self.error(key, "This has to be true or false.");
                None
            }
        }
    }

    /// A list of texts that may be there.
    pub fn texts(&mut self, key: &str) -> Vec<String> {
        let Some(value) = self.left.remove(key) else {
            return Vec::new();
        };
        let texts: Option<Vec<String>> = match value {
            Value::Null => Some(Vec::new()),
            Value::Array(items) => items
                .into_iter()
                .map(|item| item.as_str().map(str::to_owned))
                .collect(),
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => None,
        };
        texts.unwrap_or_else(|| {
            self.error(key, "This has to be a list of texts.");
            Vec::new()
        })
    }

    /// Any value that may be there; null counts as none.
    pub fn value(&mut self, key: &str) -> Option<Value> {
        self.left.remove(key).filter(|value| !value.is_null())
    }

    /// An object that may be there; its errors become ours.
    pub fn object<T>(&mut self, key: &str, read: impl FnOnce(&mut Self) -> T) -> Option<T> {
        match self.left.remove(key) {
            Some(Value::Null) | None => None,
            Some(Value::Object(members)) => {
                let mut inner = self.within(members, key);
                let read = read(&mut inner);
                inner.refuse_unknown();
                self.errors.append(&mut inner.errors);
                Some(read)
            }
            Some(Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) => {
                self.error(key, "This has to be an object.");
                None
            }
        }
    }

    /// Notes an error about a member.
    pub fn error(&mut self, key: &str, detail: &str) {
        self.errors
            .push(FieldError::new(format!("{}/{key}", self.prefix), detail));
    }

    /// Says what did not fit; members nobody asked for do not.
    ///
    /// # Errors
    /// A 422 with one entry per member.
    pub fn finish(mut self) -> Result<(), Problem> {
        self.refuse_unknown();
        if self.errors.is_empty() {
            return Ok(());
        }
        Err((self.refusal)(self.errors))
    }

    /// What the members make together, if all of them fit. Where there is nothing, a member was
    /// missing and that was noted.
    ///
    /// # Errors
    /// A 422 with one entry per member.
    pub fn finish_with<T>(mut self, whole: Option<T>) -> Result<T, Problem> {
        self.refuse_unknown();
        match whole {
            Some(whole) if self.errors.is_empty() => Ok(whole),
            Some(_) | None => Err((self.refusal)(self.errors)),
        }
    }

    fn refuse_unknown(&mut self) {
        let unknown: Vec<String> = self.left.keys().cloned().collect();
        for key in unknown {
            self.error(&key, "There is no such member.");
        }
    }
}
