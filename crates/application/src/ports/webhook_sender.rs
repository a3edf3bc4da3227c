use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::WebhookEventId;
use thiserror::Error;

use super::WebhookTarget;

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

/// Why there is no answer. Holds neither URL nor secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum WebhookError {
    /// The URL is none that may be called.
    #[error("the URL may not be called")]
    Url,
    /// The host resolves to nothing but addresses that may not be called.
    #[error("the host's address is private, and private addresses are not called")]
    Address,
    /// No connection: no such host, refused, no TLS.
    #[error("the host cannot be reached")]
    Unreachable,
    /// The connection ended before the answer came, or what came is no answer.
    #[error("the answer was cut short")]
    Cut,
    /// No answer within the deadline.
    #[error("no answer in time")]
    TimedOut,
}

impl WebhookError {
    /// The name in metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Url => "url",
            Self::Address => "address",
            Self::Unreachable => "unreachable",
            Self::Cut => "cut",
            Self::TimedOut => "timed-out",
        }
    }
}

/// Calls an endpoint by the rules of Standard Webhooks: `POST` with `webhook-id`,
/// `webhook-timestamp` (Unix seconds) and `webhook-signature`, which is `v1,` and the base64 of the
/// HMAC-SHA256 of `id.timestamp.body`.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait WebhookSender: Send + Sync {
    /// Makes one call and returns the answer, whatever it is. MUST end within a deadline of its
    /// own, MUST NOT follow redirects, and MUST NOT read a body without bounds.
    ///
    /// Dropping the future gives the call up.
    ///
    /// # Errors
    /// [`WebhookError`] when there is no answer; the call may have arrived all the same.
    async fn send(&self, webhook: &OutgoingWebhook) -> Result<WebhookAnswer, WebhookError>;
}
