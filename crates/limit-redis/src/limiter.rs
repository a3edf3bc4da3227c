use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use application::model::{Limit, LimitDecision, LimitSubject};
use application::ports::RateLimiter;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use redis::{Client, Script};
use thiserror::Error;
use tokio::time::timeout;

use crate::link::{Link, category};
use crate::script::{Hit, window};

/// Where Redis is and how to treat it. Opaque in `Debug`: the URL may hold a password.
#[derive(Clone, PartialEq, Eq)]
pub struct RedisSettings {
    /// `redis://[[user]:password@]host[:port][/database]` or `redis+unix:///path`.
    pub url: String,
    /// What the names of all keys begin with. Installations that share a Redis want different ones.
    pub prefix: String,
    /// How long a caller waits for Redis before the local limiter decides.
    pub deadline: Duration,
    /// How often to look for a Redis that is away.
    pub probe_every: Duration,
}

impl RedisSettings {
    /// Whether the URL names a Redis. Connects to nothing.
    ///
    /// # Errors
    /// [`RedisUrlError`] when it does not.
    pub fn check(&self) -> Result<(), RedisUrlError> {
        Client::open(self.url.as_str()).map(drop).map_err(|_| RedisUrlError)
    }

    /// Keys begin with `resetd:limit:`, 50 ms to answer, a look every 250 ms.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            prefix: "resetd:limit:".to_owned(),
            deadline: Duration::from_millis(50),
            probe_every: Duration::from_millis(250),
        }
    }
}

impl fmt::Debug for RedisSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisSettings").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

/// The text is no URL of a Redis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not the URL of a Redis: expected redis://host:port/database")]
pub struct RedisUrlError;

/// Sliding windows in Redis, for any number of replicas.
///
/// A window is 61 counters in one hash, each a sixtieth of the window wide: whatever the limit, a
/// subject costs at most some kilobytes, and the error is on the strict side by at most that
/// sixtieth. One `EVALSHA`, one round trip; keys expire by themselves after twice their window.
///
/// Once Redis does not answer within the deadline, or answers with an error, nobody asks it any
/// more: a task looks for it in the background, and until it is back the local limiter decides.
/// The local limiter counts every hit that Redis allows, so that an outage does not begin with an empty
/// window. Hits counted during an outage are not carried over.
///
/// Metrics: `resetd_limiter_shared_up` (gauge), `resetd_limiter_outages_total`,
/// `resetd_limiter_local_hits_total`. The log has one line when Redis is lost and one when it is
/// back.
///
/// Redis must be allowed to run scripts, and should not evict keys that have not expired: an
/// evicted window starts anew.
pub struct RedisLimiter {
    link: Arc<Link>,
    script: Script,
    prefix: String,
    deadline: Duration,
    local: Arc<dyn RateLimiter>,
}

impl RedisLimiter {
    /// Connects, and looks for Redis in the background if it is away. Until it is there `local`
    /// decides alone. Must be called on a tokio runtime; waits at most two seconds.
    ///
    /// # Errors
    /// [`RedisUrlError`] when the settings name no Redis at all.
    pub async fn start(settings: RedisSettings, local: Arc<dyn RateLimiter>) -> Result<Self, RedisUrlError> {
        let RedisSettings { url, prefix, deadline, probe_every } = settings;
        let client = Client::open(url).map_err(|_| RedisUrlError)?;
        metrics::describe_counter!(
            "resetd_limiter_local_hits_total",
            "Hits that this replica counted by itself because the shared rate limiter was away"
        );
        let link = Link::new(client, deadline, probe_every);
        link.start().await;
        Ok(Self { link, script: window(), prefix, deadline, local })
    }

    /// Whether Redis decides at present.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.link.connection().is_some()
    }

    /// What Redis says, if it says anything in time.
    async fn ask(&self, hit: &Hit) -> Option<LimitDecision> {
        let (number, mut connection) = self.link.connection()?;
        match timeout(self.deadline, hit.ask(&self.script, &self.prefix, &mut connection)).await {
            Ok(Ok(answer)) => return Some(hit.decision(answer)),
            Ok(Err(error)) => self.link.lost(number, &category(&error)),
            Err(_) => self.link.lost(number, "no answer in time"),
        }
        None
    }
}

impl fmt::Debug for RedisLimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisLimiter").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

#[async_trait]
impl RateLimiter for RedisLimiter {
    async fn hit(&self, subject: LimitSubject, limit: Limit, now: DateTime<Utc>) -> LimitDecision {
        match self.ask(&Hit::new(subject, limit, now)).await {
            Some(decision) => {
                if decision.allowed {
                    self.local.hit(subject, limit, now).await;
                }
                decision
            }
            None => {
                metrics::counter!("resetd_limiter_local_hits_total").increment(1);
                self.local.hit(subject, limit, now).await
            }
        }
    }
}
