//! The life of a reset link.

use chrono::{DateTime, Utc};

use crate::macros::{deserialize_impl, parse_impls, serialize_impl, string_enum};

string_enum! {
    /// What a reset link is good for.
    LinkState, "state of a reset link", unknown
    /// The text is no state of a reset link.
    UnknownLinkState {
        /// It changes a password once.
        Good = "good",
        /// Its time is over (`E004`).
        Expired = "expired",
        /// It has changed a password (`E003`).
        Used = "used",
        /// A newer request, a changed password or a changed address has killed it (`E003`).
        Superseded = "superseded",
    }
}

impl LinkState {
    /// The state at `now` of a link that dies at `deadline`. A used link stays used and a
    /// superseded one superseded when their time is over as well. At the deadline itself it is
    /// expired.
    #[must_use]
    pub fn at(now: DateTime<Utc>, deadline: DateTime<Utc>, used: bool, superseded: bool) -> Self {
        match (used, superseded) {
            (true, _) => Self::Used,
            (false, true) => Self::Superseded,
            (false, false) if now >= deadline => Self::Expired,
            (false, false) => Self::Good,
        }
    }

    /// Whether it still changes a password.
    #[must_use]
    pub const fn is_good(self) -> bool {
        matches!(self, Self::Good)
    }

    /// Whether a link may go from this state to that one: once it is dead it stays as it died.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        self.is_good() && !next.is_good()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_killed_it_counts_before_its_time() {
        let (before, deadline) = (DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH + chrono::TimeDelta::seconds(1));
        for (now, used, superseded, state) in [
            (before, false, false, LinkState::Good),
            (deadline, false, false, LinkState::Expired),
            (before, true, false, LinkState::Used),
            (deadline, true, false, LinkState::Used),
            (before, false, true, LinkState::Superseded),
            (deadline, false, true, LinkState::Superseded),
            (before, true, true, LinkState::Used),
        ] {
            assert_eq!(LinkState::at(now, deadline, used, superseded), state);
        }
    }

    #[test]
    fn death_is_final() {
        for from in LinkState::ALL {
            for to in LinkState::ALL {
                assert_eq!(from.may_become(*to), *from == LinkState::Good && *to != LinkState::Good);
            }
        }
    }
}
