//! "An answer of 200 is a promise: the request is on disk" (specification.md#reset-requests), kept
//! by the real binary under `kill -9`.
//!
//! The same machinery as `cargo xtask chaos`, small enough for every `cargo test`: SQLite, one
//! server, load without a pause, a kill every second and a half, a relay that counts.

use std::path::PathBuf;
use std::time::Duration;

use perf::bench::Store;
use perf::chaos::{Kind, Plan, carry_out};

#[test]
fn every_acknowledged_request_is_delivered_however_often_the_server_is_killed() {
    let verdict = carry_out(&Plan {
        binary: PathBuf::from(env!("CARGO_BIN_EXE_resetd")),
        store: Store::Sqlite,
        replicas: 1,
        rate: 100,
        duration: Duration::from_secs(18),
        kill_every: Duration::from_millis(1500),
        disruptions: vec![Kind::Kill],
        outage: Duration::ZERO,
    })
    .unwrap();
    verdict.print();
    assert!(verdict.kills >= 10, "only {} kills", verdict.kills);
    assert!(verdict.acknowledged >= 500, "only {} acknowledged requests prove little", verdict.acknowledged);
    assert!(verdict.is_clean(), "{verdict:?}");
}
