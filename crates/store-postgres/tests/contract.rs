//! The contract of every persistent port, on a real PostgreSQL.
#![expect(clippy::unwrap_used, reason = "a test says what is broken by its panic")]

mod support;

use std::sync::Arc;

use application::audit::GENESIS;
use application::model::AuditRow;
use application::ports::PersistentPorts;
use async_trait::async_trait;
use sqlx::{Connection as _, PgConnection};
use support::{TestDatabase, server, store_at, store_with};
use testkit::contract::{self, AuditIntruder, AuditUnderTest};
use testkit::fake::TestVault;

async fn fresh(database: &TestDatabase) -> PersistentPorts {
    database.connect().await.migrate().await.unwrap();
    database.empty().await;
    PersistentPorts::of(Arc::new(store_at(&database.url).await))
}

macro_rules! suites {
    ($($port:ident),+) => { $(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        #[ignore = "needs PostgreSQL"]
        async fn $port() {
            let server = server();
            let database = TestDatabase::create(&server).await;
            let database = &database;
            // Boxed: in a debug build a suite has room for the futures of all its cases side by
            // side on one stack.
            Box::pin(contract::$port(async || Box::pin(fresh(database)).await)).await;
        }
    )+ };
}

suites!(
    token_store,
    mail_queue,
    customer_directory,
    api_key_registry,
    organisation_registry,
    template_store,
    audit_log,
    webhook_registry,
    webhook_outbox,
    sandbox_store
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL"]
async fn audit_tampering() {
    let server = server();
    let database = TestDatabase::create(&server).await;
    let database = &database;
    let fresh = async || {
        drop(Box::pin(fresh(database)).await);
        let log = Arc::new(store_at(&database.url).await);
        let intruder = Box::new(Intruder(database.url.clone()));
        AuditUnderTest { log, vault: Arc::new(TestVault::default()), intruder }
    };
    Box::pin(contract::audit_tampering(fresh)).await;
}

struct Intruder(String);

#[async_trait]
impl AuditIntruder for Intruder {
    async fn replace(&self, rows: &[AuditRow]) {
        let mut connection = PgConnection::connect(&self.0).await.unwrap();
        sqlx::query("DELETE FROM audit").execute(&mut connection).await.unwrap();
        let insert = "INSERT INTO audit (sequence, at, actor, action, subject, hash, mac) VALUES ($1, $2, $3, $4, $5, $6, $7)";
        for row in rows {
            sqlx::query(insert)
                .bind(row.sequence)
                .bind(row.entry.at)
                .bind(&row.entry.actor)
                .bind(row.entry.action.as_str())
                .bind(&row.entry.subject)
                .bind(&row.hash[..])
                .bind(row.mac.as_ref().map(|mac| &mac[..]))
                .execute(&mut connection)
                .await
                .unwrap();
        }
        let (sequence, hash) = rows.last().map_or((0, GENESIS), |row| (row.sequence, row.hash));
        let head =
            sqlx::query("UPDATE audit_head SET sequence = $1, hash = $2").bind(sequence).bind(&hash[..]);
        head.execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL"]
async fn unreadable_rows() {
    let server = server();
    let database = TestDatabase::create(&server).await;
    let database = &database;
    let fresh = async |vault| {
        database.connect().await.migrate().await.unwrap();
        database.empty().await;
        let store = store_with(&database.url, vault).await;
        PersistentPorts::of(Arc::new(store))
    };
    Box::pin(contract::unreadable_rows(async |vault| Box::pin(fresh(vault)).await)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL"]
async fn shared_storage() {
    let server = server();
    let database = TestDatabase::create(&server).await;
    let database = &database;
    let fresh = async || {
        drop(Box::pin(fresh(database)).await);
        async move || PersistentPorts::of(Arc::new(store_at(&database.url).await))
    };
    Box::pin(contract::shared_storage(fresh)).await;
}
