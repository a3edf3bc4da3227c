use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use application::ports::StoreError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, SqliteConnection, SqlitePool};

use crate::columns::Columns;
use crate::failure::Failure;
use crate::query_error::{QueryError, is_busy};
use crate::writer::{LogFile, Statement, Writer, own_savepoint};
use crate::{access, migrate};

/// How long a write waits for another process before it fails as unavailable.
const BUSY: Duration = Duration::from_secs(5);
/// Read-only connections.
const READERS: u32 = 3;
/// Prepared statements kept by the writer: one per size of a round of requests (64), and every
/// other one.
const WRITER_STATEMENTS: usize = 160;
/// Page cache of the writer, in KiB (negative by SQLite's convention).
const WRITER_CACHE: &str = "-16384";
/// Page cache of each reader, in KiB.
const READER_CACHE: &str = "-4096";
/// Pages in the log after which it is written back into the database: 16 MiB.
const CHECKPOINT_PAGES: &str = "4096";
/// What is kept of the log's file when it starts over, in octets.
const LOG_SIZE: &str = "67108864";

/// What readiness writes: more than a request needs, so that it fails on a disk that has room for a
/// page and for no request.
const PROBE: &str = own_savepoint!(
    "INSERT INTO installation (name, value) VALUES ('last-ping', zeroblob(32768)) \
     ON CONFLICT (name) DO UPDATE SET value = excluded.value"
);

/// An open database file: one connection that writes, a few that read.
///
/// Cloning shares the connections. Nothing here needs the address vault, so that the vault can be
/// made of [`data_key`](Self::data_key); [`SqliteStore`](crate::SqliteStore) puts the ports on top.
#[derive(Debug, Clone)]
pub struct SqliteDatabase {
    pub(crate) writer: Writer,
    log: Arc<LogFile>,
    failure: Failure,
    pub(crate) readers: SqlitePool,
}

impl SqliteDatabase {
    /// Opens the file, creating it (readable by its owner alone) where it is missing. Applies no
    /// migration.
    ///
    /// `location` is a path, or a URL `sqlite:PATH` or `sqlite://PATH` with `%`-escapes. A database
    /// in memory is refused: it would promise what it cannot keep.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the location names no file, or one that cannot be opened
    /// and written.
    pub async fn open(location: &str) -> Result<Self, StoreError> {
        let options = locate(location)?;
        create_private(options.get_filename())?;
        let path = options.get_filename();
        let mut connection = connect_writer(&options).await.map_err(|error| access::explain(error, path))?;
        let log = write_log_again(&mut connection, options.get_filename()).await?;
        Self::start(options, connection, log).await
    }

    pub(crate) async fn start(
        options: SqliteConnectOptions,
        connection: SqliteConnection,
        log: Arc<LogFile>,
    ) -> Result<Self, StoreError> {
        let failure = Failure::default();
        let writer = Writer::start(connection, Arc::clone(&log), &failure)?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .min_connections(1)
            .test_before_acquire(false)
            .max_lifetime(None)
            .idle_timeout(None)
            .acquire_timeout(BUSY)
            .connect_with(reading(options))
            .await
            .map_err(QueryError::Sql)?;
        Ok(Self { writer, log, failure, readers })
    }

    /// Applies every migration that is missing, in one transaction. Any number of processes may
    /// call it at once.
    ///
    /// # Errors
    /// [`StoreError`] when nothing was applied: the database is newer than this program, an applied
    /// migration is not the one this program knows, or the database is unavailable.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        self.writer.work(|unit| Box::pin(migrate::apply(unit))).await
    }

    /// The number of the newest migration applied; zero: none.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot tell.
    pub async fn schema_version(&self) -> Result<i64, StoreError> {
        let row =
            sqlx::query("PRAGMA user_version").fetch_one(&self.readers).await.map_err(QueryError::Sql)?;
        Ok(row.read("pragma.user_version")?)
    }

    /// The number of the newest migration this program knows.
    #[must_use]
    pub fn latest_schema_version() -> i64 {
        migrate::latest()
    }

    /// Whether a write is taken now, and a read answered: for readiness. It writes one row, always
    /// the same, and waits until the disk has it: a full or read-only disk refuses that as it
    /// refuses requests.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when not; after at most the five seconds that a write waits for
    /// a lock.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.readers).await.map_err(QueryError::Sql)?;
        self.writer.work(|unit| Box::pin(async move { Ok(unit.run(Statement::new(PROBE)).await?) })).await
    }

    /// How large the log is, in octets. 64 MiB are kept for reuse; more is used only while some
    /// process holds an old snapshot open.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the file system cannot tell.
    pub fn log_bytes(&self) -> Result<u64, StoreError> {
        self.log.size().map_err(|error| StoreError::Unavailable(error.to_string()))
    }

    /// Waits until this database can be written no more while the process lives, and says why: a
    /// sync of the log failed, or a thread that writes is gone. The process should end then.
    pub async fn failed(&self) -> String {
        self.failure.wait().await
    }

    /// Finishes the writes that wait and closes every connection. Later calls fail as unavailable.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.stop().await;
    }
}

/// The options both kinds of connection share.
pub(crate) fn locate(location: &str) -> Result<SqliteConnectOptions, StoreError> {
    let options = if location.starts_with("sqlite:") {
        SqliteConnectOptions::from_str(location)
            .map_err(|error| StoreError::Unavailable(format!("not a database URL: {error}")))?
    } else {
        SqliteConnectOptions::new().filename(location)
    };
    let name = options.get_filename();
    let text = name.to_string_lossy();
    // What sqlx makes of `:memory:`, and what SQLite itself would take for it.
    let in_memory = text.is_empty() || text == ":memory:" || text.starts_with("file:");
    if in_memory || location.contains("mode=memory") {
        return Err(StoreError::Unavailable(
            "a database needs a file: one in memory keeps no promise".to_owned(),
        ));
    }
    Ok(options
        .busy_timeout(BUSY)
        .foreign_keys(true)
        .pragma("temp_store", "memory")
        .optimize_on_close(false, None)
        .disable_statement_logging())
}

/// `synchronous=NORMAL`: SQLite syncs the log before it writes it back into the database, and the
/// database after; the log of what was just committed is synced by the writer, which acknowledges
/// nothing before.
fn writing(options: &SqliteConnectOptions) -> SqliteConnectOptions {
    options
        .clone()
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .statement_cache_capacity(WRITER_STATEMENTS)
        .pragma("cache_size", WRITER_CACHE)
        .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
        .pragma("journal_size_limit", LOG_SIZE)
        .thread_name(|_| "store-writer".to_owned())
}

fn reading(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options.read_only(true).pragma("cache_size", READER_CACHE).thread_name(|n| format!("store-reader-{n}"))
}

/// Turning a new file to WAL needs a lock that SQLite does not wait for; two processes may both be
/// at it.
pub(crate) async fn connect_writer(options: &SqliteConnectOptions) -> Result<SqliteConnection, sqlx::Error> {
    /// Together as long as a write waits.
    const TRIES: u32 = 50;
    let options = writing(options);
    let mut tries = 0;
    loop {
        match options.connect().await {
            Err(error) if is_busy(&error) && tries < TRIES => {
                tries += 1;
                tokio::time::sleep(BUSY / TRIES).await;
            }
            Err(error) => return Err(error),
            Ok(mut connection) => {
                // Reading makes the log, which the writer is about to open.
                sqlx::query("SELECT count(*) FROM sqlite_schema").execute(&mut connection).await?;
                return Ok(connection);
            }
        }
    }
}

/// Brings the log to the disk whatever the kernel takes for written: after a failed sync its pages
/// count as clean, and a later sync succeeds without them. Other processes' writes wait meanwhile;
/// reads go on.
async fn write_log_again(
    connection: &mut SqliteConnection,
    database: &Path,
) -> Result<Arc<LogFile>, StoreError> {
    let failed = |error: std::io::Error| {
        StoreError::Unavailable(format!("{}: the log could not be made durable: {error}", database.display()))
    };
    let log = Arc::new(LogFile::open(database).map_err(failed)?);
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *connection).await.map_err(QueryError::Sql)?;
    let writing = Arc::clone(&log);
    let written = tokio::task::spawn_blocking(move || writing.rewrite()).await;
    sqlx::query("ROLLBACK").execute(&mut *connection).await.map_err(QueryError::Sql)?;
    written.map_err(std::io::Error::other).flatten().map_err(failed)?;
    // Without the lock: others may append meanwhile, and what was written again is synced all the
    // same.
    let syncing = Arc::clone(&log);
    let synced = tokio::task::spawn_blocking(move || syncing.sync_all()).await;
    synced.map_err(std::io::Error::other).flatten().map_err(failed)?;
    Ok(log)
}

/// Makes a missing file readable by its owner alone before SQLite opens it; SQLite gives its log
/// the same mode.
fn create_private(path: &Path) -> Result<(), StoreError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(StoreError::Unavailable(format!("{}: {error}", path.display()))),
    }
}
