use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use application::model::{Limit, LimitDecision, LimitSubject};
use application::ports::RateLimiter;
use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};

use super::lock;

/// A perfect log: every hit's time is kept for as long as it counts. Exact, and as slow as a large
/// limit makes it.
#[derive(Debug, Default)]
pub struct WindowLimiter(Mutex<HashMap<LimitSubject, Vec<DateTime<Utc>>>>);

impl WindowLimiter {
    /// With nothing counted.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

#[async_trait]
impl RateLimiter for WindowLimiter {
    async fn hit(&self, subject: LimitSubject, limit: Limit, now: DateTime<Utc>) -> LimitDecision {
        let window = TimeDelta::from_std(limit.window).unwrap_or(TimeDelta::MAX);
        let max = limit.max as usize;
        let mut subjects = lock(&self.0);
        let times = subjects.entry(subject).or_default();
        let gone = times.partition_point(|time| now.signed_duration_since(*time) >= window);
        times.drain(..gone);
        // A clock that was set back: what is counted cannot lie further ahead than a window.
        if times.last().is_some_and(|newest| *newest > now + window) {
            times.iter_mut().for_each(|time| *time = now);
        }

        let allowed = times.len() < max;
        if allowed {
            times.push(now.max(times.last().copied().unwrap_or(now)));
        }
        let blocking = times.len().checked_sub(max).and_then(|index| times.get(index));
        let retry_after = match blocking {
            _ if allowed => Duration::ZERO,
            Some(oldest) if max > 0 => (*oldest + window - now).to_std().unwrap_or_default(),
            _ => limit.window,
        };
        LimitDecision {
            allowed,
            limit: limit.max,
            remaining: limit.max.saturating_sub(u32::try_from(times.len()).unwrap_or(u32::MAX)),
            reset_at: times.last().map_or(now, |newest| *newest + window),
            retry_after: if allowed { retry_after } else { retry_after.max(Duration::from_secs(1)) },
        }
    }
}
