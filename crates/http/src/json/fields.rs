//! The visitor of the top level.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::Value;
use super::skip::Skip;

/// A field this API knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    ApiKey,
    Email,
    ExpirationTime,
    CustomerRealIp,
    Token,
    Password,
}

impl Field {
    const fn named(name: &str) -> Option<Self> {
        Some(match name.as_bytes() {
            b"apiKey" => Self::ApiKey,
            b"email" => Self::Email,
            b"expirationTime" => Self::ExpirationTime,
            b"customerRealIp" => Self::CustomerRealIp,
            b"token" => Self::Token,
            b"password" => Self::Password,
            _ => return None,
        })
    }

    /// The name in the object.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::ApiKey => "apiKey",
            Self::Email => "email",
            Self::ExpirationTime => "expirationTime",
            Self::CustomerRealIp => "customerRealIp",
            Self::Token => "token",
            Self::Password => "password",
        }
    }
}

/// An object as far as this API knows it.
#[derive(Default)]
pub(crate) struct JsonObject<'a> {
    api_key: Value<'a>,
    email: Value<'a>,
    expiration_time: Value<'a>,
    customer_real_ip: Value<'a>,
    token: Value<'a>,
    password: Value<'a>,
    duplicate: Option<Cow<'a, str>>,
}

impl<'a> JsonObject<'a> {
    pub(super) fn read<'de: 'a, D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        reader.deserialize_map(ObjectVisitor).map(|object: JsonObject<'de>| object)
    }

    /// What stands under the name of `field`.
    pub(crate) const fn value(&self, field: Field) -> &Value<'a> {
        match field {
            Field::ApiKey => &self.api_key,
            Field::Email => &self.email,
            Field::ExpirationTime => &self.expiration_time,
            Field::CustomerRealIp => &self.customer_real_ip,
            Field::Token => &self.token,
            Field::Password => &self.password,
        }
    }

    const fn value_mut(&mut self, field: Field) -> &mut Value<'a> {
        match field {
            Field::ApiKey => &mut self.api_key,
            Field::Email => &mut self.email,
            Field::ExpirationTime => &mut self.expiration_time,
            Field::CustomerRealIp => &mut self.customer_real_ip,
            Field::Token => &mut self.token,
            Field::Password => &mut self.password,
        }
    }

    /// A name that occurs twice, if there is one: the first known one, else any.
    pub(crate) fn duplicate(&self) -> Option<&str> {
        self.duplicate.as_deref()
    }
}

impl fmt::Debug for JsonObject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The values are addresses, keys, tokens and passwords.
        f.write_str("JsonObject(…)")
    }
}

struct ObjectVisitor;

impl<'de> Visitor<'de> for ObjectVisitor {
    type Value = JsonObject<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut object = JsonObject::default();
        let mut unknown = Vec::new();
        while let Some(name) = map.next_key_seed(Text)? {
            let Some(field) = Field::named(&name) else {
                unknown.push(name);
                map.next_value_seed(Skip)?;
                continue;
            };
            let value = map.next_value_seed(AnyValue)?;
            let place = object.value_mut(field);
            if matches!(place, Value::Absent) {
                *place = value;
            } else if object.duplicate.is_none() {
                object.duplicate = Some(Cow::Borrowed(field.name()));
            }
        }
        if object.duplicate.is_none() {
            object.duplicate = repeated(unknown);
        }
        Ok(object)
    }
}

fn repeated(mut names: Vec<Cow<'_, str>>) -> Option<Cow<'_, str>> {
    names.sort_unstable();
    let pair = names.windows(2).position(|pair| matches!(pair, [one, other] if one == other))?;
    Some(names.swap_remove(pair))
}

/// A string, borrowed where it has no escapes.
struct Text;

impl<'de> DeserializeSeed<'de> for Text {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Self::Value, D::Error> {
        reader.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Text {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

struct AnyValue;

impl<'de> DeserializeSeed<'de> for AnyValue {
    type Value = Value<'de>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Self::Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Value::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Value::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Value::Other)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Value::Other)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Value::Other)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Value::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        Skip.visit_seq(list).map(|()| Value::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        Skip.visit_map(map).map(|()| Value::Other)
    }
}
