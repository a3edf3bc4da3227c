use std::sync::Arc;

use application::ports::StoreError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteLockingMode};
use sqlx::{ConnectOptions, Executor, SqliteConnection};
use tokio::sync::Mutex;

use crate::columns::Columns;
use crate::database::locate;
use crate::installation::{DATA_KEY, GET};
use crate::migrate;
use crate::query_error::{QueryError, is_busy};

/// How long the lock of somebody who is about to leave is waited for.
const TIMEOUT: std::time::Duration = std::time::Duration::from_secs(1);

/// A database file that nobody else has open, to be read from its beginning to its end. Nothing in
/// it is changed, though SQLite may write its log back into it.
///
/// A process that has a database in WAL mode open holds a shared lock on it, whatever it does; here
/// the file is opened in exclusive locking mode, which no other lock goes with. So a server in use
/// refuses the move, and the move refuses a server.
#[derive(Debug, Clone)]
pub struct SqliteSource {
    pub(super) connection: Arc<Mutex<SqliteConnection>>,
}

impl SqliteSource {
    /// Opens the file at `location` (see [`SqliteDatabase::open`](crate::SqliteDatabase::open)),
    /// which must be there.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not there, another process has it open, or it is not
    /// at the version that this program knows.
    pub async fn open(location: &str) -> Result<Self, StoreError> {
        let mut connection = match exclusively(locate(location)?).await {
            Ok(connection) => connection,
            Err(error) if is_busy(&error) => {
                let why = "another process has the database open: stop the server and every command first";
                return Err(StoreError::Unavailable(why.to_owned()));
            }
            Err(error) => return Err(QueryError::Sql(error).into()),
        };
        let row = connection.fetch_one("PRAGMA user_version").await.map_err(QueryError::Sql)?;
        let (version, latest) = (row.read::<i64>("pragma.user_version")?, migrate::latest());
        if version != latest {
            return Err(StoreError::Unavailable(format!(
                "the database is at version {version}, this program knows {latest}: run `resetd migrate` first"
            )));
        }
        Ok(Self { connection: Arc::new(Mutex::new(connection)) })
    }

    /// The installation's own data key, where it made one.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub async fn data_key(&self) -> Result<Option<[u8; 32]>, StoreError> {
        Ok(match self.kept(DATA_KEY).await? {
            Some(key) => Some(
                key.as_slice()
                    .try_into()
                    .map_err(|_| StoreError::corrupt("installation.value", "not 32 octets"))?,
            ),
            None => None,
        })
    }

    /// What the installation keeps under `name`.
    pub(super) async fn kept(&self, name: &'static str) -> Result<Option<Vec<u8>>, StoreError> {
        let mut connection = self.connection.lock().await;
        let row =
            sqlx::query(GET).bind(name).fetch_optional(&mut *connection).await.map_err(QueryError::Sql)?;
        Ok(row.map(|row| row.read("installation.value")).transpose()?)
    }
}

async fn exclusively(options: SqliteConnectOptions) -> Result<SqliteConnection, sqlx::Error> {
    let options = options.create_if_missing(false).locking_mode(SqliteLockingMode::Exclusive);
    let mut connection = options.busy_timeout(TIMEOUT).connect().await?;
    // In this mode the lock stays when the transaction ends.
    connection.execute("BEGIN EXCLUSIVE; ROLLBACK; PRAGMA query_only = ON").await?;
    Ok(connection)
}
