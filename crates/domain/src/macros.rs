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
                        <$type>::parse(text).map_err(E::custom)
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

/// An enum of fixed words: `ALL`, `as_str`, `parse`, `Display`, `FromStr`, `TryFrom`, serde.
macro_rules! string_enum {
    (
        $(#[$meta:meta])*
        $name:ident, $what:literal, unknown $(#[$error_meta:meta])* $error:ident {
            $( $(#[$variant_meta:meta])* $variant:ident = $word:literal, )+
        }
    ) => {
        $(#[$meta])*
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

        parse_impls!($name, $error);
        serialize_impl!($name);
        deserialize_impl!($name, concat!("the word of a ", $what));
    };
}

pub(crate) use {deserialize_impl, parse_impls, serialize_impl, string_enum};
