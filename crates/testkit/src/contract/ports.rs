use std::any::Any;
use std::ops::Deref;
use std::sync::Arc;

use application::ports::{PersistentPorts, PersistentStore};

use super::{
    api_key_registry, audit_log, customer_directory, mail_queue, organisation_registry, sandbox_store,
    template_store, token_store, webhook_outbox, webhook_registry,
};

/// The persistent ports over one storage, and what must live as long as they do. Clones are handles
/// on the same.
#[derive(Clone)]
pub struct StoreUnderTest {
    ports: PersistentPorts,
    kept: Vec<Arc<dyn Any + Send + Sync>>,
}

impl StoreUnderTest {
    /// Keeps `guard` (a temporary directory, say) for as long as the ports are in use.
    #[must_use]
    pub fn keeping(mut self, guard: impl Any + Send + Sync) -> Self {
        self.kept.push(Arc::new(guard));
        self
    }
}

impl Deref for StoreUnderTest {
    type Target = PersistentPorts;

    fn deref(&self) -> &PersistentPorts {
        &self.ports
    }
}

impl From<PersistentPorts> for StoreUnderTest {
    fn from(ports: PersistentPorts) -> Self {
        Self { ports, kept: Vec::new() }
    }
}

impl<S: PersistentStore> From<Arc<S>> for StoreUnderTest {
    fn from(store: Arc<S>) -> Self {
        PersistentPorts::of(store).into()
    }
}

/// The suites of all ten persistent ports, one after the other.
///
/// # Panics
/// When a case of the contract is broken; the message says which.
pub async fn every_persistent_port<P: Into<StoreUnderTest>>(fresh: impl AsyncFn() -> P) {
    organisation_registry(&fresh).await;
    api_key_registry(&fresh).await;
    audit_log(&fresh).await;
    template_store(&fresh).await;
    customer_directory(&fresh).await;
    mail_queue(&fresh).await;
    token_store(&fresh).await;
    webhook_registry(&fresh).await;
    webhook_outbox(&fresh).await;
    sandbox_store(&fresh).await;
}
