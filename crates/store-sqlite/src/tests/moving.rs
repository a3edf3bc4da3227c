//! What a move to another store reads.

use std::collections::BTreeSet;
use std::sync::Arc;

use application::TABLES;
use application::model::{Redeemed, Value};
use application::ports::{
    DeliveryQueue as _, RequestIntake as _, StoreError, StoredRows as _, TokenStore as _,
};
use domain::WorkerId;
use sqlx::{AssertSqlSafe, Row as _};
use testkit::fake::TestVault;

use super::setup::{Fixture, at};
use crate::export::{plain_tables, tables};
use crate::{SqliteExport, SqliteSource};

/// What belongs to the file and not to the installation.
const NOT_MOVED: [&str; 1] = ["migration"];

async fn names(fixture: &Fixture, sql: String) -> BTreeSet<String> {
    let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(&fixture.store.database.readers).await.unwrap();
    rows.iter().map(|row| row.get::<String, _>("name")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_table_of_the_schema_moves() {
    let fixture = Fixture::new().await;
    let schema = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
    let schema = names(&fixture, schema.to_owned()).await;
    let moved: BTreeSet<String> = tables().into_iter().chain(NOT_MOVED).map(str::to_owned).collect();
    assert_eq!(schema, moved, "a table that is not moved is lost: see application's list of tables");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_column_of_a_table_that_moves_as_it_is() {
    let fixture = Fixture::new().await;
    for table in plain_tables() {
        let schema = names(&fixture, format!("SELECT name FROM pragma_table_info('{}')", table.name)).await;
        let moved: BTreeSet<String> = table.columns.iter().map(|column| column.name.to_owned()).collect();
        assert_eq!(schema, moved, "{}", table.name);
    }
}

async fn export(fixture: &Fixture) -> Result<SqliteExport, StoreError> {
    SqliteExport::new(SqliteSource::open(&fixture.location()).await?, Arc::new(TestVault::new(1))).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_in_use_does_not_move() {
    let fixture = Fixture::new().await;
    let refused = export(&fixture).await.err();
    assert!(
        matches!(&refused, Some(StoreError::Unavailable(why)) if why.contains("another process")),
        "{refused:?}"
    );
    fixture.store.database().close().await;
    let moving = export(&fixture).await.unwrap();
    let location = fixture.location();
    let open = crate::SqliteDatabase::open(&location);
    let opened = tokio::time::timeout(std::time::Duration::from_secs(1), open).await;
    assert!(!matches!(opened, Ok(Ok(_))), "nobody begins to serve what moves");
    drop(moving);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missing_file_a_file_without_installation_and_another_key_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let missing = SqliteSource::open(&super::setup::location(&directory)).await;
    assert!(matches!(missing, Err(StoreError::Unavailable(_))), "{missing:?}");
    assert!(!std::path::Path::new(&super::setup::location(&directory)).exists(), "it was not made");

    let fixture = Fixture::new().await;
    fixture.store.database().close().await;
    let source = SqliteSource::open(&fixture.location()).await.unwrap();
    let other = SqliteExport::new(source, Arc::new(TestVault::new(2))).await;
    assert!(matches!(other.err(), Some(StoreError::Corrupt { .. })));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contract() {
    let fixture = Fixture::new().await;
    let customer = fixture.customer().await;
    for _ in 0..3 {
        let (_, _, token) = fixture.issued(customer).await;
        assert_eq!(fixture.store.redeem(fixture.redemption(&token, "second")).await, Ok(Redeemed::Changed));
        fixture.on_writer("UPDATE customer SET links_valid_from = 0").await;
        let worker = WorkerId::from_bytes(fixture.id());
        assert_eq!(fixture.store.claim(worker, at(2), at(62), 10).await.unwrap().len(), 1, "the notice");
    }
    for number in 0..4 {
        fixture.store.record(fixture.request(&format!("customer{number}@shop.cz"))).await.unwrap();
    }
    fixture.store.database().close().await;
    testkit::contract::store_export(async || export(&fixture).await.unwrap()).await;

    let export = export(&fixture).await.unwrap();
    let events = TABLES.iter().find(|table| table.name == "mail_event").unwrap();
    let page = export.read(events, None, 100).await.unwrap();
    let page = export.read(events, page.next.as_ref(), 100).await.unwrap();
    assert_eq!(page.rows.iter().filter(|row| row.contains(&Value::Text("consumed".into()))).count(), 3);
}
