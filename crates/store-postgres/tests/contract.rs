//! The contract of every persistent port, on a real PostgreSQL.

mod support;

use std::sync::Arc;

use support::{TestDatabase, server, store_at};
use testkit::contract::{self, PersistentPorts};

macro_rules! suites {
    ($($port:ident),+) => { $(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $port() {
            let Some(server) = server(stringify!($port)) else { return };
            let database = TestDatabase::create(&server).await;
            // The cases together are more than a test's stack holds in a debug build.
            let fresh = async || PersistentPorts::of(Arc::new(store_at(&database.schema().await).await));
            Box::pin(contract::$port(fresh)).await;
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
    audit_log
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shared_storage() {
    let Some(server) = server("shared_storage") else { return };
    let database = TestDatabase::create(&server).await;
    let fresh = async || {
        let schema = database.schema().await;
        async move || PersistentPorts::of(Arc::new(store_at(&schema).await))
    };
    Box::pin(contract::shared_storage(fresh)).await;
}
