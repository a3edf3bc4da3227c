use application::ports::StoreError;
use sqlx::error::DatabaseError;

/// What can go wrong inside the store, before it is put into the ports' words.
#[derive(Debug)]
pub(crate) enum QueryError {
    /// PostgreSQL or sqlx said so.
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

    pub(crate) fn unavailable(why: impl Into<String>) -> Self {
        Self::Store(StoreError::Unavailable(why.into()))
    }

    /// Whether the connection is gone, about to go, or leads to a server that no longer takes
    /// writes (25006: it has become a standby), rather than the statement wrong.
    pub(crate) fn lost_connection(&self) -> bool {
        match self {
            Self::Sql(sqlx::Error::Database(cause)) => class(cause.as_ref(), &["08", "57P", "25006"]),
            Self::Sql(sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::Tls(_)) => true,
            Self::Sql(sqlx::Error::WorkerCrashed) => true,
            Self::Sql(_) | Self::Store(_) => false,
        }
    }

    /// Whether the server takes no writes: a standby, or one that is set to read only.
    pub(crate) fn read_only(&self) -> bool {
        matches!(self, Self::Sql(sqlx::Error::Database(cause)) if class(cause.as_ref(), &["25006"]))
    }

    /// Whether one row of a batch may be to blame: a value that does not fit, or that a constraint
    /// forbids.
    pub(crate) fn blames_a_row(&self) -> bool {
        matches!(self, Self::Sql(sqlx::Error::Database(cause)) if class(cause.as_ref(), &["22", "23"]))
    }

    /// Whether PostgreSQL chose this transaction to give way to another: a deadlock, or a lock that
    /// took too long.
    pub(crate) fn gave_way(&self) -> bool {
        matches!(self, Self::Sql(sqlx::Error::Database(cause)) if class(cause.as_ref(), &["40", "55P03"]))
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

/// SQLSTATE class XX with these codes means a damaged table or index (PostgreSQL's appendix A).
const DAMAGED: [&str; 2] = ["XX001", "XX002"];

/// A server that is away, full, locked or not migrated all mean the same to the caller: nothing
/// happened, try again later. Only the message is told, which names tables and columns; PostgreSQL
/// puts values into its detail, which is not.
fn translate(error: &sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::ColumnDecode { index, source } => {
            StoreError::Corrupt { place: "a column", error: format!("{index}: {source}") }
        }
        sqlx::Error::Database(cause) if class(cause.as_ref(), &DAMAGED) => {
            StoreError::Corrupt { place: "the database", error: cause.message().to_owned() }
        }
        sqlx::Error::Database(cause) => StoreError::Unavailable(match cause.code() {
            Some(code) => format!("{} (SQLSTATE {code})", cause.message()),
            None => cause.message().to_owned(),
        }),
        sqlx::Error::PoolTimedOut => {
            StoreError::Unavailable("no connection to PostgreSQL became free in time".to_owned())
        }
        other => StoreError::Unavailable(other.to_string()),
    }
}

/// Whether the SQLSTATE begins with one of `prefixes`.
fn class(cause: &dyn DatabaseError, prefixes: &[&str]) -> bool {
    cause.code().is_some_and(|code| prefixes.iter().any(|prefix| code.starts_with(prefix)))
}
