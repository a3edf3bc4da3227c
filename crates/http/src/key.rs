//! Where the API key is: in the query, else in the JSON body, else in `Authorization: Bearer`. The first of the three that
//! is present counts, even when it is empty; `null` in the body is absence.

use std::borrow::Cow;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

use crate::form::{self, Values};
use crate::json::{Field, JsonObject, Value};

/// What one place holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Presented<'a> {
    /// No key.
    Absent,
    /// Something that can be read as a key.
    Key(Cow<'a, str>),
    /// Something that cannot: repeated, not text.
    Malformed,
}

impl<'a> Presented<'a> {
    /// This, or what the next place holds.
    pub(crate) fn or_else(self, next: impl FnOnce() -> Self) -> Self {
        if self == Self::Absent { next() } else { self }
    }
}

/// The query's parameter `apiKey`.
pub(crate) fn in_query(query: Option<&str>) -> Presented<'_> {
    match form::values(query.unwrap_or_default().as_bytes(), "apiKey") {
        Values::Absent => Presented::Absent,
        Values::One(key) => Presented::Key(key),
        Values::Malformed => Presented::Malformed,
    }
}

/// The body's field `apiKey`.
pub(crate) fn in_body<'a>(object: &'a JsonObject<'_>) -> Presented<'a> {
    if object.duplicate() == Some(Field::ApiKey.name()) {
        return Presented::Malformed;
    }
    match object.value(Field::ApiKey) {
        Value::Absent | Value::Null => Presented::Absent,
        Value::Text(key) => Presented::Key(Cow::Borrowed(key)),
        Value::Other => Presented::Malformed,
    }
}

/// The header `Authorization` of the scheme `Bearer` (RFC 6750); another scheme brings no key.
pub(crate) fn in_header(headers: &HeaderMap) -> Presented<'_> {
    const SCHEME: &[u8] = b"bearer";
    let mut lines = headers.get_all(AUTHORIZATION).iter();
    let Some(line) = lines.next() else { return Presented::Absent };
    if lines.next().is_some() {
        return Presented::Malformed;
    }
    let Some((scheme, rest)) = line.as_bytes().split_at_checked(SCHEME.len()) else {
        return Presented::Absent;
    };
    if !scheme.eq_ignore_ascii_case(SCHEME) || rest.first().is_some_and(|byte| *byte != b' ') {
        return Presented::Absent;
    }
    str::from_utf8(rest.trim_ascii()).map_or(Presented::Malformed, |key| Presented::Key(Cow::Borrowed(key)))
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
            assert_eq!(in_header(&header(&[line.as_bytes()])), Presented::Key("KEY".into()), "{line}");
        }
    }

    #[test]
    fn other_schemes_bring_no_key() {
        for line in ["Basic KEY", "BearerKEY", "KEY", "", "Bear", "Bearer\tKEY"] {
            assert_eq!(in_header(&header(&[line.as_bytes()])), Presented::Absent, "{line}");
        }
    }

    #[test]
    fn an_empty_one_is_present() {
        for line in ["Bearer", "Bearer ", "Bearer    "] {
            assert_eq!(in_header(&header(&[line.as_bytes()])), Presented::Key("".into()), "{line:?}");
        }
    }

    #[test]
    fn two_headers_and_bytes_that_are_no_text_are_malformed() {
        assert_eq!(in_header(&header(&[b"Bearer KEY", b"Bearer KEY"])), Presented::Malformed);
        assert_eq!(in_header(&header(&[b"Basic x", b"Bearer KEY"])), Presented::Malformed);
        assert_eq!(in_header(&header(&[b"Bearer \xff"])), Presented::Malformed);
    }

    #[test]
    fn in_the_body_null_is_absence_and_two_are_malformed() {
        for (body, expected) in [
            (r#"{}"#, Presented::Absent),
            (r#"{"apiKey":null}"#, Presented::Absent),
            (r#"{"apiKey":""}"#, Presented::Key("".into())),
            (r#"{"apiKey":"KEY"}"#, Presented::Key("KEY".into())),
            (r#"{"apiKey":["KEY"]}"#, Presented::Malformed),
            (r#"{"apiKey":1}"#, Presented::Malformed),
            (r#"{"apiKey":"KEY","apiKey":"KEY"}"#, Presented::Malformed),
        ] {
            assert_eq!(in_body(&JsonObject::parse(body.as_bytes()).unwrap()), expected, "{body}");
        }
    }
}
