//! What is kept of one subject.

use application::model::Limit;

use crate::log::Log;
use crate::slots::Slots;
use crate::verdict::Verdict;

/// The largest limit that is kept as a log of times.
const LOG_MAX: u32 = 64;

/// The hits of one subject that may still count.
#[derive(Debug)]
pub(crate) enum Window {
    Log(Log),
    Slots(Box<Slots>),
}

impl Window {
    pub(crate) fn new(limit: Limit) -> Self {
        let window = nanoseconds(limit);
        if limit.max <= LOG_MAX {
            Self::Log(Log::new(window))
        } else {
            Self::Slots(Box::new(Slots::new(window)))
        }
    }

    /// Counts one hit at `now` if fewer than `limit.max` are counted. Another limit than the last
    /// time applies to what is counted already.
    pub(crate) fn hit(&mut self, limit: Limit, now: i64) -> Verdict {
        let window = nanoseconds(limit);
        if let Self::Log(log) = self
            && limit.max > LOG_MAX
        {
            let mut slots = Slots::new(window);
            log.times().for_each(|time| slots.count(time));
            *self = Self::Slots(Box::new(slots));
        }
        match self {
            Self::Log(log) => log.hit(limit.max, window, now),
            Self::Slots(slots) => slots.hit(limit.max, window, now),
        }
    }

    /// Whether nothing that is kept can count at `now` or later.
    pub(crate) fn is_idle(&self, now: i64) -> bool {
        match self {
            Self::Log(log) => log.is_idle(now),
            Self::Slots(slots) => slots.is_idle(now),
        }
    }
}

fn nanoseconds(limit: Limit) -> i64 {
    i64::try_from(limit.window.as_nanos()).unwrap_or(i64::MAX / 4).clamp(1, i64::MAX / 4)
}
