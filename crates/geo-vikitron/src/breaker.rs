//! The circuit breaker: a server that fails several times in a row is left alone for a while.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Shared by every lookup; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Breaker {
    state: Arc<Mutex<State>>,
    failures: u32,
    pause: Duration,
    longest: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Requests pass; so many failed in a row.
    Closed { failed: u32 },
    /// Nothing passes until then.
    Open { until: Instant, pause: Duration },
    /// One request is under way to see whether the server is back.
    Probing { pause: Duration },
}

/// Leave to ask once. Dropped without a word, it counts neither way.
#[derive(Debug)]
pub(crate) struct Attempt {
    breaker: Breaker,
    is_probe: bool,
    reported: bool,
}

impl Breaker {
    /// Opens after `failures` failures in a row for `pause`, doubled by each failed probe up to
    /// `longest`.
    pub(crate) fn new(failures: u32, pause: Duration, longest: Duration) -> Self {
        let state = Arc::new(Mutex::new(State::Closed { failed: 0 }));
        Self { state, failures: failures.max(1), pause, longest: longest.max(pause) }
    }

    /// Leave to ask now, or none while the breaker is open.
    pub(crate) fn admit(&self, now: Instant) -> Option<Attempt> {
        let mut state = self.lock();
        let is_probe = match *state {
            State::Closed { .. } => false,
            State::Open { until, pause } if now >= until => {
                *state = State::Probing { pause };
                true
            }
            State::Open { .. } | State::Probing { .. } => return None,
        };
        Some(Attempt { breaker: self.clone(), is_probe, reported: false })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self, now: Instant, pause: Duration) -> State {
        let pause = pause.min(self.longest);
        metrics::gauge!("resetd_geo_vikitron_breaker_open").set(1);
        tracing::warn!(
            pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX),
            "VikiTron is left alone for a while"
        );
        State::Open { until: now + pause, pause }
    }
}

impl Attempt {
    /// The server answered.
    pub(crate) fn succeeded(mut self) {
        self.reported = true;
        let mut state = self.breaker.lock();
        if !matches!(*state, State::Closed { .. }) {
            metrics::gauge!("resetd_geo_vikitron_breaker_open").set(0);
            tracing::info!("VikiTron answers again");
        }
        *state = State::Closed { failed: 0 };
    }

    /// The server did not answer, or answered nonsense.
    pub(crate) fn failed(mut self, now: Instant) {
        self.reported = true;
        let breaker = self.breaker.clone();
        let mut state = breaker.lock();
        *state = match *state {
            State::Closed { failed } if failed + 1 < breaker.failures => State::Closed { failed: failed + 1 },
            State::Closed { .. } => breaker.open(now, breaker.pause),
            State::Probing { pause } if self.is_probe => breaker.open(now, pause * 2),
            // An older request that fails late says nothing new.
            unchanged => unchanged,
        };
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        if self.is_probe && !self.reported {
            let mut state = self.breaker.lock();
            if let State::Probing { pause } = *state {
                // The caller gave up: the next one probes at once.
                *state = State::Open { until: Instant::now(), pause };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn opened(now: Instant) -> Breaker {
        let breaker = Breaker::new(3, SECOND, 3 * SECOND);
        for _ in 0..3 {
            breaker.admit(now).unwrap().failed(now);
        }
        breaker
    }

    #[test]
    fn it_opens_after_failures_in_a_row_only() {
        let (now, breaker) = (Instant::now(), Breaker::new(3, SECOND, SECOND));
        for _ in 0..5 {
            breaker.admit(now).unwrap().failed(now);
            breaker.admit(now).unwrap().failed(now);
            breaker.admit(now).unwrap().succeeded();
        }
        assert!(breaker.admit(now).is_some());
        assert!(opened(now).admit(now).is_none());
    }

    #[test]
    fn one_probe_at_a_time_and_longer_pauses() {
        let mut now = Instant::now();
        let breaker = opened(now);
        for pause in [1, 2, 3, 3] {
            assert!(breaker.admit(now + pause * SECOND - SECOND / 2).is_none(), "{pause}");
            now += pause * SECOND;
            let probe = breaker.admit(now).unwrap();
            assert!(breaker.admit(now + 9 * SECOND).is_none());
            probe.failed(now);
        }
        now += 3 * SECOND;
        breaker.admit(now).unwrap().succeeded();
        assert_eq!(*breaker.lock(), State::Closed { failed: 0 });
    }

    #[test]
    fn a_dropped_probe_leaves_the_way_to_the_next() {
        let now = Instant::now();
        let breaker = opened(now);
        drop(breaker.admit(now + SECOND).unwrap());
        assert!(breaker.admit(Instant::now()).is_some());
    }

    #[test]
    fn a_late_failure_of_an_old_request_changes_nothing() {
        let now = Instant::now();
        let breaker = Breaker::new(1, SECOND, SECOND);
        let (old, first) = (breaker.admit(now).unwrap(), breaker.admit(now).unwrap());
        first.failed(now);
        let probe = breaker.admit(now + SECOND).unwrap();
        old.failed(now + SECOND);
        assert_eq!(*breaker.lock(), State::Probing { pause: SECOND });
        probe.succeeded();
        assert!(breaker.admit(now + SECOND).is_some());
    }
}
