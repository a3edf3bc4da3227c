//! The contract, and what this limiter promises beyond it.

use std::time::Duration;

use application::model::{Limit, LimitSubject};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{ApiKeyId, CustomerIp, OrganisationId};
use resetd_limit_memory::MemoryLimiter;

fn after(milliseconds: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_513) + TimeDelta::milliseconds(milliseconds)
}

fn subject(number: u64) -> LimitSubject {
    LimitSubject::ApiKey(ApiKeyId::from_parts(number, [7; 10]))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn it_keeps_the_contract() {
    testkit::contract::rate_limiter(|| async { MemoryLimiter::new() }).await;
}

#[test]
fn a_small_limit_is_exact_to_the_nanosecond() {
    let (limiter, limit) = (MemoryLimiter::new(), Limit::per_minute(64));
    for _ in 0..64 {
        assert!(limiter.hit_now(subject(1), limit, after(0)).allowed);
    }
    let just_before = after(60_000) - TimeDelta::nanoseconds(1);
    assert!(!limiter.hit_now(subject(1), limit, just_before).allowed);
    assert!(limiter.hit_now(subject(1), limit, after(60_000)).allowed);
}

/// A limit of 64 is a log, one of 65 is counters: what was counted is carried over.
#[test]
fn a_limit_raised_beyond_the_log_forgets_nothing() {
    let limiter = MemoryLimiter::new();
    for milliseconds in 0..64 {
        assert!(limiter.hit_now(subject(1), Limit::per_minute(64), after(milliseconds * 500)).allowed);
    }
    let decision = limiter.hit_now(subject(1), Limit::per_minute(100), after(32_000));
    assert_eq!((decision.allowed, decision.remaining), (true, 35));
    assert!(!limiter.hit_now(subject(1), Limit::per_minute(64), after(33_000)).allowed);
}

#[test]
fn another_window_keeps_what_is_counted() {
    let limiter = MemoryLimiter::new();
    let limit = |seconds| Limit { max: 100, window: Duration::from_secs(seconds) };
    for _ in 0..100 {
        assert!(limiter.hit_now(subject(1), limit(60), after(0)).allowed);
    }
    assert!(!limiter.hit_now(subject(1), limit(3_600), after(1_000)).allowed);
    assert!(!limiter.hit_now(subject(1), limit(10), after(2_000)).allowed);
    assert!(limiter.hit_now(subject(1), limit(10), after(13_000)).allowed);
}

#[test]
fn idle_subjects_are_forgotten() {
    let limiter = MemoryLimiter::new();
    for (round, limit) in [Limit::per_minute(60), Limit::per_minute(1_000)].into_iter().enumerate() {
        let start = 10_000_000 * round as i64;
        for number in 0..100_000 {
            limiter.hit_now(subject(number), limit, after(start + i64::try_from(number).unwrap() / 100));
        }
        assert!(limiter.subjects() >= 100_000, "all were hit within a second");
        // A trickle over three minutes finds them idle, whichever part of the table they are in.
        for number in 0..5_000 {
            limiter.hit_now(subject(1_000_000 + number), limit, after(start + 180_000));
        }
        let kept = limiter.subjects();
        assert!(kept <= 5_000, "{kept} subjects are kept, of which 5,000 are live");
    }
}

#[test]
fn a_subject_in_use_is_never_swept_away() {
    let (limiter, limit) = (MemoryLimiter::new(), Limit::per_minute(3));
    for _ in 0..3 {
        assert!(limiter.hit_now(subject(1), limit, after(0)).allowed);
    }
    for number in 0..50_000 {
        limiter.hit_now(subject(1_000 + number), limit, after(59_000));
    }
    assert!(!limiter.hit_now(subject(1), limit, after(59_999)).allowed);
}

#[test]
fn odd_windows_and_odd_times_do_no_harm() {
    let organisation = OrganisationId::from_bytes([1; 16]);
    let ip = CustomerIp::parse("1.1.1.1").unwrap();
    let windows = [Duration::ZERO, Duration::from_nanos(1), Duration::from_secs(u64::MAX), Duration::MAX];
    let times = [DateTime::<Utc>::MIN_UTC, DateTime::UNIX_EPOCH, after(0), DateTime::<Utc>::MAX_UTC];
    for window in windows {
        for max in [0, 1, 64, 65, u32::MAX] {
            let limiter = MemoryLimiter::new();
            for time in times {
                for _ in 0..3 {
                    let decision = limiter.hit_now(
                        LimitSubject::CustomerIp(organisation, ip),
                        Limit { max, window },
                        time,
                    );
                    assert!(decision.remaining <= max && (decision.allowed || max < 3), "{decision:?}");
                }
            }
        }
    }
}
