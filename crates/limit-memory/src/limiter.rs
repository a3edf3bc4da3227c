use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use application::model::{Limit, LimitDecision, LimitSubject};
use application::ports::RateLimiter;
use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};

use crate::verdict::Verdict;
use crate::window::Window;

/// Locks: enough that callers with different subjects seldom meet.
const SHARDS: usize = 64;

/// A shard with fewer subjects than this is not worth sweeping.
const SMALL: usize = 64;

/// A shard is swept at least this often, in nanoseconds, so that a quiet one gives its memory back.
const SWEEP_EVERY: i64 = 60_000_000_000;

/// Sliding windows in this process's memory: for a single replica, or for one that lost sight of
/// the shared counter.
///
/// Never allows more than the limit in any window; refuses at most a sixtieth of the window longer
/// than a perfect log would, and not at all longer for limits up to 64. A clock set back by up to a
/// window stands still until it has caught up; one set back further carries on from there, with
/// everything counted so far still counted.
///
/// Memory: a subject takes about 150 bytes after its first hit, at most 700, and is forgotten when
/// its window has passed: there are at most twice as many as were hit within the last two windows
/// (and a few per shard).
#[derive(Debug)]
pub struct MemoryLimiter {
    shards: Box<[Mutex<Shard>]>,
    /// Keyed afresh in each process, so that nobody can choose addresses that collide.
    hasher: RandomState,
}

#[derive(Debug, Default)]
struct Shard {
    windows: HashMap<LimitSubject, Window>,
    /// Sweep when there are this many.
    sweep_at_len: usize,
    /// Sweep when it is this late.
    sweep_at: i64,
}

impl MemoryLimiter {
    /// With nothing counted.
    #[must_use]
    pub fn new() -> Self {
        let shards =
            (0..SHARDS).map(|_| Mutex::new(Shard { sweep_at_len: SMALL, ..Shard::default() })).collect();
        Self { shards, hasher: RandomState::new() }
    }

    /// How many subjects are kept at present.
    #[must_use]
    pub fn subjects(&self) -> usize {
        self.shards.iter().map(|shard| lock(shard).windows.len()).sum()
    }

    /// What [`RateLimiter::hit`] does, at once and without a future.
    pub fn hit_now(&self, subject: LimitSubject, limit: Limit, now: DateTime<Utc>) -> LimitDecision {
        let nanoseconds = now.timestamp_nanos_opt().unwrap_or(i64::MAX / 2).clamp(0, i64::MAX / 2);
        let index = self.hasher.hash_one(subject) as usize % SHARDS;
        let verdict = self.shards.get(index).map(|shard| lock(shard).hit(subject, limit, nanoseconds));
        verdict.map_or_else(
            || unreachable!("the index is below SHARDS"),
            |verdict| decision(&verdict, limit, now, nanoseconds),
        )
    }
}

impl Default for MemoryLimiter {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl RateLimiter for MemoryLimiter {
    async fn hit(&self, subject: LimitSubject, limit: Limit, now: DateTime<Utc>) -> LimitDecision {
        self.hit_now(subject, limit, now)
    }
}

impl Shard {
    fn hit(&mut self, subject: LimitSubject, limit: Limit, now: i64) -> Verdict {
        if self.windows.len() >= self.sweep_at_len || now >= self.sweep_at {
            self.sweep(now);
        }
        self.windows.entry(subject).or_insert_with(|| Window::new(limit)).hit(limit, now)
    }

    fn sweep(&mut self, now: i64) {
        self.windows.retain(|_, window| !window.is_idle(now));
        let kept = self.windows.len().max(SMALL);
        self.windows.shrink_to(2 * kept);
        self.sweep_at_len = 2 * kept;
        self.sweep_at = now + SWEEP_EVERY;
    }
}

/// A panic while the lock was held cannot leave a window worse than one hit off; counting goes on.
fn lock(shard: &Mutex<Shard>) -> std::sync::MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

fn decision(verdict: &Verdict, limit: Limit, now: DateTime<Utc>, now_nanoseconds: i64) -> LimitDecision {
    let until = |at: i64| at.saturating_sub(now_nanoseconds).max(0);
    let retry_after = match (verdict.allowed, verdict.free_at) {
        (true, _) => Duration::ZERO,
        (false, Some(at)) => Duration::from_nanos(until(at).unsigned_abs()),
        (false, None) => limit.window,
    };
    LimitDecision {
        allowed: verdict.allowed,
        limit: limit.max,
        remaining: verdict.remaining,
        reset_at: now
            .checked_add_signed(TimeDelta::nanoseconds(until(verdict.empty_at)))
            .unwrap_or(DateTime::<Utc>::MAX_UTC),
        retry_after: if verdict.allowed { retry_after } else { retry_after.max(Duration::from_secs(1)) },
    }
}
