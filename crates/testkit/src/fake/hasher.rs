use std::sync::atomic::{AtomicU64, Ordering};

use application::model::PasswordHash;
use application::ports::{HasherError, PasswordHasher};
use async_trait::async_trait;
use domain::Password;
use sha2::{Digest as _, Sha256};

const PREFIX: &str = "$testkit$";

/// Hashes in a microsecond, with one round of salted SHA-256. For tests only: it protects nothing,
/// and knows neither Argon2id nor bcrypt.
#[derive(Debug, Default)]
pub struct PlainHasher {
    salts: AtomicU64,
    max_bytes: Option<usize>,
}

impl PlainHasher {
    /// Takes passwords of any length.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Refuses passwords over `max_bytes`, as bcrypt does.
    #[must_use]
    pub fn with_max_bytes(max_bytes: usize) -> Self {
        Self { max_bytes: Some(max_bytes), ..Self::default() }
    }
}

fn digest(salt: &str, password: &Password) -> String {
    let digest =
        Sha256::new().chain_update(salt).chain_update([0]).chain_update(password.expose()).finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[async_trait]
impl PasswordHasher for PlainHasher {
    async fn hash(&self, password: &Password) -> Result<PasswordHash, HasherError> {
        match self.max_bytes {
            Some(most) if password.expose().len() > most => Err(HasherError::TooLong(most)),
            _ => {
                let salt = self.salts.fetch_add(1, Ordering::Relaxed).to_string();
                let digest = digest(&salt, password);
                Ok(PasswordHash::new(format!("{PREFIX}{salt}${digest}")))
            }
        }
    }

    async fn verify(&self, password: &Password, hash: &PasswordHash) -> Result<bool, HasherError> {
        let parts = hash.expose().strip_prefix(PREFIX).and_then(|rest| rest.split_once('$'));
        let (salt, expected) = parts.ok_or(HasherError::UnknownFormat("not made by PlainHasher"))?;
        Ok(digest(salt, password) == expected)
    }

    fn max_bytes(&self) -> Option<usize> {
        self.max_bytes
    }
}
