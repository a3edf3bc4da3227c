use application::audit::{GENESIS, begin_seal, purge_entry};
use application::model::{AuditEnd, AuditEntry, AuditRow};
use application::ports::{AuditLog, StoreError};
use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::super::TestVault;
use super::MemoryStore;
use crate::contract::AuditIntruder;

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

    async fn end(&self) -> Result<AuditEnd, StoreError> {
        let tables = self.tables();
        let last = tables.audit.last();
        Ok(AuditEnd {
            sequence: last.map_or(0, |row| row.sequence),
            hash: last.map_or(GENESIS, |row| row.hash),
            seal: tables.audit_seal.or_else(|| Some(begin_seal(&TestVault::default()))),
        })
    }

    async fn purge_audit(&self, before: DateTime<Utc>, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut tables = self.tables();
        let old = tables.audit.iter().take_while(|row| row.entry.at < before).count();
        let Some(last) = old.checked_sub(1).and_then(|at| tables.audit.get(at)) else { return Ok(0) };
        let mac = tables.audit.iter().take(old).rev().find_map(|row| row.mac);
        let entry = purge_entry(now, last.sequence, &last.hash, mac.as_ref());
        tables.append_audit(entry);
        tables.audit.drain(..old);
        Ok(old as u64)
    }
}

#[async_trait]
impl AuditIntruder for MemoryStore {
    async fn replace(&self, rows: &[AuditRow]) {
        self.tables().audit = rows.to_vec();
    }
}
