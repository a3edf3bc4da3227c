use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{OrganisationId, RequestId, WebhookEndpointId, WebhookEventId, WebhookEventType, WorkerId};

use super::{StoreError, WebhookTarget};

/// What happened, as far as a receiver may know it: no token, no link, no full address but in
/// `reply`, which the use case masks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookEvent {
    /// What.
    pub event: WebhookEventType,
    /// When.
    pub at: DateTime<Utc>,
    /// Whose customer is meant.
    pub organisation: OrganisationId,
    /// The request it belongs to.
    pub request: RequestId,
    /// The mail of the request is captured, never sent (`DEV_` keys).
    pub sandbox: bool,
    /// The submitted address, masked.
    pub address: String,
    /// The organisation's own identifier of the customer, where both are known.
    pub customer_reference: Option<String>,
    /// When the link dies.
    pub expires_at: DateTime<Utc>,
    /// Which relay was asked, if one was.
    pub host: Option<String>,
    /// Its reply, or why it was not asked.
    pub reply: Option<String>,
}

/// An event under lease, with the one place it goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedEvent {
    /// Identity, the same on every attempt.
    pub id: WebhookEventId,
    /// For which endpoint.
    pub endpoint: WebhookEndpointId,
    /// Where that is.
    pub target: WebhookTarget,
    /// What happened.
    pub event: WebhookEvent,
    /// Attempts made before this one.
    pub attempts: u32,
    /// Calls to the endpoint that failed in a row, for whichever event.
    pub failures: u32,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WebhookOutcome {
    /// The endpoint took it.
    Delivered {
        /// What it said.
        answer: String,
    },
    /// Try again at `due_at`. The endpoint rests until then.
    RetryAt {
        /// When.
        due_at: DateTime<Utc>,
        /// What it said, or the error.
        answer: String,
    },
    /// The endpoint wants nothing any more: it is disabled, and what waits for it is given up.
    Gone {
        /// What it said.
        answer: String,
    },
}

/// What waits to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OutboxDepth {
    /// How many events.
    pub waiting: u64,
    /// When the oldest of them happened.
    pub oldest: Option<DateTime<Utc>>,
}

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
