//! Reading rows: every value is checked on its way out, and a wrong one is named by table and
//! column.

use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;
use sqlx::{Decode, Row, Sqlite, Type};

use crate::query_error::QueryError;

/// Reads columns by their place, written `table.column`.
pub(crate) trait Columns {
    /// The value at `place`.
    fn read<'r, T: Decode<'r, Sqlite> + Type<Sqlite>>(&'r self, place: &'static str)
    -> Result<T, QueryError>;

    /// A UUID or a fingerprint.
    fn bytes<const N: usize>(&self, place: &'static str) -> Result<[u8; N], QueryError> {
        array(self.read(place)?, place)
    }

    /// The same, where it may be absent.
    fn optional_bytes<const N: usize>(&self, place: &'static str) -> Result<Option<[u8; N]>, QueryError> {
        self.read::<Option<&[u8]>>(place)?.map(|bytes| array(bytes, place)).transpose()
    }

    /// A moment.
    fn time(&self, place: &'static str) -> Result<DateTime<Utc>, QueryError> {
        moment(self.read(place)?, place)
    }

    /// A moment that may not have come.
    fn optional_time(&self, place: &'static str) -> Result<Option<DateTime<Utc>>, QueryError> {
        self.read::<Option<i64>>(place)?.map(|milliseconds| moment(milliseconds, place)).transpose()
    }

    /// A count that fits 32 bits.
    fn count(&self, place: &'static str) -> Result<u32, QueryError> {
        u32::try_from(self.read::<i64>(place)?).map_err(|error| QueryError::corrupt(place, error))
    }
}

impl Columns for SqliteRow {
    fn read<'r, T: Decode<'r, Sqlite> + Type<Sqlite>>(
        &'r self,
        place: &'static str,
    ) -> Result<T, QueryError> {
        let column = place.rsplit_once('.').map_or(place, |(_, column)| column);
        self.try_get(column).map_err(|error| QueryError::corrupt(place, error))
    }
}

fn array<const N: usize>(bytes: &[u8], place: &'static str) -> Result<[u8; N], QueryError> {
    <[u8; N]>::try_from(bytes)
        .map_err(|_| QueryError::corrupt(place, format!("{} octets instead of {N}", bytes.len())))
}

fn moment(milliseconds: i64, place: &'static str) -> Result<DateTime<Utc>, QueryError> {
    DateTime::from_timestamp_millis(milliseconds)
        .ok_or_else(|| QueryError::corrupt(place, "a time out of range"))
}

/// A moment as it is stored: whole milliseconds since the Unix epoch.
pub(crate) fn millis(at: DateTime<Utc>) -> i64 {
    at.timestamp_millis()
}
