use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use application::ports::{GeoError, GeoResolver};
use application::{Circuit, CircuitChange};
use async_trait::async_trait;
use domain::{CustomerIp, GeoContext};
use futures_util::FutureExt;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};

use crate::cache::{Cache, Known};
use crate::client::VikiTronClient;
use crate::endpoint::Endpoint;
use crate::single_flight::{InFlightLookups, LookupResult};
use crate::{VikiTronError, VikiTronOptions};

/// Resolves addresses by asking VikiTron.
pub struct VikiTron {
    asking: Arc<Asking>,
    lookups: InFlightLookups,
}

/// What a request under way needs; it may outlive the call that began it.
struct Asking {
    client: VikiTronClient,
    cache: Cache,
    circuit: Circuit,
    permits: Semaphore,
    deadline: Duration,
}

impl VikiTron {
    /// Checks the options; nothing is sent yet.
    ///
    /// # Errors
    /// A URL, token or certificate that cannot be used, a token that would travel in the clear, or
    /// a zero.
    pub fn new(options: VikiTronOptions) -> Result<Self, VikiTronError> {
        for (name, is_zero) in [
            ("deadline", options.deadline.is_zero()),
            ("max_concurrent", options.max_concurrent == 0),
            ("cache_capacity", options.cache_capacity == 0),
        ] {
            if is_zero {
                return Err(VikiTronError::Zero(name));
            }
        }
        let client = VikiTronClient::new(Endpoint::new(&options)?, &options)?;
        let asking = Asking {
            client,
            cache: Cache::new(options.cache_capacity, options.known_for, options.unknown_for),
            circuit: Circuit::new(options.circuit),
            permits: Semaphore::new(options.max_concurrent.min(Semaphore::MAX_PERMITS)),
            deadline: options.deadline,
        };
        Ok(Self { asking: Arc::new(asking), lookups: InFlightLookups::default() })
    }

    /// What is in the cache: `Some(None)` when it is known that nothing is known, `None` when
    /// VikiTron has to be asked. The context is shared, not copied.
    #[must_use]
    pub fn cached(&self, ip: CustomerIp) -> Option<Option<Arc<GeoContext>>> {
        self.asking.cache.get(ip, std::time::Instant::now())
    }

    fn hit(known: Known) -> Result<GeoContext, GeoError> {
        metrics::counter!("resetd_geo_vikitron_cache_hits_total").increment(1);
        known.map(|context| (*context).clone()).ok_or(GeoError::Unknown)
    }
}

impl Asking {
    /// One request, from the wait for its turn to the cache.
    async fn land(self: Arc<Self>, ip: CustomerIp) -> LookupResult {
        let began = Instant::now();
        let deadline = began + self.deadline;
        let Ok(Ok(_permit)) = timeout_at(deadline, self.permits.acquire()).await else {
            return Err(unavailable("busy", "too many requests to VikiTron are under way"));
        };
        let Some(attempt) = self.circuit.admit(Instant::now().into_std()) else {
            return Err(unavailable("open", "VikiTron failed lately and is left alone"));
        };
        let answer = self.client.ask(ip, deadline.saturating_duration_since(Instant::now())).await;
        metrics::histogram!("resetd_geo_vikitron_request_duration_seconds").record(began.elapsed());
        let now = Instant::now().into_std();
        match answer {
            Ok(answer) => {
                note(attempt.succeeded());
                let known = answer.map(Arc::new);
                self.cache.put(ip, known.clone(), now);
                count(if known.is_some() { "found" } else { "unknown" });
                known.ok_or(GeoError::Unknown)
            }
            Err(failure) => {
                note(attempt.failed(now));
                tracing::debug!(%failure, "VikiTron gave no answer");
                Err(unavailable(failure.label(), &failure.to_string()))
            }
        }
    }
}

fn unavailable(outcome: &'static str, reason: &str) -> GeoError {
    count(outcome);
    GeoError::Unavailable(reason.to_owned())
}

/// Says when VikiTron is left alone, and when no longer.
fn note(change: CircuitChange) {
    let is_open = match change {
        CircuitChange::None => return,
        CircuitChange::Opened(pause) => {
            let pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
            tracing::warn!(pause_ms, "VikiTron is left alone for a while");
            true
        }
        CircuitChange::Closed => {
            tracing::info!("VikiTron answers again");
            false
        }
    };
    metrics::gauge!("resetd_geo_vikitron_breaker_open").set(if is_open { 1 } else { 0 });
}

fn count(outcome: &'static str) {
    metrics::counter!("resetd_geo_vikitron_requests_total", "outcome" => outcome).increment(1);
}

#[async_trait]
impl GeoResolver for VikiTron {
    async fn resolve(&self, ip: CustomerIp) -> Result<GeoContext, GeoError> {
        if !ip.is_global() {
            return Err(GeoError::Unknown);
        }
        if let Some(known) = self.cached(ip) {
            return Self::hit(known);
        }
        let flight = self.lookups.join(ip, || Arc::clone(&self.asking).land(ip).boxed());
        // The flight ends within its deadline, and so does whoever joined it later.
        flight.await.map(|context| (*context).clone())
    }
}

impl fmt::Debug for VikiTron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VikiTron").field("deadline", &self.asking.deadline).finish_non_exhaustive()
    }
}
