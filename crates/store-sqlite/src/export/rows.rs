use application::model::{Column, Kind, Value};
use application::ports::AddressVault;
use chrono::{DateTime, Utc};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Arguments, Decode, Row as _, Sqlite, SqliteConnection, Type, TypeInfo, ValueRef};

use crate::query_error::QueryError;

/// What a page is read with.
pub(super) struct Reading<'r> {
    pub(super) connection: &'r mut SqliteConnection,
    pub(super) vault: &'r dyn AddressVault,
}

/// The value at `index` as a column of a move. `table` is told where it is nonsense.
pub(super) fn value(
    row: &SqliteRow,
    index: usize,
    column: Column,
    table: &'static str,
) -> Result<Value, QueryError> {
    let value = match column.kind {
        Kind::Bool => get::<bool>(row, index, table)?.map(Value::Bool),
        Kind::Int => get::<i64>(row, index, table)?.map(Value::Int),
        Kind::Text | Kind::Json | Kind::Sealed => get::<String>(row, index, table)?.map(Value::Text),
        Kind::Bytes => get::<Vec<u8>>(row, index, table)?.map(Value::Bytes),
        Kind::Id => get::<&[u8]>(row, index, table)?
            .map(|bytes| {
                bytes.try_into().map(Value::Id).map_err(|_| QueryError::corrupt(table, "not a UUID"))
            })
            .transpose()?,
        Kind::Time => {
            get::<i64>(row, index, table)?.map(|at| moment(at, table).map(Value::Time)).transpose()?
        }
        Kind::Texts => list(row, index, table)?.map(Value::Texts),
        Kind::Times => match list::<i64>(row, index, table)? {
            Some(mut times) => {
                times.sort_unstable();
                let times = times.into_iter().map(|at| moment(at, table)).collect::<Result<_, _>>()?;
                Some(Value::Times(times))
            }
            None => None,
        },
        // Filled in by whoever asked.
        Kind::SealedTexts => None,
    };
    Ok(value.unwrap_or(Value::Null))
}

/// The value at `index` as SQLite has it.
pub(super) fn plain(row: &SqliteRow, index: usize, table: &'static str) -> Result<Value, QueryError> {
    let raw = row.try_get_raw(index).map_err(|error| QueryError::corrupt(table, error))?;
    let kind = if raw.is_null() { "NULL".to_owned() } else { raw.type_info().name().to_owned() };
    let value = match kind.as_str() {
        "INTEGER" => get::<i64>(row, index, table)?.map(Value::Int),
        "TEXT" => get::<String>(row, index, table)?.map(Value::Text),
        "BLOB" => get::<Vec<u8>>(row, index, table)?.map(Value::Bytes),
        _ => None,
    };
    Ok(value.unwrap_or(Value::Null))
}

/// Binds what [`plain`] read.
pub(super) fn bind(values: &mut SqliteArguments, value: &Value) -> Result<(), QueryError> {
    let added = match value {
        Value::Int(value) => values.add(*value),
        Value::Text(value) => values.add(value.clone()),
        Value::Bytes(value) => values.add(value.clone()),
        _ => return Err(QueryError::corrupt("a cursor", "of another store")),
    };
    added.map_err(|error| QueryError::Sql(sqlx::Error::Encode(error)))
}

pub(super) fn moment(milliseconds: i64, table: &'static str) -> Result<DateTime<Utc>, QueryError> {
    DateTime::from_timestamp_millis(milliseconds)
        .ok_or_else(|| QueryError::corrupt(table, "a time out of range"))
}

fn get<'r, T: Decode<'r, Sqlite> + Type<Sqlite>>(
    row: &'r SqliteRow,
    index: usize,
    table: &'static str,
) -> Result<Option<T>, QueryError> {
    row.try_get(index).map_err(|error| QueryError::corrupt(table, error))
}

/// A JSON array.
fn list<T: serde::de::DeserializeOwned>(
    row: &SqliteRow,
    index: usize,
    table: &'static str,
) -> Result<Option<Vec<T>>, QueryError> {
    let text = get::<&str>(row, index, table)?;
    text.map(|text| serde_json::from_str(text).map_err(|error| QueryError::corrupt(table, error))).transpose()
}
