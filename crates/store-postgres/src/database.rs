use std::collections::HashSet;
use std::str::FromStr;
use std::time::Duration;

use application::ports::StoreError;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, PgConnection, PgPool, Row};
use tokio::time::timeout;

use crate::columns::Columns;
use crate::connections::{Connections, Unfit, limited};
use crate::query_error::QueryError;
use crate::{migrate, notify};

/// What every connection sets for itself.
///
/// * A commit is acknowledged when it is on disk, whatever the server's default, unless that asks
///   for more.
/// * A statement reads what was committed before it began: the guards on rows rely on it.
/// * Every query of this program goes by an index; the planner is not to try its luck with a table
///   that was empty when it looked.
/// * No statement of a request waits for ever.
pub(crate) const SESSION: &str = "SELECT set_config('synchronous_commit', CASE WHEN current_setting('synchronous_commit') \
     = 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false), \
     set_config('default_transaction_isolation', 'read committed', false), \
     set_config('enable_seqscan', 'off', false), set_config('enable_hashjoin', 'off', false), \
     set_config('enable_mergejoin', 'off', false), set_config('jit', 'off', false), \
     set_config('statement_timeout', '15s', false), set_config('lock_timeout', '5s', false), \
     set_config('idle_in_transaction_session_timeout', '15s', false)";
/// Only what was written proves that it can be: a standby, a server set to read only and a full
/// disk answer questions, too.
pub(crate) const PING: &str = "INSERT INTO installation (name, value) VALUES ('last-ping', '') \
     ON CONFLICT (name) DO UPDATE SET value = excluded.value";

/// What an operator is told of a pooler that keeps no sessions.
const SHARED_SESSIONS: &str = "the database URL leads to a pooler that gives every transaction another connection to PostgreSQL \
     (PgBouncer with pool_mode = transaction or statement). What resetd sets for its sessions, durability included, would get \
     lost there. Connect to PostgreSQL itself, or to a pool with pool_mode = session";

/// A connection that lay idle longer is tried before it is used.
const CHECKED_RECENTLY: Duration = Duration::from_secs(1);
/// How long the answer to that may take.
const TRIAL: Duration = Duration::from_secs(1);

/// How many connections one process keeps, and how long it waits for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolSettings {
    /// For everything but grouped writes; one of them listens. 2 or more.
    pub max_connections: u32,
    /// Connections that write new requests, each with its own commit on the way: 1 to 4 make sense.
    pub record_writers: u32,
    /// How long a call waits for a connection (a restart of the server included) before it fails as
    /// unavailable.
    pub acquire_timeout: Duration,
}

impl Default for PoolSettings {
    fn default() -> Self {
        Self { max_connections: 8, record_writers: 2, acquire_timeout: Duration::from_secs(3) }
    }
}

/// A PostgreSQL database: connections for reading and small writes, and connections for grouped
/// writes.
///
/// Cloning shares the connections. Nothing here needs the address vault, so that the vault can be
/// made of [`data_key`](Self::data_key); [`PostgresStore`](crate::PostgresStore) puts the ports on
/// top.
#[derive(Debug, Clone)]
pub struct PostgresDatabase {
    pub(crate) pool: Connections,
    /// One connection per task that writes in groups, so that none waits for another.
    pub(crate) writers: PgPool,
    pub(crate) settings: PoolSettings,
    options: PgConnectOptions,
}

/// Connections that wait for notifications.
const LISTENERS: u32 = 1;
/// Tasks that write in groups, apart from those that record.
pub(crate) const OTHER_WRITERS: u32 = 4;

impl PostgresDatabase {
    /// Connects once, to see that it can be done. Applies no migration.
    ///
    /// `url` is a libpq URL: `postgres://user:password@host:port/database?sslmode=verify-full`.
    /// `application_name` is what the server's `pg_stat_activity` shows.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the URL is none, the server cannot be reached, or a pooler
    /// between keeps no sessions.
    pub async fn connect(
        url: &str,
        settings: PoolSettings,
        application_name: &str,
    ) -> Result<Self, StoreError> {
        // What the parser says of a bad URL could quote its password.
        let options = PgConnectOptions::from_str(url)
            .map_err(|_| StoreError::Unavailable("not a PostgreSQL URL".to_owned()))?
            .application_name(application_name)
            // Poolers refuse what they do not know, and nothing here is a floating point number.
            .extra_float_digits(None)
            .disable_statement_logging();
        // Where nobody answers the pool tries again, and says what is wrong.
        if let Ok(Ok(true)) = timeout(settings.acquire_timeout, sessions_are_shared(&options)).await {
            return Err(StoreError::Unavailable(SHARED_SESSIONS.to_owned()));
        }
        let unfit = Unfit::default();
        let shared = settings.max_connections.max(2) - LISTENERS;
        let pool = pool(settings, shared, unfit.clone());
        let pool = pool.connect_with(options.clone()).await.map_err(QueryError::Sql)?;
        let pool = Connections::new(pool, unfit);
        let writers = settings.record_writers.max(1) + OTHER_WRITERS;
        let writers = pool_of_writers(settings, writers).connect_lazy_with(options.clone());
        Ok(Self { pool, writers, settings, options })
    }

    /// Applies every migration that is missing, in one transaction. Any number of processes may
    /// call it at once, and others may serve meanwhile: those of this version as those of the
    /// version before.
    ///
    /// # Errors
    /// [`StoreError`] when nothing was applied: an applied migration is not the one this program
    /// knows, or the database is unavailable.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        let mut connection = self.own_connection().await?;
        let outcome = migrate::apply(&mut connection).await;
        drop(connection.close().await);
        Ok(outcome?)
    }

    /// A connection of the caller's own, without the limits that a request has.
    pub(crate) async fn own_connection(&self) -> Result<PgConnection, StoreError> {
        Ok(PgConnection::connect_with(&self.options).await.map_err(QueryError::Sql)?)
    }

    /// A pool of one connection, which is opened when it is asked for.
    pub(crate) fn own_pool(&self) -> PgPool {
        PgPoolOptions::new()
            .max_connections(1)
            .acquire_timeout(self.settings.acquire_timeout)
            .connect_lazy_with(self.options.clone())
    }

    /// The number of the newest migration applied; zero: none.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot tell.
    pub async fn schema_version(&self) -> Result<i64, StoreError> {
        /// SQLSTATE `undefined_table`.
        const UNDEFINED: &str = "42P01";
        match sqlx::query(migrate::VERSION).fetch_one(&self.pool).await {
            Ok(row) => Ok(row.read("migration.version")?),
            Err(sqlx::Error::Database(cause)) if cause.code().is_some_and(|code| code == UNDEFINED) => Ok(0),
            Err(error) => Err(QueryError::Sql(error).into()),
        }
    }

    /// The number of the newest migration this program knows.
    #[must_use]
    pub fn latest_schema_version() -> i64 {
        migrate::latest()
    }

    /// Whether the server takes writes: for readiness. It writes one small row, always the same.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it does not, after at most eight seconds.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query(PING).execute(&self.pool).await.map_err(QueryError::Sql)?;
        Ok(())
    }

    /// Closes every connection once it is no longer used. Later calls fail as unavailable.
    pub async fn close(&self) {
        self.writers.close().await;
        self.pool.pool().close().await;
    }
}

/// Whether several connections of ours share one of the server's: two have the same backend while
/// both are open.
async fn sessions_are_shared(options: &PgConnectOptions) -> Result<bool, sqlx::Error> {
    let (mut one, mut other) =
        tokio::try_join!(PgConnection::connect_with(options), PgConnection::connect_with(options))?;
    let (mut ours, mut others) = (HashSet::new(), HashSet::new());
    for _ in 0..3 {
        // As text: a statement that is prepared is just what a pooler may lose.
        ours.insert(sqlx::raw_sql(notify::OWN_BACKEND).fetch_one(&mut one).await?.try_get::<i32, _>(0)?);
        others.insert(sqlx::raw_sql(notify::OWN_BACKEND).fetch_one(&mut other).await?.try_get::<i32, _>(0)?);
    }
    drop((one.close().await, other.close().await));
    Ok(!ours.is_disjoint(&others) || ours.len() > 1 || others.len() > 1)
}

fn pool(settings: PoolSettings, connections: u32, unfit: Unfit) -> PgPoolOptions {
    pool_of_writers(settings, connections).before_acquire(move |connection, meta| {
        let unfit = unfit.includes(&meta);
        Box::pin(async move {
            if !unfit && meta.idle_for > CHECKED_RECENTLY {
                limited(TRIAL, connection.ping()).await?;
            }
            Ok(!unfit)
        })
    })
}

/// Writers keep their connections; a broken one shows when it is used, and the batch is run again.
fn pool_of_writers(settings: PoolSettings, connections: u32) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(settings.acquire_timeout)
        .test_before_acquire(false)
        .after_connect(|connection, _| {
            Box::pin(async move { sqlx::query(SESSION).execute(connection).await.map(drop) })
        })
}
