//! Reading rows: every value is checked on its way out, and a wrong one is named by table and
//! column.

use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;
use sqlx::{Decode, Row, Sqlite, Type};

use crate::query_error::QueryError;

/// Reads columns by their column, written `table.column`.
pub(crate) trait Columns {
    /// The value at `column`.
    fn read<'r, T: Decode<'r, Sqlite> + Type<Sqlite>>(
        &'r self,
        column: &'static str,
    ) -> Result<T, QueryError>;

    /// A UUID or a fingerprint.
    fn bytes<const N: usize>(&self, column: &'static str) -> Result<[u8; N], QueryError> {
        array(self.read(column)?, column)
    }

    /// The same, where it may be absent.
    fn optional_bytes<const N: usize>(&self, column: &'static str) -> Result<Option<[u8; N]>, QueryError> {
        self.read::<Option<&[u8]>>(column)?.map(|bytes| array(bytes, column)).transpose()
    }

    /// A timestamp.
    fn time(&self, column: &'static str) -> Result<DateTime<Utc>, QueryError> {
        timestamp(self.read(column)?, column)
    }

    /// A timestamp, if it is set.
    fn optional_time(&self, column: &'static str) -> Result<Option<DateTime<Utc>>, QueryError> {
        self.read::<Option<i64>>(column)?.map(|milliseconds| timestamp(milliseconds, column)).transpose()
    }

    /// A count that fits 32 bits.
    fn count(&self, column: &'static str) -> Result<u32, QueryError> {
        u32::try_from(self.read::<i64>(column)?).map_err(|error| QueryError::corrupt(column, error))
    }
}

impl Columns for SqliteRow {
    fn read<'r, T: Decode<'r, Sqlite> + Type<Sqlite>>(
        &'r self,
        column: &'static str,
    ) -> Result<T, QueryError> {
        let column = column.rsplit_once('.').map_or(column, |(_, column)| column);
        self.try_get(column).map_err(|error| QueryError::corrupt(column, error))
    }
}

fn array<const N: usize>(bytes: &[u8], column: &'static str) -> Result<[u8; N], QueryError> {
    <[u8; N]>::try_from(bytes)
        .map_err(|_| QueryError::corrupt(column, format!("{} octets instead of {N}", bytes.len())))
}

fn timestamp(milliseconds: i64, column: &'static str) -> Result<DateTime<Utc>, QueryError> {
    DateTime::from_timestamp_millis(milliseconds)
        .ok_or_else(|| QueryError::corrupt(column, "a time out of range"))
}

/// A timestamp as it is stored: whole milliseconds since the Unix epoch.
pub(crate) fn millis(at: DateTime<Utc>) -> i64 {
    at.timestamp_millis()
}
