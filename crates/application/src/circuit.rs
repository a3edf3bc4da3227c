//! The circuit breaker: a server that fails several times in a row is left alone for a while.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Whether a server is called, by how it answered lately. Clones share it.
#[derive(Debug, Clone)]
pub struct Circuit {
    state: Arc<Mutex<State>>,
    settings: CircuitSettings,
}

/// When a circuit opens, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CircuitSettings {
    /// Failures in a row that open it; 0 counts as 1.
    pub failures: u32,
    /// How long it stays open at first; each failed probe doubles that.
    pub pause: Duration,
    /// The longest it stays open before the next probe.
    pub longest: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Calls pass; so many failed in a row.
    Closed { failed: u32 },
    /// Nothing passes until then.
    Open { until: Instant, pause: Duration },
    /// One call is under way to see whether the server is back.
    Probing { since: Instant, pause: Duration },
}

/// Leave to call once. Dropped without a report, it counts neither way.
#[derive(Debug)]
pub struct Attempt {
    circuit: Circuit,
    is_probe: bool,
    reported: bool,
}

/// What a report did to the circuit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CircuitChange {
    /// It is open or closed as it was before.
    None,
    /// It is open for this long, after failures in a row or a probe that failed.
    Opened(Duration),
    /// It was open, and calls pass again.
    Closed,
}

impl Circuit {
    /// A closed one.
    #[must_use]
    pub fn new(settings: CircuitSettings) -> Self {
        Self { state: Arc::new(Mutex::new(State::Closed { failed: 0 })), settings }
    }

    /// Leave to call now; `None` while the circuit is open or a probe is under way.
    #[must_use]
    pub fn admit(&self, now: Instant) -> Option<Attempt> {
        let mut state = self.lock();
        let is_probe = match *state {
            State::Closed { .. } => false,
            State::Open { until, pause } if now >= until => {
                *state = State::Probing { since: now, pause };
                true
            }
            State::Open { .. } | State::Probing { .. } => return None,
        };
        Some(Attempt { circuit: self.clone(), is_probe, reported: false })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self, now: Instant, pause: Duration) -> (State, CircuitChange) {
        let pause = pause.min(self.settings.longest);
        (State::Open { until: now + pause, pause }, CircuitChange::Opened(pause))
    }
}

impl Attempt {
    /// The server answered.
    pub fn succeeded(mut self) -> CircuitChange {
        self.reported = true;
        let mut state = self.circuit.lock();
        let was_closed = matches!(*state, State::Closed { .. });
        *state = State::Closed { failed: 0 };
        if was_closed { CircuitChange::None } else { CircuitChange::Closed }
    }

    /// The server did not answer, or not as it should.
    pub fn failed(mut self, now: Instant) -> CircuitChange {
        self.reported = true;
        let settings = self.circuit.settings;
        let mut state = self.circuit.lock();
        let (next, change) = match *state {
            State::Closed { failed } if failed + 1 < settings.failures => {
                (State::Closed { failed: failed + 1 }, CircuitChange::None)
            }
            State::Closed { .. } => self.circuit.open(now, settings.pause),
            State::Probing { pause, .. } if self.is_probe => self.circuit.open(now, pause.saturating_mul(2)),
            // An older call that fails late says nothing new.
            unchanged => (unchanged, CircuitChange::None),
        };
        *state = next;
        change
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        if self.is_probe && !self.reported {
            let mut state = self.circuit.lock();
            if let State::Probing { since, pause } = *state {
                // The caller gave up: the next one probes at once.
                *state = State::Open { until: since, pause };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn circuit(failures: u32, longest: Duration) -> Circuit {
        Circuit::new(CircuitSettings { failures, pause: SECOND, longest })
    }

    fn opened(now: Instant) -> Circuit {
        let circuit = circuit(3, 3 * SECOND);
        for change in [CircuitChange::None, CircuitChange::None, CircuitChange::Opened(SECOND)] {
            assert_eq!(circuit.admit(now).unwrap().failed(now), change);
        }
        circuit
    }

    #[test]
    fn it_opens_after_failures_in_a_row_only() {
        let (now, circuit) = (Instant::now(), circuit(3, SECOND));
        for _ in 0..5 {
            for _ in 0..2 {
                assert_eq!(circuit.admit(now).unwrap().failed(now), CircuitChange::None);
            }
            assert_eq!(circuit.admit(now).unwrap().succeeded(), CircuitChange::None);
        }
        assert!(circuit.admit(now).is_some());
        assert!(opened(now).admit(now).is_none());
    }

    #[test]
    fn one_probe_at_a_time_and_longer_pauses() {
        let mut now = Instant::now();
        let circuit = opened(now);
        for (pause, next) in [(1, 2), (2, 3), (3, 3), (3, 3)] {
            assert!(circuit.admit(now + pause * SECOND - SECOND / 2).is_none(), "{pause}");
            now += pause * SECOND;
            let probe = circuit.admit(now).unwrap();
            assert!(circuit.admit(now + 9 * SECOND).is_none());
            assert_eq!(probe.failed(now), CircuitChange::Opened(next * SECOND));
        }
        now += 3 * SECOND;
        assert_eq!(circuit.admit(now).unwrap().succeeded(), CircuitChange::Closed);
        assert_eq!(*circuit.lock(), State::Closed { failed: 0 });
    }

    #[test]
    fn a_dropped_probe_leaves_the_way_to_the_next() {
        let now = Instant::now();
        let circuit = opened(now);
        drop(circuit.admit(now + SECOND).unwrap());
        assert!(circuit.admit(now + SECOND).is_some());
    }

    #[test]
    fn a_late_failure_of_an_old_call_changes_nothing() {
        let now = Instant::now();
        let circuit = circuit(1, SECOND);
        let (old, first) = (circuit.admit(now).unwrap(), circuit.admit(now).unwrap());
        first.failed(now);
        let probe = circuit.admit(now + SECOND).unwrap();
        assert_eq!(old.failed(now + SECOND), CircuitChange::None);
        assert!(matches!(*circuit.lock(), State::Probing { pause: SECOND, .. }));
        assert_eq!(probe.succeeded(), CircuitChange::Closed);
        assert!(circuit.admit(now + SECOND).is_some());
    }
}
