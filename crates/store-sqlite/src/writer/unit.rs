use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Encode, Sqlite, SqliteConnection, Type};

/// Opens a job's own savepoint by closing the previous job's, which keeps its changes.
pub(super) const OWN_SAVEPOINT: &str = own_savepoint!();

/// The text that opens a job's own savepoint, followed by the statements given. A first statement
/// that begins with it saves a trip to SQLite's thread; one that does not is preceded by that trip.
macro_rules! own_savepoint {
    () => {
        "RELEASE job; SAVEPOINT job;"
    };
    ($sql:expr) => {
        concat!("RELEASE job; SAVEPOINT job;", $sql)
    };
}
pub(crate) use own_savepoint;

/// One or more SQL statements with their values.
///
/// Where it holds several, they MUST name their values `$1`, `$2`, …: sqlx binds those by number in
/// every statement, while it counts `?` across statements and misplaces `?1` where a statement
/// leaves a gap. Only the rows of all statements together can be had, so only one of them should
/// return any.
pub(crate) struct Statement {
    opens: bool,
    query: Query<'static, Sqlite, SqliteArguments>,
}

impl Statement {
    /// These statements, without values yet.
    pub(crate) fn new(sql: &'static str) -> Self {
        Self { opens: sql.starts_with(OWN_SAVEPOINT), query: sqlx::query(sql) }
    }

    /// The next value.
    pub(crate) fn bind<'v, T: Encode<'v, Sqlite> + Type<Sqlite> + 'static>(self, value: T) -> Self {
        Self { query: self.query.bind(value), ..self }
    }
}

/// A job's view of the connection: it sees the database as it is in the middle of the transaction,
/// and whatever it changes can be undone without its neighbours'.
pub(crate) struct Unit<'c> {
    connection: &'c mut SqliteConnection,
    opened: bool,
}

impl<'c> Unit<'c> {
    /// A job about to run in the open transaction of `connection`, in which a savepoint `job`
    /// stands.
    pub(super) const fn new(connection: &'c mut SqliteConnection) -> Self {
        Self { connection, opened: false }
    }

    /// Whether there is anything to undo.
    pub(super) const fn opened(&self) -> bool {
        self.opened
    }

    /// Runs the statements; their rows, if any, are thrown away.
    pub(crate) async fn run(&mut self, statement: Statement) -> Result<(), sqlx::Error> {
        self.open(&statement).await?;
        statement.query.execute(&mut *self.connection).await?;
        Ok(())
    }

    /// Runs the statements up to the first row.
    pub(crate) async fn row(&mut self, statement: Statement) -> Result<Option<SqliteRow>, sqlx::Error> {
        self.open(&statement).await?;
        statement.query.fetch_optional(&mut *self.connection).await
    }

    /// Runs the statements and returns their rows.
    pub(crate) async fn rows(&mut self, statement: Statement) -> Result<Vec<SqliteRow>, sqlx::Error> {
        self.open(&statement).await?;
        statement.query.fetch_all(&mut *self.connection).await
    }

    async fn open(&mut self, statement: &Statement) -> Result<(), sqlx::Error> {
        debug_assert!(!(self.opened && statement.opens), "a job opens its savepoint once");
        if !self.opened && !statement.opens {
            sqlx::query(OWN_SAVEPOINT).execute(&mut *self.connection).await?;
        }
        self.opened = true;
        Ok(())
    }
}
