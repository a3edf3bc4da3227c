use std::sync::Arc;

use chrono::TimeDelta;
use domain::{CustomerIp, LinkState};

use crate::model::{Limit, LimitSubject, NewRequest};
use crate::ports::{Clock, CustomerDirectory, Random, RateLimiter, RequestIntake, StoreError};
use crate::{OpenLink, WorkSignal, new_id};

/// Asks for a new link on the page of a dead one: the holder of an expired or used link gets
/// another mail, within the same budgets as any request.
pub struct ResendLink {
    /// Finds the dead link.
    pub open: Arc<OpenLink>,
    /// Where the new request is recorded.
    pub intake: Arc<dyn RequestIntake>,
    /// The customer's stored address.
    pub customers: Arc<dyn CustomerDirectory>,
    /// Counts requests per IP.
    pub limiter: Arc<dyn RateLimiter>,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// For identifiers.
    pub random: Arc<dyn Random>,
    /// Wakes the worker.
    pub signal: WorkSignal,
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResentLink {
    /// Recorded; a mail is on its way if the customer may have one.
    Accepted,
    /// The link is still good: there is nothing to replace.
    StillGood,
    /// There is no such link.
    NoSuchLink,
    /// Too many requests from this address.
    TooManyRequests,
}

impl ResendLink {
    /// Asks once.
    ///
    /// # Errors
    /// [`StoreError`] when nothing was recorded.
    pub async fn execute(&self, token: &str, customer_ip: CustomerIp) -> Result<ResentLink, StoreError> {
        let Some(opened) = self.open.execute(token, None).await? else { return Ok(ResentLink::NoSuchLink) };
        if opened.link.state == LinkState::Good {
            return Ok(ResentLink::StillGood);
        }
        let now = self.clock.now();
        let organisation = opened.organisation;
        let limit = Limit::per_minute(organisation.settings.requests_per_ip_minute);
        let subject = LimitSubject::requests(organisation.id, customer_ip.budget_key(), opened.link.sandbox);
        if !self.limiter.hit(subject, limit, now).await.allowed {
            return Ok(ResentLink::TooManyRequests);
        }
        let customer = self.customers.find(opened.link.customer).await?;
        let Some(email) = customer.and_then(|customer| customer.email) else {
            return Ok(ResentLink::Accepted);
        };
        let expiry = organisation.settings.expiry.policy().default_expiry();
        let request = NewRequest {
            id: new_id(self.clock.as_ref(), self.random.as_ref()),
            organisation: organisation.id,
            api_key: None,
            sandbox: opened.link.sandbox,
            email,
            customer_ip: Some(customer_ip),
            accepted_at: now,
            expires_at: now + TimeDelta::seconds(expiry.as_seconds().into()),
        };
        self.intake.record(request).await?;
        self.signal.raise();
        Ok(ResentLink::Accepted)
    }
}
