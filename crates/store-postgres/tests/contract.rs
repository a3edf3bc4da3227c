//! The contract of every persistent port, on a real PostgreSQL.

mod support;

use std::sync::Arc;

use application::ports::PersistentPorts;
use support::{TestDatabase, server, store_at, store_with};
use testkit::contract;

async fn fresh(database: &TestDatabase) -> PersistentPorts {
    let store = store_at(&database.url).await;
    database.empty().await;
    PersistentPorts::of(Arc::new(store))
}

macro_rules! suites {
    ($($port:ident),+) => { $(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $port() {
            let Some(server) = server(stringify!($port)) else { return };
            let database = TestDatabase::create(&server).await;
            let database = &database;
            // Boxed: in a debug build a suite has room for the futures of all its cases side by side on one stack.
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
async fn unreadable_rows() {
    let Some(server) = server("unreadable_rows") else { return };
    let database = TestDatabase::create(&server).await;
    let database = &database;
    let fresh = async |vault| {
        let store = store_with(&database.url, vault).await;
        database.empty().await;
        PersistentPorts::of(Arc::new(store))
    };
    Box::pin(contract::unreadable_rows(async |vault| Box::pin(fresh(vault)).await)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shared_storage() {
    let Some(server) = server("shared_storage") else { return };
    let database = TestDatabase::create(&server).await;
    let database = &database;
    let fresh = async || {
        drop(Box::pin(fresh(database)).await);
        async move || PersistentPorts::of(Arc::new(store_at(&database.url).await))
    };
    Box::pin(contract::shared_storage(fresh)).await;
}
