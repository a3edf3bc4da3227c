use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::{ApiKeyId, CustomerIp, OrganisationId, TokenHash};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LimitSubject {
    /// Calls made with one API key.
    ApiKey(ApiKeyId),
    /// Requests of one organisation that name one customer IP, as [`CustomerIp::budget_key`] gives
    /// it.
    CustomerIp(OrganisationId, CustomerIp),
    /// The same in the organisation's sandbox.
    SandboxIp(OrganisationId, CustomerIp),
    /// Attempts to set a password with one token. Only tokens that exist are counted, so that
    /// invented ones cost no memory.
    ResetToken(TokenHash),
}

impl LimitSubject {
    /// Requests of `organisation` that name `ip`: of its sandbox, or live.
    #[must_use]
    pub const fn requests(organisation: OrganisationId, ip: CustomerIp, sandbox: bool) -> Self {
        if sandbox { Self::SandboxIp(organisation, ip) } else { Self::CustomerIp(organisation, ip) }
    }
}

/// At most `max` hits in any period of `window`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Hits allowed within the window; zero refuses everything.
    pub max: u32,
    /// Length of the sliding window.
    pub window: Duration,
}

impl Limit {
    /// `max` hits in any 60 seconds.
    #[must_use]
    pub const fn per_minute(max: u32) -> Self {
        Self { max, window: Duration::from_secs(60) }
    }
}

/// The answer to one hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitDecision {
    /// Whether this hit is within the limit. A refused hit is not counted.
    pub allowed: bool,
    /// The limit that was applied.
    pub limit: u32,
    /// Hits still allowed right after this one.
    pub remaining: u32,
    /// When `remaining` will be back at `limit`, provided nothing else is counted.
    pub reset_at: DateTime<Utc>,
    /// For a refused hit: how long until one will be allowed. At least one second, so that it can
    /// be a header.
    pub retry_after: Duration,
}
