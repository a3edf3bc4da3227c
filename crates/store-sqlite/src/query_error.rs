use application::ports::StoreError;

/// What can go wrong inside the store, before it is put into the ports' words.
#[derive(Debug)]
pub(crate) enum QueryError {
    /// SQLite or sqlx said so.
    Sql(sqlx::Error),
    /// Already in the ports' words.
    Store(StoreError),
}

impl QueryError {
    /// For `map_err`: a violated uniqueness becomes [`StoreError::Conflict`] with `what`.
    pub(crate) fn conflict(what: &'static str) -> impl Fn(sqlx::Error) -> Self {
        move |error| match &error {
            sqlx::Error::Database(cause) if cause.is_unique_violation() => {
                Self::Store(StoreError::Conflict(what))
            }
            _ => Self::Sql(error),
        }
    }

    /// A stored value that no version of this program writes.
    pub(crate) fn corrupt(place: &'static str, error: impl ToString) -> Self {
        Self::Store(StoreError::corrupt(place, error))
    }
}

impl From<sqlx::Error> for QueryError {
    fn from(error: sqlx::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<StoreError> for QueryError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<QueryError> for StoreError {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::Store(error) => error,
            QueryError::Sql(error) => translate(&error),
        }
    }
}

/// SQLite's primary result codes for a damaged file: `SQLITE_CORRUPT`, `SQLITE_NOTADB`.
const DAMAGED: [i32; 2] = [11, 26];

/// A full disk, a lock that was not released in time, an I/O error and a closed connection all mean
/// the same to the caller: nothing happened, try again later. SQLite's messages name tables and
/// columns, never values.
fn translate(error: &sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::ColumnDecode { index, source } => {
            StoreError::Corrupt { place: "a column", error: format!("{index}: {source}") }
        }
        sqlx::Error::Database(cause)
            if primary_code(cause.as_ref()).is_some_and(|code| DAMAGED.contains(&code)) =>
        {
            StoreError::Corrupt { place: "the file", error: cause.message().to_owned() }
        }
        sqlx::Error::Database(cause) => StoreError::Unavailable(cause.to_string()),
        other => StoreError::Unavailable(other.to_string()),
    }
}

/// The low byte of the extended result code (<https://www.sqlite.org/rescode.html>).
pub(crate) fn primary_code(cause: &dyn sqlx::error::DatabaseError) -> Option<i32> {
    Some(cause.code()?.parse::<i32>().ok()? & 0xff)
}

/// Whether the values of one row are to blame, so that its neighbours can be stored without it:
/// `SQLITE_TOOBIG`, `SQLITE_CONSTRAINT` (which includes a type that is not the column's),
/// `SQLITE_MISMATCH`.
pub(crate) fn is_of_one_row(error: &sqlx::Error) -> bool {
    const VALUES: [i32; 3] = [18, 19, 20];
    match error {
        sqlx::Error::Database(cause) => {
            primary_code(cause.as_ref()).is_some_and(|code| VALUES.contains(&code))
        }
        sqlx::Error::Encode(_) => true,
        _ => false,
    }
}

/// Whether another connection holds the lock that was asked for.
pub(crate) fn is_busy(error: &sqlx::Error) -> bool {
    /// `SQLITE_BUSY`.
    const BUSY: i32 = 5;
    matches!(error, sqlx::Error::Database(cause) if primary_code(cause.as_ref()) == Some(BUSY))
}
