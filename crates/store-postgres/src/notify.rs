//! `LISTEN` and `NOTIFY`: a process that recorded work tells the workers of the others.
//!
//! The notification is a statement of its own, after the commit it tells of: PostgreSQL lets
//! notifying transactions commit only one after the other, and the commits of requests are better
//! off side by side. It is a hint; whoever misses one (a lost connection, a pooler that does not
//! pass them on) finds the work by polling.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;

use sqlx::postgres::PgListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tracing::{debug, info, warn};

use crate::PostgresDatabase;
use crate::connections::{Connections, LIMIT, limited};

pub(crate) const ANNOUNCE: &str = "SELECT pg_notify('resetd_mail', $1)";
pub(crate) const OWN_BACKEND: &str = "SELECT pg_backend_pid()";

const CHANNEL: &str = "resetd_mail";
/// At most one notification in this time, however much is recorded.
const MIN_INTERVAL: Duration = Duration::from_millis(5);
/// After this time without a notification the connection is tried.
const SILENCE: Duration = Duration::from_secs(10);
/// Between attempts at listening again.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// Listens for the notifications of other processes and sends this one's. Its tasks end with it.
#[derive(Debug)]
pub(crate) struct WorkListener {
    remote_work: Arc<Notify>,
    notifier: WorkNotifier,
    tasks: [JoinHandle<()>; 2],
}

/// Notifies the other processes.
#[derive(Debug, Clone, Default)]
pub(crate) struct WorkNotifier(Arc<Notify>);

impl WorkNotifier {
    /// There is work. Returns at once; many calls make one notification.
    pub(crate) fn notify(&self) {
        self.0.notify_one();
    }
}

impl WorkListener {
    /// Starts both tasks, until `database` is closed.
    pub(crate) fn start(database: &PostgresDatabase) -> Self {
        let (remote_work, notifier, own) =
            (Arc::new(Notify::new()), WorkNotifier::default(), Arc::new(AtomicI32::new(0)));
        let listening = tokio::spawn(listen(database.clone(), Arc::clone(&remote_work), Arc::clone(&own)));
        let sending = tokio::spawn(send(database.pool.clone(), notifier.clone(), own));
        Self { remote_work, notifier, tasks: [listening, sending] }
    }

    pub(crate) fn notifier(&self) -> WorkNotifier {
        self.notifier.clone()
    }

    /// Waits until another process has notified, or may have while this one did not listen.
    pub(crate) async fn remote_work(&self) {
        self.remote_work.notified().await;
    }
}

impl Drop for WorkListener {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// Notifications carry the listener's backend, so that a process does not wake itself: its own
/// signal does that sooner.
async fn send(connections: Connections, notifier: WorkNotifier, own: Arc<AtomicI32>) {
    loop {
        notifier.0.notified().await;
        let sender = own.load(Ordering::Relaxed).to_string();
        if let Err(error) = sqlx::query(ANNOUNCE).bind(sender).execute(&connections).await {
            debug!(%error, "other workers were not told; they poll");
        }
        tokio::time::sleep(MIN_INTERVAL).await;
    }
}

/// Until the pool is closed: whoever closes it waits for its connections to come back.
async fn listen(database: PostgresDatabase, remote_work: Arc<Notify>, own: Arc<AtomicI32>) {
    let mut pause = BACK_OFF.0;
    let mut closing = database.pool.pool().close_event();
    while let Ok(outcome) = closing.do_until(listen_once(&database, &remote_work, &own, &mut pause)).await {
        match outcome {
            Ok(()) => info!("the connection that listens for new mail was lost; connecting again"),
            Err(error) => warn!(%error, "cannot listen for new mail; polling finds it meanwhile"),
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(BACK_OFF.1);
    }
}

/// Listens until the connection is lost.
async fn listen_once(
    database: &PostgresDatabase,
    remote_work: &Notify,
    own: &AtomicI32,
    pause: &mut Duration,
) -> Result<(), sqlx::Error> {
    // A listener that is dropped says so to the server, and waits for the answer without end: not
    // with a connection that others could use.
    let mut listener = PgListener::connect_with(&database.own_pool()).await?;
    listener.eager_reconnect(false);
    listener.listen(CHANNEL).await?;
    let backend: i32 = sqlx::query_scalar(OWN_BACKEND).fetch_one(&mut listener).await?;
    own.store(backend, Ordering::Relaxed);
    *pause = BACK_OFF.0;
    // What was told before is lost.
    wake(remote_work);
    let own = backend.to_string();
    loop {
        let notification = match timeout(SILENCE, listener.try_recv()).await {
            Ok(Ok(Some(notification))) => notification,
            Ok(Ok(None)) => break,
            Ok(Err(error)) => return Err(error),
            // Nobody told anything, or nothing gets through any more.
            Err(_) => {
                limited(LIMIT, sqlx::query(OWN_BACKEND).execute(&mut listener)).await?;
                continue;
            }
        };
        if notification.payload() != own {
            wake(remote_work);
        }
    }
    wake(remote_work);
    Ok(())
}

/// Wakes everybody who waits, and whoever waits next if nobody does.
fn wake(remote_work: &Notify) {
    remote_work.notify_waiters();
    remote_work.notify_one();
}
