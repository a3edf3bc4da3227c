//! Requests from acceptance to redemption.

mod admit;
mod cancel;
mod claim;
mod complete;
mod issue;
mod lease;
mod link;
mod note;
mod purge;
mod redeem;
mod requester;

use application::model::{
    AddressBudget, Admission, ClaimedMail, Completion, Issued, Lease, NewRequest, Redeemed, Redemption,
    Requester, ResetLink, TokenIssue,
};
use application::ports::{DeliveryQueue, RequestIntake, StoreError, TokenStore};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{CustomerIp, MailId, RequestId, TokenHash, WorkerId};

pub(crate) use self::admit::AdmitRow;
pub(crate) use self::complete::{AttemptRow, NoMailRow};
pub(crate) use self::issue::IssueRow;
pub(crate) use self::link::KILL_LINKS;
pub(crate) use self::note::ADD_EVENT;
use crate::SqliteStore;
use crate::columns::millis;
use crate::writer::RecordRow;
use application::sealed::{Submitted, mailbox};

#[async_trait]
impl RequestIntake for SqliteStore {
    async fn record(&self, request: NewRequest) -> Result<(), StoreError> {
        let vault = self.vault.as_ref();
        let row = RecordRow {
            id: *request.id.as_bytes(),
            organisation: *request.organisation.as_bytes(),
            api_key: request.api_key.map(|id| *id.as_bytes()),
            sandbox: request.sandbox,
            accepted_at: millis(request.accepted_at),
            expires_at: millis(request.expires_at),
            fingerprint: mailbox(vault, request.organisation, &request.email, request.sandbox).0,
            masked: request.email.masked().to_string(),
            submitted: Submitted::seal(vault, Some(&request.email), request.customer_ip),
        };
        self.database.writer.record(row).await
    }
}

#[async_trait]
impl DeliveryQueue for SqliteStore {
    async fn claim(
        &self,
        worker: WorkerId,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<ClaimedMail>, StoreError> {
        claim::claim(self, worker, now, lease_until, limit).await
    }

    async fn renew(
        &self,
        worker: WorkerId,
        mails: &[MailId],
        lease_until: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        lease::renew(self, worker, mails, lease_until).await
    }

    async fn release(&self, worker: WorkerId, keep: &[MailId]) -> Result<(), StoreError> {
        lease::release(self, worker, keep).await
    }

    async fn admit(
        &self,
        lease: Lease,
        budget: AddressBudget,
        now: DateTime<Utc>,
    ) -> Result<Admission, StoreError> {
        let admitted = admit::admit(self, lease.request(), budget, now).await;
        self.webhook_notifier.notify();
        admitted
    }

    async fn complete(
        &self,
        lease: Lease,
        completion: Completion,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let completed = complete::complete(self, lease, completion, now).await;
        self.webhook_notifier.notify();
        completed
    }

    async fn purge(&self, before: DateTime<Utc>, now: DateTime<Utc>, limit: u32) -> Result<u64, StoreError> {
        purge::purge(self, before, now, limit).await
    }

    /// SQLite tells nobody.
    async fn remote_work_available(&self) {
        std::future::pending().await
    }
}

#[async_trait]
impl TokenStore for SqliteStore {
    async fn issue(&self, issue: TokenIssue) -> Result<Issued, StoreError> {
        issue::issue(self, issue).await
    }

    async fn find(&self, token: TokenHash, now: DateTime<Utc>) -> Result<Option<ResetLink>, StoreError> {
        link::find(self, token, now).await
    }

    async fn requester(&self, request: RequestId) -> Result<Option<Requester>, StoreError> {
        requester::find(self, request).await
    }

    async fn redeem(&self, redemption: Redemption) -> Result<Redeemed, StoreError> {
        let redeemed = redeem::redeem(self, redemption).await;
        self.webhook_notifier.notify();
        redeemed
    }

    async fn cancel(
        &self,
        token: TokenHash,
        at: DateTime<Utc>,
        customer_ip: CustomerIp,
    ) -> Result<bool, StoreError> {
        cancel::cancel(self, token, at, customer_ip).await
    }

    async fn note(
        &self,
        request: RequestId,
        at: DateTime<Utc>,
        event: &'static str,
        detail: String,
    ) -> Result<(), StoreError> {
        note::note(self, request, at, event, detail).await
    }
}

/// What the worker writes for every mail, over the lists `$1` to `$4`.
pub(crate) const DELIVERIES: [&str; 4] = [admit::ADMIT, issue::ISSUE, complete::ATTEMPTED, complete::NO_MAIL];

/// The statements on the way of a request, for the test of their query plans.
#[cfg(test)]
pub(crate) fn hot_statements() -> Vec<&'static str> {
    [
        DELIVERIES.as_slice(),
        claim::HOT,
        complete::HOT,
        cancel::HOT,
        lease::HOT,
        link::HOT,
        note::HOT,
        purge::HOT,
        redeem::HOT,
        requester::HOT,
    ]
    .concat()
}
