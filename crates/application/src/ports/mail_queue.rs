use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{DeliveryState, MailId};

use crate::model::{MailDetail, MailFilter, MailSummary, QueueDepth};
use crate::ports::StoreError;

/// The queue as an operator sees it.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait MailQueue: Send + Sync {
    /// Mails that match, newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the queue cannot be read.
    async fn list(&self, filter: MailFilter) -> Result<Vec<MailSummary>, StoreError>;

    /// One mail with its timeline.
    ///
    /// # Errors
    /// [`StoreError`] when the queue cannot be read. An unknown id is `Ok(None)`.
    async fn show(&self, id: MailId) -> Result<Option<MailDetail>, StoreError>;

    /// Puts a mail that ended in an error, or waits for its next attempt, back into the queue, due
    /// at `now`. `false`: no such mail, it was sent, it owes none, or its link is dead by now.
    ///
    /// # Errors
    /// [`StoreError`] when nothing was changed.
    async fn retry(&self, id: MailId, now: DateTime<Utc>) -> Result<bool, StoreError>;

    /// Does what [`retry`](Self::retry) does for every mail in `state` that was accepted at `since`
    /// or later. Returns how many went back into the queue. In a state from which no mail is
    /// retried: zero. It works in steps of some hundred mails, and calling it again goes on where
    /// it was interrupted.
    ///
    /// # Errors
    /// [`StoreError`] when not all was done.
    async fn retry_since(
        &self,
        state: DeliveryState,
        since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError>;

    /// Depth and age of each non-terminal state that has any.
    ///
    /// # Errors
    /// [`StoreError`] when the queue cannot be read.
    async fn depths(&self) -> Result<Vec<QueueDepth>, StoreError>;
}
