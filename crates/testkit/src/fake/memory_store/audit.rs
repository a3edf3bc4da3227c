use application::audit::purge_entry;
use application::ports::{AuditEntry, AuditLog, AuditRow, StoreError};
use async_trait::async_trait;
use chrono::{DateTime, Utc};

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

    async fn purge_audit(&self, before: DateTime<Utc>, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut tables = self.tables();
        let old = tables.audit.iter().take_while(|row| row.entry.at < before).count();
        let Some(last) = old.checked_sub(1).and_then(|at| tables.audit.get(at)) else { return Ok(0) };
        let entry = purge_entry(now, last.sequence, &last.hash);
        tables.append_audit(entry);
        tables.audit.drain(..old);
        Ok(old as u64)
    }
}
