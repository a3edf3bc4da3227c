use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep_until};

use crate::connect::Connector;
use crate::connection::Connection;
use crate::failure::{Cause, Failure, Stage};

/// After this long, or this many mails, a connection is replaced: relays behind one name change,
/// and some servers count.
const LIFE: Duration = Duration::from_secs(300);
const MAILS: u32 = 1_000;

/// Kept connections, at most `settings.pool` of them in all.
#[derive(Debug)]
pub(crate) struct Pool {
    connector: Connector,
    permits: Semaphore,
    idle: Arc<Mutex<Idle>>,
}

/// Connections nobody uses, the most recently used last.
#[derive(Debug, Default)]
struct Idle {
    kept: Vec<(Instant, Connection)>,
    swept: bool,
}

impl Pool {
    pub(crate) fn new(connector: Connector) -> Self {
        let permits = Semaphore::new(connector.settings().pool);
        Self { connector, permits, idle: Arc::default() }
    }

    /// Waits for a permit. Each permit allows one connection.
    pub(crate) async fn place(&self) -> Result<SemaphorePermit<'_>, Failure> {
        let closed =
            |_| Failure { stage: Stage::Connect, cause: Cause::Lost("the pool is closed".to_owned()) };
        self.permits.acquire().await.map_err(closed)
    }

    /// The connection used last, if there is one.
    pub(crate) fn kept(&self) -> Option<Connection> {
        let idle_timeout = self.connector.settings().idle_timeout;
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, connection) = idle.kept.pop()?;
        // The sweeper has not come by yet; all others are older still.
        if since.elapsed() >= idle_timeout {
            idle.kept.clear();
            return None;
        }
        Some(connection)
    }

    pub(crate) async fn open(&self) -> Result<Connection, Failure> {
        self.connector.open().await.map_err(|cause| {
            metrics::counter!("resetd_smtp_connection_failures_total").increment(1);
            Failure { stage: Stage::Connect, cause }
        })
    }

    /// Keeps a connection for the next mail.
    pub(crate) fn keep(&self, connection: Connection) {
        if connection.opened.elapsed() >= LIFE || connection.mails >= MAILS {
            tokio::spawn(connection.quit());
            return;
        }
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.kept.push((Instant::now(), connection));
        if !std::mem::replace(&mut idle.swept, true) {
            tokio::spawn(sweep(Arc::downgrade(&self.idle), self.connector.settings().idle_timeout));
        }
    }

    /// Closes every unused connection without a word.
    pub(crate) fn forget(&self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).kept.clear();
    }

    /// Closes every unused connection politely.
    pub(crate) async fn close_idle(&self) {
        let kept = std::mem::take(&mut self.idle.lock().unwrap_or_else(PoisonError::into_inner).kept);
        futures_util::future::join_all(kept.into_iter().map(|(_, connection)| connection.quit())).await;
    }
}

/// Closes connections unused for `idle_timeout`; ends when there are none left.
async fn sweep(idle: Weak<Mutex<Idle>>, idle_timeout: Duration) {
    loop {
        let next = {
            let Some(idle) = idle.upgrade() else { return };
            let mut idle = idle.lock().unwrap_or_else(PoisonError::into_inner);
            let expired = idle.kept.iter().take_while(|(since, _)| since.elapsed() >= idle_timeout).count();
            for (_, connection) in idle.kept.drain(..expired) {
                tokio::spawn(connection.quit());
            }
            match idle.kept.first() {
                Some((since, _)) => *since + idle_timeout,
                None => {
                    idle.swept = false;
                    return;
                }
            }
        };
        sleep_until(next).await;
    }
}
