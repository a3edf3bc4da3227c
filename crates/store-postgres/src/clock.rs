//! One clock for all replicas: the server's.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use application::ports::{Clock, StoreError};
use chrono::{DateTime, TimeDelta, Utc};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tracing::{debug, warn};

use crate::PostgresDatabase;
use crate::columns::Columns;
use crate::connections::{Connections, limited};
use crate::query_error::QueryError;

pub(crate) const SERVER_TIME: &str = "SELECT clock_timestamp() AS at";

/// How often the server is asked for its time.
const INTERVAL: Duration = Duration::from_secs(10);
/// An answer that took longer says too little about the time.
const SLOW: Duration = Duration::from_millis(500);
/// A smaller difference is the network's, not the clocks'.
const TOLERANCE: TimeDelta = TimeDelta::milliseconds(50);

/// The time of the PostgreSQL server. It is asked now and then; in between this machine's monotonic
/// clock goes on from there, so that the clock on this machine's wall, which may be wrong and may
/// be set, decides about nothing.
///
/// Replicas that share a database so agree on leases, on the age of links and on what came first to
/// within the time of a round trip.
#[derive(Debug)]
pub struct ServerClock {
    reading: Arc<Mutex<Reading>>,
    asking: JoinHandle<()>,
}

/// What the server's clock showed.
#[derive(Debug, Clone, Copy)]
struct Reading {
    time: DateTime<Utc>,
    /// When it showed that.
    at: Instant,
}

impl Reading {
    fn now(self, instant: Instant) -> DateTime<Utc> {
        self.time + TimeDelta::from_std(instant.duration_since(self.at)).unwrap_or_default()
    }

    /// Which of the two to go on from.
    fn or(self, newer: Self) -> Self {
        let apart = newer.time - self.now(newer.at);
        if apart.abs() > TOLERANCE { newer } else { self }
    }
}

impl PostgresDatabase {
    /// The server's clock. To be called within a Tokio runtime, which asks the server again from
    /// time to time.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the server does not tell the time now; later it may be
    /// away.
    pub async fn clock(&self) -> Result<ServerClock, StoreError> {
        let (first, _) = read(&self.pool).await?;
        let reading = Arc::new(Mutex::new(first));
        let asking = tokio::spawn(ask(self.pool.clone(), Arc::clone(&reading)));
        Ok(ServerClock { reading, asking })
    }
}

impl Clock for ServerClock {
    fn now(&self) -> DateTime<Utc> {
        self.reading.lock().unwrap_or_else(PoisonError::into_inner).now(Instant::now())
    }
}

impl Drop for ServerClock {
    fn drop(&mut self) {
        self.asking.abort();
    }
}

async fn ask(connections: Connections, reading: Arc<Mutex<Reading>>) {
    let mut closing = connections.pool().close_event();
    while closing.do_until(tokio::time::sleep(INTERVAL)).await.is_ok() {
        match read(&connections).await {
            Ok((newer, took)) if took < SLOW => {
                let mut known = reading.lock().unwrap_or_else(PoisonError::into_inner);
                let apart = newer.time - known.now(newer.at);
                if apart.abs() > TimeDelta::seconds(1) {
                    warn!(
                        seconds = apart.num_milliseconds() as f64 / 1_000.0,
                        "the clock of the PostgreSQL server was set"
                    );
                }
                *known = known.or(newer);
            }
            Ok((_, took)) => debug!(?took, "the server's time came too slowly to be of use"),
            Err(error) => debug!(?error, "the server did not tell the time; its clock is assumed to go on"),
        }
    }
}

/// What the server's clock shows, taken for the middle of the round trip, and how long that took.
async fn read(connections: &Connections) -> Result<(Reading, Duration), QueryError> {
    let mut connection = connections.acquire().await?;
    let asked = Instant::now();
    let limit = connection.limit();
    let time = limited(limit, sqlx::query(SERVER_TIME).fetch_one(&mut *connection)).await;
    let time = time.map_err(QueryError::Sql).and_then(|row| row.time("clock_timestamp.at"));
    let took = asked.elapsed();
    let time = connection.settle(time)?;
    Ok((Reading { time, at: asked + took / 2 }, took))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_goes_on_from_a_reading_and_follows_the_server_when_it_is_set() {
        let (start, time) = (Instant::now(), DateTime::UNIX_EPOCH);
        let after = |seconds| start + Duration::from_secs(seconds);
        let first = Reading { time, at: start };
        assert_eq!(first.now(after(10)), time + TimeDelta::seconds(10));
        let nearly = Reading { time: time + TimeDelta::milliseconds(10_040), at: after(10) };
        assert_eq!(first.or(nearly).now(after(10)), time + TimeDelta::seconds(10), "the network's jitter");
        for seconds in [-259_200, -15, 15, 259_200] {
            let set = Reading { time: time + TimeDelta::seconds(10 + seconds), at: after(10) };
            assert_eq!(first.or(set).now(after(11)), time + TimeDelta::seconds(11 + seconds));
        }
    }
}
