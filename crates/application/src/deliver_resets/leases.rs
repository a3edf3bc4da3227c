//! What this worker holds: claimed, renewed while somebody works on it, given back when nobody
//! does.

use std::collections::HashMap;
use std::future::Future;

use chrono::{DateTime, TimeDelta, Utc};
use domain::MailId;
use tokio::task;
use tokio::time::{Instant, timeout};
use tracing::field::Empty;
use tracing::{Instrument, info, warn};

use super::engine::Engine;
use super::judge::RelayObservation;
use crate::model::ClaimedMail;
use crate::ports::StoreError;
use crate::trace::stage;

/// Which mails are on their way, and whether the store may count more as this worker's.
#[derive(Default)]
pub(super) struct Leases {
    /// The mail of each task.
    in_flight: HashMap<task::Id, MailId>,
    /// Mails that would fail again at once, and when their leases have ended at the latest: nobody
    /// renews them, and they are not given back before.
    resting: Vec<(MailId, Instant)>,
    /// Whether the store may know leases of this worker that nobody works on.
    stray: bool,
    /// Not before this time are such leases given back (again), so that a mail which fails every
    /// time is not tried all the time.
    give_back_at: Option<Instant>,
}

impl Leases {
    pub(super) fn started(&mut self, task: task::Id, mail: MailId) {
        self.in_flight.insert(task, mail);
    }

    /// A task ended. `None`: in a panic.
    pub(super) fn ended(
        &mut self,
        task: task::Id,
        observation: Option<&RelayObservation>,
        lease_ends: Instant,
    ) {
        let Some(mail) = self.in_flight.remove(&task) else { return };
        match observation {
            Some(RelayObservation::StoreUnavailable) => self.stray = true,
            Some(RelayObservation::StoreFailed) | None => self.resting.push((mail, lease_ends)),
            Some(_) => {}
        }
    }
}

impl Engine {
    pub(super) async fn claim(&mut self) {
        let settings = &self.worker.settings;
        let limit = u32::try_from(settings.concurrency.saturating_mul(2)).unwrap_or(u32::MAX);
        let now = self.worker.ports.clock.now();
        let span = stage!("claim", mails = Empty);
        let claimed = self.worker.ports.delivery.claim(settings.worker, now, self.lease_until(now), limit);
        match self.within_limit(claimed).instrument(span.clone()).await {
            Ok(mails) => {
                span.record("mails", i64::try_from(mails.len()).unwrap_or(i64::MAX));
                self.more = !mails.is_empty();
                self.ready.extend(mails);
            }
            Err(error) => {
                // It may have been done all the same, with the answer lost.
                warn!(%error, "no mail could be claimed");
                self.leases.stray = true;
                self.more = false;
            }
        }
    }

    /// Renews what is on its way or about to be. Any other lease of this worker is one that nobody
    /// works on, and ends.
    pub(super) async fn renew(&self) {
        let mut mails: Vec<MailId> = self.leases.in_flight.values().copied().collect();
        mails.extend(self.ready.iter().map(ClaimedMail::id));
        if mails.is_empty() {
            return;
        }
        let until = self.lease_until(self.worker.ports.clock.now());
        let renewed = self.worker.ports.delivery.renew(self.worker.settings.worker, &mails, until);
        if let Err(error) = self.within_limit(renewed).await {
            warn!(%error, "leases could not be renewed");
        }
    }

    /// After an error of the store: gives back what the store counts as this worker's and nobody
    /// works on.
    pub(super) async fn give_back(&mut self) {
        let now = Instant::now();
        if !self.leases.stray || self.leases.give_back_at.is_some_and(|at| now < at) {
            return;
        }
        self.leases.give_back_at = Some(now + self.worker.settings.poll);
        self.leases.resting.retain(|(_, lease_ends)| now < *lease_ends);
        let mut keep: Vec<MailId> = self.leases.in_flight.values().copied().collect();
        keep.extend(self.ready.iter().map(ClaimedMail::id));
        keep.extend(self.leases.resting.iter().map(|(mail, _)| *mail));
        match self.release(&keep).await {
            Ok(()) => {
                info!("leases that nobody works on were given back");
                (self.leases.stray, self.more) = (false, true);
            }
            Err(error) => warn!(%error, "leases could not be given back; they end by themselves"),
        }
    }

    pub(super) async fn release(&self, keep: &[MailId]) -> Result<(), StoreError> {
        self.within_limit(self.worker.ports.delivery.release(self.worker.settings.worker, keep)).await
    }

    fn lease_until(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now + TimeDelta::from_std(self.worker.settings.lease).unwrap_or(TimeDelta::seconds(15))
    }

    /// Nothing else is done while the engine waits for the store, so it waits for a third of a
    /// lease at most.
    async fn within_limit<T>(
        &self,
        call: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let limit = self.worker.settings.lease / 3;
        timeout(limit, call).await.unwrap_or_else(|_| {
            Err(StoreError::Unavailable(format!("the store did not answer within {} s", limit.as_secs_f32())))
        })
    }
}
