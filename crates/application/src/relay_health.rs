use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::BackOff;

/// Why the queue pauses, for whoever asks: the log, `/readyz`, the operator. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct RelayStatus(Arc<Mutex<Option<String>>>);

impl RelayStatus {
    /// What the relay said or did not say, without addresses and credentials; `None` while it takes
    /// mail.
    #[must_use]
    pub fn error(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// `true`: it was something else before.
    pub(crate) fn set(&self, error: Option<String>) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let changed = *known != error;
        *known = error;
        changed
    }
}

/// What keeps mails from the relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Obstacle {
    /// It cannot be reached, or takes nothing for now.
    Unreachable,
    /// It is there and refuses us: somebody has to mend something, and too many tries lock us out.
    Refusal,
}

/// What may be done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Start as many mails.
    Mails(usize),
    /// See whether the relay takes a connection, without a mail.
    Connect,
    /// Nothing.
    Wait,
}

/// Whether the relay takes mail, and so how many mails may be on their way to it at once.
///
/// While it is down the whole queue pauses. A probe is a connection first, which costs no mail an
/// attempt, and then one mail. When it is back the number doubles with every mail it takes, so that
/// a relay that has just come up is not run over.
#[derive(Debug)]
pub(crate) struct RelayHealth {
    most: usize,
    /// Between probes of a relay that cannot be reached.
    unreachable: BackOff,
    /// Between probes of one that refuses us.
    refusal: BackOff,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing has been tried.
    Unknown,
    Up {
        allowed: usize,
    },
    Down {
        obstacle: Obstacle,
        failures: u32,
        probe_at: DateTime<Utc>,
        /// It takes connections again; a mail is the second half of the probe.
        connected: bool,
    },
}

impl RelayHealth {
    /// A relay of which nothing is known, to which at most `most` mails may be on their way.
    pub(crate) const fn new(most: usize, unreachable: BackOff, refusal: BackOff) -> Self {
        Self { most, unreachable, refusal, state: State::Unknown }
    }

    /// What may be done now, with `in_flight` mails or connections on their way.
    pub(crate) fn turn(&self, now: DateTime<Utc>, in_flight: usize) -> Turn {
        match self.state {
            State::Up { allowed } => Turn::Mails(allowed.saturating_sub(in_flight)),
            _ if in_flight > 0 => Turn::Wait,
            State::Unknown => Turn::Connect,
            State::Down { connected: true, .. } => Turn::Mails(1),
            State::Down { probe_at, .. } if now >= probe_at => Turn::Connect,
            State::Down { .. } => Turn::Wait,
        }
    }

    /// When the next probe may go, while the relay is down.
    pub(crate) const fn probe_at(&self) -> Option<DateTime<Utc>> {
        match self.state {
            State::Unknown | State::Up { .. } => None,
            State::Down { probe_at, .. } => Some(probe_at),
        }
    }

    /// It took a connection.
    pub(crate) fn connected(&mut self) {
        match &mut self.state {
            State::Unknown => self.state = State::Up { allowed: self.most },
            State::Up { .. } => {}
            State::Down { connected, .. } => *connected = true,
        }
    }

    /// The relay answered for a mail, whatever it said of it. `true`: it had been down.
    pub(crate) fn answered(&mut self) -> bool {
        let was_down = matches!(self.state, State::Down { .. });
        let allowed = match self.state {
            State::Up { allowed } => allowed.saturating_mul(2).min(self.most),
            State::Unknown | State::Down { .. } => 1,
        };
        self.state = State::Up { allowed };
        was_down
    }

    /// The relay could not be reached, or refuses us. `random` is uniform over all of `u64`.
    /// `true`: that was not known.
    pub(crate) fn down(&mut self, found: Obstacle, now: DateTime<Utc>, random: u64) -> bool {
        let (failures, known) = match self.state {
            State::Unknown | State::Up { .. } => (1, false),
            // The mails that were on their way when it went down tell nothing new.
            State::Down { probe_at, connected: false, .. } if now < probe_at => return false,
            State::Down { obstacle, failures, .. } if obstacle == found => (failures.saturating_add(1), true),
            State::Down { .. } => (1, false),
        };
        // A relay that takes connections and then no mail is not probed with mails every few
        // seconds.
        let half_way = matches!(self.state, State::Down { connected: true, .. });
        let back_off = match found {
            Obstacle::Unreachable if !half_way => self.unreachable,
            _ => self.refusal,
        };
        let retry = failures.saturating_sub(1);
        // At least half of it, so that each wait is longer than the one before.
        let wait = (back_off.longest(retry) / 2).saturating_add(back_off.delay(retry, random) / 2);
        let wait = TimeDelta::from_std(wait.max(Duration::from_millis(100))).unwrap_or(TimeDelta::seconds(5));
        self.state = State::Down { obstacle: found, failures, probe_at: now + wait, connected: false };
        !known
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn health() -> RelayHealth {
        let back_off =
            |base, ceiling| BackOff::new(Duration::from_millis(base), Duration::from_secs(ceiling));
        RelayHealth::new(25, back_off(500, 5), back_off(2_000, 300))
    }

    fn at(milliseconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::milliseconds(milliseconds)
    }

    #[test]
    fn a_connection_comes_before_the_first_mails() {
        let mut health = health();
        assert_eq!(health.turn(at(0), 0), Turn::Connect);
        assert_eq!(health.turn(at(0), 1), Turn::Wait);
        health.connected();
        assert_eq!(health.turn(at(0), 3), Turn::Mails(22));
    }

    #[test]
    fn a_refusal_is_probed_less_and_less_often_up_to_minutes() {
        let mut health = health();
        let (mut now, mut waits) = (at(0), Vec::new());
        for _ in 0..12 {
            health.down(Obstacle::Refusal, now, 0);
            let probe_at = health.probe_at().unwrap();
            waits.push((probe_at - now).num_milliseconds());
            assert_eq!(health.turn(probe_at - TimeDelta::milliseconds(1), 0), Turn::Wait);
            assert_eq!(health.turn(probe_at, 0), Turn::Connect);
            now = probe_at;
        }
        assert_eq!(waits[..5], [1_000, 2_000, 4_000, 8_000, 16_000]);
        assert_eq!(waits[10..], [150_000, 150_000]);
    }

    #[test]
    fn an_unreachable_relay_is_probed_every_few_seconds() {
        let mut health = health();
        let mut now = at(0);
        for _ in 0..12 {
            health.down(Obstacle::Unreachable, now, u64::MAX);
            assert!(health.probe_at().unwrap() - now <= TimeDelta::seconds(5));
            now = health.probe_at().unwrap();
        }
    }

    #[test]
    fn a_probe_is_a_connection_and_then_one_mail() {
        let mut health = health();
        assert!(health.down(Obstacle::Unreachable, at(0), 0));
        assert!(!health.down(Obstacle::Unreachable, at(1), 0), "on its way when the relay went down");
        health.connected();
        assert_eq!(health.turn(at(1), 0), Turn::Mails(1));
        assert!(!health.down(Obstacle::Unreachable, at(2), u64::MAX));
        assert!(health.probe_at().unwrap() > at(1_900), "it takes connections and no mail");
        health.connected();
        assert!(health.answered());
        assert_eq!(health.turn(at(3), 0), Turn::Mails(1));
        assert!(!health.answered());
        assert_eq!(health.turn(at(3), 0), Turn::Mails(2));
    }
}
