use std::sync::{Arc, LazyLock};

use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments, AssertSqlSafe, SqliteConnection};

/// A new request as its row, sealed by the caller.
pub(crate) struct RecordRow {
    pub(crate) id: [u8; 16],
    pub(crate) organisation: [u8; 16],
    pub(crate) api_key: Option<[u8; 16]>,
    pub(crate) sandbox: bool,
    pub(crate) accepted_at: i64,
    pub(crate) expires_at: i64,
    pub(crate) fingerprint: [u8; 16],
    pub(crate) masked: String,
    pub(crate) submitted: Vec<u8>,
}

const INSERT: &str = "INSERT INTO mail (id, organisation_id, api_key_id, sandbox, priority, accepted_at, expires_at, \
     address_fingerprint, address_masked, submitted, kind, stage, state) VALUES ";
/// `priority` is 1 for links and 0 for notices: links go first.
const ROW: &str = "(?,?,?,?,1,?,?,?,?,?,0,0,'in-queue')";
const VALUES: usize = 9;
const ONCE: &str = " ON CONFLICT (id) DO NOTHING";

/// Rows of one statement. Every number up to it has a prepared statement of its own, so that a
/// round of so many requests is one statement whatever their number.
pub(super) const CHUNK: usize = 64;

static SQL: LazyLock<Vec<Arc<str>>> = LazyLock::new(|| (1..=CHUNK).map(|rows| insert(rows).into()).collect());

fn insert(rows: usize) -> String {
    let mut sql = String::with_capacity(INSERT.len() + rows * (ROW.len() + 1) + ONCE.len());
    sql.push_str(INSERT);
    for row in 0..rows {
        if row > 0 {
            sql.push(',');
        }
        sql.push_str(ROW);
    }
    sql.push_str(ONCE);
    sql
}

/// Inserts at most [`CHUNK`] rows by one statement, which is one transaction of its own where none
/// is open.
pub(super) async fn insert_rows(
    connection: &mut SqliteConnection,
    rows: &[RecordRow],
) -> Result<(), sqlx::Error> {
    let Some(sql) = rows.len().checked_sub(1).and_then(|index| SQL.get(index)) else { return Ok(()) };
    let mut values = SqliteArguments::default();
    values.reserve(rows.len() * VALUES, 0);
    for row in rows {
        add(&mut values, row).map_err(sqlx::Error::Encode)?;
    }
    sqlx::query_with(AssertSqlSafe(Arc::clone(sql)), values).execute(connection).await?;
    Ok(())
}

fn add(values: &mut SqliteArguments, row: &RecordRow) -> Result<(), sqlx::error::BoxDynError> {
    values.add(row.id.to_vec())?;
    values.add(row.organisation.to_vec())?;
    values.add(row.api_key.map(|id| id.to_vec()))?;
    values.add(row.sandbox)?;
    values.add(row.accepted_at)?;
    values.add(row.expires_at)?;
    values.add(row.fingerprint.to_vec())?;
    values.add(row.masked.clone())?;
    values.add(row.submitted.clone())
}
