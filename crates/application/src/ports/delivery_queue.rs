use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{MailId, WorkerId};

use crate::model::{AddressBudget, Admission, ClaimedMail, Completion, Lease};
use crate::ports::StoreError;

/// The queue of mails as a delivery worker sees it: what it claims, it holds under a [`Lease`].
///
/// `admit` and `complete` also write the webhook events that follow from them, in the same step: see
/// [`WebhookOutbox`](super::WebhookOutbox).
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait DeliveryQueue: Send + Sync {
    /// Leases at most `limit` due mails to `worker` until `lease_until`: priority descending, then
    /// oldest first. Mails whose lease ended before `now` are due again. Two callers MUST never
    /// hold the same mail.
    ///
    /// # Errors
    /// [`StoreError`] when nothing was leased.
    async fn claim(
        &self,
        worker: WorkerId,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<ClaimedMail>, StoreError>;

    /// Moves the end of the leases that `worker` has on `mails` to `lease_until`. Every other lease
    /// MUST stay as it is, this worker's included: one that nobody works on any more (the answer to
    /// its claim was lost, say) has to end.
    ///
    /// # Errors
    /// [`StoreError`] when the leases stay as they were.
    async fn renew(
        &self,
        worker: WorkerId,
        mails: &[MailId],
        lease_until: DateTime<Utc>,
    ) -> Result<(), StoreError>;

    /// Gives back every lease of `worker` but those on `keep`; the mails are due at once. With an
    /// empty `keep` for an orderly shutdown; otherwise after an error that may have left leases
    /// that nobody works on.
    ///
    /// # Errors
    /// [`StoreError`] when the leases stay as they were.
    async fn release(&self, worker: WorkerId, keep: &[MailId]) -> Result<(), StoreError>;

    /// Counts the request against the budget of its submitted address, whether or not that address
    /// exists. Counting one request twice MUST give the same verdict and count once, so that a
    /// crash cannot turn an accepted request into a throttled one.
    ///
    /// # Errors
    /// [`StoreError`] when nothing was counted.
    async fn admit(
        &self,
        lease: Lease,
        budget: AddressBudget,
        now: DateTime<Utc>,
    ) -> Result<Admission, StoreError>;

    /// Records how the attempt ended and gives the lease back. `false`: the lease had passed on,
    /// nothing changed. It MUST survive `kill -9`; a power cut may take it, and with it the mail's
    /// progress: it is claimed again.
    ///
    /// # Errors
    /// [`StoreError`] when nothing was recorded; the mail becomes due again when the lease ends.
    async fn complete(
        &self,
        lease: Lease,
        completion: Completion,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError>;

    /// Deletes ended mails accepted before `before` and expired at `now` (a link that may be good
    /// MUST stay), with their tokens, attempts and timelines, and budget counts that no window can
    /// see any more: at most about `limit` rows a call, so that no request waits behind it for more
    /// than 10 ms. Returns how many rows went; zero: done.
    ///
    /// # Errors
    /// [`StoreError`] when nothing was deleted.
    async fn purge(&self, before: DateTime<Utc>, now: DateTime<Utc>, limit: u32) -> Result<u64, StoreError>;

    /// Waits until some other process may have recorded work. The in-process signal is not its
    /// business. An adapter without such notifications MUST wait for ever; the worker polls as a net.
    async fn remote_work_available(&self);
}
