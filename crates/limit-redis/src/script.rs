//! What the script is given, and what its answer means.

use std::time::Duration;

use application::model::{Limit, LimitDecision, LimitSubject};
use chrono::{DateTime, TimeDelta, Utc};
use redis::aio::MultiplexedConnection;
use redis::{RedisResult, Script};

/// A window is this many slots wide …
const PER_WINDOW: u64 = 60;

/// … and a hit counts while its slot is among the last 61.
const SLOTS: u64 = 61;

/// What the script returns.
pub(crate) type Answer = (u8, u32, u64, u64);

/// The script, ready to be called by its hash.
pub(crate) fn window() -> Script {
    Script::new(include_str!("window.lua"))
}

/// One hit as the script sees it; times in microseconds, which Lua's numbers hold exactly until the
/// year 2255.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hit {
    subject: LimitSubject,
    limit: Limit,
    now: DateTime<Utc>,
    /// Width of a slot.
    width: u64,
}

impl Hit {
    pub(crate) fn new(subject: LimitSubject, limit: Limit, now: DateTime<Utc>) -> Self {
        let window = limit.window.as_nanos().div_ceil(1_000);
        let width = u64::try_from(window.div_ceil(u128::from(PER_WINDOW))).unwrap_or(u64::MAX);
        Self { subject, limit, now, width: width.clamp(1, u64::MAX / (4 * SLOTS)) }
    }

    /// Calls the script: one round trip, two when Redis has not seen the script yet.
    pub(crate) async fn ask(
        &self,
        script: &Script,
        prefix: &str,
        connection: &mut MultiplexedConnection,
    ) -> RedisResult<Answer> {
        let slot = self.microseconds() / self.width;
        // Twice the window and a little: as long as a clock that went back can make a hit count.
        let life = (2 * SLOTS + 3) * self.width / 1_000 + 1;
        let mut call = script.key(self.key(prefix));
        call.arg(slot).arg(self.limit.max).arg(life).invoke_async(connection).await
    }

    /// Windows of another length are another window.
    fn key(&self, prefix: &str) -> String {
        let milliseconds = self.limit.window.as_millis();
        match self.subject {
            LimitSubject::ApiKey(id) => format!("{prefix}key:{id}:{milliseconds}"),
            LimitSubject::CustomerIp(organisation, ip) => {
                format!("{prefix}ip:{organisation}:{ip}:{milliseconds}")
            }
            LimitSubject::SandboxIp(organisation, ip) => {
                format!("{prefix}sandbox-ip:{organisation}:{ip}:{milliseconds}")
            }
            LimitSubject::ResetToken(token) => {
                let hash: String = token.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
                format!("{prefix}token:{hash}:{milliseconds}")
            }
        }
    }

    fn microseconds(&self) -> u64 {
        u64::try_from(self.now.timestamp_micros()).unwrap_or(0)
    }

    /// From now until the hits of `slot` do not count.
    fn until_gone(&self, slot: u64) -> Duration {
        let end = slot.saturating_add(SLOTS).saturating_mul(self.width);
        Duration::from_micros(end.saturating_sub(self.microseconds()))
    }

    pub(crate) fn decision(&self, (allowed, counted, last, free): Answer) -> LimitDecision {
        let allowed = allowed == 1;
        let until_empty = if counted == 0 { Duration::ZERO } else { self.until_gone(last) };
        let retry_after = match (allowed, self.limit.max) {
            (true, _) => Duration::ZERO,
            (false, 0) => self.limit.window.max(Duration::from_secs(1)),
            (false, _) => self.until_gone(free).max(Duration::from_secs(1)),
        };
        LimitDecision {
            allowed,
            limit: self.limit.max,
            remaining: self.limit.max.saturating_sub(counted),
            reset_at: TimeDelta::from_std(until_empty)
                .ok()
                .and_then(|wait| self.now.checked_add_signed(wait))
                .unwrap_or(DateTime::<Utc>::MAX_UTC),
            retry_after,
        }
    }
}
