//! The rate-limit headers of specification.md#limits.

use std::time::Duration;

use application::model::LimitDecision;
use axum::http::{HeaderMap, HeaderName, HeaderValue};

const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// Puts `X-RateLimit-Limit`, `-Remaining` and `-Reset` (Unix seconds) on an answer. Keys without a
/// limit carry none.
pub(crate) fn insert_rate_limit_headers(headers: &mut HeaderMap, decision: Option<&LimitDecision>) {
    let Some(decision) = decision else { return };
    headers.insert(LIMIT, HeaderValue::from(decision.limit));
    headers.insert(REMAINING, HeaderValue::from(decision.remaining));
    // Rounded up: at that second it is true.
    let reset = decision.reset_at.timestamp_millis().saturating_add(999).div_euclid(1_000);
    headers.insert(RESET, HeaderValue::from(reset));
}

/// Rounded up to whole seconds, and at least one: who waits that long is not refused for having
/// come too early.
pub(crate) fn whole_seconds(wait: Duration) -> u64 {
    (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1)
}
