//! Why a link did not set a password.

use crate::macros::{deserialize_impl, parse_impls, serialize_impl, string_enum};

string_enum! {
    /// Why a password was not changed although the request was well-formed. A code never changes its
    /// meaning.
    RedeemCode, "redeem code", unknown
    /// The text is no redeem code.
    UnknownRedeemCode {
        /// The change failed for a reason on the service's side; the token is still good.
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
    /// Whether the same token may be tried again.
    #[must_use]
    pub const fn token_is_still_good(self) -> bool {
        matches!(self, Self::E001 | Self::E002)
    }
}
