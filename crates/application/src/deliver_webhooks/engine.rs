//! The loop: claim, call, record, wind down on shutdown. It shares nothing with the loop of the
//! mails.

use std::future::Future;
use std::sync::Arc;

use chrono::TimeDelta;
use metrics::{counter, gauge};
use tokio::task::JoinSet;
use tokio::time::{Duration, Instant, MissedTickBehavior, interval, sleep_until};
use tracing::{error, info, warn};

use super::DeliverWebhooks;

/// How often events that are too old are looked for.
const GIVE_UP_EVERY: Duration = Duration::from_secs(60);

impl DeliverWebhooks {
    /// Tells endpoints until `stop` completes, then lets the calls on their way finish and gives
    /// back the others.
    pub async fn run(self: Arc<Self>, stop: impl Future<Output = ()> + Send) {
        tokio::pin!(stop);
        let mut calls = JoinSet::new();
        let mut old = interval(GIVE_UP_EVERY);
        old.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            self.claim(&mut calls).await;
            gauge!("resetd_webhook_calls_in_flight").set(calls.len() as f64);
            let poll = sleep_until(Instant::now() + self.settings.poll);
            tokio::select! {
                () = &mut stop => break,
                Some(ended) = calls.join_next() => {
                    if let Err(error) = ended {
                        error!(%error, "a call to a webhook endpoint ended in a panic; its lease brings it back");
                    }
                }
                () = self.ports.outbox.event_notifier() => {}
                _ = old.tick() => self.give_up_the_old().await,
                () = poll => {}
            }
        }
        self.wind_down(calls).await;
    }

    /// Starts as many calls as there is room for.
    async fn claim(self: &Arc<Self>, calls: &mut JoinSet<()>) {
        let room = self.settings.concurrency.saturating_sub(calls.len());
        let limit = u32::try_from(room).unwrap_or(u32::MAX);
        if limit == 0 {
            return;
        }
        let now = self.ports.clock.now();
        let lease_until = now + TimeDelta::from_std(self.settings.lease).unwrap_or(TimeDelta::seconds(30));
        let outbox = &self.ports.outbox;
        match outbox.claim_events(self.settings.worker, now, lease_until, limit, self.settings.each).await {
            Ok(events) => {
                for event in events {
                    let worker = Arc::clone(self);
                    calls.spawn(async move { worker.tell(event).await });
                }
            }
            Err(error) => warn!(%error, "no webhook event could be claimed"),
        }
    }

    async fn give_up_the_old(&self) {
        match self.give_up().await {
            Ok(0) => {}
            Ok(events) => {
                counter!("resetd_webhook_events_given_up_total").increment(events);
                info!(events, "webhook events were given up: their endpoints did not take them in time");
            }
            Err(error) => warn!(%error, "old webhook events could not be given up"),
        }
    }

    async fn wind_down(&self, mut calls: JoinSet<()>) {
        let finish = async { while calls.join_next().await.is_some() {} };
        if tokio::time::timeout(self.settings.grace, finish).await.is_err() {
            calls.shutdown().await;
        }
        let now = self.ports.clock.now();
        if let Err(error) = self.ports.outbox.release_events(self.settings.worker, now).await {
            warn!(%error, "leases of webhook events could not be given back; they end by themselves");
        }
    }
}
