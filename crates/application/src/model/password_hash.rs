use std::fmt;

/// A password hash in its self-describing text form: PHC (`$argon2id$…`) or modular crypt
/// (`$2b$…`).
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Wraps the text; the hasher judges it when it verifies.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text form, for the store.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}
