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
mod record;
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

pub(crate) use self::admit::Admit;
pub(crate) use self::complete::Complete;
pub(crate) use self::issue::Issue;
pub(crate) use self::record::Record;
use crate::PostgresStore;

/// The statements of this module, by name.
#[cfg(test)]
pub(crate) const STATEMENTS: &[(&str, &str)] = &[
    ("ADMIT", admit::ADMIT),
    ("PROMOTE", claim::PROMOTE),
    ("CLAIM", claim::CLAIM),
    ("COMPLETE", complete::COMPLETE),
    ("FIND_OPEN", cancel::FIND_OPEN),
    ("DISOWN", cancel::DISOWN),
    ("LOCK_CUSTOMERS", issue::LOCK_CUSTOMERS),
    ("ISSUE", issue::ISSUE),
    ("RENEW", lease::RENEW),
    ("RELEASE", lease::RELEASE),
    ("FIND_LINK", link::FIND_LINK),
    ("NOTE", note::NOTE),
    ("PURGE_BUDGETS", purge::PURGE_BUDGETS),
    ("LIVE_TOKENS", purge::LIVE_TOKENS),
    ("PURGE_TOKENS", purge::PURGE_TOKENS),
    ("PURGE_MAILS", purge::PURGE_MAILS),
    ("RECORD", record::RECORD),
    ("FIND", redeem::FIND),
    ("CONSUME", redeem::CONSUME),
    ("WHY", redeem::WHY),
    ("DONE", redeem::DONE),
    ("SET_PASSWORD", redeem::SET_PASSWORD),
    ("REQUESTER", requester::REQUESTER),
];

#[async_trait]
impl RequestIntake for PostgresStore {
    async fn record(&self, request: NewRequest) -> Result<(), StoreError> {
        self.record_request(request).await
    }
}

#[async_trait]
impl DeliveryQueue for PostgresStore {
    async fn claim(
        &self,
        worker: WorkerId,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<ClaimedMail>, StoreError> {
        Ok(self.claim_mails(worker, now, lease_until, limit).await?)
    }

    async fn renew(
        &self,
        worker: WorkerId,
        mails: &[MailId],
        lease_until: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        Ok(self.renew_mails(worker, mails, lease_until).await?)
    }

    async fn release(&self, worker: WorkerId, keep: &[MailId]) -> Result<(), StoreError> {
        Ok(self.release_mails(worker, keep).await?)
    }

    async fn admit(
        &self,
        lease: Lease,
        budget: AddressBudget,
        now: DateTime<Utc>,
    ) -> Result<Admission, StoreError> {
        let admitted = self.admit_request(lease.request(), budget, now).await;
        self.webhook_notifier.notify();
        admitted
    }

    async fn complete(
        &self,
        lease: Lease,
        completion: Completion,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let completed = self.complete_mail(lease, completion, now).await;
        self.webhook_notifier.notify();
        completed
    }

    async fn purge(&self, before: DateTime<Utc>, now: DateTime<Utc>, limit: u32) -> Result<u64, StoreError> {
        Ok(self.purge_some(before, now, limit).await?)
    }

    async fn remote_work_available(&self) {
        self.work.remote_work().await;
    }
}

#[async_trait]
impl TokenStore for PostgresStore {
    async fn issue(&self, issue: TokenIssue) -> Result<Issued, StoreError> {
        self.issue_token(issue).await
    }

    async fn find(&self, token: TokenHash, now: DateTime<Utc>) -> Result<Option<ResetLink>, StoreError> {
        Ok(self.link(token, now).await?)
    }

    async fn requester(&self, request: RequestId) -> Result<Option<Requester>, StoreError> {
        Ok(self.find_requester(request).await?)
    }

    async fn redeem(&self, redemption: Redemption) -> Result<Redeemed, StoreError> {
        let redeemed = self.redeem_token(redemption).await;
        self.webhook_notifier.notify();
        Ok(redeemed?)
    }

    async fn cancel(
        &self,
        token: TokenHash,
        at: DateTime<Utc>,
        customer_ip: CustomerIp,
    ) -> Result<bool, StoreError> {
        Ok(self.cancel_request(token, at, customer_ip).await?)
    }

    async fn note(
        &self,
        request: RequestId,
        at: DateTime<Utc>,
        event: &'static str,
        detail: String,
    ) -> Result<(), StoreError> {
        Ok(self.note_event(request, at, event, &detail).await?)
    }
}
