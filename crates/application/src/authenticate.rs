use std::net::IpAddr;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::{ApiKey, Scope};
use thiserror::Error;

use crate::model::{Limit, LimitDecision, LimitSubject, RegisteredKey};
use crate::ports::{ApiKeyRegistry, Clock, RateLimiter, StoreError};

/// Checks an API key, in the contract's order: presence, format, registry, expiry, rate limit,
/// permission. The first check that fails ends it.
pub struct Authenticate {
    /// Where keys are looked up.
    pub keys: Arc<dyn ApiKeyRegistry>,
    /// Counts calls per key.
    pub limiter: Arc<dyn RateLimiter>,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// Whether the sample key of the documentation is a key like any other (`resetd demo` alone).
    pub accept_sample: bool,
}

/// A call to be authenticated.
#[derive(Clone, Copy)]
pub struct AuthenticateCommand<'a> {
    /// The key as the caller sent it; `None`: none anywhere.
    pub key: Option<&'a str>,
    /// What the call is about to do.
    pub scope: Scope,
    /// The address the call came from.
    pub caller: IpAddr,
}

/// The key has passed.
#[derive(Debug, Clone)]
pub struct Authenticated {
    /// The key and its organisation.
    pub key: Arc<RegisteredKey>,
    /// What the rate limit says now; `None` for keys without a limit.
    pub rate: Option<LimitDecision>,
    /// When the call was accepted.
    pub now: DateTime<Utc>,
}

/// Why a key was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AuthenticateError {
    /// No key, or an empty one.
    #[error("no API key")]
    Empty,
    /// Not 32 characters of the documented form.
    #[error("the API key is not in a valid format")]
    Format,
    /// The key printed in the documentation.
    #[error("the API key is the sample of the documentation")]
    Sample,
    /// Well-formed, and nobody's.
    #[error("the API key does not exist")]
    Unknown,
    /// Revoked.
    #[error("the API key has been revoked")]
    Revoked,
    /// Not valid yet, or its organisation is suspended.
    #[error("the API key is not active")]
    NotActive,
    /// Past its expiry.
    #[error("the API key has expired")]
    Expired,
    /// Too many calls with this key.
    #[error("the rate limit of the API key is exceeded")]
    TooManyRequests(LimitDecision),
    /// The key's scopes or networks do not cover the call.
    #[error("the API key does not permit this call")]
    NoPermission(Option<LimitDecision>),
    /// The registry cannot tell.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Authenticate {
    /// Checks one call.
    ///
    /// # Errors
    /// [`AuthenticateError`] names the first check that failed.
    pub async fn execute(
        &self,
        command: AuthenticateCommand<'_>,
    ) -> Result<Authenticated, AuthenticateError> {
        let text = command.key.filter(|key| !key.is_empty()).ok_or(AuthenticateError::Empty)?;
        let key = ApiKey::parse(text).map_err(|_| AuthenticateError::Format)?;
        if key.is_sample() && !self.accept_sample {
            return Err(AuthenticateError::Sample);
        }
        let found = self.keys.find(key.hash()).await?.ok_or(AuthenticateError::Unknown)?;
        let now = self.clock.now();
        check_validity(&found, now)?;
        let rate = self.count(&found, now).await?;
        if !permits(&found, command) {
            return Err(AuthenticateError::NoPermission(rate));
        }
        Ok(Authenticated { key: found, rate, now })
    }

    async fn count(
        &self,
        found: &RegisteredKey,
        now: DateTime<Utc>,
    ) -> Result<Option<LimitDecision>, AuthenticateError> {
        let Some(max) = found.key.kind.requests_per_minute() else { return Ok(None) };
        let subject = LimitSubject::ApiKey(found.key.id);
        let decision = self.limiter.hit(subject, Limit::per_minute(max), now).await;
        if decision.allowed { Ok(Some(decision)) } else { Err(AuthenticateError::TooManyRequests(decision)) }
    }
}

fn check_validity(found: &RegisteredKey, now: DateTime<Utc>) -> Result<(), AuthenticateError> {
    if found.key.revoked_at.is_some() {
        return Err(AuthenticateError::Revoked);
    }
    if found.organisation.suspended || found.key.created_at > now {
        return Err(AuthenticateError::NotActive);
    }
    if found.key.expires_at <= now {
        return Err(AuthenticateError::Expired);
    }
    Ok(())
}

fn permits(found: &RegisteredKey, command: AuthenticateCommand<'_>) -> bool {
    let scopes = &found.key.scopes;
    let networks = &found.key.networks;
    (scopes.is_empty() || scopes.contains(&command.scope))
        && (networks.is_empty() || networks.iter().any(|network| network.contains(command.caller)))
}
