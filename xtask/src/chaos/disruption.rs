//! What is done to the servers and the relay, and when.

use std::time::{Duration, Instant};

use crate::sink::Behaviour;

/// What the slow relay takes for a mail.
const SLOWNESS: Duration = Duration::from_millis(100);

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A server was killed with `SIGKILL` and started again.
    Kill,
    /// PostgreSQL was restarted.
    Postgres,
    /// Redis was restarted.
    Redis,
}

/// Something that was done to the system under test.
#[derive(Debug, Clone, Copy)]
pub struct Disruption {
    /// What.
    pub what: What,
    /// Just before.
    pub began: Instant,
    /// When it was back.
    pub ended: Instant,
}

impl Disruption {
    /// Whether a mail taken at `first` may have been sent again by `second` because of this: the sender was gone before it
    /// could record the first.
    #[must_use]
    pub fn explains(&self, first: Instant, second: Instant) -> bool {
        self.what != What::Redis && self.ended >= first && self.began <= second
    }
}

/// How the relay behaves at `now` of `whole`: a sixth of the time busy, a sixth away, a sixth slow, and well in between.
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
        let kill = Disruption { what: What::Kill, began: at(10), ended: at(11) };
        assert!(kill.explains(at(9), at(30)) && kill.explains(at(10), at(11)));
        assert!(!kill.explains(at(12), at(13)) && !kill.explains(at(1), at(9)));
        let redis = Disruption { what: What::Redis, ..kill };
        assert!(!redis.explains(at(9), at(30)));
    }
}
