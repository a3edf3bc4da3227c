use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{CustomerId, EmailAddress, Language, OrganisationId};

use super::{PasswordHash, StoreError};

/// Whether a customer may set a new password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CustomerStatus {
    /// May.
    Active,
    /// Shut out by the organisation; gets no mail.
    Banned,
    /// Gone; gets no mail.
    Deleted,
}

impl CustomerStatus {
    /// The word used in files, tables and lists.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Banned => "banned",
            Self::Deleted => "deleted",
        }
    }

    /// Reads the word back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Active, Self::Banned, Self::Deleted].into_iter().find(|status| status.as_str() == text)
    }
}

/// A customer of an organisation.
#[derive(Debug, Clone, PartialEq)]
pub struct Customer {
    /// Identity.
    pub id: CustomerId,
    /// Whose customer.
    pub organisation: OrganisationId,
    /// The address mail goes to. `None`: registered by phone only.
    pub email: Option<EmailAddress>,
    /// How the mail greets; may be empty. Holds whatever the customer typed.
    pub name: String,
    /// The language of mails and pages; `None`: the organisation's.
    pub language: Option<Language>,
    /// Whether mail may be sent and a password set.
    pub status: CustomerStatus,
}

/// A customer as an import brings it. Identity, within the organisation: `external_id` where given, else the
/// canonical address, else the phone number.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomerImport {
    /// The id to use if the customer is new.
    pub id: CustomerId,
    /// The platform's own identifier.
    pub external_id: Option<String>,
    /// The address; `None`: phone only.
    pub email: Option<EmailAddress>,
    /// E.164 or whatever the platform writes.
    pub phone: Option<String>,
    /// How the mail greets.
    pub name: String,
    /// The language of mails and pages.
    pub language: Option<Language>,
    /// Whether mail may be sent.
    pub status: CustomerStatus,
    /// The present password, Argon2id or bcrypt.
    pub password_hash: Option<PasswordHash>,
}

/// What became of one row of an import batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportedRow {
    /// A new customer.
    Created,
    /// An existing customer, brought up to date. A changed address or password kills its open links.
    Updated,
    /// The address belongs to another customer of this organisation; nothing was changed.
    AddressTaken,
}

/// The customers.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait CustomerDirectory: Send + Sync {
    /// The customer of `organisation` whose stored address has the same canonical form as `email`. A customer
    /// without an address is never found.
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

    /// Creates or updates `rows`, in order, and moves the import's checkpoint to `position`, all in one transaction.
    /// The result has one entry per row.
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
    ///
    /// # Errors
    /// [`StoreError`] when the directory cannot tell. An import never begun is `Ok(None)`.
    async fn import_position(
        &self,
        organisation: OrganisationId,
        name: &str,
    ) -> Result<Option<u64>, StoreError>;
}

/// Where an import stands, so that it can be resumed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportCheckpoint {
    /// Names the input: the fingerprint of the file.
    pub name: String,
    /// Lines of it that are done.
    pub position: u64,
}
