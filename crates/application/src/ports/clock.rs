use chrono::{DateTime, Utc};

/// The time of day. Everything that needs it asks this port, so that tests can move it.
#[cfg_attr(feature = "mock", mockall::automock)]
pub trait Clock: Send + Sync {
    /// The present, in UTC. MUST NOT panic; may go backwards when the operator sets the clock.
    fn now(&self) -> DateTime<Utc>;
}
