use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::WebhookEventId;

use crate::model::WebhookTarget;

/// A call about to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingWebhook {
    /// The same on every attempt: receivers know duplicates by it.
    pub id: WebhookEventId,
    /// Where to, and what to sign with.
    pub target: WebhookTarget,
    /// When the attempt is made; receivers refuse what is too old.
    pub at: DateTime<Utc>,
    /// JSON.
    pub body: String,
}

/// What an endpoint answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WebhookAnswer {
    /// The HTTP status.
    pub status: u16,
    /// `Retry-After` (RFC 9110, 10.2.3), in seconds or as a date: how long the endpoint asks to be
    /// left alone.
    pub retry_after: Option<Duration>,
}

impl From<u16> for WebhookAnswer {
    fn from(status: u16) -> Self {
        Self { status, retry_after: None }
    }
}
