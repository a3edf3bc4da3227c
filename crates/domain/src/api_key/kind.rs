//! What a key is for, told by its first four characters.

use crate::macros::{deserialize_impl, parse_impls, serialize_impl, string_enum};

string_enum! {
    /// What a key is for. The prefix of the key says it.
    ApiKeyKind, "kind of API key", unknown
    /// The text is no kind of API key.
    UnknownApiKeyKind {
        /// Live shops.
        Production = "production",
        /// One developer and test data: mail of its requests is captured, never sent to a real
        /// mailbox.
        Development = "development",
        /// The platform itself.
        System = "system",
    }
}

impl ApiKeyKind {
    /// The four characters a key of this kind begins with.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Production => "PROD",
            Self::Development => "DEV_",
            Self::System => "ROOT",
        }
    }

    /// How many requests a key of this kind may make within a minute; `None`: as many as it likes.
    #[must_use]
    pub const fn requests_per_minute(self) -> Option<u32> {
        match self {
            Self::Production => Some(500_000),
            Self::Development => Some(1_000),
            Self::System => None,
        }
    }

    /// Whether mail of its requests is only captured, never sent to a real mailbox.
    #[must_use]
    pub const fn captures_mail(self) -> bool {
        matches!(self, Self::Development)
    }
}
