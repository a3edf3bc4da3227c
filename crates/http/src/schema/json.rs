//! The JSON object of a body.
//!
//! `serde_json`'s own maps and structs take the last of two equal names or refuse them without
//! saying which, and what they ignore they do not check. Here the whole text has to be JSON, and a
//! repeated name is found.

mod skip;
mod visitor;

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use super::error::ApiError;

/// What stands under a name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    /// `null`.
    Null,
    /// A string.
    Text(Cow<'a, str>),
    /// Anything else.
    Other,
}

/// Why a body is no object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JsonError {
    /// Not JSON: syntax, trailing text, depth over 127, not UTF-8, lone surrogates.
    Syntax,
    /// JSON, but no object.
    NotAnObject,
}

impl From<JsonError> for ApiError {
    fn from(error: JsonError) -> Self {
        Self::bad_body(match error {
            JsonError::Syntax => "The body is not valid JSON.",
            JsonError::NotAnObject => "The body is not a JSON object.",
        })
    }
}

/// The members of an object, in the order of the text.
pub(crate) struct JsonObject<'a> {
    members: Vec<(Cow<'a, str>, Value<'a>)>,
}

impl fmt::Debug for JsonObject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The values are addresses, keys, tokens and passwords.
        f.write_str("JsonObject(…)")
    }
}

impl<'a> JsonObject<'a> {
    /// Reads a body.
    ///
    /// # Errors
    /// [`JsonError`].
    pub(crate) fn read(body: &'a [u8]) -> Result<Self, JsonError> {
        let text = str::from_utf8(body).map_err(|_| JsonError::Syntax)?;
        let mut reader = serde_json::Deserializer::from_str(text);
        let members = visitor::members(&mut reader).map_err(|error| match error.classify() {
            serde_json::error::Category::Data => JsonError::NotAnObject,
            _ => JsonError::Syntax,
        })?;
        reader.end().map_err(|_| JsonError::Syntax)?;
        Ok(Self { members })
    }

    /// The first value under `name`.
    pub(crate) fn value(&self, name: &str) -> Option<&Value<'a>> {
        self.members.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// Whether `name` occurs more than once.
    pub(crate) fn is_repeated(&self, name: &str) -> bool {
        self.members.iter().filter(|(key, _)| key == name).count() > 1
    }

    /// The first name that occurs a second time.
    fn repeated(&self) -> Option<&str> {
        let mut seen = HashSet::with_capacity(self.members.len());
        self.members.iter().map(|(name, _)| name.as_ref()).find(|name| !seen.insert(*name))
    }

    /// The text of an optional field; `null` is absence.
    ///
    /// # Errors
    /// 422 for anything that is no string.
    pub(crate) fn optional(&self, name: &'static str) -> Result<Option<&str>, ApiError> {
        match self.value(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(Value::Other) => Err(ApiError::field(name, format_args!("`{name}` has to be a string"))),
        }
    }

    /// The text of a required field.
    ///
    /// # Errors
    /// 422 where it is absent, `null` or no string.
    pub(crate) fn required(&self, name: &'static str) -> Result<&str, ApiError> {
        self.optional(name)?.ok_or_else(|| ApiError::field(name, format_args!("`{name}` is missing")))
    }

    /// The value of an optional field, as `parse` reads its text.
    ///
    /// # Errors
    /// 422 for anything that is no string, and for what `parse` refuses.
    pub(crate) fn parse<T, E: fmt::Display>(
        &self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, ApiError> {
        self.optional(name)?.map(parse).transpose().map_err(|error| ApiError::field(name, error))
    }

    /// The value of a required field, as `parse` reads its text.
    ///
    /// # Errors
    /// As [`Self::parse`], and 422 where it is absent or `null`.
    pub(crate) fn parse_required<T, E: fmt::Display>(
        &self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, ApiError> {
        parse(self.required(name)?).map_err(|error| ApiError::field(name, error))
    }

    /// Refuses an object that holds a name twice.
    ///
    /// # Errors
    /// 422 with the name as the field.
    pub(crate) fn refuse_duplicates(&self) -> Result<(), ApiError> {
        const ERROR: &str = "a name occurs twice in the object";
        let Some(name) = self.repeated() else { return Ok(()) };
        // The name is the caller's text: repeated where it is a plain identifier too short for a
        // key or a token.
        let plain = name.len() < 32 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let error = ApiError::field(name.to_owned(), ERROR);
        Err(if plain { error } else { error.without_field() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<JsonObject<'_>, JsonError> {
        JsonObject::read(text.as_bytes())
    }

    #[test]
    fn texts_nulls_and_others_are_distinguished() {
        let object = parsed(
            r#" {"email":"a","expirationTime":null,"token":1,"x":[{"y":"\u00e9"}],"password":"\u0061"} "#,
        );
        let object = object.unwrap();
        assert_eq!(object.value("email"), Some(&Value::Text("a".into())));
        assert_eq!(object.value("expirationTime"), Some(&Value::Null));
        assert_eq!(object.value("token"), Some(&Value::Other));
        assert_eq!(object.value("password"), Some(&Value::Text("a".into())));
        assert_eq!(object.value("apiKey"), None);
        assert_eq!(object.repeated(), None);
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
            assert_eq!(parsed(text).err(), Some(JsonError::Syntax), "{text:?}");
        }
        assert_eq!(JsonObject::read(b"{\"a\":\"\xff\"}").err(), Some(JsonError::Syntax));
        assert_eq!(JsonObject::read(b"{\"x\":[\"\xc3\x28\"]}").err(), Some(JsonError::Syntax));
    }

    #[test]
    fn json_that_is_no_object_is_refused() {
        for text in ["[]", "null", "\"x\"", "1", "true", "[{}]"] {
            assert_eq!(parsed(text).err(), Some(JsonError::NotAnObject), "{text}");
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
            assert_eq!(parsed(text).unwrap().repeated(), Some(name), "{text}");
        }
        assert_eq!(parsed(r#"{"a":{"b":1,"b":2},"b":1}"#).unwrap().repeated(), None);
    }
}
