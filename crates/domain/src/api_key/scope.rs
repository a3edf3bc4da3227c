//! What a key may do.

use crate::macros::{deserialize_impl, parse_impls, serialize_impl, string_enum};

string_enum! {
    /// One thing a key may do. A key with no scope at all may do everything.
    Scope, "scope", unknown
    /// The text is no scope.
    UnknownScope {
        /// Ask for a reset: `POST /api/v1/customer/reset-password`.
        ResetPassword = "customer:reset-password",
        /// Redeem a token: `POST /api/v1/customer/set-new-password`.
        SetNewPassword = "customer:set-new-password",
        /// Read the mail captured for a development key.
        ReadSandbox = "sandbox:read",
        /// Ask whether the key works.
        Ping = "ping",
    }
}

impl Scope {
    /// Whether a key with these scopes may do this: an empty list covers everything.
    #[must_use]
    pub fn is_covered_by(self, granted: &[Self]) -> bool {
        granted.is_empty() || granted.contains(&self)
    }
}
