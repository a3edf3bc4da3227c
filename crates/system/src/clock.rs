use application::ports::Clock;
use chrono::{DateTime, Utc};

/// The machine's clock. It goes where the operator (or NTP) sets it, backwards too.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the adapter behind `Clock`")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}
