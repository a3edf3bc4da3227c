use std::io;
use std::panic::AssertUnwindSafe;
use std::time::Instant;

use application::ports::StoreError;
use futures_util::FutureExt as _;
use metrics::{counter, histogram};
use sqlx::{Connection, SqliteConnection};
use tokio::sync::{mpsc, oneshot};
use tracing::{error, warn};

use super::deliveries::Deliveries;
use super::record::{CHUNK, insert_rows};
use super::{Job, RecordRow, Reply, Syncer, Told, Unit, Work};
use crate::fault::Fault;

/// The most jobs that are looked at for one transaction.
const ROUND: usize = 512;

const BEGIN: &str = "BEGIN IMMEDIATE";
const BEGIN_JOBS: &str = "BEGIN IMMEDIATE; SAVEPOINT job";
const UNDO: &str = "ROLLBACK TO job";
const COMMIT: &str = "COMMIT";
const ROLLBACK: &str = "ROLLBACK";

/// Starts the thread that writes. It has a runtime of its own: a statement is a trip to SQLite's thread and back, and waking
/// one sleeping thread costs a fraction of what waking a pool of workers does.
pub(super) fn start(
    connection: SqliteConnection,
    syncer: Syncer,
    waiting: mpsc::Receiver<Job>,
) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    std::thread::Builder::new()
        .name("store-rounds".to_owned())
        .spawn(move || runtime.block_on(run(connection, syncer, waiting)))?;
    Ok(())
}

/// Takes what waits, writes it and hands it over to be made durable and acknowledged; until nobody can send any more or
/// somebody says stop.
async fn run(mut connection: SqliteConnection, syncer: Syncer, mut waiting: mpsc::Receiver<Job>) {
    let mut jobs = Vec::with_capacity(ROUND);
    let mut patient = Vec::new();
    let mut stop = None;
    while stop.is_none() || !patient.is_empty() {
        if patient.is_empty() && waiting.recv_many(&mut jobs, ROUND).await == 0 {
            break;
        }
        while let Some(job) =
            (stop.is_none() && jobs.len() < ROUND).then(|| waiting.try_recv().ok()).flatten()
        {
            jobs.push(job);
        }
        let mut round = Round::default();
        let earlier = std::mem::take(&mut patient);
        patient.extend(earlier.into_iter().chain(jobs.drain(..)).filter_map(|job| round.take(job)));
        stop = stop.or(round.stop.take());
        if round.jobs() == 0 {
            continue;
        }
        if let Some(written) = round.write(&mut connection, &mut patient).await {
            syncer.hand_over(written).await;
        }
    }
    waiting.close();
    syncer.stop().await;
    if let Err(fault) = connection.close().await {
        warn!(%fault, "the database was not closed in order");
    }
    if let Some(stop) = stop {
        _ = stop.send(());
    }
}

/// Everything that is written, and then made durable, together: new requests, what the delivery worker has to write, and
/// everything else, each a transaction of its own.
#[derive(Default)]
struct Round {
    rows: Vec<RecordRow>,
    records: Vec<Reply<()>>,
    deliveries: Deliveries,
    work: Vec<Box<dyn Work>>,
    stop: Option<oneshot::Sender<()>>,
}

impl Round {
    /// Takes the job; or gives it back, where it has to wait for the next round.
    fn take(&mut self, job: Job) -> Option<Job> {
        match job {
            Job::Record(row, reply) => {
                self.rows.push(*row);
                self.records.push(reply);
                None
            }
            Job::Stop(reply) => {
                self.stop = Some(reply);
                None
            }
            Job::Work(work) => {
                self.work.push(work);
                None
            }
            delivery => self.deliveries.take(delivery),
        }
    }

    fn jobs(&self) -> usize {
        self.records.len() + self.deliveries.len() + self.work.len()
    }

    /// Commits. Who has to ask again comes to `again`. `None`: everybody has been told.
    async fn write(self, connection: &mut SqliteConnection, again: &mut Vec<Job>) -> Option<Written> {
        let (started, jobs) = (Instant::now(), self.jobs());
        let mut told = Vec::with_capacity(jobs);
        if !self.rows.is_empty() {
            let outcome = tell_fault(record(connection, self.rows).await.map_err(into_store_error));
            for reply in self.records {
                match &outcome {
                    Ok(()) => told.push(Box::new(move |durable| drop(reply.send(durable))) as Told),
                    Err(fault) => drop(reply.send(Err(fault.clone()))),
                }
            }
        }
        if self.deliveries.len() > 0 {
            // Whoever is concerned has been told.
            drop(tell_fault(self.deliveries.write(connection, &mut told, again).await));
        }
        if !self.work.is_empty() {
            let mut work = self.work;
            let outcome = tell_fault(transaction(connection, &mut work).await.map_err(into_store_error));
            for work in work {
                match &outcome {
                    Ok(()) => told.push(Box::new(move |durable| work.acknowledge(durable))),
                    Err(fault) => work.acknowledge(Err(fault.clone())),
                }
            }
        }
        histogram!("resetd_store_round_seconds").record(started.elapsed().as_secs_f64());
        histogram!("resetd_store_round_jobs").record(jobs as f64);
        (!told.is_empty()).then_some(Written(told))
    }
}

fn into_store_error(fault: sqlx::Error) -> StoreError {
    Fault::Sql(fault).into()
}

/// Counts a transaction.
fn tell_fault(outcome: Result<(), StoreError>) -> Result<(), StoreError> {
    let label = if outcome.is_ok() { "committed" } else { "failed" };
    counter!("resetd_store_rounds_total", "outcome" => label).increment(1);
    outcome.inspect_err(|fault| error!(%fault, "a write was not stored"))
}

/// What has been committed, and who waits to hear that it is durable.
pub(super) struct Written(Vec<Told>);

impl Written {
    pub(super) fn acknowledge(self, durable: Result<(), StoreError>) {
        for tell in self.0 {
            tell(durable.clone());
        }
    }

    #[cfg(test)]
    pub(super) fn of_one(reply: Reply<()>) -> Self {
        Self(vec![Box::new(move |durable| drop(reply.send(durable)))])
    }
}

/// Stores all of the rows or none.
async fn record(connection: &mut SqliteConnection, mut rows: Vec<RecordRow>) -> Result<(), sqlx::Error> {
    if rows.len() <= CHUNK {
        // One statement is a transaction of its own.
        return insert_rows(connection, rows.into_iter()).await;
    }
    execute(connection, BEGIN).await?;
    while !rows.is_empty() {
        let chunk = rows.drain(..rows.len().min(CHUNK));
        if let Err(fault) = insert_rows(connection, chunk).await {
            return Err(rolled_back(connection, fault).await);
        }
    }
    commit(connection).await
}

/// Runs each job in a savepoint of its own. `Err`: nothing was stored.
async fn transaction(
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
            && let Err(fault) = execute(connection, UNDO).await
        {
            return Err(rolled_back(connection, fault).await);
        }
    }
    commit(connection).await
}

async fn commit(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    match execute(connection, COMMIT).await {
        Ok(()) => Ok(()),
        Err(fault) => Err(rolled_back(connection, fault).await),
    }
}

/// SQLite has rolled back by itself after some errors, and then refuses to do so again.
async fn rolled_back(connection: &mut SqliteConnection, fault: sqlx::Error) -> sqlx::Error {
    drop(execute(connection, ROLLBACK).await);
    fault
}

async fn execute(connection: &mut SqliteConnection, sql: &'static str) -> Result<(), sqlx::Error> {
    sqlx::query(sql).execute(connection).await?;
    Ok(())
}
