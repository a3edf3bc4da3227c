use std::sync::Arc;
use std::time::Duration;

use application::model::{Limit, LimitDecision, LimitSubject};
use application::ports::RateLimiter;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{ApiKeyId, OrganisationId, TokenHash};

use super::fixture::{at, at_once, id, ip};
use super::suite::run_cases;

/// The contract of [`RateLimiter`]. `fresh` may give handles on one shared counter: every case
/// counts subjects of its own.
///
/// # Panics
/// When a case of the contract is broken; the message says which.
pub async fn rate_limiter<L: RateLimiter + 'static>(fresh: impl AsyncFn() -> L) {
    run_cases!(
        "RateLimiter",
        async { Under { limiter: Arc::new(fresh().await), key: key() } },
        [
            up_to_the_limit_all_are_allowed,
            remaining_counts_down,
            the_window_slides,
            no_window_ever_holds_more_than_the_limit,
            a_large_limit_holds_as_well,
            a_refused_hit_is_not_counted,
            retry_after_is_right,
            reset_is_when_all_is_forgotten,
            a_limit_of_zero_refuses_everything,
            subjects_are_independent,
            windows_of_other_lengths_work,
            simultaneous_hits_do_not_slip_through,
            a_lowered_limit_holds_at_once,
            a_clock_set_back_frees_nothing,
            a_clock_set_back_a_day_locks_nobody_out_for_a_day,
        ]
    );
}

struct Under<L> {
    limiter: Arc<L>,
    key: LimitSubject,
}

fn key() -> LimitSubject {
    LimitSubject::ApiKey(ApiKeyId::from_bytes(id()))
}

/// `milliseconds` after the time at which every case begins: on the edge of a second, a minute
/// and an hour.
fn after(milliseconds: i64) -> DateTime<Utc> {
    at(0) + TimeDelta::milliseconds(milliseconds)
}

impl<L: RateLimiter> Under<L> {
    async fn hit(&self, max: u32, milliseconds: i64) -> LimitDecision {
        self.limiter.hit(self.key, Limit::per_minute(max), after(milliseconds)).await
    }

    async fn allowed(&self, max: u32, milliseconds: i64) -> bool {
        self.hit(max, milliseconds).await.allowed
    }
}

async fn up_to_the_limit_all_are_allowed<L: RateLimiter>(under: Under<L>) {
    for max in [1, 2, 60, 64, 65, 1_000] {
        let under = Under { limiter: under.limiter.clone(), key: key() };
        for number in 0..max {
            assert!(under.allowed(max, i64::from(number % 50)).await, "hit {number} of {max}");
        }
        assert!(!under.allowed(max, 50).await, "one more than {max}");
    }
}

async fn remaining_counts_down<L: RateLimiter>(under: Under<L>) {
    for max in [3, 100] {
        let under = Under { limiter: under.limiter.clone(), key: key() };
        for left in (0..max).rev() {
            let decision = under.hit(max, 0).await;
            assert_eq!((decision.limit, decision.remaining), (max, left));
            assert!(decision.allowed);
        }
        let decision = under.hit(max, 1).await;
        assert_eq!((decision.limit, decision.remaining, decision.allowed), (max, 0, false));
    }
}

/// Not a counter that is emptied on the minute.
async fn the_window_slides<L: RateLimiter>(under: Under<L>) {
    for start in [0, 30_500, 59_999] {
        let under = Under { limiter: under.limiter.clone(), key: key() };
        assert!(under.allowed(2, start).await && under.allowed(2, start + 30_000).await);
        for later in [30_001, 45_000, 59_999] {
            assert!(!under.allowed(2, start + later).await, "{later} ms after the first");
        }
        assert!(
            under.allowed(2, start + 61_001).await,
            "the first is forgotten after a minute and a sixtieth"
        );
        assert!(!under.allowed(2, start + 61_002).await, "the second is not");
        assert!(under.allowed(2, start + 91_002).await, "now the second is");
    }
}

async fn no_window_ever_holds_more_than_the_limit<L: RateLimiter>(under: Under<L>) {
    for (max, step) in [(5, 700), (7, 1_300), (60, 77), (100, 61), (100, 313)] {
        let under = Under { limiter: under.limiter.clone(), key: key() };
        assert_strict(&under, max, step).await;
    }
}

async fn a_large_limit_holds_as_well<L: RateLimiter>(under: Under<L>) {
    assert_strict(&under, 1_000, 29).await;
}

/// Hits every `step` milliseconds for three minutes: never more than `max` in a window, and hardly
/// fewer.
async fn assert_strict<L: RateLimiter>(under: &Under<L>, max: u32, step: i64) {
    let (mut allowed, mut total) = (Vec::new(), 0);
    for now in (0..180_000).step_by(step as usize) {
        allowed.retain(|then| now - then <= 61_000);
        // A perfect log would allow this one, and so would one that forgets a sixtieth of the
        // window later.
        let surely = allowed.len() < max as usize;
        let decision = under.hit(max, now).await;
        assert!(decision.allowed || !surely, "limit {max}: the hit after {now} ms was refused without need");
        if decision.allowed {
            allowed.push(now);
            total += 1;
        }
        let within = allowed.iter().filter(|then| now - **then < 60_000).count();
        assert!(within <= max as usize, "limit {max}: {within} hits in the minute before {now} ms");
    }
    assert!(total > max, "limit {max}: the window never slid");
}

async fn a_refused_hit_is_not_counted<L: RateLimiter>(under: Under<L>) {
    for max in [1, 70] {
        let under = Under { limiter: under.limiter.clone(), key: key() };
        for _ in 0..max {
            assert!(under.allowed(max, 0).await);
        }
        for later in 1..=60 {
            assert!(!under.allowed(max, later * 900).await);
        }
        assert!(under.allowed(max, 61_001).await, "limit {max}: refused hits count");
    }
}

async fn retry_after_is_right<L: RateLimiter>(under: Under<L>) {
    for max in [1, 3, 70] {
        let under = Under { limiter: under.limiter.clone(), key: key() };
        for number in 0..max {
            let decision = under.hit(max, i64::from(number)).await;
            assert_eq!(decision.retry_after, Duration::ZERO, "an allowed hit need not be retried");
        }
        for later in [100, 30_000, 59_900] {
            let decision = under.hit(max, later).await;
            assert!(!decision.allowed);
            let wait = decision.retry_after;
            assert!(wait >= Duration::from_secs(1), "limit {max}: {wait:?} is less than a second");
            let free = later + wait.as_millis() as i64;
            assert!((60_000..=62_000).contains(&free), "limit {max}: free after {free} ms");
        }
        let wait = under.hit(max, 40_000).await.retry_after.as_millis() as i64;
        assert!(under.allowed(max, 40_000 + wait + 1).await, "limit {max}: not free after the time it named");
    }
}

async fn reset_is_when_all_is_forgotten<L: RateLimiter>(under: Under<L>) {
    for max in [3, 70] {
        let under = Under { limiter: under.limiter.clone(), key: key() };
        under.hit(max, 0).await;
        let decision = under.hit(max, 20_000).await;
        let (earliest, latest) = (after(80_000), after(81_000));
        assert!((earliest..=latest).contains(&decision.reset_at), "limit {max}: {}", decision.reset_at);
        let wait = (decision.reset_at - after(0)).num_milliseconds() + 1;
        assert_eq!(
            under.hit(max, wait).await.remaining,
            max - 1,
            "limit {max}: all but this one is forgotten"
        );
    }
}

async fn a_limit_of_zero_refuses_everything<L: RateLimiter>(under: Under<L>) {
    for now in [0, 1, 60_000, 3_600_000] {
        let decision = under.hit(0, now).await;
        assert_eq!((decision.allowed, decision.limit, decision.remaining), (false, 0, 0), "after {now} ms");
        assert!(decision.retry_after >= Duration::from_secs(1));
    }
}

async fn subjects_are_independent<L: RateLimiter>(under: Under<L>) {
    let (one, other) = (OrganisationId::from_bytes(id()), OrganisationId::from_bytes(id()));
    // The same sixteen bytes, but an organisation's.
    let LimitSubject::ApiKey(key) = under.key else { unreachable!() };
    let namesake = OrganisationId::from_bytes(*key.as_bytes());
    let subjects = [
        under.key,
        LimitSubject::ApiKey(ApiKeyId::from_bytes(id())),
        LimitSubject::CustomerIp(one, ip("203.0.113.7")),
        LimitSubject::CustomerIp(one, ip("203.0.113.8")),
        LimitSubject::CustomerIp(one, ip("2001:db8::7")),
        LimitSubject::CustomerIp(other, ip("203.0.113.7")),
        LimitSubject::CustomerIp(namesake, ip("203.0.113.7")),
        LimitSubject::SandboxIp(one, ip("203.0.113.7")),
        LimitSubject::ResetToken(TokenHash::from_bytes([7; 32])),
        // The same first four bytes, which are all that `Debug` shows.
        LimitSubject::ResetToken(TokenHash::from_bytes([[7; 16], id()].as_flattened().try_into().unwrap())),
    ];
    for subject in subjects {
        let hit = || under.limiter.hit(subject, Limit::per_minute(1), after(0));
        assert!(hit().await.allowed, "the first hit of {subject:?}");
        assert!(!hit().await.allowed, "the second hit of {subject:?}");
    }
}

async fn windows_of_other_lengths_work<L: RateLimiter>(under: Under<L>) {
    for (seconds, max) in [(1, 2), (3_600, 2), (1, 100), (3_600, 100)] {
        let subject = key();
        let limit = Limit { max, window: Duration::from_secs(seconds) };
        let window = 1_000 * seconds as i64;
        for _ in 0..max {
            assert!(under.limiter.hit(subject, limit, after(0)).await.allowed);
        }
        let hit = |milliseconds| under.limiter.hit(subject, limit, after(milliseconds));
        assert!(!hit(window - 1).await.allowed, "{max} in {seconds} s: too early");
        assert!(hit(window + window / 60 + 2).await.allowed, "{max} in {seconds} s: late enough");
    }
}

async fn simultaneous_hits_do_not_slip_through<L: RateLimiter + 'static>(under: Under<L>) {
    for max in [10, 200] {
        let subject = key();
        let counts = at_once(16, |caller| {
            let limiter = under.limiter.clone();
            async move {
                let mut allowed = 0;
                for number in 0..40 {
                    let now = after((caller as i64 * 40 + number) % 500);
                    allowed += u32::from(limiter.hit(subject, Limit::per_minute(max), now).await.allowed);
                }
                allowed
            }
        })
        .await;
        assert_eq!(counts.iter().sum::<u32>(), max, "640 hits at once within half a second");
    }
}

async fn a_lowered_limit_holds_at_once<L: RateLimiter>(under: Under<L>) {
    for (high, low) in [(10, 5), (100, 80), (100, 20)] {
        let under = Under { limiter: under.limiter.clone(), key: key() };
        for _ in 0..high {
            assert!(under.allowed(high, 0).await);
        }
        assert!(!under.allowed(low, 1_000).await, "{high}, then {low}");
        assert!(under.allowed(low, 61_001).await, "{high}, then {low}: the window has passed");
    }
    let under = Under { limiter: under.limiter.clone(), key: key() };
    for _ in 0..10 {
        assert!(under.allowed(10, 0).await);
    }
    for number in 0..190 {
        assert!(under.allowed(200, 1_000).await, "raised to 200: hit {number} more");
    }
    assert!(!under.allowed(200, 2_000).await, "raised to 200: what was counted stays counted");
}

async fn a_clock_set_back_frees_nothing<L: RateLimiter>(under: Under<L>) {
    for (max, back) in [(3, 1_000), (3, 50_000), (3, 7_200_000), (70, 1_000), (70, 50_000), (70, 7_200_000)] {
        let under = Under { limiter: under.limiter.clone(), key: key() };
        for _ in 0..max {
            assert!(under.allowed(max, 0).await);
        }
        for later in [0, 1, 500] {
            assert!(!under.allowed(max, later - back).await, "limit {max}, set back by {back} ms");
        }
    }
}

async fn a_clock_set_back_a_day_locks_nobody_out_for_a_day<L: RateLimiter>(under: Under<L>) {
    const DAY: i64 = 86_400_000;
    for max in [3, 70] {
        let under = Under { limiter: under.limiter.clone(), key: key() };
        for _ in 0..max {
            assert!(under.allowed(max, 0).await);
        }
        assert!(!under.allowed(max, -DAY).await, "limit {max}: just after it was set back");
        assert!(under.allowed(max, 125_000 - DAY).await, "limit {max}: two minutes after it was set back");
    }
}
