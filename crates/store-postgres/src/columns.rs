//! Reading rows: every value is checked on its way out, and a wrong one is named by table and
//! column.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use sqlx::postgres::PgRow;
use sqlx::types::Uuid;
use sqlx::{Decode, Postgres, Row, Type};

use crate::query_error::QueryError;

/// Reads columns by their column, written `table.column`.
pub(crate) trait Columns {
    /// The value at `column`.
    fn read<'r, T: Decode<'r, Postgres> + Type<Postgres>>(
        &'r self,
        column: &'static str,
    ) -> Result<T, QueryError>;

    /// An identifier.
    fn id<T: From<[u8; 16]>>(&self, column: &'static str) -> Result<T, QueryError> {
        Ok(self.read::<Uuid>(column)?.into_bytes().into())
    }

    /// The same, where it may be absent.
    fn optional_id<T: From<[u8; 16]>>(&self, column: &'static str) -> Result<Option<T>, QueryError> {
        Ok(self.read::<Option<Uuid>>(column)?.map(|id| id.into_bytes().into()))
    }

    /// A hash or a fingerprint.
    fn bytes<const N: usize>(&self, column: &'static str) -> Result<[u8; N], QueryError> {
        let bytes = self.read::<&[u8]>(column)?;
        bytes
            .try_into()
            .map_err(|_| QueryError::corrupt(column, format!("{} octets instead of {N}", bytes.len())))
    }

    /// A timestamp.
    fn time(&self, column: &'static str) -> Result<DateTime<Utc>, QueryError> {
        self.read(column)
    }

    /// A timestamp, if it is set.
    fn optional_time(&self, column: &'static str) -> Result<Option<DateTime<Utc>>, QueryError> {
        self.read(column)
    }

    /// A count that fits 32 bits.
    fn count(&self, column: &'static str) -> Result<u32, QueryError> {
        u32::try_from(self.read::<i32>(column)?).map_err(|error| QueryError::corrupt(column, error))
    }

    /// A word that `parse` knows.
    fn word<T, E: ToString>(
        &self,
        column: &'static str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<T, QueryError> {
        parse(self.read(column)?).map_err(|error| QueryError::corrupt(column, error))
    }
}

impl Columns for PgRow {
    fn read<'r, T: Decode<'r, Postgres> + Type<Postgres>>(
        &'r self,
        column: &'static str,
    ) -> Result<T, QueryError> {
        let column = column.rsplit_once('.').map_or(column, |(_, column)| column);
        self.try_get(column).map_err(|error| QueryError::corrupt(column, error))
    }
}

/// An identifier as it is stored.
pub(crate) const fn uuid(bytes: &[u8; 16]) -> Uuid {
    Uuid::from_bytes(*bytes)
}

/// A text as PostgreSQL takes it: it knows every character but NUL, in whose column the replacement
/// character goes.
pub(crate) fn text(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "\u{fffd}")) } else { Cow::Borrowed(text) }
}
