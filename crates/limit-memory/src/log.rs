//! An exact log of times, for small limits.

use std::collections::VecDeque;

use crate::verdict::Verdict;

/// The times of the hits that count, oldest first.
#[derive(Debug)]
pub(crate) struct Log {
    window: i64,
    times: VecDeque<i64>,
}

impl Log {
    pub(crate) const fn new(window: i64) -> Self {
        Self { window, times: VecDeque::new() }
    }

    pub(crate) fn times(&self) -> impl Iterator<Item = i64> {
        self.times.iter().copied()
    }

    pub(crate) fn hit(&mut self, max: u32, window: i64, now: i64) -> Verdict {
        self.window = window;
        let now = self.settle(now);
        while self.times.front().is_some_and(|oldest| now - oldest >= window) {
            self.times.pop_front();
        }
        let max = max as usize;
        let allowed = self.times.len() < max;
        if allowed {
            self.times.push_back(now);
        }
        let counted = self.times.len();
        let blocking = if allowed || max == 0 { None } else { self.times.get(counted - max) };
        Verdict {
            allowed,
            remaining: u32::try_from(max.saturating_sub(counted)).unwrap_or(u32::MAX),
            empty_at: self.times.back().map_or(now, |newest| newest + window),
            free_at: blocking.map(|oldest| oldest + window),
        }
    }

    /// The time to count at when the clock says `now`. A clock that went back a little stands still
    /// until it has caught up. One that went back by more than a window was set: what is counted
    /// then counts from `now` on.
    fn settle(&mut self, now: i64) -> i64 {
        let Some(newest) = self.times.back().copied() else { return now };
        if newest - now > self.window {
            self.times.iter_mut().for_each(|time| *time = now);
        }
        now.max(self.times.back().copied().unwrap_or(now))
    }

    pub(crate) fn is_idle(&self, now: i64) -> bool {
        self.times.back().is_none_or(|newest| now - newest >= self.window)
    }
}
