//! What the service stands on fails while it works: `cargo xtask chaos --disruption NAME`, each for
//! some seconds.
//!
//! Nothing that was acknowledged is lost, doubled without a reason, stuck, or later than the outage
//! and ten seconds.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot be set up fails, or says that it did not run"
)]

use std::path::PathBuf;
use std::time::Duration;

use xtask::bench::Store;
use xtask::chaos::{Kind, Plan, Verdict, carry_out};

/// A run of `seconds` with one disruption in its middle; `None` where it cannot be had.
fn disturb(test: &str, store: Store, kind: Kind, seconds: u64, outage: u64) -> Option<Verdict> {
    if let Some(obstacle) = kind.obstacle(store) {
        eprintln!("SKIPPED {test}: {obstacle}");
        return None;
    }
    let verdict = carry_out(&Plan {
        binary: PathBuf::from(env!("CARGO_BIN_EXE_resetd")),
        store,
        replicas: 1,
        rate: 40,
        duration: Duration::from_secs(seconds),
        disruptions: vec![kind],
        kill_every: Duration::from_secs(3),
        outage: Duration::from_secs(outage),
    })
    .unwrap();
    verdict.print();
    assert!(verdict.is_clean(), "{verdict:?}");
    assert!(verdict.acknowledged >= 100, "{} acknowledged requests prove little", verdict.acknowledged);
    Some(verdict)
}

macro_rules! disruptions {
    ($($test:ident: $store:ident, $kind:ident, $seconds:literal s, away $outage:literal s $(, $check:expr)?;)+) => {$(
        #[test]
        fn $test() {
            let Some(_verdict) = disturb(stringify!($test), Store::$store, Kind::$kind, $seconds, $outage) else {
                return;
            };
            $(
                let check: fn(&Verdict) -> bool = $check;
                assert!(check(&_verdict), "{_verdict:?}");
            )?
        }
    )+};
}

disruptions! {
    postgres_away: Postgres, PostgresAway, 14 s, away 3 s, |verdict| !verdict.unacknowledged.is_empty();
    failover: Postgres, Failover, 14 s, away 2 s, |verdict| !verdict.unacknowledged.is_empty();
    database_down: Postgres, DatabaseDown, 14 s, away 3 s;
    relay_silent: Sqlite, RelaySilent, 8 s, away 1 s;
    relay_down: Sqlite, RelayDown, 10 s, away 3 s, |verdict| verdict.longest_delivery > Duration::from_secs(2);
    disk_full: Sqlite, DiskFull, 10 s, away 3 s, |verdict| verdict.unacknowledged.contains_key("503");
    sync_error: Sqlite, SyncError, 10 s, away 1 s, |verdict| verdict.unsynced > 0;
    power_cut: Sqlite, PowerCut, 8 s, away 1 s, |verdict| verdict.unsynced > 0;
}
