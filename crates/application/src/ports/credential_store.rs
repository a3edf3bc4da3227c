use async_trait::async_trait;
use domain::OrganisationId;

use crate::model::{LinkSubject, PasswordChange, PasswordHash, PasswordSet};
use crate::ports::DirectoryError;

/// The passwords that an organisation's login checks.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait CredentialStore: Send + Sync {
    /// The customer's present password hash, then the former ones, newest first, at most `limit`.
    /// Empty where the directory keeps hashes to itself and judges repetitions in `set`.
    ///
    /// # Errors
    /// [`DirectoryError`] when the directory cannot tell.
    async fn former_hashes(
        &self,
        organisation: OrganisationId,
        subject: &LinkSubject,
        limit: u32,
    ) -> Result<Vec<PasswordHash>, DirectoryError>;

    /// Sets the password, exactly once. For one change, a sequence that is not greater than the last
    /// one applied MUST change nothing and answer [`PasswordSet::Applied`]; a greater one MUST be
    /// applied. Another change MUST be refused as [`PasswordSet::Stale`] unless the subject's
    /// version is the present one. Calls may come late, twice, in any order and at once.
    ///
    /// # Errors
    /// [`DirectoryError`] when the outcome is unknown; the caller repeats the same change.
    async fn set(&self, change: &PasswordChange) -> Result<PasswordSet, DirectoryError>;
}
