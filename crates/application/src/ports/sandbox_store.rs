use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{CustomerId, EmailAddress, MailId, OrganisationId};

use crate::model::{CapturedMail, Customer};
use crate::ports::StoreError;

/// The customers and the captured mail of `DEV_` keys. Nothing live is ever found or changed by
/// these methods.
///
/// A sandbox customer is a [`Customer`] like any other where it is found by its id
/// ([`CustomerDirectory`](super::CustomerDirectory)), and its links are links like any other; only
/// no live request, import or address leads to it, and no sandbox request to a live customer.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait SandboxStore: Send + Sync {
    /// The sandbox customer of `organisation` with the mailbox `email`. Where there is none yet it
    /// is made, active, without name, language or password, with the identity `fresh` and `email`
    /// as the address mail goes to. Simultaneous calls for one mailbox MUST agree on one customer.
    /// Those of the organisation that were used longest ago go, with their former passwords, until
    /// there are no more than `keep`.
    ///
    /// # Errors
    /// [`StoreError`] when no customer was found or made.
    async fn sandbox_customer(
        &self,
        organisation: OrganisationId,
        email: &EmailAddress,
        fresh: CustomerId,
        now: DateTime<Utc>,
        keep: u32,
    ) -> Result<Customer, StoreError>;

    /// Keeps one captured mail of `organisation`, sealed, under `id`, which no other has. The
    /// oldest of the organisation's go until there are no more than `keep`.
    /// [`MailArchive`](super::MailArchive) of the same store lists it.
    ///
    /// # Errors
    /// [`StoreError`] when it is not kept.
    async fn keep_mail(
        &self,
        organisation: OrganisationId,
        id: MailId,
        mail: CapturedMail,
        keep: u32,
    ) -> Result<(), StoreError>;

    /// Deletes captured mails older than `before` and sandbox customers not used since, at most
    /// about `limit` rows a call. Returns how many went; zero: done.
    ///
    /// # Errors
    /// [`StoreError`] when nothing was deleted.
    async fn purge_sandbox(&self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError>;
}
