//! What runs beside: deleting what is old, the gauges of the queue, the end of the audit log.

use std::sync::Arc;
use std::time::Duration;

use application::audit::hex;
use application::ports::{AuditLog, Clock, MailQueue, WebhookOutbox};
use application::{Purge, PurgeAudit};
use chrono::TimeDelta;
use domain::DeliveryState;
use metrics::gauge;
use tokio::task::JoinSet;
use tracing::{info, warn};

use super::store_log;
use crate::settings::Settings;
use crate::stores::Stores;

/// How often old rows are looked for.
const PURGE_EVERY: Duration = Duration::from_secs(600);
/// How often the end of the audit log is logged.
const AUDIT_END_EVERY: Duration = Duration::from_secs(6 * 3_600);
/// How often the queue is measured.
const MEASURE_EVERY: Duration = Duration::from_secs(10);

/// Runs beside the service for as long as it lives.
pub(super) struct Upkeep(JoinSet<()>);

impl Upkeep {
    /// Waits until one of the tasks has panicked.
    pub(super) async fn failed(&mut self) {
        while let Some(ended) = self.0.join_next().await {
            if ended.is_err_and(|error| error.is_panic()) {
                return;
            }
        }
        std::future::pending().await
    }
}

pub(super) fn start(settings: &Settings, stores: &Stores, clock: &Arc<dyn Clock>) -> Upkeep {
    let purge = Purge {
        delivery: Arc::clone(&stores.delivery),
        webhooks: Arc::clone(&stores.outbox),
        sandbox: Arc::clone(&stores.sandbox),
        clock: Arc::clone(clock),
        retention: TimeDelta::days(settings.retention_days.into()),
        pause: Duration::from_millis(20),
    };
    let purge_audit = PurgeAudit {
        audit: Arc::clone(&stores.audit),
        clock: Arc::clone(clock),
        retention: TimeDelta::days(settings.audit_retention_days.into()),
    };
    let mut tasks = JoinSet::new();
    tasks.spawn(purge_for_ever(purge, purge_audit));
    tasks.spawn(measure_for_ever(Arc::clone(&stores.queue), Arc::clone(clock)));
    tasks.spawn(measure_outbox_for_ever(Arc::clone(&stores.outbox), Arc::clone(clock)));
    tasks.spawn(log_audit_end_for_ever(Arc::clone(&stores.audit)));
    tasks.spawn(store_log::watch(Arc::clone(&stores.database)));
    Upkeep(tasks)
}

async fn purge_for_ever(purge: Purge, purge_audit: PurgeAudit) {
    let mut every = tokio::time::interval(PURGE_EVERY);
    // The first tick is immediate; starting up is no time to clean.
    every.tick().await;
    loop {
        every.tick().await;
        match purge.execute().await {
            Ok(0) => {}
            Ok(rows) => info!(rows, "old requests were deleted"),
            Err(error) => warn!(%error, "old requests could not be deleted"),
        }
        match purge_audit.execute().await {
            Ok(0) => {}
            Ok(rows) => info!(rows, "the beginning of the audit log was deleted"),
            Err(error) => warn!(%error, "the beginning of the audit log could not be deleted"),
        }
    }
}

/// Logs the end of the audit log, so that a log kept elsewhere shows when the database was put back.
async fn log_audit_end_for_ever(audit: Arc<dyn AuditLog>) {
    let mut every = tokio::time::interval(AUDIT_END_EVERY);
    loop {
        every.tick().await;
        match audit.end().await {
            Ok(end) => info!(sequence = end.sequence, hash = %hex(&end.hash), "the audit log ends here"),
            Err(error) => warn!(%error, "the end of the audit log could not be read"),
        }
    }
}

async fn measure_for_ever(queue: Arc<dyn MailQueue>, clock: Arc<dyn Clock>) {
    const OPEN: [DeliveryState; 3] =
        [DeliveryState::InQueue, DeliveryState::NotReadyToQueue, DeliveryState::WaitingForNextAttempt];
    let mut every = tokio::time::interval(MEASURE_EVERY);
    loop {
        every.tick().await;
        let Ok(depths) = queue.depths().await else { continue };
        for state in OPEN {
            let depth = depths.iter().find(|depth| depth.state == state);
            let age = depth
                .and_then(|depth| depth.oldest)
                .map_or(0.0, |oldest| (clock.now() - oldest).to_std().unwrap_or_default().as_secs_f64());
            gauge!("resetd_queue_depth", "state" => state.as_str())
                .set(depth.map_or(0, |depth| depth.count) as f64);
            gauge!("resetd_queue_oldest_seconds", "state" => state.as_str()).set(age);
        }
    }
}

async fn measure_outbox_for_ever(outbox: Arc<dyn WebhookOutbox>, clock: Arc<dyn Clock>) {
    let mut every = tokio::time::interval(MEASURE_EVERY);
    loop {
        every.tick().await;
        let Ok(depth) = outbox.outbox_depth().await else { continue };
        let age = depth.oldest.map(|oldest| (clock.now() - oldest).to_std().unwrap_or_default());
        gauge!("resetd_webhook_outbox_depth").set(depth.waiting as f64);
        gauge!("resetd_webhook_outbox_oldest_seconds").set(age.unwrap_or_default().as_secs_f64());
    }
}
