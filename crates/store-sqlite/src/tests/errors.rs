use std::sync::Arc;
use std::time::{Duration, Instant};

use application::model::{AddressBudget, Lease, Organisation};
use application::ports::{
    DeliveryQueue as _, MailQueue as _, OrganisationRegistry, RequestIntake as _, StoreError,
};
use domain::{MailId, OrganisationId, WorkerId};
use futures_util::future::join_all;
use sqlx::{ConnectOptions as _, Executor as _};
use testkit::fake::{SeededRandom, TestVault};

use super::setup::{Fixture, at};
use crate::database::{connect_writer, locate};
use crate::writer::LogFile;
use crate::{SqliteDatabase, SqliteStore};

fn is_unavailable<T>(outcome: &Result<T, StoreError>) -> bool {
    matches!(outcome, Err(StoreError::Unavailable(_)))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_unavailable_and_nothing_was_acknowledged() {
    let fixture = Fixture::new().await;
    let pages = fixture.count("PRAGMA page_count").await;
    assert!(pages < 100, "the limit below must leave room for some requests: {pages}");
    fixture.on_writer("PRAGMA max_page_count = 120").await;

    let (mut acknowledged, mut refused) = (Vec::new(), 0);
    for _ in 0..50 {
        let requests: Vec<_> =
            (0..40).map(|number| fixture.request(&format!("customer{number}@shop.cz"))).collect();
        let outcomes = join_all(requests.iter().map(|request| fixture.store.record(request.clone()))).await;
        for (request, outcome) in requests.iter().zip(outcomes) {
            match outcome {
                Ok(()) => acknowledged.push(MailId::from_bytes(*request.id.as_bytes())),
                Err(StoreError::Unavailable(_)) => refused += 1,
                Err(other) => panic!("{other}"),
            }
        }
    }
    assert!(
        !acknowledged.is_empty() && refused > 0,
        "{} acknowledged, {refused} refused",
        acknowledged.len()
    );
    let organisation = Organisation {
        id: OrganisationId::from_bytes([5; 16]),
        name: "x".repeat(100_000),
        ..fixture.organisation.clone()
    };
    assert!(is_unavailable(&fixture.store.create(&organisation).await));
    assert!(is_unavailable(&fixture.store.database().ping().await), "readiness knows");

    assert_eq!(fixture.count("SELECT count(*) FROM mail").await, i64::try_from(acknowledged.len()).unwrap());
    for id in acknowledged {
        assert!(fixture.store.show(id).await.unwrap().is_some(), "{id} was acknowledged");
    }
    // Room again: the same connection goes on.
    fixture.on_writer("PRAGMA max_page_count = 1000000").await;
    fixture.store.record(fixture.request("later@shop.cz")).await.unwrap();
    fixture.store.database().ping().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_has_turned_read_only_is_not_ready() {
    let fixture = Fixture::new().await;
    fixture.store.database().ping().await.unwrap();
    fixture.on_writer("PRAGMA query_only = ON").await;
    assert!(is_unavailable(&fixture.store.database().ping().await));
    assert!(is_unavailable(&fixture.store.record(fixture.request("jan@barasek.com")).await));
    assert_eq!(OrganisationRegistry::list(&fixture.store).await.unwrap().len(), 1, "reading goes on");
}

/// One lock is waited for by one transaction of a round, and once it is known to be held for a
/// moment only.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_costs_no_job_more_than_its_deadline() {
    let fixture = Fixture::new().await;
    let (_, worker, _) = {
        let customer = fixture.customer().await;
        fixture.issued(customer).await
    };
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(fixture.location());
    let mut other = options.connect().await.unwrap();
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    let deadline = Duration::from_millis(3_500);
    for round in 0..3 {
        let started = Instant::now();
        let records = join_all((0..10).map(|_| fixture.store.record(fixture.request("jan@barasek.com"))));
        let budget = AddressBudget { per_minute: 1, per_hour: 5 };
        let request = fixture.request("eva@barasek.com").id;
        let delivery = fixture.store.admit(Lease::new(request, worker), budget, at(2));
        let work = fixture.store.claim(worker, at(1), at(61), 10);
        let (records, delivery, work) = futures_util::future::join3(records, delivery, work).await;
        assert!(records.iter().all(is_unavailable), "{records:?}");
        assert!(is_unavailable(&delivery) && is_unavailable(&work), "{delivery:?} {work:?}");
        let took = started.elapsed();
        assert!(took < if round == 0 { deadline } else { Duration::from_secs(1) }, "{round}: {took:?}");
    }
    other.execute("ROLLBACK").await.unwrap();
    fixture.store.record(fixture.request("jan@barasek.com")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_cannot_be_stored_takes_nothing_of_its_neighbours_with_it() {
    let fixture = Fixture::new().await;
    fixture
        .on_writer(
            "CREATE TRIGGER refuse BEFORE INSERT ON mail WHEN new.address_masked LIKE 'b%' \
             BEGIN SELECT raise(ABORT, 'made up'); END",
        )
        .await;
    for number in [3, 100] {
        let before = fixture.count("SELECT count(*) FROM mail").await;
        let requests: Vec<_> = (0..number)
            .map(|index| fixture.request(if index == 1 { "bad@shop.cz" } else { "good@shop.cz" }))
            .collect();
        let outcomes = join_all(requests.iter().map(|request| fixture.store.record(request.clone()))).await;
        for (index, outcome) in outcomes.iter().enumerate() {
            assert_eq!(outcome.is_err(), index == 1, "{index}: {outcome:?}");
        }
        assert_eq!(fixture.count("SELECT count(*) FROM mail").await, before + number - 1);
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_opened_is_named_with_its_owner() {
    let directory = tempfile::tempdir().unwrap();
    // A directory where the file should be: nobody may open it as a database, not even root.
    let path = directory.path().join("resetd.db");
    std::fs::create_dir(&path).unwrap();
    let Err(StoreError::Unavailable(why)) = SqliteDatabase::open(path.to_str().unwrap()).await else {
        panic!("a directory is no database")
    };
    assert!(why.starts_with(path.to_str().unwrap()), "{why}");
    let user = format!("belongs to user {} with mode", rustix::process::geteuid().as_raw());
    assert!(why.contains("this process runs as user") && why.contains(&user), "{why}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_database_is_unavailable_and_nothing_was_stored() {
    let fixture = Fixture::new().await;
    fixture.on_writer("PRAGMA busy_timeout = 100").await;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(fixture.location());
    let mut other = options.connect().await.unwrap();
    other.execute("BEGIN IMMEDIATE").await.unwrap();

    let started = Instant::now();
    let outcomes = join_all((0..100).map(|_| fixture.store.record(fixture.request("jan@barasek.com")))).await;
    assert!(outcomes.iter().all(is_unavailable), "{outcomes:?}");
    assert!(is_unavailable(&fixture.store.claim(WorkerId::from_bytes([9; 16]), at(1), at(61), 10).await));
    assert!(is_unavailable(&fixture.store.database().ping().await));
    assert!(started.elapsed() < Duration::from_secs(5), "one lock is waited for once a round");
    // Reading goes on.
    assert_eq!(OrganisationRegistry::list(&fixture.store).await.unwrap().len(), 1);

    other.execute("ROLLBACK").await.unwrap();
    assert_eq!(fixture.count("SELECT count(*) FROM mail").await, 0);
    fixture.store.record(fixture.request("jan@barasek.com")).await.unwrap();
    fixture.store.database().ping().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_data_key_is_noticed_at_start() {
    let fixture = Fixture::new().await;
    fixture.store.database().close().await;
    let other = SqliteStore::open(&fixture.location(), Arc::new(TestVault::new(2))).await;
    assert!(matches!(other, Err(StoreError::Corrupt { .. })), "{other:?}");
    SqliteStore::open(&fixture.location(), Arc::new(TestVault::new(1))).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_data_key_is_made_once_whoever_asks() {
    let fixture = Fixture::new().await;
    let other = SqliteDatabase::open(&fixture.location()).await.unwrap();
    let (one, two) = (SeededRandom::new(1), SeededRandom::new(2));
    let keys =
        futures_util::future::join(fixture.store.database().data_key(&one), other.data_key(&two)).await;
    assert_eq!(keys.0.unwrap(), keys.1.unwrap());
    assert_ne!(other.data_key(&two).await.unwrap(), [0; 32]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_processes_may_migrate_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let location = super::setup::location(&directory);
    let open = || async {
        let database = SqliteDatabase::open(&location).await?;
        database.migrate().await?;
        database.schema_version().await
    };
    let versions = join_all((0..8).map(|_| open())).await;
    assert!(
        versions.iter().all(|version| *version == Ok(SqliteDatabase::latest_schema_version())),
        "{versions:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_from_the_future_or_with_an_altered_migration_is_refused() {
    let fixture = Fixture::new().await;
    fixture.on_writer("INSERT INTO migration VALUES (99, 'future', x'00')").await;
    assert!(is_unavailable(&fixture.store.database().migrate().await));
    fixture
        .on_writer("DELETE FROM migration WHERE version = 99; UPDATE migration SET checksum = x'00'")
        .await;
    let altered = fixture.store.database().migrate().await;
    assert!(matches!(altered, Err(StoreError::Corrupt { .. })), "{altered:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_a_file_that_can_be_written_is_a_database() {
    for location in [
        "",
        ":memory:",
        "sqlite::memory:",
        "sqlite://:memory:",
        "sqlite://x?mode=memory",
        "/nowhere/at/all.db",
    ] {
        let opened = SqliteDatabase::open(location).await;
        assert!(is_unavailable(&opened), "{location:?}");
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_file_is_its_owners_alone_and_a_url_names_it_too() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/a%20b.db", directory.path().display());
    let database = SqliteDatabase::open(&url).await.unwrap();
    database.migrate().await.unwrap();
    for file in ["a b.db", "a b.db-wal"] {
        let mode = std::fs::metadata(directory.path().join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_that_cannot_be_read_does_not_stop_those_behind_it() {
    let fixture = Fixture::new().await;
    let bad = fixture.request("bad@shop.cz");
    let bad_id = MailId::from_bytes(*bad.id.as_bytes());
    fixture.store.record(bad).await.unwrap();
    fixture.on_writer("UPDATE mail SET submitted = x'00'").await;
    fixture.store.record(fixture.request("good@shop.cz")).await.unwrap();
    let claimed = fixture.store.claim(WorkerId::from_bytes([9; 16]), at(1), at(61), 10).await.unwrap();
    assert_eq!(claimed.len(), 1);
    assert_ne!(claimed[0].id(), bad_id);
    assert_eq!(fixture.count("SELECT count(*) FROM mail WHERE state = 'preparing-error'").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_does_not_sync_ends_the_store_and_says_why() {
    let directory = tempfile::tempdir().unwrap();
    let location = directory.path().join("resetd.db").display().to_string();
    let sound = SqliteDatabase::open(&location).await.unwrap();
    sound.migrate().await.unwrap();
    sound.close().await;

    let options = locate(&location).unwrap();
    let connection = connect_writer(&options).await.unwrap();
    let log = Arc::new(LogFile::that_cannot_be_synced().unwrap());
    let database = SqliteDatabase::start(options, connection, log).await.unwrap();
    let store = SqliteStore::new(database.clone(), Arc::new(TestVault::new(1))).await;
    assert!(is_unavailable(&store.map(drop)), "nothing is acknowledged without the disk");
    let reason = database.failed().await;
    assert!(reason.starts_with("the log could not be made durable: "), "{reason}");
    assert!(is_unavailable(&database.migrate().await), "nor anything later");
    database.close().await;
}
