//! The rate-limit headers of specification.md#limits.

use application::model::LimitDecision;
use axum::http::{HeaderMap, HeaderName, HeaderValue};

const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// Puts `X-RateLimit-Limit`, `-Remaining` and `-Reset` (Unix seconds) on an answer.
pub(super) fn insert_headers(headers: &mut HeaderMap, decision: &LimitDecision) {
    headers.insert(LIMIT, HeaderValue::from(decision.limit));
    headers.insert(REMAINING, HeaderValue::from(decision.remaining));
    // Rounded up: at that second it is true.
    let reset = decision.reset_at.timestamp_millis().saturating_add(999).div_euclid(1_000);
    headers.insert(RESET, HeaderValue::from(reset));
}
