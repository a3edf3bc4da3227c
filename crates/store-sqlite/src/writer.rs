//! The one connection that writes, and the thread that owns it.

mod deliveries;
mod hex;
mod log;
mod record;
mod round;
mod sync;
mod transaction;
mod unit;

use std::sync::Arc;

use application::ports::StoreError;
use futures_util::future::BoxFuture;
use sqlx::SqliteConnection;
use tokio::sync::{mpsc, oneshot};

pub(crate) use self::deliveries::Delivery;
pub(crate) use self::hex::Hex;
pub(crate) use self::log::LogFile;
pub(crate) use self::record::RecordRow;
use self::sync::Syncer;
pub(crate) use self::unit::{Statement, Unit, own_savepoint};
use crate::failure::Failure;
use crate::query_error::QueryError;
use crate::token_store::{AdmitRow, AttemptRow, IssueRow, NoMailRow};

/// How many jobs may wait. Beyond that the store is not keeping up, and says so at once instead of
/// letting callers wait.
const WAITING: usize = 8_192;

/// One thing to write.
pub(crate) enum Job {
    /// A new request, to be coalesced with its like. So are the next four.
    Record(Box<RecordRow>, Reply<()>),
    /// A question to the address budget.
    Admit(AdmitRow, Reply<<AdmitRow as Delivery>::Answer>),
    /// A token about to be mailed.
    Issue(Box<IssueRow>, Reply<<IssueRow as Delivery>::Answer>),
    /// The outcome of an attempt.
    Attempt(Box<AttemptRow>, Reply<<AttemptRow as Delivery>::Answer>),
    /// A request that no mail is owed for.
    NoMail(NoMailRow, Reply<<NoMailRow as Delivery>::Answer>),
    /// Anything else.
    Work(Box<dyn Work>),
    /// Close the connection once everything before it is done.
    Stop(oneshot::Sender<()>),
}

pub(crate) type Reply<T> = oneshot::Sender<Result<T, StoreError>>;

/// Answers a caller once it is known whether the transaction is durable.
type Acknowledgement = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// A job that runs inside its own savepoint.
pub(crate) trait Work: Send {
    /// Runs once. `Err`: whatever it changed must be undone.
    fn run<'a>(&'a mut self, unit: &'a mut Unit<'_>) -> BoxFuture<'a, Result<(), ()>>;

    /// Whether the caller waits for the disk, or for the commit alone: what a power cut takes of
    /// such a job is done again, or missed by nobody.
    fn is_durable(&self) -> bool;

    /// Tells the caller, once the fate of the transaction is known.
    fn acknowledge(self: Box<Self>, commit: Result<(), StoreError>);
}

/// A closure, its outcome, and who waits for it.
struct Closure<T, F> {
    work: Option<F>,
    outcome: Option<Result<T, StoreError>>,
    durable: bool,
    reply: Reply<T>,
}

impl<T, F> Work for Closure<T, F>
where
    T: Send,
    F: for<'a> FnOnce(&'a mut Unit<'_>) -> BoxFuture<'a, Result<T, QueryError>> + Send,
{
    fn run<'a>(&'a mut self, unit: &'a mut Unit<'_>) -> BoxFuture<'a, Result<(), ()>> {
        Box::pin(async move {
            let Some(work) = self.work.take() else { return Err(()) };
            let outcome = work(unit).await.map_err(StoreError::from);
            let verdict = if outcome.is_ok() { Ok(()) } else { Err(()) };
            self.outcome = Some(outcome);
            verdict
        })
    }

    fn is_durable(&self) -> bool {
        self.durable
    }

    fn acknowledge(self: Box<Self>, commit: Result<(), StoreError>) {
        let answer = match (commit, self.outcome) {
            // The job's own error is reported as such, whatever became of the others.
            (_, Some(Err(own))) => Err(own),
            (Err(failed), _) => Err(failed),
            (Ok(()), Some(Ok(value))) => Ok(value),
            (Ok(()), None) => {
                Err(StoreError::Unavailable("the write was abandoned; this is a bug".to_owned()))
            }
        };
        // Nobody waits any more: the caller was dropped, which the ports allow.
        drop(self.reply.send(answer));
    }
}

/// The way to the thread that writes.
#[derive(Debug, Clone)]
pub(crate) struct Writer {
    jobs: mpsc::Sender<Job>,
}

impl Writer {
    /// Starts the threads that write to `connection` and sync its `log`. They end when every
    /// `Writer` is gone, or by [`stop`](Self::stop); when they end otherwise, or can write no more,
    /// `failure` is set.
    pub(crate) fn start(
        connection: SqliteConnection,
        log: Arc<LogFile>,
        failure: &Failure,
    ) -> Result<Self, StoreError> {
        let thread = |error: std::io::Error| StoreError::Unavailable(error.to_string());
        let syncer = Syncer::start(log, failure.clone()).map_err(thread)?;
        let (jobs, waiting) = mpsc::channel(WAITING);
        round::start(connection, syncer, waiting, failure.clone()).map_err(thread)?;
        Ok(Self { jobs })
    }

    /// Writes one new request.
    pub(crate) async fn record(&self, row: RecordRow) -> Result<(), StoreError> {
        let (reply, answer) = oneshot::channel();
        self.send(Job::Record(Box::new(row), reply))?;
        answer.await.unwrap_or_else(|_| Err(stopped()))
    }

    /// Writes one step of a delivery together with its like.
    pub(crate) async fn deliver<D: Delivery>(&self, row: D) -> Result<D::Answer, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.send(row.job(reply))?;
        answer.await.unwrap_or_else(|_| Err(stopped()))
    }

    /// Runs `work` inside its own savepoint of the next transaction. `Ok` means durable.
    pub(crate) async fn work<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'a> FnOnce(&'a mut Unit<'_>) -> BoxFuture<'a, Result<T, QueryError>> + Send + 'static,
    {
        self.run(work, true).await
    }

    /// As [`work`](Self::work), but `Ok` means committed and no more: it does not wait for the
    /// disk.
    pub(crate) async fn work_without_sync<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'a> FnOnce(&'a mut Unit<'_>) -> BoxFuture<'a, Result<T, QueryError>> + Send + 'static,
    {
        self.run(work, false).await
    }

    async fn run<T, F>(&self, work: F, durable: bool) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'a> FnOnce(&'a mut Unit<'_>) -> BoxFuture<'a, Result<T, QueryError>> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.send(Job::Work(Box::new(Closure { work: Some(work), outcome: None, durable, reply })))?;
        answer.await.unwrap_or_else(|_| Err(stopped()))
    }

    /// Finishes what waits and closes the connection.
    pub(crate) async fn stop(&self) {
        let (reply, answer) = oneshot::channel();
        if self.jobs.send(Job::Stop(reply)).await.is_ok() {
            drop(answer.await);
        }
    }

    fn send(&self, job: Job) -> Result<(), StoreError> {
        self.jobs.try_send(job).map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(_) => {
                StoreError::Unavailable(format!("{WAITING} writes are waiting already"))
            }
            mpsc::error::TrySendError::Closed(_) => stopped(),
        })
    }
}

fn stopped() -> StoreError {
    StoreError::Unavailable("the store is shut down".to_owned())
}
