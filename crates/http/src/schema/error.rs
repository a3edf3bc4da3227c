//! Errors as callers see them. Every use case's error is mapped in one exhaustive `match`: a new one
//! does not compile until it has a status and a code.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use application::model::LimitDecision;
use application::ports::StoreError;
use application::{AuthenticateError, RequestResetError};
use axum::http::header::{CONTENT_TYPE, LINK, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tracing::error;
use utoipa::ToSchema;

use super::error_code::ErrorCode;

/// The error code of an answer, in its extensions, for metrics and the log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AnsweredCode(pub(crate) &'static str);

/// An error as the caller sees it.
#[derive(Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    code: ErrorCode,
    message: Cow<'static, str>,
    field: Option<Cow<'static, str>>,
    retry_after: Option<Duration>,
}

/// The body of every error.
#[derive(Serialize, ToSchema)]
pub(crate) struct ErrorBody<'a> {
    /// What went wrong.
    error: ErrorDetail<'a>,
}

/// What went wrong.
#[derive(Serialize, ToSchema)]
pub(crate) struct ErrorDetail<'a> {
    /// The code. It never changes its meaning; `/errors/{code}` explains it.
    #[schema(example = "INTERNAL_VALIDATION_FAILED")]
    code: &'a str,
    /// One sentence for the log of the caller. It may change.
    message: &'a str,
    /// What the code means, what usually causes it, and what to do.
    description: &'a str,
    /// The field to blame, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "email")]
    field: Option<&'a str>,
}

impl ApiError {
    /// The error with its code's own status and message.
    pub(crate) const fn new(code: ErrorCode) -> Self {
        let message = Cow::Borrowed(code.message());
        Self { status: code.status(), code, message, field: None, retry_after: None }
    }

    /// A field that cannot be taken (422). `error` says what was expected, never the value itself.
    pub(crate) fn field(field: impl Into<Cow<'static, str>>, error: impl fmt::Display) -> Self {
        let message = Cow::Owned(sentence(&error.to_string()));
        Self { message, field: Some(field.into()), ..Self::new(ErrorCode::ValidationFailed) }
    }

    /// A body that is no JSON object (400).
    pub(crate) const fn bad_body(message: &'static str) -> Self {
        let code = ErrorCode::ValidationFailed;
        let message = Cow::Borrowed(message);
        Self { status: StatusCode::BAD_REQUEST, code, message, field: None, retry_after: None }
    }

    /// A request that names no host, or two (400).
    pub(crate) const fn bad_host() -> Self {
        Self::bad_body("The header Host is missing, repeated or not a host.")
    }

    /// With another message than the code's own.
    pub(crate) fn with_message(self, message: &'static str) -> Self {
        Self { message: Cow::Borrowed(message), ..self }
    }

    /// With `Retry-After`.
    pub(crate) fn with_retry_after(self, wait: Duration) -> Self {
        Self { retry_after: Some(wait), ..self }
    }

    /// Without the name of a field.
    pub(crate) fn without_field(self) -> Self {
        Self { field: None, ..self }
    }

    /// The error as the documentation shows it.
    pub(crate) fn example(code: ErrorCode) -> Self {
        if matches!(code, ErrorCode::ValidationFailed) {
            return match domain::Expiry::parse("3 fortnights") {
                Err(error) => Self::field("expirationTime", error),
                Ok(_) => Self::new(code),
            };
        }
        Self::new(code)
    }

    /// Over a limit (429).
    pub(crate) fn limited(decision: &LimitDecision) -> Self {
        Self { retry_after: Some(decision.retry_after), ..Self::new(ErrorCode::TooManyRequests) }
    }

    /// The code.
    pub(crate) const fn code(&self) -> ErrorCode {
        self.code
    }

    /// The body, as JSON.
    pub(crate) fn body(&self) -> ErrorBody<'_> {
        ErrorBody {
            error: ErrorDetail {
                code: self.code.as_str(),
                message: &self.message,
                description: self.code.description(),
                field: self.field.as_deref(),
            },
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        // Text fields alone: this cannot fail.
        let body = serde_json::to_vec(&self.body()).unwrap_or_default();
        let mut response =
            (self.status, [(CONTENT_TYPE, HeaderValue::from_static("application/json"))], body)
                .into_response();
        response.extensions_mut().insert(AnsweredCode(self.code.as_str()));
        response.headers_mut().insert(LINK, help(self.code.as_str()));
        if let Some(wait) = self.retry_after {
            response.headers_mut().insert(RETRY_AFTER, retry_after(wait));
        }
        response
    }
}

impl From<&AuthenticateError> for ApiError {
    fn from(error: &AuthenticateError) -> Self {
        match error {
            AuthenticateError::Empty => Self::new(ErrorCode::ApiKeyIsEmpty),
            AuthenticateError::Format => Self::new(ErrorCode::ApiKeyIsNotInValidFormat),
            AuthenticateError::Sample => Self::new(ErrorCode::ApiKeySampleValue),
            AuthenticateError::Unknown => Self::new(ErrorCode::ApiKeyDoesNotExist),
            AuthenticateError::Revoked => Self::new(ErrorCode::ApiKeyHasBeenDeleted),
            AuthenticateError::NotActive => Self::new(ErrorCode::ApiKeyIsNotActive),
            AuthenticateError::Expired => Self::new(ErrorCode::ApiKeyHasBeenExpired),
            AuthenticateError::NoPermission(_) => Self::new(ErrorCode::ApiKeyHasNoPermission),
            AuthenticateError::TooManyRequests(decision) => Self::limited(decision),
            AuthenticateError::Store(error) => error.into(),
        }
    }
}

impl From<RequestResetError> for ApiError {
    fn from(error: RequestResetError) -> Self {
        match error {
            RequestResetError::Expiry(error) => Self::field("expirationTime", error),
            RequestResetError::TooManyRequests(decision) => Self::limited(&decision),
            RequestResetError::Store(error) => (&error).into(),
        }
    }
}

impl From<&StoreError> for ApiError {
    fn from(error: &StoreError) -> Self {
        error!(%error, "the store did not do its work");
        match error {
            StoreError::Unavailable(_) => Self::new(ErrorCode::ServiceUnavailable),
            StoreError::Corrupt { .. } | StoreError::Conflict(_) => Self::new(ErrorCode::Internal),
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        (&error).into()
    }
}

/// The header `Link` of an answer with `code`: where the code is explained (RFC 8288).
pub(crate) fn help(code: &str) -> HeaderValue {
    HeaderValue::try_from(format!("</errors/{code}>; rel=\"help\""))
        .unwrap_or(HeaderValue::from_static("</errors>; rel=\"help\""))
}

/// After how long to try again when the queue of password hashes is full.
pub(crate) const BUSY: Duration = Duration::from_secs(5);

/// The value of `Retry-After`: rounded up to whole seconds, and at least one, so that who waits that
/// long does not come too early.
pub(crate) fn retry_after(wait: Duration) -> HeaderValue {
    HeaderValue::from((wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1))
}

/// An error of the domain begins in lower case and has no full stop; a message to a caller has both.
fn sentence(error: &str) -> String {
    let mut letters = error.chars();
    let first = letters.next().map(char::to_uppercase).into_iter().flatten();
    let mut text: String = first.chain(letters).collect();
    if !text.ends_with('.') {
        text.push('.');
    }
    text
}
