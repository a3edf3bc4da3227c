use std::time::Duration;

use tokio::time::Instant;

/// The period in which requests and mails are counted.
const WINDOW: Duration = Duration::from_millis(20);
/// New requests in one window from which on mails are throttled: 12,000 a second.
const HIGH_LOAD_REQUESTS: u64 = 240;
/// Mails begun in one window while they are throttled: 400 a second.
const MAILS_PER_WINDOW: usize = 8;

/// Slows delivery down while new requests come in such numbers that they need the whole machine.
/// That does not last, and what was accepted is safe on disk.
pub(super) struct IntakeThrottle {
    began: Instant,
    raised: u64,
    holds: bool,
    started: usize,
}

impl IntakeThrottle {
    pub(super) const fn new(now: Instant) -> Self {
        Self { began: now, raised: 0, holds: false, started: 0 }
    }

    /// How many of `room` mails may be begun now. `raised`: how often work has been announced since
    /// the start.
    pub(super) fn room(&mut self, now: Instant, raised: u64, room: usize) -> usize {
        let elapsed = now - self.began;
        if elapsed >= WINDOW {
            let windows = elapsed.as_micros() / WINDOW.as_micros();
            self.holds =
                u128::from(raised.saturating_sub(self.raised)) >= windows * u128::from(HIGH_LOAD_REQUESTS);
            (self.began, self.raised, self.started) = (now, raised, 0);
        }
        if self.holds { room.min(MAILS_PER_WINDOW - self.started.min(MAILS_PER_WINDOW)) } else { room }
    }

    pub(super) const fn started(&mut self, mails: usize) {
        self.started += mails;
    }

    /// How long no further mail may be begun.
    pub(super) fn rest(&self, now: Instant) -> Option<Duration> {
        let spent = self.holds && self.started >= MAILS_PER_WINDOW;
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
        let mut throttle = IntakeThrottle::new(start);
        assert_eq!(throttle.room(at(1), HIGH_LOAD_REQUESTS, 25), 25, "nothing is known yet");
        throttle.started(25);
        assert_eq!(throttle.room(at(20), HIGH_LOAD_REQUESTS, 25), MAILS_PER_WINDOW);
        throttle.started(5);
        assert_eq!(throttle.rest(at(20)), None);
        assert_eq!(throttle.room(at(21), HIGH_LOAD_REQUESTS + 10, 25), MAILS_PER_WINDOW - 5);
        throttle.started(MAILS_PER_WINDOW - 5);
        assert_eq!(throttle.room(at(22), HIGH_LOAD_REQUESTS + 20, 25), 0);
        assert_eq!(throttle.rest(at(25)), Some(Duration::from_millis(15)));
        assert_eq!(
            throttle.room(at(40), 2 * HIGH_LOAD_REQUESTS - 1, 25),
            25,
            "too few came in the window before"
        );
        assert_eq!(throttle.rest(at(40)), None);
        assert_eq!(throttle.room(at(100), 4 * HIGH_LOAD_REQUESTS, 25), 25, "many, but over three windows");
        assert_eq!(throttle.room(at(120), 5 * HIGH_LOAD_REQUESTS, 25), MAILS_PER_WINDOW);
    }
}
