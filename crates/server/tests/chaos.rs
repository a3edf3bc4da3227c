//! The database, the relay and the disk fail under load: `cargo xtask chaos --disruption NAME`, each
//! for some seconds.
//!
//! Nothing that was acknowledged is lost, doubled without a reason, stuck, or more than ten seconds
//! later than the outage.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

use std::path::PathBuf;
use std::time::Duration;

use perf::bench::Store;
use perf::chaos::{Kind, Plan, Verdict, carry_out};

/// A run of `seconds` with one disruption of `outage` seconds in its middle.
fn disturb(store: Store, kind: Kind, seconds: u64, outage: u64) -> Verdict {
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
    verdict
}

#[test]
#[ignore = "needs PostgreSQL's programs, Redis's programs"]
fn postgres_away() {
    let verdict = disturb(Store::Postgres, Kind::PostgresAway, 14, 3);
    assert!(!verdict.unacknowledged.is_empty(), "{verdict:?}");
}

#[test]
#[ignore = "needs PostgreSQL's programs, Redis's programs"]
fn failover() {
    let verdict = disturb(Store::Postgres, Kind::Failover, 14, 2);
    assert!(!verdict.unacknowledged.is_empty(), "{verdict:?}");
}

#[test]
#[ignore = "needs PostgreSQL's programs, Redis's programs"]
fn database_down() {
    disturb(Store::Postgres, Kind::DatabaseDown, 14, 3);
}

#[test]
fn relay_silent() {
    disturb(Store::Sqlite, Kind::RelaySilent, 8, 1);
}

#[test]
fn relay_down() {
    let verdict = disturb(Store::Sqlite, Kind::RelayDown, 10, 3);
    assert!(verdict.longest_delivery > Duration::from_secs(2), "{verdict:?}");
}

#[test]
#[ignore = "needs FUSE"]
fn disk_full() {
    let verdict = disturb(Store::Sqlite, Kind::DiskFull, 10, 3);
    assert!(verdict.unacknowledged.contains_key("503"), "{verdict:?}");
}

#[test]
#[ignore = "needs FUSE"]
fn sync_error() {
    let verdict = disturb(Store::Sqlite, Kind::SyncError, 10, 1);
    assert!(verdict.unsynced > 0, "{verdict:?}");
}

#[test]
#[ignore = "needs FUSE"]
fn power_cut() {
    let verdict = disturb(Store::Sqlite, Kind::PowerCut, 8, 1);
    assert!(verdict.unsynced > 0, "{verdict:?}");
}
