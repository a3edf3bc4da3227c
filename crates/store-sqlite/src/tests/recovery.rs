//! What opening does with the log of an earlier process, and what other processes may do meanwhile.

use std::time::{Duration, Instant, SystemTime};

use application::ports::RequestIntake as _;
use futures_util::future::join_all;
use sqlx::{ConnectOptions as _, Executor as _};

use super::setup::{Fixture, open};

/// A connection of another process.
async fn outsider(fixture: &Fixture) -> sqlx::SqliteConnection {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(fixture.location());
    options.connect().await.unwrap()
}

/// What the kernel takes for written is written again, though a reader keeps the log from being
/// emptied.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn opening_writes_the_whole_log_again_whoever_reads() {
    let fixture = Fixture::new().await;
    let mut reader = outsider(&fixture).await;
    reader.execute("BEGIN; SELECT count(*) FROM mail").await.unwrap();
    for number in 0..20 {
        fixture.store.record(fixture.request(&format!("customer{number}@shop.cz"))).await.unwrap();
    }
    let log = fixture.directory.path().join("resetd.db-wal");
    let before = std::fs::read(&log).unwrap();
    assert!(!before.is_empty());
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    std::fs::OpenOptions::new().write(true).open(&log).unwrap().set_modified(long_ago).unwrap();

    let started = Instant::now();
    let second = crate::SqliteDatabase::open(&fixture.location()).await.unwrap();
    assert!(started.elapsed() < Duration::from_secs(2), "a reader is in nobody's way");
    assert!(std::fs::metadata(&log).unwrap().modified().unwrap() > long_ago, "it was not written again");
    assert_eq!(std::fs::read(&log).unwrap(), before);
    second.close().await;
    reader.execute("ROLLBACK").await.unwrap();
    assert_eq!(fixture.count("SELECT count(*) FROM mail").await, 20);
}

/// Two servers, and commands beside them, on one file while it is written to.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn opening_beside_a_busy_server_loses_nothing() {
    let fixture = Fixture::new().await;
    let writing = async {
        for round in 0..30 {
            let requests: Vec<_> =
                (0..20).map(|number| fixture.request(&format!("c{round}-{number}@shop.cz"))).collect();
            let outcomes =
                join_all(requests.iter().map(|request| fixture.store.record(request.clone()))).await;
            assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
        }
    };
    let opening = async {
        for _ in 0..10 {
            let beside = open(&fixture.directory).await;
            beside.record(fixture.request("beside@shop.cz")).await.unwrap();
            beside.database.close().await;
        }
    };
    futures_util::future::join(writing, opening).await;
    assert_eq!(fixture.count("SELECT count(*) FROM mail").await, 610);
    let mut outsider = outsider(&fixture).await;
    let sound: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut outsider).await.unwrap();
    assert_eq!(sound, "ok");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_size_of_the_log_is_told() {
    let fixture = Fixture::new().await;
    let before = fixture.store.database.log_bytes().unwrap();
    let mut reader = outsider(&fixture).await;
    reader.execute("BEGIN; SELECT count(*) FROM mail").await.unwrap();
    for number in 0..50 {
        fixture.store.record(fixture.request(&format!("customer{number}@shop.cz"))).await.unwrap();
    }
    let file = std::fs::metadata(fixture.directory.path().join("resetd.db-wal")).unwrap().len();
    assert_eq!(fixture.store.database.log_bytes().unwrap(), file);
    assert!(file > before + 50 * 4096, "{before} {file}");
}

/// The command of `docs/operations.md`, while requests come in without a pause.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_documented_back_up_ends_under_traffic_and_can_be_served_from() {
    const COMMAND: &str = "sqlite3 resetd.db \"VACUUM INTO 'copy.db'\"";
    let docs = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/operations.md");
    assert!(std::fs::read_to_string(docs).unwrap().contains(COMMAND), "what is tested is what is documented");

    let fixture = Fixture::new().await;
    fixture.store.record(fixture.request("before@shop.cz")).await.unwrap();
    let copy = tempfile::tempdir().unwrap();
    let target = copy.path().join("resetd.db");
    let ended = std::sync::atomic::AtomicBool::new(false);
    let traffic = async {
        let mut written = 0;
        while !ended.load(std::sync::atomic::Ordering::Relaxed) {
            let requests: Vec<_> =
                (0..20).map(|number| fixture.request(&format!("customer{number}@shop.cz"))).collect();
            let outcomes =
                join_all(requests.iter().map(|request| fixture.store.record(request.clone()))).await;
            assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
            written += 20;
        }
        written
    };
    let back_up = async {
        let mut outsider = outsider(&fixture).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        let vacuum = sqlx::query("VACUUM INTO $1").bind(target.to_str().unwrap()).execute(&mut outsider);
        let done = tokio::time::timeout(Duration::from_secs(20), vacuum).await;
        ended.store(true, std::sync::atomic::Ordering::Relaxed);
        done.unwrap().unwrap();
    };
    let (written, ()) = futures_util::future::join(traffic, back_up).await;
    let restored = open(&copy).await;
    let mails: i64 =
        sqlx::query_scalar("SELECT count(*) FROM mail").fetch_one(&restored.database.readers).await.unwrap();
    assert!((1..=written + 1).contains(&mails), "{mails} of {written}");
    restored.record(fixture.request("after@shop.cz")).await.unwrap();
}
