//! When to try again.

use core::time::Duration;

/// Exponential back-off with full jitter: the n-th retry waits anything between nothing and `base *
/// 2^n`, `ceiling` at most. Full jitter keeps many waiters from coming back at the same moment.
///
/// Pure: the randomness comes from the caller.
///
/// ```
/// use core::time::Duration;
/// use resetd_domain::BackOff;
///
/// let back_off = BackOff::new(Duration::from_secs(2), Duration::from_secs(600));
/// assert_eq!(back_off.longest(0), Duration::from_secs(2));
/// assert_eq!(back_off.longest(3), Duration::from_secs(16));
/// assert!(back_off.delay(3, u64::MAX / 2) < Duration::from_secs(8));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BackOff {
    /// The longest wait after the first failure.
    pub base: Duration,
    /// The longest wait ever.
    pub ceiling: Duration,
}

impl BackOff {
    /// A back-off that starts at `base` and ends at `ceiling`.
    #[must_use]
    pub const fn new(base: Duration, ceiling: Duration) -> Self {
        Self { base, ceiling }
    }

    /// The longest wait before this retry; `attempt` counts the retries before it, so the first is
    /// 0.
    #[must_use]
    pub fn longest(&self, attempt: u32) -> Duration {
        let factor = 1_u32.checked_shl(attempt).unwrap_or(u32::MAX);
        self.base.checked_mul(factor).map_or(self.ceiling, |delay| delay.min(self.ceiling))
    }

    /// The wait before this retry. `random` is uniform over all of `u64` and picks a point between
    /// nothing and [`BackOff::longest`].
    #[must_use]
    pub fn delay(&self, attempt: u32, random: u64) -> Duration {
        let longest = self.longest(attempt);
        // The most seconds times the most randomness is under 2^128.
        let scaled = |part: u64| (u128::from(part) * u128::from(random)) >> 64;
        let whole = u128::from(longest.as_secs()) * u128::from(random);
        let (seconds, fraction) = ((whole >> 64) as u64, whole as u64);
        let nanos =
            ((u128::from(fraction) * 1_000_000_000) >> 64) + scaled(u64::from(longest.subsec_nanos()));
        Duration::from_secs(seconds).saturating_add(Duration::from_nanos(nanos as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BACK_OFF: BackOff = BackOff::new(Duration::from_secs(2), Duration::from_secs(600));

    #[test]
    fn the_longest_wait_doubles_up_to_the_ceiling() {
        let longest: Vec<u64> = (0..12).map(|attempt| BACK_OFF.longest(attempt).as_secs()).collect();
        assert_eq!(longest, [2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600, 600]);
        assert_eq!(BACK_OFF.longest(u32::MAX), BACK_OFF.ceiling);
        let vast = BackOff::new(Duration::MAX, Duration::MAX);
        assert_eq!(vast.longest(31), Duration::MAX);
        assert!(vast.delay(u32::MAX, u64::MAX) <= Duration::MAX);
    }

    #[test]
    fn the_jitter_covers_everything_from_nothing_to_the_longest() {
        assert_eq!(BACK_OFF.delay(0, 0), Duration::ZERO);
        assert_eq!(BACK_OFF.delay(0, 1 << 63), Duration::from_secs(1));
        assert_eq!(BACK_OFF.delay(3, 1 << 62), Duration::from_secs(4));
        let most = BACK_OFF.delay(0, u64::MAX);
        assert!(most <= Duration::from_secs(2) && most > Duration::from_millis(1_999), "{most:?}");
    }

    #[test]
    fn a_base_of_zero_never_waits() {
        assert_eq!(BackOff::new(Duration::ZERO, Duration::from_secs(1)).delay(9, u64::MAX), Duration::ZERO);
    }
}
