use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{CustomerId, EmailAddress, OrganisationId};

use crate::model::{Customer, CustomerImport, ImportCheckpoint, ImportedRow, PasswordHash};
use crate::ports::StoreError;

/// The customers.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait CustomerDirectory: Send + Sync {
    /// The customer of `organisation` whose stored address has the same canonical form as `email`.
    /// A customer without an address is never found.
    ///
    /// # Errors
    /// [`StoreError`] when the directory cannot tell. An unknown address is `Ok(None)`.
    async fn find_by_email(
        &self,
        organisation: OrganisationId,
        email: &EmailAddress,
    ) -> Result<Option<Customer>, StoreError>;

    /// The customer with this id.
    ///
    /// # Errors
    /// [`StoreError`] when the directory cannot tell.
    async fn find(&self, id: CustomerId) -> Result<Option<Customer>, StoreError>;

    /// The customer's present password hash, then the former ones, newest first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`] when the directory cannot tell.
    async fn password_history(&self, id: CustomerId, limit: u32) -> Result<Vec<PasswordHash>, StoreError>;

    /// Applies `rows`, in order, as [`CustomerRecord`](crate::CustomerRecord) says, and moves the
    /// organisation's only checkpoint to `checkpoint`, all in one transaction. The result has one
    /// entry per row.
    ///
    /// # Errors
    /// [`StoreError`] when nothing of the batch was stored.
    async fn import(
        &self,
        organisation: OrganisationId,
        rows: &[CustomerImport],
        checkpoint: ImportCheckpoint,
        now: DateTime<Utc>,
    ) -> Result<Vec<ImportedRow>, StoreError>;

    /// How far the import called `name` has come for `organisation`: the last `position` stored.
    /// `None`: it has not begun, has finished, or another one was begun since.
    ///
    /// # Errors
    /// [`StoreError`] when the directory cannot tell.
    async fn import_position(
        &self,
        organisation: OrganisationId,
        name: &str,
    ) -> Result<Option<u64>, StoreError>;

    /// Forgets the checkpoint of `organisation`: the import is complete, or is to begin anew.
    ///
    /// # Errors
    /// [`StoreError`] when it is not forgotten.
    async fn finish_import(&self, organisation: OrganisationId) -> Result<(), StoreError>;
}
