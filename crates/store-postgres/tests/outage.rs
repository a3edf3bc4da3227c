//! Connections that break and a server that goes away.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot begin fails")]

mod support;

use std::time::Duration;

use application::model::MailFilter;
use application::ports::{Clock as _, DeliveryQueue, MailQueue, RequestIntake, StoreError};
use domain::RequestId;
use resetd_store_postgres::{PoolSettings, PostgresDatabase, PostgresStore};
use sqlx::types::Uuid;
use std::collections::HashSet;
use std::sync::Arc;
use support::{TestDatabase, at, organisation, request, server};
use testkit::fake::TestVault;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

const KILL: &str = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'resetd-test'";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL"]
async fn every_acknowledged_request_survives_killed_connections() {
    let server = server();
    let database = TestDatabase::create(&server).await;
    let store = database.store().await;
    let shop = organisation(&store).await;
    let end = Instant::now() + Duration::from_secs(3);

    let mut clients = JoinSet::new();
    for _ in 0..32 {
        let store = store.clone();
        clients.spawn(async move {
            let (mut acknowledged, mut failed) = (Vec::new(), Vec::new());
            while Instant::now() < end {
                let request = request(shop, "jan@barasek.com", at(0));
                let id = request.id;
                match store.record(request).await {
                    Ok(()) => acknowledged.push(id),
                    Err(StoreError::Unavailable(_)) => failed.push(id),
                    Err(other) => panic!("{other:?}"),
                }
            }
            (acknowledged, failed)
        });
    }
    let (mut killed, mut own) = (0_i64, database.plain().await);
    while Instant::now() < end {
        sleep(Duration::from_millis(50)).await;
        killed += sqlx::query_scalar::<_, i64>(KILL).fetch_one(&mut own).await.unwrap();
    }
    let outcomes = clients.join_all().await;
    let acknowledged: HashSet<RequestId> =
        outcomes.iter().flat_map(|(acknowledged, _)| acknowledged).copied().collect();
    let failed = outcomes.iter().map(|(_, failed)| failed.len()).sum::<usize>();

    let stored: Vec<Uuid> =
        sqlx::query_scalar("SELECT id FROM mail_queue").fetch_all(&mut own).await.unwrap();
    let stored: HashSet<RequestId> =
        stored.into_iter().map(|id| RequestId::from_bytes(id.into_bytes())).collect();
    let lost = acknowledged.iter().filter(|id| !stored.contains(id)).count();
    eprintln!("{killed} connections killed, {} requests acknowledged, {failed} failed", acknowledged.len());
    assert_eq!(lost, 0, "acknowledged requests are missing");
    assert!(killed > 10 && acknowledged.len() > 100, "{killed} killed, {} acknowledged", acknowledged.len());

    // And it goes on as if nothing had been.
    store.record(request(shop, "jan@barasek.com", at(0))).await.unwrap();
    store.list(MailFilter { limit: 1, ..MailFilter::default() }).await.unwrap();
    store.database().ping().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL"]
async fn a_server_that_is_away_is_told_in_time() {
    let server = server();
    let database = TestDatabase::create(&server).await;
    let settings = PoolSettings { acquire_timeout: Duration::from_millis(300), ..PoolSettings::default() };
    let connected = database.connect_with(settings).await;
    connected.migrate().await.unwrap();
    let store = PostgresStore::new(connected, Arc::new(TestVault::default())).await.unwrap();
    let shop = organisation(&store).await;
    store.record(request(shop, "jan@barasek.com", at(0))).await.unwrap();

    // As if it were away: nobody is let in, whoever was is put out.
    let mut admin = database.admin().await;
    database.close_door(&mut admin, true).await;
    let began = Instant::now();
    let refused = store.record(request(shop, "jan@barasek.com", at(0))).await.unwrap_err();
    assert!(matches!(refused, StoreError::Unavailable(_)), "{refused:?}");
    assert!(store.database().ping().await.is_err());
    assert!(began.elapsed() < Duration::from_secs(5), "it took {:?}", began.elapsed());

    database.close_door(&mut admin, false).await;
    let recovered = timeout(Duration::from_secs(5), async {
        while store.record(request(shop, "jan@barasek.com", at(0))).await.is_err() {
            sleep(Duration::from_millis(20)).await;
        }
    });
    recovered.await.expect("it recovers by itself");
}

#[tokio::test]
async fn nobody_there_is_unavailable() {
    let url = "postgres://postgres@127.0.0.1:1/nothing";
    let settings = PoolSettings { acquire_timeout: Duration::from_millis(200), ..PoolSettings::default() };
    let refused = PostgresDatabase::connect(url, settings, "test").await.unwrap_err();
    assert!(matches!(refused, StoreError::Unavailable(_)), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL"]
async fn news_reaches_the_other_replica_and_comes_back_after_a_cut() {
    let server = server();
    let database = TestDatabase::create(&server).await;
    let (here, there) = (database.store().await, database.store().await);
    let shop = organisation(&here).await;
    hear(&here, &there, shop).await;
    // A replica does not wake itself.
    drain(&here).await;
    here.record(request(shop, "jan@barasek.com", at(0))).await.unwrap();
    assert!(
        timeout(Duration::from_millis(300), here.remote_work_available()).await.is_err(),
        "its own record woke the replica"
    );

    sqlx::query(KILL).execute(&mut database.plain().await).await.unwrap();
    sleep(Duration::from_millis(300)).await;
    hear(&here, &there, shop).await;
}

/// A record here wakes there. The first may come before the other listens.
async fn hear(here: &PostgresStore, there: &PostgresStore, shop: domain::OrganisationId) {
    let heard = async {
        loop {
            drain(there).await;
            here.record(request(shop, "jan@barasek.com", at(0))).await.unwrap();
            if timeout(Duration::from_millis(500), there.remote_work_available()).await.is_ok() {
                break;
            }
        }
    };
    timeout(Duration::from_secs(8), heard).await.expect("news arrives");
}

/// Takes news that is there already.
async fn drain(store: &PostgresStore) {
    while timeout(Duration::from_millis(100), store.remote_work_available()).await.is_ok() {}
}

/// A failover: connections opened to a server that takes no writes keep to that when it takes them
/// again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL"]
async fn a_server_that_takes_no_writes_for_a_while_is_used_again_without_a_restart() {
    let server = server();
    let database = TestDatabase::create(&server).await;
    let store = database.store().await;
    let shop = organisation(&store).await;
    store.record(request(shop, "jan@barasek.com", at(0))).await.unwrap();
    let mut admin = database.admin().await;

    database.read_only(&mut admin, true).await;
    // Every connection of the pool is opened anew meanwhile, and told that nothing can be written.
    let mut reading = JoinSet::new();
    for _ in 0..64 {
        let store = store.clone();
        reading.spawn(async move {
            for _ in 0..10 {
                drop(store.list(MailFilter { limit: 1, ..MailFilter::default() }).await);
            }
        });
    }
    reading.join_all().await;
    assert!(store.record(request(shop, "jan@barasek.com", at(1))).await.is_err());
    assert!(store.claim(support::worker(), at(2), at(62), 10).await.is_err());
    assert!(store.database().ping().await.is_err(), "it is not ready: it cannot write");

    database.read_only(&mut admin, false).await;
    let claimed = async {
        loop {
            match store.claim(support::worker(), at(2), at(62), 10).await {
                Ok(mails) => return mails.len(),
                Err(_) => sleep(Duration::from_millis(50)).await,
            }
        }
    };
    assert_eq!(timeout(Duration::from_secs(5), claimed).await.unwrap(), 1);
    for second in 3..40 {
        store.database().ping().await.unwrap();
        store.record(request(shop, "jan@barasek.com", at(second))).await.unwrap();
        assert_eq!(store.claim(support::worker(), at(second), at(second + 60), 10).await.unwrap().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL"]
async fn the_time_is_the_servers() {
    let server = server();
    let database = TestDatabase::create(&server).await;
    let clock = database.connect().await.clock().await.unwrap();
    for _ in 0..5 {
        let before = clock.now();
        let shown: chrono::DateTime<chrono::Utc> = sqlx::query_scalar("SELECT clock_timestamp()")
            .fetch_one(&mut database.plain().await)
            .await
            .unwrap();
        let after = clock.now();
        let jitter = chrono::TimeDelta::milliseconds(100);
        assert!(before - jitter <= shown && shown <= after + jitter, "{before} {shown} {after}");
    }
}
