//! Fields as vendors write them: a value of an unexpected type is no value, never an error that
//! hides the rest.

use std::fmt;
use std::marker::PhantomData;

use maxminddb::PathElement;
use serde::de::value::MapAccessDeserializer;
use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::Found;

/// Whether a field is one value or holds fields itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Text, a number or a truth.
    Single,
    /// A map or a list.
    Nested,
}

/// Text; an empty one and a placeholder `-` are none.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Text<'a>(pub(super) Option<&'a str>);

/// A number, also one written as text.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Number(pub(super) Option<f64>);

/// A truth, also one written as text or number. IPinfo writes `"true"` and, for false, nothing.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Flag(pub(super) Option<bool>);

/// The number of an autonomous system: `13335` or `"AS13335"`.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct AsNumber(pub(super) Option<u32>);

/// One field of a record by its path; none where it is missing or of another type.
pub(super) fn piece<'a, T: Deserialize<'a>>(record: &Found<'a>, path: &[PathElement<'_>]) -> Option<T> {
    record.decode_path(path).ok().flatten()
}

/// A type read from whatever stands there; what it cannot read is its default.
trait Lenient<'de>: Default {
    fn text(_: &'de str) -> Self {
        Self::default()
    }
    fn number(_: f64) -> Self {
        Self::default()
    }
    fn truth(_: bool) -> Self {
        Self::default()
    }
}

impl<'de: 'a, 'a> Lenient<'de> for Text<'a> {
    fn text(text: &'de str) -> Self {
        Self(Some(text).filter(|text| !matches!(*text, "" | "-")))
    }
}

impl Lenient<'_> for Number {
    fn text(text: &str) -> Self {
        Self(text.trim().parse().ok())
    }
    fn number(number: f64) -> Self {
        Self(Some(number))
    }
}

impl Lenient<'_> for Flag {
    fn text(text: &str) -> Self {
        Self(match text {
            "true" | "True" | "1" | "yes" => Some(true),
            "" | "false" | "False" | "0" | "no" => Some(false),
            _ => None,
        })
    }
    fn number(number: f64) -> Self {
        Self(Some(number != 0.0))
    }
    fn truth(truth: bool) -> Self {
        Self(Some(truth))
    }
}

impl Lenient<'_> for AsNumber {
    fn text(text: &str) -> Self {
        Self(text.trim_start_matches(['A', 'S', 'a', 's']).parse().ok())
    }
    fn number(number: f64) -> Self {
        Self(whole(number))
    }
}

/// Reads any value of the format as a [`Lenient`] type.
struct Any<T>(PhantomData<T>);

impl<'de, T: Lenient<'de>> Visitor<'de> for Any<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }
    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<T, E> {
        Ok(T::text(text))
    }
    fn visit_borrowed_bytes<E>(self, _: &'de [u8]) -> Result<T, E> {
        Ok(T::default())
    }
    fn visit_f64<E>(self, number: f64) -> Result<T, E> {
        Ok(T::number(number))
    }
    fn visit_u64<E>(self, number: u64) -> Result<T, E> {
        Ok(u32::try_from(number).map_or_else(|_| T::default(), |number| T::number(number.into())))
    }
    fn visit_i64<E>(self, number: i64) -> Result<T, E> {
        Ok(i32::try_from(number).map_or_else(|_| T::default(), |number| T::number(number.into())))
    }
    fn visit_u128<E>(self, _: u128) -> Result<T, E> {
        Ok(T::default())
    }
    fn visit_bool<E>(self, truth: bool) -> Result<T, E> {
        Ok(T::truth(truth))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(T::default())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<T, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(T::default())
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any(PhantomData))
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any(PhantomData))
    }
}

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any(PhantomData))
    }
}

impl<'de> Deserialize<'de> for AsNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any(PhantomData))
    }
}

/// The number as an unsigned integer, if it is one.
fn whole(number: f64) -> Option<u32> {
    // The guard makes the conversion exact.
    let fits = number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "guarded on the line above")]
    fits.then_some(number as u32)
}

/// Fields inside a field; of a list, those of its first element. Anything else has none.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Nested<T>(pub(super) T);

impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for Nested<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Inside(PhantomData))
    }
}

struct Inside<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de> + Default> Visitor<'de> for Inside<T> {
    type Value = Nested<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Nested<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Nested)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Nested<T>, A::Error> {
        let first = list.next_element()?.unwrap_or_default();
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(first)
    }
    fn visit_str<E>(self, _: &str) -> Result<Nested<T>, E> {
        Ok(Nested::default())
    }
    fn visit_bytes<E>(self, _: &[u8]) -> Result<Nested<T>, E> {
        Ok(Nested::default())
    }
    fn visit_f64<E>(self, _: f64) -> Result<Nested<T>, E> {
        Ok(Nested::default())
    }
    fn visit_u64<E>(self, _: u64) -> Result<Nested<T>, E> {
        Ok(Nested::default())
    }
    fn visit_i64<E>(self, _: i64) -> Result<Nested<T>, E> {
        Ok(Nested::default())
    }
    fn visit_u128<E>(self, _: u128) -> Result<Nested<T>, E> {
        Ok(Nested::default())
    }
    fn visit_bool<E>(self, _: bool) -> Result<Nested<T>, E> {
        Ok(Nested::default())
    }
}

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Look;
        impl<'de> Visitor<'de> for Look {
            type Value = Shape;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any value")
            }
            fn visit_bool<E>(self, _: bool) -> Result<Shape, E> {
                Ok(Shape::Single)
            }
            fn visit_i64<E>(self, _: i64) -> Result<Shape, E> {
                Ok(Shape::Single)
            }
            fn visit_u64<E>(self, _: u64) -> Result<Shape, E> {
                Ok(Shape::Single)
            }
            fn visit_u128<E>(self, _: u128) -> Result<Shape, E> {
                Ok(Shape::Single)
            }
            fn visit_f64<E>(self, _: f64) -> Result<Shape, E> {
                Ok(Shape::Single)
            }
            fn visit_str<E>(self, _: &str) -> Result<Shape, E> {
                Ok(Shape::Single)
            }
            fn visit_bytes<E>(self, _: &[u8]) -> Result<Shape, E> {
                Ok(Shape::Single)
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Shape, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Shape::Nested)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Shape, A::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Shape::Nested)
            }
        }
        deserializer.deserialize_any(Look)
    }
}
