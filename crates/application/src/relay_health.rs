use chrono::{DateTime, TimeDelta, Utc};
use domain::BackOff;

/// Whether the relay takes mail, and so how many mails may be on their way to it at once.
///
/// While it is down the whole queue pauses and one mail at a time is the probe. When it is back the number doubles
/// with every mail it takes, so that a relay that has just come up is not run over.
#[derive(Debug)]
pub(crate) struct RelayHealth {
    most: usize,
    probe_back_off: BackOff,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Up { allowed: usize },
    Down { failures: u32, probe_at: DateTime<Utc> },
}

impl RelayHealth {
    /// A relay thought to be up, to which at most `most` mails may be on their way.
    pub(crate) const fn new(most: usize, probe_back_off: BackOff) -> Self {
        Self { most, probe_back_off, state: State::Up { allowed: most } }
    }

    /// How many mails may be started now, with `in_flight` on their way.
    pub(crate) fn room(&self, now: DateTime<Utc>, in_flight: usize) -> usize {
        match self.state {
            State::Up { allowed } => allowed.saturating_sub(in_flight),
            State::Down { probe_at, .. } => usize::from(in_flight == 0 && now >= probe_at),
        }
    }

    /// When the next probe may go, while the relay is down.
    pub(crate) const fn probe_at(&self) -> Option<DateTime<Utc>> {
        match self.state {
            State::Up { .. } => None,
            State::Down { probe_at, .. } => Some(probe_at),
        }
    }

    /// The relay answered for a mail, whatever it said of it. `true`: it had been down.
    pub(crate) fn answered(&mut self) -> bool {
        let was_down = matches!(self.state, State::Down { .. });
        let allowed = match self.state {
            State::Up { allowed } => allowed.saturating_mul(2).min(self.most),
            State::Down { .. } => 1,
        };
        self.state = State::Up { allowed };
        was_down
    }

    /// The relay could not be reached. `random` is uniform over all of `u64`. `true`: it had been up.
    pub(crate) fn unreachable(&mut self, now: DateTime<Utc>, random: u64) -> bool {
        let failures = match self.state {
            State::Up { .. } => 1,
            // The mails that were on their way when it went down tell nothing new.
            State::Down { probe_at, .. } if now < probe_at => return false,
            State::Down { failures, .. } => failures.saturating_add(1),
        };
        let was_up = matches!(self.state, State::Up { .. });
        let wait = self
            .probe_back_off
            .delay(failures.saturating_sub(1), random)
            .max(std::time::Duration::from_millis(100));
        let wait = TimeDelta::from_std(wait).unwrap_or(TimeDelta::seconds(5));
        self.state = State::Down { failures, probe_at: now + wait };
        was_up
    }
}
