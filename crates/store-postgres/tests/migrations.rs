//! Migrations and the installation's own rows, with replicas that start at once.

mod support;

use application::ports::StoreError;
use resetd_store_postgres::{PostgresDatabase, PostgresStore};
use std::sync::Arc;
use support::{TestDatabase, server};
use testkit::fake::{SeededRandom, TestVault};
use tokio::task::JoinSet;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL"]
async fn four_replicas_migrate_at_once() {
    let server = server();
    let database = TestDatabase::create(&server).await;
    let connected = database.connect().await;
    assert_eq!(connected.schema_version().await.unwrap(), 0);

    let mut replicas = JoinSet::new();
    for _ in 0..4 {
        let connected = connected.clone();
        replicas.spawn(async move { connected.migrate().await });
    }
    for outcome in replicas.join_all().await {
        outcome.unwrap();
    }
    connected.migrate().await.unwrap();
    assert_eq!(connected.schema_version().await.unwrap(), PostgresDatabase::latest_schema_version());
    assert_eq!(
        database.count("SELECT count(*) FROM migration").await,
        PostgresDatabase::latest_schema_version()
    );
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn the_old_version_lives_with_a_newer_schema_but_not_with_another() {
    let server = server();
    let database = TestDatabase::create(&server).await;
    let connected = database.connect().await;
    connected.migrate().await.unwrap();

    let newer = "INSERT INTO migration (version, name, checksum) VALUES (1000, 'from the future', '\\x00')";
    sqlx::query(newer).execute(&mut database.plain().await).await.unwrap();
    connected.migrate().await.unwrap();
    assert_eq!(connected.schema_version().await.unwrap(), 1_000);

    let altered = "UPDATE migration SET checksum = '\\x00' WHERE version = 1";
    sqlx::query(altered).execute(&mut database.plain().await).await.unwrap();
    let refused = connected.migrate().await.unwrap_err();
    assert!(matches!(refused, StoreError::Corrupt { place: "migration.checksum", .. }), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL"]
async fn replicas_agree_on_one_data_key() {
    let server = server();
    let database = TestDatabase::create(&server).await;
    let connected = database.connect().await;
    connected.migrate().await.unwrap();
    let mut replicas = JoinSet::new();
    for seed in 1..=4 {
        let connected = connected.clone();
        replicas.spawn(async move { connected.data_key(&SeededRandom::new(seed)).await.unwrap() });
    }
    let keys = replicas.join_all().await;
    assert!(keys.iter().all(|key| *key == keys[0] && *key != [0; 32]));
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn another_data_key_is_told_at_once() {
    let server = server();
    let database = TestDatabase::create(&server).await;
    let connected = database.connect().await;
    connected.migrate().await.unwrap();
    drop(PostgresStore::new(connected.clone(), Arc::new(TestVault::new(1))).await.unwrap());
    drop(PostgresStore::new(connected.clone(), Arc::new(TestVault::new(1))).await.unwrap());
    let refused = PostgresStore::new(connected, Arc::new(TestVault::new(2))).await.unwrap_err();
    assert!(refused.to_string().contains("another data key"), "{refused}");
}

#[tokio::test]
async fn a_bad_url_is_refused_without_its_password() {
    for url in ["postgres://user:hunter2@127.0.0.1:port/db", "hunter2"] {
        let refused =
            PostgresDatabase::connect(url, resetd_store_postgres::PoolSettings::default(), "test").await;
        let text = refused.unwrap_err().to_string();
        assert!(!text.contains("hunter2"), "{text}");
    }
}
