//! The JSON object of a body: the fields this API knows, and whether a name occurs twice.
//!
//! `serde_json`'s own maps and structs take the last or refuse any of two equal names without
//! telling which; and what it ignores it does not check. Here the whole text has to be JSON, and a
//! repeated name is told.

mod fields;
mod skip;

use std::borrow::Cow;

use crate::body::BodyError;
use crate::error::ApiError;

pub(crate) use self::fields::{Field, JsonObject};

/// What stands under a name.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    /// The name does not occur.
    #[default]
    Absent,
    /// `null`.
    Null,
    /// A string.
    Text(Cow<'a, str>),
    /// Anything else.
    Other,
}

impl<'a> JsonObject<'a> {
    /// Reads a body.
    ///
    /// # Errors
    /// [`BodyError::NotJson`] or [`BodyError::NotAnObject`].
    pub(crate) fn parse(body: &'a [u8]) -> Result<Self, BodyError> {
        let text = str::from_utf8(body).map_err(|_| BodyError::NotJson)?;
        let mut reader = serde_json::Deserializer::from_str(text);
        let object = Self::read(&mut reader).map_err(|error| match error.classify() {
            serde_json::error::Category::Data => BodyError::NotAnObject,
            _ => BodyError::NotJson,
        })?;
        reader.end().map_err(|_| BodyError::NotJson)?;
        Ok(object)
    }

    /// The text of an optional field; `null` is absence.
    ///
    /// # Errors
    /// 422 for anything that is no string.
    pub(crate) fn optional(&self, field: Field) -> Result<Option<&str>, ApiError> {
        match self.value(field) {
            Value::Absent | Value::Null => Ok(None),
            Value::Text(text) => Ok(Some(text)),
            Value::Other => {
                Err(ApiError::field(field.name(), format_args!("`{}` has to be a string", field.name())))
            }
        }
    }

    /// The text of a required field.
    ///
    /// # Errors
    /// 422 where it is absent, `null` or no string.
    pub(crate) fn required(&self, field: Field) -> Result<&str, ApiError> {
        self.optional(field)?
            .ok_or_else(|| ApiError::field(field.name(), format_args!("`{}` is missing", field.name())))
    }

    /// Refuses an object that holds a name twice.
    ///
    /// # Errors
    /// 422 with the name as the field.
    pub(crate) fn refuse_duplicates(&self) -> Result<(), ApiError> {
        let Some(name) = self.duplicate() else { return Ok(()) };
        const ERROR: &str = "a name occurs twice in the object";
        // An unknown name is the caller's text: told where it is a plain identifier too short for a
        // key or a token.
        let plain = name.len() < 32 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let error = ApiError::field(name.to_owned(), ERROR);
        Err(if plain { error } else { error.without_field() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<JsonObject<'_>, BodyError> {
        JsonObject::parse(text.as_bytes())
    }

    #[test]
    fn values_are_told_apart() {
        let object = parsed(
            r#" {"email":"a","expirationTime":null,"token":1,"x":[{"y":"\u00e9"}],"password":"\u0061"} "#,
        );
        let object = object.unwrap();
        assert_eq!(object.value(Field::Email), &Value::Text("a".into()));
        assert_eq!(object.value(Field::ExpirationTime), &Value::Null);
        assert_eq!(object.value(Field::Token), &Value::Other);
        assert_eq!(object.value(Field::Password), &Value::Text("a".into()));
        assert_eq!(object.value(Field::ApiKey), &Value::Absent);
        assert_eq!(object.duplicate(), None);
    }

    #[test]
    fn anything_but_one_json_text_is_refused() {
        let deep = format!("{{\"x\":{}1{}}}", "[".repeat(200), "]".repeat(200));
        for text in [
            "",
            " ",
            "{",
            "{}x",
            "{} {}",
            "{\"a\":1,}",
            "{a:1}",
            "{'a':1}",
            "// x\n{}",
            "\u{feff}{}",
            "{\"a\":01}",
            "{\"a\":NaN}",
            "{\"a\":\"\\ud800\"}",
            "{\"\\udc00\":1}",
            "{\"x\":{\"y\":[\"\\ud83d\\ud83d\"]}}",
            "{\"a\":\"\n\"}",
            "{\"a\":\"\\x\"}",
            "{\"a\":tru}",
            &deep,
        ] {
            assert_eq!(parsed(text).err(), Some(BodyError::NotJson), "{text:?}");
        }
        assert_eq!(JsonObject::parse(b"{\"a\":\"\xff\"}").err(), Some(BodyError::NotJson));
        assert_eq!(JsonObject::parse(b"{\"x\":[\"\xc3\x28\"]}").err(), Some(BodyError::NotJson));
    }

    #[test]
    fn json_that_is_no_object_is_told() {
        for text in ["[]", "null", "\"x\"", "1", "true", "[{}]"] {
            assert_eq!(parsed(text).err(), Some(BodyError::NotAnObject), "{text}");
        }
    }

    #[test]
    fn repeated_names_are_found_known_or_not_escaped_or_not() {
        for (text, name) in [
            (r#"{"email":"a","email":"a"}"#, "email"),
            (r#"{"email":"a","\u0065mail":"b"}"#, "email"),
            (r#"{"x":1,"y":2,"x":3}"#, "x"),
            (r#"{"a":1,"b":1,"email":null,"\u0062":1}"#, "b"),
        ] {
            assert_eq!(parsed(text).unwrap().duplicate(), Some(name), "{text}");
        }
        assert_eq!(parsed(r#"{"a":{"b":1,"b":2},"b":1}"#).unwrap().duplicate(), None);
    }
}
