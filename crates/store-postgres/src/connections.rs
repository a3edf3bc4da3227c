//! The connections that calls share, and what becomes of those that fail.
//!
//! The server bounds what a statement may take, but only where it is heard: a host that is gone or
//! a firewall that forgets a connection says nothing, and TCP would wait a quarter of an hour. So
//! every call has a limit on this side, too. A connection that broke it, or on which the server
//! said that it is going away or takes no writes, is closed and never goes back among the others.

use std::future::Future;
use std::io;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt as _, TryStreamExt as _};
use sqlx::pool::{PoolConnection, PoolConnectionMetadata};
use sqlx::postgres::{PgQueryResult, PgRow, PgStatement, PgTypeInfo};
use sqlx::{Either, Error, Execute, Executor, PgConnection, PgPool, Postgres, SqlStr};
use tokio::time::{Instant, timeout};

use crate::query_error::QueryError;

/// How long one call may take, and the return of its connection.
pub(crate) const LIMIT: Duration = Duration::from_secs(5);
/// How long one step of work in the background may take: longer than the server lets a statement
/// run.
const PATIENT_LIMIT: Duration = Duration::from_secs(20);

/// Since when connections are known to be unfit: a server that takes no writes (a standby, or one
/// set to read only) keeps what it told a connection at its beginning, so after a failover those
/// opened before have to go. Shared by all pools.
#[derive(Debug, Clone, Default)]
pub(crate) struct Unfit(Arc<Mutex<Option<Instant>>>);

impl Unfit {
    /// Every connection opened before now is unfit.
    fn declare(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// Whether a connection is.
    pub(crate) fn includes(&self, connection: &PoolConnectionMetadata) -> bool {
        let since = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        since.is_some_and(|since| since.elapsed() < connection.age)
    }
}

/// Connections for single statements and small transactions. As an [`Executor`] it runs one
/// statement and collects its rows.
#[derive(Debug, Clone)]
pub(crate) struct Connections {
    pool: PgPool,
    unfit: Unfit,
    limit: Duration,
}

impl Connections {
    pub(crate) const fn new(pool: PgPool, unfit: Unfit) -> Self {
        Self { pool, unfit, limit: LIMIT }
    }

    /// The same connections for work in the background, whose statements may take as long as the
    /// server lets them.
    pub(crate) fn without_statement_timeout(&self) -> Self {
        Self { limit: PATIENT_LIMIT, ..self.clone() }
    }

    pub(crate) const fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// One of them, for several statements. It is closed when it is dropped, unless
    /// [`Lent::settle`] finds it sound.
    pub(crate) async fn acquire(&self) -> Result<Lent, Error> {
        let connection = self.pool.acquire().await?;
        Ok(Lent { connection, unfit: self.unfit.clone(), limit: self.limit, settled: false })
    }
}

/// A connection on loan.
pub(crate) struct Lent {
    connection: PoolConnection<Postgres>,
    unfit: Unfit,
    limit: Duration,
    settled: bool,
}

impl Lent {
    /// How long what is done with it may take; for [`limited`].
    pub(crate) const fn limit(&self) -> Duration {
        self.limit
    }

    /// Gives the connection back after this outcome, or closes it.
    pub(crate) fn settle<T>(mut self, outcome: Result<T, QueryError>) -> Result<T, QueryError> {
        if outcome.as_ref().is_err_and(QueryError::read_only) {
            self.unfit.declare();
        }
        self.settled = !outcome.as_ref().is_err_and(QueryError::lost_connection);
        if self.settled {
            // The pool tries a connection that comes back, and would wait for it without end.
            tokio::spawn(timeout(LIMIT, self.connection.return_to_pool()));
        }
        outcome
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if !self.settled {
            self.connection.close_on_drop();
        }
    }
}

impl Deref for Lent {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.connection
    }
}

impl DerefMut for Lent {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.connection
    }
}

/// Waits no longer than `limit` for what the server is to do.
///
/// # Errors
/// Those of `call`, and one of a lost connection when the time is over.
pub(crate) async fn limited<T, F: From<Error>>(
    limit: Duration,
    call: impl Future<Output = Result<T, F>>,
) -> Result<T, F> {
    timeout(limit, call).await.unwrap_or_else(|_| {
        let text = format!("PostgreSQL did not answer within {} s", limit.as_secs());
        Err(Error::Io(io::Error::new(io::ErrorKind::TimedOut, text)).into())
    })
}

impl<'p> Executor<'p> for &'_ Connections {
    type Database = Postgres;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Result<Either<PgQueryResult, PgRow>, Error>>
    where
        E: 'q + Execute<'q, Postgres>,
    {
        let connections = self.clone();
        let all = async move {
            let mut connection = connections.acquire().await?;
            let found =
                limited(connections.limit, connection.fetch_many(query).try_collect::<Vec<_>>()).await;
            connection.settle(found.map_err(QueryError::Sql)).map_err(into_sql)
        };
        stream::once(all).map_ok(|found| stream::iter(found).map(Ok)).try_flatten().boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<PgRow>, Error>>
    where
        E: 'q + Execute<'q, Postgres>,
    {
        let connections = self.clone();
        Box::pin(async move {
            let mut connection = connections.acquire().await?;
            let found = limited(connections.limit, connection.fetch_optional(query)).await;
            connection.settle(found.map_err(QueryError::Sql)).map_err(into_sql)
        })
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [PgTypeInfo],
    ) -> BoxFuture<'e, Result<PgStatement, Error>>
    where
        'p: 'e,
    {
        let connections = self.clone();
        Box::pin(async move {
            let mut connection = connections.acquire().await?;
            let prepared = limited(connections.limit, connection.prepare_with(sql, parameters)).await;
            connection.settle(prepared.map_err(QueryError::Sql)).map_err(into_sql)
        })
    }
}

/// Of an error that was made of an sqlx error.
fn into_sql(error: QueryError) -> Error {
    match error {
        QueryError::Sql(error) => error,
        QueryError::Store(error) => Error::Protocol(error.to_string()),
    }
}
