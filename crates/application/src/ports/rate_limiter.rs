use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::model::{Limit, LimitDecision, LimitSubject};

/// A sliding window.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait RateLimiter: Send + Sync {
    /// Counts one hit of `subject` at `now` if `limit` allows it.
    ///
    /// In no period of `limit.window` may more than `limit.max` hits of one subject be allowed,
    /// however many callers ask at once. A hit may be refused up to 1/60 of the window longer than
    /// a perfect log would refuse it. Never fails: an adapter whose shared counter is away counts
    /// locally and says so in its log and metrics.
    async fn hit(&self, subject: LimitSubject, limit: Limit, now: DateTime<Utc>) -> LimitDecision;
}
