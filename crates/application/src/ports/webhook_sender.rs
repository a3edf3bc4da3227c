use async_trait::async_trait;
use thiserror::Error;

use crate::model::{OutgoingWebhook, WebhookAnswer};

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
