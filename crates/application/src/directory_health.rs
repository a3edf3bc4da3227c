//! Which organisations' directories answer. A directory that does not is left alone, probed, and
//! called again once it is back; those of other organisations go on.

use std::collections::HashMap;
use std::fmt::Display;
use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::OrganisationId;
use metrics::{counter, gauge, histogram};
use thiserror::Error;
use tokio::time::Instant;
use tracing::{info, warn};

use crate::circuit::{Circuit, CircuitChange, CircuitSettings};

/// A single failure may be of one customer's row; three in a row are the directory's. Probes go at
/// most 5 s apart, so that a queue drains soon after the directory is back.
const CIRCUIT: CircuitSettings =
    CircuitSettings { failures: 3, pause: Duration::from_millis(500), longest: Duration::from_secs(5) };

/// The directories outside resetd, by organisation. Every adapter makes its calls through it.
#[derive(Debug, Default)]
pub struct DirectoryHealth {
    known: Mutex<HashMap<OrganisationId, Known>>,
}

#[derive(Debug)]
struct Known {
    circuit: Circuit,
    /// Why the circuit is open.
    error: Option<String>,
}

/// Why a call to a directory has no answer. Its text goes to logs and operators: no address, secret
/// or hash stands in it.
pub trait DirectoryCallError: Display {
    /// The outcome in `resetd_directory_calls_total`.
    fn outcome(&self) -> &'static str;

    /// Whether the directory as a whole failed, and not this customer alone.
    fn is_outage(&self) -> bool;
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refused<E> {
    /// The directory failed lately, and nothing was sent.
    #[error("the directory failed lately and is left alone until the next probe")]
    Paused,
    /// This call failed.
    #[error(transparent)]
    Failed(E),
}

impl DirectoryHealth {
    /// Makes a call, unless the organisation's directory is left alone. `name` is the call in
    /// metrics, `outcome` names its result there.
    ///
    /// Dropping the future counts neither way.
    ///
    /// # Errors
    /// [`Refused`]; paused, nothing was sent.
    pub async fn call<T, E: DirectoryCallError>(
        &self,
        organisation: OrganisationId,
        name: &'static str,
        call: impl Future<Output = Result<T, E>>,
        outcome: fn(&T) -> &'static str,
    ) -> Result<T, Refused<E>> {
        let count = |outcome: &'static str| {
            counter!("resetd_directory_calls_total", "call" => name, "outcome" => outcome).increment(1);
        };
        let circuit = self.circuit(organisation);
        let began = Instant::now();
        let Some(attempt) = circuit.admit(began.into_std()) else {
            count("paused");
            return Err(Refused::Paused);
        };
        let answered = call.await;
        histogram!("resetd_directory_call_seconds", "call" => name).record(began.elapsed());
        match answered {
            Ok(answer) => {
                count(outcome(&answer));
                self.note(organisation, attempt.succeeded(), None);
                Ok(answer)
            }
            Err(error) => {
                count(error.outcome());
                let change = if error.is_outage() {
                    attempt.failed(Instant::now().into_std())
                } else {
                    attempt.succeeded()
                };
                self.note(organisation, change, Some(&error));
                Err(Refused::Failed(error))
            }
        }
    }

    /// The organisations whose directories are left alone, and why.
    #[must_use]
    pub fn down(&self) -> Vec<(OrganisationId, String)> {
        let known = self.lock();
        let mut down: Vec<_> = known
            .iter()
            .filter_map(|(organisation, known)| Some((*organisation, known.error.clone()?)))
            .collect();
        down.sort();
        down
    }

    fn circuit(&self, organisation: OrganisationId) -> Circuit {
        let mut known = self.lock();
        let new = || {
            up(organisation, true);
            Known { circuit: Circuit::new(CIRCUIT), error: None }
        };
        known.entry(organisation).or_insert_with(new).circuit.clone()
    }

    fn note(&self, organisation: OrganisationId, change: CircuitChange, error: Option<&dyn Display>) {
        let error = match change {
            CircuitChange::None => return,
            CircuitChange::Opened(_) => error.map(ToString::to_string),
            CircuitChange::Closed => None,
        };
        up(organisation, error.is_none());
        match (&error, change) {
            (Some(error), CircuitChange::Opened(pause)) => {
                let pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
                warn!(%organisation, error, pause_ms, "the organisation's directory is left alone");
            }
            _ => info!(%organisation, "the organisation's directory answers again"),
        }
        if let Some(known) = self.lock().get_mut(&organisation) {
            known.error = error;
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<OrganisationId, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn up(organisation: OrganisationId, is_up: bool) {
    gauge!("resetd_directory_up", "organisation" => organisation.to_string()).set(if is_up { 1 } else { 0 });
}

#[cfg(test)]
mod tests {
    use std::fmt;

    use super::*;

    #[derive(Debug, Clone, Copy, PartialEq)]
    enum Failure {
        Outage,
        OneCustomer,
    }

    impl Display for Failure {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("the directory answered 500")
        }
    }

    impl DirectoryCallError for Failure {
        fn outcome(&self) -> &'static str {
            "status"
        }

        fn is_outage(&self) -> bool {
            *self == Self::Outage
        }
    }

    const SHOP: OrganisationId = OrganisationId::from_bytes([1; 16]);
    const OTHER: OrganisationId = OrganisationId::from_bytes([2; 16]);

    async fn call(
        health: &DirectoryHealth,
        organisation: OrganisationId,
        answer: Result<(), Failure>,
    ) -> Result<(), Refused<Failure>> {
        health.call(organisation, "find", async { answer }, |()| "found").await
    }

    #[tokio::test(start_paused = true)]
    async fn a_directory_that_is_down_is_probed_and_others_go_on() {
        let health = DirectoryHealth::default();
        for _ in 0..3 {
            assert_eq!(health.down(), []);
            let failed = call(&health, SHOP, Err(Failure::Outage)).await;
            assert_eq!(failed, Err(Refused::Failed(Failure::Outage)));
        }
        assert_eq!(health.down(), [(SHOP, "the directory answered 500".to_owned())]);
        assert_eq!(call(&health, SHOP, Ok(())).await, Err(Refused::Paused));
        assert_eq!(call(&health, OTHER, Ok(())).await, Ok(()));

        // 0.5, 1, 2, 4 and then 5 seconds between probes.
        let (began, mut probes) = (Instant::now(), Vec::new());
        while probes.len() < 6 {
            tokio::time::advance(Duration::from_millis(100)).await;
            if call(&health, SHOP, Err(Failure::Outage)).await != Err(Refused::Paused) {
                probes.push(began.elapsed().as_millis());
            }
        }
        assert_eq!(probes, [500, 1_500, 3_500, 7_500, 12_500, 17_500]);

        tokio::time::advance(Duration::from_secs(5)).await;
        assert_eq!(call(&health, SHOP, Ok(())).await, Ok(()));
        assert_eq!(health.down(), []);
        assert_eq!(call(&health, SHOP, Ok(())).await, Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_of_one_customer_pauses_nobody() {
        let health = DirectoryHealth::default();
        for _ in 0..10 {
            for answer in [Failure::Outage, Failure::Outage, Failure::OneCustomer] {
                assert_eq!(call(&health, SHOP, Err(answer)).await, Err(Refused::Failed(answer)));
            }
        }
        assert_eq!(health.down(), []);
    }

    #[tokio::test(start_paused = true)]
    async fn a_probe_that_is_given_up_leaves_the_way_to_the_next() {
        let health = DirectoryHealth::default();
        for _ in 0..3 {
            call(&health, SHOP, Err(Failure::Outage)).await.unwrap_err();
        }
        tokio::time::advance(Duration::from_millis(500)).await;
        let hanging = health.call(SHOP, "find", std::future::pending::<Result<(), Failure>>(), |()| "found");
        tokio::time::timeout(Duration::from_millis(10), hanging).await.unwrap_err();
        assert_eq!(call(&health, SHOP, Ok(())).await, Ok(()));
    }
}
