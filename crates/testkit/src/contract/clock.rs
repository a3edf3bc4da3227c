use application::ports::Clock;
use chrono::{TimeDelta, TimeZone as _, Utc};

use super::suite::run_cases;

/// The contract of [`Clock`].
///
/// # Panics
/// When a case of the contract is broken; the message says which.
pub async fn clock<C: Clock>(fresh: impl AsyncFn() -> C) {
    run_cases!("Clock", fresh(), [the_present_is_plausible, two_looks_are_close_together]);
}

async fn the_present_is_plausible<C: Clock>(clock: C) {
    let (earliest, latest) = (
        Utc.with_ymd_and_hms(2024, 1, 1, 0, 0, 0).unwrap(),
        Utc.with_ymd_and_hms(2200, 1, 1, 0, 0, 0).unwrap(),
    );
    let now = clock.now();
    assert!((earliest..latest).contains(&now), "it says {now}");
}

async fn two_looks_are_close_together<C: Clock>(clock: C) {
    let (one, two) = (clock.now(), clock.now());
    assert!((two - one).abs() < TimeDelta::minutes(1), "{one}, then {two}");
}
