//! An installation that moves in from another store.
//!
//! While it does, a row of `installation` says how far it has come. Every batch is one transaction
//! with that row, and no store is opened on a database that has it.

mod copy;
mod read;

use std::sync::Arc;
use std::time::Duration;

use application::TABLES;
use application::model::{Begun, Cursor, MoveProgress, Origin, Page, Row, Table};
use application::ports::{AddressVault, StoreError, StoreImport, StoredRows};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::{Connection, Executor, PgConnection};
use tokio::sync::Mutex;

use crate::PostgresDatabase;
use crate::columns::Columns;
use crate::installation::GET;
use crate::query_error::QueryError;

/// The name of the row that says how far a move has come.
const MOVE: &str = "move";

/// How often the lock of another move is asked for, and the pause between.
const TRIES: (u32, Duration) = (10, Duration::from_millis(100));

/// A batch that a crash takes is copied again, so that none of them waits for the disk. Pages go by
/// the key's index.
pub(crate) const MOVING: &str = "SELECT set_config('synchronous_commit', 'off', false), \
     set_config('default_transaction_isolation', 'read committed', false), \
     set_config('enable_seqscan', 'off', false), set_config('enable_bitmapscan', 'off', false)";
/// One move at a time. The number is this program's own; the lock ends with the connection.
pub(crate) const ALONE: &str = "SELECT pg_try_advisory_lock(hashtextextended('resetd move', 7)) AS got";
pub(crate) const NOTE_PROGRESS: &str = "INSERT INTO installation (name, value) VALUES ($1, $2) \
     ON CONFLICT (name) DO UPDATE SET value = excluded.value";
pub(crate) const FORGET_PROGRESS: &str = "DELETE FROM installation WHERE name = $1";
/// Where the chain goes on.
pub(crate) const SET_HEAD: &str = "UPDATE audit_head h SET sequence = a.sequence, hash = a.hash, \
     seal = (SELECT value FROM installation WHERE name = 'audit-seal') \
     FROM (SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1) a";
/// Former passwords to come are newer than those that came along.
pub(crate) const SET_HISTORY: &str = "SELECT setval(pg_get_serial_sequence('password_history', 'n'), \
     (SELECT greatest(max(n), 1) FROM password_history))";
/// Waits for the disk, whose log holds every batch before it.
const DURABLY: &str = "BEGIN; SET LOCAL synchronous_commit = on";

/// A database that an installation moves to.
pub struct PostgresImport {
    database: PostgresDatabase,
    vault: Arc<dyn AddressVault>,
    connection: Mutex<PgConnection>,
}

impl PostgresImport {
    /// Opens a migrated database for a move of what `vault` has the key of.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it cannot be reached, or another move to it is under way.
    pub async fn open(database: PostgresDatabase, vault: Arc<dyn AddressVault>) -> Result<Self, StoreError> {
        let mut connection = database.own_connection().await?;
        sqlx::query(MOVING).execute(&mut connection).await.map_err(QueryError::Sql)?;
        be_alone(&mut connection).await?;
        Ok(Self { database, vault, connection: Mutex::new(connection) })
    }

    async fn begin_move(&self, origin: &Origin, now: DateTime<Utc>) -> Result<Begun, QueryError> {
        let mut connection = self.connection.lock().await;
        if let Some(row) = sqlx::query(GET).bind(MOVE).fetch_optional(&mut *connection).await? {
            let progress: MoveProgress = serde_json::from_slice(row.read("installation.value")?)
                .map_err(|error| QueryError::corrupt("installation.value", error))?;
            let same = progress.installation == origin.installation;
            return Ok(if same { Begun::Resumed(progress) } else { Begun::OtherMove });
        }
        for table in TABLES {
            let row = sqlx::query(read::any(table)).fetch_one(&mut *connection).await?;
            if row.read("table.taken")? {
                return Ok(Begun::Occupied(table.name));
            }
        }
        self.database.maintain_since(origin.oldest_mail, now).await?;
        let first = TABLES.first().map(|table| table.name.to_owned());
        let progress = MoveProgress { installation: origin.installation.clone(), table: first, after: None };
        note(&mut connection, &progress).await?;
        Ok(Begun::Fresh)
    }

    async fn store(&self, table: &Table, rows: &[Row], progress: &MoveProgress) -> Result<(), QueryError> {
        let encoded = copy::encode(self.vault.as_ref(), table, rows)?;
        let mut connection = self.connection.lock().await;
        let mut transaction = connection.begin().await?;
        if !rows.is_empty() {
            let columns = table.columns.iter().map(|column| column.name);
            let columns: Vec<_> = columns.chain(copy::derived(table).iter().copied()).collect();
            // Made of the names in the list of tables alone.
            let sql = format!("COPY {} ({}) FROM STDIN", table.name, columns.join(", "));
            let mut copying = transaction.copy_in_raw(&sql).await?;
            copying.send(encoded).await?;
            copying.finish().await?;
        }
        note(&mut transaction, progress).await?;
        Ok(transaction.commit().await?)
    }

    async fn end(&self) -> Result<(), QueryError> {
        let mut connection = self.connection.lock().await;
        connection.execute("ANALYZE").await?;
        let mut transaction = connection.begin_with(DURABLY).await?;
        sqlx::query(SET_HEAD).execute(&mut *transaction).await?;
        sqlx::query(SET_HISTORY).execute(&mut *transaction).await?;
        sqlx::query(FORGET_PROGRESS).bind(MOVE).execute(&mut *transaction).await?;
        Ok(transaction.commit().await?)
    }
}

/// The server may not have noticed yet that an interrupted move is gone.
async fn be_alone(connection: &mut PgConnection) -> Result<(), QueryError> {
    for _ in 0..TRIES.0 {
        let row = sqlx::query(ALONE).fetch_one(&mut *connection).await?;
        if row.read::<bool>("pg_locks.got")? {
            return Ok(());
        }
        tokio::time::sleep(TRIES.1).await;
    }
    Err(QueryError::unavailable("another move to this database is under way"))
}

async fn note(connection: &mut PgConnection, progress: &MoveProgress) -> Result<(), QueryError> {
    let value =
        serde_json::to_vec(progress).map_err(|error| QueryError::corrupt("installation.value", error))?;
    sqlx::query(NOTE_PROGRESS).bind(MOVE).bind(value).execute(connection).await?;
    Ok(())
}

impl PostgresDatabase {
    /// Refuses to serve what has not moved in as a whole.
    pub(crate) async fn check_moved(&self) -> Result<(), StoreError> {
        let row = sqlx::query(GET).bind(MOVE).fetch_optional(&self.pool).await.map_err(QueryError::Sql)?;
        match row {
            Some(_) => Err(StoreError::Unavailable(
                "a move to this database was not finished: run the same `resetd move` again".to_owned(),
            )),
            None => Ok(()),
        }
    }
}

#[async_trait]
impl StoredRows for PostgresImport {
    async fn count(&self, table: &'static Table) -> Result<u64, StoreError> {
        let mut connection = self.connection.lock().await;
        let row =
            sqlx::query(read::count(table)).fetch_one(&mut *connection).await.map_err(QueryError::Sql)?;
        Ok(row.read::<i64>("table.count")?.unsigned_abs())
    }

    async fn read(
        &self,
        table: &'static Table,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page, StoreError> {
        let mut connection = self.connection.lock().await;
        Ok(read::page(&mut connection, self.vault.as_ref(), table, after, limit).await?)
    }
}

#[async_trait]
impl StoreImport for PostgresImport {
    async fn begin(&self, origin: &Origin, now: DateTime<Utc>) -> Result<Begun, StoreError> {
        Ok(self.begin_move(origin, now).await?)
    }

    async fn write(
        &self,
        table: &'static Table,
        rows: &[Row],
        progress: &MoveProgress,
    ) -> Result<(), StoreError> {
        Ok(self.store(table, rows, progress).await?)
    }

    async fn finish(&self) -> Result<(), StoreError> {
        Ok(self.end().await?)
    }
}
