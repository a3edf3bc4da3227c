use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use application::model::{Begun, Cursor, MoveProgress, Origin, Page, Row, Table, Value};
use application::ports::{StoreError, StoreExport, StoreImport, StoredRows};
use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::lock;

/// Rows on their way between stores, in memory: both ends of a move. Clones share everything.
#[derive(Debug, Clone, Default)]
pub struct MemoryRows {
    tables: Arc<Mutex<BTreeMap<&'static str, Vec<Row>>>>,
    progress: Arc<Mutex<Option<MoveProgress>>>,
    /// Batches that may still be written; zero: there is no limit.
    room: Arc<AtomicU64>,
}

impl MemoryRows {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a row into `table`, past every move.
    pub fn insert(&self, table: &'static Table, row: Row) {
        lock(&self.tables).entry(table.name).or_default().push(row);
    }

    /// What is in `table`.
    #[must_use]
    pub fn rows(&self, table: &Table) -> Vec<Row> {
        lock(&self.tables).get(table.name).cloned().unwrap_or_default()
    }

    /// Lets `batches` through and fails then, once.
    pub fn fail_after(&self, batches: u64) {
        self.room.store(batches + 1, Ordering::Relaxed);
    }

    /// Whether a move has begun and not ended.
    #[must_use]
    pub fn is_moving(&self) -> bool {
        lock(&self.progress).is_some()
    }
}

#[async_trait]
impl StoredRows for MemoryRows {
    async fn count(&self, table: &'static Table) -> Result<u64, StoreError> {
        Ok(self.rows(table).len() as u64)
    }

    async fn read(
        &self,
        table: &'static Table,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page, StoreError> {
        let done = match after.map(Vec::as_slice) {
            None => 0,
            Some([Value::Int(done)]) => usize::try_from(*done).unwrap_or_default(),
            Some(_) => return Err(StoreError::corrupt("a cursor", "of another store")),
        };
        let all = self.rows(table);
        let rows: Vec<Row> = all.iter().skip(done).take(limit as usize).cloned().collect();
        let next = done + rows.len();
        let next = (next < all.len()).then(|| vec![Value::Int(i64::try_from(next).unwrap_or(i64::MAX))]);
        Ok(Page { rows, next })
    }
}

#[async_trait]
impl StoreExport for MemoryRows {
    async fn origin(&self) -> Result<Origin, StoreError> {
        Ok(Origin { installation: format!("{:p}", Arc::as_ptr(&self.tables)), oldest_mail: None })
    }
}

#[async_trait]
impl StoreImport for MemoryRows {
    async fn begin(&self, origin: &Origin, _now: DateTime<Utc>) -> Result<Begun, StoreError> {
        let mut progress = lock(&self.progress);
        if let Some(progress) = progress.as_ref() {
            let same = progress.installation == origin.installation;
            return Ok(if same { Begun::Resumed(progress.clone()) } else { Begun::OtherMove });
        }
        let taken = application::TABLES.iter().find(|table| !self.rows(table).is_empty());
        if let Some(table) = taken {
            return Ok(Begun::Occupied(table.name));
        }
        let first = application::TABLES.first().map(|table| table.name.to_owned());
        *progress =
            Some(MoveProgress { installation: origin.installation.clone(), table: first, after: None });
        Ok(Begun::Fresh)
    }

    async fn write(
        &self,
        table: &'static Table,
        rows: &[Row],
        progress: &MoveProgress,
    ) -> Result<(), StoreError> {
        match self.room.load(Ordering::Relaxed) {
            0 => {}
            1 => {
                self.room.store(0, Ordering::Relaxed);
                return Err(StoreError::Unavailable("the connection was lost".to_owned()));
            }
            room => self.room.store(room - 1, Ordering::Relaxed),
        }
        rows.iter().for_each(|row| self.insert(table, row.clone()));
        *lock(&self.progress) = Some(progress.clone());
        Ok(())
    }

    async fn finish(&self) -> Result<(), StoreError> {
        *lock(&self.progress) = None;
        Ok(())
    }
}
