//! The codes of `set-new-password`, told with status 200.

use crate::macros::{deserialize_impl, parse_impls, serialize_impl, string_enum};

string_enum! {
    /// Why a password was not changed although the request was well-formed.
    RedeemCode, "redeem code", unknown
    /// The text is no redeem code.
    UnknownRedeemCode {
        /// The change failed for a reason that is ours; the token is still good.
        E001 = "E001",
        /// The customer used this password before; the token is still good.
        E002 = "E002",
        /// No such request: unknown, used, superseded, or another organisation's.
        E003 = "E003",
        /// The request has expired.
        E004 = "E004",
    }
}

impl RedeemCode {
    /// The sentence callers get with the code. It may change; the code's meaning never does.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::E001 => "The password could not be changed just now. Please try again.",
            Self::E002 => "This password has been used before. Please choose another one.",
            Self::E003 => "This link is not valid. Please ask for a new one.",
            Self::E004 => "This link has expired. Please ask for a new one.",
        }
    }

    /// Whether the same token may be tried again.
    #[must_use]
    pub const fn token_is_still_good(self) -> bool {
        matches!(self, Self::E001 | Self::E002)
    }
}
