//! Telling endpoints: from the outbox to an answer.

mod engine;
mod payload;

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{BackOff, WorkerId};
use metrics::{counter, histogram};
use tracing::warn;

pub use self::payload::test_event;
use crate::model::{ClaimedEvent, OutgoingWebhook, WebhookAnswer, WebhookOutcome};
use crate::ports::{Clock, Random, StoreError, WebhookError, WebhookOutbox, WebhookSender};

/// The ports of whoever tells endpoints.
#[derive(Clone)]
pub struct WebhookPorts {
    /// What is to be told.
    pub outbox: Arc<dyn WebhookOutbox>,
    /// Makes the calls.
    pub sender: Arc<dyn WebhookSender>,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// For jitter.
    pub random: Arc<dyn Random>,
}

/// How it is gone about.
#[derive(Debug, Clone)]
pub struct WebhookSettings {
    /// This worker, different from every other one.
    pub worker: WorkerId,
    /// Calls on their way at once.
    pub concurrency: usize,
    /// Calls on their way at once to one endpoint.
    pub each: u32,
    /// How long a claimed event stays with a worker that no longer answers; longer than a call may
    /// take.
    pub lease: Duration,
    /// How often to look for events that nobody announced.
    pub poll: Duration,
    /// Between calls to an endpoint that fails.
    pub back_off: BackOff,
    /// After this time an event is given up.
    pub give_up_after: Duration,
    /// How long calls on their way may take to finish on shutdown.
    pub grace: Duration,
}

impl WebhookSettings {
    /// The usual numbers, for this worker: retries for 24 hours, up to an hour apart.
    #[must_use]
    pub fn new(worker: WorkerId) -> Self {
        Self {
            worker,
            concurrency: 24,
            each: 4,
            lease: Duration::from_secs(30),
            poll: Duration::from_secs(1),
            back_off: BackOff { base: Duration::from_secs(5), ceiling: Duration::from_secs(3_600) },
            give_up_after: Duration::from_secs(86_400),
            grace: Duration::from_secs(10),
        }
    }
}

/// Claims due events under a lease and tells each endpoint of its own. A crash at any point leaves
/// an event that is told when the lease ends: at least once, and perhaps twice.
pub struct DeliverWebhooks {
    ports: WebhookPorts,
    settings: WebhookSettings,
}

impl DeliverWebhooks {
    /// A worker over these ports.
    #[must_use]
    pub const fn new(ports: WebhookPorts, settings: WebhookSettings) -> Self {
        Self { ports, settings }
    }

    /// One event from claim to outcome.
    async fn tell(&self, claimed: ClaimedEvent) {
        let (id, endpoint, happened) = (claimed.id, claimed.endpoint, claimed.event.at);
        let began = self.ports.clock.now();
        let webhook = OutgoingWebhook {
            id,
            target: claimed.target.clone(),
            at: began,
            body: payload::of(&claimed.event),
        };
        let answered = self.ports.sender.send(&webhook).await;
        let now = self.ports.clock.now();
        histogram!("resetd_webhook_call_seconds").record(seconds(now - began));
        let outcome = self.judge(&claimed, answered, now);
        match &outcome {
            WebhookOutcome::Delivered { .. } => {
                histogram!("resetd_webhook_delivery_seconds").record(seconds(now - happened));
            }
            WebhookOutcome::RetryAt { .. } => {}
            WebhookOutcome::Gone { .. } => {
                warn!(%endpoint, "a webhook endpoint answered 410 and is disabled")
            }
        }
        match self.ports.outbox.complete_event(id, self.settings.worker, outcome, now).await {
            Ok(true) => {}
            Ok(false) => {
                warn!(event = %id, "the lease of an event had passed on before its outcome was recorded");
            }
            Err(error) => {
                warn!(event = %id, %error, "an event waits for the store; its lease brings it back");
            }
        }
    }

    /// 2xx: taken. 410: never again. Anything else: once more, later.
    fn judge(
        &self,
        claimed: &ClaimedEvent,
        answered: Result<WebhookAnswer, WebhookError>,
        now: DateTime<Utc>,
    ) -> WebhookOutcome {
        let label = match answered.map(|answer| answer.status) {
            Ok(200..=299) => "delivered",
            Ok(410) => "gone",
            Ok(_) => "status",
            Err(error) => error.as_str(),
        };
        counter!("resetd_webhook_calls_total", "outcome" => label).increment(1);
        match answered {
            Ok(WebhookAnswer { status: status @ 200..=299, .. }) => {
                WebhookOutcome::Delivered { answer: status.to_string() }
            }
            Ok(WebhookAnswer { status: 410, .. }) => WebhookOutcome::Gone { answer: "410".to_owned() },
            Ok(WebhookAnswer { status, retry_after }) => {
                self.retry(claimed, now, status.to_string(), retry_after.unwrap_or_default())
            }
            Err(error) => self.retry(claimed, now, error.to_string(), Duration::ZERO),
        }
    }

    /// After our own pause, or the longer one that the endpoint asked for: a day at most, since
    /// after that the event is given up.
    fn retry(
        &self,
        claimed: &ClaimedEvent,
        now: DateTime<Utc>,
        answer: String,
        asked_for: Duration,
    ) -> WebhookOutcome {
        let mut bytes = [0; 8];
        self.ports.random.fill(&mut bytes);
        let failures = claimed.attempts.max(claimed.failures);
        let delay = self.settings.back_off.delay(failures, u64::from_ne_bytes(bytes));
        let delay = delay.max(asked_for.min(self.settings.give_up_after));
        let due_at = now + TimeDelta::from_std(delay).unwrap_or(TimeDelta::hours(1));
        WebhookOutcome::RetryAt { due_at, answer }
    }

    /// Ends what has been tried for long enough. Returns how many events.
    async fn give_up(&self) -> Result<u64, StoreError> {
        let patience = TimeDelta::from_std(self.settings.give_up_after).unwrap_or(TimeDelta::hours(24));
        let before = self.ports.clock.now() - patience;
        self.ports.outbox.give_up(before, GIVEN_UP_AT_ONCE).await
    }
}

/// Events given up in one go.
const GIVEN_UP_AT_ONCE: u32 = 200;

fn seconds(time: TimeDelta) -> f64 {
    time.to_std().unwrap_or_default().as_secs_f64()
}
