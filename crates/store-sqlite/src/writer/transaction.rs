//! The transactions of a round: what each stores, and what it means when one is not stored.

use std::panic::AssertUnwindSafe;

use application::ports::StoreError;
use futures_util::FutureExt as _;
use sqlx::SqliteConnection;

use super::record::{CHUNK, insert_rows};
use super::{RecordRow, Unit, Work};
use crate::query_error::{QueryError, is_busy, is_of_one_row};

const BEGIN: &str = "BEGIN IMMEDIATE";
const BEGIN_JOBS: &str = "BEGIN IMMEDIATE; SAVEPOINT job";
const UNDO: &str = "ROLLBACK TO job";
const COMMIT: &str = "COMMIT";
const ROLLBACK: &str = "ROLLBACK";

/// A transaction that was not stored.
#[derive(Debug, Clone)]
pub(super) struct NotStored {
    /// For the callers.
    pub(super) error: StoreError,
    /// For the next transaction.
    pub(super) cause: Cause,
}

/// Why a transaction was not stored, as far as it matters to the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// Another process held the lock for as long as it was waited for.
    Locked,
    /// SQLite's own thread is gone; no transaction will be stored any more.
    Crashed,
    /// Anything else.
    Other,
}

impl From<QueryError> for NotStored {
    fn from(error: QueryError) -> Self {
        let cause = match &error {
            QueryError::Sql(sqlx::Error::WorkerCrashed) => Cause::Crashed,
            QueryError::Sql(error) if is_busy(error) => Cause::Locked,
            _ => Cause::Other,
        };
        Self { error: error.into(), cause }
    }
}

impl From<sqlx::Error> for NotStored {
    fn from(error: sqlx::Error) -> Self {
        QueryError::Sql(error).into()
    }
}

/// Stores the rows, but those whose own values the database refuses; each row's outcome. `Err`:
/// none was stored.
pub(super) async fn record(
    connection: &mut SqliteConnection,
    rows: &[RecordRow],
) -> Result<Vec<Result<(), StoreError>>, sqlx::Error> {
    match record_all(connection, rows).await {
        Ok(()) => Ok(vec![Ok(()); rows.len()]),
        Err(error) if is_of_one_row(&error) && rows.len() > 1 => record_each(connection, rows).await,
        Err(error) => Err(error),
    }
}

/// Stores all of the rows or none.
async fn record_all(connection: &mut SqliteConnection, rows: &[RecordRow]) -> Result<(), sqlx::Error> {
    if rows.len() <= CHUNK {
        // One statement is a transaction of its own.
        return insert_rows(connection, rows).await;
    }
    execute(connection, BEGIN).await?;
    for chunk in rows.chunks(CHUNK) {
        if let Err(error) = insert_rows(connection, chunk).await {
            return Err(rolled_back(connection, error).await);
        }
    }
    commit(connection).await
}

/// One transaction, a statement for each row: one that fails undoes itself alone.
async fn record_each(
    connection: &mut SqliteConnection,
    rows: &[RecordRow],
) -> Result<Vec<Result<(), StoreError>>, sqlx::Error> {
    execute(connection, BEGIN).await?;
    let mut outcomes = Vec::with_capacity(rows.len());
    for row in rows {
        match insert_rows(connection, std::slice::from_ref(row)).await {
            Err(error) if is_of_one_row(&error) => outcomes.push(Err(QueryError::Sql(error).into())),
            Err(error) => return Err(rolled_back(connection, error).await),
            Ok(()) => outcomes.push(Ok(())),
        }
    }
    commit(connection).await?;
    Ok(outcomes)
}

/// Runs each job in a savepoint of its own. `Err`: nothing was stored.
pub(super) async fn transaction(
    connection: &mut SqliteConnection,
    jobs: &mut [Box<dyn Work>],
) -> Result<(), sqlx::Error> {
    execute(connection, BEGIN_JOBS).await?;
    for work in jobs {
        let mut unit = Unit::new(connection);
        // A bug in one job must not end the task that every write depends on.
        let kept = matches!(AssertUnwindSafe(work.run(&mut unit)).catch_unwind().await, Ok(Ok(())));
        if !kept
            && unit.opened()
            && let Err(error) = execute(connection, UNDO).await
        {
            return Err(rolled_back(connection, error).await);
        }
    }
    commit(connection).await
}

async fn commit(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    match execute(connection, COMMIT).await {
        Ok(()) => Ok(()),
        Err(error) => Err(rolled_back(connection, error).await),
    }
}

/// SQLite has rolled back by itself after some errors, and then refuses to do so again.
async fn rolled_back(connection: &mut SqliteConnection, error: sqlx::Error) -> sqlx::Error {
    drop(execute(connection, ROLLBACK).await);
    error
}

pub(super) async fn execute(connection: &mut SqliteConnection, sql: &'static str) -> Result<(), sqlx::Error> {
    sqlx::query(sql).execute(connection).await?;
    Ok(())
}
