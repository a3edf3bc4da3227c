//! The contract suites of testkit, on files in temporary directories.
#![expect(clippy::unwrap_used, reason = "a test says what is broken by its panic")]

use std::path::PathBuf;
use std::sync::Arc;

use resetd_store_sqlite::SqliteStore;
use testkit::contract::{self, StoreUnderTest};
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
