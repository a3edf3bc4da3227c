//! The connection to Redis, as long as it is any good.

use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::time::{Duration, Instant};

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, RedisError};
use tokio::time::{sleep, timeout};

/// How long a new connection may take to come about.
const CONNECT: Duration = Duration::from_secs(1);

/// One connection, shared by all callers; none while Redis is away. The caller that finds it broken takes
/// it out, and a task looks for a new one, so that nobody else waits.
#[derive(Debug)]
pub(crate) struct Link {
    client: Client,
    /// Within which Redis must answer to be worth asking.
    deadline: Duration,
    /// Between attempts to find it again.
    probe_every: Duration,
    state: RwLock<State>,
}

#[derive(Debug, Default)]
struct State {
    connection: Option<MultiplexedConnection>,
    /// Counts connections, so that a caller who held an older one does no harm to the present one.
    number: u64,
}

/// A connection and its number.
pub(crate) type Numbered = (u64, MultiplexedConnection);

impl Link {
    pub(crate) fn new(client: Client, deadline: Duration, probe_every: Duration) -> Arc<Self> {
        metrics::describe_gauge!(
            "resetd_limiter_shared_up",
            "Whether the shared rate limiter answers (1) or not (0)"
        );
        metrics::describe_counter!("resetd_limiter_outages_total", "Times the shared rate limiter was lost");
        Arc::new(Self { client, deadline, probe_every, state: RwLock::default() })
    }

    /// Connects for the first time. A Redis that is away now is looked for like one that was lost.
    pub(crate) async fn start(self: &Arc<Self>) {
        match self.connect().await {
            Ok(connection) => self.found(connection),
            Err(error) => self.report_lost(&error),
        }
    }

    pub(crate) fn connection(&self) -> Option<Numbered> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        state.connection.clone().map(|connection| (state.number, connection))
    }

    /// Connection `number` is no good any more, because of `error`.
    pub(crate) fn lost(self: &Arc<Self>, number: u64, error: &str) {
        {
            let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
            if state.number != number || state.connection.take().is_none() {
                return;
            }
        }
        self.report_lost(error);
    }

    fn report_lost(self: &Arc<Self>, error: &str) {
        metrics::gauge!("resetd_limiter_shared_up").set(0.0);
        metrics::counter!("resetd_limiter_outages_total").increment(1);
        tracing::warn!(
            error,
            "the shared rate limiter is away; each replica counts by itself until it is back"
        );
        tokio::spawn(look_for(Arc::downgrade(self), Instant::now()));
    }

    fn found(&self, connection: MultiplexedConnection) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        state.number += 1;
        state.connection = Some(connection);
        metrics::gauge!("resetd_limiter_shared_up").set(1.0);
    }

    /// A connection over which Redis answers in time.
    async fn connect(&self) -> Result<MultiplexedConnection, String> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT))
            .set_response_timeout(Some(CONNECT));
        let connecting = self.client.get_multiplexed_async_connection_with_config(&config);
        let late = |_| "no connection in time".to_owned();
        let mut connection =
            timeout(2 * CONNECT, connecting).await.map_err(late)?.map_err(|error| category(&error))?;
        let ping = redis::cmd("PING");
        let answer = timeout(self.deadline, ping.query_async::<()>(&mut connection)).await;
        answer.map_err(|_| "no answer in time".to_owned())?.map_err(|error| category(&error))?;
        Ok(connection)
    }
}

/// The kind of an error, without what the server said: that may hold a name or an address.
pub(crate) fn category(error: &RedisError) -> String {
    match error.code() {
        Some(code) => format!("{} ({code})", error.category()),
        None => error.category().to_owned(),
    }
}

/// Looks for Redis until it is there or the limiter is gone.
async fn look_for(link: Weak<Link>, since: Instant) {
    while let Some(pause) = link.upgrade().map(|link| link.probe_every) {
        sleep(pause).await;
        let Some(link) = link.upgrade() else { return };
        match link.connect().await {
            Ok(connection) => {
                link.found(connection);
                let seconds = since.elapsed().as_secs_f64();
                tracing::info!(seconds, "the shared rate limiter is back");
                return;
            }
            Err(error) => tracing::debug!(error, "the shared rate limiter is still away"),
        }
    }
}
