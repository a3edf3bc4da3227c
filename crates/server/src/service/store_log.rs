//! Watches how large SQLite's log grows.

use std::sync::Arc;
use std::time::Duration;

use metrics::gauge;
use tracing::{info, warn};

use crate::stores::Database;

const MEASURE_EVERY: Duration = Duration::from_secs(1);
/// Octets from which on the operator is warned: four times what SQLite keeps for reuse.
const LARGE: u64 = 256 << 20;

/// Sets `resetd_store_log_bytes` once a second and warns when the log has become large. Ends where
/// there is no such log.
pub(super) async fn watch(database: Arc<dyn Database>) {
    let mut every = tokio::time::interval(MEASURE_EVERY);
    let mut is_large = false;
    loop {
        every.tick().await;
        let Some(measured) = database.log_bytes() else { return };
        let Ok(bytes) = measured else { continue };
        gauge!("resetd_store_log_bytes").set(bytes as f64);
        match (is_large, bytes >= LARGE) {
            (false, true) => warn!(
                bytes,
                "SQLite's log cannot start over: another process reads an old state of the database, such as a back-up or a report"
            ),
            (true, false) => info!(bytes, "SQLite's log has started over"),
            _ => {}
        }
        is_large = bytes >= LARGE;
    }
}
