//! The few trait implementations that every value shares.

/// `FromStr` and `TryFrom` on top of an inherent `parse(&str)`.
macro_rules! parse_impls {
    ($type:ty, $error:ty) => {
        impl core::str::FromStr for $type {
            type Err = $error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }

        impl TryFrom<&str> for $type {
            type Error = $error;

            fn try_from(text: &str) -> Result<Self, Self::Error> {
                Self::parse(text)
            }
        }

        impl TryFrom<String> for $type {
            type Error = $error;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::parse(&text)
            }
        }
    };
}

/// `Deserialize` from a string through `parse`, so that what serde brings in has passed the same
/// rules.
macro_rules! deserialize_impl {
    ($type:ty, $expected:expr) => {
        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Text;

                impl serde::de::Visitor<'_> for Text {
                    type Value = $type;

                    fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                        f.write_str($expected)
                    }

                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
                        // The text is all that serde lets through: it carries the code and the
                        // position, too.
                        <$type>::parse(text).map_err(|error| {
                            let (code, position) =
                                (crate::RuleError::code(&error), crate::RuleError::position(&error));
                            E::custom(format_args!("{error} (code {code}, byte {position})"))
                        })
                    }
                }

                deserializer.deserialize_str(Text)
            }
        }
    };
}

/// `Serialize` as the string that `Display` prints.
macro_rules! serialize_impl {
    ($type:ty) => {
        #[cfg(feature = "serde")]
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    };
}

/// What is expected of a value that has a text: `AsRef<str>`, equality with strings, a conversion
/// into one.
macro_rules! str_impls {
    ($type:ty) => {
        impl AsRef<str> for $type {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl From<$type> for String {
            fn from(value: $type) -> Self {
                value.as_str().to_owned()
            }
        }

        $crate::macros::str_eq_impls!($type);
    };
}

/// Equality with strings, in both directions.
macro_rules! str_eq_impls {
    ($type:ty) => {
        $crate::macros::str_eq_impls!(@ $type, str);
        $crate::macros::str_eq_impls!(@ $type, &str);
        $crate::macros::str_eq_impls!(@ $type, String);
    };
    (@ $type:ty, $text:ty) => {
        impl PartialEq<$text> for $type {
            fn eq(&self, text: &$text) -> bool {
                let text: &str = text.as_ref();
                self.as_str() == text
            }
        }

        impl PartialEq<$type> for $text {
            fn eq(&self, value: &$type) -> bool {
                value == self
            }
        }
    };
}

/// The codes of an error's variants: `CODES` and `code`, from one list.
macro_rules! error_codes {
    ($error:ident { $( $variant:ident => $code:literal, )+ }) => {
        impl $error {
            /// Every code of this error, in the order of its variants.
            pub const CODES: &'static [&'static str] = &[$( $code, )+];

            /// The machine's name of this error; never changes.
            #[must_use]
            pub const fn code(&self) -> &'static str {
                match self {
                    $( Self::$variant { .. } => $code, )+
                }
            }
        }
    };
}

/// An enum of fixed words: `ALL`, `as_str`, `parse`, `Display`, `FromStr`, `TryFrom`, serde.
macro_rules! string_enum {
    (
        $(#[$meta:meta])*
        $name:ident, $what:literal, unknown $(#[$error_meta:meta])* $error:ident {
            $( $(#[$variant_meta:meta])* $variant:ident = $word:literal, )+
        }
    ) => {
        $(#[$meta])*
        ///
        /// ```
        #[doc = concat!("use resetd_domain::", stringify!($name), ";")]
        ///
        #[doc = concat!("for value in ", stringify!($name), "::ALL {")]
        #[doc = concat!("    assert_eq!(", stringify!($name), "::parse(value.as_str()), Ok(*value));")]
        /// }
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $( $(#[$variant_meta])* $variant, )+
        }

        impl $name {
            /// Every value, in the order of its declaration.
            pub const ALL: &'static [Self] = &[$( Self::$variant, )+];

            #[doc = concat!("The word of this ", $what, " as stores, logs and callers see it.")]
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $( Self::$variant => $word, )+
                }
            }

            #[doc = concat!("Reads the word of a ", $what, "; the spelling is exact.")]
            ///
            /// # Errors
            ///
            #[doc = concat!("[`", stringify!($error), "`] for anything that is not one of [`Self::ALL`].")]
            pub fn parse(word: &str) -> Result<Self, $error> {
                match word {
                    $( $word => Ok(Self::$variant), )+
                    _ => Err($error),
                }
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.pad(self.as_str())
            }
        }

        $(#[$error_meta])*
        ///
        /// ```
        #[doc = concat!("use resetd_domain::{", stringify!($name), ", RuleError};")]
        ///
        #[doc = concat!("let error = ", stringify!($name), "::parse(\"no such word\").unwrap_err();")]
        /// assert_eq!((error.code(), error.position()), ("unknown-word", 0));
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
        #[error("not a {what}: expected one of {words}", what = $what, words = concat!($( "`", $word, "` " ),+).trim_end())]
        pub struct $error;

        impl $error {
            /// The machine's name of this error; never changes.
            #[must_use]
            pub const fn code(&self) -> &'static str {
                "unknown-word"
            }
        }

        impl crate::rule_error::sealed::Sealed for $error {}

        impl crate::RuleError for $error {
            fn code(&self) -> &'static str {
                self.code()
            }

            fn position(&self) -> usize {
                0
            }
        }

        $crate::macros::str_impls!($name);
        parse_impls!($name, $error);
        serialize_impl!($name);
        deserialize_impl!($name, concat!("the word of a ", $what));
    };
}

pub(crate) use {
    deserialize_impl, error_codes, parse_impls, serialize_impl, str_eq_impls, str_impls, string_enum,
};
