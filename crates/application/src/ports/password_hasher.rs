use async_trait::async_trait;
use domain::Password;
use thiserror::Error;

use crate::model::PasswordHash;

/// Why hashing or verifying failed. Ours to mend, never the customer's.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HasherError {
    /// The stored hash is of a kind this hasher does not know, or damaged.
    #[error("a stored password hash cannot be read: {0}")]
    UnknownFormat(&'static str),
    /// The password is longer than the scheme can take; the policy should have refused it.
    #[error("the password is longer than {0} bytes")]
    TooLong(usize),
    /// The machine could not do it (memory, threads).
    #[error("hashing failed: {0}")]
    Failed(String),
}

/// Turns passwords into hashes and compares them.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait PasswordHasher: Send + Sync {
    /// Hashes with the configured scheme and a fresh salt. MUST NOT block the async threads, and
    /// MUST bound how many hashes run at once.
    ///
    /// # Errors
    /// [`HasherError::TooLong`] rather than a silent cut; [`HasherError::Failed`] otherwise.
    async fn hash(&self, password: &Password) -> Result<PasswordHash, HasherError>;

    /// Whether `password` made `hash`. Argon2id and bcrypt MUST both verify, whichever is
    /// configured.
    ///
    /// # Errors
    /// [`HasherError::UnknownFormat`] for a hash of another kind.
    async fn verify(&self, password: &Password, hash: &PasswordHash) -> Result<bool, HasherError>;

    /// The longest password the configured scheme takes, in bytes, if it has such a bound.
    fn max_bytes(&self) -> Option<usize>;
}
