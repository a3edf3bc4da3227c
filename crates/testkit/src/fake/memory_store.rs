//! Every persistent port in memory.

mod audit;
mod claims;
mod customers;
mod delivery;
mod keys;
mod links;
mod organisations;
mod purge;
mod queue;
mod sandbox;
mod tables;
mod templates;
mod tokens;
mod webhooks;

use std::sync::{Arc, Mutex, MutexGuard};

use self::tables::Tables;
use super::lock;

/// All persistent ports together, in memory: one mutex makes every call a transaction. It is as
/// durable as its last clone; clones share everything, as two replicas share a database.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore(Arc<Mutex<Tables>>);

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty store behind an [`Arc`], as the ports are used.
    #[must_use]
    pub fn fresh() -> Arc<Self> {
        Arc::new(Self::new())
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        lock(&self.0)
    }
}
