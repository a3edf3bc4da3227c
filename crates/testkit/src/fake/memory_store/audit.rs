use application::ports::{AuditEntry, AuditLog, AuditRow, StoreError};
use async_trait::async_trait;

use super::MemoryStore;

#[async_trait]
impl AuditLog for MemoryStore {
    async fn append(&self, entry: &AuditEntry) -> Result<(), StoreError> {
        self.tables().append_audit(entry.clone());
        Ok(())
    }

    async fn read(&self, after: i64, limit: u32) -> Result<Vec<AuditRow>, StoreError> {
        let tables = self.tables();
        Ok(tables.audit.iter().filter(|row| row.sequence > after).take(limit as usize).cloned().collect())
    }
}
