//! Where the API key is: in the query, else in the JSON body, else in `Authorization: Bearer`. The
//! first of the three that is present counts, even when it is empty; `null` in the body is absence.

use std::borrow::Cow;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

use crate::form::{self, Values};
use crate::schema::json::{JsonObject, Value};

/// The name of the query parameter and of the body's field.
const API_KEY: &str = "apiKey";

/// What one location of a request holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ApiKeyCredential<'a> {
    /// No key.
    Absent,
    /// Something that can be read as a key.
    Key(Cow<'a, str>),
    /// Something that cannot: repeated, not text.
    Malformed,
}

impl<'a> ApiKeyCredential<'a> {
    /// This, or what the next location holds.
    pub(crate) fn or_else(self, next: impl FnOnce() -> Self) -> Self {
        if self == Self::Absent { next() } else { self }
    }
}

/// The query's parameter `apiKey`.
pub(crate) fn in_query(query: Option<&str>) -> ApiKeyCredential<'_> {
    match form::values(query.unwrap_or_default().as_bytes(), API_KEY) {
        Values::Absent => ApiKeyCredential::Absent,
        Values::One(key) => ApiKeyCredential::Key(key),
        Values::Malformed => ApiKeyCredential::Malformed,
    }
}

/// The body's field `apiKey`.
pub(crate) fn in_body<'a>(object: &'a JsonObject<'_>) -> ApiKeyCredential<'a> {
    match object.value(API_KEY) {
        _ if object.is_repeated(API_KEY) => ApiKeyCredential::Malformed,
        None | Some(Value::Null) => ApiKeyCredential::Absent,
        Some(Value::Text(key)) => ApiKeyCredential::Key(Cow::Borrowed(key)),
        Some(Value::Other) => ApiKeyCredential::Malformed,
    }
}

/// The header `Authorization` of the scheme `Bearer` (RFC 6750); another scheme brings no key.
pub(crate) fn in_header(headers: &HeaderMap) -> ApiKeyCredential<'_> {
    const SCHEME: &[u8] = b"bearer";
    let mut lines = headers.get_all(AUTHORIZATION).iter();
    let Some(line) = lines.next() else { return ApiKeyCredential::Absent };
    if lines.next().is_some() {
        return ApiKeyCredential::Malformed;
    }
    let Some((scheme, rest)) = line.as_bytes().split_at_checked(SCHEME.len()) else {
        return ApiKeyCredential::Absent;
    };
    if !scheme.eq_ignore_ascii_case(SCHEME) || rest.first().is_some_and(|byte| *byte != b' ') {
        return ApiKeyCredential::Absent;
    }
    str::from_utf8(rest.trim_ascii())
        .map_or(ApiKeyCredential::Malformed, |key| ApiKeyCredential::Key(Cow::Borrowed(key)))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn header(lines: &[&[u8]]) -> HeaderMap {
        lines.iter().map(|line| (AUTHORIZATION, HeaderValue::from_bytes(line).unwrap())).collect()
    }

    #[test]
    fn the_scheme_is_read_in_either_case() {
        for line in ["Bearer KEY", "bearer KEY", "BEARER   KEY", "bEaReR KEY "] {
            assert_eq!(in_header(&header(&[line.as_bytes()])), ApiKeyCredential::Key("KEY".into()), "{line}");
        }
    }

    #[test]
    fn other_schemes_bring_no_key() {
        for line in ["Basic KEY", "BearerKEY", "KEY", "", "Bear", "Bearer\tKEY"] {
            assert_eq!(in_header(&header(&[line.as_bytes()])), ApiKeyCredential::Absent, "{line}");
        }
    }

    #[test]
    fn an_empty_one_is_present() {
        for line in ["Bearer", "Bearer ", "Bearer    "] {
            assert_eq!(in_header(&header(&[line.as_bytes()])), ApiKeyCredential::Key("".into()), "{line:?}");
        }
    }

    #[test]
    fn two_headers_and_bytes_that_are_no_text_are_malformed() {
        assert_eq!(in_header(&header(&[b"Bearer KEY", b"Bearer KEY"])), ApiKeyCredential::Malformed);
        assert_eq!(in_header(&header(&[b"Basic x", b"Bearer KEY"])), ApiKeyCredential::Malformed);
        assert_eq!(in_header(&header(&[b"Bearer \xff"])), ApiKeyCredential::Malformed);
    }

    #[test]
    fn in_the_body_null_is_absence_and_two_are_malformed() {
        for (body, expected) in [
            (r#"{}"#, ApiKeyCredential::Absent),
            (r#"{"apiKey":null}"#, ApiKeyCredential::Absent),
            (r#"{"apiKey":""}"#, ApiKeyCredential::Key("".into())),
            (r#"{"apiKey":"KEY"}"#, ApiKeyCredential::Key("KEY".into())),
            (r#"{"apiKey":["KEY"]}"#, ApiKeyCredential::Malformed),
            (r#"{"apiKey":1}"#, ApiKeyCredential::Malformed),
            (r#"{"apiKey":"KEY","apiKey":"KEY"}"#, ApiKeyCredential::Malformed),
            (r#"{"x":1,"x":1,"apiKey":null,"apiKey":"KEY"}"#, ApiKeyCredential::Malformed),
        ] {
            assert_eq!(in_body(&JsonObject::read(body.as_bytes()).unwrap()), expected, "{body}");
        }
    }
}
