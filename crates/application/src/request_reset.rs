use std::sync::Arc;

use chrono::TimeDelta;
use domain::{ApiKeyKind, CustomerIp, EmailAddress, Expiry, ExpiryError, RequestId};
use thiserror::Error;
use tracing::Instrument;

use crate::model::{Limit, LimitDecision, LimitSubject, NewRequest};
use crate::ports::{Clock, Random, RateLimiter, RequestIntake, StoreError};
use crate::trace::stage;
use crate::{Authenticated, WorkSignal, new_id};

/// Takes a request for a new password: writes one row and answers. It looks at no account, makes no
/// token, renders and resolves nothing; that is why it is fast, and why it cannot tell who has an
/// account.
pub struct RequestReset {
    /// Where the request is made durable.
    pub intake: Arc<dyn RequestIntake>,
    /// Counts requests per customer IP.
    pub limiter: Arc<dyn RateLimiter>,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// For identifiers.
    pub random: Arc<dyn Random>,
    /// Wakes the worker.
    pub signal: WorkSignal,
}

/// One request, its fields valid each for itself.
#[derive(Debug, Clone)]
pub struct RequestResetCommand {
    /// The submitted address.
    pub email: EmailAddress,
    /// How long the link should live; `None`: the organisation's default.
    pub expiry: Option<Expiry>,
    /// Who asked; `None`: unknown.
    pub customer_ip: Option<CustomerIp>,
}

/// Why a request was not taken. Nothing was stored.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RequestResetError {
    /// Shorter or longer than the organisation allows.
    #[error(transparent)]
    Expiry(#[from] ExpiryError),
    /// Too many requests name this customer IP.
    #[error("too many requests for this customer IP")]
    TooManyRequests(LimitDecision),
    /// The store did not take it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl RequestReset {
    /// Takes one request. `Ok` is a promise: it is on disk, and the mail goes out whatever crashes
    /// next.
    ///
    /// # Errors
    /// [`RequestResetError`]; nothing was promised.
    pub async fn execute(
        &self,
        caller: &Authenticated,
        command: RequestResetCommand,
    ) -> Result<RequestId, RequestResetError> {
        let organisation = &caller.key.organisation;
        let sandbox = caller.key.key.kind == ApiKeyKind::Development;
        let expiry = organisation.settings.expiry.policy().resolve(command.expiry)?;
        if let Some(ip) = command.customer_ip {
            let limit = Limit::per_minute(organisation.settings.requests_per_ip_minute);
            let decision = self
                .limiter
                .hit(LimitSubject::requests(organisation.id, ip.budget_key(), sandbox), limit, caller.now)
                .await;
            if !decision.allowed {
                return Err(RequestResetError::TooManyRequests(decision));
            }
        }
        let id = new_id(self.clock.as_ref(), self.random.as_ref());
        let request = NewRequest {
            id,
            organisation: organisation.id,
            api_key: Some(caller.key.key.id),
            sandbox,
            email: organisation.settings.canonical(command.email),
            customer_ip: command.customer_ip,
            accepted_at: caller.now,
            expires_at: caller.now + TimeDelta::seconds(expiry.as_seconds().into()),
        };
        self.intake.record(request).instrument(stage!("record", mail = %id)).await?;
        self.signal.raise();
        Ok(id)
    }
}
