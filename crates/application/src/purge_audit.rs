use std::sync::Arc;

use chrono::{DateTime, Datelike, NaiveTime, TimeDelta, Utc};

use crate::ports::{AuditLog, Clock, StoreError};

/// Forgets what the audit log holds beyond its retention, by whole months (UTC), so that the row
/// about it comes once a month.
pub struct PurgeAudit {
    /// What is purged.
    pub audit: Arc<dyn AuditLog>,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// How long deeds are kept, at the least.
    pub retention: TimeDelta,
}

impl PurgeAudit {
    /// Purges the months that ended before the retention began. Returns how many rows went, or a
    /// lower figure.
    ///
    /// # Errors
    /// [`StoreError`] when some are left; the next time they go.
    pub async fn execute(&self) -> Result<u64, StoreError> {
        let now = self.clock.now();
        self.audit.purge_audit(month_of(now - self.retention), now).await
    }
}

/// The first moment of its month.
fn month_of(at: DateTime<Utc>) -> DateTime<Utc> {
    let day = at.date_naive();
    day.with_day(1).unwrap_or(day).and_time(NaiveTime::MIN).and_utc()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_begins_at_midnight_of_its_first_day() {
        let at: DateTime<Utc> = "2026-11-23T15:20:00.5Z".parse().unwrap();
        assert_eq!(month_of(at).to_rfc3339(), "2026-11-01T00:00:00+00:00");
        assert_eq!(month_of(month_of(at)), month_of(at));
    }
}
