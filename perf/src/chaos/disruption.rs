//! What is done to the servers and the relay, and when.

use std::time::{Duration, Instant};

use super::kind::Kind;
use crate::sink::Behaviour;

/// What the slow relay takes for a mail.
const SLOWNESS: Duration = Duration::from_millis(100);

/// How long after a network's failure a program may still be at what it did before.
const AFTERMATH: Duration = Duration::from_secs(10);

/// Something that was done to the system under test.
#[derive(Debug, Clone, Copy)]
pub struct Disruption {
    /// What.
    pub what: Kind,
    /// Just before.
    pub began: Instant,
    /// When it was back.
    pub ended: Instant,
}

impl Disruption {
    /// When nothing of it is left.
    fn over(&self) -> Instant {
        if self.what == Kind::Kill { self.ended + LEASE } else { self.ended }
    }

    /// Whether a mail taken at `first` may have been sent again by `second` because of this: the
    /// sender could not record the first.
    #[must_use]
    pub fn explains(&self, first: Instant, second: Instant) -> bool {
        let aftermath = match self.what {
            Kind::Relay | Kind::RedisRestart => return false,
            Kind::DatabaseSilent
            | Kind::DatabaseDown
            | Kind::RelaySilent
            | Kind::RelayDown
            | Kind::Failover => AFTERMATH,
            _ => Duration::ZERO,
        };
        self.ended + aftermath >= first && self.began <= second
    }
}

/// For how long the mails that a killed server held stay with it.
const LEASE: Duration = Duration::from_secs(8);

/// How much of the time from `from` to `to` was in none of the outages. A kill lasts until what was
/// held has come back.
pub(super) fn apart_from(outages: &[Disruption], from: Instant, to: Instant) -> Duration {
    let mut intervals: Vec<(Instant, Instant)> =
        outages.iter().map(|outage| (outage.began.max(from), outage.over().min(to))).collect();
    intervals.sort();
    let mut counted = from;
    let mut outside = Duration::ZERO;
    for (began, ended) in intervals.into_iter().filter(|(began, ended)| began < ended) {
        outside += began.saturating_duration_since(counted);
        counted = counted.max(ended);
    }
    outside + to.saturating_duration_since(counted)
}

/// How the relay behaves at `now` of `whole`: a sixth of the time busy, a sixth away, a sixth slow,
/// and well in between.
pub(super) fn relay_at(now: Duration, whole: Duration) -> Behaviour {
    let twelfth = now.as_millis() * 12 / whole.as_millis().max(1);
    match twelfth {
        2 | 3 => Behaviour::Busy,
        5 | 6 => Behaviour::Away,
        8 | 9 => Behaviour::Delay(SLOWNESS),
        _ => Behaviour::Accept,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_a_minute_the_relay_fails_for_ten_seconds_in_each_way() {
        let mut seconds = [0; 3];
        for second in 0..60 {
            match relay_at(Duration::from_secs(second), Duration::from_secs(60)) {
                Behaviour::Busy => seconds[0] += 1,
                Behaviour::Away => seconds[1] += 1,
                Behaviour::Delay(pause) if pause == SLOWNESS => seconds[2] += 1,
                _ => {}
            }
        }
        assert_eq!(seconds, [10, 10, 10]);
        assert_eq!(relay_at(Duration::from_secs(59), Duration::from_secs(60)), Behaviour::Accept);
    }

    #[test]
    fn only_what_came_between_two_mails_explains_the_second() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let kill = Disruption { what: Kind::Kill, began: at(10), ended: at(11) };
        assert!(kill.explains(at(9), at(30)) && kill.explains(at(10), at(11)));
        assert!(!kill.explains(at(12), at(13)) && !kill.explains(at(1), at(9)));
        let redis = Disruption { what: Kind::RedisRestart, ..kill };
        assert!(!redis.explains(at(9), at(30)));
        let silent = Disruption { what: Kind::DatabaseSilent, ..kill };
        assert!(silent.explains(at(12), at(13)) && !silent.explains(at(22), at(23)));
    }

    #[test]
    fn outages_are_not_counted_and_none_twice() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let outage = |began, ended| Disruption { what: Kind::Relay, began: at(began), ended: at(ended) };
        let outages = [outage(8, 30), outage(2, 4), outage(3, 5), outage(6, 6)];
        assert_eq!(apart_from(&outages, at(0), at(10)), Duration::from_secs(2 + 3));
        assert_eq!(apart_from(&outages, at(9), at(20)), Duration::ZERO);
        assert_eq!(apart_from(&[], at(1), at(3)), Duration::from_secs(2));
        let kill = Disruption { what: Kind::Kill, began: at(2), ended: at(3) };
        assert_eq!(
            apart_from(&[kill], at(0), at(20)),
            Duration::from_secs(20) - Duration::from_secs(1) - LEASE
        );
    }
}
