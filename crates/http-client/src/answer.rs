use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::response::Parts;
use http::{HeaderMap, Response, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;
use tokio::time::{Instant, timeout_at};

use crate::CallError;

/// How much of a body nobody reads is taken, so that the connection can be kept.
const DISCARDED_BYTES: usize = 4 * 1024;
/// How long that may take.
const DISCARD_TIMEOUT: Duration = Duration::from_secs(1);

/// The head of an answer, with the body still to come.
pub struct Answer {
    head: Parts,
    body: Incoming,
    limit: usize,
    deadline: Instant,
}

impl Answer {
    pub(crate) fn new(response: Response<Incoming>, limit: usize, deadline: Instant) -> Self {
        let (head, body) = response.into_parts();
        Self { head, body, limit, deadline }
    }

    /// The status, whatever it is.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.head.status
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.head.headers
    }

    /// Whether the content type is `application/json` or any `application/…+json` (RFC 6839).
    #[must_use]
    pub fn is_json(&self) -> bool {
        let value = self.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let essence = value.and_then(|value| value.split(';').next()).unwrap_or_default();
        let essence = essence.trim().to_ascii_lowercase();
        essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
    }

    /// The whole body, before the call's deadline.
    ///
    /// # Errors
    /// [`CallError::TooLarge`], [`CallError::TimedOut`] or [`CallError::Cut`].
    pub async fn bytes(self) -> Result<Bytes, CallError> {
        let body = Limited::new(self.body, self.limit).collect();
        match timeout_at(self.deadline, body).await {
            Ok(Ok(body)) => Ok(body.to_bytes()),
            Ok(Err(error)) if error.is::<LengthLimitError>() => {
                Err(CallError::TooLarge { limit: self.limit })
            }
            Ok(Err(_)) => Err(CallError::Cut),
            Err(_) => Err(CallError::TimedOut),
        }
    }

    /// Reads a little of the body, for a second at most and not over the call's
    /// deadline, so that the connection can be kept. A body that is long, slow
    /// or cut costs the connection and nothing else.
    pub async fn discard(self) {
        let until = self.deadline.min(Instant::now() + DISCARD_TIMEOUT);
        drop(timeout_at(until, Limited::new(self.body, DISCARDED_BYTES).collect()).await);
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").field("status", &self.status()).finish_non_exhaustive()
    }
}
