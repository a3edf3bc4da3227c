//! What one hit costs: `cargo bench -p resetd-limit-memory`.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use application::model::{Limit, LimitSubject};
use chrono::{DateTime, TimeDelta, Utc};
use divan::{Bencher, black_box};
use domain::ApiKeyId;
use resetd_limit_memory::MemoryLimiter;

fn main() {
    divan::main();
}

/// A clock that moves 20 µs with every look: 50,000 hits a second.
fn ticking() -> impl Fn() -> DateTime<Utc> + Sync {
    let ticks = AtomicI64::new(0);
    move || {
        let microseconds = 20 * ticks.fetch_add(1, Ordering::Relaxed);
        DateTime::UNIX_EPOCH + TimeDelta::days(20_513) + TimeDelta::microseconds(microseconds)
    }
}

fn subject(number: u64) -> LimitSubject {
    LimitSubject::ApiKey(ApiKeyId::from_parts(number, [7; 10]))
}

/// All hits of one subject, as a shop's key makes them.
#[divan::bench(args = [60, 500_000], threads = [1, 2])]
fn one_subject(bencher: Bencher<'_, '_>, max: u32) {
    let (limiter, now) = (MemoryLimiter::new(), ticking());
    bencher.bench(|| limiter.hit_now(black_box(subject(1)), Limit::per_minute(max), now()));
}

/// Each hit another of 10,000 subjects, as customers' addresses are.
#[divan::bench(args = [60, 1_000], threads = [1, 2])]
fn many_subjects(bencher: Bencher<'_, '_>, max: u32) {
    let (limiter, now, number) = (MemoryLimiter::new(), ticking(), AtomicU64::new(0));
    bencher.bench(|| {
        let number = number.fetch_add(1, Ordering::Relaxed) % 10_000;
        limiter.hit_now(black_box(subject(number)), Limit::per_minute(max), now())
    });
}
