//! The contract suites of testkit, on files in temporary directories.
#![expect(clippy::unwrap_used, reason = "a test says what is broken by its panic")]

use std::path::PathBuf;
use std::sync::Arc;

use application::audit::{Chain, GENESIS, chain_hash, verify};
use application::model::{AuditAction, AuditEntry, AuditRow};
use application::ports::AuditLog as _;
use resetd_store_sqlite::SqliteStore;
use sqlx::{Connection as _, SqliteConnection};
use testkit::contract::{self, AuditIntruder, AuditUnderTest, StoreUnderTest};
use testkit::fake::TestVault;

async fn open(file: PathBuf) -> Arc<SqliteStore> {
    Arc::new(SqliteStore::open(file.to_str().unwrap(), Arc::new(TestVault::new(1))).await.unwrap())
}

async fn fresh() -> StoreUnderTest {
    let directory = tempfile::tempdir().unwrap();
    StoreUnderTest::from(open(directory.path().join("resetd.db")).await).keeping(directory)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn organisation_registry() {
    contract::organisation_registry(fresh).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn api_key_registry() {
    contract::api_key_registry(fresh).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn audit_log() {
    contract::audit_log(fresh).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn audit_tampering() {
    contract::audit_tampering(|| async {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("resetd.db");
        let log = open(file.clone()).await;
        let vault = Arc::new(TestVault::new(1));
        AuditUnderTest { log, vault, intruder: Box::new(Intruder { file, _directory: directory }) }
    })
    .await;
}

struct Intruder {
    file: PathBuf,
    _directory: tempfile::TempDir,
}

#[async_trait::async_trait]
impl AuditIntruder for Intruder {
    async fn replace(&self, rows: &[AuditRow]) {
        let mut connection = SqliteConnection::connect(self.file.to_str().unwrap()).await.unwrap();
        sqlx::query("DELETE FROM audit").execute(&mut connection).await.unwrap();
        for row in rows {
            sqlx::query("INSERT INTO audit (sequence, at, actor, action, subject, hash, mac) VALUES ($1, $2, $3, $4, $5, $6, $7)")
                .bind(row.sequence)
                .bind(row.entry.at.timestamp_millis())
                .bind(&row.entry.actor)
                .bind(row.entry.action.as_str())
                .bind(&row.entry.subject)
                .bind(&row.hash[..])
                .bind(row.mac.as_ref().map(|mac| &mac[..]))
                .execute(&mut connection)
                .await
                .unwrap();
        }
        connection.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_from_before_the_key_is_bound_into_the_chain() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("resetd.db");
    let entry = AuditEntry {
        at: chrono::DateTime::UNIX_EPOCH,
        organisation: None,
        actor: "operator".to_owned(),
        action: AuditAction::ApiKeyCreated,
        subject: "before".to_owned(),
        ip: None,
    };
    let vault = TestVault::new(1);
    let store = open(file.clone()).await;
    for _ in 0..3 {
        store.append(&entry).await.unwrap();
    }
    store.database().close().await;
    // As the version before left it, and the migration found it.
    let before = "UPDATE audit SET mac = NULL; UPDATE installation SET name = 'audit-unkeyed' WHERE name = 'audit-seal'";
    let mut connection = SqliteConnection::connect(file.to_str().unwrap()).await.unwrap();
    sqlx::raw_sql(before).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();

    let store = open(file.clone()).await;
    assert_eq!(
        verify(store.as_ref(), &vault).await.unwrap(),
        Chain::Whole { rows: 4, purged: 0, unkeyed: 3 }
    );
    store.append(&entry).await.unwrap();
    assert_eq!(
        verify(store.as_ref(), &vault).await.unwrap(),
        Chain::Whole { rows: 5, purged: 0, unkeyed: 3 }
    );
    let mut rows = store.read(0, 10).await.unwrap();
    rows[1].entry.subject = "altered".to_owned();
    let mut previous = GENESIS;
    for row in &mut rows {
        previous = chain_hash(&previous, &row.entry);
        row.hash = previous;
    }
    let intruder = Intruder { file, _directory: directory };
    intruder.replace(&rows).await;
    assert_eq!(verify(store.as_ref(), &vault).await.unwrap(), Chain::BrokenAt(4), "at the row audit-keyed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn template_store() {
    contract::template_store(fresh).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn customer_directory() {
    contract::customer_directory(fresh).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mail_queue() {
    contract::mail_queue(fresh).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn token_store() {
    contract::token_store(fresh).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unreadable_rows() {
    contract::unreadable_rows(async |vault| {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("resetd.db");
        let store = SqliteStore::open(file.to_str().unwrap(), vault).await.unwrap();
        StoreUnderTest::from(Arc::new(store)).keeping(directory)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn webhook_registry() {
    contract::webhook_registry(fresh).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn webhook_outbox() {
    contract::webhook_outbox(fresh).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sandbox_store() {
    contract::sandbox_store(fresh).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shared_storage() {
    contract::shared_storage(|| async {
        let directory = Arc::new(tempfile::tempdir().unwrap());
        move || {
            let directory = Arc::clone(&directory);
            async move { StoreUnderTest::from(open(directory.path().join("resetd.db")).await).keeping(directory) }
        }
    })
    .await;
}
