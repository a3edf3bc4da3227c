//! The suite of the outbox finds what is broken: each implementation here has one error, and the
//! suite names a case that shows it.

#![expect(clippy::expect_used, reason = "helpers of tests are tests")]

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use application::model::{ClaimedEvent, OutboxDepth, WebhookOutcome};
use application::ports::{PersistentPorts, StoreError, WebhookOutbox};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{WebhookEventId, WorkerId};
use futures_util::FutureExt as _;
use resetd_testkit::contract;
use resetd_testkit::fake::MemoryStore;

/// Runs a suite that must fail in `case`.
async fn finds(case: &str, suite: impl Future<Output = ()>) {
    let panic = AssertUnwindSafe(suite).catch_unwind().await.expect_err(case);
    let report = panic.downcast_ref::<String>().cloned().unwrap_or_default();
    assert!(report.contains(&format!("::{case}`")), "{case} is not in: {report}");
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Error {
    IgnoresLeases,
    IgnoresTheLimit,
    TakesAllOfOneEndpoint,
    NeverReleases,
    CompletesForAnybody,
    NeverRests,
    KeepsTheGone,
    NeverGivesUp,
    PurgesEverythingAtOnce,
    CountsNothing,
}

/// A memory store with an error.
struct Failing(Arc<MemoryStore>, Error);

#[async_trait]
impl WebhookOutbox for Failing {
    async fn claim_events(
        &self,
        worker: WorkerId,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
        limit: u32,
        each: u32,
    ) -> Result<Vec<ClaimedEvent>, StoreError> {
        let (until, limit, each) = match self.1 {
            Error::IgnoresLeases => (now, limit, each),
            Error::IgnoresTheLimit => (lease_until, limit + 1, each),
            Error::TakesAllOfOneEndpoint => (lease_until, limit, 1_000),
            _ => (lease_until, limit, each),
        };
        self.0.claim_events(worker, now, until, limit, each).await
    }

    async fn release_events(&self, worker: WorkerId, now: DateTime<Utc>) -> Result<(), StoreError> {
        match self.1 {
            Error::NeverReleases => Ok(()),
            _ => self.0.release_events(worker, now).await,
        }
    }

    async fn complete_event(
        &self,
        event: WebhookEventId,
        worker: WorkerId,
        outcome: WebhookOutcome,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let outcome = match (self.1, outcome) {
            (Error::NeverRests, WebhookOutcome::RetryAt { answer, .. }) => {
                WebhookOutcome::RetryAt { due_at: now, answer }
            }
            (Error::KeepsTheGone, WebhookOutcome::Gone { answer }) => {
                WebhookOutcome::RetryAt { due_at: now, answer }
            }
            (_, outcome) => outcome,
        };
        let done = self.0.complete_event(event, worker, outcome, now).await?;
        Ok(done || self.1 == Error::CompletesForAnybody)
    }

    async fn give_up(&self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError> {
        match self.1 {
            Error::NeverGivesUp => Ok(0),
            _ => self.0.give_up(before, limit).await,
        }
    }

    async fn outbox_depth(&self) -> Result<OutboxDepth, StoreError> {
        match self.1 {
            Error::CountsNothing => Ok(OutboxDepth::default()),
            _ => self.0.outbox_depth().await,
        }
    }

    async fn purge_events(&self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError> {
        let limit = if self.1 == Error::PurgesEverythingAtOnce { u32::MAX } else { limit };
        self.0.purge_events(before, limit).await
    }

    async fn event_notifier(&self) {
        self.0.event_notifier().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn errors_of_an_outbox() {
    for (error, case) in [
        (Error::IgnoresLeases, "simultaneous_claimers_never_share_an_event"),
        (Error::IgnoresTheLimit, "no_more_than_the_limit_are_claimed"),
        (Error::TakesAllOfOneEndpoint, "of_one_endpoint_a_few_come_at_a_time"),
        (Error::NeverReleases, "a_released_event_is_due_at_once"),
        (Error::CompletesForAnybody, "an_outcome_without_the_lease_changes_nothing"),
        (Error::NeverRests, "an_endpoint_that_fails_rests_and_is_tried_with_one"),
        (Error::KeepsTheGone, "an_endpoint_that_is_gone_is_disabled"),
        (Error::NeverGivesUp, "what_is_too_old_is_given_up"),
        (Error::PurgesEverythingAtOnce, "what_has_ended_is_purged_in_small_steps"),
        (Error::CountsNothing, "the_depth_counts_what_waits"),
    ] {
        let suite = contract::webhook_outbox(|| async move {
            let store = MemoryStore::fresh();
            let mut ports = PersistentPorts::of(store.clone());
            ports.outbox = Arc::new(Failing(store, error));
            ports
        });
        finds(case, suite).await;
    }
}
