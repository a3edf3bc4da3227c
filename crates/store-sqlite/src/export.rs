//! Everything in the database, row by row, for a move to another store.

mod parts;
mod rows;
mod source;
mod timeline;

use std::sync::Arc;

use application::model::{Cursor, Origin, Page, Row, Table, Value};
use application::ports::{AddressVault, StoreError, StoreExport, StoredRows};
use async_trait::async_trait;
use sha2::{Digest, Sha256};
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments, AssertSqlSafe};

use self::parts::Part;
use self::rows::Reading;
pub use self::source::SqliteSource;
use crate::columns::Columns;
use crate::installation::{DATA_KEY_CHECK, is_known};
use crate::query_error::QueryError;

const OLDEST: &str = "SELECT accepted_at FROM mail ORDER BY seq LIMIT 1";

/// Everything in a database that nobody else has open.
pub struct SqliteExport {
    source: SqliteSource,
    vault: Arc<dyn AddressVault>,
}

impl SqliteExport {
    /// Reads `source` with the key in `vault`.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when the database was written with another data key;
    /// [`StoreError::Unavailable`] when no installation was begun in it.
    pub async fn new(source: SqliteSource, vault: Arc<dyn AddressVault>) -> Result<Self, StoreError> {
        let check = source.kept(DATA_KEY_CHECK).await?.ok_or_else(nothing)?;
        is_known(vault.as_ref(), &check)?;
        Ok(Self { source, vault })
    }

    async fn page(
        &self,
        table: &'static Table,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page, QueryError> {
        let parts = parts::of(table);
        let (place, after) = match after.map(|after| after.split_first()) {
            Some(Some((Value::Int(place), after))) => (usize::try_from(*place).unwrap_or(usize::MAX), after),
            Some(_) => return Err(QueryError::corrupt("a cursor", "of another store")),
            None => (0, &[][..]),
        };
        let mut page = self.part(table, parts.get(place), after, limit).await?;
        page.next = match page.next {
            Some(after) => Some(cursor(place, after)),
            None if place + 1 < parts.len() => Some(cursor(place + 1, Vec::new())),
            None => None,
        };
        Ok(page)
    }

    async fn part(
        &self,
        table: &'static Table,
        part: Option<&'static Part>,
        after: &[Value],
        limit: u32,
    ) -> Result<Page, QueryError> {
        let mut values = SqliteArguments::default();
        values.add(limit).map_err(|error| QueryError::Sql(sqlx::Error::Encode(error)))?;
        after.iter().try_for_each(|value| rows::bind(&mut values, value))?;
        // Made of the names in the lists of tables and columns alone.
        let sql = AssertSqlSafe(parts::statement(table, part, !after.is_empty()));
        let mut connection = self.source.connection.lock().await;
        let found = sqlx::query_with(sql, values).fetch_all(&mut *connection).await?;
        let (key, extra) = parts::leading(table, part);
        let plain = |row, range: std::ops::Range<usize>| -> Result<Vec<Value>, QueryError> {
            range.map(|index| rows::plain(row, index, table.name)).collect()
        };
        let mut read: Vec<(Vec<Value>, Row)> = Vec::with_capacity(found.len());
        for row in &found {
            let values = (key + extra..).zip(table.columns);
            let values = values.map(|(index, column)| rows::value(row, index, *column, table.name));
            read.push((plain(row, key..key + extra)?, values.collect::<Result<_, _>>()?));
        }
        if let Some(complete) = part.and_then(|part| part.complete) {
            let reading = Reading { connection: &mut connection, vault: self.vault.as_ref() };
            complete(reading, table, &mut read).await?;
        }
        let next = found.last().filter(|_| found.len() as u64 == u64::from(limit));
        let next = next.map(|row| plain(row, 0..key)).transpose()?;
        Ok(Page { rows: read.into_iter().map(|(_, row)| row).collect(), next })
    }
}

fn cursor(part: usize, after: Vec<Value>) -> Cursor {
    let part = Value::Int(i64::try_from(part).unwrap_or(i64::MAX));
    std::iter::once(part).chain(after).collect()
}

fn nothing() -> StoreError {
    StoreError::Unavailable("there is no installation in this database".to_owned())
}

#[async_trait]
impl StoreExport for SqliteExport {
    async fn origin(&self) -> Result<Origin, StoreError> {
        // Sealed at random when the installation began: no other has the same.
        let check = self.source.kept(DATA_KEY_CHECK).await?.ok_or_else(nothing)?;
        let installation = Sha256::digest(&check).iter().map(|byte| format!("{byte:02x}")).collect();
        let mut connection = self.source.connection.lock().await;
        let oldest = sqlx::query(OLDEST).fetch_optional(&mut *connection).await.map_err(QueryError::Sql)?;
        let oldest_mail = oldest.map(|row| row.time("mail.accepted_at")).transpose()?;
        Ok(Origin { installation, oldest_mail })
    }
}

#[async_trait]
impl StoredRows for SqliteExport {
    async fn count(&self, table: &'static Table) -> Result<u64, StoreError> {
        let parts = parts::of(table);
        let mut connection = self.source.connection.lock().await;
        let mut count = 0;
        for place in 0..parts.len().max(1) {
            let sql = AssertSqlSafe(parts::count(table, parts.get(place)));
            let row = sqlx::query(sql).fetch_one(&mut *connection).await.map_err(QueryError::Sql)?;
            count += row.read::<i64>("table.count")?.unsigned_abs();
        }
        Ok(count)
    }

    async fn read(
        &self,
        table: &'static Table,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page, StoreError> {
        Ok(self.page(table, after, limit).await?)
    }
}

/// The tables that this store keeps just as they move.
#[cfg(test)]
pub(crate) fn plain_tables() -> impl Iterator<Item = &'static Table> {
    application::TABLES.iter().filter(|table| parts::of(table).is_empty())
}

/// The tables of this store that a move reads.
#[cfg(test)]
pub(crate) fn tables() -> std::collections::BTreeSet<&'static str> {
    let parts = application::TABLES.iter().flat_map(parts::of).flat_map(|part| part.tables).copied();
    plain_tables().map(|table| table.name).chain(parts).collect()
}
