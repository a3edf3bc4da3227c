use std::time::Duration;

use tokio::time::Instant;

/// What a rush is measured by.
const WINDOW: Duration = Duration::from_millis(20);
/// New requests in one window that are a rush: 12,000 a second.
const MANY: u64 = 240;
/// Mails begun in one window of a rush: 400 a second.
const BURST: usize = 8;

/// Stands back while new requests come in such numbers that they need the whole machine: they are many for a moment, and
/// what was accepted is safe on disk.
pub(super) struct Rush {
    began: Instant,
    raised: u64,
    holds: bool,
    started: usize,
}

impl Rush {
    pub(super) const fn new(now: Instant) -> Self {
        Self { began: now, raised: 0, holds: false, started: 0 }
    }

    /// How many of `room` mails may be begun now. `raised`: how often work has been announced since the start.
    pub(super) fn room(&mut self, now: Instant, raised: u64, room: usize) -> usize {
        let elapsed = now - self.began;
        if elapsed >= WINDOW {
            let windows = elapsed.as_micros() / WINDOW.as_micros();
            self.holds = u128::from(raised.saturating_sub(self.raised)) >= windows * u128::from(MANY);
            (self.began, self.raised, self.started) = (now, raised, 0);
        }
        if self.holds { room.min(BURST - self.started.min(BURST)) } else { room }
    }

    pub(super) const fn started(&mut self, mails: usize) {
        self.started += mails;
    }

    /// How long no further mail may be begun.
    pub(super) fn rest(&self, now: Instant) -> Option<Duration> {
        let spent = self.holds && self.started >= BURST;
        spent.then(|| (self.began + WINDOW).saturating_duration_since(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_a_rush_a_few_are_begun_in_each_window() {
        let start = Instant::now();
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        let mut rush = Rush::new(start);
        assert_eq!(rush.room(at(1), MANY, 25), 25, "nothing is known yet");
        rush.started(25);
        assert_eq!(rush.room(at(20), MANY, 25), BURST);
        rush.started(5);
        assert_eq!(rush.rest(at(20)), None);
        assert_eq!(rush.room(at(21), MANY + 10, 25), BURST - 5);
        rush.started(BURST - 5);
        assert_eq!(rush.room(at(22), MANY + 20, 25), 0);
        assert_eq!(rush.rest(at(25)), Some(Duration::from_millis(15)));
        assert_eq!(rush.room(at(40), 2 * MANY - 1, 25), 25, "too few came in the window before");
        assert_eq!(rush.rest(at(40)), None);
        assert_eq!(rush.room(at(100), 4 * MANY, 25), 25, "many, but over three windows");
        assert_eq!(rush.room(at(120), 5 * MANY, 25), BURST);
    }
}
