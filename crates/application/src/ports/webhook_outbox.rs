use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{WebhookEventId, WorkerId};

use crate::model::{ClaimedEvent, OutboxDepth, WebhookOutcome};
use crate::ports::StoreError;

/// What has happened and endpoints are still to be told. Events are written by
/// [`TokenStore`](super::TokenStore), each together with what it tells of, one for every endpoint
/// of the organisation that is active and wants it:
///
/// * `password_reset.requested` by `admit`, the first time a request is found within its budget;
/// * `password_reset.sent` and `password_reset.undeliverable` by `complete`, for the mail of a
///   request;
/// * `password_reset.completed` by `redeem`.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait WebhookOutbox: Send + Sync {
    /// Leases at most `limit` due events to `worker` until `lease_until`; those whose lease ended
    /// before `now` are due again. Two callers MUST never hold the same event.
    ///
    /// Of one endpoint at most `each` come at a time, the longest due first: one while its last
    /// call failed, and none while it rests, is disabled, or has others under lease. So an endpoint
    /// that is down keeps nobody else waiting.
    ///
    /// # Errors
    /// [`StoreError`] when nothing was leased.
    async fn claim_events(
        &self,
        worker: WorkerId,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
        limit: u32,
        each: u32,
    ) -> Result<Vec<ClaimedEvent>, StoreError>;

    /// Gives every lease of `worker` back; the events are due at `now`. For an orderly shutdown.
    ///
    /// # Errors
    /// [`StoreError`] when the leases stay as they were.
    async fn release_events(&self, worker: WorkerId, now: DateTime<Utc>) -> Result<(), StoreError>;

    /// Records how the attempt ended and gives the lease back. `false`: the lease had passed on,
    /// nothing changed.
    ///
    /// # Errors
    /// [`StoreError`] when nothing was recorded; the event becomes due again when the lease ends.
    async fn complete_event(
        &self,
        event: WebhookEventId,
        worker: WorkerId,
        outcome: WebhookOutcome,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError>;

    /// Gives up at most `limit` waiting events that happened before `before` and are under nobody's
    /// lease, or under one that ended before `before`. Returns how many.
    ///
    /// # Errors
    /// [`StoreError`] when none was given up.
    async fn give_up(&self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError>;

    /// How much waits for active endpoints.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot tell.
    async fn outbox_depth(&self) -> Result<OutboxDepth, StoreError>;

    /// Deletes at most `limit` events that are delivered or given up and happened before `before`.
    /// Returns how many went; zero: done.
    ///
    /// # Errors
    /// [`StoreError`] when none was deleted.
    async fn purge_events(&self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError>;

    /// Waits until events may have been written in this process. An adapter without such notifications MUST
    /// wait for ever; the use case polls as a net.
    async fn event_notifier(&self);
}
