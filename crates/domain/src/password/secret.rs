//! A password in plain text.

use core::fmt;
use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;

use crate::random;

/// A password in plain text, in Unicode normalization form C: an é is the same however a keyboard
/// composes it.
///
/// Nothing is trimmed. What the customer typed is kept beside it where it differs, for hashes that
/// were made of it. `Debug` prints `Password(…)`; there is no `Display`, no `Serialize` and no
/// `PartialEq`. It is overwritten when it is dropped.
///
/// ```
/// use resetd_domain::Password;
///
/// let password = Password::new("Cafe\u{301} 7".to_owned());
/// assert_eq!(password.expose(), "Caf\u{e9} 7");
/// assert_eq!(password.as_typed().unwrap().expose(), "Cafe\u{301} 7");
/// assert_eq!(format!("{password:?}"), "Password(…)");
/// ```
pub struct Password {
    normalized: String,
    typed: Option<String>,
}

impl Password {
    /// Takes a password over and normalizes it.
    #[must_use]
    pub fn new(plain: String) -> Self {
        match ComposingNormalizerBorrowed::new_nfc().normalize(&plain) {
            Cow::Borrowed(_) => Self { normalized: plain, typed: None },
            Cow::Owned(normalized) => Self { normalized, typed: Some(plain) },
        }
    }

    /// The password exactly as it was typed, where that is not normalized: a hash from elsewhere
    /// may be one of it.
    #[must_use]
    pub fn as_typed(&self) -> Option<Self> {
        self.typed.as_ref().map(|typed| Self { normalized: typed.clone(), typed: None })
    }

    /// The plain password, for the policy and the hash. Never log it, never store it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.normalized
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
        random::wipe(&mut core::mem::take(&mut self.normalized).into_bytes());
        random::wipe(&mut self.typed.take().unwrap_or_default().into_bytes());
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
    fn it_is_normalized_and_remembers_what_was_typed() {
        let composed = Password::new("Caf\u{e9}-7".to_owned());
        assert!(composed.as_typed().is_none());
        let decomposed = Password::new("Cafe\u{301}-7".to_owned());
        assert_eq!(decomposed.expose(), composed.expose());
        assert_eq!(decomposed.as_typed().unwrap().expose(), "Cafe\u{301}-7");
        assert_eq!(Password::new(" a ".to_owned()).expose(), " a ");
    }

    #[test]
    fn it_does_not_print_itself() {
        let password = Password::new("Tr0ub4dor&3".to_owned());
        assert_eq!(format!("{password:?}"), "Password(…)");
        assert_eq!(password.expose(), "Tr0ub4dor&3");
    }
}
