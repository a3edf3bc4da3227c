//! Counters by sixtieths of the window, for large limits.

use crate::verdict::Verdict;

/// A window is this many slots wide …
const PER_WINDOW: i64 = 60;

/// … and touches one more, unless it begins exactly where a slot does.
const SLOTS: usize = 61;

/// Hits by slot. A hit counts while its slot is among the last 61, that is for at least the window
/// and at most a sixtieth longer: the error is always on the strict side.
#[derive(Debug)]
pub(crate) struct Slots {
    window: i64,
    /// The newest slot that may hold hits, counted from 1970.
    newest: i64,
    /// The sum of `counts`.
    total: u32,
    /// By slot number modulo 61.
    counts: [u32; SLOTS],
}

impl Slots {
    pub(crate) const fn new(window: i64) -> Self {
        Self { window, newest: 0, total: 0, counts: [0; SLOTS] }
    }

    pub(crate) fn hit(&mut self, max: u32, window: i64, now: i64) -> Verdict {
        if window != self.window {
            // Slots of another width: whatever is counted counts from now on.
            let total = self.total;
            *self = Self::new(window);
            self.advance(self.slot(now));
            self.add(total);
        }
        self.advance(self.slot(now));
        let allowed = self.total < max;
        if allowed {
            self.add(1);
        }
        Verdict {
            allowed,
            remaining: max.saturating_sub(self.total),
            empty_at: self.last_hit().map_or(now, |slot| self.end(slot)),
            free_at: if allowed || max == 0 { None } else { self.below(max).map(|slot| self.end(slot)) },
        }
    }

    /// Counts one hit at `time`, whatever the limit.
    pub(crate) fn count(&mut self, time: i64) {
        self.advance(self.slot(time));
        self.add(1);
    }

    pub(crate) fn is_idle(&self, now: i64) -> bool {
        self.total == 0 || now >= self.end(self.newest)
    }

    const fn width(&self) -> i64 {
        self.window / PER_WINDOW + if self.window % PER_WINDOW == 0 { 0 } else { 1 }
    }

    const fn slot(&self, time: i64) -> i64 {
        time.div_euclid(self.width())
    }

    /// From when on the hits of `slot` do not count.
    const fn end(&self, slot: i64) -> i64 {
        (slot + SLOTS as i64).saturating_mul(self.width())
    }

    fn cell(&mut self, slot: i64) -> Option<&mut u32> {
        self.counts.get_mut(slot.rem_euclid(SLOTS as i64) as usize)
    }

    fn count_in(&self, slot: i64) -> u32 {
        self.counts.get(slot.rem_euclid(SLOTS as i64) as usize).copied().unwrap_or_default()
    }

    fn add(&mut self, hits: u32) {
        self.total = self.total.saturating_add(hits);
        if let Some(count) = self.cell(self.newest) {
            *count = count.saturating_add(hits);
        }
    }

    /// Makes `slot` the newest and forgets what thereby grew too old. A clock that went back a
    /// little stands still until it has caught up. One that went back by more than a window was
    /// set: what is counted then counts from there on.
    fn advance(&mut self, slot: i64) {
        let step = slot - self.newest;
        if step < -PER_WINDOW {
            let total = self.total;
            *self = Self { newest: slot, ..Self::new(self.window) };
            self.add(total);
        } else if step >= SLOTS as i64 {
            *self = Self { newest: slot, ..Self::new(self.window) };
        } else {
            for fresh in self.newest + 1..=slot {
                let forgotten = self.cell(fresh).map(std::mem::take).unwrap_or_default();
                self.total -= forgotten;
                self.newest = fresh;
            }
        }
    }

    /// The slots that count, oldest first.
    fn live(&self) -> std::ops::RangeInclusive<i64> {
        self.newest - PER_WINDOW..=self.newest
    }

    fn last_hit(&self) -> Option<i64> {
        self.live().rev().find(|slot| self.count_in(*slot) > 0)
    }

    /// The slot that must grow too old for fewer than `max` hits to be left.
    fn below(&self, max: u32) -> Option<i64> {
        let mut left = self.total;
        self.live().find(|slot| {
            left -= self.count_in(*slot);
            left < max
        })
    }
}
