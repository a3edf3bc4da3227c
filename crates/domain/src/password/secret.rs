//! A password in plain text.

use core::fmt;

use crate::random;

/// A password in plain text, byte for byte as the customer typed it.
///
/// Nothing is trimmed or normalised: what is hashed here has to match what another service verifies later. `Debug` prints
/// `Password(…)`; there is no `Display`, no `Serialize` and no `PartialEq`. It is overwritten when it is dropped.
pub struct Password(String);

impl Password {
    /// Takes a password over.
    #[must_use]
    pub const fn new(plain: String) -> Self {
        Self(plain)
    }

    /// The plain password, for the policy and the hash. Never log it, never store it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

impl From<String> for Password {
    fn from(plain: String) -> Self {
        Self::new(plain)
    }
}

impl Drop for Password {
    fn drop(&mut self) {
        random::wipe(&mut core::mem::take(&mut self.0).into_bytes());
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Password {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_does_not_print_itself() {
        let password = Password::new("Tr0ub4dor&3".to_owned());
        assert_eq!(format!("{password:?}"), "Password(…)");
        assert_eq!(password.expose(), "Tr0ub4dor&3");
    }
}
