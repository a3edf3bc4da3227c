//! What any answer is read by: the status outside, JSON inside.

use bytes::Bytes;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use http_client::Answer;
use serde_json::{Map, Value};

use crate::{BackendError, InvalidAnswer};

/// The error of a status that the call does not define.
pub(crate) const fn undefined(status: StatusCode) -> BackendError {
    match status.as_u16() {
        404 => BackendError::NotFound,
        redirect @ 300..=399 => BackendError::Redirect(redirect),
        other => BackendError::Status(other),
    }
}

/// The JSON object of the body, whatever its content type: many a backend sends none.
pub(crate) async fn object(answer: Answer) -> Result<Map<String, Value>, BackendError> {
    let content_type = answer.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let is_page = content_type.is_some_and(|value| value.starts_with("text/html"));
    let body: Bytes = answer.bytes().await?;
    match serde_json::from_slice(&body) {
        Ok(Value::Object(object)) => Ok(object),
        _ if is_page => Err(BackendError::Page),
        _ => Err(BackendError::NotJson),
    }
}

/// The field's text, of 1 to `longest` bytes and without control characters.
pub(crate) fn text<'a>(
    object: &'a Map<String, Value>,
    key: &str,
    longest: usize,
    invalid: InvalidAnswer,
) -> Result<&'a str, InvalidAnswer> {
    let text = object.get(key).and_then(Value::as_str).ok_or(invalid)?;
    let fits = (1..=longest).contains(&text.len()) && !text.chars().any(char::is_control);
    if fits { Ok(text) } else { Err(invalid) }
}
