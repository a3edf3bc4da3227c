//! What counts the calls of a key.

use std::sync::Arc;

use application::ports::RateLimiter;
use limit_memory::MemoryLimiter;
#[cfg(feature = "redis")]
use limit_redis::{RedisLimiter, RedisSettings};
#[cfg(feature = "redis")]
use secrecy::ExposeSecret as _;

use crate::command_error::CommandError;
use crate::settings::{LimiterUrl, Settings, SettingsError};

/// The rate limiter of `limiter_url`, checked and not yet connected.
pub(crate) struct Limiter {
    #[cfg(feature = "redis")]
    redis: Option<RedisSettings>,
}

impl Limiter {
    /// Each process counts by itself.
    pub(super) const fn memory() -> Self {
        Self {
            #[cfg(feature = "redis")]
            redis: None,
        }
    }

    #[cfg(feature = "redis")]
    pub(super) fn from_settings(settings: &Settings) -> Result<Self, SettingsError> {
        let LimiterUrl::Redis(url) = &settings.limiter_url else { return Ok(Self::memory()) };
        let redis = RedisSettings::new(url.expose_secret());
        redis.check().map_err(|error| SettingsError::invalid("limiter_url", error))?;
        Ok(Self { redis: Some(redis) })
    }

    #[cfg(not(feature = "redis"))]
    pub(super) fn from_settings(settings: &Settings) -> Result<Self, SettingsError> {
        match settings.limiter_url {
            LimiterUrl::Memory => Ok(Self::memory()),
            LimiterUrl::Redis(_) => Err(SettingsError::not_in_this_build("limiter_url", "redis")),
        }
    }

    /// Redis with a memory behind it for when it is away, else the memory alone.
    pub(crate) async fn start(self) -> Result<Arc<dyn RateLimiter>, CommandError> {
        let memory: Arc<dyn RateLimiter> = Arc::new(MemoryLimiter::new());
        #[cfg(feature = "redis")]
        if let Some(redis) = self.redis {
            let limiter = RedisLimiter::start(redis, memory).await;
            return Ok(Arc::new(limiter.map_err(|error| SettingsError::invalid("limiter_url", error))?));
        }
        Ok(memory)
    }
}
