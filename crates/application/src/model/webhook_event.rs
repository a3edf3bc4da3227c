use chrono::{DateTime, Utc};
use domain::{OrganisationId, RequestId, WebhookEndpointId, WebhookEventId, WebhookEventType};

use crate::model::WebhookTarget;

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
