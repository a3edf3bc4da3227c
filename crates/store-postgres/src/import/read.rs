use application::model::{Column, Cursor, Kind, Page, Row, Table, Value};
use application::ports::AddressVault;
use application::sealed::open_text;
use chrono::{DateTime, Utc};
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::types::Uuid;
use sqlx::{Arguments, AssertSqlSafe, Decode, PgConnection, Postgres, Row as _, Type};

use super::MOVE;
use crate::columns::uuid;
use crate::query_error::QueryError;

/// What is no row of the installation's own.
fn condition(table: &Table) -> String {
    if table.name == "installation" { format!("name <> '{MOVE}'") } else { "true".to_owned() }
}

/// How many rows `table` has. Made of names in the list of tables alone.
pub(super) fn count(table: &Table) -> AssertSqlSafe<String> {
    AssertSqlSafe(format!("SELECT count(*) AS count FROM {} WHERE {}", table.name, condition(table)))
}

/// Whether `table` has any row.
pub(super) fn any(table: &Table) -> AssertSqlSafe<String> {
    AssertSqlSafe(format!("SELECT EXISTS (SELECT FROM {} WHERE {}) AS taken", table.name, condition(table)))
}

fn statement(table: &Table, after: bool) -> String {
    let value = |column: &Column| match column.kind {
        Kind::Int => format!("{}::bigint", column.name),
        Kind::Json => format!("{}::text", column.name),
        _ => column.name.to_owned(),
    };
    let values: Vec<String> = table.columns.iter().map(value).collect();
    let key: Vec<&str> = table.columns.iter().take(table.key).map(|column| column.name).collect();
    let key = key.join(", ");
    let mut sql = format!("SELECT {} FROM {} WHERE {}", values.join(", "), table.name, condition(table));
    if after {
        let places: Vec<String> = (0..table.key).map(|place| format!("${}", place + 2)).collect();
        sql.push_str(&format!(" AND ({key}) > ({})", places.join(", ")));
    }
    sql.push_str(&format!(" ORDER BY {key} LIMIT $1"));
    sql
}

/// A page in the order of the key.
pub(super) async fn page(
    connection: &mut PgConnection,
    vault: &dyn AddressVault,
    table: &'static Table,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Page, QueryError> {
    let mut values = PgArguments::default();
    let added = values.add(i64::from(limit));
    added.map_err(|error| QueryError::Sql(sqlx::Error::Encode(error)))?;
    for value in after.into_iter().flatten() {
        bind(&mut values, value)?;
    }
    let sql = AssertSqlSafe(statement(table, after.is_some()));
    let found = sqlx::query_with(sql, values).fetch_all(connection).await?;
    let read = |row: &PgRow| -> Result<Row, QueryError> {
        let columns = table.columns.iter().enumerate();
        columns.map(|(index, column)| value(row, index, *column, vault, table.name)).collect()
    };
    let rows = found.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let last = rows.last().filter(|_| rows.len() as u64 == u64::from(limit));
    let next = last.map(|row| row.iter().take(table.key).cloned().collect());
    Ok(Page { rows, next })
}

fn bind(values: &mut PgArguments, value: &Value) -> Result<(), QueryError> {
    let added = match value {
        Value::Int(value) => values.add(*value),
        Value::Text(value) => values.add(value.clone()),
        Value::Bytes(value) => values.add(value.clone()),
        Value::Id(value) => values.add(uuid(value)),
        Value::Time(value) => values.add(*value),
        _ => return Err(QueryError::corrupt("a cursor", "of another store")),
    };
    added.map_err(|error| QueryError::Sql(sqlx::Error::Encode(error)))
}

fn value(
    row: &PgRow,
    index: usize,
    column: Column,
    vault: &dyn AddressVault,
    table: &'static str,
) -> Result<Value, QueryError> {
    let value = match column.kind {
        Kind::Bool => get::<bool>(row, index, table)?.map(Value::Bool),
        Kind::Int => get::<i64>(row, index, table)?.map(Value::Int),
        Kind::Text | Kind::Json => get::<String>(row, index, table)?.map(Value::Text),
        Kind::Bytes => get::<Vec<u8>>(row, index, table)?.map(Value::Bytes),
        Kind::Id => get::<Uuid>(row, index, table)?.map(|id| Value::Id(id.into_bytes())),
        Kind::Time => get::<DateTime<Utc>>(row, index, table)?.map(Value::Time),
        Kind::Texts => get::<Vec<String>>(row, index, table)?.map(Value::Texts),
        Kind::Times => get::<Vec<DateTime<Utc>>>(row, index, table)?.map(|mut times| {
            times.sort_unstable();
            Value::Times(times)
        }),
        Kind::Sealed => get::<&[u8]>(row, index, table)?
            .map(|sealed| open_text(vault, sealed, table).map(Value::Text))
            .transpose()?,
        Kind::SealedTexts => get::<Vec<Vec<u8>>>(row, index, table)?
            .map(|sealed| {
                let opened = sealed.iter().map(|sealed| open_text(vault, sealed, table));
                opened.collect::<Result<_, _>>().map(Value::Texts)
            })
            .transpose()?,
    };
    Ok(value.unwrap_or(Value::Null))
}

fn get<'r, T: Decode<'r, Postgres> + Type<Postgres>>(
    row: &'r PgRow,
    index: usize,
    table: &'static str,
) -> Result<Option<T>, QueryError> {
    row.try_get(index).map_err(|error| QueryError::corrupt(table, error))
}
