//! A field that arrives by serde and keeps its error.

use core::{fmt, marker::PhantomData, str::FromStr};

use serde::{Deserialize, Deserializer, de};

/// A value as serde brought it, or the error of its rule.
///
/// An error that goes through serde is a text, and the first one ends the whole body. A field of
/// this type fails later: the body is read, and its error still is what `parse` gave, with code and
/// position.
///
/// ```
/// use resetd_domain::{EmailAddress, Expiry, Parsed, RuleError};
///
/// #[derive(serde::Deserialize)]
/// struct Body {
///     email: Parsed<EmailAddress>,
///     expiry: Option<Parsed<Expiry>>,
/// }
///
/// let body: Body = serde_json::from_str(r#"{"email":"jan@example.com.","expiry":"3h 20m"}"#)?;
/// let error = body.email.into_result().unwrap_err();
/// assert_eq!((error.code(), error.position()), ("trailing-dot", 15));
/// assert_eq!(body.expiry.unwrap().into_result()?.as_seconds(), 12_000);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// What is no string at all is still refused by serde.
pub struct Parsed<T: FromStr>(Result<T, T::Err>);

impl<T: FromStr> Parsed<T> {
    /// The value, or why there is none.
    ///
    /// # Errors
    ///
    /// What `parse` said of the text.
    pub fn into_result(self) -> Result<T, T::Err> {
        self.0
    }

    /// The same, borrowed.
    ///
    /// # Errors
    ///
    /// What `parse` said of the text.
    pub const fn as_ref(&self) -> Result<&T, &T::Err> {
        self.0.as_ref()
    }
}

impl<T: FromStr> From<T> for Parsed<T> {
    fn from(value: T) -> Self {
        Self(Ok(value))
    }
}

impl<T: FromStr + Clone> Clone for Parsed<T>
where
    T::Err: Clone,
{
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: FromStr + fmt::Debug> fmt::Debug for Parsed<T>
where
    T::Err: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Parsed").field(&self.0).finish()
    }
}

impl<'de, T: FromStr> Deserialize<'de> for Parsed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text<T>(PhantomData<T>);

        impl<T: FromStr> de::Visitor<'_> for Text<T> {
            type Value = Parsed<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Parsed(text.parse()))
            }
        }

        deserializer.deserialize_str(Text(PhantomData))
    }
}
