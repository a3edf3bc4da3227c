//! `LISTEN` and `NOTIFY`: a process that recorded work tells the workers of the others.
//!
//! The notification is a statement of its own, after the commit it tells of: PostgreSQL lets notifying transactions commit only one
//! after the other, and the commits of requests are better off side by side. It is a hint; whoever misses one (a lost
//! connection, a pooler that does not pass them on) finds the work by polling.

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
const PACE: Duration = Duration::from_millis(5);
/// After this time without a notification the connection is tried.
const SILENCE: Duration = Duration::from_secs(10);
/// Between attempts at listening again.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// News between processes. Its tasks end with it.
#[derive(Debug)]
pub(crate) struct News {
    heard: Arc<Notify>,
    told: Teller,
    tasks: [JoinHandle<()>; 2],
}

/// Tells the other processes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Teller(Arc<Notify>);

impl Teller {
    /// There is work. Returns at once; many calls make one notification.
    pub(crate) fn tell(&self) {
        self.0.notify_one();
    }
}

impl News {
    /// Starts listening and telling, until `database` is closed.
    pub(crate) fn start(database: &PostgresDatabase) -> Self {
        let (heard, told, own) = (Arc::new(Notify::new()), Teller::default(), Arc::new(AtomicI32::new(0)));
        let listening = tokio::spawn(listen(database.clone(), Arc::clone(&heard), Arc::clone(&own)));
        let telling = tokio::spawn(tell(database.pool.clone(), told.clone(), own));
        Self { heard, told, tasks: [listening, telling] }
    }

    pub(crate) fn teller(&self) -> Teller {
        self.told.clone()
    }

    /// Waits until another process told, or may have told while nobody listened.
    pub(crate) async fn heard(&self) {
        self.heard.notified().await;
    }
}

impl Drop for News {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// Notifications carry the listener's backend, so that a process does not wake itself: its own signal does that sooner.
async fn tell(connections: Connections, told: Teller, own: Arc<AtomicI32>) {
    loop {
        told.0.notified().await;
        let sender = own.load(Ordering::Relaxed).to_string();
        if let Err(error) = sqlx::query(ANNOUNCE).bind(sender).execute(&connections).await {
            debug!(%error, "other workers were not told; they poll");
        }
        tokio::time::sleep(PACE).await;
    }
}

/// Until the pool is closed: whoever closes it waits for its connections to come back.
async fn listen(database: PostgresDatabase, heard: Arc<Notify>, own: Arc<AtomicI32>) {
    let mut pause = BACK_OFF.0;
    let mut closing = database.pool.pool().close_event();
    while let Ok(outcome) = closing.do_until(listen_once(&database, &heard, &own, &mut pause)).await {
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
    heard: &Notify,
    own: &AtomicI32,
    pause: &mut Duration,
) -> Result<(), sqlx::Error> {
    // A listener that is dropped says so to the server, and waits for the answer without end: not with a connection that others
    // could use.
    let mut listener = PgListener::connect_with(&database.own_pool()).await?;
    listener.eager_reconnect(false);
    listener.listen(CHANNEL).await?;
    let backend: i32 = sqlx::query_scalar(OWN_BACKEND).fetch_one(&mut listener).await?;
    own.store(backend, Ordering::Relaxed);
    *pause = BACK_OFF.0;
    // What was told before is lost.
    wake(heard);
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
            wake(heard);
        }
    }
    wake(heard);
    Ok(())
}

/// Wakes everybody who waits, and whoever waits next if nobody does.
fn wake(heard: &Notify) {
    heard.notify_waiters();
    heard.notify_one();
}
