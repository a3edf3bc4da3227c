//! An installation that moves in.

#![expect(clippy::unwrap_used, reason = "a test that cannot begin fails")]

mod support;

use std::collections::BTreeSet;
use std::sync::Arc;

use application::TABLES;
use application::model::{Begun, MoveProgress, Origin, Row, Table, Value};
use application::ports::{StoreError, StoreImport as _, StoredRows as _};
use resetd_store_postgres::{PostgresImport, PostgresStore};
use support::{TestDatabase, at, server};
use testkit::fake::TestVault;

async fn import(database: &TestDatabase) -> PostgresImport {
    let connected = database.connect().await;
    connected.migrate().await.unwrap();
    PostgresImport::open(connected, Arc::new(TestVault::new(1))).await.unwrap()
}

fn origin(installation: &str) -> Origin {
    Origin { installation: installation.to_owned(), oldest_mail: Some(at(-30 * 86_400)) }
}

fn table(name: &str) -> &'static Table {
    TABLES.iter().find(|table| table.name == name).unwrap()
}

fn progress(table: Option<&str>) -> MoveProgress {
    MoveProgress { installation: "one".to_owned(), table: table.map(str::to_owned), after: None }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL"]
async fn the_contract() {
    let server = server();
    let database = TestDatabase::create(&server).await;
    testkit::contract::store_import(async || {
        let import = import(&database).await;
        database.empty().await;
        import
    })
    .await;
}

/// Two former passwords of somebody.
fn former() -> Vec<Row> {
    let row =
        |n| vec![Value::Id([1; 16]), Value::Int(n), Value::Text("$argon2id$".into()), Value::Time(at(n))];
    vec![row(3), row(6)]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL"]
async fn every_table_and_column_of_the_schema_moves() {
    let server = server();
    let database = TestDatabase::create(&server).await;
    database.connect().await.migrate().await.unwrap();
    let schema = "SELECT c.relname || '.' || a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid \
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition \
         AND a.attnum > 0 AND NOT a.attisdropped";
    let schema: Vec<String> =
        sqlx::query_scalar(schema).fetch_all(&mut database.plain().await).await.unwrap();
    // Versions, the chain's end and what is made of other columns; a lease belongs to a worker that
    // has stopped.
    let own = [
        "customer.external_fingerprint",
        "address_budget.last_at",
        "mail_queue.lease_owner",
        "webhook_event.lease_owner",
    ];
    let schema: BTreeSet<_> = schema
        .into_iter()
        .filter(|column| !column.starts_with("migration.") && !column.starts_with("audit_head."))
        .filter(|column| !own.contains(&column.as_str()))
        .collect();
    let columns =
        TABLES.iter().flat_map(|table| table.columns.iter().map(move |column| (table.name, column.name)));
    let moved: BTreeSet<_> = columns.map(|(table, column)| format!("{table}.{column}")).collect();
    assert_eq!(schema, moved, "what does not move is lost: see application's list of tables");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL"]
async fn a_move_is_resumed_and_nobody_is_served_before_its_end() {
    let server = server();
    let database = TestDatabase::create(&server).await;
    let first = import(&database).await;
    assert_eq!(first.begin(&origin("one"), at(0)).await, Ok(Begun::Fresh));
    let second = PostgresImport::open(database.connect().await, Arc::new(TestVault::new(1))).await;
    assert!(matches!(second.err(), Some(StoreError::Unavailable(why)) if why.contains("another move")));

    let history = table("password_history");
    first.write(history, &former(), &progress(Some("mail"))).await.unwrap();
    let duplicate = first.write(history, &former(), &progress(None)).await;
    assert!(duplicate.is_err(), "the same rows again");
    drop(first);
    let refused = PostgresStore::new(database.connect().await, Arc::new(TestVault::new(1))).await;
    assert!(matches!(refused.err(), Some(StoreError::Unavailable(why)) if why.contains("move")));

    let again = import(&database).await;
    assert_eq!(again.begin(&origin("other"), at(0)).await, Ok(Begun::OtherMove));
    assert_eq!(again.begin(&origin("one"), at(0)).await, Ok(Begun::Resumed(progress(Some("mail")))));
    assert_eq!(again.count(history).await, Ok(2), "the failed batch left neither rows nor a mark");
    again.finish().await.unwrap();
    drop(again);

    PostgresStore::new(database.connect().await, Arc::new(TestVault::new(1))).await.unwrap();
    let next: i64 = database.count("SELECT nextval(pg_get_serial_sequence('password_history', 'n'))").await;
    assert_eq!(next, 7, "former passwords to come are newer");
    let days = database.count("SELECT count(*) FROM pg_inherits WHERE inhparent = 'mail'::regclass").await;
    assert_eq!(days, 30 + 1 + 3 + 1, "the days behind, today, those ahead, and the default");
}
