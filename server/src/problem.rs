//! Errors as programs see them: RFC 9457 `application/problem+json`, with the fields of [`AppError`] beside its own.
//!
//! Says nothing of causes; those are in the log under the incident id.

use axum::Json;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::{AppError, Field, Reason};
use serde::Serialize;
use serde_json::{Map, Value};

/// The media type of a problem.
pub(crate) const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

/// An answer other than success.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    fields: Map<String, Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// A problem as the OpenAPI document describes it; errors of one kind carry further members (`offset`, `limit`, …).
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemSchema {
    /// Always `about:blank`: the meaning is in `code`.
    r#type: String,
    /// The status in words.
    title: String,
    /// The HTTP status.
    status: u16,
    /// What happened, in English.
    detail: String,
    /// What a program switches on, e.g. `name-taken`.
    code: String,
    /// The input that is refused, where it is one.
    field: Option<String>,
    /// Why it is refused.
    reason: Option<String>,
}

impl Problem {
    /// A request that breaks the rules of HTTP or of tus, below what [`AppError`] knows.
    pub(crate) fn protocol(status: StatusCode, code: &str, detail: &str) -> Self {
        let mut fields = Map::new();
        fields.insert("code".to_owned(), code.into());
        Self::new(status, detail, fields)
    }

    /// 400: a header or a parameter cannot be read.
    pub(crate) fn malformed(detail: &str) -> Self {
        Self::protocol(StatusCode::BAD_REQUEST, "malformed-request", detail)
    }

    /// The HTTP status.
    pub(crate) const fn status(&self) -> StatusCode {
        self.status
    }

    /// The error that a page tells a person, of the one this was made from.
    pub(crate) fn into_app_error(self) -> AppError {
        serde_json::from_value(Value::Object(self.fields))
            .unwrap_or_else(|_| AppError::invalid(Field::Metadata, Reason::Malformed))
    }

    /// The same with one more header.
    pub(crate) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    fn new(status: StatusCode, detail: &str, mut fields: Map<String, Value>) -> Self {
        // 460 is the one status of tus that the registry does not know.
        let title = status.canonical_reason().unwrap_or("Checksum Mismatch");
        fields.insert("type".to_owned(), "about:blank".into());
        fields.insert("title".to_owned(), title.into());
        fields.insert("status".to_owned(), status.as_u16().into());
        fields.insert("detail".to_owned(), detail.into());
        Self { status, fields, headers: Vec::new() }
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let fields = match serde_json::to_value(&error) {
            Ok(Value::Object(fields)) => fields,
            _ => Map::new(),
        };
        let mut problem = Self::new(status, &error.to_string(), fields);
        if let Some(seconds) = error.retry_after() {
            problem = problem.with_header(header::RETRY_AFTER, seconds.into());
        }
        problem
    }
}

impl From<drive::Error> for Problem {
    fn from(error: drive::Error) -> Self {
        crate::metrics::count_store_error(&error);
        match error {
            drive::Error::MustChangePassword => Self::protocol(
                StatusCode::FORBIDDEN,
                "password-change-required",
                "an administrator has set the password of this account; sign in with a browser and choose another one first",
            ),
            drive::Error::ReadOnlyToken => Self::protocol(
                StatusCode::FORBIDDEN,
                "read-only-token",
                "this token may only read; make one that may read and write",
            ),
            error => error.to_app_error().into(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response<Body> {
        let mut response = (self.status, Json(Value::Object(self.fields))).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, PROBLEM_JSON);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.extend(self.headers);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_error_keeps_its_fields() {
        let error = AppError::invalid(Field::Name, Reason::TooLong { limit: 255 });
        let problem = Problem::from(error.clone());
        assert_eq!(
            Value::Object(problem.fields.clone()),
            json!({
                "type": "about:blank", "title": "Unprocessable Entity", "status": 422, "code": "invalid",
                "detail": "the name is refused: longer than 255", "field": "name", "reason": "too-long", "limit": 255,
            })
        );
        let read: AppError = serde_json::from_value(Value::Object(problem.fields)).expect("an AppError");
        assert_eq!(read, error, "clients read the same error back");
    }

    #[test]
    fn waiting_is_said_in_a_header() {
        let response = Problem::from(AppError::StoreUnavailable { retry_after: 8 }).into_response();
        assert_eq!(
            (response.status().as_u16(), &response.headers()["retry-after"]),
            (503, &"8".parse().expect("8"))
        );
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        assert_eq!(Problem::from(AppError::ChecksumMismatch).into_response().status().as_u16(), 460);
    }
}
